"""The command ``recsys-course feedback``: a page for each student, without hidden tests."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from tqdm import tqdm

from coursegrader.cli.options import course_dir, students
from coursegrader.cli.program import LONGEST
from coursegrader.cli.report import points_of
from coursegrader.course.root import Course, find, unknown
from coursegrader.errors import Interrupted, Surprise, UserError, one_line, surprises_named
from coursegrader.intake.collect import handed_in
from coursegrader.intake.submission import Submission
from coursegrader.report.page import give_back
from coursegrader.report.table import results
from coursegrader.run.klass import is_outdated
from coursegrader.run.result import GRADED, NOT_HANDED_IN, Result


@click.command()
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")
@course_dir
@students
def feedback(
    assignments: tuple[str, ...], course_dir: Path | None, students: tuple[str, ...]
) -> None:
    """Write feedback/<student>/<assignment>/<notebook>.html for all that is graded.

    A page holds the student's notebook, points and hints. Of a hidden test it says only what the
    test checks. Ends with status 1 if a submission still waits for a person or for grade.
    """
    course = find(course_dir)
    table = [row for row in results(course, assignments) if row.state != NOT_HANDED_IN]
    known = sorted({row.student for row in table})
    for student in students:
        if student not in known:
            raise unknown("graded student", student, known)
    chosen = [row for row in table if not students or row.student in students]
    waiting = _give_back(course, chosen)
    waiting |= {_key(row) for row in chosen if row.state != GRADED}
    for submission, why in _new(course, table, students):
        waiting.add(_key(submission))
        click.echo(one_line(f"{submission}: {why}; run grade", LONGEST), err=True)
    if waiting:
        total = len(waiting | {_key(row) for row in chosen})
        raise UserError(f"{len(waiting)} of {total} submissions wait for a person or for grade")


def _key(of: Result | Submission) -> tuple[str, str]:
    return of.assignment, of.student


def _give_back(course: Course, chosen: list[Result]) -> set[tuple[str, str]]:
    """Write the pages, and print a row for each submission; return those that have none."""
    failed = set()
    done = 0
    try:
        with tqdm(total=len(chosen), unit="submission", disable=None) as progress:
            for row in chosen:
                submission = Submission(course, row.assignment, row.student)
                named = f"{row.assignment}  {row.student}  {points_of(row)} of {row.max_points:g}"
                try:
                    with surprises_named(submission):
                        pages = ", ".join(map(course.shown, give_back(submission)))
                        state = "" if row.state == GRADED else f"  {row.state}"
                except (Surprise, UserError) as error:  # the others get theirs
                    failed.add(_key(row))
                    pages, state = str(error), ""
                progress.write(one_line(f"{named}{state}  {pages}", LONGEST), file=sys.stdout)
                progress.update()
                done += 1
    except KeyboardInterrupt:
        raise Interrupted(
            f"interrupted after {done} of {len(chosen)} submissions, whose pages are written; "
            "the same command writes all of them again"
        ) from None
    return failed


def _new(
    course: Course, table: list[Result], students: Iterable[str]
) -> Iterator[tuple[Submission, str]]:
    """Find what was handed in and not graded, or has changed since; say which of the two."""
    graded = {_key(row) for row in table}
    assignments = {row.assignment for row in table} & set(course.assignments())
    try:
        submissions, _ = handed_in(course, sorted(assignments), students)
    except UserError:  # nothing lies there any more, so nothing is new
        return
    for submission in submissions:
        if _key(submission) not in graded:
            yield submission, "not graded yet"
        elif is_outdated(submission):
            yield submission, "it, or its tests, have changed since it was graded"
