"""The commands ``recsys-course gradebook``: the copies of it that are made before each command."""

from pathlib import Path

import click

from coursegrader.cli.options import course_dir
from coursegrader.course.copies import copies
from coursegrader.course.copies import restore as restore_copy
from coursegrader.course.lock import alone
from coursegrader.course.root import find


@click.group()
def gradebook() -> None:
    """List and restore copies of the gradebook; one is made before each command that writes."""


@gradebook.command(name="list")
@course_dir
def listed(course_dir: Path | None) -> None:
    """Name the copies, the newest first: when it was made, and before which command."""
    found = copies(find(course_dir))
    for copy in found:
        click.echo(f"{copy.stem}  {copy.stat().st_size / 1e6:.1f} MB")
    if not found:
        click.echo("no copies yet: one is made before each command that writes into the gradebook")


@gradebook.command()
@click.argument("name", default="")
@course_dir
def restore(name: str, course_dir: Path | None) -> None:
    """Put copy NAME in the gradebook's place, by default the newest that differs from it.

    What is there now becomes a copy itself, so that this can be taken back.
    """
    course = find(course_dir)
    with alone(course, click.get_current_context().command_path):
        click.echo(f"restored: {restore_copy(course, name).stem}")
