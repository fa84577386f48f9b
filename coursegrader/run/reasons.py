"""Why a question has less than its points, in one line."""

import re
from typing import NamedTuple

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Grade

from coursegrader.course.notebook import last_words, name_of
from coursegrader.errors import one_line
from coursegrader.intake.submission import Placed
from coursegrader.run.names import binds, causes

# names of errors that no student's code raises
NOT_RUN = "NotGraded"  # it could not be executed
DIED = "KernelDied"
TIMED_OUT = "CellTimeoutError"  # nbgrader's own
TOO_MUCH = "TooMuchOutput"
OURS = (NOT_RUN, DIED, TOO_MUCH)
LOST = (DIED, TIMED_OUT, TOO_MUCH)  # the kernel was, or might as well have been


def reason_of(grade: Grade, placed: Placed | None) -> str:
    """Say why a question has less than its points.

    Parameters
    ----------
    grade : nbgrader.api.Grade
        What the gradebook knows.
    placed : Placed or None
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
    if placed is None:
        return "the cell is missing from the notebook"
    cell = placed.cell
    if utils.is_solution(cell) or utils.is_task(cell):
        return "" if grade.needs_manual_grade else "no answer"
    return verdict(placed.among, placed.number)


def verdict(cells: list[NotebookNode], number: int) -> str:
    """Say why a test failed: what stopped before it, else what it says itself.

    Parameters
    ----------
    cells : list of NotebookNode
        Of an executed notebook.
    number : int
        The place of the test.

    Returns
    -------
    str
        One line; see `stops` and `why`.
    """
    first = [] if _told_by_itself(cells[number]) else stops(cells, number)[:1]
    return "".join(f"{stop.where} {stop.what}" for stop in first) or why(cells[number])


def not_run_in(placed: Placed) -> bool:
    """Tell whether a cell was not executed, so that nobody knows what it is worth."""
    return any(output.get("ename") == NOT_RUN for output in placed.cell.get("outputs", []))


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
    if any(output.get("ename") == TOO_MUCH for output in outputs):
        return next(each.evalue for each in outputs if each.get("ename") == TOO_MUCH)
    if any(output.get("ename") == TIMED_OUT for output in outputs):
        said = next((each.evalue for each in outputs if each.get("ename") == TIMED_OUT), "")
        return said or "it ran out of time and was interrupted"
    for output in outputs:
        if output.output_type == "error":
            text = one_line(output.evalue)
            if output.ename == "NotImplementedError" and not text:  # as a stub raises it
                return "what it calls is not written yet"
            told = output.ename in ("AssertionError", "Hint", *OURS)
            return text if told and text else f"{output.ename}: {text}".rstrip(": ")
        if output.get("name") == "stderr":
            return f"wrote to stderr: {one_line(last_words(output.text))}"
        if output.output_type == "execute_result":
            return f"showed {one_line(output.data.get('text/plain', ''))}, taken for the score"
    return ""


class Stop(NamedTuple):
    """A cell that stopped with an error: its name, and what it said."""

    where: str
    what: str


def stops(cells: list[NotebookNode], number: int) -> list[Stop]:
    """Find the cells that stopped and that a cell hangs on.

    Parameters
    ----------
    cells : list of NotebookNode
        Of an executed notebook.
    number : int
        The place of the one that is meant.

    Returns
    -------
    list of Stop
        In the order of the notebook, so that the first is what led to the others.

    Examples
    --------
    >>> from nbformat import v4
    >>> error = v4.new_output("error", ename="NameError", evalue="name 'trian' is not defined")
    >>> cells = [v4.new_code_cell("rates = of(trian)", outputs=[error], metadata={"nbgrader": {
    ...     "grade_id": "compare-k"}}), v4.new_code_cell("assert rates")]
    >>> stops(cells, 1)
    [Stop(where='cell compare-k', what="stopped: NameError: name 'trian' is not defined")]
    """
    found = [stop for stop in (_stop(cells, place) for place in causes(cells, number)) if stop]
    lacks = _lacking(cells, number)
    if found or not lacks:
        return found
    # what should have bound the name says why; others lack it, too
    stopped = [stop for stop in (_stop(cells, place) for place in range(number)) if stop]
    return [stop for stop in stopped if not any(f"'{name}'" in stop.what for name in lacks)][-1:]


def _stop(cells: list[NotebookNode], place: int) -> Stop | None:
    cell = cells[place]
    outputs = [each for each in cell.get("outputs", []) if each.output_type == "error"]
    if not outputs or (utils.is_grade(cell) and not utils.is_solution(cell)):
        return None
    if outputs[0].ename == "NotImplementedError" and not outputs[0].evalue:
        what = "is not written yet"
    elif outputs[0].ename in ("SyntaxError", "IndentationError", "TabError"):
        said = re.sub(r" \((?:<[^>]*>|[\w.]+), line (\d+)\)$", r" in line \1", outputs[0].evalue)
        what = f"is not Python: {one_line(said)}"
    else:
        what = f"stopped: {why(cell)}"
    return Stop(name_of(cell, place), what)


def _lacking(cells: list[NotebookNode], number: int) -> set[str]:
    """Return the name that a test stopped at if no cell binds it."""
    outputs = cells[number].get("outputs", [])
    found = [
        re.fullmatch(r"name '(\w+)' is not defined", each.get("evalue", "")) for each in outputs
    ]
    missing = {match[1] for match in found if match}
    return missing - {name for cell in cells[:number] for name in binds(cell)}


def _told_by_itself(cell: NotebookNode) -> bool:
    """Tell whether a test's verdict has nothing to do with what came before it."""
    enames = {output.get("ename") for output in cell.get("outputs", [])}
    return bool(enames & {NOT_RUN, *LOST})
