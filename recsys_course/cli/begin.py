"""The command ``recsys-course begin``: a course folder of one's own, and a newer course in it."""

from collections import Counter
from pathlib import Path

import click

from coursegrader.cli.options import PATH
from recsys_course.authoring.own_course import take
from recsys_course.edition import checkout

SAID = {
    "yours": "changed here, and stays; the newer one is {theirs}",
    "gone": "no longer part of the course, and stays",
}


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
def begin(folder: Path) -> None:
    """Begin a course folder of your own in DIR, or bring it up to a newer course.

    It holds the instructor notebooks, to which you add your own, later submissions and points. Do
    the same again after the course was renewed: what you have changed or added stays as it is.
    """
    course = checkout()
    done = take(course, folder)
    for each in done:
        if each.state in SAID:
            theirs = course / each.name
            click.echo(f"{folder / each.name}: {SAID[each.state].format(theirs=theirs)}")
    counted = Counter(each.state for each in done)
    changed = ", ".join(
        f"{counted[state]} files {state}" for state in ("new", "renewed") if counted[state]
    )
    click.echo(f"{folder}: {changed or 'up to date'}")
    if counted["new"] or counted["renewed"]:
        click.echo(f"next: recsys-course release --course-dir {folder}")
