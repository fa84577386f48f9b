"""A toy nbgrader course, small enough to release and grade in a test.

nbgrader takes seconds to import, so only the tests that ask for the toy pay for it.
"""

import functools
import shutil
import tempfile
from pathlib import Path

import pytest
from nbformat import v4

ROOT = Path(__file__).resolve().parents[1]

ADD = """def add(a, b):
    ### BEGIN SOLUTION
    return a + b
    ### END SOLUTION"""
TEST_ADD = """# Sums of small and of negative numbers.
assert add(2, 3) == 5, "two and three make five: did you multiply?"
### BEGIN HIDDEN TESTS
assert add(-1, 1) == 0, "negative numbers count, too"
### END HIDDEN TESTS"""
TWICE = """def twice(a):
    ### BEGIN SOLUTION
    return add(a, a)
    ### END SOLUTION"""
TEST_TWICE = '# Twice a number.\nassert twice(4) == 8, "twice four is eight"'


def nbgrader_cell(grade_id, source, *, grade=False, solution=False, points=None, kind="code"):
    meta = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        meta["points"] = points
    make = v4.new_code_cell if kind == "code" else v4.new_markdown_cell
    return make(source, id=grade_id, metadata={"nbgrader": meta})


def toy_notebook():
    return v4.new_notebook(
        cells=[
            nbgrader_cell("title", "# Sums", kind="markdown"),
            nbgrader_cell("add", ADD, solution=True),
            v4.new_code_cell("add(1, 1)", id="try-add"),
            nbgrader_cell("test-add", TEST_ADD, grade=True, points=2),
            nbgrader_cell("twice", TWICE, solution=True),
            nbgrader_cell("test-twice", TEST_TWICE, grade=True, points=1),
            nbgrader_cell(
                "explain", "Because.", grade=True, solution=True, points=2, kind="markdown"
            ),
        ]
    )


@functools.cache
def empty_gradebook():
    """Return the bytes of a new gradebook: nbgrader takes seconds to make one."""
    from coursegrader.course.gradebook import opened
    from coursegrader.course.root import find

    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "nbgrader_config.py", folder)
        course = find(Path(folder))
        with opened(course):
            pass
        return (course.root / "gradebook.db").read_bytes()


def build_toy(folder, *names):
    """Make a course whose assignments (one, "sums", by default) are the toy notebook."""
    from coursegrader.course.notebook import to_text
    from coursegrader.course.root import find
    from coursegrader.files import write
    from coursegrader.sandbox import bwrap, landlock

    config = (ROOT / "nbgrader_config.py").read_text("utf-8")
    if bwrap.trouble() and landlock.trouble():  # it is our own code, which may run without, too
        config += "\nc.Execute.sandbox = 'if there'\n"
    write(folder / "nbgrader_config.py", config)
    for name in names or ("sums",):
        source = folder / "solutions" / "en" / name
        write(source / f"{name}.ipynb", to_text(toy_notebook()))
        write(source / "numbers.csv", "a,b\n1,2\n")
    write(folder / "gradebook.db", empty_gradebook())
    return find(folder)


@pytest.fixture
def run(capsys, monkeypatch):
    """Call the command line in this process; return its exit status, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "100")

    def call(*args):
        from recsys_course.cli import main

        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in args])
        return ended.value.code, *capsys.readouterr()

    return call


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A course with one assignment, "sums", not yet released; the current folder is its root."""
    monkeypatch.delenv("RECSYS_COURSE_LANG", raising=False)
    course = build_toy(tmp_path / "course")
    monkeypatch.chdir(course.root)
    return course


@pytest.fixture(scope="session")
def quick():
    """Execute a course's cells in this process, where kernels are not what a test is about."""
    from coursegrader.course.root import find
    from coursegrader.files import write
    from tests.in_this_process import SETTING

    def quicken(root):
        config = root / "nbgrader_config.py"
        write(config, config.read_text("utf-8") + SETTING)
        if not (root / "gradebook.db").exists():
            write(root / "gradebook.db", empty_gradebook())
        return find(root)

    return quicken


@pytest.fixture(scope="session")
def toy_builder():
    return build_toy


@pytest.fixture(scope="session")
def hand_in():
    """Put a submission into submitted/: the release, filled in with these cells."""
    from coursegrader.course.bank import Variant, filled_in
    from coursegrader.course.notebook import to_text
    from coursegrader.files import write
    from coursegrader.intake.submission import Submission

    def put(course, student, assignment="sums", stub=(), **cells):
        cells = {name.replace("_", "-"): source for name, source in cells.items()}
        made = Variant(student, "", "wrong", stub=stub, cells=cells)
        path = Submission(course, assignment, student).submitted
        write(path, to_text(filled_in(course, assignment, made)))
        return path

    return put


@pytest.fixture(scope="session")
def warm(tmp_path_factory):
    """The interpreter that notebooks are forked from where a kernel of their own is not needed."""
    from tests.warm import Warm

    interpreter = Warm(tmp_path_factory.mktemp("models"))
    yield interpreter
    interpreter.close()
