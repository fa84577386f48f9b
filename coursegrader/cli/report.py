"""The command ``recsys-course report``: points per student and question, and why they were lost."""

import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from coursegrader.cli.options import PATH, course_dir
from coursegrader.course.root import find
from coursegrader.errors import UserError
from coursegrader.files import write
from coursegrader.intake.records import lines
from coursegrader.report.table import mistakes, results, to_csv
from coursegrader.run.result import NOT_GRADABLE, NOT_HANDED_IN, WAITS, Question, Result


@click.command()
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")
@course_dir
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON, reasons in full.")
@click.option(
    "--csv", "csv_file", type=PATH, metavar="FILE", help="Also write a CSV, one row per student."
)
@click.option("--questions", is_flag=True, help="With --csv: a row per question, with its reason.")
@click.option("--records", is_flag=True, help="With --csv: a row per repair of what was handed in.")
def report(
    assignments: tuple[str, ...],
    course_dir: Path | None,
    as_json: bool,
    csv_file: Path | None,
    questions: bool,
    records: bool,
) -> None:
    """Show points per student and question, and why points were lost.

    Ends with status 1 as long as a submission waits for a person.
    """
    if (questions or records) and not csv_file:
        raise click.UsageError(f"{'--questions' if questions else '--records'} goes with --csv")
    if questions and records:
        raise click.UsageError("--questions or --records, not both")
    if csv_file and csv_file.exists() and not csv_file.is_file():
        raise UserError(f"{csv_file}: not a file; give the name of one, such as points.csv")
    table = results(find(course_dir), assignments)
    if csv_file:
        rows = "questions" if questions else "records" if records else "students"
        write(csv_file, "\ufeff" + to_csv(table, rows))  # by its mark Excel knows UTF-8
    if as_json:
        click.echo(json.dumps([row.to_dict() for row in table], indent=1, ensure_ascii=False))
    else:
        show(table)
    waiting = sum(row.state in (WAITS, NOT_GRADABLE) for row in table)
    if waiting:
        raise UserError(f"{waiting} of {len(table)} submissions wait for a person")


def show(table: list[Result]) -> None:
    """Print a table for each assignment, and under it the reasons.

    Parameters
    ----------
    table : list of Result
        What was graded, sorted by assignment.
    """
    console = Console()
    for assignment, group in groupby(table, key=lambda row: row.assignment):
        graded = list(group)
        console.print(Text(assignment, style="bold"))
        named = _points(graded)
        needed = console.measure(named, options=console.options.update_width(10_000)).minimum
        console.print(named if needed <= console.width else _points(graded, numbered=True))
        for row in graded:
            reasons = [*_reasons(row), *(f"repaired: {each}" for each in lines(row.records))]
            if reasons:
                console.print(Text(row.student, style="bold"))
            for line in reasons:
                console.print(Padding(Text(line), (0, 0, 0, 2), expand=False))
        frequent = mistakes(graded)
        if frequent:
            told = ", ".join(f"{code} ({count})" for code, count in frequent.items())
            console.print(Text(f"most frequent mistakes: {told}"))
        waiting = sum(row.needs_manual_grading for row in graded)
        absent = [row.student for row in graded if row.state == NOT_HANDED_IN]
        if absent:
            console.print(Text(f"{NOT_HANDED_IN}: {', '.join(absent)}"))
        if waiting:
            of = f"{waiting} of {len(graded)} submissions"
            console.print(f"manual: needs manual grading, in formgrader ({of})")
        console.print()


def _points(graded: list[Result], numbered: bool = False) -> Table:
    """Lay out the points; a question's maximum stands under its name, or its number."""
    questions = {question.name: question.max_points for row in graded for question in row.questions}
    table = Table(box=SIMPLE_HEAD, padding=0, show_edge=False, caption_justify="left")
    table.add_column("student", no_wrap=True, vertical="bottom")
    for number, (name, most) in enumerate(questions.items(), start=1):
        words = [f"{number}"] if numbered else re.split("[-/]", name.removeprefix("test-"))
        header = "\n".join([*words, f"of {most:g}"])
        table.add_column(header, justify="right", no_wrap=True, vertical="bottom")
    table.add_column("total", justify="right", no_wrap=True, vertical="bottom")
    for row in graded:
        shown = {question.name: _shown(question) for question in row.questions}
        table.add_row(
            Text(row.student),
            *(shown.get(name, "") for name in questions),
            f"{points_of(row)}/{row.max_points:g}" if row.handed_in else "-",
        )
    if numbered:
        legend = (f"{number}\u00a0{name}" for number, name in enumerate(questions, start=1))
        table.caption = Text(", ".join(legend))
    return table


def points_of(result: Result) -> str:
    """Write all points together; a dash where nobody knows any."""
    return "-" if result.state == NOT_GRADABLE else f"{result.points:g}"


def _shown(question: Question) -> str:
    unknown = question.needs_manual_grading or question.points is None
    return "manual" if unknown else f"{question.points:g}"


def _reasons(row: Result) -> Iterator[str]:
    """Bring together the questions that were lost for one reason, such as a dead kernel."""
    lost: dict[str, list[Question]] = {}
    for question in row.questions:
        if question.reason:
            lost.setdefault(question.reason, []).append(question)
    if row.reason and not any(reason in row.reason for reason in lost):
        yield row.reason
    for reason, questions in lost.items():
        names = ", ".join(question.name for question in questions)
        known = [question.points for question in questions if question.points is not None]
        most = sum(question.max_points for question in questions)
        points = f"{sum(known):g} of {most:g}" if known else f"none yet of {most:g}"
        yield f"{names} ({points}): {reason}"
