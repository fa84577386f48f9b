"""A class of honest, broken and unlucky students: everyone ends with points and a reason."""

import copy
import json
import os
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from coursegrader.course.gradebook import opened
from coursegrader.course.notebook import read, to_text
from coursegrader.course.root import Course
from coursegrader.errors import UserError
from coursegrader.files import write
from coursegrader.intake.collect import handed_in
from coursegrader.intake.submission import Submission
from coursegrader.report.table import results
from coursegrader.run import klass
from coursegrader.run.klass import grade_all
from coursegrader.run.one import grade
from coursegrader.run.reasons import why
from coursegrader.run.result import Result
from tests.in_this_process import InThisProcess
from tests.released import release

DEAF = """def add(a, b):
    import signal
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        __import__("time").sleep(1)"""


# honest work in other styles, or beside what breaks
FULL = [
    "lambda", "magic", "builtins", "every value", "sys.exit", "quits", "o'neil", "Zoë Ångström",
    "loud", "given", "below", "own cell dies", "own cell hangs", "utf-16", "crlf",
]  # fmt: skip
NOTHING = ["asks", "indented", "misspelt", "test"]
# what is repaired before anything is run, and plain Python: a kernel would show nothing new
PLAIN = [
    "latin", "renamed", "twice", "old", "deleted", "listed", "unanswered", "formless", "claims",
    "copied", "marked", "word", "surrogate", "utf-16", "crlf", "untouched", "times", "lambda",
    "o'neil", "given", "test", "misspelt", "below",
]  # fmt: skip


