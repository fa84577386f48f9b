"""The command ``recsys-course begin``: own assignments beside the course's, and newer ones."""

import shutil
from pathlib import Path

import pytest

import recsys_course.cli.begin
from coursegrader.course.notebook import read, to_text
from coursegrader.files import write


@pytest.fixture
def checkout(toy_builder, tmp_path, monkeypatch, quick):
    """A course that has two assignments and a bank, in place of the real one."""
    course = quick(toy_builder(tmp_path / "checkout", "sums", "twice").root)
    write(course.root / "bank" / "sums" / "wrong.toml", 'title = "Wrong"\nkind = "wrong"\n')
    (course.root / "gradebook.db").unlink()
    monkeypatch.setattr(recsys_course.cli.begin, "checkout", lambda: course.root)
    monkeypatch.delenv("RECSYS_COURSE_LANG", raising=False)
    monkeypatch.chdir(tmp_path)
    return course


def edit(path: Path, text: str):
    notebook = read(path)
    notebook.cells[0].source = text
    write(path, to_text(notebook))


def content(folder):
    files = (path for path in folder.rglob("*") if path.is_file() and ".course" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


def test_a_new_folder_is_a_course(checkout, run):
    assert run("begin", "mine") == (
        0,
        "mine: 6 files new\nnext: recsys-course release --course-dir mine\n",
        "",
    )
    assert content(Path("mine")) == content(checkout.root)
    assert run("release", "sums", "--course-dir", "mine")[0] == 0
    handed = Path("mine/submitted/ann/sums/sums.ipynb")
    write(handed, Path("mine/homework/en/sums/sums.ipynb").read_bytes())
    assert run("grade", "--course-dir", "mine")[0] == 0
    assert not (checkout.root / "gradebook.db").exists()
    assert not (checkout.root / "homework").exists()


def test_a_newer_course_replaces_what_is_unchanged_and_nothing_else(checkout, run):
    run("begin", "mine")
    mine, theirs = Path("mine/solutions/en"), checkout.root / "solutions" / "en"
    edit(mine / "sums" / "sums.ipynb", "# My sums")
    shutil.copytree(mine / "twice", mine / "own")
    write(Path("mine/submitted/ann/sums/sums.ipynb"), "{}")
    before = content(Path("mine"))
    assert run("begin", "mine") == (0, "mine: up to date\n", "")
    assert content(Path("mine")) == before

    edit(theirs / "sums" / "sums.ipynb", "# Better sums")
    edit(theirs / "twice" / "twice.ipynb", "# Better twice")
    shutil.copytree(theirs / "twice", theirs / "added")
    (checkout.root / "bank" / "sums" / "wrong.toml").unlink()
    code, out, err = run("begin", "mine")
    assert (code, err) == (0, "")
    assert out == (
        "mine/solutions/en/sums/sums.ipynb: changed here, and stays; the newer one is "
        f"{theirs}/sums/sums.ipynb\n"
        "mine/bank/sums/wrong.toml: no longer part of the course, and stays\n"
        "mine: 2 files new, 1 files renewed\n"
        "next: recsys-course release --course-dir mine\n"
    )
    after = content(Path("mine"))
    renewed = "solutions/en/twice/twice.ipynb"
    assert after.pop(renewed) == (theirs / "twice" / "twice.ipynb").read_text("utf-8")
    before.pop(renewed)
    assert {name: text for name, text in after.items() if "/added/" not in name} == before
    assert run("begin", "mine") == (0, "mine: up to date\n", "")


def test_what_was_deleted_stays_deleted(checkout, run):
    run("begin", "mine")
    shutil.rmtree("mine/solutions/en/twice")
    assert run("begin", "mine") == (0, "mine: up to date\n", "")
    assert not Path("mine/solutions/en/twice").exists()


def test_without_its_notes_all_that_differs_is_the_users_own(checkout, run):
    run("begin", "mine")
    edit(Path("mine/solutions/en/sums/sums.ipynb"), "# My sums")
    write(Path("mine/.course/taken.json"), "{")
    edit(checkout.root / "solutions/en/twice/twice.ipynb", "# Better twice")
    out = run("begin", "mine")[1]
    assert out.count("changed here, and stays") == 2
    assert "# My sums" in Path("mine/solutions/en/sums/sums.ipynb").read_text("utf-8")


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("checkout/mine", "lies in the checkout; name a folder outside of"),
        ("used", "in use, and no course, for it has no nbgrader_config.py"),
        ("used/notes.txt", "not a folder; name a new or empty one"),
    ],
)
def test_a_folder_that_is_no_place_for_a_course(checkout, run, folder, words):
    write(Path("used/notes.txt"), "mine")
    code, out, err = run("begin", folder)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert words in err
    assert content(Path("used")) == {"notes.txt": "mine"}
