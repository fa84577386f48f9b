"""The slow way through a file, taken only when the fast one failed: which cell, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.csv as csv

from recsys_course.data.memory import arrows_own
from recsys_course.data.sources.columns import Column, convert_options
from recsys_course.data.sources.tables import Table
from recsys_course.errors import DataError
from recsys_course.progress import bar

_BLOCK = 1 << 16
_MEND = "correct it, or copy or fetch the file again"
_Row = tuple[int, list[str]]


def explain(table: Table, content: bytes, names: list[str], reason: str) -> DataError:
    """Find the first mistake in a file.

    The rules are those of the fast way, for the same Arrow conversion judges the cells.

    Parameters
    ----------
    table : Table
        The file.
    content : bytes
        What is in it.
    names : list of str
        Its columns.
    reason : str
        What is said when no single cell or line is to blame.

    Returns
    -------
    DataError
        With file, line (a header is line 1), column and text of the cell.
    """
    table = replace(table, columns=tuple(_known(table, content, names)))
    rows = table.rows(content)
    if not table.names:
        next(rows)
    seen: dict[str, dict[int, int]] = {column.name: {} for column in table.columns}
    block: list[_Row] = []
    line = 0
    # a terminal sees how far the search is, but only when it takes a while
    about = f"looking for the mistake in {table.path.name}"
    for line, cells in bar(rows, desc=about, unit=" rows", delay=1):
        torn = _torn(table, cells, len(names))
        if not torn:
            block.append((line, cells))
        if torn or len(block) == _BLOCK:
            found = _first(table, names, block, seen)
            if found:
                return found
            block = []
        if torn:
            return DataError(f"{table.path}, line {line}: {torn}; {_MEND}")
    if not line:
        below = "" if table.names else " below the header"
        return DataError(f"{table.path}: no rows{below}; copy or fetch the file again")
    found = _first(table, names, block, seen)
    return found or DataError(f"{table.path}: {reason}; {_MEND}")


def _known(table: Table, content: bytes, names: list[str]) -> Iterator[Column]:
    """Leave out the columns that are empty from top to bottom, and may be."""
    for column in table.columns:
        rows = (cells for _, cells in table.rows(content))
        if not table.names:
            next(rows)
        at = names.index(column.name)
        if not column.or_empty or any(cells[at] for cells in rows if at < len(cells)):
            yield column


def _torn(table: Table, cells: list[str], expected: int) -> str | None:
    """Say what is wrong with a row as a whole."""
    if not table.multiline and any("\n" in cell or "\r" in cell for cell in cells):
        return "a quote is opened and not closed in the same line"
    if len(cells) == expected:
        return None
    fields = f"{len(cells)} field" + ("s" if len(cells) > 1 else "")
    many = " over several lines (is a quote never closed?)" if "\n" in "".join(cells) else ""
    separator = table.written or table.delimiter
    return f"found {fields}{many}, expected {expected} separated by {separator!r}"


def _first(
    table: Table, names: list[str], block: list[_Row], seen: dict[str, dict[int, int]]
) -> DataError | None:
    """Return the topmost mistake in a block of complete rows."""
    if not block:
        return None
    found: list[tuple[int, str]] = []
    for column in table.columns:
        at = names.index(column.name)
        cells = [row[at] for _, row in block]
        position = _position(column, cells)
        if position is not None:
            line, cell = block[position][0], cells[position]
            found.append((line, f"line {line}, column {column.name}: {_cell(column, cell)}"))
        elif column.unique:
            found += _again(column, cells, [line for line, _ in block], seen[column.name])
    return DataError(f"{table.path}, {min(found)[1]}; {_MEND}") if found else None


def _position(column: Column, cells: list[str]) -> int | None:
    if _good(column, cells):
        return None
    low, high = 0, len(cells)  # the first bad cell is in cells[low:high]
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _good(column, cells[low:middle]) else (low, middle)
    return low


def _values(column: Column, cells: list[str]) -> pa.ChunkedArray:
    quoted = "\n".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    options = csv.ReadOptions(column_names=[column.name])
    parsed = csv.read_csv(
        arrows_own(quoted.encode("utf-8", "surrogateescape")),
        read_options=options,
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=convert_options((column,), loose=True),
    )
    return column.settled(parsed[column.name])


def _good(column: Column, cells: list[str]) -> bool:
    if not cells:
        return True
    try:
        values = _values(column, cells)
    except pa.ArrowInvalid:
        return False
    return column.within(values)


def _cell(column: Column, cell: str) -> str:
    if not cell:
        return f"the cell is empty, expected {column.expected}"
    cut = cell if len(cell) <= 40 else cell[:40] + "..."
    raw = cut.encode("utf-8", "surrogateescape")
    shown = repr(cut if cut.isprintable() or cut.isascii() else raw)
    if pa.types.is_timestamp(column.type) and column.type.tz and _good(column, [cell + "+00:00"]):
        return f"{shown} has no time zone, expected {column.expected}"
    return f"found {shown}, expected {column.expected}"


def _again(
    column: Column, cells: list[str], lines: Iterable[int], seen: dict[int, int]
) -> list[tuple[int, str]]:
    for value, line in zip(_values(column, cells).to_pylist(), lines, strict=True):
        if value in seen:
            twice = f"line {line}, column {column.name}: {value} is already in line {seen[value]}"
            return [(line, f"{twice}, expected each only once")]
        seen[value] = line
    return []
