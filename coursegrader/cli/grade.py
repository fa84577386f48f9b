"""The command ``recsys-course grade``: every submission ends with points or a reason."""

import sys
from pathlib import Path

import click
from tqdm import tqdm

from coursegrader.cli.options import course_dir, students
from coursegrader.cli.program import LONGEST
from coursegrader.cli.report import points_of
from coursegrader.course.copies import keep_copy
from coursegrader.course.lock import alone
from coursegrader.course.release import unreleased
from coursegrader.course.root import Course, find
from coursegrader.errors import Interrupted, UserError, one_line
from coursegrader.intake.collect import handed_in
from coursegrader.intake.records import lines
from coursegrader.intake.submission import Submission
from coursegrader.run.klass import grade_all
from coursegrader.run.one import isolation
from coursegrader.run.result import Result

LONGEST_NAME = 40  # characters of a student's or assignment's name in a row


@click.command()
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")
@course_dir
@students
@click.option(
    "--sandbox",
    type=click.Choice(["auto", "bwrap", "landlock", "none"]),
    help="What keeps student code apart [default: c.Execute.sandbox, auto].",
)
@click.option("--force", is_flag=True, help="Grade again what is graded and unchanged.")
def grade(
    assignments: tuple[str, ...],
    course_dir: Path | None,
    students: tuple[str, ...],
    sandbox: str | None,
    force: bool,
) -> None:
    """Grade submitted/<student>/<assignment>/, by default all that is new or changed.

    Points given by hand stay. Student code runs in a sandbox, where there is one.
    """
    course = find(course_dir)
    if sandbox:
        course.config.Execute.sandbox = sandbox
    with alone(course, click.get_current_context().command_path):
        keep_copy(course, "grade")
        _grade(course, assignments, students, force)


def _grade(
    course: Course, assignments: tuple[str, ...], students: tuple[str, ...], force: bool
) -> None:
    chosen = course.assignments(assignments)
    submissions, strays = handed_in(course, chosen, students)
    for name in chosen:
        edited = unreleased(course, name)
        if edited:
            said = f"{name}: edited since its release, which is what is graded: {', '.join(edited)}"
            click.echo(one_line(f"{said}; run release to take it over"), err=True)
    results = one_by_one(submissions, force)
    for stray in strays:
        click.echo(one_line(stray), err=True)
    named = sum(bool(result.reason) for result in results) + len(strays)
    if named:
        total = len(results) + len(strays)
        raise UserError(f"{named} of {total} submissions need a person; they are named above")


def one_by_one(submissions: list[Submission], force: bool = False) -> list[Result]:
    """Grade submissions, and print a row for each when it is done; say first how they are isolated.

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

    Raises
    ------
    Interrupted
        After Ctrl-C: says how much is done.
    """
    if submissions:
        click.echo(isolation(submissions[0].course), err=True)
    done: list[Result] = []
    widths = [
        max((len(one_line(name(each), LONGEST_NAME)) for each in submissions), default=0)
        for name in (lambda each: each.assignment, lambda each: each.student)
    ]
    try:
        with tqdm(total=len(submissions), unit="submission", disable=None) as progress:
            for result in grade_all(submissions, force):
                done.append(result)
                progress.write(_row(result, widths), file=sys.stdout)
                progress.update()
    except KeyboardInterrupt:
        raise Interrupted(
            f"interrupted after {len(done)} of {len(submissions)} submissions, which are kept; "
            "the same command goes on with the others"
        ) from None
    return done


def _row(result: Result, widths: list[int]) -> str:
    state = "unchanged" if result.unchanged else "graded"
    manual = ", needs manual grading" if result.needs_manual_grading else ""
    names = (one_line(name, LONGEST_NAME) for name in (result.assignment, result.student))
    named = "  ".join(f"{name:<{width}}" for name, width in zip(names, widths, strict=True))
    points = f"{points_of(result)} of {result.max_points:g}"
    told = one_line(result.reason, LONGEST) or state + manual
    row = f"{named}  {points:>10}  {told}"
    return "\n".join([row, *(f"    {one_line(each, LONGEST)}" for each in lines(result.records))])
