"""The real homework and its bank: what is honest passes as it is, what is spoilt is found."""

import itertools
import json
import random
from pathlib import Path

import pytest

from coursegrader.course.bank import PERFECT, filled_in, variants
from coursegrader.course.notebook import read, to_text
from coursegrader.course.root import find
from coursegrader.intake.align import ANSWER, Released
from coursegrader.intake.canonical import rebuild
from coursegrader.intake.finding import kept
from coursegrader.intake.reading import Cell, read_cells

COURSE = find(Path(__file__).resolve().parents[3])
ASSIGNMENTS = COURSE.assignments()


def cells_of(notebook):
    return read_cells(to_text(notebook).encode())[0]


def answers(notebook):
    return {cell.id: cell.source for cell in notebook.cells if Released(cell).role == ANSWER}


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def assignment(request):
    return request.param


def test_every_submission_of_the_bank_passes_as_it_is(assignment):
    release = read(COURSE.release(assignment))
    for variant in variants(COURSE, assignment):
        own = filled_in(COURSE, assignment, variant)
        notebook, records = rebuild(release, cells_of(own))
        assert records == [], variant.name
        assert [cell.source for cell in notebook.cells] == [cell.source for cell in own.cells]


SPOILT = {
    "names lost": lambda cells: [Cell(c.kind, c.source, "", c.id) for c in cells],
    "names and ids lost": lambda cells: [Cell(c.kind, c.source) for c in cells],
    "upside down": lambda cells: cells[::-1],
    "in any order": lambda cells: random.Random(7).sample(cells, len(cells)),
    "tests deleted": lambda cells: [c for c in cells if not c.grade_id.startswith("test-")],
    "twice": lambda cells: cells + cells,
    "all code in one more cell at the end": lambda cells: [
        *cells,
        Cell("code", "\n\n".join(c.source for c in cells if c.kind == "code")),
    ],
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_the_answers_of_the_reference_are_found_whatever_was_done(assignment, spoil):
    release = read(COURSE.release(assignment))
    own = filled_in(COURSE, assignment, PERFECT)
    notebook, _ = rebuild(release, spoil(cells_of(own)))
    assert answers(notebook) == answers(own)


def test_no_two_assignments_are_taken_for_each_other():
    for one, other in itertools.product(ASSIGNMENTS, ASSIGNMENTS):
        share = kept(read(COURSE.release(one)), cells_of(filled_in(COURSE, other, PERFECT)))
        assert share == 1 if one == other else share < 0.2, (one, other)


def test_a_notebook_saved_by_another_editor_loses_nothing(assignment):
    own = filled_in(COURSE, assignment, PERFECT)
    raw = json.loads(to_text(own))
    raw["nbformat_minor"] = 0
    raw["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "ir"}}
    for cell in raw["cells"]:
        del cell["id"]
        cell["metadata"] |= {"id": "x7", "vscode": {"languageId": "python"}, "trusted": True}
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")
    cells, records = read_cells(json.dumps(raw, indent=4).encode("utf-16"))
    assert [each.code for each in records] == ["recoded"]
    notebook, records = rebuild(read(COURSE.release(assignment)), cells)
    assert records == []
    assert answers(notebook) == answers(own)
    assert notebook.metadata.kernelspec.name == "python3"
