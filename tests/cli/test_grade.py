"""The commands ``recsys-course grade`` and ``recsys-course report`` on a small class."""

import csv
import json
import os
import sys

import pytest
from nbgrader.apps import NbGraderApp
from traitlets.config import Application

from coursegrader.cli import main
from coursegrader.course.gradebook import opened
from coursegrader.course.notebook import read, to_text
from coursegrader.files import write
from coursegrader.intake.submission import Submission
from coursegrader.report import page as give_back
from tests.executed import ISOLATED

UNPACK = "not a folder; unpack it as submitted/<student>/<assignment>/<assignment>.ipynb"
SCRIPT = "from IPython.display import HTML, display\ndisplay(HTML('<script>steal()</script>'))\n"


@pytest.fixture
def slow(toy, run, hand_in):
    """A course in which Ann and Bob have handed in; the current folder."""
    run("release")
    hand_in(toy, "ann")
    hand_in(toy, "bob", add="def add(a, b):\n    return [bold]a * b[/bold]")
    return toy


@pytest.fixture
def handed(slow, quick):
    return quick(slow.root)


def test_grade_and_report(slow, run):
    code, out, err = run("grade")
    assert code == 0
    assert err == ISOLATED
    rows = [line.split() for line in out.splitlines()]
    assert ["sums", "ann", "3", "of", "5", "graded,", "needs", "manual", "grading"] in rows
    assert ["sums", "bob", "0", "of", "5", "graded,", "needs", "manual", "grading"] in rows

    code, out, err = run("report")
    assert (code, err) == (1, "recsys-course: 2 of 2 submissions wait for a person\n")
    rows = [line.split() for line in out.splitlines()]
    assert ["student", "of", "2", "of", "1", "of", "2", "total"] in rows
    assert ["ann", "2", "1", "manual", "3/5"] in rows
    assert ["bob", "0", "0", "manual", "0/5"] in rows
    assert "test-add, test-twice (0 of 3): cell add is not Python: invalid syntax in line 2" in out
    assert "manual: needs manual grading, in formgrader (2 of 2 submissions)" in out

    long = ["--csv", slow.root / "points.csv", "--questions"]
    code, out, _ = run("report", "sums", "--json", *long)
    assert code == 1
    ann, bob = json.loads(out)
    assert (ann["student"], ann["points"], ann["max_points"]) == ("ann", 3, 5)
    assert bob["questions"][0] == {
        "name": "test-add",
        "points": 0,
        "max_points": 2,
        "needs_manual_grading": False,
        "reason": "cell add is not Python: invalid syntax in line 2",
        "code": "",  # of no hint
    }
    with (slow.root / "points.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    header = "assignment,student,question,points,max_points,needs_manual_grading,reason"
    assert lines[0] == header.split(",")
    assert lines[3] == ["sums", "ann", "explain", "", "2.0", "True", ""]
    assert len(lines) == 7

    code, out, _ = run("grade")
    assert code == 0
    assert out.count("unchanged") == 2

    code, out, _ = run("grade", "--student", "ann", "--force")
    assert code == 0
    assert "bob" not in out
    assert "unchanged" not in out


def test_what_needs_a_person_is_named_and_ends_with_1(handed, run):
    write(Submission(handed, "sums", "ann").submitted, "{")
    write(Submission(handed, "sums", "bob").submitted.with_name("mine.ipynb"), "{}")
    Submission(handed, "sums", "bob").submitted.unlink()
    write(handed.root / "submitted" / "carl.ipynb", "{}")
    code, out, err = run("grade")
    assert code == 1
    assert " ".join(out.split()).count("not JSON") == 1
    assert "no sums.ipynb; mine.ipynb: not a notebook, for it has no list" in " ".join(out.split())
    assert err.splitlines()[1:] == [
        f"submitted/carl.ipynb: {UNPACK}",
        "recsys-course: 3 of 3 submissions need a person; they are named above",
    ]


def test_a_course_elsewhere_is_named_by_its_folder(handed, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("grade", "--course-dir", handed.root, "--student", "ann")[0] == 0
    assert "3/5" in run("report", "--course-dir", handed.root)[1]


def test_a_narrow_terminal_gets_numbers_for_names(handed, run, monkeypatch):
    run("grade", "--student", "ann")
    monkeypatch.setenv("COLUMNS", "28")
    out = run("report")[1]
    rows = [line.split() for line in out.splitlines()]
    assert ["1", "2", "3"] in rows
    assert ["ann", "2", "1", "manual", "3/5"] in rows
    assert "1\u00a0test-add" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["grade"], "submitted: no such folder; put notebooks into submitted/<student>/"),
        (["grade", "sum"], "no assignment 'sum'; did you mean sums?"),
        (["report"], "nothing is graded yet; first run grade in the"),
        (["grade", "--course-dir", "nowhere"], "nowhere: no such folder"),
        (["report", "--course-dir", "solutions"], "not a course, it has no nbgrader_config.py"),
        (["report", "--course-dir", "~nosuchuser"], "~nosuchuser: no such home folder; give the"),
        (["report", "--csv", "/"], "/: not a file; give the name of one, such as points.csv"),
        (["report", "--csv", "solutions"], "solutions: not a file; give the name of one"),
        (["report", "--csv", os.devnull], f"{os.devnull}: not a file; give the name of one"),
    ],
)
def test_bad_input_is_one_line(toy, run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1


def test_bad_input_about_submissions_is_one_line(handed, run):
    assert "no student 'anne'; did you mean ann?" in run("grade", "--student", "anne")[2]
    (handed.root / "submitted").rename(handed.root / "away")
    write(handed.root / "submitted", "")
    code, _, err = run("grade")
    assert code == 1
    assert "submitted: a file where a folder is expected" in err


def test_a_report_without_a_gradebook_does_not_make_one(toy, run):
    (toy.root / "gradebook.db").unlink()
    assert "nothing is graded yet" in run("report")[2]
    assert not (toy.root / "gradebook.db").exists()


def test_wrong_use_ends_with_2(toy, run):
    assert run("grade", "--jobs", "2")[0] == 2


def nbgrader(*arguments):
    try:
        NbGraderApp.launch_instance(arguments)  # it ends with SystemExit if anything is wrong
    finally:  # each call begins as in an interpreter of its own
        type(Application.instance()).clear_instance()


@pytest.fixture
def home(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    return home


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
def test_nbgrader_itself_works_in_the_course(slow, hand_in, home):
    """Its own commands release, grade and write feedback, the same page that ours writes."""
    hand_in(slow, "ann", add=SCRIPT + "def add(a, b):\n    return a + b")
    nbgrader("generate_assignment", "sums", "--force")
    nbgrader("autograde", "sums", "--student", "ann")
    nbgrader("generate_feedback", "sums", "--student", "ann")
    executed = Submission(slow, "sums", "ann").autograded.read_text(encoding="utf-8")
    page = (slow.root / "feedback" / "ann" / "sums" / "sums.html").read_text(encoding="utf-8")
    assert "<script>steal()" in executed
    assert "two and three make five" in page
    assert "<script>steal()" not in page
    assert "negative numbers count" not in page  # of the hidden test
    assert page == give_back.page(Submission(slow, "sums", "ann"), "sums")
    assert not list(home.rglob("*nbgrader*"))
    with opened(slow) as gradebook:
        assert gradebook.find_submission("sums", "ann").score == 3


@pytest.mark.skipif(sys.platform == "win32", reason="nbgrader has no exchange on Windows")
def test_homework_and_feedback_go_through_the_exchange(toy, run, home, quick, hand_in, capsys):
    """Release, fetch, submit, collect, and back, as formgrader and the assignment list do."""
    quick(toy.root)
    assert run("release")[0] == 0
    nbgrader("list")
    nbgrader("release_assignment", "sums")
    nbgrader("fetch_assignment", "sums")
    fetched = toy.root / "sums" / "sums.ipynb"
    notebook = read(fetched)
    for name, source in (("add", "def add(a, b):\n    return a + b"), ("twice", "twice = add")):
        (cell,) = [cell for cell in notebook.cells if cell.id == name]
        cell.source = source
    write(fetched, to_text(notebook))
    nbgrader("submit", "sums")
    nbgrader("collect", "sums")
    (student,) = (toy.root / "submitted").iterdir()  # nbgrader names it for the account
    mine = Submission(toy, "sums", student.name)
    assert mine.submitted.with_name("timestamp.txt").is_file()

    hand_in(toy, "ann")  # without the exchange
    assert run("grade")[0] == 0
    assert run("feedback")[0] == 1  # answers wait for a person
    write(toy.root / "feedback" / student.name / "sums" / "leak.html", "what student code left")
    nbgrader("release_feedback", "sums")
    (released,) = (toy.root / ".course" / "exchange").rglob("*.html")
    nbgrader("fetch_feedback", "sums")
    (back,) = (toy.root / "sums" / "feedback").rglob("*.html")
    for page in (released, back):
        assert page.read_text("utf-8") == give_back.page(mine, "sums")
    said = capsys.readouterr().err
    assert "ann did not hand in through the exchange; give feedback/ann/sums/sums.html" in said
    code, out, _ = run("grade")
    assert code == 0
    assert "2 of 5" in out


@pytest.mark.parametrize("option", ["--csv", "--course-dir"])
def test_a_path_that_is_empty_is_wrong_use(toy, run, option):
    code, out, err = run("report", option, "")
    assert (code, out) == (2, "")
    assert f"Invalid value for '{option}': it is empty; give a path" in err


def test_the_grader_is_a_command_of_its_own_for_any_course(toy, capsys):
    # a course of nbgrader alone: its configuration names nothing of ours
    write(toy.root / "nbgrader_config.py", "c = get_config()\nc.CourseDirectory.course_id = 'x'\n")
    (toy.root / "solutions" / "en").rename(toy.root / "source")

    def run(*args):
        with pytest.raises(SystemExit) as ended:
            main(list(args))
        return ended.value.code, *capsys.readouterr()

    code, out, err = run("release")
    assert (code, err) == (0, "")
    assert out.startswith("release/sums/numbers.csv: written\nrelease/sums/sums.ipynb: written\n")
    handed = toy.root / "submitted" / "ann" / "sums" / "sums.ipynb"
    write(handed, (toy.root / "release" / "sums" / "sums.ipynb").read_bytes())
    code, out, err = run("grade")
    assert (code, "0 of 5" in out) == (0, True)
    assert "0/5" in run("report")[1]
    code, _, err = run("report", "nothing")
    assert (code, err) == (1, "coursegrader: no graded assignment 'nothing'; known: sums\n")
    write(toy.root / "release" / "sums" / "numbers.csv", "")
    code, _, err = run("release", "--check")
    assert err == "coursegrader: release is not what source generates; run coursegrader release\n"


def test_who_handed_nothing_in_is_in_the_report_and_a_spreadsheet_opens_it(handed, run):
    run("grade")
    with opened(handed) as gradebook:
        gradebook.add_student("Zoë")
        for student in ("ann", "bob"):
            grade = gradebook.find_grade("explain", "sums", "sums", student)
            grade.manual_score, grade.needs_manual_grade = 1, False
        gradebook.db.commit()
    path = handed.root / "points.csv"
    code, out, err = run("report", "--csv", path)
    assert (code, err) == (0, "")  # nobody waits
    assert "not handed in: Zoë" in out
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")  # by which Excel knows UTF-8
    assert raw.decode("utf-8-sig").splitlines() == [
        "student,state,total,of,test-add,test-twice,explain",
        "Zoë,not handed in,,,,,",
        "ann,graded,4.0,5.0,2.0,1.0,1.0",
        "bob,graded,1.0,5.0,0.0,0.0,1.0",
    ]
    code, _, err = run("report", "--questions")
    assert (code, "--questions goes with --csv" in err) == (2, True)
