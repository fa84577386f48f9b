"""What is handed in becomes a folder that nbgrader can digest, or a reason in one line."""

import json
import os
from types import SimpleNamespace

import pytest
from nbgrader.utils import parse_utc

from coursegrader.course.notebook import read, to_text
from coursegrader.course.release import release
from coursegrader.course.root import find
from coursegrader.errors import UserError
from coursegrader.files import write
from coursegrader.intake.collect import handed_in
from coursegrader.intake.copy import take_in
from coursegrader.intake.submission import Submission
from coursegrader.run.klass import grade_all

NOTEBOOK = """{
 "cells": [
  {"cell_type": "code", "execution_count": null, "id": "a", "metadata": {"nbgrader": NBGRADER},
   "outputs": [], "source": "1"}
 ],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 5
}"""


@pytest.fixture
def handed(tmp_path):
    """A submission of one notebook; the assignment has a file numbers.csv of its own."""
    write(tmp_path / "nbgrader_config.py", "")
    write(tmp_path / "source" / "knn" / "numbers.csv", "1,2")
    ann = Submission(find(tmp_path), "knn", "ann")
    write(ann.submitted, NOTEBOOK.replace("NBGRADER", "{}"))

    def take():
        for error in take_in(ann, tmp_path / "into").values():
            raise error

    return SimpleNamespace(
        submitted=ann.submitted,
        folder=ann.submitted.parent,
        into=tmp_path / "into",
        take=take,
    )


@pytest.mark.parametrize(
    ("raw", "time"),
    [
        (b"2026-11-03 10:00:00 UTC", "2026-11-03 10:00:00"),
        (b"2026-11-03 10:00:00.250000 Europe/Moscow\n", "2026-11-03 07:00:00.250000"),
        (b"2026-11-03T10:00:00+01:00", "2026-11-03 09:00:00"),
        ("\ufeff2026-11-03 10:00".encode(), "2026-11-03 10:00"),
        ("2026-11-03 10:00".encode("utf-16"), "2026-11-03 10:00"),
        ("\ufeff2026-11-03 10:00".encode("utf-16-be"), "2026-11-03 10:00"),
        (b"", None),
        (b"soon", None),
        ("3 ноября".encode("cp1251"), None),
        (b"99999999999999", None),
        (b"2026-13-45 99:00:00 UTC", None),
        (b"2026-11-03 10:00:00 +999999", None),
        (b"\x00\xff\xfe", None),
    ],
)
def test_a_timestamp_is_kept_if_it_is_one(handed, raw, time):
    write(handed.folder / "timestamp.txt", raw)
    handed.take()
    kept = handed.into / "timestamp.txt"
    if time is None:
        assert not kept.exists()
    else:
        assert parse_utc(kept.read_text("utf-8").strip()) == parse_utc(time)


