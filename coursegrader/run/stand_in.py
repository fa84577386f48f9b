"""A notebook for what can't be graded: the student's own text, and places for points by hand."""

from contextlib import suppress
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader import utils

from coursegrader.course.gradebook import recorded_cells
from coursegrader.errors import UserError
from coursegrader.intake.bounds import read_plain
from coursegrader.intake.reading import read_cells
from coursegrader.intake.submission import Submission

_MOST = 200_000  # characters of text, and bytes that are looked at
_CELLS = 1_000
_NOTHING = "Nothing of this answer could be told apart."


def stand_in(submission: Submission, notebook: str, reason: str) -> NotebookNode:
    """Make a notebook that a person can mark in formgrader.

    Parameters
    ----------
    submission : Submission
        What was handed in.
    notebook : str
        Which notebook of it.
    reason : str
        Why it can't be graded.

    Returns
    -------
    NotebookNode
        The reason, the student's own text as far as it can be read, and the graded cells with
        nothing in them.
    """
    own = _own_text(submission.handed_in / f"{notebook}.ipynb")
    cells = [new_markdown_cell(f"# Not graded\n\n{reason}\n\nBelow is what was handed in."), *own]
    cells.append(new_markdown_cell("---\n\nThese places are for points given by hand."))
    for cell in recorded_cells(submission.course, submission.assignment, notebook):
        if utils.is_solution(cell):
            cell.source = f"# {_NOTHING}" if cell.cell_type == "code" else f"*{_NOTHING}*"
        cells.append(cell)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return new_notebook(cells=cells)


def _own_text(path: Path) -> list[NotebookNode]:
    """Read the cells of a notebook in any state, without what nbgrader would look at."""
    if path.parent.is_symlink():  # what is there is somebody else's
        return []
    try:
        raw = read_plain(path, _MOST * 100)
    except FileNotFoundError:
        return []
    except (UserError, OSError) as error:
        return [new_markdown_cell(str(error))]
    with suppress(UserError):
        cells = _cells(raw)
        if cells:
            return cells
    text = raw.decode("utf-8-sig", "replace").replace("\0", "")
    return [new_code_cell(text[:_MOST])] if text.strip() else []


def _cells(raw: bytes) -> list[NotebookNode]:
    cells = []
    left = _MOST
    for cell in read_cells(raw)[0][:_CELLS]:
        own = cell.source[:left]
        left -= len(own)
        make = new_markdown_cell if cell.kind == "markdown" else new_code_cell
        if own.strip():
            cells.append(make(own))
    return cells
