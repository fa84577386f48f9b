"""Settings reached by accident, from a notebook or from HOME, decide nothing about points."""

import pytest
from nbformat.v4 import new_code_cell

from coursegrader.course.notebook import read, to_text
from coursegrader.files import write
from coursegrader.intake.submission import Submission
from coursegrader.run.one import grade
from tests.released import release

BY_CLASS = (
    "from IPython.core.interactiveshell import InteractiveShell\n"
    "InteractiveShell.ast_node_interactivity = {!r}"
)
BY_OBJECT = "get_ipython().ast_node_interactivity = {!r}"
BY_MAGIC = "%config InteractiveShell.ast_node_interactivity = {!r}"
EACH = [
    pytest.param(way.format(value), id=f"{name}, {value}", marks=marks)
    for name, way in (("class", BY_CLASS), ("object", BY_OBJECT), ("magic", BY_MAGIC))
    for value in ("all", "last", "last_expr_or_assign")
    for marks in [[] if value == "all" or name == "magic" else [pytest.mark.long]]
]
HONEST = "def add(a, b):\n    return a + b", "def twice(a):\n    return add(a, a)"


@pytest.fixture(scope="module")
def course(tmp_path_factory, toy_builder):
    """A course whose tests show a text, and then a value, unless only the last is shown."""
    course = toy_builder(tmp_path_factory.mktemp("settings") / "course")
    notebook = read(course.source("sums"))
    for cell in notebook.cells:
        if cell.id.startswith("test-"):
            check = cell.source.partition("\n")[2]
            cell.source = f'"""Shown by some settings."""\nwanted = 2\nwanted\n{check}'
    write(course.source("sums"), to_text(notebook))
    release(course, "sums")
    return course


def points(course, student, tip, *answers):
    """Hand in the release with the tip at its top, and the two functions filled in if given."""
    notebook = read(course.release("sums"))
    for name, source in zip(("add", "twice"), answers, strict=False):
        (cell,) = [cell for cell in notebook.cells if cell.id == name]
        cell.source = source
    notebook.cells.insert(1, new_code_cell(tip, id="tip"))
    write(Submission(course, "sums", student).submitted, to_text(notebook))
    outcome = grade(Submission(course, "sums", student))
    assert outcome.reason == ""
    return outcome.points


@pytest.mark.parametrize("tip", EACH)
def test_an_untouched_release_gets_nothing_whatever_is_shown(course, tip):
    assert points(course, "untouched", tip) == 0


@pytest.mark.parametrize("tip", [pytest.param(BY_CLASS.format("all"), id="class, all")])
def test_an_honest_solution_keeps_all_its_points(course, tip):
    assert points(course, "honest", tip, *HONEST) == 3


def test_a_tip_between_two_tests_and_another_way_each_time(course):
    answers = [f"{HONEST[0]}\n{BY_OBJECT.format('all')}", BY_CLASS.format("all")]
    assert points(course, "again", BY_MAGIC.format("all"), *answers) == 2


def test_settings_in_home_reach_no_kernel(course, tmp_path, monkeypatch):
    home = tmp_path / "home"
    profile = home / ".ipython" / "profile_default"
    settings = {
        profile / "ipython_config.py": "c.InteractiveShell.ast_node_interactivity = 'all'",
        profile / "startup" / "mine.py": "def add(a, b): return a + b",
        home / ".config" / "matplotlib" / "matplotlibrc": "lines.linewidth: 9",
        home / ".local" / "share" / "jupyter" / "kernels" / "python3" / "kernel.json": "{}",
        home / "lib" / "numpy.py": "raise ImportError('of another project')",
        home / "start.py": "def twice(a): return a + a",
    }
    for path, text in settings.items():
        write(path, text)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PYTHONPATH", str(home / "lib"))
    monkeypatch.setenv("PYTHONSTARTUP", str(home / "start.py"))
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    monkeypatch.delenv("IPYTHONDIR", raising=False)
    tip = "import numpy, matplotlib\nassert matplotlib.rcParams['lines.linewidth'] == 1.5"
    assert points(course, "home", "pass") == 0
    assert points(course, "at-home", "pass", f"{tip}\n{HONEST[0]}", HONEST[1]) == 3
