"""A lesson is about fifty cells and three thousand words; no cell of code is a wall."""

from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "lessons").glob("*/*.ipynb"))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_size_of_a_lesson(lesson):
    # what the reader does is counted on its own, in test_exercises
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
    assert words <= 3200
