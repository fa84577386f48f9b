"""A lesson is about fifty cells and three thousand words; no cell of code is a wall.

What the reader does comes on top of that, and has bounds of its own.
"""

from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "lessons").glob("*/*.ipynb"))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_size_of_a_lesson(lesson):
    cells = nbformat.read(lesson, as_version=4).cells
    cells = [cell for cell in cells if "exercise" not in cell.metadata.get("tags", [])]
    words = sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
    # a cell whose source is folded away shows its output only
    walls = {
        cell.id: cell.source.count("\n") + 1
        for cell in cells
        if cell.cell_type == "code"
        and not cell.metadata.get("jupyter", {}).get("source_hidden")
        and cell.source.count("\n") >= 12
    }
    assert walls == {}
    assert len(cells) <= 56
    assert words <= 3200 or lesson.stem == "extra_glossary"  # nobody reads it from end to end


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_size_of_what_the_reader_does(lesson):
    cells = nbformat.read(lesson, as_version=4).cells
    cells = [cell for cell in cells if "exercise" in cell.metadata.get("tags", [])]
    assert all(cell.id.startswith(("turn-", "guess-", "quiz", "progress")) for cell in cells)
    words = [len(cell.source.split()) for cell in cells if cell.cell_type == "markdown"]
    assert len(cells) <= 16  # five exercises of two cells, a quiz, some guesses, the progress
    assert sum(words) <= 800
    assert max(words, default=0) <= 240
