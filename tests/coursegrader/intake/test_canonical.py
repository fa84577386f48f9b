"""Whatever was done to the cells, what was earned counts, and what was done is said."""

from dataclasses import replace

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursegrader.intake.canonical import rebuild
from coursegrader.intake.reading import Cell
from tests.coursegrader.intake.builders import (
    ADD,
    ADD_STUB,
    FULL,
    IMPORTS,
    RATE,
    RATE_STUB,
    SOLVED,
    TEST_ADD,
    TWICE,
    TWICE_STUB,
    WHY,
    WHY_STUB,
    again,
    handed_in,
    place,
    points,
    release,
    released,
)


def without(*names):
    """Delete cells."""
    return lambda cells: [cell for cell in cells if cell.id not in names]


def changed(name, source, **more):
    """Write something else into a cell."""

    def spoil(cells):
        cells[place(cells, name)] = replace(cells[place(cells, name)], source=source, **more)
        return cells

    return spoil


def inserted(after, *new):
    """Add cells behind another one; a text is code of the student's own."""

    def spoil(cells):
        at = place(cells, after) + 1 if after else 0
        cells[at:at] = [Cell("code", each) if isinstance(each, str) else each for each in new]
        return cells

    return spoil


def copied(name, source, before=False):
    """Copy a cell as Jupyter does, its name for nbgrader and all."""

    def spoil(cells):
        at = place(cells, name)
        cells.insert(
            at if before else at + 1, replace(cells[at], source=source, id=f"{name}-again")
        )
        return cells

    return spoil


def moved(name, to):
    """Move a cell behind another one."""

    def spoil(cells):
        cell = cells.pop(place(cells, name))
        cells.insert(place(cells, to) + 1, cell)
        return cells

    return spoil


def all_of(*steps):
    def spoil(cells):
        for step in steps:
            cells = step(cells)
        return cells

    return spoil


def nameless(cells):
    """Another editor has dropped what nbgrader wrote."""
    return [replace(cell, grade_id="") for cell in cells]


def bare(cells):
    """Only the text of the cells is left."""
    return [Cell(cell.kind, cell.source) for cell in cells]


def as_markdown(*names):
    return lambda cells: [
        replace(cell, kind="markdown") if cell.id in names else cell for cell in cells
    ]


def merged(first, second):
    """Merge a cell with one below, as Jupyter does: the first keeps its name."""

    def spoil(cells):
        one, two = cells[place(cells, first)], cells[place(cells, second)]
        cells[place(cells, first)] = replace(one, source=f"{one.source}\n\n{two.source}")
        return without(second)(cells)

    return spoil


HELPER = "def plus(a, b):\n    return a + b"
BY_HELPER = "def add(a, b):\n    return plus(a, b)"
UNSOLVED = {"add": ADD_STUB, "twice": TWICE_STUB, "rate": RATE_STUB}

