"""The command ``recsys-course grade``: every submission ends with points or a reason."""

from collections.abc import Iterable
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text
from tqdm import tqdm

from coursegrader.cli.options import course_dir
from coursegrader.course.release import unreleased
from coursegrader.course.root import find
from coursegrader.errors import UserError, one_line
from coursegrader.intake.collect import handed_in
from coursegrader.intake.submission import Submission
from coursegrader.run.klass import grade_all
from coursegrader.run.one import NOT_ISOLATED
from coursegrader.run.result import Result


@click.command()
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")
@course_dir
@click.option(
    "--student", "students", multiple=True, metavar="ID", help="Only this one; repeatable."
)
@click.option("--force", is_flag=True, help="Grade again what is graded and unchanged.")
def grade(
    assignments: tuple[str, ...], course_dir: Path | None, students: tuple[str, ...], force: bool
) -> None:
    """Grade submitted/<student>/<assignment>/, by default all that is new or changed.

    Points given by hand stay. Student code is not isolated: it runs with your rights.
    """
    course = find(course_dir)
    chosen = course.assignments(assignments)
    submissions, strays = handed_in(course, chosen, students)
    for name in chosen:
        edited = unreleased(course, name)
        if edited:
            said = f"{name}: edited since its release, which is what is graded: {', '.join(edited)}"
            click.echo(one_line(f"{said}; run release to take it over"), err=True)
    results = with_progress(submissions, force)
    show(results)
    for stray in strays:
        click.echo(one_line(stray), err=True)
    named = sum(bool(result.reason) for result in results) + len(strays)
    if named:
        total = len(results) + len(strays)
        raise UserError(f"{named} of {total} submissions need a person; they are named above")


def with_progress(submissions: list[Submission], force: bool = False) -> list[Result]:
    """Grade submissions behind a progress bar; say first that they are not isolated.

    Parameters
    ----------
    submissions : list of Submission
        In the order of grading.
    force : bool
        Grade also what is graded and unchanged.

    Returns
    -------
    list of Result
        One for each submission.
    """
    click.echo(NOT_ISOLATED, err=True)
    graded = grade_all(submissions, force)
    return list(tqdm(graded, total=len(submissions), unit="submission", disable=None))


def show(results: Iterable[Result]) -> None:
    """Print a row for each submission.

    Parameters
    ----------
    results : iterable of Result
        What became of them.
    """
    table = Table(box=SIMPLE_HEAD)
    for name in ("assignment", "student"):
        table.add_column(name)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for result in results:
        state = "unchanged" if result.unchanged else "graded"
        manual = ", needs manual grading" if result.needs_manual_grading else ""
        table.add_row(
            result.assignment,
            Text(result.student),
            f"{result.points:g} of {result.max_points:g}",
            Text(result.reason or state + manual),
        )
    Console().print(table)
