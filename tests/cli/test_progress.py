"""The command ``recsys-course progress``: what a student has done in their own copies."""

import json

import pytest
from nbformat import v4, writes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from recsys_course.exercises.knn import check_vote
from recsys_course.quiz import quiz
from recsys_course.student.achieved import NOTES, achieve, achieved, so_far

RIGHT = 1 / 8**0.5 + 1 / 6**0.5


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A student's folder with a lesson and a homework; the lesson's folder is the current one."""
    course = tmp_path / "course"
    lesson, homework = (course / "work" / part for part in ("lessons/en", "homework/en/knn"))
    for folder in (lesson, homework):
        folder.mkdir(parents=True)
    (course / "nbgrader_config.py").touch()
    cells = [
        new_markdown_cell("# kNN\n\nIt takes about 45 minutes to read. Begin."),
        new_code_cell("storm = ...\n\ncheck_vote(storm)"),
        new_code_cell("table = ...\n\ncheck_table(table)"),
        new_code_cell('quiz("knn")'),
    ]
    (lesson / "02_knn.ipynb").write_text(writes(v4.new_notebook(cells=cells)), "utf-8")
    meta = {"nbgrader": {"grade": True, "solution": False}}
    failed = new_output("error", ename="Hint", evalue="", traceback=[])
    cells = [
        new_code_cell("check_model(1)", metadata=meta, execution_count=1),
        new_code_cell("check_model(2)", metadata=meta, execution_count=2, outputs=[failed]),
        new_code_cell("check_model(3)", metadata=meta),
    ]
    (homework / "knn.ipynb").write_text(writes(v4.new_notebook(cells=cells)), "utf-8")
    monkeypatch.chdir(lesson)
    return course


def test_what_was_done_is_listed(work, run):
    check_vote(...)
    check_vote(2)
    code, out, err = run("progress")
    assert (code, err) == (0, "")
    assert ["02_knn", "45", "minutes", "0", "of", "2", "-"] in [x.split() for x in out.splitlines()]
    check_vote(RIGHT)
    quiz("knn")
    code, out, _ = run("progress")
    rows = [line.split() for line in out.splitlines()]
    assert ["02_knn", "45", "minutes", "1", "of", "2", "taken"] in rows
    assert ["knn", "1", "of", "3"] in rows
    assert out.endswith("1 of 2 exercises solved, 1 of 3 tests passed\n")
    lesson, homework = json.loads(run("progress", "--json")[1])
    assert (lesson["notebook"], lesson["solved"], lesson["quiz"]) == (
        "lessons/en/02_knn.ipynb",
        1,
        True,
    )
    assert (homework["tests"], homework["passed"], homework["quiz"]) == (3, 1, None)


def test_nothing_is_noted_outside_of_work(work, monkeypatch):
    monkeypatch.chdir(work)
    check_vote(RIGHT)
    achieve("quiz", "knn")
    assert not (work / NOTES).exists()
    assert achieved(work) == {"exercise": set(), "quiz": set()}


@pytest.mark.parametrize("text", ["{", "[]", '{"exercise": 1, "quiz": []}', "\xff"])
def test_damaged_notes_are_begun_anew(work, text):
    (work / ".course").mkdir()
    (work / NOTES).write_text(text, "latin-1")
    assert achieved(work) == {"exercise": set(), "quiz": set()}
    achieve("exercise", "knn/check_vote")
    assert achieved(work)["exercise"] == {"knn/check_vote"}


def test_a_notebook_that_cannot_be_read_counts_as_not_begun(work, run):
    (work / "work" / "lessons" / "en" / "03_odd.ipynb").write_text('{"cells": [1]}', "utf-8")
    code, out, _ = run("progress")
    assert code == 0
    assert "03_odd" in out


def test_there_is_nothing_to_look_at_yet(work, run, monkeypatch):
    monkeypatch.chdir(work)
    (work / "work").rename(work / "away")
    code, out, err = run("progress")
    assert (code, out) == (1, "")
    assert "work: nothing to look at yet; first run recsys-course lab" in err


def test_a_lesson_says_at_its_end_what_is_done_and_how_long_the_next_takes(work, capsys):
    first = new_markdown_cell("# Choosing\n\nIt takes about half an hour to read. Begin.")
    following = work / "work" / "lessons" / "en" / "03_choosing.ipynb"
    following.write_text(writes(v4.new_notebook(cells=[first])), "utf-8")
    so_far("knn")
    check_vote(RIGHT)
    quiz("knn")
    capsys.readouterr()
    so_far("knn")
    assert capsys.readouterr().out == (
        "1 of 2 exercises solved, the quiz taken.\nNext: 03_choosing, about half an hour.\n"
    )
    so_far("choosing")
    assert capsys.readouterr().out == "0 of 0 exercises solved, the quiz still open.\n"


def test_a_lesson_elsewhere_says_where_progress_is_kept(work, monkeypatch, capsys):
    monkeypatch.chdir(work)
    so_far("knn")
    assert capsys.readouterr().out == (
        "What you have done is noted in the copies that recsys-course lab opens.\n"
    )


def test_a_copy_under_another_name(work, capsys):
    (work / "work" / "lessons" / "en" / "02_knn.ipynb").rename(
        work / "work" / "lessons" / "en" / "02_mine.ipynb"
    )
    so_far("knn")
    assert capsys.readouterr().out == "recsys-course progress shows what you have done.\n"
