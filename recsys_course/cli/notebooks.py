"""The command ``recsys-course notebooks``: committed outputs are those of a fresh run."""

import sys
import time
from pathlib import Path

import click
from tqdm import tqdm

from coursegrader.cli.options import PATH
from coursegrader.course.notebook import read
from coursegrader.errors import UserError, one_line, surprises_named
from recsys_course.authoring.execute import refresh
from recsys_course.authoring.other_data import Journal, run_on, table
from recsys_course.data.sources import recognise
from recsys_course.edition import course_root
from recsys_course.errors import CourseError

SHELVES = ("lessons/*/*.ipynb", "solutions/*/*/*.ipynb")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=PATH)
@click.option("--check", is_flag=True, help="Only compare; name the first cell that differs.")
@click.option(
    "--data",
    "folders",
    multiple=True,
    metavar="DIR",
    type=PATH,
    help="Run the lessons on the data in DIR instead and write nothing; may be repeated.",
)
@click.option("--again", is_flag=True, help="With --data: run also what earlier calls have run.")
def notebooks(paths: tuple[Path, ...], check: bool, folders: tuple[Path, ...], again: bool) -> None:
    """Execute and normalise lessons and solutions, or the notebooks named by PATH.

    A second run changes no byte. Cells tagged nbval-skip are not executed; cells tagged
    raises-exception may fail; outputs of cells tagged nbval-ignore-output are kept as long as
    nothing else in their notebook has changed.

    With --data nothing is written: each lesson is run on each folder, and a table says where it
    stopped. What an earlier call has run is not run again, unless notebook, data or package have
    changed.
    """
    if folders and check:
        raise click.UsageError("--check compares with outputs on the course's own data: no --data")
    if again and not folders:
        raise click.UsageError("--again goes with --data")
    if folders:
        _on_other_data(list(paths) or _all(course_root(), SHELVES[:1]), folders, again)
    else:
        _refresh(list(paths) or _all(course_root(), SHELVES), check)


def _on_other_data(lessons: list[Path], folders: tuple[Path, ...], again: bool) -> None:
    for folder in folders:
        given = recognise(folder)
        given.views(), given.catalogue()  # both are there
    for lesson in lessons:
        read(lesson)
    journal = Journal(course_root() / ".course" / "notebooks_on_data.json")
    ended = []
    pairs = [(lesson, folder) for folder in folders for lesson in lessons]
    with tqdm(pairs, unit="run", disable=None) as progress:
        for lesson, folder in progress:
            progress.set_postfix_str(f"{lesson.stem} on {folder}")
            known = None if again else journal.known(lesson, folder)
            outcome = known or run_on(lesson, folder)
            if not known:
                journal.add(lesson, folder, outcome)
            ended.append((lesson, folder, outcome))
            tqdm.write(f"{lesson.stem} on {folder}: {outcome}{', known' if known else ''}")
    click.echo(f"\n{table(ended)}")
    troubles = sum(not outcome.fine for *_, outcome in ended)
    if troubles:
        raise CourseError(f"{troubles} of {len(ended)} runs need a person: mend the cells above")


def _refresh(chosen: list[Path], check: bool) -> None:
    troubles = 0
    with tqdm(chosen, unit="notebook", disable=None) as progress:
        for path in progress:
            progress.set_postfix_str(path.stem)
            began = time.perf_counter()
            try:
                with surprises_named(path):
                    difference = refresh(path, check)
            except UserError as error:
                tqdm.write(f"recsys-course: {one_line(str(error))}", file=sys.stderr)
                troubles += 1
                continue
            state = "unchanged" if difference is None else f"written, {difference} changed"
            if check and difference is not None:
                state = f"differs: {difference}"
                troubles += 1
            seconds = time.perf_counter() - began
            tqdm.write(f"{path}: {state} ({seconds:.0f} s)")
    if troubles:
        mend = "run recsys-course notebooks" if check else "mend the cells named above"
        raise CourseError(f"{troubles} of {len(chosen)} notebooks need a person: {mend}")


def _all(root: Path, shelves: tuple[str, ...]) -> list[Path]:
    found = [path for shelf in shelves for path in sorted(root.glob(shelf))]
    if not found:
        raise CourseError(
            f"{root}: no notebooks in {' or '.join(shelf.split('/')[0] + '/' for shelf in shelves)}"
        )
    here = Path.cwd()
    return [path.relative_to(here) if path.is_relative_to(here) else path for path in found]
