"""The command ``recsys-course progress``: what a student has done, lesson by lesson."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from recsys_course.edition import WORK, course_root
from recsys_course.errors import CourseError
from recsys_course.student.achieved import Row, achieved, row


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON.")
def progress(as_json: bool) -> None:
    """Show exercises solved, quizzes taken and tests passed, as far as the notebooks are saved.

    It is kept in .course/ of the course's folder, and sent nowhere.
    """
    root = course_root()
    work = root / WORK
    notebooks = [
        *sorted(work.glob("lessons/*/*.ipynb")),
        *sorted(work.glob("homework/*/*/*.ipynb")),
    ]
    if not notebooks:
        raise CourseError(f"{work}: nothing to look at yet; first run recsys-course lab")
    done = achieved(root)
    rows = [row(path, work, done) for path in notebooks]
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=1, ensure_ascii=False))
    else:
        _show(rows)


def _show(rows: list[Row]) -> None:
    table = Table(box=SIMPLE_HEAD, show_edge=False)
    table.add_column("notebook", overflow="fold")
    table.add_column("about")
    for header in ("exercises", "quiz", "tests"):
        table.add_column(header, justify="right")
    for each in rows:
        exercises = f"{each.solved} of {each.exercises}" if each.exercises else ""
        tests = f"{each.passed} of {each.tests}" if each.tests else ""
        quiz = "" if each.quiz is None else "taken" if each.quiz else "-"
        table.add_row(Path(each.notebook).stem, each.time, exercises, quiz, tests)
    Console().print(table)
    solved, asked = (sum(getattr(each, what) for each in rows) for what in ("solved", "exercises"))
    passed, tests = (sum(getattr(each, what) for each in rows) for what in ("passed", "tests"))
    click.echo(f"{solved} of {asked} exercises solved, {passed} of {tests} tests passed")
