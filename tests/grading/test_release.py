"""What students get: nothing of the solution, always the same bytes, and nothing else touched."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import nullcontext

import nbformat
import pytest
from nbgrader.dbutil import write_alembic_ini
from nbgrader.nbgraderformat import MetadataValidator, ValidationError

from coursegrader.course.gradebook import opened
from coursegrader.course.notebook import read, to_text
from coursegrader.course.release import compare, release
from coursegrader.course.root import find
from coursegrader.errors import UserError
from coursegrader.files import write
from tests.conftest import nbgrader_cell


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_students_get_stubs_and_visible_tests_only(toy):
    release(toy, "sums")
    cells = {cell.id: cell for cell in nbformat.read(toy.release("sums"), 4).cells}
    assert cells["add"].source == (
        "def add(a, b):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    )
    assert cells["test-add"].source == (
        "# Sums of small and of negative numbers.\n"
        'assert add(2, 3) == 5, "two and three make five: did you multiply?"'
    )
    assert cells["explain"].source == "YOUR ANSWER HERE"
    assert cells["try-add"].source == "add(1, 1)"
    assert not cells["test-add"].metadata.editable
    assert not cells["test-add"].metadata.deletable
    assert len(cells["test-add"].metadata.nbgrader.checksum) == 32


def test_the_source_stays_as_it_is(toy):
    before = toy.source("sums").read_bytes()
    release(toy, "sums")
    assert toy.source("sums").read_bytes() == before


def test_releasing_twice_changes_no_byte_and_no_date(toy):
    assert [each.path for each in release(toy, "sums")] == [
        toy.release("sums").with_name("numbers.csv"),
        toy.release("sums"),
    ]
    folder = toy.release("sums").parent
    before = bytes_of(folder)
    os.utime(toy.release("sums"), (1, 1))
    assert release(toy, "sums") == []
    assert bytes_of(folder) == before
    assert toy.release("sums").stat().st_mtime == 1


def test_another_gradebook_or_machine_gives_the_same_bytes(toy, toy_builder, tmp_path):
    other = toy_builder(tmp_path / "elsewhere")
    release(toy, "sums")
    release(other, "sums")
    assert bytes_of(toy.release("sums").parent) == bytes_of(other.release("sums").parent)


def test_ids_that_an_editor_left_out_are_the_same_each_time(toy, toy_builder, tmp_path):
    courses = [toy, toy_builder(tmp_path / "elsewhere")]
    for course in courses:
        raw = json.loads(course.source("sums").read_text(encoding="utf-8"))
        raw["nbformat_minor"] = 4
        for cell in raw["cells"]:
            del cell["id"]
        write(course.source("sums"), json.dumps(raw))
        release(course, "sums")
    first, second = (course.release("sums") for course in courses)
    assert [cell.id for cell in read(first).cells] == [
        "title", "add", "cell-2", "test-add", "twice", "test-twice", "explain",
    ]  # fmt: skip
    assert first.read_bytes() == second.read_bytes()


def test_what_the_run_leaves_in_the_source_is_not_released(toy):
    notebook = read(toy.source("sums"))
    release(toy, "sums")
    clean = toy.release("sums").read_bytes()
    notebook.metadata.language_info = {"name": "python", "version": "3.11.7"}
    notebook.cells[2].update(execution_count=7, outputs=[])
    notebook.cells[2].metadata.update(execution={"iopub.status.busy": "2026-01-01"}, collapsed=True)
    write(toy.source("sums"), to_text(notebook))
    assert release(toy, "sums") == []
    assert toy.release("sums").read_bytes() == clean


def test_other_files_are_copied_and_those_of_the_release_are_kept(toy):
    kept = toy.release("sums").with_name("note.txt")
    write(kept, "kept")
    release(toy, "sums")
    assert bytes_of(kept.parent).keys() == {"sums.ipynb", "numbers.csv", "note.txt"}
    assert kept.read_text(encoding="utf-8") == "kept"


def test_the_gradebook_knows_the_hidden_tests_and_the_points(toy):
    release(toy, "sums")
    with opened(toy) as gradebook:
        cells = {
            cell.name: cell.max_score
            for cell in gradebook.find_notebook("sums", "sums").grade_cells
        }
        source = gradebook.find_source_cell("test-add", "sums", "sums").source
    assert cells == {"test-add": 2, "test-twice": 1, "explain": 2}
    assert "negative numbers" in source


def test_comparing_writes_nothing_and_names_the_first_cell(toy):
    before = (toy.root / "gradebook.db").read_bytes()
    assert [(each.path.name, each.reason) for each in compare(toy, "sums")] == [
        ("numbers.csv", "is missing"),
        ("sums.ipynb", "is missing"),
    ]
    assert (toy.root / "gradebook.db").read_bytes() == before
    assert not toy.release("sums").exists()

    release(toy, "sums")
    assert compare(toy, "sums") == []
    notebook = read(toy.source("sums"))
    notebook.cells[3].source = notebook.cells[3].source.replace("two and three", "2 and 3")
    notebook.cells[6].metadata.nbgrader.points = 5
    write(toy.source("sums"), to_text(notebook))
    assert [each.reason for each in compare(toy, "sums")] == [
        "differs first in cell test-add: source"
    ]


def test_a_change_of_points_alone_is_a_difference(toy):
    release(toy, "sums")
    notebook = read(toy.source("sums"))
    notebook.cells[6].metadata.nbgrader.points = 5
    write(toy.source("sums"), to_text(notebook))
    assert [each.reason for each in compare(toy, "sums")] == [
        "differs first in cell explain: metadata"
    ]


def test_a_damaged_release_is_named_and_mended(toy):
    release(toy, "sums")
    write(toy.release("sums"), "{")
    assert "not JSON" in compare(toy, "sums")[0].reason
    release(toy, "sums")
    assert compare(toy, "sums") == []


def test_a_failed_release_leaves_the_old_one(toy):
    release(toy, "sums")
    before = bytes_of(toy.release("sums").parent)
    notebook = read(toy.source("sums"))
    notebook.cells[3].source = "### BEGIN HIDDEN TESTS\nassert add(1, 1) == 2"
    write(toy.source("sums"), to_text(notebook))
    with pytest.raises(UserError, match=r"solutions/en/sums/sums\.ipynb: nbgrader cannot convert"):
        release(toy, "sums")
    assert bytes_of(toy.release("sums").parent) == before


def test_the_other_edition_has_folders_of_its_own(toy, monkeypatch):
    for name in ("solutions", "homework"):
        (toy.root / name / "en").mkdir(parents=True, exist_ok=True)
    (toy.root / "solutions" / "en").rename(toy.root / "solutions" / "ru")
    monkeypatch.setenv("RECSYS_COURSE_LANG", "ru")
    release(find(toy.root), "sums")
    assert (toy.root / "homework" / "ru" / "sums" / "sums.ipynb").is_file()


def test_a_folder_that_is_no_course(tmp_path):
    with pytest.raises(UserError, match=r"not a course, it has no nbgrader_config\.py"):
        find(tmp_path)
    with pytest.raises(UserError, match="no such folder"):
        find(tmp_path / "nowhere")


def test_the_nearest_course_upwards_is_found(toy, monkeypatch):
    monkeypatch.chdir(toy.source("sums").parent)
    assert find().root == toy.root


def test_finding_a_course_changes_no_variable(toy):
    before = dict(os.environ)
    find(toy.root)
    assert dict(os.environ) == before


def test_an_option_of_another_type_is_named(toy):
    write(toy.root / "nbgrader_config.py", "c = get_config()\nc.CourseGrader.bank = 5")
    with pytest.raises(UserError, match=r"nbgrader_config\.py: The 'bank' trait of a CourseGrader"):
        find(toy.root)


def test_what_is_chosen_for_one_command_changes_nothing_else(toy):
    assert toy.directory(assignment_id="sums").assignment_id == "sums"
    assert toy.directory().assignment_id == ""


def test_a_broken_configuration_is_named(toy):
    write(toy.root / "nbgrader_config.py", "c = get_config(\n")
    with pytest.raises(UserError, match=r"nbgrader_config\.py: SyntaxError"):
        find(toy.root)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not JSON"),
        ("[]", "not a notebook of format 4"),
        ('{"cells": [{"cell_type": "code"}], "nbformat": 4}', "not a valid notebook"),
        ('{"cells": [], "nbformat": 3, "metadata": {}}', "nbformat: found 3, expected 4"),
        (
            '{"cells": [], "nbformat": 4, "metadata": {"kernelspec": {}}}',
            "metadata/kernelspec: 'name'",
        ),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_reading_what_is_no_notebook(tmp_path, content, message):
    write(tmp_path / "x.ipynb", content)
    with pytest.raises(UserError, match=message) as told:
        read(tmp_path / "x.ipynb")
    assert "\n" not in str(told.value)


def test_reading_what_is_not_there(tmp_path):
    with pytest.raises(UserError, match="no such notebook"):
        read(tmp_path / "x.ipynb")
    with pytest.raises(UserError, match="not a file"):
        read(tmp_path)


def test_writing_keeps_the_old_file_if_it_fails(tmp_path, monkeypatch):
    write(tmp_path / "x.txt", "old")

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path / "x.txt", "new")
    assert bytes_of(tmp_path) == {"x.txt": b"old"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_source_with_a_byte_order_mark_is_read(toy, encoding):
    path = toy.source("sums")
    plain = read(path)
    write(path, path.read_text("utf-8").encode(encoding))
    assert read(path) == plain


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, ""),
        ({"points": "two"}, "'two' is not of type 'number'"),
        ({"grade": 1}, "1 is not of type 'boolean'"),
        ({"grade_id": "a b"}, "'a b' does not match"),
    ],
)
def test_nbgrader_still_refuses_cells_that_are_not_its_own(change, told):
    cell = nbgrader_cell("test-add", "assert add", grade=True, points=2)
    cell.metadata.nbgrader.update(change)
    refused = pytest.raises(ValidationError, match=told) if told else nullcontext()
    with refused:
        MetadataValidator().validate_cell(cell)


@pytest.mark.long
def test_a_new_gradebook_notes_the_version_that_nbgrader_would(toy):
    with sqlite3.connect(toy.root / "gradebook.db") as database:
        ((noted,),) = database.execute("select version_num from alembic_version")
    ini = toy.root / "alembic.ini"
    write_alembic_ini(str(ini))
    command = [sys.executable, "-m", "alembic.config", "-c", str(ini), "heads"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told == f"{noted} (head)\n"
