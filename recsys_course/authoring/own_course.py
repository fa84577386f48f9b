"""A course folder of one's own: begun from this course, brought up to a newer one without loss."""

from collections.abc import Iterator
from pathlib import Path

from coursegrader.files import CONFIG
from recsys_course.errors import CourseError
from recsys_course.student.own_copies import Taken, renew

#: What is taken from a checkout: instructor notebooks, made-up submissions, configuration.
TAKEN = (CONFIG, "solutions", "bank")
NOTES = ".course/taken.json"  # name -> hash of each file as it was taken


def take(checkout: Path, folder: Path) -> list[Taken]:
    """Begin a course folder, or bring it up to the checkout.

    What was not changed since it was taken is replaced; what was, and what the checkout doesn't
    know, stays as it is.

    Parameters
    ----------
    checkout : Path
        Where the course lies.
    folder : Path
        The folder of one's own: not there yet, empty, or begun earlier.

    Returns
    -------
    list of Taken
        A line for each file that is not as it was; empty if there was nothing newer.

    Raises
    ------
    CourseError
        If the folder holds something else, or lies inside of the checkout.
    """
    if folder.resolve().is_relative_to(checkout.resolve()):
        raise CourseError(f"{folder}: lies in the checkout; name a folder outside of {checkout}")
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder}: not a folder; name a new or empty one")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / CONFIG).is_file():
        raise CourseError(
            f"{folder}: in use, and no course, for it has no {CONFIG}; name a new or empty folder"
        )
    theirs = {path.relative_to(checkout).as_posix(): path for path in _files(checkout)}
    return renew(theirs, folder, folder / NOTES)


def _files(checkout: Path) -> Iterator[Path]:
    for name in TAKEN:
        top = checkout / name
        found = [top] if top.is_file() else sorted(top.rglob("*"))
        for path in found:
            if path.is_file() and ".ipynb_checkpoints" not in path.parts:
                yield path
