"""The command ``recsys-course demo``: a made-up class, graded and reported."""

import tempfile
from pathlib import Path

import click

from coursegrader.cli import report
from coursegrader.cli.grade import one_by_one
from coursegrader.cli.options import PATH
from coursegrader.course.root import find
from coursegrader.intake.collect import handed_in
from coursegrader.report.table import results
from recsys_course.authoring.demo import ASSIGNMENT, set_up


@click.command()
@click.option(
    "--keep",
    type=PATH,
    metavar="DIR",
    help="Make the course there, in a new or empty folder, and leave it.",
)
def demo(keep: Path | None) -> None:
    """Release a homework in a temporary course, hand in six submissions, grade, report."""
    if keep is not None:
        _show(keep.resolve())
        click.echo(f"\nThe course is in {keep}: notebooks as handed in under submitted/,")
        click.echo("as executed under autograded/, points in gradebook.db. Look again with")
        click.echo(f"  recsys-course report --course-dir {keep}")
        return
    with tempfile.TemporaryDirectory(prefix="recsys-course-demo-") as folder:
        _show(Path(folder).resolve())
    click.echo("\nThe course was temporary; to keep its files: recsys-course demo --keep DIR")


def _show(folder: Path) -> None:
    students = set_up(find(), folder)
    course = find(folder)
    course.config.Execute.sandbox = "if there"  # it is our own code
    click.echo(f"Homework {ASSIGNMENT} is released in {folder} and handed in by six students:")
    for student, title in students.items():
        click.echo(f"  {student}: {title}")
    submissions, _ = handed_in(course, [ASSIGNMENT])
    one_by_one(submissions)
    report.show(results(course))