# what was done -> (how, points, codes of the records)
CASES = {
    "nothing": (lambda cells: cells, FULL, []),
    "deleted test": (without("test-add"), FULL, ["missing-given"]),
    "deleted tests": (without("test-add", "test-rate"), FULL, ["missing-given"] * 2),
    "deleted text": (without("title"), FULL, []),
    "deleted imports": (without("imports"), FULL, []),
    "deleted answer": (without("twice"), 2, ["missing-answer"]),
    "deleted everything but answers": (
        without("title", "imports", "try-add", "test-add", "test-twice", "test-rate"),
        FULL,
        ["missing-given"] * 3,
    ),
    "an answer and its test deleted": (
        without("rate", "test-rate"),
        3,
        ["missing-given", "missing-answer"],
    ),
    "changed test": (changed("test-add", "assert True"), FULL, ["changed-given"]),
    "emptied test": (changed("test-add", ""), FULL, []),
    "changed title": (changed("title", "# My sums"), FULL, ["changed-given"]),
    "a test that says what it likes": (
        all_of(changed("test-add", "print('2 of 2')"), changed("add", ADD_STUB)),
        0,
        ["changed-given"],
    ),
    "imports of one's own in the given cell": (
        all_of(
            changed("imports", f"{IMPORTS}\nfrom operator import add as plus"),
            changed("add", BY_HELPER),
        ),
        FULL,
        ["changed-open"],
    ),
    "a helper in the cell for trying": (
        all_of(changed("try-add", HELPER), changed("add", BY_HELPER)),
        FULL,
        ["changed-open"],
    ),
    "cells of one's own": (
        all_of(
            inserted("imports", HELPER), changed("add", BY_HELPER), inserted("why", "add(9, 9)")
        ),
        FULL,
        [],
    ),
    "own text": (inserted("add", Cell("markdown", "I think so.")), FULL, []),
    "own cell at the top": (
        all_of(inserted("", HELPER), changed("add", BY_HELPER)),
        FULL,
        [],
    ),
    "own cell that raises": (inserted("add", "1 / 0"), FULL, []),
    "empty cells": (inserted("add", "", " \n"), FULL, []),
    "answer copied, the copy is right": (
        all_of(changed("add", "def add(a, b):\n    return a * b"), copied("add", ADD)),
        FULL,
        ["answer-copied"],
    ),
    "answer copied, the copy is worse": (
        copied("add", "def add(a, b):\n    return a * b"),
        3,  # the rate comes out right all the same
        ["answer-copied"],
    ),
    "stub kept above": (copied("add", ADD_STUB, before=True), FULL, ["stub-copied"]),
    "stub kept below": (copied("add", ADD_STUB), FULL, ["stub-copied"]),
    "emptied copy below": (copied("add", ""), FULL, ["stub-copied"]),
    "three of it": (
        all_of(copied("add", "def add(a, b):\n    return 0", before=True), copied("add", ADD)),
        FULL,
        ["answer-copied"],
    ),
    "test copied to try something": (copied("test-add", "add(7, 7)"), FULL, []),
    "test copied as it is": (copied("test-add", TEST_ADD), FULL, []),
    "split": (
        all_of(changed("add", HELPER), copied("add", BY_HELPER)),
        FULL,
        ["answer-copied"],
    ),
    "split, the second part has no name": (
        all_of(changed("add", HELPER), inserted("add", BY_HELPER)),
        FULL,
        [],
    ),
    "answer under its test": (moved("add", "test-add"), FULL, ["reordered"]),
    "answers at the end": (
        all_of(moved("add", "why"), moved("twice", "add"), moved("rate", "twice")),
        FULL,
        ["reordered"],
    ),
    "tests at the top": (
        all_of(moved("test-rate", "imports"), moved("test-add", "imports")),
        FULL,
        ["reordered"],
    ),
    "upside down": (lambda cells: cells[::-1], FULL, ["reordered"]),
    "typed below the stub": (
        all_of(changed("add", ADD_STUB), inserted("add", ADD)),
        FULL,
        ["answer-elsewhere"],
    ),
    "typed above the stub": (
        all_of(changed("twice", TWICE_STUB), inserted("test-add", TWICE)),
        FULL,
        ["answer-elsewhere"],
    ),
    "typed below the test": (
        all_of(changed("add", ADD_STUB), inserted("test-add", ADD)),
        FULL,
        ["answer-elsewhere"],
    ),
    "typed at the end, with others": (
        all_of(changed("rate", RATE_STUB), inserted("why", "rate, n = twice(2) / 8, 1")),
        FULL,
        ["answer-elsewhere"],
    ),
    "typed at the end, indented": (
        all_of(changed("add", ADD_STUB), inserted("why", f"    {ADD}".replace("\n", "\n    "))),
        None,  # only IPython takes it
        ["answer-elsewhere"],
    ),
    "typed at the end": (
        all_of(changed("rate", RATE_STUB), inserted("why", RATE)),
        FULL,
        ["answer-elsewhere"],
    ),
    "typed below the stub, with a helper between": (
        all_of(changed("rate", RATE_STUB), inserted("rate", "four = twice(2)", "rate = four / 8")),
        FULL,
        ["answer-elsewhere"],
    ),
    "typed into the cell for trying": (
        all_of(changed("add", ADD_STUB), changed("try-add", ADD)),
        FULL,
        ["answer-elsewhere", "changed-open"],
    ),
    "typed into the test": (
        all_of(changed("add", ADD_STUB), changed("test-add", f"{ADD}\n{TEST_ADD}")),
        FULL,
        ["answer-merged", "changed-given"],
    ),
    "typed into the other answer": (
        all_of(changed("add", f"{ADD}\n\n{TWICE}"), changed("twice", TWICE_STUB)),
        FULL,
        ["answer-merged"],
    ),
    "typed into a new cell, the stub deleted": (
        all_of(without("rate"), inserted("test-twice", RATE)),
        FULL,
        ["stripped"],
    ),
    "answers under each other's names": (
        all_of(changed("add", TWICE), changed("twice", ADD)),
        FULL,
        ["stripped", "reordered"],
    ),
    "one answer copied over another": (changed("twice", ADD), 2, []),
    "a copy of an answer, name and all, for another": (
        all_of(copied("add", TWICE), without("twice")),
        FULL,
        ["stripped", "reordered"],
    ),
    "answer merged with its test": (merged("add", "test-add"), FULL, ["missing-given"]),
    "test merged with the next answer": (
        merged("test-add", "twice"),
        FULL,
        ["answer-merged", "changed-given"],
    ),
    "both answers merged": (merged("add", "twice"), FULL, ["answer-merged"]),
    "answer become text": (as_markdown("add"), FULL, ["converted"]),
    "test become text": (as_markdown("test-add"), FULL, []),
    "all become text": (
        as_markdown("imports", "add", "twice", "rate", "test-add", "test-twice", "test-rate"),
        FULL,
        ["converted"] * 3,
    ),
    "text become code": (changed("why", WHY, kind="code"), FULL, ["converted"]),
    "names lost": (nameless, FULL, ["stripped"]),
    "names lost, and a test": (all_of(nameless, without("test-add")), FULL, None),
    "names and ids lost": (bare, FULL, ["stripped"]),
    "names and ids lost, cells of one's own": (
        lambda cells: bare(all_of(inserted("imports", HELPER), changed("add", BY_HELPER))(cells)),
        FULL,
        ["stripped"],
    ),
    "names and ids lost, upside down": (lambda cells: bare(cells)[::-1], FULL, None),
    "nothing written": (
        all_of(*(changed(name, stub) for name, stub in UNSOLVED.items())),
        0,
        [],
    ),
    "answers emptied": (
        all_of(*(changed(name, "") for name in UNSOLVED)),
        0,
        [],
    ),
    "only an own cell": (lambda cells: [Cell("code", "1 + 1")], 0, None),
    "no cells": (lambda cells: [], 0, None),
    "names of another course": (
        lambda cells: [replace(cell, grade_id=f"{cell.grade_id}-x") for cell in cells],
        FULL,
        ["stripped"],
    ),
    "everything named alike": (
        lambda cells: [replace(cell, grade_id="add") for cell in cells],
        None,
        None,
    ),
    "blanks at the ends of lines": (
        lambda cells: [replace(c, source=c.source.replace("\n", "  \n") + "\n\n") for c in cells],
        FULL,
        [],
    ),
    "the whole twice": (lambda cells: cells + cells, FULL, None),
    "the stub, and behind it the answers": (
        lambda cells: handed_in(UNSOLVED) + cells,
        FULL,
        None,
    ),
    "the answers, and behind them the stub": (
        lambda cells: cells + handed_in(UNSOLVED),
        FULL,
        None,
    ),
}


