"""What was given by hand is never at risk: copies of the gradebook, and cells that change."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from coursegrader.course.copies import copies
from coursegrader.course.gradebook import opened
from coursegrader.course.notebook import read, to_text
from coursegrader.course.root import find
from coursegrader.files import write
from coursegrader.intake.submission import Submission
from coursegrader.report.table import results
from coursegrader.run.klass import grade_all
from tests.released import release


@pytest.fixture(scope="module")
def graded(tmp_path_factory, toy_builder, quick, hand_in):
    """Ann and Bob are graded; Ann's answer has 1.5 points and a comment by hand."""
    course = quick(toy_builder(tmp_path_factory.mktemp("graded") / "course").root)
    release(course, "sums")
    submissions = [Submission(course, "sums", student) for student in ("ann", "bob")]
    for each in submissions:
        hand_in(course, each.student)
    list(grade_all(submissions))
    mark(course, "ann", 1.5, "Short and true.")
    return course


@pytest.fixture
def course(graded, tmp_path, monkeypatch):
    """The same, for each test anew; the current folder."""
    shutil.copytree(graded.root, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return find(tmp_path / "course")


def mark(course, student, points, comment=""):
    with opened(course) as gradebook:
        grade = gradebook.find_grade("explain", "sums", "sums", student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment("explain", "sums", "sums", student).manual_comment = comment
        gradebook.db.commit()


def comment_of(course, student):
    with opened(course) as gradebook:
        return gradebook.find_comment("explain", "sums", "sums", student).manual_comment


def row(course, student):
    (found,) = [each for each in results(course) if each.student == student]
    return found


def points(course, student):
    return {question.name: question.points for question in row(course, student).questions}


def change(course, edit):
    notebook = read(course.source("sums"))
    edit(notebook.cells)
    write(course.source("sums"), to_text(notebook))


def test_a_copy_before_each_command_and_the_newest_is_restored(course, run):
    before = len(copies(course))
    mark(course, "bob", 2)
    run("grade", "--force")
    assert len(copies(course)) == before + 1
    mark(course, "bob", 0)
    assert points(course, "bob")["explain"] == 0
    code, out, err = run("gradebook", "restore")
    assert (code, err) == (0, "")
    assert out.startswith("restored: ")
    assert out.endswith("-grade\n")
    assert points(course, "bob")["explain"] == 2
    assert run("gradebook", "restore")[1].endswith("-restore\n")  # and it can be taken back
    assert points(course, "bob")["explain"] == 0


def times_open(file):
    return sum(link.resolve() == file for link in Path("/proc/self/fd").iterdir())


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="only Linux tells what is open")
def test_the_file_is_open_as_long_as_the_gradebook(course):
    file = course.root / "gradebook.db"
    with opened(course) as gradebook:
        assert [each.id for each in gradebook.students] == ["ann", "bob"]
        gradebook.db.commit()
        assert times_open(file) == 1
    assert times_open(file) == 0


def test_who_keeps_a_gradebook_open_meets_the_restored_one(course):
    kept = Gradebook(course.directory().db_url)  # as formgrader does
    file = course.root / "gradebook.db"
    before = file.read_bytes()
    with opened(course) as gradebook:
        gradebook.add_student("cem")
    write(file, file.read_bytes())
    assert [each.id for each in kept.students] == ["ann", "bob", "cem"]
    kept.db.commit()
    write(file, before)
    assert [each.id for each in kept.students] == ["ann", "bob"]
    kept.close()


def test_five_copies_are_kept_and_listed_and_one_can_be_named(course, run):
    for number in range(6):
        mark(course, "bob", number / 10)
        run("grade", "--force")
    code, out, _ = run("gradebook", "list")
    assert code == 0
    names = [line.split()[0] for line in out.splitlines()]
    assert len(names) == 5
    assert names == sorted(names, reverse=True)
    run("gradebook", "restore", names[2])
    assert points(course, "bob")["explain"] == 0.3
    code, _, err = run("gradebook", "restore", "yesterday")
    assert code == 1
    assert err.startswith("recsys-course: no copy of the gradebook 'yesterday'; known: ")


def test_nothing_new_is_no_copy(course, run):
    run("grade")
    before = copies(course)
    run("grade")
    run("release")
    assert copies(course) == before


EMPTY = (b"", "the file is empty")
TEXT = (
    b"this is no database, only some text that is long enough for a header",
    "not a database",
)
FOREIGN = ("foreign", "a database, but no gradebook of nbgrader's")


@pytest.mark.parametrize(
    ("file", "command"),
    [
        pytest.param(file, command, id=f"{command}, {name}", marks=[pytest.mark.long] * wait)
        for name, file in {"empty": EMPTY, "text": TEXT, "foreign": FOREIGN}.items()
        for command in ("grade", "report", "release")
        for wait in [command != "grade" and name != "text"]
    ],
)
def test_what_is_no_gradebook_is_never_written_to(course, run, file, command):
    content, words = file
    path = course.root / "gradebook.db"
    run("grade", "--force")
    if content == "foreign":
        path.unlink()
        with sqlite3.connect(path) as database:
            database.execute("create table songs (name text)")
        database.close()
        content = path.read_bytes()
    write(path, content)
    code, _, err = run(command)
    assert code == 1
    (told,) = [line for line in err.splitlines() if words in line]
    newest = copies(course)[0].stem
    assert told.endswith(
        f"it stays as it is; restore a copy with gradebook restore, the newest is {newest}"
    )
    assert path.read_bytes() == content
    assert run("gradebook", "restore")[0] == 0
    assert points(course, "ann")["explain"] == 1.5
    (damaged,) = course.root.glob("gradebook-*-damaged.db")
    assert damaged.read_bytes() == content


def test_without_a_copy_it_says_so(toy, run):
    write(toy.root / "gradebook.db", b"")
    code, _, err = run("release")
    assert code == 1
    assert "there is no copy of it; set it aside, and a new one is made" in err
    code, _, err = run("gradebook", "restore")
    assert (code, "no copy that differs" in err) == (1, True)
    assert "no copies yet" in run("gradebook", "list")[1]


def test_points_by_hand_stay_when_tests_and_points_change(course, run):
    def edit(cells):
        cells[3].source = "# Two and four.\nassert add(2, 4) == 6"
        cells[5].metadata.nbgrader.points = 4
        cells[6].metadata.nbgrader.points = 3

    change(course, edit)
    assert run("release")[0] == 0
    assert run("grade")[0] == 0
    assert points(course, "ann") == {"test-add": 2, "test-twice": 4, "explain": 1.5}
    assert not row(course, "ann").needs_manual_grading
    assert comment_of(course, "ann") == "Short and true."
    assert row(course, "bob").needs_manual_grading


def test_points_by_hand_stay_when_cells_come_and_go(course, run, hand_in):
    def edit(cells):
        del cells[5]
        cells.insert(4, cells[3].copy())
        cells[4].metadata = {"nbgrader": {**cells[3].metadata.nbgrader, "grade_id": "test-more"}}
        cells[4].id = "test-more"

    change(course, edit)
    code, out, err = run("release")
    assert (code, err) == (0, "")
    assert (
        "sums: graded cells have come or gone; the next grading makes the rows of 2 submissions "
        "again, with the points and comments given by hand\n"
    ) in out
    assert run("release")[0] == 0  # once more changes nothing
    for student in ("ann", "bob"):
        hand_in(course, student)
    assert run("grade")[0] == 0
    assert points(course, "ann") == {"test-add": 2, "test-more": 2, "explain": 1.5}
    assert not row(course, "ann").needs_manual_grading  # the answer is what it was
    assert comment_of(course, "ann") == "Short and true."
    assert row(course, "bob").needs_manual_grading
    assert not list((course.state / "by_hand").rglob("*.json"))


def test_an_answer_that_changed_meanwhile_waits_again(course, run, hand_in):
    change(course, lambda cells: cells.pop(5))
    run("release")
    hand_in(course, "ann", explain="Because I say so.")
    run("grade")
    assert points(course, "ann") == {"test-add": 2, "explain": 1.5}
    assert row(course, "ann").needs_manual_grading


def test_an_answer_is_marked_in_formgrader_though_it_could_not_be_read(course, run):
    write(Submission(course, "sums", "bob").submitted, "{")
    run("grade")
    assert row(course, "bob").state == "not gradable"
    with opened(course) as gradebook:
        for name in ("test-add", "test-twice", "explain"):
            grade = gradebook.find_grade(name, "sums", "sums", "bob")
            grade.manual_score, grade.needs_manual_grade = 1, False
        gradebook.db.commit()
    run("grade")  # tries again
    assert points(course, "bob") == {"test-add": 1, "test-twice": 1, "explain": 1}
    assert row(course, "bob").state == "waits for a person"
