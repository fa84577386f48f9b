"""Assignments of several notebooks, and nbgrader's own example course, which has one."""

import shutil
from pathlib import Path

import nbgrader
import pytest
from nbgrader.converters import GenerateAssignment

from coursegrader.cli import main
from coursegrader.course.convert import run
from coursegrader.course.notebook import read, to_text
from coursegrader.course.root import find
from coursegrader.files import write
from coursegrader.intake.submission import Submission
from coursegrader.report.table import results
from coursegrader.run.klass import grade_all
from tests.released import release

EXAMPLE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide"
PARTS = ["correct_squares", "squares_invalid_input", "correct_sum_of_squares"]
PARTS += ["sum_of_squares_uses_squares", "sum_of_squares_equation", "sum_of_squares_application"]


@pytest.fixture
def slow_course(tmp_path, monkeypatch):
    """nbgrader's example with a configuration that says nothing; the current folder."""
    shutil.copytree(EXAMPLE / "source" / "ps1", tmp_path / "source" / "ps1")
    write(tmp_path / "nbgrader_config.py", "c = get_config()\n")
    monkeypatch.chdir(tmp_path)
    return find(tmp_path)


@pytest.fixture
def course(slow_course, quick):
    return quick(slow_course.root)


@pytest.fixture
def command(capsys):
    def call(*args):
        with pytest.raises(SystemExit) as ended:
            main(list(args))
        return ended.value.code, *capsys.readouterr()

    return call


def hand_in(course, student, *notebooks):
    """Hand in the reference, which nbgrader's markers do no harm."""
    folder = Submission(course, "ps1", student).handed_in
    for name in notebooks:
        notebook = read(course.release("ps1", name))
        reference = {cell.id: cell.source for cell in read(course.source("ps1", name)).cells}
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = reference[cell.id]
        write(folder / f"{name}.ipynb", to_text(notebook))
    return folder


def points(result):
    return {each.name.partition("/")[2]: each.points for each in result.questions}


def test_the_example_is_released_with_warnings_alone(slow_course, command):
    course = slow_course
    code, out, err = command("release")
    assert code == 0
    assert out == (
        "release/ps1/jupyter.png: written\n"
        "release/ps1/problem1.ipynb: written\n"
        "release/ps1/problem2.ipynb: written\n"
        "ps1: tests recorded in the gradebook: correct_squares, squares_invalid_input, "
        "correct_sum_of_squares, sum_of_squares_uses_squares\n"
    )
    assert {line.partition(":")[0] for line in err.splitlines()} == {"warning"}
    assert "BEGIN SOLUTION" not in course.release("ps1", "problem1").read_text("utf-8")
    assert command("release", "--check")[0] == 0


def test_all_notebooks_are_graded_and_reported(course, command):
    command("release")
    hand_in(course, "ann", "problem1", "problem2")
    hand_in(course, "ben", "problem2")
    damaged = hand_in(course, "cem", "problem1", "problem2")
    write(damaged / "problem2.ipynb", "{")
    empty = hand_in(course, "dea")
    write(empty / "problem3.ipynb", "{}")
    code, _, err = command("grade")
    assert (code, "3 of 4 submissions need a person" in err) == (1, True)
    ann, ben, cem, dea = results(course)
    assert [name for name in points(ann) if name in PARTS] == PARTS
    assert [points(ann)[name] for name in PARTS] == [1, 1, 0.5, 0.5, None, None]
    assert [question.name for question in ann.questions if question.needs_manual_grading] == [
        "problem1/sum_of_squares_equation",
        "problem1/sum_of_squares_application",
        "problem1/cell-938593c4a215c6cc",
        "problem2/part-a",
        "problem2/part-b",
    ]
    assert ann.max_points == 13
    assert (ben.points, cem.points, dea.points) == (0, 3, 0)
    assert cem.questions[-1].name == "problem2/part-b"
    code, out, _ = command("report")
    assert "cem\n" in out
    assert "no problem1.ipynb" in out

    code, out, _ = command("feedback")
    assert code == 1  # three wait for a person, one has answers to be read
    assert "feedback/ann/ps1/problem1.html, feedback/ann/ps1/problem2.html" in out
    folder = course.folder("feedback_directory", "ps1", "ann")
    first, second = ((folder / f"problem{n}.html").read_text("utf-8") for n in (1, 2))
    assert "data:image/png;base64" in first  # the picture of the assignment's text
    assert 'id="problem1/correct_squares"' in first
    assert "correct_squares" not in second
    for made in (first, second):
        assert "<script" not in made
        assert "BEGIN HIDDEN" not in made


