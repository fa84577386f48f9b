"""A finding: hard on the embedded cinema where the course is tested, a sentence elsewhere."""

import os

import numpy as np
import pytest

from recsys_course.findings import finding


@pytest.mark.parametrize("holds", [True, np.True_, [0]])
@pytest.mark.parametrize("data", ["", "some/folder"])
def test_what_holds_is_said(monkeypatch, capsys, holds, data):
    monkeypatch.setenv("DATA_DIR", data)
    finding(holds, "as expected: 2", "otherwise: 2")
    assert capsys.readouterr().out == "as expected: 2\n"


@pytest.mark.parametrize(
    ("data", "findings"), [("some/folder", "hard"), ("some/folder", ""), ("", ""), ("", "soft")]
)
def test_what_does_not_hold_is_said_on_other_data_and_to_a_student(
    monkeypatch, capsys, data, findings
):
    monkeypatch.setenv("DATA_DIR", data)
    monkeypatch.setenv("RECSYS_COURSE_FINDINGS", findings)
    finding(False, "as expected: 2", "otherwise: 1")
    assert capsys.readouterr().out == "otherwise: 1\n"


def test_what_does_not_hold_on_the_embedded_cinema_fails_the_tests(monkeypatch):
    monkeypatch.delenv("DATA_DIR", raising=False)
    monkeypatch.setenv("RECSYS_COURSE_FINDINGS", "hard")
    with pytest.raises(AssertionError, match="the embedded cinema says otherwise: one is one"):
        finding(np.array([]).size, "one is two", "one is one")


def test_the_suite_is_hard():
    assert os.environ["RECSYS_COURSE_FINDINGS"] == "hard"