def test_plain_files_come_along_and_nothing_stands_in_the_way_of_the_assignments_own(handed):
    write(handed.folder / "helper.py", "x = 1")
    write(handed.folder / "data" / "mine.csv", "3")
    write(handed.folder / "numbers.csv" / "odd.txt", "a folder with the name of a file")
    (handed.folder / "timestamp.txt").mkdir()
    handed.take()
    files = {path.relative_to(handed.into).as_posix() for path in handed.into.rglob("*.*")}
    assert files == {"knn.ipynb", "helper.py", "data/mine.csv"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
def test_links_and_pipes_stay_behind(handed, tmp_path):
    write(tmp_path / "secret.txt", "of somebody else")
    (handed.folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (handed.folder / "gone.txt").symlink_to(tmp_path / "gone")
    os.mkfifo(handed.folder / "pipe")
    handed.take()
    assert [path.name for path in handed.into.iterdir()] == ["knn.ipynb"]


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only administrators make links")
def test_a_link_to_nowhere_is_named(handed, tmp_path):
    handed.submitted.unlink()
    handed.submitted.symlink_to(tmp_path / "gone.ipynb")
    with pytest.raises(UserError, match=r"knn\.ipynb: a link to nowhere; hand in the file"):
        handed.take()


def test_what_systems_put_into_folders_is_nobodys_submission(toy, hand_in):
    release(toy, "sums")
    hand_in(toy, "ann")
    folder = toy.root / "submitted"
    for name in ("__MACOSX", "$RECYCLE.BIN", "System Volume Information", "@eaDir"):
        write(folder / name / "._ann" / "x", "")
        write(folder / "ann" / name / "x", "")
    for name in ("Thumbs.db", "desktop.ini", ".DS_Store", "Desktop.ini", "~$list.xlsx"):
        write(folder / name, "")
        write(folder / "ann" / "sums" / name, "")
    assert handed_in(toy, ["sums"]) == ([Submission(toy, "sums", "ann")], [])
    write(folder / "sums.zip", "what a person put there is named")
    (stray,) = handed_in(toy, ["sums"])[1]
    assert stray.startswith("submitted/sums.zip: not a folder; unpack it as submitted/<student>/")


ELSEWHERE = {
    "another name": (["mine.ipynb"], "found instead: mine.ipynb; rename it"),
    "too deep": (["knn/knn.ipynb"], "found instead: FOLDER/knn/knn.ipynb; move it to FOLDER/knn"),
    "deeper still": (["a/b/knn.ipynb"], "found instead: FOLDER/a/b/knn.ipynb; move it to FOLDER"),
    "only what Jupyter keeps": ([".ipynb_checkpoints/knn-checkpoint.ipynb"], "none is there"),
    "both": (["knn/knn.ipynb", "a.ipynb"], "found instead: FOLDER/knn/knn.ipynb; move it"),
    "nothing": ([], "none is there"),
}


@pytest.mark.parametrize(("names", "reason"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_notebook_in_another_place_is_pointed_at(handed, names, reason):
    handed.submitted.unlink()
    for name in names:
        write(handed.folder / name, "{}")
    with pytest.raises(UserError) as refused:
        handed.take()
    said = str(refused.value).replace(os.sep, "/").replace(handed.folder.as_posix(), "FOLDER")
    assert said.startswith(f"no knn.ipynb; {reason}")


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only administrators make links")
def test_a_link_to_nowhere_further_down_is_named(handed, tmp_path):
    handed.submitted.unlink()
    (handed.folder / "knn").mkdir()
    (handed.folder / "knn" / "knn.ipynb").symlink_to(tmp_path / "gone.ipynb")
    with pytest.raises(UserError, match=r"instead: knn/knn\.ipynb, a link to nowhere; hand in the"):
        handed.take()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_or_wide_letters_cost_nothing(handed, encoding):
    text = handed.submitted.read_text("utf-8").replace('"source": "1"', '"source": "один"')
    write(handed.submitted, text.encode(encoding))
    handed.take()
    copy = (handed.into / "knn.ipynb").read_bytes()
    assert copy.decode("utf-8").startswith("{")
    assert read(handed.into / "knn.ipynb").cells[0].source == "один"


def test_a_notebook_that_is_too_large_is_one_line_and_not_read(handed, monkeypatch):
    monkeypatch.setattr("coursegrader.course.notebook.LARGEST", 1_000)
    write(handed.submitted, " " * 1_001)
    with pytest.raises(UserError, match=r"knn\.ipynb: more than 0\.001 MB, too large for a noteb"):
        handed.take()
    assert not (handed.into / "knn.ipynb").exists()


def test_a_timestamp_that_is_a_film_is_none(handed):
    write(handed.folder / "timestamp.txt", b"2026-11-03 10:00:00 UTC" + b" " * 5_000)
    handed.take()
    assert not (handed.into / "timestamp.txt").exists()


@pytest.mark.parametrize("value", ["null", '"4"', "0", "true", "4.5", "5", "3", "[]", "4.0", None])
def test_an_nbformat_that_is_not_4_is_named(handed, value):
    text = handed.submitted.read_text("utf-8")
    if value is None:
        text = text.replace('"nbformat": 4, ', "")
    write(handed.submitted, text.replace('"nbformat": 4', f'"nbformat": {value}'))
    found = "nothing" if value is None else repr(json.loads(value))
    with pytest.raises(UserError) as refused:
        read(handed.submitted)
    assert str(refused.value) == (
        f"{handed.submitted}, nbformat: found {found}, expected 4; save it again in JupyterLab"
    )


@pytest.mark.parametrize(
    ("nbgrader", "reason"),
    [
        ('{"grade_id": ["a"]}', "cell number 0, grade_id: found ['a'], expected a text such as"),
        ('{"grade_id": null}', "cell number 0, grade_id: found None, expected a text"),
        ('{"grade_id": 7}', "cell number 0, grade_id: found 7, expected a text"),
        (
            '{"grade_id": "t", "points": "2"}',
            "cell number 0 (t), points: found '2', expected a number such as 2",
        ),
        ('{"grade": true, "points": null}', "points: found None, expected a number such as 2"),
        ('{"task": true, "points": null}', "points: found None, expected a number such as 2"),
        ('{"points": [2]}', "cell number 0, points: found [2], expected a number"),
        ('{"points": true}', "cell number 0, points: found True, expected a number"),
        ('{"points": NaN}', "cell number 0, points: found nan, expected a number"),
        ('{"grade": "yes"}', "cell number 0, grade: found 'yes', expected true or false"),
        ('{"locked": {}}', "cell number 0, locked: found {}, expected true or false"),
        ('{"schema_version": 3.5}', "schema_version: found 3.5, expected a whole number"),
        ('{"checksum": 5}', "cell number 0, checksum: found 5, expected a text"),
        ("[]", "cell number 0, metadata, nbgrader: found [], expected {...}"),
        ("null", "cell number 0, metadata, nbgrader: found None, expected {...}"),
        (
            '{"grade_id": "\\u001b[31m\\n", "points": "\\u001b[2J"}',
            "points: found '\\x1b[2J', expected",
        ),
        ('{"points": ' + "9" * 5000 + "}", "it holds a number of endless digits"),
        ('{"x": ' + "[" * 90_000 + "]" * 90_000 + "}", "nested too deeply"),
    ],
)
def test_metadata_of_another_type_is_named_with_the_cell(handed, nbgrader, reason):
    write(handed.submitted, NOTEBOOK.replace("NBGRADER", nbgrader))
    with pytest.raises(UserError) as refused:
        read(handed.submitted)
    assert reason in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ('[null]', "cell number 0: found None, expected {...}"),
        ('["x"]', "cell number 0: found 'x', expected {...}"),
        ('[{"metadata": []}]', "cell number 0, metadata: found [], expected {...}"),
        ('[{"metadata": {}}]', "not a valid notebook"),
        ("{}", "not a notebook of format 4"),
    ],
)  # fmt: skip
def test_cells_that_are_none_are_named(handed, cells, reason):
    write(handed.submitted, f'{{"cells": {cells}, "metadata": {{}}, "nbformat": 4}}')
    with pytest.raises(UserError) as refused:
        read(handed.submitted)
    assert reason in str(refused.value)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_students_folder_that_is_not_text_does_not_stop_the_others(toy, hand_in, run):
    release(toy, "sums")
    hand_in(toy, "ann")
    name = "Иван".encode("cp1251")
    folder = os.fsencode(toy.root / "submitted") + b"/" + name + b"/sums"
    os.makedirs(folder)
    submissions, strays = handed_in(toy, ["sums"])
    assert submissions == [Submission(toy, "sums", "ann")]
    assert strays[0].endswith(
        "its name is not plain UTF-8 text, as in archives from Windows; rename it"
    )
    code, out, err = run("grade")
    assert code == 1
    assert "3 of 5" in out
    assert r"submitted/\udcc8\udce2\udce0\udced: its name is not plain UTF-8 text" in err
    assert err.endswith("1 of 2 submissions need a person; they are named above\n")


def test_a_surprise_in_one_submission_does_not_stop_the_others(toy, hand_in, monkeypatch):
    release(toy, "sums")
    for student in ("ann", "bob"):
        hand_in(toy, student)

    def fingerprint(self):
        if self.student == "ann":
            raise ZeroDivisionError("nobody\nforesaw it")
        return "new"

    monkeypatch.setattr(Submission, "fingerprint", fingerprint)
    ann, bob = grade_all(handed_in(toy, ["sums"])[0])
    assert ann.reason == (
        "submitted/ann/sums/sums.ipynb: cannot be worked with "
        "(ZeroDivisionError: nobody foresaw it)"
    )
    assert (bob.points, bob.reason) == (3, "")


def test_the_wrong_assignment_is_recognised(toy_builder, tmp_path):
    course = toy_builder(tmp_path / "course", "sums", "pairs")
    notebook = read(course.source("pairs"))
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.grade_id = f"pair-{cell.metadata.nbgrader.grade_id}"
    write(course.source("pairs"), to_text(notebook))
    ann = Submission(course, "sums", "ann")
    write(ann.submitted, to_text(notebook))
    refused = take_in(ann, tmp_path / "into")
    assert str(refused["sums"]) == (
        "this is pairs, in the place of sums/sums; hand in the right one"
    )
    for cell in notebook.cells:  # names that nobody knows are a student's own matter
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.grade_id = f"x{cell.metadata.nbgrader.grade_id}"
    write(ann.submitted, to_text(notebook))
    assert take_in(ann, tmp_path / "other") == {}
