"""The command ``doctor``: what is ready, what is not, and what would mend it."""

import json
from importlib.metadata import version

import pytest

from coursegrader.files import write
from coursegrader.sandbox import bwrap, landlock


@pytest.fixture
def doctor(run, monkeypatch, tmp_path):
    """Run the command; return its exit status, what it tells of each thing, and its last line."""
    monkeypatch.setenv("RECSYS_COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("DATA_DIR", raising=False)

    def call(*args):
        code, out, err = run("doctor", "--json", *args)
        return code, {each["what"]: (each["ready"], each["told"]) for each in json.loads(out)}, err

    return call


def test_all_is_ready(toy, run, doctor):
    run("release")
    code, found, err = doctor()
    assert (code, err) == (0, "")
    assert all(ready for ready, _ in found.values())
    assert found["machine"][1].endswith(f", implicit {version('implicit')}")
    assert found["data"][1] == "embedded synthetic cinema"
    assert found["assignments"][1] == "sums"
    assert found["gradebook"][1] == "1 assignments, 0 students"
    assert found["a notebook"][1].startswith("one with a single cell was run in ")
    code, out, _ = run("doctor")
    assert code == 0
    assert ["assignments", "ready", "sums"] in [line.split() for line in out.splitlines()]


def test_what_is_not_ready_is_named_and_stops_nothing(toy, run, doctor, monkeypatch):
    run("release")
    source = toy.source("sums")
    write(source, source.read_text("utf-8").replace("two and three", "Two and three"))
    monkeypatch.setenv("DATA_DIR", "nowhere")
    monkeypatch.setattr(bwrap, "trouble", lambda: "no namespaces")
    monkeypatch.setattr(landlock, "trouble", lambda: "an old kernel")
    code, found, err = doctor()
    assert code == 1
    assert err == (
        "recsys-course: not ready: data, assignments, student code, a notebook; what to do is said "
        "above\n"
    )
    assert found["data"][1] == (
        "nowhere: no such folder; check the path (the folder comes from DATA_DIR)"
    )
    assert found["assignments"][1] == (
        "edited since their release: sums (cell test-add, homework/en/sums/sums.ipynb); run release"
    )
    assert found["student code"][1].startswith(
        "no sandbox for student code here (bubblewrap: no namespaces; Landlock: an old kernel). "
    )
    assert found["gradebook"] == (True, "1 assignments, 0 students")


def test_outside_of_a_course_only_the_machine_is_looked_at(doctor, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, found, _ = doctor()
    assert (code, list(found)) == (0, ["machine", "data", "cache"])


def test_a_cache_that_cannot_be_written_is_named(doctor, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECSYS_COURSE_CACHE", "/proc/nothing")
    code, found, _ = doctor()
    assert code == 1
    assert found["cache"][1].startswith("/proc/nothing: can't be written")


def test_a_folder_that_is_no_course_is_one_line(run, tmp_path):
    code, _, err = run("doctor", "--course-dir", tmp_path)
    assert (code, err.count("\n")) == (1, 1)
    assert "not a course, it has no nbgrader_config.py" in err
