"""From what a student handed in to a folder that nbgrader can digest; the original is only read."""

import codecs
import shutil
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.utils import parse_utc

from coursegrader.course.notebook import read, to_text
from coursegrader.course.root import Course
from coursegrader.errors import UserError
from coursegrader.files import read_at_most, write
from coursegrader.intake.submission import Submission

TIMESTAMP = "timestamp.txt"
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def take_in(submission: Submission, into: Path) -> dict[str, UserError]:
    """Copy a submission: its notebooks in normal form, beside them the other plain files.

    Links and pipes stay behind, and so does a ``timestamp.txt`` that holds no time: nothing here
    depends on it. So does what stands in the way of the assignment's own files.

    Parameters
    ----------
    submission : Submission
        What was handed in; it is only read.
    into : Path
        A folder that isn't there yet.

    Returns
    -------
    dict of str to UserError
        The assignment's notebooks that aren't there or can't be graded, and what was expected
        instead; if it is all of them, nothing was copied.
    """
    folder = submission.handed_in
    source = submission.course.folder("source_directory", submission.assignment)
    found, refused = {}, {}
    for name in submission.notebooks:
        try:
            found[name] = _notebook(folder / f"{name}.ipynb", submission.notebooks)
            _recognise(submission, name, found[name])
        except UserError as error:
            found.pop(name, None)
            refused[name] = error
    if not found:
        return refused
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        given = any((source / part).is_file() for part in [inside, *inside.parents])
        if path.is_file() and not path.is_symlink() and not given and path.name != TIMESTAMP:
            (into / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, into / inside)
    for name, notebook in found.items():
        write(into / f"{name}.ipynb", to_text(notebook))
    handed_in = _time(folder / TIMESTAMP)
    if handed_in:
        write(into / TIMESTAMP, f"{handed_in:%Y-%m-%d %H:%M:%S.%f} UTC\n")
    return refused


def _notebook(submitted: Path, expected: list[str]) -> NotebookNode:
    """Read a notebook that was handed in; say what there is if it isn't."""
    if not submitted.exists() and submitted.parent.is_dir():
        if submitted.is_symlink():
            raise UserError(f"{submitted}: a link to nowhere; hand in the file itself")
        raise UserError(f"no {submitted.name}; {_instead(submitted, expected)}")
    notebook = read(submitted)
    _forget_copies(notebook)
    return notebook


def _recognise(submission: Submission, name: str, notebook: NotebookNode) -> None:
    """Refuse what is plainly another notebook of the course, under this one's name."""
    course, assignment = submission.course, submission.assignment
    mine = _ids(notebook)
    if not mine or mine & _ids_of(course, assignment, name):
        return
    for other in course.assignments():
        for candidate in course.notebooks(other):
            if len(mine & _ids_of(course, other, candidate)) > len(mine) / 2:
                what = other if other == candidate else f"{other}/{candidate}"
                raise UserError(
                    f"this is {what}, in the place of {assignment}/{name}; hand in the right one"
                )


def _ids(notebook: NotebookNode) -> set[str]:
    found = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells}
    return {name for name in found if name}


def _ids_of(course: Course, assignment: str, notebook: str) -> set[str]:
    path = course.source(assignment, notebook)
    return _ids_at(path, path.stat().st_mtime_ns)


@lru_cache(64)
def _ids_at(path: Path, changed: int) -> set[str]:
    """Read the names of a source's cells; `changed` is when it was."""
    try:
        return _ids(read(path))
    except UserError:
        return set()


def _instead(submitted: Path, expected: list[str]) -> str:
    """Say which notebooks there are, and what to do with them."""
    folder = submitted.parent
    inside = [path.relative_to(folder) for path in sorted(folder.rglob("*.ipynb"))]
    others = [path for path in inside if not any(part.startswith(".") for part in path.parts)]
    others = [path for path in others if len(path.parts) > 1 or path.stem not in expected]
    if not others:
        return "none is there"
    found = ", ".join(path.as_posix() for path in others[:3])
    deeper = next((path for path in others if path.name == submitted.name), None)
    if deeper is None:
        return f"found instead: {found}; rename it"
    if (folder / deeper).is_symlink() and not (folder / deeper).exists():
        return f"found instead: {found}, a link to nowhere; hand in the file itself"
    return f"found instead: {folder / deeper}; move it to {submitted}"


def _forget_copies(notebook: NotebookNode) -> None:
    """Make ordinary cells of copies that change no answer; Jupyter copies a cell's name, too.

    Of a locked cell nbgrader restores the source, whatever became of it, so the first one counts.
    Of an answer it must be clear which one is meant.
    """
    first: dict[str, NotebookNode] = {}
    unclear = []
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if not name:
            continue
        kept = first.setdefault(name, cell)
        if cell is kept:
            continue
        if utils.is_solution(kept) and cell.source != kept.source:
            unclear.append(name)
        del cell.metadata["nbgrader"]
    if unclear:
        names = ", ".join(dict.fromkeys(unclear))
        raise UserError(f"answers exist more than once and differ: {names}; delete the copies")


def _time(path: Path) -> datetime | None:
    """Read when it was handed in, in UTC; None if the file says nothing of the kind."""
    if not path.is_file():
        return None
    try:
        raw = read_at_most(path, 1_000, "a time")
        text = raw.decode(_MARKS.get(raw[:2], "utf-8-sig"), "replace").strip()
        return parse_utc(text) if text else None
    except (ValueError, OverflowError, TypeError, AttributeError, UserError):
        return None  # a word, another language's date, a film: what dateutil can't read
