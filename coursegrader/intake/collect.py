"""What a class handed in: its submissions, and what lies among them and is none."""

import os
from collections.abc import Iterable
from pathlib import Path

from coursegrader.course.root import Course, unknown
from coursegrader.errors import UserError
from coursegrader.intake.submission import Submission

# what systems, not people, put into folders; names that begin with a dot are left out anyway
OF_A_SYSTEM = {
    "__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "$recycle.bin",
    "system volume information", "lost+found", "@eadir",
}  # fmt: skip


def handed_in(
    course: Course, assignments: Iterable[str], students: Iterable[str] = ()
) -> tuple[list[Submission], list[str]]:
    """Find the submissions of a class.

    Parameters
    ----------
    course : Course
        The course.
    assignments : iterable of str
        Names from ``course.assignments()``.
    students : iterable of str, optional
        Only these; all by default.

    Returns
    -------
    submissions : list of Submission
        One for each folder ``submitted/<student>/<assignment>/``, sorted by assignment.
    strays : list of str
        A line for each thing under ``submitted/`` that is no submission and should be one.

    Raises
    ------
    UserError
        If there is nothing to grade, or one of ``students`` handed nothing in.
    """
    assignments = list(assignments)
    folder = course.root / course.directory().submitted_directory
    if not folder.is_dir():
        state = "a file where a folder is expected" if folder.exists() else "no such folder"
        raise UserError(f"{folder}: {state}; put notebooks into submitted/<student>/<assignment>/")
    present = sorted(path for path in folder.iterdir() if not _of_a_system(path, assignments))
    wanted = list(dict.fromkeys(students))
    known = [path.name for path in present if path.is_dir()]
    for student in wanted:
        if student not in known:
            raise unknown("student", student, known)
    submissions: list[Submission] = []
    strays = []
    for path in present:
        if wanted and path.name not in wanted:
            continue
        mine: list[str] = []
        try:
            mine = [name for name in assignments if (path / name).is_dir()]
            trouble = _stray(course, path, mine, assignments)
        except OSError as error:
            trouble = f"cannot be looked into ({error.strerror}); see that you may read it"
        if trouble:
            strays.append(f"{course.shown(path)}: {trouble}")
        else:
            submissions += [Submission(course, name, path.name) for name in mine]
    if not submissions and not strays:
        raise UserError(f"{folder}: nothing handed in of {', '.join(assignments)}")
    return sorted(submissions, key=lambda each: (each.assignment, each.student)), strays


def _of_a_system(path: Path, assignments: list[str]) -> bool:
    name = path.name
    if name.startswith("."):  # unless a student is called so
        return not any(os.path.isdir(path / each) for each in assignments)
    return name.startswith("~$") or name.lower() in OF_A_SYSTEM


def _stray(course: Course, path: Path, mine: list[str], assignments: list[str]) -> str:
    """Say why something under submitted/ holds no submission where one is meant; empty if fine."""
    if path.is_symlink():
        return "a link, where a folder is expected; put the folder itself there"
    if not path.is_dir():
        return "not a folder; unpack it as submitted/<student>/<assignment>/<assignment>.ipynb"
    if not path.name.isprintable():  # nor is a byte that isn't UTF-8
        return "its name is not plain UTF-8 text, as in archives from Windows; rename it"
    for name in assignments:
        for notebook in course.notebooks(name):
            if (path / f"{notebook}.ipynb").exists():
                return f"{notebook}.ipynb belongs into a folder {name}/ in it"
    if not mine and not any((path / name).is_dir() for name in course.assignments()):
        return f"no folder of an assignment in it; expected one of {', '.join(assignments)}"
    return ""
