"""A student may be called anything that a folder may be called."""

import os

import pytest

from coursegrader.course.root import Course
from coursegrader.files import write
from coursegrader.intake.collect import handed_in
from coursegrader.intake.submission import Submission
from coursegrader.report.table import results
from coursegrader.run.klass import grade_all
from tests.in_this_process import InThisProcess
from tests.released import release

NAMES = [
    "Anna Maria", "Ёжик", "o'neil", 'say "x"', "a[1]", "[abc]", "x*", "y?", " first", "last ",
    "-rf", "..x", "x..", "a+b", "(1)", "100%", "%2e", "a,b;c", "$HOME", "x" * 255, "ж" * 127,
    "a", "b",  # whom "[abc]" must not be taken for
]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_everyone_is_graded_under_their_own_name(toy, hand_in):
    toy.config.CourseGrader.executor = InThisProcess
    course = Course(toy.root, toy.config)
    release(course, "sums")
    text = hand_in(course, "a").read_text("utf-8")
    for name in NAMES:
        right = name not in ("a", "b")
        own = text if right else text.replace("return a + b", "return a - b")
        write(Submission(course, "sums", name).submitted, own)
    submissions, strays = handed_in(course, ["sums"])
    assert strays == []
    graded = {each.student: (each.points, each.reason) for each in grade_all(submissions)}
    assert graded == {name: (0 if name in ("a", "b") else 3, "") for name in NAMES}
    assert {row.student: row.points for row in results(course)} == {
        name: points for name, (points, _) in graded.items()
    }
    again = list(grade_all(submissions))
    assert all(each.unchanged for each in again)