def test_a_notebook_that_fails_costs_the_others_nothing(slow_course):
    course = slow_course
    release(course, "ps1")
    folder = hand_in(course, "ann", "problem1", "problem2")
    notebook = read(folder / "problem1.ipynb")
    notebook.cells[2].source = "import os\nos._exit(1)"
    write(folder / "problem1.ipynb", to_text(notebook))
    (ann,) = grade_all([Submission(course, "ps1", "ann")])
    named = {each.name: each for each in ann.questions}
    assert named["problem1/correct_squares"].reason == (
        "cell squares stopped: the kernel died here: a crash, too little memory or an exit"
    )
    waiting = {each.name for each in ann.questions if each.needs_manual_grading}
    assert {"problem2/part-a", "problem2/part-b"} <= waiting
    assert Submission(course, "ps1", "ann").executed().keys() >= {"problem2/part-a"}


def test_what_was_handed_in_is_only_copied_where_it_belongs(course, command):
    command("release")
    folder = hand_in(course, "ann", "problem2")
    write(folder / "notes.txt", "mine")
    (ann,) = grade_all([Submission(course, "ps1", "ann")])
    assert ann.reason == (
        "problem1: no problem1.ipynb, only notes.txt; hand in the notebook itself"
    )
    kept = {path.name for path in Submission(course, "ps1", "ann").executed_in.iterdir()}
    assert kept == {"jupyter.png", "notes.txt", "problem1.ipynb", "problem2.ipynb"}


def test_a_notebook_beside_its_folder_is_pointed_at(course, command):
    command("release")
    hand_in(course, "ann", "problem1", "problem2")
    write(course.root / "submitted" / "ben" / "problem1.ipynb", "{}")
    assert "submitted/ben: problem1.ipynb belongs into a folder ps1/ in it" in command("grade")[2]


def test_one_notebook_of_another_name_than_its_folder(course, command):
    course.source("ps1", "problem2").unlink()
    assert command("release")[0] == 0
    hand_in(course, "ann", "problem1")
    (ann,) = grade_all([Submission(course, "ps1", "ann")])
    assert {each.name: each.points for each in ann.questions}["correct_squares"] == 1
    assert str(Submission(course, "ps1", "ann")) == "submitted/ann/ps1/problem1.ipynb"


def test_submissions_of_any_course_are_put_into_its_release(course, command):
    command("release")
    folder = hand_in(course, "ann", "problem1", "problem2")
    notebook = read(folder / "problem1.ipynb")
    notebook.cells = notebook.cells[::-1]
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
    (folder / "problem1.ipynb").unlink()
    write(folder / "work" / "problem1 (1).ipynb", to_text(notebook))
    (ann,) = grade_all([Submission(course, "ps1", "ann")])
    fair = {"correct_squares": 1, "squares_invalid_input": 1, "correct_sum_of_squares": 0.5}
    assert points(ann).items() >= fair.items()
    assert {each.code for each in ann.records} == {"other-name", "reordered", "stripped"}
    assert ann.reason == ""


def test_a_course_released_by_nbgrader_itself_is_graded_too(course):
    directory = course.directory(assignment_id="ps1")
    assert run(GenerateAssignment(coursedir=directory, config=course.config)) is None
    folder = hand_in(course, "ann", "problem1", "problem2")
    notebook = read(folder / "problem1.ipynb")
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") != "correct_squares"
    ]
    write(folder / "problem1.ipynb", to_text(notebook))
    (ann,) = grade_all([Submission(course, "ps1", "ann")])
    assert points(ann)["correct_squares"] == 1
    assert [str(each) for each in ann.records] == [
        "problem1/correct_squares: deleted, and put back"
    ]
