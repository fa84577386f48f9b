"""The command ``recsys-course release``: from solutions/ to homework/."""

from contextlib import AbstractContextManager
from pathlib import Path

import click
from tqdm import tqdm

from coursegrader.cli.options import course_dir
from coursegrader.cli.program import LONGEST
from coursegrader.course.copies import keep_copy
from coursegrader.course.gradebook import recorded_tests
from coursegrader.course.lint import Trouble
from coursegrader.course.lock import alone
from coursegrader.course.release import CellsChanged, compare, troubles
from coursegrader.course.release import release as generate_release
from coursegrader.course.root import Course, find
from coursegrader.errors import UserError, one_line, surprises_named
from coursegrader.run.carried import set_by
from coursegrader.run.proof import proof


@click.command()
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")
@course_dir
@click.option("--check", is_flag=True, help="Only compare homework/ with what solutions/ generate.")
def release(assignments: tuple[str, ...], course_dir: Path | None, check: bool) -> None:
    """Check instructor notebooks, write what students get, and record it in the gradebook.

    Before anything is written the reference solution is run, which has to get full points, and
    the untouched stub, which must get none. Without ASSIGNMENT: all of them.
    """
    course = find(course_dir)
    chosen = course.assignments(assignments)
    found: list[Trouble] = []
    for name in chosen:
        with _named(course, name):
            found += troubles(course, name)
    _say(found)
    if check:
        _compare(course, chosen)
        return
    with alone(course, click.get_current_context().command_path):
        keep_copy(course, "release")
        _say(_proof(course, chosen))
        _release(course, chosen)


def _named(course: Course, name: str) -> AbstractContextManager[None]:
    return surprises_named(course.shown(course.folder("source_directory", name)))


def _release(course: Course, chosen: list[str]) -> None:
    for name in chosen:
        with _named(course, name):
            before = recorded_tests(course, name)
            try:
                changed = generate_release(course, name)
            except CellsChanged:
                count = set_by(course, name)
                changed = generate_release(course, name)
                click.echo(
                    f"{name}: graded cells have come or gone; the next grading makes the rows of "
                    f"{count} submissions again, with the points and comments given by hand"
                )
            after = recorded_tests(course, name)
        for difference in changed:
            click.echo(f"{course.shown(difference.path)}: written")
        new = [each[1] for each, test in after.items() if test != before.get(each)]
        if new:
            click.echo(f"{name}: tests recorded in the gradebook: {', '.join(new)}")
        if not changed and not new:
            click.echo(f"{name}: up to date")


def _say(found: list[Trouble]) -> None:
    for trouble in found:
        click.echo(one_line(str(trouble), LONGEST), err=True)
    if any(trouble.refuses for trouble in found):
        raise UserError("nothing was released; first mend what is named above")


def _proof(course: Course, chosen: list[str]) -> list[Trouble]:
    """Run references and stubs, behind a progress bar."""
    found = []
    with tqdm(chosen, unit="assignment", desc="reference and stub", disable=None) as progress:
        for name in progress:
            with _named(course, name):
                found += proof(course, name)
    return found


def _compare(course: Course, chosen: list[str]) -> None:
    stale = False
    for name in chosen:
        with _named(course, name):
            changed = compare(course, name)
        for difference in changed:
            click.echo(f"{course.shown(difference.path)}: {difference.reason}")
        if not changed:
            click.echo(f"{name}: up to date")
        stale = stale or bool(changed)
    if stale:
        folders = course.directory()
        command = click.get_current_context().command_path
        raise UserError(
            f"{folders.release_directory} is not what {folders.source_directory} generates; "
            f"run {command}"
        )
