"""Exercises inside of lessons: a kind sentence for ``...``, the right words for what is wrong.

A cell is run with those before it that it hangs on, not with the whole lesson.
"""

import re
import tomllib
from pathlib import Path

import nbformat
import pytest

from coursegrader.run.names import causes
from recsys_course import quiz
from recsys_course.exercises.outcome import TO_FILL, Outcome, guess

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "lessons" / "en").glob("*.ipynb"))
ANSWERS = Path(__file__).parent / "exercises"


def topic(lesson):
    """Drop the number of a lesson: 02_knn is knn."""
    return re.sub(r"^\d\d_", "", lesson.stem)


TURNS = {
    (topic(lesson), cell.id.removeprefix("turn-")): (lesson, number)
    for lesson in LESSONS
    for number, cell in enumerate(nbformat.read(lesson, 4).cells)
    if cell.cell_type == "code" and cell.id.startswith("turn-")
}
WITH_TURNS = sorted({name for name, _ in TURNS})


@pytest.fixture(scope="module")
def before():
    """Run what an exercise hangs on; a lesson's cells are run once."""
    ran = {}

    def names(lesson, number):
        known, done = ran.setdefault(lesson, ({"display": lambda *_: None}, set()))
        cells = nbformat.read(lesson, 4).cells
        for place in causes(cells, number):
            if place not in done and not cells[place].id.startswith(("turn-", "guess-")):
                exec(cells[place].source, known)
                done.add(place)
        return dict(known), cells

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLBACKEND", "agg")
        patch.delenv("DATA_DIR", raising=False)
        yield names


def outcome(known, source, check):
    """Run an answer in place of the one in the cell, then the cell's check."""
    exec(source, known)
    return eval(check, known)


def parts(cells, number):
    """The answer's place in an exercise, its check, and the solution that stands folded above."""
    answer, _, check = cells[number].source.rpartition("\n\n")
    (solution,) = re.findall(r"```python\n(.*?)\n```", cells[number - 1].source, re.DOTALL)
    return answer, check, solution


@pytest.mark.parametrize("turn", TURNS, ids="/".join)
def test_an_exercise(turn, before):
    lesson, number = TURNS[turn]
    known, cells = before(lesson, number)
    answer, check, solution = parts(cells, number)
    assert "..." in answer
    told = tomllib.loads((ANSWERS / f"{turn[0]}.toml").read_text("utf-8"))[turn[1]]
    assert outcome(dict(known), answer, check) == Outcome("empty", TO_FILL)
    for source in (solution, told["honest"]):
        found = outcome(dict(known), source, check)
        assert (found.state, found.code) == ("right", ""), source
    assert len(told["wrong"]) >= 3
    for source, code in [told["lazy"], *told["wrong"]]:
        found = outcome(dict(known), source, check)
        assert (found.state, found.code) == ("not yet", code), (source, found)
        assert len(found.text) > 20
    assert len({code for _, code in told["wrong"]}) >= 3
    assert cells[number - 1].source.count("<summary>") == 3  # a nudge, a hint, a solution


@pytest.mark.parametrize("name", WITH_TURNS)
def test_each_lesson_has_three_to_five(name):
    mine = [turn for turn in TURNS if turn[0] == name]
    assert 3 <= len(mine) <= 5
    assert tomllib.loads((ANSWERS / f"{name}.toml").read_text("utf-8")).keys() == {
        turn for _, turn in mine
    }


def test_a_guess_is_compared_and_none_is_wrong():
    assert guess(..., 3).state == "empty"
    assert "3" not in guess(..., 3).text
    assert guess(11, 12, "films") == Outcome("right", "You said 11 films, it is 12: well guessed.")
    assert guess(3, 12).text == "You said 3, it is 12: 4.0 times as many."
    assert guess(24, 12).text == "You said 24, it is 12: 2.0 times as much as it is."
    assert guess(0, 12).text == "You said 0, it is 12."
    assert guess("many", 12).code == "not-a-number"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_what_is_to_be_guessed_is_not_shown_below(lesson):
    cells = nbformat.read(lesson, 4).cells
    for number, cell in enumerate(cells):
        if cell.id.startswith("guess-"):
            assert "= ..." in cell.source
            assert cells[number + 1].metadata.jupyter["outputs_hidden"]
            (shown,) = cell.outputs
            assert "First guess" in shown.data["text/plain"]


class TestQuizzes:
    FILES = sorted((ROOT / "recsys_course" / "quiz").glob("*/*.toml"))

    def test_each_lesson_has_one_and_shows_it(self):
        lessons = [lesson for lesson in LESSONS if lesson.stem[0].isdigit()]
        assert {file.stem for file in self.FILES} == {topic(lesson) for lesson in lessons}
        for lesson in lessons:
            sources = [cell.source for cell in nbformat.read(lesson, 4).cells]
            assert f'quiz("{topic(lesson)}")' in sources

    @pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
    def test_a_quiz(self, file):
        asked = quiz.questions(file.stem, file.parent.name)
        assert 8 <= len(asked) <= 10
        places, longest = [], 0
        for question in asked:
            assert question.keys() == {"text", "answer"}
            answers = question["answer"]
            right = [number for number, each in enumerate(answers) if each.get("right")]
            assert 3 <= len(answers) <= 5
            assert 1 <= len(right) < len(answers)
            assert all(each["text"] and len(each["says"]) > 15 for each in answers)
            assert len({each["text"] for each in answers}) == len(answers)
            places += right
            lengths = [len(each["text"]) for each in answers]
            longest += len(right) == 1 and lengths[right[0]] == max(lengths)
        assert longest <= len(asked) / 2  # who picks the longest answer learns nothing
        assert all(places.count(place) <= len(asked) / 2 for place in places)

    def test_without_scripts_it_is_a_list(self):
        made = quiz.on_paper(quiz.questions("knn"))
        assert made.count("<details>") == made.count("<summary>answers</summary>") == 9
        assert "<script" not in made

    def test_a_text_is_no_markup(self):
        answers = [{"text": "`a[0]` < b", "right": True, "says": "$x$"}, {"text": "c", "says": "d"}]
        made = quiz.on_paper([{"text": "<b>", "answer": answers}])
        assert "&lt;b&gt;" in made
        assert "<code>a&#91;0]</code> &lt; b" in made
        assert "$" not in made