@pytest.fixture(scope="module")
def classroom(tmp_path_factory, toy_builder, hand_in):
    """Grade everyone once; what each test looks at is in the outcomes and the report."""
    course = toy_builder(tmp_path_factory.mktemp("class") / "course")
    release(course, "sums")
    hand_in(course, "perfect")
    hand_in(course, "untouched", stub=["*"])
    hand_in(course, "times", add="def add(a, b):\n    return a * b")
    hand_in(course, "noisy", add="""def add(a, b):
    import sys, warnings
    print("adding")
    print("look out", file=sys.stderr)
    return a + b""")  # fmt: skip
    hand_in(course, "endless", twice="def twice(a):\n    while True:\n        pass")
    hand_in(course, "deaf", add=DEAF)
    hand_in(course, "dies", twice="import os\nos._exit(1)")

    text = hand_in(course, "cut").read_text(encoding="utf-8")
    write(Submission(course, "sums", "cut").submitted, text[:300])
    write(
        Submission(course, "sums", "latin").submitted,
        text.replace("Because", "Weil é").encode("latin-1"),
    )
    write(Submission(course, "sums", "renamed").submitted.with_name("my homework.ipynb"), text)
    write(Submission(course, "sums", "folder").submitted / "inner.txt", "")

    def edit(student, change):
        raw = json.loads(text)
        change(raw["cells"])
        write(Submission(course, "sums", student).submitted, json.dumps(raw))

    edit("twice", lambda cells: cells.append(cells[1] | {"id": "copy", "source": "add = max"}))
    edit("claims", lambda cells: cells[0]["metadata"]["nbgrader"].update(grade=True, points=9))
    edit("copied", lambda cells: cells.extend(cell | {"id": None} for cell in cells[:6]))
    edit("old", lambda cells: cells[1]["metadata"]["nbgrader"].update(schema_version=1))
    edit("deleted", lambda cells: cells.pop(5))
    surrogate = "def add(a, b):\n    '\ud800'\n    return a + b"
    edit("surrogate", lambda cells: cells[1].update(source=surrogate))
    edit("listed", lambda cells: cells[3]["metadata"]["nbgrader"].update(grade_id=["test-add"]))
    edit("unanswered", lambda cells: cells.pop(6))
    write(
        Submission(course, "sums", "formless").submitted,
        text.replace('"nbformat": 4', '"nbformat": null'),
    )
    write(Submission(course, "sums", "marked").submitted, text.encode("utf-8-sig"))
    (Submission(course, "sums", "marked").submitted.with_name("timestamp.txt") / "mine").mkdir(
        parents=True
    )
    write(Submission(course, "sums", "word").submitted, text)
    write(Submission(course, "sums", "word").submitted.with_name("timestamp.txt"), "soon")
    write(
        Submission(course, "sums", "word").submitted.with_name("numbers.csv") / "mine.txt",
        "a folder",
    )
    styles = {
        "lambda": "add = lambda a, b: a + b",
        "magic": "%time 1\n!echo hello\nadd = lambda a, b: a + b",
        "builtins": "def add(a, b):\n    return a + b\nsum = print = 3",
        "every value": "from IPython import get_ipython\n"
        "get_ipython().ast_node_interactivity = 'all'\n1\ndef add(a, b):\n    return a + b",
        "sys.exit": "def add(a, b):\n    return a + b\nimport sys\nsys.exit()",
        "quits": "def add(a, b):\n    return a + b\nquit()",
        "o'neil": "def add(a, b):\n    return a + b",
        "Zoë Ångström": "def add(a, b):\n    return sum([a, b])",
        "asks": "def add(a, b):\n    return int(input()) + b",
        "indented": "def add(a, b):\n    x = a\n\treturn x + b",
        "loud": "print('x' * 1_000_000)\ndef add(a, b):\n    return a + b",
        "misspelt": "def ad(a, b):\n    return a + b",
    }
    for student, source in styles.items():
        hand_in(course, student, add=source)
    edit("given", lambda cells: cells[2].update(source="add(1,"))
    edit(
        "test", lambda cells: (cells[3].update(source="pass"), cells[1].update(source="add = max"))
    )
    below = {"cell_type": "code", "id": "b", "metadata": {}, "outputs": [], "execution_count": None}
    edit("below", lambda cells: cells.insert(2, below | {"source": "add = lambda a, b: a + b"}))
    edit(
        "own cell dies", lambda cells: cells.insert(2, below | {"source": "import os; os.abort()"})
    )
    die = [below | {"id": name, "source": "import os; os._exit(1)"} for name in "xyz"]
    edit("dies thrice", lambda cells: cells.__setitem__(slice(4, 4), die))
    edit("own cell hangs", lambda cells: cells.insert(2, below | {"source": "while True: pass"}))
    write(Submission(course, "sums", "utf-16").submitted, text.encode("utf-16"))
    write(Submission(course, "sums", "crlf").submitted, text.replace("\n", "\r\n").encode())
    hand_in(course, "floods", twice="def twice(a):\n    while True:\n        print('x' * 10_000)")
    if hasattr(os, "mkfifo"):
        Submission(course, "sums", "pipe").submitted.parent.mkdir(parents=True)
        os.mkfifo(Submission(course, "sums", "pipe").submitted)

    def those(students, **limits):
        other = Course(course.root, copy.deepcopy(course.config))
        other.config.Execute.update(limits)
        return other, [Submission(other, "sums", student) for student in students]

    submissions = {each.student: each for each in handed_in(course, ["sums"])[0]}
    quick, plain = those(PLAIN)
    quick.config.CourseGrader.executor = InThisProcess
    _, hanging = those(["endless", "deaf", "own cell hangs"], timeout=1, iopub_timeout=1)
    _, flood = those(["floods"], most_output=1_000_000)
    submissions |= {each.student: each for each in (*plain, *hanging, *flood)}
    outcomes = {each.student: each for each in grade_all([*submissions.values()])}
    report = {
        row.student: {question.name: question for question in row.questions}
        for row in results(course)
    }
    return SimpleNamespace(course=course, outcomes=outcomes, report=report)


def test_everyone_has_a_row(classroom):
    handed = {path.name for path in (classroom.course.root / "submitted").iterdir()}
    assert classroom.outcomes.keys() == classroom.report.keys() == handed
    assert handed_in(classroom.course, ["sums"])[1] == []


@pytest.mark.parametrize(
    ("student", "add", "twice"),
    [
        ("perfect", 2, 1),
        ("untouched", 0, 0),
        ("times", 0, 0),  # twice(4) is 16 with this add
        ("noisy", 0, 0),  # what nbgrader does; checks of recsys_course.homework keep stderr quiet
        ("endless", 2, 0),
        ("deaf", 0, 0),
        ("dies", 2, 0),
        ("cut", None, None),
        ("latin", 2, 1),
        ("renamed", 2, 1),
        ("folder", None, None),
        ("twice", 0, 0),  # the last one counts, and it is wrong
        ("old", 2, 1),
        ("deleted", 2, 1),
        ("surrogate", 2, 1),
        ("listed", 2, 1),
        ("unanswered", 2, 1),
        ("formless", 2, 1),
        ("marked", 2, 1),
        ("word", 2, 1),
        ("copied", 2, 1),
        ("claims", 2, 1),
        *((student, 2, 1) for student in FULL),
        *((student, 0, 0) for student in NOTHING),
        ("floods", 2, 0),
        ("dies thrice", 2, None),
    ],
)
def test_points(classroom, student, add, twice):
    questions = classroom.report[student]
    assert (questions["test-add"].points, questions["test-twice"].points) == (add, twice)
    assert (questions["test-add"].max_points, questions["test-twice"].max_points) == (2, 1)
    assert classroom.outcomes[student].points == (add or 0) + (twice or 0)
    assert classroom.outcomes[student].max_points == 5
    assert (classroom.outcomes[student].state == "not gradable") == (add is None)


