"""Why a question has less than its points, in one line."""

import re

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Grade

from coursegrader.course.notebook import last_words
from coursegrader.errors import one_line

NOT_RUN = "NotGraded"  # the error's name in a notebook that could not be executed


def reason_of(grade: Grade, cell: NotebookNode | None) -> str:
    """Say why a question has less than its points.

    Parameters
    ----------
    grade : nbgrader.api.Grade
        What the gradebook knows.
    cell : NotebookNode or None
        The executed cell; None if the notebook lacks it.

    Returns
    -------
    str
        One line; empty if nothing was lost, or nobody has looked yet.
    """
    if grade.score >= grade.max_score:
        return ""
    if grade.manual_score is not None:
        return "graded by hand"
    if cell is None:
        return "the cell is missing from the notebook"
    if utils.is_solution(cell) or utils.is_task(cell):
        return "" if grade.needs_manual_grade else "no answer"
    return why(cell)


def code_of(cell: NotebookNode) -> str:
    """Tell the code of the hint that an executed test cell ended with.

    Parameters
    ----------
    cell : NotebookNode
        A test cell with its outputs.

    Returns
    -------
    str
        Such as ``"transposed-matrix"``; empty if there is none.

    Examples
    --------
    >>> from nbformat import v4
    >>> shown = ["Hint: rows are users [transposed-matrix]"]
    >>> hint = v4.new_output("error", ename="Hint", evalue="rows are users", traceback=shown)
    >>> code_of(v4.new_code_cell("check_model(model)", outputs=[hint]))
    'transposed-matrix'
    """
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            last = output.traceback[-1] if output.traceback else ""
            found = re.search(r" \[([a-z0-9-]+)\]$", last) if output.ename == "Hint" else None
            return found[1] if found else ""
    return ""


def why(cell: NotebookNode) -> str:
    """Say what nbgrader took for the verdict of an executed test cell.

    nbgrader reads the outputs in order and stops at the first that decides: an error or anything
    on stderr is 0 points, a displayed number is the score.

    Parameters
    ----------
    cell : NotebookNode
        A test cell with its outputs.

    Returns
    -------
    str
        One line: the hint of a failed check, or the error's name and message.

    Examples
    --------
    >>> from nbformat import v4
    >>> hint = v4.new_output("error", ename="Hint", evalue="rows are users", traceback=[])
    >>> why(v4.new_code_cell("check_model(model)", outputs=[hint]))
    'rows are users'
    """
    outputs = cell.get("outputs", [])
    if any(output.get("ename") == "CellTimeoutError" for output in outputs):
        return "it ran out of time and was interrupted"
    for output in outputs:
        if output.output_type == "error":
            text = one_line(output.evalue)
            told = output.ename in ("AssertionError", "Hint", NOT_RUN)
            return text if told and text else f"{output.ename}: {text}".rstrip(": ")
        if output.get("name") == "stderr":
            return f"wrote to stderr: {one_line(last_words(output.text))}"
        if output.output_type == "execute_result":
            return f"showed {one_line(output.data.get('text/plain', ''))}, taken for the score"
    return ""
