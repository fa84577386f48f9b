"""Notebook files: read with clear errors, brought to one form, compared, written whole."""

import json
import re
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4.nbjson import to_notebook

from coursegrader.course.png import without_comments
from coursegrader.errors import UserError, one_line
from coursegrader.files import read_at_most

METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},  # the exact Python would differ from machine to machine
}
CELL_METADATA = {"deletable", "editable", "jupyter", "nbgrader", "slideshow", "tags"}
#: What nbgrader writes into a cell's metadata: types, and words for a person.
NBGRADER: dict[str, tuple[tuple[type, ...], str]] = {
    **dict.fromkeys(("grade", "solution", "locked", "task"), ((bool,), "true or false")),
    "grade_id": ((str,), "a text such as test-train-model"),
    "points": ((int, float), "a number such as 2"),
    "schema_version": ((int,), "a whole number such as 3"),
    "checksum": ((str,), "a text"),
    "cell_type": ((str,), "code or markdown"),
}
LARGEST = 100_000_000  # bytes of a notebook, pictures included


def read(path: Path) -> NotebookNode:
    """Read a notebook of format 4; its cells have ids that don't change from reading to reading.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    NotebookNode
        A valid notebook of format 4.5. A cell's id is its nbgrader ``grade_id``, else the id it
        had, else ``cell-`` and its position.

    Raises
    ------
    UserError
        If the file isn't there or isn't such a notebook.
    """
    if not path.is_file():
        raise UserError(f"{path}: {'not a file' if path.exists() else 'no such notebook'}")
    try:
        data = read_at_most(path, LARGEST, "a notebook")
        text = data.decode(json.detect_encoding(data))  # UTF-8, or UTF-16 by its byte order mark
        raw = json.loads(text)
        if "\\ud" in text.lower():  # half a character, which no file can hold: it becomes "?"
            raw = json.loads(json.dumps(raw, ensure_ascii=False).encode("utf-8", "replace"))
    except UnicodeDecodeError:
        raise UserError(f"{path}: not text in UTF-8; save it again in JupyterLab") from None
    except json.JSONDecodeError as error:
        raise UserError(
            f"{path}, line {error.lineno}, column {error.colno}: not a notebook, for it is not "
            f"JSON ({error.msg}); save it again in JupyterLab"
        ) from None
    except ValueError:  # the one thing that Python refuses in JSON that is right
        raise UserError(f"{path}: not a notebook, it holds a number of endless digits") from None
    except RecursionError:
        raise UserError(f"{path}: not a notebook, for it is nested too deeply") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("cells"), list):
        raise UserError(f"{path}: not a notebook of format 4; save it again in JupyterLab")
    if type(raw.get("nbformat")) is not int or raw["nbformat"] != 4:
        found = one_line(repr(raw["nbformat"])) if "nbformat" in raw else "nothing"
        raise UserError(f"{path}, nbformat: found {found}, expected 4; save it again in JupyterLab")
    try:
        for number, cell in enumerate(raw["cells"]):
            trouble = _trouble(cell)
            if trouble:
                raise UserError(f"{path}, cell number {number + 1}{trouble}; mend it in the file")
        _name_cells(raw["cells"])
        raw.update(nbformat_minor=5)
        notebook = to_notebook(raw)
        nbformat.validate(notebook)
    except RecursionError:
        raise UserError(f"{path}: not a notebook, for it is nested too deeply") from None
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError, ValueError) as error:
        place = "/".join(map(str, getattr(error, "path", ())))
        reason = f"{place}: {error}".lstrip(": ").splitlines()[0]
        raise UserError(
            f"{path}: not a valid notebook ({reason}); save it again in JupyterLab"
        ) from None
    return notebook


def _trouble(cell: Any) -> str:
    """Say what nbgrader could not read in a cell, as the end of its place; empty if all is well."""
    where, found = "", cell
    for key in ("metadata", "nbgrader", ""):
        if not isinstance(found, dict):
            return f"{where}: found {one_line(repr(found), 80)}, expected {{...}}"
        if key:
            where, found = f"{where}, {key}", found.get(key, {})
    name = found.get("grade_id")
    where = f" ({one_line(name, 80)})" if isinstance(name, str) else ""
    for key, (kinds, expected) in NBGRADER.items():
        value = found.get(key)
        right = key not in found or (type(value) in kinds and value == value)  # nan is not itself
        unused = key == "points" and value is None and not (found.get("grade") or found.get("task"))
        if not right and not unused:
            return f"{where}, {key}: found {one_line(repr(value), 80)}, expected {expected}"
    return ""


