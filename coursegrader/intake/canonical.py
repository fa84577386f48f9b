"""The one notebook that is graded: the release, and in it what is the student's own."""

import copy
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader import utils

from coursegrader.intake.align import (
    ANSWER,
    GIVEN,
    TEST,
    Matches,
    Released,
    bare,
    binds,
    is_text,
    match,
)
from coursegrader.intake.reading import Cell
from coursegrader.intake.records import Record, record

_MAKE = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
ELSEWHERE = "# The answer stands in another cell."
_FEW = 5  # cells at a place that are looked into: to parse all would take minutes


def rebuild(
    release: NotebookNode, own: list[Cell], earlier: NotebookNode | None = None
) -> tuple[NotebookNode, list[Record]]:
    """Put what a student wrote into a release.

    Given cells and tests, their order, all metadata and the kernel come from the release; answers,
    and cells that the student added, come from the student. Nothing that was shown survives.

    Parameters
    ----------
    release : NotebookNode
        As students got it; it is only read.
    own : list of Cell
        What was handed in.
    earlier : NotebookNode, optional
        The release that it was begun from, if that was an earlier one.

    Returns
    -------
    notebook : NotebookNode
        Of format 4.5.
    records : list of Record
        What was done beside copying.
    """
    before = {cell.id: cell.source for cell in earlier.cells} if earlier else {}
    released = [Released(cell, before.get(cell.id, "")) for cell in release.cells]
    builder = _Builder(released, own, before.values())
    cells = builder.cells()
    notebook = new_notebook(cells=cells, metadata=copy.deepcopy(release.metadata))
    return notebook, builder.records


@dataclass
class _Answer:
    """What is written in an answer's cell, and where it was found; nothing if there is none."""

    source: str
    own: int | None = None


