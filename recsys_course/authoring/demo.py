"""A made-up class: a course in a folder of its own, with six submissions from the bank."""

import shutil
from pathlib import Path

from coursegrader.course.bank import EMPTY, PERFECT, filled_in, variant
from coursegrader.course.notebook import to_text
from coursegrader.course.release import release
from coursegrader.course.root import Course, find
from coursegrader.files import CONFIG, write
from coursegrader.intake.submission import Submission
from recsys_course.errors import CourseError

ASSIGNMENT = "knn"
FROM_BANK = ("another_way", "half_right", "crashes", "transposed")


def set_up(checkout: Course, folder: Path) -> dict[str, str]:
    """Make a course with one assignment released, and a class that has handed it in.

    Parameters
    ----------
    checkout : Course
        Where configuration, instructor notebook and bank come from.
    folder : Path
        A folder that is empty, or not there yet.

    Returns
    -------
    dict of str to str
        For each student what the submission is.

    Raises
    ------
    CourseError
        If the folder is in use, or the checkout lacks the assignment or its bank.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder}: in use; name a new or empty folder")
    source = checkout.source(ASSIGNMENT).parent
    for needed in (source, checkout.bank(ASSIGNMENT)):
        if not needed.is_dir():
            raise CourseError(
                f"{checkout.root}: has no {checkout.shown(needed)}/, and the demo needs it; run "
                "it in a checkout of the course: what students get, the image too, has no solutions"
            )
    drawn = [variant(checkout, ASSIGNMENT, name) for name in FROM_BANK]
    shutil.copytree(source, folder / source.relative_to(checkout.root))
    shutil.copy(checkout.root / CONFIG, folder / CONFIG)
    course = find(folder)
    release(course, ASSIGNMENT)
    students = {}
    for made in (PERFECT, *drawn, EMPTY):
        student = made.name.replace("_", "-")
        notebook = filled_in(course, ASSIGNMENT, made)
        write(Submission(course, ASSIGNMENT, student).submitted, to_text(notebook))
        students[student] = made.title
    return students