@pytest.mark.parametrize(
    ("student", "question", "reason"),
    [
        ("perfect", "test-add", ""),
        ("untouched", "test-add", "what it calls is not written yet"),
        ("untouched", "explain", "no answer"),
        ("times", "test-add", "two and three make five: did you multiply?"),
        ("noisy", "test-add", "wrote to stderr: look out"),
        ("endless", "test-twice", "it ran out of time and was interrupted"),
        ("deaf", "test-add", "it hung and could not be interrupted"),
        ("dies", "test-add", ""),
        (
            "dies",
            "test-twice",
            "cell twice stopped: the kernel died here: a crash, too little memory or an exit",
        ),
        ("cut", "test-add", "not a notebook, for it is not JSON"),
        ("latin", "test-add", ""),
        ("folder", "test-add", "sums.ipynb: a folder, where a notebook is expected; hand in the"),
        ("twice", "test-add", "two and three make five: did you multiply?"),
        ("deleted", "test-twice", ""),
        ("unanswered", "explain", "no answer"),
        ("marked", "test-add", ""),
        ("word", "test-twice", ""),
        ("asks", "test-twice", "StdinNotImplementedError: raw_input was called, but this frontend"),
        ("indented", "test-add", "cell add is not Python: inconsistent use of tabs and spaces"),
        ("misspelt", "test-add", "NameError: name 'add' is not defined"),
        ("test", "test-add", "two and three make five: did you multiply?"),
        ("floods", "test-twice", "it showed more than 1 MB, and was ended"),
        ("dies thrice", "test-twice", "the kernel died 3 times, at last in cell number 7"),
    ],
)
def test_reason(classroom, student, question, reason):
    found = classroom.report[student][question].reason
    assert reason in found if reason else found == ""
    assert "\n" not in found


def test_who_needs_a_person_is_named_with_the_reason(classroom):
    named = {name: outcome.reason for name, outcome in classroom.outcomes.items() if outcome.reason}
    assert named.keys() - {"pipe"} == {
        "cut", "folder", "dies thrice",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("student", "records"),
    [
        ("perfect", []),
        ("latin", ["the file was cp1252, as it seems, and was read as that"]),
        ("renamed", ["my homework.ipynb was graded, for there is no sums.ipynb"]),
        (
            "twice",
            [
                "add: written 2 times; the last one counts, earlier ones run before it",
                "cells were moved; they were run in the order of the release",
            ],
        ),
        ("old", []),
        ("deleted", ["test-twice: deleted, and put back"]),
        ("listed", ["cells without their names, told by their content: 1"]),
        ("unanswered", ["explain: deleted, and nothing stands for it"]),
        ("formless", ["the file says nbformat nothing; its cells were read all the same"]),
        ("marked", ["the file was utf-8-sig, and was read as that"]),
        ("word", ["numbers.csv/mine.txt was left out: the course's own numbers.csv was used"]),
        ("copied", []),
        ("claims", []),
        (
            "given",
            ["try-add: changed; run as released, then as changed"],
        ),
        ("test", ["test-add: changed; run as released"]),
        ("below", []),
    ],
)
def test_what_was_repaired_is_said(classroom, student, records):
    assert [str(each) for each in classroom.outcomes[student].records] == records


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
def test_a_pipe_in_place_of_a_notebook_does_not_stop_the_run(classroom):
    assert classroom.outcomes["pipe"].points == 0
    assert "sums.ipynb" in classroom.outcomes["pipe"].reason


def test_answers_graded_by_hand_wait_for_a_person_even_if_the_kernel_died(classroom):
    for student in ("perfect", "dies", "deaf"):
        assert classroom.report[student]["explain"].needs_manual_grading
        assert classroom.outcomes[student].needs_manual_grading
    for student in ("untouched", "unanswered"):
        assert not classroom.report[student]["explain"].needs_manual_grading
        assert not classroom.outcomes[student].needs_manual_grading