def _name_cells(cells: list[dict]) -> None:
    taken: set[str] = set()
    for number, cell in enumerate(cells):
        own = cell["metadata"].get("nbgrader", {}).get("grade_id"), cell.get("id")
        candidates = [*own, f"cell-{number}", f"cell-{number}-again"]
        cell["id"] = next(
            name
            for name in candidates
            if isinstance(name, str)
            and re.fullmatch(r"[\w-]{1,64}", name, re.A)
            and name not in taken
        )
        taken.add(cell["id"])


def name_of(cell: NotebookNode, number: int) -> str:
    """Name a cell for a person.

    Parameters
    ----------
    cell : NotebookNode
        The cell.
    number : int
        Its place among the notebook's cells, from 0.

    Returns
    -------
    str
        By its ``grade_id``; one that has none by its place, counted from 1.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell
    >>> name_of(new_code_cell(), 0)
    'cell number 1'
    """
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
    return f"cell {name or f'number {number + 1}'}"


def is_python(notebook: NotebookNode) -> bool:
    """Tell by a notebook's metadata whether its code is Python, as it is where nothing is said.

    Parameters
    ----------
    notebook : NotebookNode
        Any.

    Returns
    -------
    bool

    Examples
    --------
    >>> from nbformat import v4
    >>> is_python(v4.new_notebook()), is_python(v4.new_notebook(metadata={
    ...     "kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}))
    (True, False)
    """
    kernel = notebook.metadata.get("kernelspec", {})
    language = kernel.get("language") or notebook.metadata.get("language_info", {}).get("name")
    return str(language or "python").lower() == "python"


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Take out what depends on the run or the machine: timings, counts, versions, folded views.

    Parameters
    ----------
    notebook : NotebookNode
        It is changed.

    Returns
    -------
    NotebookNode
        The same notebook.

    Examples
    --------
    >>> from nbformat import v4
    >>> cell = v4.new_code_cell("1", id="one", metadata={"execution": {"start": "12:00"}})
    >>> normalise(v4.new_notebook(cells=[cell])).cells[0].metadata
    {}
    """
    if is_python(notebook):
        notebook.metadata = nbformat.from_dict(METADATA)
    count = 0
    for cell in notebook.cells:
        for key in set(cell.metadata) - CELL_METADATA:
            del cell.metadata[key]
        if cell.cell_type == "code":
            if cell.execution_count is not None:
                cell.execution_count = count = count + 1
            for output in cell.outputs:
                _normalise_output(output, cell.execution_count)
    return notebook


def _normalise_output(output: NotebookNode, count: int | None) -> None:
    if output.output_type == "execute_result":
        output.execution_count = count
    if output.output_type == "error":  # the frames name files of this machine
        output.traceback = [f"\x1b[31m{output.ename}\x1b[39m: {output.evalue}"]
    data = output.get("data", {})
    if "image/png" in data:
        data["image/png"] = without_comments(data["image/png"])


def to_text(notebook: NotebookNode) -> str:
    """Return a notebook as the text of its file, keys sorted, one line break at the end.

    Parameters
    ----------
    notebook : NotebookNode
        A valid notebook.

    Returns
    -------
    str
        JSON.
    """
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def last_words(text: str) -> str:
    r"""Return the last line that isn't indented: under a warning stands the code it came from.

    Parameters
    ----------
    text : str
        What was written to stderr.

    Returns
    -------
    str
        One line; empty if there is none.

    Examples
    --------
    >>> last_words("utils.py:164: ParameterWarning: expects CSR\n  warnings.warn(\n")
    'utils.py:164: ParameterWarning: expects CSR'
    """
    lines = [line for line in text.splitlines() if line[:1].strip()]
    return lines[-1] if lines else ""


def first_difference(old: NotebookNode, new: NotebookNode) -> str | None:
    """Name the first place where two notebooks differ.

    Parameters
    ----------
    old, new : NotebookNode
        What there is and what there should be.

    Returns
    -------
    str or None
        For example ``"cell train-model: source"``; None if they are equal.

    Examples
    --------
    >>> from nbformat import v4
    >>> one, two = (v4.new_notebook(cells=[v4.new_markdown_cell(t, id="title")]) for t in "ab")
    >>> first_difference(one, two)
    'cell title: source'
    """
    for before, after in zip(old.cells, new.cells, strict=False):
        if before["id"] != after["id"]:
            return f"cell {before['id']}, where {after['id']} is expected"
        for key in ("cell_type", "source", "metadata", "outputs", "execution_count"):
            if before.get(key) != after.get(key):
                return f"cell {before['id']}: {key}"
    if len(old.cells) != len(new.cells):
        longer: list[NotebookNode] = max(old.cells, new.cells, key=len)
        return f"cell {longer[min(len(old.cells), len(new.cells))]['id']} is in one only"
    return None if old == new else "the notebook's metadata"
