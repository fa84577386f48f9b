"""The command ``recsys-course progress``: what a student has done, lesson by lesson."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from coursegrader.files import read_at_most
from recsys_course.achieved import achieved
from recsys_course.edition import WORK, course_root
from recsys_course.errors import CourseError

_LARGEST = 100_000_000  # bytes of a notebook
_TIME = re.compile(r"takes about (.*?)(?: to read)?\.")


@dataclass(frozen=True)
class Row:
    """How far a student is with one notebook."""

    notebook: str
    time: str
    exercises: int
    solved: int
    quiz: bool | None
    tests: int
    passed: int


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
    rows = [_row(path, path.relative_to(work), done) for path in notebooks]
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=1, ensure_ascii=False))
    else:
        _show(rows)


def _row(path: Path, name: Path, done: dict[str, set[str]]) -> Row:
    """Look through one notebook; one that can't be read counts as not begun."""
    try:
        cells = json.loads(read_at_most(path, _LARGEST, "a notebook"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells]
        tests = [cell for cell in cells if _is_test(cell["metadata"].get("nbgrader", {}))]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, CourseError):
        sources, tests = [], []
    topic = re.sub(r"^\d\d_", "", path.stem)
    turns = re.findall(r"^(check_\w+)\(", "\n".join(sources), re.MULTILINE)
    exercises = {f"{topic}/{check}" for check in turns} if name.parts[0] == "lessons" else set()
    has_quiz = f'quiz("{topic}")' in sources
    time = _TIME.search(sources[0]) if sources else None
    return Row(
        name.as_posix(),
        time[1] if time else "",
        len(exercises),
        len(exercises & done["exercise"]),
        topic in done["quiz"] if has_quiz else None,
        len(tests),
        sum(map(_passed, tests)),
    )


def _is_test(meta: dict) -> bool:
    return bool(meta.get("grade")) and not meta.get("solution")


def _passed(cell: dict) -> bool:
    """Tell a test that was run and said nothing."""
    errors = [each for each in cell.get("outputs", []) if each.get("output_type") == "error"]
    return cell.get("execution_count") is not None and not errors


def _show(rows: list[Row]) -> None:
    table = Table(box=SIMPLE_HEAD, show_edge=False)
    table.add_column("notebook", overflow="fold")
    table.add_column("about")
    for header in ("exercises", "quiz", "tests"):
        table.add_column(header, justify="right")
    for row in rows:
        exercises = f"{row.solved} of {row.exercises}" if row.exercises else ""
        tests = f"{row.passed} of {row.tests}" if row.tests else ""
        quiz = "" if row.quiz is None else "taken" if row.quiz else "-"
        table.add_row(Path(row.notebook).stem, row.time, exercises, quiz, tests)
    Console().print(table)
    solved, asked = (sum(getattr(row, each) for row in rows) for each in ("solved", "exercises"))
    passed, tests = (sum(getattr(row, each) for row in rows) for each in ("passed", "tests"))
    click.echo(f"{solved} of {asked} exercises solved, {passed} of {tests} tests passed")
