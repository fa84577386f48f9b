"""What is handed in becomes a folder that nbgrader can digest, or a reason in one line."""

import json
import os
import shutil
import zipfile
from types import SimpleNamespace

import pytest
from nbgrader.utils import parse_utc

from coursegrader.course.notebook import read, to_text
from coursegrader.errors import UserError
from coursegrader.files import fingerprint, write
from coursegrader.intake.collect import handed_in
from coursegrader.intake.copy import take_in
from coursegrader.intake.submission import Submission
from coursegrader.report.table import results, to_csv
from coursegrader.run.klass import grade_all
from tests.released import release

NOTEBOOK = """{
 "cells": [
  {"cell_type": "code", "execution_count": null, "id": "a", "metadata": {"nbgrader": NBGRADER},
   "outputs": [], "source": "1"}
 ],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 5
}"""


@pytest.fixture(scope="module")
def released(tmp_path_factory, toy_builder):
    """The toy course; its assignment has a file numbers.csv of its own."""
    course = toy_builder(tmp_path_factory.mktemp("intake") / "course")
    release(course, "sums")
    return course


@pytest.fixture
def handed(released, hand_in, tmp_path, request):
    """A perfect submission of somebody new, and where it is taken to."""
    student = f"s{abs(hash(request.node.name))}"
    submitted = hand_in(released, student)

    def take():
        taken = take_in(Submission(released, "sums", student), tmp_path / "into")
        for error in taken.refused.values():
            raise error
        return [str(each) for each in taken.records]

    return SimpleNamespace(
        submitted=submitted, folder=submitted.parent, into=tmp_path / "into", take=take
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
    assert handed.take() == [
        "numbers.csv/odd.txt was left out: the course's own numbers.csv was used"
    ]
    files = {path.relative_to(handed.into).as_posix() for path in handed.into.rglob("*.*")}
    assert files == {"sums.ipynb", "helper.py", "data/mine.csv"}


def test_the_courses_own_files_are_used(handed):
    write(handed.folder / "numbers.csv", "a,b\n1,2\n")
    assert handed.take() == []
    write(handed.folder / "numbers.csv", "a,b\n9,9\n")
    assert handed.take() == ["numbers.csv was left out: the course's own numbers.csv was used"]
    assert not (handed.into / "numbers.csv").exists()


@pytest.mark.parametrize(
    "name",
    [
        "numpy.py",
        "numpy/__init__.py",
        "json.py",
        "ipykernel_launcher.py",
        "sitecustomize.py",
        "nbgrader/api.py",
        "pandas.cpython-311-x86_64-linux-gnu.so",
        "ipython_config.py",
        "jupyter_server_config.json",
    ],
)
def test_what_would_be_read_in_the_place_of_a_library_stays_behind(handed, name):
    write(handed.folder / name, "raise SystemExit")
    (said,) = handed.take()
    assert said.startswith(f"{name} was left out: it would ")
    assert [path.name for path in handed.into.iterdir()] == ["sums.ipynb"]


@pytest.mark.parametrize(
    "name", ["helper.py", "utils.py", "tests.py", "numpy.txt", "data/json.csv"]
)
def test_helpers_and_data_of_ones_own_come_along(handed, name):
    write(handed.folder / name, "x = 1")
    assert handed.take() == []
    assert (handed.into / name).read_text("utf-8") == "x = 1"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
def test_links_and_pipes_stay_behind(handed, tmp_path):
    write(tmp_path / "secret" / "secret.txt", "of somebody else")
    (handed.folder / "link.txt").symlink_to(tmp_path / "secret" / "secret.txt")
    (handed.folder / "gone.txt").symlink_to(tmp_path / "gone")
    (handed.folder / "folder").symlink_to(tmp_path / "secret")
    os.mkfifo(handed.folder / "pipe")
    assert handed.take() == [
        "folder was left out: a link",
        "gone.txt was left out: a link",
        "link.txt was left out: a link",
        "pipe was left out: a pipe",
    ]
    assert [path.name for path in handed.into.iterdir()] == ["sums.ipynb"]


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only administrators make links")
@pytest.mark.parametrize("there", [True, False], ids=["to another's work", "to nowhere"])
def test_a_link_in_the_place_of_the_notebook_is_named(handed, tmp_path, there):
    other = tmp_path / "other.ipynb"
    handed.submitted.rename(other)
    if not there:
        other = tmp_path / "gone.ipynb"
    handed.submitted.symlink_to(other)
    with pytest.raises(UserError, match=r"no sums\.ipynb; sums\.ipynb was left out: a link$"):
        handed.take()


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only administrators make links")
def test_a_link_in_the_place_of_the_folder_is_not_followed(handed, tmp_path):
    handed.folder.rename(tmp_path / "elsewhere")
    handed.folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="sums: a link, where a folder is expected"):
        handed.take()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
