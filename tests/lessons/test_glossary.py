"""The glossary has every term that a lesson sets in bold, and no word that no lesson uses."""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
EDITIONS = sorted((ROOT / "lessons").iterdir())
PAGE = "extra_glossary.ipynb"
LINKED = re.compile(rf"\[\*\*([^*]+)\*\*\]\({re.escape(PAGE)}#([^)]+)\)")
# a run-in heading begins a line, an item or a sentence; a message is a whole clause
LEAD = re.compile(
    r"(?m)(?:^[-*>|\d. ]*|(?<=[.:?!)] ))\*\*[^*]+\*\*|\*\*[^*]+[.:?!]\*\*|\*\*[^*]+\*\*:"
)


@cache
def texts(folder):
    """The text of each cell of each lesson but the glossary: {(file, cell): text}."""
    found = {}
    for lesson in sorted(folder.glob("*.ipynb")):
        for cell in nbformat.read(lesson, 4).cells:
            if cell.cell_type == "markdown" and lesson.name != PAGE:
                found[lesson.name, cell.id] = re.sub(r"(?s)```.*?```", "", cell.source)
    return found


def entries(folder):
    """What the glossary says of each term."""
    cells = nbformat.read(folder / PAGE, 4).cells
    text = "\n\n".join(cell.source for cell in cells)
    return dict(re.findall(r"(?m)^#### (.+)\n\n(.+)$", text))


@pytest.fixture(params=EDITIONS, ids=lambda path: path.name)
def folder(request):
    return request.param


def test_terms_are_in_order_and_each_is_explained_once(folder):
    source = "\n".join(cell.source for cell in nbformat.read(folder / PAGE, 4).cells)
    terms = re.findall(r"(?m)^#### (.+)$", source)
    assert terms == sorted(set(terms), key=str.lower)
    assert list(entries(folder)) == terms


def test_a_term_in_bold_leads_to_the_glossary(folder):
    anchors = {term.replace(" ", "-") for term in entries(folder)}
    for (lesson, cell), text in texts(folder).items():
        for _, anchor in LINKED.findall(text):
            assert anchor in anchors, (lesson, cell, anchor)


def test_nothing_else_is_in_bold_but_what_leads_a_text(folder):
    for where, text in texts(folder).items():
        rest = re.findall(r"\*\*[^*]+\*\*", LEAD.sub("", LINKED.sub("", text)))
        assert rest == [], where


def test_every_term_is_used_in_the_lesson_that_explains_it(folder):
    for term, says in entries(folder).items():
        lesson = re.search(r"\]\((\w+\.ipynb)\)\)$", says)[1]
        said = " ".join(text for (name, _), text in texts(folder).items() if name == lesson)
        plain = re.sub(r"[*\[\]]|\(extra_glossary[^)]*\)", "", said)
        # the last letter may change: "to fold" and "folded", "category" and "categories"
        assert re.search(rf"(?i)\b{re.escape(term[:-1])}", plain), (term, lesson)
