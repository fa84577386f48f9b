"""The command ``recsys-course bundle``: students get what they run, and no answer."""

import io
import json
import os
import re
import subprocess
import sys
import tokenize
import zipfile
from pathlib import Path

import pytest

from coursegrader.course.lint.marks import marks
from coursegrader.course.notebook import read, to_text
from coursegrader.files import write

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "solutions" / "en").glob("*/*.ipynb"))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The files of the course's own bundle: name -> content."""
    path = tmp_path_factory.mktemp("bundle") / "class.zip"
    environ = {name: text for name, text in os.environ.items() if name != "RECSYS_COURSE_LANG"}
    done = subprocess.run(
        [sys.executable, "-c", "from recsys_course.cli import main; main()", "bundle", str(path)],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith(f"{path}: ")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def unpacked(bundle, tmp_path_factory):
    folder = tmp_path_factory.mktemp("student")
    for name, content in bundle.items():
        write(folder / name, content)
    return folder / "recsys-course"


def test_all_that_students_run_and_nothing_else(bundle):
    assert {name.partition("/")[0] for name in bundle} == {"recsys-course"}
    names = {name.partition("/")[2] for name in bundle}
    assert {name.partition("/")[0] for name in names} == {
        "LICENSE", "README.md", "course.py", "coursegrader", "homework", "img", "lessons",
        "nbgrader_config.py", "pyproject.toml", "recsys_course", "requirements.lock",
    }  # fmt: skip
    lessons = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("lessons/en/*.ipynb")}
    assert lessons <= names
    assert {name for name in names if name.startswith("homework/")} == {
        f"homework/en/{path.parent.name}/{path.name}" for path in SOURCES
    }
    assert not [name for name in names if re.search("solution|bank|gradebook|__pycache__", name)]
    assert {name for name in names if name.startswith("coursegrader/cli")} == {
        f"coursegrader/cli/{name}.py" for name in ("__init__", "examine", "options", "program")
    }


def visible_and_hidden(path):
    """The code of a source that students get, and that of its hidden tests."""
    seen, hidden = [], []
    begin, end = marks(None)["hidden test"]
    for cell in read(path).cells:
        within = False
        for line in cell.source.splitlines():
            within = (within or begin in line) and end not in line
            if begin not in line and end not in line:
                (hidden if within else seen).append(line)
    return "\n".join(seen), hidden


def numbers(lines):
    """The numbers of three or more significant digits in lines of code."""
    found = set()
    for line in lines:
        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(line.strip()).readline))
        except tokenize.TokenError:  # a line of several
            tokens = [*re.findall(r"(?<![\w.])[\d_]+(?:\.\d+)?(?![\w.])", line)]
        for token in tokens:
            text = token if isinstance(token, str) else token.string * (token.type == 2)
            # not by Python's own rules: what looks like a number in a piece of a text may be 04
            if text[:1].isdigit() and len(f"{float(text):.12g}".replace(".", "").strip("0")) > 2:
                found.add(text)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_hidden_line_and_no_number_of_one(bundle, path):
    seen, hidden = visible_and_hidden(path)
    assert hidden
    texts = {}
    for name, content in bundle.items():
        if name.endswith(".ipynb"):
            cells = json.loads(content)["cells"]
            texts[name] = "\n".join(json.dumps(cell.get("outputs")) for cell in cells)
            texts[name] += "\n".join("".join(cell["source"]) for cell in cells)
        elif name.endswith((".py", ".md", ".toml")):
            texts[name] = content.decode("utf-8")
    for line in map(str.strip, hidden):
        if len(line) > 20 and line not in seen:
            assert not [name for name, text in texts.items() if line in text], line
    for number in numbers(hidden) - numbers(seen.splitlines()):
        pattern = re.compile(rf"(?<![\w.]){re.escape(number)}(?![\w.])")
        assert not [name for name, text in texts.items() if pattern.search(text)], number


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_line_of_a_solution_in_the_homework(bundle, path):
    begin, end = marks(None)["solution"]
    text = bundle[f"recsys-course/homework/en/{path.parent.name}/{path.name}"].decode("utf-8")
    cells = json.loads(text)["cells"]
    given = "\n".join("".join(cell["source"]) for cell in cells)
    assert begin not in given
    solved = []
    for cell in read(path).cells:
        within = False
        for line in cell.source.splitlines():
            within = (within or begin in line) and end not in line
            if within and begin not in line and len(line.strip()) > 20:
                solved.append(line.strip())
    assert solved
    assert not [line for line in solved if line in given]


