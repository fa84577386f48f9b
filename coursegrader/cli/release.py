"""The command ``recsys-course release``: from solutions/ to homework/."""

import click

from coursegrader.cli.program import LONGEST
from coursegrader.course.lint import Trouble
from coursegrader.course.release import compare, troubles
from coursegrader.course.release import release as generate_release
from coursegrader.course.root import find
from coursegrader.errors import UserError, one_line, surprises_named


@click.command()
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")
@click.option("--check", is_flag=True, help="Only compare homework/ with what solutions/ generate.")
def release(assignments: tuple[str, ...], check: bool) -> None:
    """Lint instructor notebooks, write what students get, and record it in the gradebook.

    Without ASSIGNMENT: all of them. Doing it twice changes nothing.
    """
    course = find()
    chosen = course.assignments(assignments)
    found: list[Trouble] = []
    for name in chosen:
        with surprises_named(course.shown(course.source(name))):
            found += troubles(course, name)
    for trouble in found:
        click.echo(one_line(str(trouble), LONGEST), err=True)
    if any(trouble.refuses for trouble in found):
        raise UserError("nothing was released; first mend what is named above")
    stale = False
    for name in chosen:
        with surprises_named(course.shown(course.source(name))):
            changed = compare(course, name) if check else generate_release(course, name)
        for difference in changed:
            state = difference.reason if check else "written"
            click.echo(f"{course.shown(difference.path)}: {state}")
        if not changed:
            click.echo(f"{name}: up to date")
        stale = stale or bool(changed)
    if check and stale:
        folders = course.directory()
        command = click.get_current_context().command_path
        raise UserError(
            f"{folders.release_directory} is not what {folders.source_directory} generates; "
            f"run {command}"
        )
