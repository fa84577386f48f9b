"""The command ``coursegrader doctor``: whether this machine can grade, and what would mend it."""

import shutil
from functools import partial
from pathlib import Path
from time import monotonic

import click
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.utils.importstring import import_item

from coursegrader.cli.examine import Check, examine, show
from coursegrader.cli.options import course_dir
from coursegrader.course.gradebook import is_made, opened
from coursegrader.course.release import unreleased
from coursegrader.course.root import Course, find
from coursegrader.errors import UserError
from coursegrader.run.one import isolation

ROOM = 1_000_000_000  # bytes on the disk, for copies of submissions


def checks(course: Course) -> dict[str, Check]:
    """Return what has to be there to grade in a course.

    Parameters
    ----------
    course : Course
        The course.

    Returns
    -------
    dict of str to callable
        For `examine`.
    """
    return {
        "assignments": partial(_assignments, course),
        "gradebook": partial(_gradebook, course),
        "student code": partial(isolation, course),
        "a notebook": partial(_notebook, course),
        "disk": partial(_disk, course),
    }


def _assignments(course: Course) -> str:
    names = course.assignments()
    edited = {name: unreleased(course, name) for name in names}
    told = [f"{name} ({', '.join(cells)})" for name, cells in edited.items() if cells]
    if told:
        raise UserError(f"edited since their release: {'; '.join(told)}; run release")
    return ", ".join(names)


def _gradebook(course: Course) -> str:
    if not is_made(course):
        return "none yet; release makes it"
    with opened(course) as gradebook:
        students, known = len(gradebook.students), len(gradebook.assignments)
    return f"{known} assignments, {students} students"


def _notebook(course: Course) -> str:
    """Run a notebook as those of students are run."""
    notebook = new_notebook(cells=[new_code_cell("6 * 7")])
    executor = import_item(course.options.executor)(config=course.config)
    began = monotonic()
    done, _ = executor.preprocess(notebook, {"metadata": {"path": ""}})
    shown = [output.get("data", {}).get("text/plain") for output in done.cells[0].outputs]
    if shown != ["42"]:
        raise UserError(f"6 * 7 shows {shown}; is ipykernel whole? Make the environment anew")
    return f"one with a single cell was run in {monotonic() - began:.1f} s"


def _disk(course: Course) -> str:
    free = shutil.disk_usage(course.root).free
    if free < ROOM:
        raise UserError(f"{free / 1e9:.1f} GB free, {ROOM / 1e9:g} GB are needed; make room")
    return f"{free / 1e9:.0f} GB free"


@click.command()
@course_dir
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON.")
def doctor(course_dir: Path | None, as_json: bool) -> None:
    """Tell what is ready for grading, what is not, and what would mend it."""
    show(examine(checks(find(course_dir))), as_json)
