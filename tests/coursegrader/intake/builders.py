"""A small release, what students make of it, and what their cells are worth without a kernel."""

import copy
import functools

from nbformat import v4

from coursegrader.intake.reading import Cell

IMPORTS = "import math"
ADD_STUB = "def add(a, b):\n    # YOUR CODE HERE\n    raise NotImplementedError"
ADD = "def add(a, b):\n    return a + b"
TRY = "add(1, 1)"
TEST_ADD = "# Sums.\nassert add(2, 3) == 5"
TWICE_STUB = "def twice(a):\n    # YOUR CODE HERE\n    raise NotImplementedError"
TWICE = "def twice(a):\n    return add(a, a)"
TEST_TWICE = "# Twice a number.\nassert twice(4) == 8"
RATE_STUB = "rate = ...\n# YOUR CODE HERE\nraise NotImplementedError"
RATE = "rate = twice(2) / 8"
TEST_RATE = "# A rate.\nassert rate == 0.5"
WHY_STUB = "YOUR ANSWER HERE"
WHY = "Because two halves make a whole."
POINTS = {"test-add": 2, "test-twice": 1, "test-rate": 3}
FULL = sum(POINTS.values())


def released(name, source, role="given", kind="code", **more):
    """One cell as nbgrader releases it; an open one has no name for nbgrader."""
    make = v4.new_code_cell if kind == "code" else v4.new_markdown_cell
    if role == "open":
        return make(source, id=name)
    meta = {
        "grade": role in ("test", "manual"),
        "grade_id": name,
        "locked": role in ("given", "test"),
        "schema_version": 3,
        "solution": role in ("answer", "manual"),
        "task": False,
    }
    if meta["grade"]:
        meta["points"] = POINTS.get(name, 2)
    return make(source, id=name, metadata={"nbgrader": meta, **more})


@functools.cache
def _release():
    return v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        cells=[
            released("title", "# Sums", kind="markdown"),
            released("imports", IMPORTS, "open"),
            released("add", ADD_STUB, "answer"),
            released("try-add", TRY, "open"),
            released("test-add", TEST_ADD, "test"),
            released("twice", TWICE_STUB, "answer"),
            released("test-twice", TEST_TWICE, "test"),
            released("rate", RATE_STUB, "answer"),
            released("test-rate", TEST_RATE, "test"),
            released("why", WHY_STUB, "manual", kind="markdown"),
        ],
    )


def release():
    return copy.deepcopy(_release())


SOLVED = {"add": ADD, "twice": TWICE, "rate": RATE, "why": WHY}


def handed_in(answers=SOLVED):
    """The cells of an honest submission, to be spoilt."""
    cells = []
    for cell in release().cells:
        named = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        source = answers.get(cell.id, cell.source)
        cells.append(Cell(cell.cell_type, source, named, cell.id))
    return cells


def place(cells, name):
    """Where a cell stands."""
    return next(number for number, cell in enumerate(cells) if cell.id == name)


def points(notebook):
    """Run the cells one after the other, each on its own account, as a kernel would."""
    scope = {}
    got = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        try:
            exec(compile(cell.source, cell.id, "exec"), scope)  # tests of ours
        except BaseException:
            got.setdefault(name, 0)
        else:
            got.setdefault(name, POINTS.get(name, 0))
    return sum(got.get(name, 0) for name in POINTS)


def again(notebook):
    """The cells of a rebuilt notebook, as if it were handed in."""
    return [
        Cell(
            cell.cell_type,
            cell.source,
            cell.metadata.get("nbgrader", {}).get("grade_id", ""),
            cell.id,
            copy.deepcopy(cell.get("attachments", {})),
        )
        for cell in notebook.cells
    ]