@pytest.mark.parametrize(("spoil", "fair", "codes"), CASES.values(), ids=CASES)
def test_what_was_earned_counts_and_what_was_done_is_said(spoil, fair, codes):
    notebook, records = rebuild(release(), spoil(handed_in()))
    nbformat.validate(notebook)
    if fair is not None:
        assert points(notebook) == fair
    if codes is not None:
        assert sorted(each.code for each in records) == sorted(codes)


@pytest.mark.parametrize("lost", [nameless, bare], ids=["names lost", "names and ids lost"])
@pytest.mark.parametrize(("spoil", "fair", "codes"), CASES.values(), ids=CASES)
def test_it_counts_although_another_editor_has_dropped_the_names(spoil, fair, codes, lost):
    notebook, _ = rebuild(release(), lost(spoil(handed_in())))
    if fair is not None:
        assert points(notebook) == fair


@pytest.mark.parametrize("spoil", [case[0] for case in CASES.values()], ids=CASES)
def test_all_but_the_students_own_is_the_releases(spoil):
    notebook, _ = rebuild(release(), spoil(handed_in()))
    kept = [cell for cell in notebook.cells if not cell.id.startswith("own-")]
    assert [cell.id for cell in kept] == [cell.id for cell in release().cells]
    for cell, given_cell in zip(kept, release().cells, strict=True):
        assert cell.metadata == given_cell.metadata
        assert cell.cell_type == given_cell.cell_type
        if cell.id not in SOLVED:
            assert cell.source == given_cell.source
    assert notebook.metadata == release().metadata
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"nbgrader"}
        assert not cell.get("outputs")