def test_what_cannot_be_graded_waits_for_a_person_and_shows_the_students_own_text(classroom):
    for student in ("cut",):
        result = classroom.outcomes[student]
        assert {each.name for each in result.questions if each.needs_manual_grading} == {
            "test-add", "test-twice", "explain",
        }  # fmt: skip
        notebook = nbformat.read(Submission(classroom.course, "sums", student).autograded, 4)
        text = "\n".join(cell.source for cell in notebook.cells)
        assert "# Sums" in text  # the first lines are left
        assert "raise NotImplementedError" not in text  # what is the release's
        assert result.reason in text
        with opened(classroom.course) as gradebook:
            for grade_of in gradebook.find_submission("sums", student).notebooks[0].grades:
                assert (grade_of.auto_score, grade_of.needs_manual_grade) == (None, True)


def test_formgrader_finds_an_executed_notebook_for_everyone(classroom):
    for student in classroom.outcomes.keys() - {"unanswered"}:
        notebook = nbformat.read(Submission(classroom.course, "sums", student).autograded, 4)
        assert "explain" in {
            cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells
        }


def test_what_was_handed_in_is_left_as_it_is(classroom):
    text = Submission(classroom.course, "sums", "perfect").submitted.read_text(encoding="utf-8")
    assert "numbers count, too" not in text  # hidden tests are put into the copy only
    assert 'execution_count": null' in text


def test_the_second_run_grades_nothing_that_is_done(classroom, monkeypatch):
    graded = set()

    def noted(submission):
        graded.add(submission.student)
        return Result(submission.assignment, submission.student, reason="still so")

    monkeypatch.setattr(klass, "grade", noted)
    submissions, _ = handed_in(classroom.course, ["sums"])
    outcomes = list(grade_all(submissions))
    done = {each.student: each.points for each in outcomes if each.unchanged}
    assert done == {
        "perfect": 3, "untouched": 0, "times": 0, "noisy": 0, "endless": 2, "surrogate": 3,
        "marked": 3, "word": 3, "copied": 3, "dies": 2, "deaf": 0, "latin": 3, "renamed": 3,
        "twice": 0, "old": 3, "deleted": 3, "listed": 3, "unanswered": 3, "formless": 3,
        "claims": 3,
        **dict.fromkeys(FULL, 3), **dict.fromkeys(NOTHING, 0), "floods": 2,
    }  # fmt: skip
    assert graded == classroom.outcomes.keys() - done.keys()


@pytest.fixture
def one(toy, hand_in):
    """A course in which Ann's perfect homework is graded."""
    toy.config.CourseGrader.executor = InThisProcess
    toy = Course(toy.root, toy.config)
    release(toy, "sums")
    hand_in(toy, "ann")
    (outcome,) = grade_all([Submission(toy, "sums", "ann")])
    assert (outcome.points, outcome.max_points, outcome.reason) == (3, 5, "")
    assert outcome.needs_manual_grading
    return toy


def regraded(course, force=False):
    (outcome,) = grade_all([Submission(course, "sums", "ann")], force)
    return not outcome.unchanged, outcome.points


def test_a_changed_submission_is_graded_again_without_a_timestamp(one, hand_in):
    assert regraded(one) == (False, 3)
    hand_in(one, "ann", twice="def twice(a):\n    return a")
    assert regraded(one) == (True, 2)
    assert regraded(one) == (False, 2)


def test_force_grades_again_and_keeps_points_given_by_hand(one):
    with opened(one) as gradebook:
        grade_of = gradebook.find_grade("explain", "sums", "sums", "ann")
        grade_of.manual_score, grade_of.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    assert regraded(one, force=True) == (True, 4.5)
    (row,) = results(one)
    assert [(each.points, each.reason) for each in row.questions] == [
        (2, ""), (1, ""), (1.5, "graded by hand"),
    ]  # fmt: skip


def marked_by_hand(course, points, name="explain"):
    with opened(course) as gradebook:
        grade_of = gradebook.find_grade(name, "sums", "sums", "ann")
        grade_of.manual_score, grade_of.needs_manual_grade = points, False
        gradebook.db.commit()


def waits_for_a_person(course):
    (row,) = results(course)
    return {each.name for each in row.questions if each.needs_manual_grading}


