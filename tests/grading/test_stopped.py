"""Grading that is stopped, or done twice at once: nothing half-made is left, nothing is lost."""

import glob
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time

import pytest

from coursegrader.cli import main
from coursegrader.course.gradebook import opened
from coursegrader.course.lock import alone
from coursegrader.errors import UserError
from coursegrader.files import write
from coursegrader.intake.submission import Submission
from coursegrader.report.table import results
from coursegrader.sandbox import bwrap
from tests.released import release

# graders are forks of a process that has imported the program: only what they grade takes time
FORKS = multiprocessing.get_context("forkserver") if sys.platform != "win32" else None
# a function that says that it is running, and takes its time
SIGN = f"running-{os.getpid()}"
SLOW = f"""def add(a, b):
    import pathlib, time
    pathlib.Path({SIGN!r}).touch()
    time.sleep(60)
    return a + b"""
ALL = {student: [2, 1, None] for student in ("ann", "bob", "cem")}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are those of Unix")


@pytest.fixture
def course(toy, hand_in):
    """Bob has handed in."""
    for left in running():  # in the open, by one that was killed
        os.remove(left)
    config = toy.root / "nbgrader_config.py"
    write(config, config.read_text("utf-8") + "\nc.Execute.sandbox = 'if there'\n")
    release(toy, "sums")
    hand_in(toy, "bob")
    return toy


@pytest.fixture
def others(course, hand_in):
    """So have one before him and one behind."""
    hand_in(course, "ann")
    hand_in(course, "cem")


def grade_in(folder):
    """What the command ``coursegrader grade`` does in a folder; what it says goes into files."""
    os.chdir(folder)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    main(["grade"])


def started(course):
    """A grader at work."""
    FORKS.set_forkserver_preload(["coursegrader.cli.grade", "tests.grading.test_stopped"])
    grader = FORKS.Process(target=grade_in, args=(course.root,))
    grader.start()
    return grader


def ended(grader, course):
    """How a grader has ended, and what it has said."""
    grader.join(60)
    assert grader.exitcode is not None, "it still runs after a minute"
    out, err = ((course.root / name).read_text("utf-8") for name in ("out", "err"))
    return grader.exitcode, out, err


def points(course):
    return {row.student: [question.points for question in row.questions] for row in results(course)}


def running():
    """The signs of kernels that run what is slow, in a sandbox or in the open."""
    places = [f"/proc/[0-9]*/root{bwrap.SCRATCH}", f"{tempfile.gettempdir()}/kernel-*"]
    return [sign for place in places for sign in glob.glob(f"{place}/work/{SIGN}")]


def until(condition):
    while not condition():
        time.sleep(0.05)


@pytest.mark.usefixtures("others")
def test_ctrl_c_says_what_is_done_and_leaves_no_row_half_made(course, hand_in, run):
    hand_in(course, "bob", add=SLOW)
    grader = started(course)
    until(running)
    code, _, err = run("grade")
    assert code == 1
    assert f", process {grader.pid}; wait until it has ended" in err
    os.kill(grader.pid, signal.SIGINT)
    code, out, err = ended(grader, course)
    assert code == 130
    assert " ".join(out.split()) == "sums ann 3 of 5 graded, needs manual grading"
    assert err.splitlines()[-1] == (
        "coursegrader: interrupted after 1 of 3 submissions, which are kept; the same command "
        "goes on with the others"
    )
    with opened(course) as gradebook:
        assert [each.student.id for each in gradebook.assignment_submissions("sums")] == ["ann"]
    assert not Submission(course, "sums", "bob").executed_in.exists()
    hand_in(course, "bob")
    assert run("grade")[0] == 0
    assert points(course) == ALL


def test_what_was_graded_before_stays_when_its_grading_again_is_stopped(course, hand_in, run):
    run("grade")
    before = Submission(course, "sums", "bob").autograded.read_bytes()
    hand_in(course, "bob", add=SLOW)
    for how in (signal.SIGINT, signal.SIGKILL):
        until(lambda: not running())
        grader = started(course)
        until(running)
        os.kill(grader.pid, how)
        ended(grader, course)
        if how == signal.SIGINT:
            assert Submission(course, "sums", "bob").autograded.read_bytes() == before
        assert points(course)["bob"] == [2, 1, None]
    hand_in(course, "bob", add="def add(a, b):\n    return 5")
    assert run("grade")[0] == 0
    assert points(course)["bob"] == [0, 0, None]
    assert not list((course.state / "before").rglob("*.ipynb"))


def test_an_answer_marked_by_hand_stays_so_after_a_kill(course, hand_in, run):
    run("grade")
    with opened(course) as gradebook:
        grade = gradebook.find_grade("explain", "sums", "sums", "bob")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    hand_in(course, "bob", add=SLOW)
    grader = started(course)
    until(running)
    grader.kill()
    ended(grader, course)
    hand_in(course, "bob", add="def add(a, b):\n    return 5")
    run("grade")
    (bob,) = [row for row in results(course) if row.student == "bob"]
    assert [question.points for question in bob.questions] == [0, 0, 1.5]
    assert not bob.needs_manual_grading


def test_one_grader_at_a_time(course):
    with alone(course, "coursegrader grade"):
        with pytest.raises(UserError) as refused, alone(course, "coursegrader release"):
            pass
        assert str(refused.value).startswith("another coursegrader grade runs since ")
        assert str(refused.value).endswith(f", process {os.getpid()}; wait until it has ended")
        write(course.state / "grading.json", "{")
        told = "another grader is at work in this course"
        with pytest.raises(UserError, match=told), alone(course, "coursegrader release"):
            pass
    with alone(course, "coursegrader release"):
        assert json.loads((course.state / "grading.json").read_text())["process"] == os.getpid()


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_stopped_at_any_moment_the_next_run_ends_as_if_nothing_had_been(course, hand_in, run):
    chance = random.Random(0)
    for number in range(20):
        for student in ("ann", "bob", "cem"):  # a new answer each time
            hand_in(course, student, add=f"def add(a, b):\n    x = {number}\n    return a + b")
        grader = started(course)
        time.sleep(chance.uniform(0.5, 9))
        os.kill(grader.pid, chance.choice([signal.SIGINT, signal.SIGKILL]))
        ended(grader, course)
        assert run("grade")[0] == 0
        assert points(course) == ALL
        for student in ("ann", "bob", "cem"):
            assert f"x = {number}" in Submission(course, "sums", student).autograded.read_text()
