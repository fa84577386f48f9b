"""The cells of a notebook in whatever state: text and names, and nothing else of it.

Only the standard library is needed, for large files are read by a process of their own, which has
limits of time and memory.
"""

import contextlib
import gc
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from coursegrader.errors import UserError, one_line
from coursegrader.intake.records import Record, record

KINDS = ("code", "markdown", "raw")
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
SMALL = 1_000_000  # bytes; no file of this size takes much time or memory
SECONDS, MEMORY = 2, 500_000_000  # of the process that reads a larger one
_MOST_DIGITS = 300
_MOST_CELLS = 10_000
_SAVE = "save it again in JupyterLab"
_CHILD = "from coursegrader.intake.reading import answer; answer()"


@dataclass(frozen=True)
class Cell:
    """A cell that a student handed in.

    Parameters
    ----------
    kind : str
        "code", "markdown" or "raw".
    source : str
        Its text, lines ended by line feeds.
    grade_id : str
        Its name for nbgrader, as the file says; empty if it says none.
    id : str
        Its id for Jupyter, likewise.
    attachments : dict of str to dict of str to str
        Pictures in its text: name -> type -> Base64.
    """

    kind: str
    source: str
    grade_id: str = ""
    id: str = ""
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


def read_cells(data: bytes) -> tuple[list[Cell], list[Record]]:
    """Read the cells of a notebook; what can be understood is, whatever else is in it.

    Parameters
    ----------
    data : bytes
        Of the file.

    Returns
    -------
    cells : list of Cell
        In their order.
    records : list of Record
        What is odd about the file.

    Raises
    ------
    UserError
        If no cells can be read, or not within `SECONDS` and `MEMORY`.

    Examples
    --------
    >>> read_cells(b'{"cells": [{"cell_type": "raw", "source": ["a"]}], "nbformat": 4}')
    ([Cell(kind='raw', source='a', grade_id='', id='', attachments={})], [])
    """
    return _parsed(data) if len(data) <= SMALL else _read_apart(data)


def read_notebook(notebook: dict[str, Any]) -> list[Cell]:
    """Take the cells of a notebook that somebody else has read.

    Parameters
    ----------
    notebook : NotebookNode
        Of format 4.

    Returns
    -------
    list of Cell
        In their order.
    """
    return [cell for cell in map(_cell, notebook["cells"]) if cell is not None]


def _read_apart(data: bytes) -> tuple[list[Cell], list[Record]]:
    """Have another process read it, which can't take more than its share."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _CHILD],
            input=data,
            capture_output=True,
            timeout=10 * SECONDS,
            check=False,
        )
        told = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):  # it was ended in the middle
        raise UserError(
            f"its {len(data) / 1e6:.0f} MB take more than {SECONDS} s or {MEMORY / 1e6:.0f} MB "
            f"to read; clear all outputs, then {_SAVE}"
        ) from None
    if isinstance(told, str):
        raise UserError(told)
    cells, records = told
    return [Cell(**each) for each in cells], [Record(**each) for each in records]


def answer() -> None:
    """Read a notebook from stdin within limits, write its cells to stdout: for `_read_apart`."""
    gc.disable()  # it would look through millions of values again and again
    _limit("RLIMIT_AS", MEMORY)
    _limit("RLIMIT_CPU", SECONDS)
    _limit("RLIMIT_CORE", 0)
    told: Any
    try:
        cells, records = _parsed(sys.stdin.buffer.read())
        told = [[asdict(each) for each in cells], [asdict(each) for each in records]]
    except UserError as error:
        told = str(error)
    json.dump(told, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # to take millions of values apart again would be wasted


def _limit(name: str, most: int) -> None:
    """Limit what this process may take, where the system can: of memory, only Linux does."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # Windows has none

        resource.setrlimit(getattr(resource, name), (most, most))