def test_an_answer_marked_by_hand_waits_again_only_if_it_has_changed(one, hand_in):
    assert waits_for_a_person(one) == {"explain"}
    marked_by_hand(one, 1.5)
    assert regraded(one, force=True) == (True, 4.5)
    assert waits_for_a_person(one) == set()
    hand_in(one, "ann", twice="def twice(a):\n    return a")  # another question
    assert regraded(one) == (True, 3.5)
    assert waits_for_a_person(one) == set()
    hand_in(one, "ann", explain="Because I say so.")
    assert regraded(one) == (True, 4.5)
    assert waits_for_a_person(one) == {"explain"}


def test_points_given_by_hand_for_a_test_wait_again_only_if_its_own_have_changed(one, hand_in):
    marked_by_hand(one, 0.5, "test-twice")  # it has 1 of the machine
    marked_by_hand(one, 2)
    assert regraded(one, force=True) == (True, 4.5)
    assert waits_for_a_person(one) == set()
    hand_in(one, "ann", twice="def twice(a):\n    return a")
    assert regraded(one) == (True, 4.5)
    assert waits_for_a_person(one) == {"test-twice"}


def test_an_answer_that_nobody_has_marked_yet_goes_on_waiting(one):
    assert regraded(one, force=True) == (True, 3)
    assert waits_for_a_person(one) == {"explain"}


def test_a_lost_copy_is_executed_again(one):
    Submission(one, "sums", "ann").autograded.unlink()
    assert regraded(one) == (True, 3)
    assert Submission(one, "sums", "ann").autograded.is_file()


def test_a_file_of_another_name_is_another_submission(one):
    beside = Submission(one, "sums", "ann").submitted.with_name("helper.py")
    write(beside, "x = 1")
    assert regraded(one) == (True, 3)
    assert regraded(one) == (False, 3)
    beside.rename(beside.with_name("helpers.py"))
    assert regraded(one) == (True, 3)


def test_lost_results_are_graded_again(one):
    Submission(one, "sums", "ann").autograded.unlink()
    with opened(one) as gradebook:
        gradebook.remove_submission("sums", "ann")
    assert regraded(one) == (True, 3)
    assert Submission(one, "sums", "ann").autograded.is_file()


def test_a_new_release_grades_again(one):
    notebook = read(one.source("sums"))
    notebook.cells[5].source = '# Twice.\nassert twice(5) == 11, "eleven"'
    write(one.source("sums"), to_text(notebook))
    release(one, "sums")
    assert regraded(one) == (True, 2)


def test_adding_a_graded_cell_after_grading_says_what_to_do(one):
    notebook = read(one.source("sums"))
    del notebook.cells[5]
    write(one.source("sums"), to_text(notebook))
    with pytest.raises(UserError, match="the command release takes them over"):
        release(one, "sums")


def test_a_missing_release_is_recorded_from_the_source(toy, hand_in):
    release(toy, "sums")
    hand_in(toy, "ann", stub=["*"])
    (toy.root / "gradebook.db").unlink()
    (outcome,) = grade_all([Submission(toy, "sums", "ann")])
    assert (outcome.points, outcome.max_points, outcome.reason) == (0, 5, "")


def test_a_gradebook_that_cannot_be_written_stops_the_run_and_costs_nobody_points(toy, hand_in):
    release(toy, "sums")
    hand_in(toy, "ann")
    write(toy.root / "gradebook.db", b"this is no database, only some text that is long enough")
    with pytest.raises(UserError, match=r"gradebook\.db: file is not a database"):
        list(grade_all([Submission(toy, "sums", "ann")]))
    with pytest.raises(UserError, match=r"gradebook\.db: file is not a database"):
        grade(Submission(toy, "sums", "ann"))


