"""Whatever lies in a file: a command ends with status 0 or 1, and in lines that name it.

Files that are right are mutated: bytes cut, flipped and doubled; values of notebooks replaced by
others of any type. A fault of the course, or a traceback, is a failure.
"""

import copy
import gzip
import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbgrader.preprocessors import NbGraderPreprocessor

from coursegrader.course.root import Course
from coursegrader.files import write
from coursegrader.intake.submission import Submission
from coursegrader.run.klass import grade_all
from recsys_course.data import synthetic
from tests.released import release

ODD = (
    *(None, True, 0, -1, 4.5, 10**30, float("nan"), float("inf"), "", "x", "\x1b[31m", "\ud800"),
    *("### BEGIN SOLUTION", "### END HIDDEN TESTS", [], [[]], {}, {"": None}, ["a", 1], "4"),
)
KEYS = "cells metadata nbgrader id source outputs cell_type points grade_id tags kernelspec name"
dice = st.integers(0, 2**32).map(random.Random)


def few(share):
    """A part of the examples that a property gets by default: commands are slow."""
    return settings(
        max_examples=settings.default.max_examples // share,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


def mutated_bytes(raw, chance):
    """Cut, flip, double or replace a piece somewhere."""
    raw = bytearray(raw)
    for _ in range(chance.randint(1, 3)):
        at, size = chance.randrange(len(raw) + 1), chance.choice([1, 1, 2, 40])
        piece = chance.choice(
            [
                *(b"", bytes(raw[at : at + size]) * 2, chance.randbytes(size)),
                *(b"\x00", b"\xff", b'"', b"'", b"\n", b"\r\n", b",", b";", b"\t", b"::", b"|"),
                *(b"-1", b"1e400", b"9" * 30, b"9" * 5000, b"nan", b"\xef\xbb\xbf", b"{", b"]"),
            ]
        )
        raw[at : at + size] = piece
    return bytes(raw)


def places(value, found):
    """List each container of a notebook with each of its keys."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        found.append((value, key))
        if isinstance(inner, dict | list):
            places(inner, found)
    return found


def mutated_notebook(notebook, chance):
    """Replace, remove or add values anywhere; now and then, bytes of the file."""
    notebook = copy.deepcopy(notebook)
    for _ in range(chance.randint(1, 3)):
        container, key = chance.choice(places(notebook, []) or [({}, "")])
        what = chance.random()
        if what < 0.6:
            container[key] = copy.deepcopy(chance.choice(ODD))
        elif what < 0.8 and isinstance(container, list):
            container.insert(key, copy.deepcopy(container[key]))
        elif what < 0.9 or not isinstance(container, dict):
            container.pop(key, None) if isinstance(container, dict) else container.pop(key)
        else:
            container[chance.choice(KEYS.split())] = copy.deepcopy(chance.choice(ODD))
    raw = json.dumps(notebook).encode()
    return mutated_bytes(raw, chance) if chance.random() < 0.1 else raw


def fair(code, out, err):
    """Tell nothing about the message but that it is one for a person."""
    assert code in (0, 1)
    text = out + err
    assert "Traceback" not in text
    assert "a fault of the program" not in text
    assert "cannot be worked with" not in text  # a surprise is named, and mended by us
    assert all(letter.isprintable() or letter == "\n" for letter in err)
    assert "Warning" not in err  # of a library, in words of its own
    assert (code == 1) == bool([line for line in err.splitlines() if "recsys-course: " in line])


def small_files():
    """Each source's files with a few rows, as bytes."""
    cinema = synthetic.make(synthetic.FULL.scaled(1e-4))
    views, items = cinema.views.head(40), cinema.catalogue.head(20)
    stamps = views["view_ts"].astype("int64") // 10**6
    ratings = [
        f"{user},{item},4,{stamp}"
        for user, item, stamp in zip(views["user_id"], views["content_id"], stamps, strict=True)
    ]
    movies = [f'{item},"A, {item} (1995)",Drama|War' for item in items["content_id"]]
    item = "{}|One (1996)|4-Feb-1971||x|0|1" + "|0" * 17
    return [
        {
            "content_views.csv": views.to_csv(index=False),
            "content_description.csv": items.drop(columns="title").to_csv(index=False),
        },
        {
            "ratings.csv": "\n".join(["userId,movieId,rating,timestamp", *ratings]),
            "movies.csv": "\n".join(["movieId,title,genres", *movies]),
        },
        {
            "u.data": "\n".join(row.replace(",", "\t") for row in ratings),
            "u.item": "\n".join(item.format(number) for number in range(1, 9)),
        },
        {
            "ratings.dat": "\n".join(row.replace(",", "::") for row in ratings),
            "movies.dat": "\n".join(f"{number}::A: B (1995)::Drama" for number in range(1, 9)),
        },
        {
            "interactions.csv": "user_id,item_id,last_watch_dt,total_dur,watched_pct\n"
            + "\n".join(f"{n},{n},2021-05-11,{n},{n}" for n in range(9)),
            "items.csv": "item_id,title,release_year,genres,countries\n"
            + "\n".join(f'{n},"T\n{n}",1995,"a, b",c' for n in range(9)),
        },
    ]


SMALL_FILES = small_files()


@few(5)
@given(contents=st.sampled_from(SMALL_FILES), which=st.booleans(), chance=dice)
def test_data_info(run, tmp_path, monkeypatch, contents, which, chance):
    monkeypatch.setenv("RECSYS_COURSE_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "data"
    for path in folder.glob("*"):
        path.unlink()
    for (name, text), damaged in zip(contents.items(), (which, not which), strict=True):
        raw = mutated_bytes(text.encode(), chance) if damaged else text.encode()
        if chance.random() < 0.2:
            raw = gzip.compress(raw)
            raw = mutated_bytes(raw, chance) if damaged and chance.random() < 0.5 else raw
        write(folder / (name + chance.choice(["", "", ".gz"])), raw)
    fair(*run("data", "info", folder))


class NotRun(NbGraderPreprocessor):
    """In place of a kernel: what is executed is not what these tests are about."""

    def preprocess(self, nb, resources):
        return nb, resources


@pytest.fixture(scope="module")
def course(tmp_path_factory, toy_builder):
    course = toy_builder(tmp_path_factory.mktemp("fuzz") / "course")
    release(course, "sums")
    course.config.CourseGrader.executor = NotRun
    return Course(course.root, course.config)


@few(10)
@given(chance=dice)
def test_grade(course, chance):
    raw = json.loads(course.release("sums").read_text("utf-8"))
    write(Submission(course, "sums", "ann").submitted, mutated_notebook(raw, chance))
    (outcome,) = grade_all([Submission(course, "sums", "ann")])
    assert outcome.max_points == 5
    assert 0 <= outcome.points <= 5
    assert "cannot be worked with" not in outcome.reason
    assert outcome.reason.isprintable()


@few(5)
@given(chance=dice)
def test_release(course, run, monkeypatch, chance):
    monkeypatch.chdir(course.root)
    path = course.source("sums")
    whole = path.read_bytes()
    try:
        write(path, mutated_notebook(json.loads(whole), chance))
        fair(*run("release", "--check"))
    finally:
        write(path, whole)


@few(5)
@given(chance=dice)
def test_notebooks(course, run, monkeypatch, chance):
    monkeypatch.chdir(course.root)
    monkeypatch.setattr(
        "recsys_course.authoring.execute.execute", lambda notebook, path: copy.deepcopy(notebook)
    )
    raw = json.loads(course.release("sums").read_text("utf-8"))
    path = course.root / "lessons" / "en" / "01_sums.ipynb"
    write(path, mutated_notebook(raw, chance))
    fair(*run("notebooks", path))
