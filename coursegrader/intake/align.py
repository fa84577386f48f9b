"""Which cell of a release each cell that was handed in stands for."""

import ast
import re
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from textwrap import dedent

from nbformat import NotebookNode
from nbgrader import utils

from coursegrader.intake.reading import Cell

GIVEN, TEST, ANSWER = "given", "test", "answer"
_LOOKED_AT = 200_000  # characters of a cell, in search of names
# what a cell binds for others, magics and mistakes of syntax beside it
_BINDS = re.compile(
    r"(?m)^(?:async\s+def|def|class)\s+(\w+)"
    r"|^([^\W\d]\w*(?:[ \t]*,[ \t]*[^\W\d]\w*)*)[ \t]*(?::[^=\n]+)?=(?!=)"
)

_PROSE = 4_000  # characters that one might write for a person into a cell for code
# what only IPython takes, as it seems
_MAGIC = re.compile(r"^[ \t]*[%!?]|=[ \t]*[%!]|^[\w.]+\?+[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Released:
    """A cell as it was released, and what it is for.

    Parameters
    ----------
    cell : NotebookNode
        It is only read.
    earlier : str
        Its text in an earlier release that somebody began from; empty if there is none.
    """

    cell: NotebookNode
    earlier: str = ""

    @property
    def name(self) -> str:
        """Its ``grade_id``; empty if nbgrader doesn't know it."""
        return str(self.cell.metadata.get("nbgrader", {}).get("grade_id", ""))

    @property
    def role(self) -> str:
        """What it is: an answer is the student's, what is given and what tests is the course's."""
        if utils.is_solution(self.cell):
            return ANSWER
        return TEST if utils.is_grade(self.cell) else GIVEN

    @property
    def is_open(self) -> bool:
        """Whether students may change it, although it is no answer."""
        return (
            self.role == GIVEN and not utils.is_locked(self.cell) and not utils.is_task(self.cell)
        )

    def is_as_released(self, source: str) -> bool:
        """Tell whether nothing was written in it; an empty cell counts as that."""
        if not source.strip() or same(source, self.cell.source):
            return True
        return bool(self.earlier) and same(source, self.earlier)


@dataclass
class Matches:
    """What stands for what.

    Attributes
    ----------
    of : dict of int to list of int
        Place in the release -> places in what was handed in, in their order.
    nameless : set of int
        Places in what was handed in whose name was lost.
    """

    of: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    nameless: set[int] = field(default_factory=set)

    @property
    def taken(self) -> set[int]:
        """The places in what was handed in that stand for something."""
        return {place for places in self.of.values() for place in places}

    def add(self, place: int, own: int, nameless: bool = False) -> None:
        """Note that a cell stands for one of the release."""
        insort(self.of[place], own)
        if nameless:
            self.nameless.add(own)


def bare(source: str) -> str:
    """Take out blanks at the ends of lines and of the whole: editors add and drop them."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def same(one: str, other: str) -> bool:
    """Tell whether two texts differ in nothing but blanks at the ends of lines."""
    return bare(one) == bare(other)


def binds(source: str) -> set[str]:
    """Tell the names that a cell defines at its outermost level.

    Parameters
    ----------
    source : str
        Code, right or not.

    Returns
    -------
    set of str

    Examples
    --------
    >>> sorted(binds("def add(a, b): return a + b")), sorted(binds("rate, n = 0.5, 2"))
    (['add'], ['n', 'rate'])
    """
    source = source[:_LOOKED_AT]
    if source[:1] in " \t":  # as IPython takes it
        source = dedent(source)
    found = _BINDS.findall(source)
    return {name.strip() for one, several in found for name in (one or several).split(",")}


def is_text(cell: Cell) -> bool:
    """Tell whether a cell is written for a person: prose stands in a cell for code, too.

    Parameters
    ----------
    cell : Cell
        As it was handed in.

    Returns
    -------
    bool
        Of code, whether it is no Python, as it seems, or nothing but remarks and strings.

    Examples
    --------
    >>> [is_text(Cell("code", text)) for text in ("Because it is so.", "# so", "x = 1", "%time 1")]
    [True, True, False, False]
    """
    if cell.kind != "code":
        return True
    if len(cell.source) > _PROSE or _MAGIC.search(cell.source):
        return False
    try:
        body = ast.parse(cell.source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    said = (each.value for each in body if isinstance(each, ast.Expr))
    strings = [isinstance(each, ast.Constant) and isinstance(each.value, str) for each in said]
    return all(strings) and len(strings) == len(body)


def match(release: list[Released], own: list[Cell]) -> Matches:
    """Find for each cell of a release what was handed in for it.

    By the name that nbgrader gave, then by Jupyter's id, then by the text, then by what an answer
    defines, and at last by the place between two cells that are known.

    Parameters
    ----------
    release : list of Released
        In order.
    own : list of Cell
        What was handed in, in order.

    Returns
    -------
    Matches
    """
    found = Matches()
    names = {each.name: place for place, each in enumerate(release) if each.name}
    ids = {each.cell.get("id"): place for place, each in enumerate(release)}
    meant = {at: names.get(cell.grade_id, ids.get(cell.id)) for at, cell in enumerate(own)}
    mistaken = _mistaken(release, own, meant)
    for number, cell in enumerate(own):
        place = names.get(cell.grade_id)
        if place is not None and number not in mistaken:
            found.add(place, number)
    for number, cell in _left(own, found):
        place = ids.get(cell.id) if cell.id else None
        if place is not None and place not in found.of and number not in mistaken:
            found.add(place, number, bool(release[place].name))
    texts = defaultdict(list)
    for place, each in enumerate(release):
        if place not in found.of and each.cell.source.strip():
            texts[bare(each.cell.source)].append(place)
    for number, cell in _left(own, found):
        places = texts.get(bare(cell.source))
        if places:
            place = places.pop(0)
            found.add(place, number, bool(release[place].name))
    _by_what_is_defined(release, own, found)
    _by_place(release, own, found)
    stubs = {bare(each.cell.source): at for at, each in enumerate(release) if each.role == ANSWER}
    for number, cell in _left(own, found):
        if bare(cell.source) in stubs:  # a copy in which nothing is written
            found.add(stubs[bare(cell.source)], number)
    return found


def _mistaken(release: list[Released], own: list[Cell], meant: dict[int, int | None]) -> set[int]:
    """Find cells meant for one answer that define nothing of it, but all of one that has no cell.

    They were copied with their names, and then written anew.
    """
    wanted = {at: binds(each.cell.source) for at, each in enumerate(release) if each.role == ANSWER}
    answers = {number: at for number, at in meant.items() if at is not None and wanted.get(at)}
    defined = {number: binds(own[number].source) for number in answers}
    at_home = {at for number, at in answers.items() if wanted[at] <= defined[number]}
    lacking = [names for at, names in wanted.items() if names and at not in at_home]
    return {
        number
        for number, at in answers.items()
        if not wanted[at] & defined[number] and any(names <= defined[number] for names in lacking)
    }


def _by_what_is_defined(release: list[Released], own: list[Cell], found: Matches) -> None:
    for place, each in enumerate(release):
        wanted = binds(each.cell.source) if each.role == ANSWER else set()
        for is_code in (True, False):  # an answer that has become a text is the last resort
            if wanted and place not in found.of:
                for number, cell in _left(own, found):
                    if (cell.kind == "code") == is_code and wanted <= binds(cell.source):
                        found.add(place, number, nameless=True)


def _by_place(release: list[Released], own: list[Cell], found: Matches) -> None:
    """Take what stands where an answer should be, between the cells before and behind it."""
    for place, each in enumerate(release):
        if each.role != ANSWER or place in found.of or binds(each.cell.source):
            continue
        before = [number for at in range(place) for number in found.of.get(at, ())]
        behind = [n for at in range(place + 1, len(release)) for n in found.of.get(at, ())]
        start, end = max(before, default=-1), min(behind, default=len(own))
        there = [
            number
            for number, cell in _left(own, found)
            if start < number < end and cell.kind == each.cell.cell_type and cell.source.strip()
        ]
        if len(there) == 1:
            found.add(place, there[0], nameless=True)


def _left(own: list[Cell], found: Matches) -> Iterable[tuple[int, Cell]]:
    taken = found.taken
    return [(number, cell) for number, cell in enumerate(own) if number not in taken]
