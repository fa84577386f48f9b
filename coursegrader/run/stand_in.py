"""A notebook for what can't be graded: the student's own text, and places for points by hand."""

import json
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader import utils

from coursegrader.course.gradebook import recorded_cells
from coursegrader.errors import UserError
from coursegrader.files import read_at_most
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
    try:
        raw = read_at_most(path, _MOST * 100, "a notebook") if path.is_file() else b""
    except (UserError, OSError) as error:
        return [new_markdown_cell(str(error))]
    text = raw.decode("utf-8-sig", "replace").replace("\0", "")
    cells = _cells(text)
    if cells:
        return cells
    return [new_code_cell(text[:_MOST])] if text.strip() else []


def _cells(text: str) -> list[NotebookNode]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    listed: Any = found.get("cells") if isinstance(found, dict) else None
    cells = []
    left = _MOST
    for cell in listed[:_CELLS] if isinstance(listed, list) else []:
        if not isinstance(cell, dict):
            continue
        source: Any = cell.get("source")
        lines = source if isinstance(source, list) else [source]
        own = "".join(line for line in lines if isinstance(line, str))[:left]
        own = own.encode("utf-8", "replace").decode("utf-8")
        left -= len(own)
        make = new_markdown_cell if cell.get("cell_type") == "markdown" else new_code_cell
        if own:
            cells.append(make(own))
    return cells