def test_a_full_disk_stops_the_run_and_costs_nobody_points(toy, hand_in, monkeypatch):
    release(toy, "sums")
    hand_in(toy, "ann")

    def full(self, *args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nbconvert.writers.FilesWriter.write", full)
    with pytest.raises(OSError, match="No space"):
        grade(Submission(toy, "sums", "ann"))


def test_an_interrupted_run_goes_on_where_it_was(toy, hand_in, monkeypatch, run):
    release(toy, "sums")
    for student in ("ann", "bob", "eve"):
        hand_in(toy, student, stub=["*"])
    real = klass.grade

    def interrupted(submission):
        if submission.student == "bob":
            raise KeyboardInterrupt
        return real(submission)

    monkeypatch.setattr(klass, "grade", interrupted)
    code, out, told = run("grade")
    assert (code, out.split()[:2]) == (130, ["sums", "ann"])
    assert told.splitlines()[-1] == (
        "recsys-course: interrupted after 1 of 3 submissions, which are kept; the same command "
        "goes on with the others"
    )

    graded = []
    monkeypatch.setattr(klass, "grade", lambda each: graded.append(each.student) or real(each))
    assert [each.student for each in grade_all(handed_in(toy, ["sums"])[0])] == [
        "ann", "bob", "eve",
    ]  # fmt: skip
    assert graded == ["bob", "eve"]


def test_things_that_are_no_submissions_are_named(toy, hand_in):
    release(toy, "sums")
    hand_in(toy, "ann")
    folder = toy.root / "submitted"
    write(folder / "bob.zip", b"")
    write(folder / "carl" / "sums.ipynb", "{}")
    write(folder / "dan" / "summs" / "sums.ipynb", "{}")
    write(folder / ".DS_Store", b"")
    submissions, strays = handed_in(toy, ["sums"])
    assert submissions == [Submission(toy, "sums", "ann")]
    told = dict(stray.split(": ", 1) for stray in strays)
    assert "unpack it" in told["submitted/bob.zip"]
    assert told["submitted/carl"] == "sums.ipynb belongs into a folder sums/ in it"
    assert "expected one of sums" in told["submitted/dan"]


def error(ename, evalue):
    return new_output("error", ename=ename, evalue=evalue, traceback=[])


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (new_output("stream", name="stdout", text="fine"), ""),
        (
            new_output("stream", name="stderr", text="a.py:1: W: slow\n  warn(\n"),
            "wrote to stderr: a.py:1: W: slow",
        ),
        (
            new_output("execute_result", data={"text/plain": "0.5"}),
            "showed 0.5, taken for the score",
        ),
        (error("NameError", "name 'x' is not defined"), "NameError: name 'x' is not defined"),
        (error("AssertionError", ""), "AssertionError"),
        (error("AssertionError", "\nNot equal\n x: 1"), "Not equal x: 1"),
        (error("Hint", "\x1b[31mred\x1b[0m \x07bell"), r"red \x07bell"),
    ],
)
def test_the_reason_is_what_nbgrader_took_for_the_verdict(output, reason):
    assert why(new_code_cell("assert right", outputs=[output])) == reason


def test_the_first_output_that_decides_is_the_reason():
    outputs = [
        new_output("stream", name="stdout", text="fine"),
        error("Hint", "rows are users"),
        new_output("stream", name="stderr", text="later"),
    ]
    assert why(new_code_cell("assert right", outputs=outputs)) == "rows are users"


def test_a_reason_is_cut_to_a_readable_length():
    found = why(new_code_cell("assert right", outputs=[error("Hint", "word " * 1000)]))
    assert len(found) == 400
    assert found.endswith("…")


def test_a_file_that_may_not_be_read_is_that_students_reason(toy, hand_in, monkeypatch):
    release(toy, "sums")
    path = hand_in(toy, "ann")
    hand_in(toy, "bob", stub=["*"])
    real = os.open

    def locked(name, *args, **options):
        if name == path:
            raise PermissionError(13, "Permission denied", str(name))
        return real(name, *args, **options)

    monkeypatch.setattr(os, "open", locked)
    ann, bob = grade_all(handed_in(toy, ["sums"])[0])
    told = "cannot be read (Permission denied); see that you may read it"
    assert ann.reason == f"submitted/ann/sums/sums.ipynb: {told}"
    assert (ann.state, bob.reason) == ("not gradable", "")


def test_a_notebook_has_a_limit_of_its_own(toy, hand_in):
    toy.config.Execute.notebook_timeout = 2
    release(toy, "sums")
    hand_in(toy, "ann", twice="def twice(a):\n    return 2 * a\nwhile True:\n    pass")
    (ann,) = grade_all([Submission(toy, "sums", "ann")])
    assert [each.points for each in ann.questions[:2]] == [2, None]
    assert ann.reason == "the notebook ran longer than 2 seconds"


def test_a_new_text_of_a_given_cell_is_a_new_release(one, hand_in):
    source = read(one.source("sums"))
    source.cells[2].source = "add(1, 2)"
    write(one.source("sums"), to_text(source))
    release(one, "sums")
    assert regraded(one) == (True, 3)
    assert regraded(one) == (False, 3)
    executed = Submission(one, "sums", "ann").autograded.read_text("utf-8")
    assert "add(1, 2)" in executed