def test_a_pipe_in_the_place_of_the_notebook_is_named(handed):
    handed.submitted.unlink()
    os.mkfifo(handed.submitted)
    with pytest.raises(UserError, match=r"no sums\.ipynb; no notebook of it is there"):
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


MOVED = {
    "another name": "mine.ipynb",
    "a copy": "sums (1).ipynb",
    "a copy on a Mac": "sums copy.ipynb",
    "a copy of Jupyter's": "sums-Copy1.ipynb",
    "capital letters": "Sums.ipynb",
    "capital letters in the ending": "sums.IPYNB",
    "the student's name": "sums_Anna Müller.ipynb",
    "Cyrillic": "суммы.ipynb",
    "signs of a pattern": "[sums]*?.ipynb",
    "a dash at the beginning": "-sums.ipynb",
    "blanks around it": " sums .ipynb",
    "downloaded as a text": "sums.ipynb.txt",
    "JSON": "sums.json",
    "JSON behind it": "sums.ipynb.json",
    "too deep": "sums/sums.ipynb",
    "deeper still": "a/b/sums.ipynb",
    "a long name": f"{'x' * 200}.ipynb",
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("name", MOVED.values(), ids=MOVED)
def test_a_notebook_in_another_place_is_graded_and_said(handed, name):
    (handed.folder / name).parent.mkdir(parents=True, exist_ok=True)
    handed.submitted.rename(handed.folder / name)
    said = handed.take()
    assert "was graded, for there is no sums.ipynb" in said[0]
    assert said[1:] == []
    assert "return a + b" in (handed.into / "sums.ipynb").read_text("utf-8")


def test_of_several_the_one_that_was_worked_on_is_graded(handed, released):
    text = handed.submitted.read_text("utf-8")
    handed.submitted.unlink()
    write(handed.folder / "a.ipynb", released.release("sums").read_bytes())
    write(handed.folder / "b.ipynb", text)
    write(handed.folder / "c.ipynb", '{"cells": [], "nbformat": 4}')
    assert handed.take() == [
        "b.ipynb was graded: of 2 notebooks it is most like sums",
        "b.ipynb was graded, for there is no sums.ipynb",
    ]
    assert "return a + b" in (handed.into / "sums.ipynb").read_text("utf-8")


def zipped(path, *files, how=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, content in files:
            archive.writestr(name, content)


def test_a_notebook_in_a_zip_file_is_graded_and_said(handed):
    text = handed.submitted.read_text("utf-8")
    handed.submitted.unlink()
    zipped(
        handed.folder / "work.ZIP",
        ("__MACOSX/sums/._sums.ipynb", "x"),
        ("sums/sums.ipynb", text),
        ("sums/.ipynb_checkpoints/sums-checkpoint.ipynb", text),
        ("../../../outside.ipynb", "{}"),
        ("notes.txt", "mine"),
    )
    assert handed.take() == ["sums/sums.ipynb was graded, out of work.ZIP"]
    assert "return a + b" in (handed.into / "sums.ipynb").read_text("utf-8")


BAD_ZIPS = {
    "not one": (lambda path: write(path, "PK"), "cannot be unpacked"),
    "cut off": (
        lambda path: (zipped(path, ("a.ipynb", "x" * 999)), write(path, path.read_bytes()[:60])),
        "cannot be unpacked",
    ),
    "a bomb": (
        lambda path: zipped(path, ("sums.ipynb", b"0" * 50_000_000)),
        "sums.ipynb is too large",
    ),
    "many bombs": (
        lambda path: zipped(path, *((f"{n}.ipynb", b" " * 19_000_000) for n in range(5))),
        "is too large",
    ),
    "too many files": (
        lambda path: zipped(path, *((f"{n}", b"") for n in range(1_500))),
        "more than 1000 files",
    ),
    "packed in an odd way": (
        lambda path: zipped(path, ("sums.ipynb", "{}"), how=zipfile.ZIP_LZMA),
        "packed in an odd way",
    ),
}


@pytest.mark.parametrize(("make", "reason"), BAD_ZIPS.values(), ids=BAD_ZIPS)
def test_a_zip_file_that_is_of_no_use_is_named(handed, make, reason):
    handed.submitted.unlink()
    make(handed.folder / "work.zip")
    with pytest.raises(UserError, match=reason):
        handed.take()
    assert not handed.into.exists()


NONE = {
    "only what Jupyter keeps": (
        [".ipynb_checkpoints/sums-checkpoint.ipynb"],
        "no notebook of it is",
    ),
    "another's": (["other.ipynb"], "and nothing in other.ipynb is of it; hand in the right one"),
    "a folder of its name": (["sums.ipynb/x.txt"], "sums.ipynb: a folder, where a notebook is"),
    "nothing": ([], "no sums.ipynb; no notebook of it is there"),
}


@pytest.mark.parametrize(("names", "reason"), NONE.values(), ids=NONE)
def test_where_there_is_none_that_is_said(handed, names, reason):
    handed.submitted.unlink()
    for name in names:
        write(handed.folder / name, NOTEBOOK.replace("NBGRADER", "{}"))
    with pytest.raises(UserError, match=reason):
        handed.take()


def test_a_notebook_that_is_too_large_is_one_line(handed, released):
    limits = released.config.Limits
    limits.notebook = 1_000
    try:
        with pytest.raises(
            UserError, match=r"sums\.ipynb: more than 0\.001 MB, too large; clear all"
        ):
            handed.take()
    finally:
        del limits.notebook
    assert not (handed.into / "sums.ipynb").exists()


def test_what_is_too_much_stays_behind_and_the_notebook_is_graded(handed):
    for number in range(250):
        write(handed.folder / "data" / f"{number:03}.txt", "x")
    said = handed.take()
    assert "data/199.txt was left out: there are more than 200 files" in said
    assert said[-1] == "31 more was left out: as data/249.txt: there are more than 200 files"
    assert len(list((handed.into / "data").iterdir())) == 199
    assert (handed.into / "sums.ipynb").exists()


def test_folders_without_end(handed):
    deep = handed.folder.joinpath(*"abcdefghijklmnop")
    write(deep / "x.txt", "x")
    assert handed.take() == [
        "a/b/c/d/e/f/g/h/i/j/k/l was left out: more than 12 folders lie within each other"
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no two such files")
def test_two_files_that_are_one_on_windows(handed):
    write(handed.folder / "Data.csv", "1")
    write(handed.folder / "data.csv", "2")
    assert handed.take() == [
        "data.csv was left out: but for capital letters there are two of that name"
    ]


def test_a_timestamp_that_is_a_film_is_none(handed):
    write(handed.folder / "timestamp.txt", b"2026-11-03 10:00:00 UTC" + b" " * 5_000)
    handed.take()
    assert not (handed.into / "timestamp.txt").exists()


def test_a_student_with_an_older_release_is_recognised(toy, hand_in, tmp_path):
    release(toy, "sums")
    path = hand_in(toy, "ann")
    hand_in(toy, "bob", stub=["twice"])
    source = read(toy.source("sums"))
    source.cells[5].source = source.cells[5].source.replace("Twice a number", "Two times a number")
    source.cells[4].source = source.cells[4].source.replace("(a):", "(a):\n    # Not by hand.")
    write(toy.source("sums"), to_text(source))
    release(toy, "sums")
    for student in ("ann", "bob"):
        taken = take_in(Submission(toy, "sums", student), tmp_path / student)
        assert [each.code for each in taken.records] == ["older-release"]
    assert "Not by hand" in (tmp_path / "bob" / "sums.ipynb").read_text("utf-8")
    hand_in(toy, "ann")
    taken = take_in(Submission(toy, "sums", "ann"), tmp_path / "again")
    assert (taken.records, taken.refused) == ([], {})
    assert "Two times" in (tmp_path / "again" / "sums.ipynb").read_text("utf-8")
    assert path.exists()


@pytest.mark.parametrize("value", ["null", '"4"', "0", "true", "4.5", "5", "3", "[]", "4.0", None])
def test_an_nbformat_that_is_not_4_is_named(handed, value):
    text = NOTEBOOK.replace("NBGRADER", "{}")
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
        ('{"grade_id": ["a"]}', "cell number 1, grade_id: found ['a'], expected a text such as"),
        ('{"grade_id": null}', "cell number 1, grade_id: found None, expected a text"),
        ('{"grade_id": 7}', "cell number 1, grade_id: found 7, expected a text"),
        (
            '{"grade_id": "t", "points": "2"}',
            "cell number 1 (t), points: found '2', expected a number such as 2",
        ),
        ('{"grade": true, "points": null}', "points: found None, expected a number such as 2"),
        ('{"task": true, "points": null}', "points: found None, expected a number such as 2"),
        ('{"points": [2]}', "cell number 1, points: found [2], expected a number"),
        ('{"points": true}', "cell number 1, points: found True, expected a number"),
        ('{"points": NaN}', "cell number 1, points: found nan, expected a number"),
        ('{"grade": "yes"}', "cell number 1, grade: found 'yes', expected true or false"),
        ('{"locked": {}}', "cell number 1, locked: found {}, expected true or false"),
        ('{"schema_version": 3.5}', "schema_version: found 3.5, expected a whole number"),
        ('{"checksum": 5}', "cell number 1, checksum: found 5, expected a text"),
        ("[]", "cell number 1, metadata, nbgrader: found [], expected {...}"),
        ("null", "cell number 1, metadata, nbgrader: found None, expected {...}"),
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
        ('[null]', "cell number 1: found None, expected {...}"),
        ('["x"]', "cell number 1: found 'x', expected {...}"),
        ('[{"metadata": []}]', "cell number 1, metadata: found [], expected {...}"),
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


@pytest.mark.parametrize("kept", [True, False])
def test_the_wrong_assignment_is_recognised(toy_builder, tmp_path, kept):
    course = toy_builder(tmp_path / "course", "sums", "pairs")
    notebook = read(course.source("pairs"))
    for cell in notebook.cells:  # of the same names, as in many a course
        cell.source = cell.source.replace("Sums", "Pairs").replace("assert", "assert True and")
        cell.source = cell.source.replace("add(1, 1)", "add(2, 2)")
    write(course.source("pairs"), to_text(notebook))
    release(course, "pairs")
    if not kept:  # released elsewhere, and nothing of it is graded yet
        shutil.rmtree(course.state)
    ann = Submission(course, "sums", "ann")
    write(ann.submitted, to_text(notebook))
    release(course, "sums")
    refused = take_in(ann, tmp_path / "into").refused
    assert str(refused["sums"]) == (
        "this is pairs, in the place of sums/sums; hand in the right one"
    )
    for cell in notebook.cells:  # what nobody knows is a student's own matter
        cell.source += "\n# mine"
    write(ann.submitted, to_text(notebook))
    assert take_in(ann, tmp_path / "other").refused == {}


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only administrators make links")
def test_nobody_hands_in_anothers_work_by_a_link(toy, hand_in):
    release(toy, "sums")
    ann = hand_in(toy, "ann")
    submitted = toy.root / "submitted"
    (submitted / "eve").symlink_to(submitted / "ann")
    (submitted / "mal").mkdir()
    (submitted / "mal" / "sums").symlink_to(ann.parent)
    (submitted / "zoe" / "sums").mkdir(parents=True)
    (submitted / "zoe" / "sums" / "sums.ipynb").symlink_to(ann)
    submissions, strays = handed_in(toy, ["sums"])
    assert strays == [
        "submitted/eve: a link, where a folder is expected; put the folder itself there"
    ]
    graded = {each.student: each for each in grade_all(submissions)}
    assert (graded["ann"].points, graded["mal"].state, graded["zoe"].state) == (
        3, "not gradable", "not gradable",
    )  # fmt: skip
    for student in ("mal", "zoe"):
        shown = Submission(toy, "sums", student).autograded.read_text("utf-8")
        assert "return a + b" not in shown


def test_a_link_that_leads_elsewhere_is_another_submission(tmp_path):
    write(tmp_path / "big", "x" * 10)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a").symlink_to(tmp_path / "big")
    before = fingerprint(folder)
    write(tmp_path / "big", "y" * 10)
    assert fingerprint(folder) == before  # it was not followed
    (folder / "a").unlink()
    (folder / "a").symlink_to(tmp_path / "small")
    assert fingerprint(folder) != before


def test_a_refusal_is_a_record_that_the_row_tells_already(toy, hand_in, run):
    release(toy, "sums")
    write(hand_in(toy, "ann"), "{")
    code, out, _ = run("grade")
    assert (code, out.count("not JSON")) == (1, 1)
    (ann,) = results(toy)
    (refusal,) = ann.records
    assert (refusal.code, refusal.cell) == ("refused", "")
    assert refusal.sentence.startswith("not graded: sums.ipynb: not a notebook, for it is not")
    assert to_csv([ann], "records").splitlines()[1].startswith("sums,ann,refused,,")