def _parsed(data: bytes) -> tuple[list[Cell], list[Record]]:
    text, records = _decoded(data)
    try:
        raw = json.loads(text, strict=False, parse_int=_whole)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UserError(
            f"not a notebook, for it is not JSON ({place}: {error.msg}); {_SAVE}"
        ) from None
    except RecursionError:
        raise UserError(f"not a notebook, for it is nested too deeply; {_SAVE}") from None
    listed = _listed(raw, records)
    if len(listed) > _MOST_CELLS:
        raise UserError(f"not a notebook, for it has more than {_MOST_CELLS} cells; {_SAVE}")
    cells = []
    odd = 0
    for each in listed:
        cell = _cell(each)
        if cell is None:
            odd += 1
        else:
            cells.append(cell)
    if odd:
        records.append(record("odd-cell", count=odd))
    if any("\ufffd" in cell.source or _is_half(cell.source) for cell in cells):
        records.append(record("damaged-text"))
        cells = [replace(each, source=_whole_text(each.source)) for each in cells]
    return cells, records


def _decoded(data: bytes) -> tuple[str, list[Record]]:
    encoding = json.detect_encoding(data)
    records = [] if encoding == "utf-8" else [record("recoded", found=encoding)]
    try:
        return data.decode(encoding, "surrogatepass"), records
    except UnicodeDecodeError:  # another code page: what is code in it can be read
        return data.decode("utf-8", "replace"), records


def _listed(raw: Any, records: list[Record]) -> list[Any]:
    """Find the cells in any format of the file that has some."""
    if not isinstance(raw, dict):
        raise UserError(f"not a notebook: found {_kind_of(raw)}, expected {{...}}; {_SAVE}")
    listed = raw.get("cells")
    if not isinstance(listed, list):  # before format 4 they lay on sheets
        sheets = raw.get("worksheets")
        sheets = sheets if isinstance(sheets, list) else []
        found = [each.get("cells") for each in sheets if isinstance(each, dict)]
        listed = [cell for cells in found if isinstance(cells, list) for cell in cells]
        if not found:
            raise UserError(f"not a notebook, for it has no list of cells; {_SAVE}")
    form = raw.get("nbformat")
    if type(form) is not int or form != 4:
        records.append(record("other-format", found="nothing" if form is None else repr(form)))
    return listed


def _cell(raw: Any) -> Cell | None:
    if not isinstance(raw, dict):
        return None
    source = raw.get("source", raw.get("input"))
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    kind = raw.get("cell_type")
    if kind == "heading":  # of format 3
        text, kind = f"# {text}", "markdown"
    if kind not in KINDS:
        if not text.strip():
            return None
        kind = "code" if "outputs" in raw else "markdown"
    meta = raw.get("metadata")
    own = meta.get("nbgrader") if isinstance(meta, dict) else None
    name = own.get("grade_id") if isinstance(own, dict) else None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Cell(kind, text, _name(name), _name(raw.get("id")), _pictures(raw.get("attachments")))


def _name(raw: Any) -> str:
    return raw if isinstance(raw, str) and raw.isprintable() else ""


def _pictures(raw: Any) -> dict[str, dict[str, str]]:
    found = {}
    for name, bundle in raw.items() if isinstance(raw, dict) else ():
        kept = {
            kind: data
            for kind, data in (bundle.items() if isinstance(bundle, dict) else ())
            if kind in PICTURES
            and isinstance(data, str)
            and re.fullmatch(r"[\w+/=\s]*", data, re.A)
        }
        if kept and _name(name):
            found[name] = kept
    return found


def _whole(digits: str) -> int:
    """Read a whole number; nobody needs one of a million digits, and Python refuses it."""
    return int(digits) if len(digits) <= _MOST_DIGITS else 0


def _is_half(text: str) -> bool:
    return re.search("[\ud800-\udfff]", text) is not None


def _whole_text(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\ufffd", "?")


def _kind_of(raw: Any) -> str:
    return one_line(json.dumps(raw)[:1_000], 40)