def test_a_hidden_line_would_be_found(bundle):
    _, hidden = visible_and_hidden(ROOT / "solutions" / "en" / "knn" / "knn.ipynb")
    assert len([line for line in hidden if len(line.strip()) > 20]) > 20
    assert numbers(["x == 0.2537", "seed=1_234", "f(10, 0.5, 100)"]) == {"0.2537", "1_234"}


def test_its_modules_and_commands_need_nothing_else(unpacked):
    code = (
        "import importlib, pkgutil, coursegrader, recsys_course\n"
        "for package in (coursegrader, recsys_course):\n"
        "    assert package.__file__.startswith(PLACE), package.__file__\n"
        "    for each in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(each.name)\n"
        "from recsys_course.quiz import questions\n"
        "assert len(questions('knn')) == 9\n"  # from a file that is no module
        "from recsys_course.cli import main\n"
        "main(['--help'])\n"
    ).replace("PLACE", repr(str(unpacked)))
    environ = os.environ | {"PYTHONPATH": str(unpacked)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=unpacked, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    commands = done.stdout.partition("Commands:")[2].split("\n")
    assert [line.split()[0] for line in commands if line.strip()] == [
        "lab", "doctor", "progress", "data"
    ]  # fmt: skip


def test_its_homework_has_a_course_around_it(unpacked):
    code = (
        "from coursegrader.files import course_above\nfrom pathlib import Path\n"
        "print(course_above(Path('homework/en/knn')))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=unpacked, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()) == unpacked.resolve()


def test_the_same_files_are_the_same_bytes(toy, run, tmp_path, quick):
    quick(toy.root)
    run("release")
    one, other = tmp_path / "one.zip", tmp_path / "other.zip"
    assert run("bundle", str(one))[0] == 0
    for path in toy.root.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert run("bundle", str(other))[0] == 0
    assert one.read_bytes() == other.read_bytes()
    folder = tmp_path / "folder"
    code, out, _ = run("bundle", str(folder))
    assert code == 0
    with zipfile.ZipFile(one) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert out.startswith(f"{folder}: {len(files)} files, ")
    assert files == {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert {name for name in files if name.startswith("homework/")} == {
        "homework/en/sums/numbers.csv",
        "homework/en/sums/sums.ipynb",
    }


def test_the_homework_of_another_course_folder(toy, run, tmp_path, monkeypatch, quick):
    quick(toy.root)
    run("release")
    monkeypatch.chdir(tmp_path)
    assert run("bundle", "out", "--course-dir", str(toy.root))[0] == 0
    assert (tmp_path / "out" / "homework" / "en" / "sums" / "sums.ipynb").is_file()


def test_homework_that_is_not_what_its_source_generates(toy, run, tmp_path, quick):
    quick(toy.root)
    code, _, err = run("bundle", str(tmp_path / "class.zip"))
    missing = "homework/en/sums/numbers.csv: is missing; first run recsys-course release"
    assert (code, err) == (1, f"recsys-course: {missing}\n")
    run("release")
    notebook = read(toy.source("sums"))
    notebook.cells[2].source = "add(2, 2)"
    write(toy.source("sums"), to_text(notebook))
    code, _, err = run("bundle", str(tmp_path / "class.zip"))
    assert code == 1
    assert err.startswith("recsys-course: homework/en/sums/sums.ipynb: differs first in cell ")
    assert not list(tmp_path.glob("class*"))


def test_a_folder_in_use_stays_as_it_is(toy, run, tmp_path, quick):
    quick(toy.root)
    run("release")
    write(tmp_path / "mine" / "notes.txt", "mine")
    code, _, err = run("bundle", str(tmp_path / "mine"))
    assert (code, err) == (
        1,
        f"recsys-course: {tmp_path}/mine: in use; name a new or empty folder, or a FILE.zip\n",
    )
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_an_edition_without_lessons(toy, run, tmp_path):
    code, _, err = run("bundle", str(tmp_path / "class.zip"), "--lang", "ru")
    assert code == 1
    assert "lessons/ru: no lessons; name an edition with --lang" in err
    code, _, err = run("bundle", str(tmp_path / "class.zip"), "--lang", "de")
    assert (code, err.count("\n")) == (1, 1)
