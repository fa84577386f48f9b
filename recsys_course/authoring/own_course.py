"""A course folder of one's own: begun from this course, brought up to a newer one without loss."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coursegrader.files import CONFIG, write
from recsys_course.errors import CourseError

#: What is taken from a checkout: instructor notebooks, made-up submissions, configuration.
TAKEN = (CONFIG, "solutions", "bank")
NOTES = ".course/taken.json"  # name -> hash of each file as it was taken


@dataclass(frozen=True)
class Taken:
    """What became of one file.

    Parameters
    ----------
    name : str
        The file, with ``/``.
    state : str
        "new", "renewed", "yours" (it was changed here, and stays) or "gone" (the newer course no
        longer has it; it stays, too).
    """

    name: str
    state: str


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
    notes = folder / NOTES
    before = _read(notes)
    theirs = {path.relative_to(checkout).as_posix(): path for path in _files(checkout)}
    done, after = [], {}
    for name, path in theirs.items():
        mine, content = folder / name, path.read_bytes()
        after[name] = _hash(content)
        if not mine.exists() and name not in before:
            write(mine, content)
            done.append(Taken(name, "new"))
        elif not mine.is_file() or _hash(mine.read_bytes()) not in (before.get(name), after[name]):
            if before.get(name) != after[name]:  # said once for each newer one
                done.append(Taken(name, "yours"))
        elif _hash(mine.read_bytes()) != after[name]:
            write(mine, content)
            done.append(Taken(name, "renewed"))
    gone = [name for name in before if name not in theirs and (folder / name).is_file()]
    done += [Taken(name, "gone") for name in gone]
    write(notes, json.dumps(after, indent=0, sort_keys=True))
    return done


def _files(checkout: Path) -> Iterator[Path]:
    for name in TAKEN:
        top = checkout / name
        found = [top] if top.is_file() else sorted(top.rglob("*"))
        for path in found:
            if path.is_file() and ".ipynb_checkpoints" not in path.parts:
                yield path


def _read(notes: Path) -> dict[str, str]:
    try:
        found = json.loads(notes.read_text("utf-8"))
    except (OSError, ValueError):  # not there, or damaged: then all that differs is the user's own
        return {}
    return found if isinstance(found, dict) else {}


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
