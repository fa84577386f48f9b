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
from itertools import islice
from typing import Any

from coursegrader.errors import UserError, one_line
from coursegrader.intake.decoding import LOST, decoded
from coursegrader.intake.records import Record, record

KINDS = ("code", "markdown", "raw")
_LISTS = ("cells", "worksheets")
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
    text, records = decoded(data)
    if not text.strip():
        raise UserError(f"not a notebook, for it is empty; {_SAVE}")
    try:
        raw = _loaded(text, records)
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
    if any(LOST in cell.source or _is_half(cell.source) for cell in cells):
        records.append(record("damaged-text"))
        cells = [replace(each, source=_whole_text(each.source)) for each in cells]
    return cells, records


def _loaded(text: str, records: list[Record]) -> Any:
    """Read a text as JSON, if need be without what stands before and behind it."""
    decoder = _decoder()
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        with contextlib.suppress(ValueError):
            raw, _ = decoder.raw_decode(text, text.index("{"))
            if "cells" in raw or "worksheets" in raw:
                records.append(record("wrapped", found="other text"))
                return raw
        merge = re.search(r"^<{7} ", text, re.MULTILINE)
        if merge:
            line = text.count("\n", 0, merge.start()) + 1
            raise UserError(
                f"not a notebook, for git has left two versions of a place in it (line {line}); "
                f"keep one of them, then {_SAVE}"
            ) from None
        place = f"line {error.lineno}, column {error.colno}"
        raise UserError(
            f"not a notebook, for it is not JSON ({place}: {error.msg}); {_SAVE}"
        ) from None


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(strict=False, parse_int=_whole)


def _listed(raw: Any, records: list[Record]) -> list[Any]:
    """Find the cells in any format of the file that has some."""
    if isinstance(raw, list) and any(_cell(each) for each in raw):
        raw = {"cells": raw}
    inner = _within(raw, depth=2)
    if inner is None and not isinstance(raw, dict | list):
        raise UserError(f"not a notebook: found {_kind_of(raw)}, expected {{...}}; {_SAVE}")
    if inner is None:
        raise UserError(f"not a notebook, for it has no list of cells; {_SAVE}")
    if inner is not raw:
        records.append(record("wrapped", found="other JSON"))
        raw = inner
    listed = raw.get("cells")
    if not isinstance(listed, list):  # before format 4 they lay on sheets
        found = [each.get("cells") for each in raw["worksheets"] if isinstance(each, dict)]
        listed = [cell for cells in found if isinstance(cells, list) for cell in cells]
    form = raw.get("nbformat")
    if type(form) is not int or form != 4:
        records.append(record("other-format", found="nothing" if form is None else repr(form)))
    return listed


def _within(raw: Any, depth: int) -> dict[str, Any] | None:
    """Find the first that has cells: what was read, or what lies within, as in an API's answer.

    It may lie there as a text, where a program has written JSON twice.
    """
    if isinstance(raw, str) and any(f'"{name}"' in raw for name in _LISTS):
        with contextlib.suppress(ValueError, RecursionError):
            raw = _decoder().decode(raw)
    if isinstance(raw, dict) and any(isinstance(raw.get(name), list) for name in _LISTS):
        return raw
    parts = raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ()
    found = (_within(each, depth - 1) for each in islice(parts, 100 if depth else 0))
    return next((each for each in found if each is not None), None)


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
    return text.encode("utf-8", "replace").decode("utf-8").replace(LOST, "?")


def _kind_of(raw: Any) -> str:
    return one_line(json.dumps(raw)[:1_000], 40)
