"""What nbgrader's own command is given to read is repaired as well."""

import json

import pytest
from nbgrader.converters import Autograde

from coursegrader.course.convert import run
from coursegrader.course.gradebook import opened
from coursegrader.course.root import Course
from coursegrader.files import write
from tests.in_this_process import InThisProcess
from tests.released import release


@pytest.fixture(scope="module")
def course(tmp_path_factory, toy_builder, hand_in):
    course = toy_builder(tmp_path_factory.mktemp("plain") / "course")
    steps = course.config.Autograde.autograde_preprocessors
    course.config.Autograde.autograde_preprocessors = [InThisProcess, *steps[1:]]
    release(course, "sums")
    return Course(course.root, course.config)


def autograded(course, student):
    """Points as nbgrader's own command gives them."""
    directory = course.directory(assignment_id="sums", student_id=student)
    failure = run(Autograde(coursedir=directory, config=course.config))
    assert failure is None
    with opened(course) as gradebook:
        grades = gradebook.find_submission("sums", student).notebooks[0].grades
        return {grade.name: grade.auto_score for grade in grades}


def skip_test(cells):
    cells[3]["metadata"]["tags"] = ["skip-execution"]
    cells[1]["source"] = "add = max"


SPOILT = {
    "a test deleted": (lambda cells: cells.pop(3), 2, 1),
    "a test changed": (lambda cells: cells[3].update(source="pass"), 2, 1),
    "tests at the top": (lambda cells: cells.insert(0, cells.pop(3)), 2, 1),
    "everything twice": (lambda cells: cells.extend([dict(cell, id="") for cell in cells]), 2, 1),
    "an old schema": (
        lambda cells: cells[1]["metadata"]["nbgrader"].update(schema_version=1), 2, 1,
    ),
    "a test that is not to be run": (skip_test, 0, 0),
    "a test that is no test": (
        lambda cells: (
            cells[3]["metadata"]["nbgrader"].update(grade=False),
            cells[1].update(source="add = max"),
        ),
        0,
        0,
    ),
    "names lost": (lambda cells: [cell["metadata"].clear() for cell in cells], 2, 1),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "add", "twice"), SPOILT.values(), ids=SPOILT)
def test_nbgraders_own_command_gives_what_was_earned(course, hand_in, request, spoil, add, twice):
    student = f"s{abs(hash(request.node.name))}"
    path = hand_in(course, student)
    raw = json.loads(path.read_text("utf-8"))
    spoil(raw["cells"])
    for number, cell in enumerate(raw["cells"]):
        cell["id"] = cell["id"] or f"c{number}"
    write(path, json.dumps(raw))
    found = autograded(course, student)
    assert (found["test-add"], found["test-twice"]) == (add, twice)
    assert found.keys() == {"test-add", "test-twice", "explain"}


def test_one_that_cannot_be_read_stops_nobody(toy_builder, hand_in, tmp_path):
    course = toy_builder(tmp_path / "course")
    steps = course.config.Autograde.autograde_preprocessors
    course.config.Autograde.autograde_preprocessors = [InThisProcess, *steps[1:]]
    course = Course(course.root, course.config)
    release(course, "sums")
    write(hand_in(course, "ann"), "{")
    write(hand_in(course, "bob"), '{"cells": [3], "nbformat": 4, "nbformat_minor": 5}')
    hand_in(course, "cem")
    directory = course.directory(assignment_id="sums")
    failure = run(Autograde(coursedir=directory, config=course.config))
    assert failure is not None  # nbgrader names them
    with opened(course) as gradebook:
        (notebook,) = gradebook.find_submission("sums", "cem").notebooks
        assert notebook.score == 3
