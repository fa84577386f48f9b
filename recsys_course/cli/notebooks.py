"""The command ``recsys-course notebooks``: committed outputs are those of a fresh run."""

import sys
import time
from pathlib import Path

import click
from tqdm import tqdm

from recsys_course.errors import CourseError, one_line, surprises_named
from recsys_course.grading.course import find
from recsys_course.grading.execution import refresh

SHELVES = ("lessons/*/*.ipynb", "solutions/*/*/*.ipynb")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only compare; name the first cell that differs.")
def notebooks(paths: tuple[Path, ...], check: bool) -> None:
    """Execute and normalise lessons and solutions, or the notebooks named by PATH.

    A second run changes no byte. Cells tagged nbval-skip are not executed; cells tagged
    raises-exception may fail; outputs of cells tagged nbval-ignore-output are kept as long as
    nothing else in their notebook has changed.
    """
    chosen = list(paths) or _all(find().root)
    troubles = 0
    with tqdm(chosen, unit="notebook", disable=None) as progress:
        for path in progress:
            progress.set_postfix_str(path.stem)
            began = time.perf_counter()
            try:
                with surprises_named(path):
                    difference = refresh(path, check)
            except CourseError as error:
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


def _all(root: Path) -> list[Path]:
    found = [path for shelf in SHELVES for path in sorted(root.glob(shelf))]
    if not found:
        raise CourseError(f"{root}: no notebooks in lessons/ or solutions/")
    here = Path.cwd()
    return [path.relative_to(here) if path.is_relative_to(here) else path for path in found]
