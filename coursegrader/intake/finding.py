"""Which of the files that were handed in is the notebook that was meant."""

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from time import monotonic

from nbformat import NotebookNode

from coursegrader.errors import UserError
from coursegrader.intake.align import ANSWER, Released, bare, match, same
from coursegrader.intake.bounds import Folder, Limits
from coursegrader.intake.reading import SECONDS, Cell, read_cells
from coursegrader.intake.records import Record, record

_MOST_CANDIDATES = 20
_MOST_PACKED = 1_000  # files in an archive
_ENOUGH = 4  # one cell of so many must be there
_ENTRY = b"PK\x01\x02"  # how each of them is listed there
_NOTEBOOK = re.compile(r"\.ipynb(\.(txt|json))?$|\.json$", re.I)


@dataclass(frozen=True)
class Found:
    """A notebook that was handed in.

    Parameters
    ----------
    name : str
        Its path in the folder, or in an archive there.
    cells : tuple of Cell
        In order.
    records : tuple of Record
        What is odd about it.
    """

    name: str
    cells: tuple[Cell, ...]
    records: tuple[Record, ...]


def find(
    folder: Folder,
    wanted: str,
    release: NotebookNode,
    limits: Limits,
    others: Collection[str] = (),
) -> Found:
    """Find a notebook among what was handed in.

    Under its right name, whatever is in it. Else, of all that could be it, the one whose cells are
    most like the release.

    Parameters
    ----------
    folder : Folder
        What was handed in.
    wanted : str
        The notebook's name, without ``.ipynb``.
    release : NotebookNode
        What students got.
    limits : Limits
        Of size.
    others : collection of str
        The assignment's other notebooks, likewise: they are never taken for this one.

    Returns
    -------
    Found

    Raises
    ------
    UserError
        If there is none, or it can't be read.
    """
    right = f"{wanted}.ipynb"
    if right in folder.files:
        return _read(right, folder.read(right, limits.notebook))
    released = [Released(cell) for cell in release.cells]
    reasons: list[str] = []
    best: tuple[float, Found] | None = None
    count = 0
    ends = monotonic() + SECONDS
    names = {f"{other}.ipynb" for other in others}
    candidates = _candidates(folder, names, limits, reasons)
    for name, data, archive in islice(candidates, _MOST_CANDIDATES):
        if monotonic() > ends:
            reasons.append("there is too much that could be it")
            break
        try:
            found = _read(name, data)
        except UserError as error:
            reasons.append(str(error))
            continue
        likeness = _likeness(released, list(found.cells))
        if likeness > 0:
            count += 1
            said = (
                record("from-zip", found=name, archive=archive)
                if archive
                else record("other-name", found=name, expected=right)
            )
            if best is None or likeness > best[0]:
                best = likeness, Found(name, found.cells, (said, *found.records))
    if best is None:
        raise UserError(_none(folder, right, names, reasons))
    _, found = best
    if count > 1:
        several = record("best-of-several", found=found.name, count=count, expected=wanted)
        found = Found(found.name, found.cells, (several, *found.records))
    return found


def kept(release: NotebookNode, own: Sequence[Cell]) -> float:
    """Tell which share of the cells that students don't change is as it was released.

    Parameters
    ----------
    release : NotebookNode
        What students got.
    own : sequence of Cell
        What was handed in.

    Returns
    -------
    float
        From 0 to 1.
    """
    courses = {bare(cell.source) for cell in release.cells if Released(cell).role != ANSWER}
    there = {bare(cell.source) for cell in own}
    return len(courses & there) / max(len(courses), 1)


def _candidates(
    folder: Folder, others: set[str], limits: Limits, reasons: list[str]
) -> Iterator[tuple[str, bytes, str]]:
    """Read what may be a notebook by its name, one after the other: path, bytes, its archive."""
    for name in folder.files:
        if name in others:
            continue
        try:
            if _NOTEBOOK.search(name):
                yield name, folder.read(name, limits.notebook), ""
            elif name.lower().endswith(".zip"):
                data = folder.read(name, limits.notebook)
                for inside, raw in _unpacked(data, name, limits):
                    yield inside, raw, name
        except (UserError, OSError) as error:
            reasons.append(str(error))


def _unpacked(data: bytes, archive: str, limits: Limits) -> list[tuple[str, bytes]]:
    """Read the notebooks of a zip file, no more of each than a notebook may have."""
    if data.count(_ENTRY) > _MOST_PACKED:
        raise UserError(f"{archive}: more than {_MOST_PACKED} files; hand in the notebook itself")
    found: list[tuple[str, bytes]] = []
    left = 3 * limits.notebook
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for entry in packed.infolist():
                inside = entry.filename
                hidden = any(part.startswith((".", "__")) for part in inside.split("/"))
                if hidden or not _NOTEBOOK.search(inside) or len(found) >= _MOST_CANDIDATES:
                    continue
                if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise UserError(f"{archive}: packed in an odd way; hand in the notebook itself")
                with packed.open(entry) as file:
                    raw = file.read(min(limits.notebook, left) + 1)
                left -= len(raw)
                if len(raw) > limits.notebook or left < 0:
                    raise UserError(
                        f"{archive}: {inside} is too large; hand in the notebook itself"
                    )
                found.append((inside, raw))
    except UserError:
        raise
    except Exception as error:  # for what is damaged zipfile and zlib have errors of many kinds
        raise UserError(f"{archive}: cannot be unpacked; hand in the notebook itself") from error
    return found


def _read(name: str, data: bytes) -> Found:
    try:
        cells, records = read_cells(data)
    except UserError as error:
        raise UserError(f"{name}: {error}") from None
    return Found(name, tuple(cells), tuple(records))


def _likeness(release: list[Released], own: list[Cell]) -> float:
    """Tell how many of the release's cells are there; of two alike, what was worked on counts.

    0 if too few are there: any two notebooks have a title in common.
    """
    found = match(release, own)
    known = len(found.of)
    if known * _ENOUGH < len(release):
        return 0
    written = sum(
        not same(own[at].source, release[place].cell.source)
        for place, places in found.of.items()
        for at in places[-1:]
    )
    return known + written / (10 * len(release) + 1)


def _none(folder: Folder, right: str, names: set[str], reasons: list[str]) -> str:
    others = [name for name in folder.files if _NOTEBOOK.search(name) and name not in names]
    said = f"no {right}"
    if any(name.startswith(f"{right}/") for name in folder.files):
        return f"{right}: a folder, where a notebook is expected; hand in the file itself"
    if reasons:
        return f"{said}; {'; '.join(reasons[:3])}"
    if others:
        return f"{said}, and nothing in {', '.join(others[:3])} is of it; hand in the right one"
    links = [str(each) for each in folder.records if "a link" in each.sentence]
    return f"{said}; {links[0] if links else 'no notebook of it is there'}"