class _Builder:
    def __init__(self, release: list[Released], own: list[Cell], earlier: Iterable[str]) -> None:
        self.release, self.own = release, own
        self.of_the_course = {bare(text) for text in earlier}
        self.of_the_course |= {bare(each.cell.source) for each in release}
        self.records: list[Record] = []
        self.found: Matches = match(release, own)
        self.anchors: dict[int, int] = {}  # of what was handed in -> where in the release it stands
        self.settled: set[int] = set()  # of what was handed in: what is no cell of its own
        self.answers = {
            place: self._answer(place, each)
            for place, each in enumerate(release)
            if each.role == ANSWER
        }
        for place, each in enumerate(release):
            if each.role != ANSWER:
                self._restore(place, each)
        self._note_order()
        self.extras = self._extras()
        missing = [place for place, answer in self.answers.items() if answer.own is None]
        for look in (self._by_what_it_defines, self._beside_it, self._at_the_end):
            missing = [place for place in missing if not look(place)]
        for place in missing:
            if not self.found.of.get(place):
                self._say("missing-answer", self.release[place])

    def cells(self) -> list[NotebookNode]:
        """Put all together, in the order of the release."""
        cells: list[NotebookNode] = []
        taken = {each.cell.get("id") for each in self.release}
        for place in range(-1, len(self.release)):
            if place >= 0:
                cells.append(self._released(place))
            for number in self.extras[place]:
                own = self.own[number]
                name = next(f"own-{n}" for n in range(number, 10**9) if f"own-{n}" not in taken)
                taken.add(name)
                cells.append(_with_pictures(_MAKE[own.kind](own.source, id=name), own))
        return cells

    def _released(self, place: int) -> NotebookNode:
        cell = copy.deepcopy(self.release[place].cell)
        if place in self.answers:
            cell.source = self.answers[place].source
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        answer = self.answers.get(place)
        if answer and answer.own is not None:
            _with_pictures(cell, self.own[answer.own])
        return cell

    def _answer(self, place: int, each: Released) -> _Answer:
        """Choose what counts for an answer: of several that are written, the last."""
        places = self.found.of.get(place, [])
        written = [at for at in places if not each.is_as_released(self.own[at].source)]
        stubs = len(places) > len(written)
        latest = {self.own[at].source: at for at in written}
        if len(latest) > 1:
            written = sorted(latest.values())  # the same text twice is once enough
            self._say("answer-copied", each, count=len(written))
        else:
            written = written[:1]
            if written and stubs:
                self._say("stub-copied", each)
        self.settled |= set(places) - set(written[:-1])
        if not written:
            if places:  # where it stood, what follows it still follows
                self.anchors[places[0]] = place
            return _Answer(each.cell.source)
        chosen = written[-1]
        self.anchors[chosen] = place
        kind = self.own[chosen].kind
        if kind != each.cell.cell_type:
            self._say("converted", each, found=kind, expected=each.cell.cell_type)
        return _Answer(self.own[chosen].source, chosen)

    def _restore(self, place: int, each: Released) -> None:
        """Put back what is the course's; what may be changed, and was, comes behind it."""
        places = self.found.of.get(place, [])
        if not places:
            if each.name and each.cell.cell_type == "code":
                self._say("missing-given", each)
            return
        changed = {at for at in places if not each.is_as_released(self.own[at].source)}
        first = places[0]
        self.anchors[first] = place
        # a copy in which something else is tried is the student's own
        self.settled |= set(places) - changed
        if first in changed and each.is_open:
            self._say("changed-open", each)
        elif first in changed:
            self.settled.add(first)
            self._say("changed-given", each)

    def _extras(self) -> dict[int, list[int]]:
        """Say behind which cell of the release each of the student's own belongs."""
        extras = defaultdict(list)
        anchor = -1
        for number, cell in enumerate(self.own):
            anchor = self.anchors.get(number, anchor)
            if number not in self.settled and cell.source.strip():
                before = self._before(number)
                extras[anchor if before is None else before - 1].append(number)
        return extras

    def _before(self, number: int) -> int | None:
        """Tell which answer an earlier version of it belongs before, if it is one."""
        places = [at for at in self.answers if number in self.found.of.get(at, ())]
        return places[0] if places else None

    def _by_what_it_defines(self, place: int) -> bool:
        """Find an answer that was typed into another cell than the one that is meant for it."""
        wanted = binds(self.release[place].cell.source)
        answer = self.answers[place]
        return bool(wanted) and (
            self._in_a_cell_of_its_own(place, answer, wanted)
            or self._within_another(place, answer, wanted)
        )

    def _beside_it(self, place: int) -> bool:
        """Find a text for a person behind the cell for it, above it or in the question."""
        above = place - 1
        # a question that was written into, without its name, is not known for what it is
        while above >= 0 and self.release[above].role == GIVEN and not self.found.of.get(above):
            above -= 1
        given = above < place - 1 or above < 0 or self.release[above].role == GIVEN
        return (
            self._written(place, place)
            or (given and self._written(place, above))
            or (above >= 0 and self._written_into(place, above))
        )

    def _at_the_end(self, place: int) -> bool:
        """Find a text that stands behind all else: it may be the answer, and a person will see."""
        wanted = self.release[place].cell.cell_type == "markdown"
        return wanted and self._written(place, len(self.release) - 1)

    def _written(self, place: int, where: int) -> bool:
        each = self.release[place]
        if not utils.is_grade(each.cell) or binds(each.cell.source):
            return False
        for number in self.extras.get(where, [])[:_FEW]:
            own = self.own[number]
            if bare(own.source) in self.of_the_course:  # a copy, or of an earlier release
                continue
            if is_text(own) == (each.cell.cell_type == "markdown"):
                self.extras[where].remove(number)
                text = own.source
                for given in self.release[where + 1 : place]:
                    text = text.replace(given.cell.source.strip(), "", 1).strip()
                self.answers[place] = _Answer(text or own.source, number)
                self._say("written-beside", each)
                return True
        return False

    def _written_into(self, place: int, above: int) -> bool:
        """Take what was added to a text of the course that stands right before."""
        question, each = self.release[above], self.release[place].cell
        texts = {question.cell.cell_type, each.cell_type} == {"markdown"}
        if not texts or question.role != GIVEN or not utils.is_grade(each):
            return False
        given = question.cell.source.strip()
        for number in self.found.of.get(above, []):
            added = self.own[number].source.replace(given, "", 1).strip()
            if given in self.own[number].source and added:
                self.answers[place] = _Answer(added, number)
                self._say("written-beside", self.release[place])
                return True
        return False

    def _in_a_cell_of_its_own(self, place: int, answer: _Answer, wanted: set[str]) -> bool:
        each = self.release[place]
        for where, numbers in self.extras.items():
            for number in reversed(numbers):
                own = self.own[number]
                if own.kind != "code" or not wanted <= binds(own.source):
                    continue
                answer.source, answer.own = own.source, number
                if where < self._test_of(place) and not utils.is_grade(each.cell):
                    # it may need what stands before it: it stays, and the stub makes room
                    answer.source = ELSEWHERE
                else:
                    numbers.remove(number)
                self._say("answer-elsewhere", each)
                return True
        return False

    def _within_another(self, place: int, answer: _Answer, wanted: set[str]) -> bool:
        for number, cell in enumerate(self.own):
            holder = self.anchors.get(number)
            if holder is None or cell.kind != "code":
                continue
            other = self.release[holder]
            if not wanted <= binds(cell.source) - binds(other.cell.source):
                continue
            if holder in self.answers and self.answers[holder].own == number:
                answer.source = ELSEWHERE  # it is run where it stands, with another answer
            else:
                answer.source = cell.source.replace(other.cell.source.strip(), "").strip("\n")
            answer.own = number
            self._say("answer-merged", self.release[place], found=other.name or "another cell")
            return True
        return False

    def _test_of(self, place: int) -> int:
        """Tell where the first test behind an answer stands."""
        tests = range(place + 1, len(self.release))
        return next((at for at in tests if self.release[at].role == TEST), len(self.release))

    def _note_order(self) -> None:
        order = [place for _, place in sorted(self.anchors.items())]
        if order != sorted(order):
            self.records.append(record("reordered"))
        if self.found.nameless:
            self.records.append(record("stripped", count=len(self.found.nameless)))

    def _say(self, code: str, each: Released, **found: object) -> None:
        self.records.append(record(code, each.name or each.cell.get("id", ""), **found))


def _with_pictures(cell: NotebookNode, own: Cell) -> NotebookNode:
    if cell.cell_type == "markdown" and own.attachments:
        cell.attachments = nbformat.from_dict(own.attachments)
    return cell
