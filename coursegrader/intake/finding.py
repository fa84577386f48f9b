"""Which of the files that were handed in is the notebook that was meant."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from time import monotonic

from nbformat import NotebookNode

from coursegrader.errors import UserError
from coursegrader.intake.align import ANSWER, Released, bare, match, same
from coursegrader.intake.archives import ARCHIVE, NOTEBOOK, is_packed, may_be, unpacked
from coursegrader.intake.bounds import Folder, Limits
from coursegrader.intake.reading import SECONDS, Cell, read_cells
from coursegrader.intake.records import Record, record

_MOST_CANDIDATES = 20
_ENOUGH = 4  # one cell of so many must be there


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
    released = [Released(cell) for cell in release.cells]
    reasons: list[str] = []
    own: Found | None = None
    broken = False
    if right in folder.files:
        data = folder.read(right, limits.notebook)
        if not is_packed(data):
            try:
                own = _read(right, data)
            except UserError as error:  # a better copy may lie beside it
                reasons.append(str(error))
                broken = True
        if own and (len(folder.files) == 1 or _is_begun(release, own)):
            return own
    best = (_likeness(released, list(own.cells)), own) if own else None
    count = 1 if own else 0
    ends = monotonic() + SECONDS
    names = {f"{other}.ipynb" for other in others}
    candidates = _candidates(folder, {right, *names} if own or broken else names, limits, reasons)
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
            if best is None or likeness > best[0]:
                said = [record("from-zip", found=name, archive=archive)] if archive else []
                if broken:
                    said.append(record("unreadable", found=name, expected=right))
                elif not archive and not own:
                    said.append(record("other-name", found=name, expected=right))
                best = likeness, Found(name, found.cells, (*said, *found.records))
    if best is None:
        raise UserError(_none(folder, right, names, reasons))
    _, found = best
    if count > 1 and found is not own:
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
        if name in others or not may_be(name):
            continue
        try:
            data = folder.read(name, limits.notebook)
            if is_packed(data):
                for inside, raw in unpacked(data, name, limits.notebook):
                    yield inside, raw, name
            elif ARCHIVE.search(name):
                raise UserError(f"{name}: cannot be unpacked; hand in the notebook itself")
            elif not name.lower().endswith(".txt") or _looks_like_one(data):
                yield name, data, ""
        except (UserError, OSError) as error:
            reasons.insert(0, str(error))  # it says more than what was read before it


def _looks_like_one(data: bytes) -> bool:
    """Tell a notebook from other texts, in whatever encoding."""
    return data.lstrip()[:1] in (b"{", b"[") or b'"cell_type"' in data.replace(b"\0", b"")


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


def _is_begun(release: NotebookNode, own: Found) -> bool:
    """Tell whether something was worked on: an untouched copy may lie beside the real one."""
    released = {bare(cell.source) for cell in release.cells}
    return any(bare(cell.source) not in released for cell in own.cells)


def _none(folder: Folder, right: str, names: set[str], reasons: list[str]) -> str:
    others = [name for name in folder.files if name not in names]
    known = [name for name in others if NOTEBOOK.search(name) and not name.endswith(".txt")]
    said = f"no {right}"
    if any(name.startswith(f"{right}/") for name in folder.files):
        return f"{right}: a folder, where a notebook is expected; hand in the file itself"
    if reasons:
        return "; ".join(reasons[:3] if right in folder.files else [said, *reasons[:3]])
    if known:
        return f"{said}, and nothing in {', '.join(known[:3])} is of it; hand in the right one"
    links = [str(each) for each in folder.records if "a link" in each.sentence]
    if links or not others:
        return f"{said}; {links[0] if links else 'no notebook of it is there'}"
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    return f"{said}, only {', '.join(others[:3])}{more}; hand in the notebook itself"
