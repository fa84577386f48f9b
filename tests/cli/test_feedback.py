"""The command ``recsys-course feedback``."""

import pytest

from coursegrader.files import write
from coursegrader.intake.submission import Submission


@pytest.fixture
def handed(toy, run, hand_in, quick):
    quick(toy.root)
    run("release")
    hand_in(toy, "ann")
    hand_in(toy, "bob", stub=["*"])
    run("grade")
    return toy


def pages(course):
    return sorted(each.relative_to(course.root).as_posix() for each in course.root.rglob("*.html"))


def test_a_page_for_each_student(handed, run):
    code, out, err = run("feedback")
    assert code == 1  # Ann's answer is not read yet
    assert out.splitlines() == [
        "sums ann 3 of 5 waits for a person feedback/ann/sums/sums.html",
        "sums bob 0 of 5 feedback/bob/sums/sums.html",
    ]
    assert err == "recsys-course: 1 of 2 submissions wait for a person or for grade\n"
    assert pages(handed) == ["feedback/ann/sums/sums.html", "feedback/bob/sums/sums.html"]


def test_one_student_and_nobody_waits(handed, run):
    assert run("feedback", "sums", "--student", "bob") == (
        0,
        "sums bob 0 of 5 feedback/bob/sums/sums.html\n",
        "",
    )
    assert pages(handed) == ["feedback/bob/sums/sums.html"]


def test_what_is_new_or_changed_is_named(handed, run, hand_in):
    hand_in(handed, "cem")
    hand_in(handed, "bob", add="def add(a, b):\n    return a + b")
    code, _, err = run("feedback")
    assert code == 1
    changed = "it, or its tests, have changed since it was graded"
    assert err.splitlines() == [
        f"submitted/bob/sums/sums.ipynb: {changed}; run grade",
        "submitted/cem/sums/sums.ipynb: not graded yet; run grade",
        "recsys-course: 3 of 3 submissions wait for a person or for grade",
    ]


def test_one_that_has_no_page_does_not_stop_the_others(handed, run):
    write(Submission(handed, "sums", "ann").autograded, "{")
    code, out, _ = run("feedback")
    assert code == 1
    ann, bob = out.splitlines()
    assert "autograded/ann/sums/sums.ipynb, line 1, column 2: not a notebook" in ann
    assert bob == "sums bob 0 of 5 feedback/bob/sums/sums.html"
    assert pages(handed) == ["feedback/bob/sums/sums.html"]


def test_interrupted(handed, run, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("coursegrader.cli.feedback.give_back", interrupted)
    code, _, err = run("feedback")
    assert code == 130
    assert "interrupted after 0 of 2 submissions" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--student", "anne"], "no graded student 'anne'; did you mean ann?"),
        (["sum"], "no graded assignment 'sum'; did you mean sums?"),
    ],
)
def test_bad_input_is_one_line(handed, run, arguments, message):
    code, out, err = run("feedback", *arguments)
    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1


def test_nothing_is_graded_yet(toy, run):
    assert "nothing is graded yet" in run("feedback")[2]


def test_what_the_exchange_needs_lies_beside_the_page(handed, run):
    executed = Submission(handed, "sums", "bob").executed_in
    write(executed / "submission_secret.txt", "s3")
    write(executed / "leak.html", "what student code wrote")
    run("feedback", "--student", "bob")
    folder = handed.root / "feedback" / "bob" / "sums"
    assert sorted(each.name for each in folder.iterdir()) == ["submission_secret.txt", "sums.html"]
