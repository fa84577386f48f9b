"""A link in a lesson leads somewhere, and a lesson is called by its number."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "lessons").glob("*/*.ipynb"))
LINK = re.compile(r"\[([^\]]+)\]\(([^)#]+\.ipynb)\)")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_links_of_a_lesson(lesson):
    cells = nbformat.read(lesson, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    links = LINK.findall(text)
    assert links
    for words, target in links:
        assert (lesson.parent / target).is_file(), target
        number = re.search(r"\d\d", words)
        if number:
            assert Path(target).name.startswith(f"{number[0]}_"), words


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_cell_that_names_another_lesson_leads_there(lesson):
    for cell in nbformat.read(lesson, as_version=4).cells:
        if cell.cell_type == "markdown":
            named = set(re.findall(r"[Ll]essons? \[?(\d\d)", cell.source)) - {lesson.name[:2]}
            assert named <= {target[:2] for _, target in LINK.findall(cell.source)}, cell.id


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_says_what_comes_after_it(lesson):
    last = nbformat.read(lesson, as_version=4).cells[-1].source
    assert re.search(r"\*\*(Next|After this|Back to)\b", last)
    assert LINK.search(last)


def test_the_readme_names_every_lesson():
    named = set(re.findall(r"lessons/en/\w+\.ipynb", (ROOT / "README.md").read_text("utf-8")))
    assert named == {
        f"lessons/en/{lesson.name}" for lesson in LESSONS if lesson.parent.name == "en"
    }