@pytest.mark.parametrize("spoil", [case[0] for case in CASES.values()], ids=CASES)
def test_what_was_rebuilt_is_rebuilt_as_it_is(spoil):
    notebook, _ = rebuild(release(), spoil(handed_in()))
    second, records = rebuild(release(), again(notebook))
    assert [(c.cell_type, c.source, c.metadata) for c in second.cells] == [
        (c.cell_type, c.source, c.metadata) for c in notebook.cells
    ]
    assert records == []


NOTE = Cell("markdown", "A note of mine.")
MINE = Cell("markdown", WHY)
UNWRITTEN = changed("why", WHY_STUB)
QUESTION = released("question", "Why?", kind="markdown")

# where a text for a person was written -> (how, what they see as the answer, codes of the records)
WRITTEN = {
    "in the cell for it": (lambda cells: cells, WHY, []),
    "nowhere": (UNWRITTEN, WHY_STUB, []),
    "below it": (all_of(UNWRITTEN, inserted("why", MINE)), WHY, ["written-beside"]),
    "in two cells below it": (
        all_of(UNWRITTEN, inserted("why", MINE, NOTE)), WHY, ["written-beside"],
    ),
    "below it, and code between": (
        all_of(UNWRITTEN, inserted("why", "1 + 1", MINE)), WHY, ["written-beside"],
    ),
    "above it": (all_of(UNWRITTEN, inserted("question", MINE)), WHY, ["written-beside"]),
    "at the end": (all_of(UNWRITTEN, inserted("last", MINE)), WHY, ["written-beside"]),
    "below it, in a cell for code": (
        all_of(UNWRITTEN, inserted("why", WHY)), WHY, ["written-beside"],
    ),
    "below it, in a cell for code, as remarks": (
        all_of(UNWRITTEN, inserted("why", f"# {WHY}")), f"# {WHY}", ["written-beside"],
    ),
    "below it, in a raw cell": (
        all_of(UNWRITTEN, inserted("why", Cell("raw", WHY))), WHY, ["written-beside"],
    ),
    "into the question": (
        all_of(UNWRITTEN, changed("question", f"Why?\n\n{WHY}")),
        WHY,
        ["changed-given", "written-beside"],
    ),
    "the question put in other words": (
        all_of(UNWRITTEN, changed("question", "Why on earth?")), WHY_STUB, ["changed-given"],
    ),
    "the question once more": (
        all_of(UNWRITTEN, inserted("why", Cell("markdown", "Why?"))), WHY_STUB, [],
    ),
    "a magic below it": (all_of(UNWRITTEN, inserted("why", "%time 1")), WHY_STUB, []),
    "a note below the answer": (inserted("why", NOTE), WHY, []),
    "a note at the top": (all_of(UNWRITTEN, inserted("", NOTE)), WHY_STUB, []),
    "a note above a test": (all_of(UNWRITTEN, inserted("add", NOTE)), WHY_STUB, []),
    "code below it": (all_of(UNWRITTEN, inserted("why", "1 + 1")), WHY_STUB, []),
    "below, the cell for it deleted": (
        all_of(without("why"), inserted("question", MINE, NOTE)), WHY, ["written-beside"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("lost", [nameless, bare], ids=["names lost", "names and ids lost"])
@pytest.mark.parametrize("where", [name for name in WRITTEN if WRITTEN[name][1] != WHY_STUB])
def test_a_text_for_a_person_is_found_although_the_names_are_lost(where, lost):
    spoil, seen, _ = WRITTEN[where]
    course = release()
    course.cells.insert(place(course.cells, "why"), QUESTION)
    course.cells.append(released("last", "1", "open"))
    notebook, _ = rebuild(course, lost(spoil(changed("why", WHY)(again(course)))))
    assert notebook.cells[place(notebook.cells, "why")].source == seen


@pytest.mark.parametrize(("spoil", "seen", "codes"), WRITTEN.values(), ids=WRITTEN)
def test_a_text_for_a_person_is_found_beside_the_cell_for_it(spoil, seen, codes):
    course = release()
    course.cells.insert(place(course.cells, "why"), QUESTION)
    course.cells.append(released("last", "1", "open"))
    own = spoil(changed("why", WHY)(again(course)))
    notebook, records = rebuild(course, own)
    assert notebook.cells[place(notebook.cells, "why")].source == seen
    assert [each.code for each in records] == codes
    for text in (WHY, NOTE.source):  # nothing is lost or there twice
        there, before = ([each.source for each in cells] for cells in (notebook.cells, own))
        assert sum(text in each for each in there) == sum(text in each for each in before)


def test_a_text_of_an_earlier_release_is_no_answer():
    earlier = release()
    earlier.cells.append(released("advice", "Think twice.", kind="markdown"))
    notebook, records = rebuild(release(), again(earlier), earlier)
    assert notebook.cells[place(notebook.cells, "why")].source == WHY_STUB
    assert records == []


def test_of_two_questions_each_keeps_the_text_beside_it():
    course = release()
    course.cells += [QUESTION, released("how", WHY_STUB, "manual", kind="markdown")]
    cells = again(course)
    cells.append(MINE)
    notebook, records = rebuild(course, cells)
    assert notebook.cells[place(notebook.cells, "why")].source == WHY_STUB
    assert notebook.cells[place(notebook.cells, "how")].source == WHY
    assert [str(each) for each in records] == [
        "how: written in another cell, and taken for the answer"
    ]


def test_a_manual_answer_arrives_whole_with_its_pictures():
    picture = {"a.png": {"image/png": "iVBORw0KGgo="}}
    cells = changed("why", "See ![a](attachment:a.png).", attachments=picture)(handed_in())
    notebook, _ = rebuild(release(), cells)
    assert notebook.cells[-1].source == "See ![a](attachment:a.png)."
    assert notebook.cells[-1].attachments == picture


def test_a_manual_answer_in_another_cell_is_told_by_its_place():
    cells = all_of(without("why"), inserted("test-rate", Cell("markdown", WHY)))(handed_in())
    notebook, records = rebuild(release(), cells)
    assert notebook.cells[-1].source == WHY
    assert [each.code for each in records] == ["stripped"]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("delete"), st.integers(0, 12)),
        st.tuples(st.just("move"), st.integers(0, 12), st.integers(0, 12)),
        st.tuples(st.just("copy"), st.integers(0, 12), st.integers(0, 12)),
        st.tuples(st.just("strip"), st.integers(0, 12)),
        st.tuples(st.just("add"), st.integers(0, 12)),
    ),
    max_size=8,
)


@given(steps)
def test_any_way_through_keeps_every_answer_or_names_the_loss(steps):
    cells = handed_in()
    for kind, at, *to in steps:
        if kind == "add" or not cells:
            cells.insert(at % (len(cells) + 1), Cell("code", "something = 1"))
            continue
        number = at % len(cells)
        cell = cells[number]
        if kind == "delete":
            cells.pop(number)
        elif kind == "move":
            cells.insert(to[0] % len(cells), cells.pop(number))
        elif kind == "copy":
            cells.insert(to[0] % (len(cells) + 1), cell)
        elif kind == "strip":
            cells[number] = replace(cell, grade_id="")
    there = {cell.source for cell in cells}
    lost = {name for name, source in SOLVED.items() if source not in there}
    notebook, records = rebuild(release(), cells)
    assert {each.cell for each in records if each.code == "missing-answer"} == lost
    # the rate needs twice, which needs add
    worth = 0 if "add" in lost else 2 if "twice" in lost else 3 if "rate" in lost else FULL
    assert points(notebook) == worth
