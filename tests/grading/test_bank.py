"""The course's own homework, graded as an instructor would: the bank gets its exact points.

Honest variants get full marks, wrong ones lose exactly what they should and hear the right hint;
the reference is perfect, and no test passes on the untouched release. nbgrader grades seven of them
and one that kills its kernel, from end to end; the rest run in forks, which agree on the seven.
With ``--all`` nbgrader grades every one.
"""

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader import utils

from coursegrader.course.bank import EMPTY, PERFECT, Variant, filled_in, variant, variants
from coursegrader.course.notebook import read, to_text
from coursegrader.course.release import compare, release, troubles
from coursegrader.course.root import find
from coursegrader.errors import UserError
from coursegrader.files import write
from coursegrader.intake.submission import Submission
from coursegrader.report.feedback import feedback
from coursegrader.report.page import render
from coursegrader.report.table import results
from coursegrader.run.klass import grade_all
from coursegrader.run.reasons import code_of, verdict
from recsys_course.cli import main
from tests.executed import ISOLATED
from tests.warm import CAN_FORK

ROOT = Path(__file__).resolve().parents[2]
COURSE = find(ROOT)
ASSIGNMENTS = COURSE.assignments()
HIDDEN = "### BEGIN HIDDEN TESTS"
NUMBER = re.compile(r"[\d_.]+")


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_homework_is_what_its_source_generates(assignment):
    assert compare(COURSE, assignment) == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_source_is_free_of_traps(assignment):
    assert troubles(COURSE, assignment) == []


@pytest.fixture(scope="module", autouse=True)
def defaults():
    """Work in the checkout, on the built-in data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("COLUMNS", "100")
        for name in ("RECSYS_COURSE_LANG", "DATA_DIR"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="class")
def demo(tmp_path_factory):
    """Run ``recsys-course demo``: it makes a course in which more of the bank can be graded."""
    folder = tmp_path_factory.mktemp("demo") / "made up"
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(["demo", "--keep", str(folder)])
    return SimpleNamespace(
        course=find(folder), code=ended.value.code, out=out.getvalue(), err=err.getvalue()
    )


@pytest.fixture(scope="class")
def course(request, tmp_path_factory, toy_builder):
    """A course in which the assignment that the class is about is released."""
    name = request.cls.assignment
    course = toy_builder(tmp_path_factory.mktemp(name) / "course")
    write(course.source(name), COURSE.source(name).read_bytes())
    release(course, name)
    return course


@pytest.fixture(scope="class")
def forked(request, warm):
    """What forks make of the class's submissions, as far as these are asked for."""
    items = request.session.items
    asked = [item for item in items if getattr(item, "cls", None) is request.cls]
    made = [item.callspec.params["made"] for item in asked if hasattr(item, "callspec")]
    return by_fork(warm, request.cls.assignment, {each.name: each for each in made}.values())


def is_test(cell):
    return utils.is_grade(cell) and not utils.is_solution(cell)


def bank(assignment):
    return {made.name: made for made in [PERFECT, EMPTY, *variants(COURSE, assignment)]}


def cases(assignment, names=None, without=()):
    made = bank(assignment)
    chosen = [made[name] for name in names or made if name not in without]
    long = pytest.mark.long
    return [pytest.param(each, id=each.name, marks=[long] * each.long) for each in chosen]


def max_points(assignment):
    cells = filter(is_test, read(COURSE.source(assignment)).cells)
    return {cell.id: cell.metadata.nbgrader.points for cell in cells}


def leaks(assignment, shown, handed_in):
    """What a page shows of hidden tests: lines, and numbers that the student did not write."""
    given = "\n".join(cell.source for cell in handed_in.cells)
    text = unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", shown, flags=re.DOTALL))
    found = []
    for cell in filter(is_test, read(COURSE.source(assignment)).cells):
        hidden = cell.source.partition(HIDDEN)[2]
        lines = [line.strip() for line in hidden.splitlines() if len(line.strip()) > 20]
        found += [line for line in lines if line not in given and line in text]
        numbers, others, told = (
            set(re.findall(r"[\d_.]+", each)) for each in (hidden, given, text)
        )
        telling = {each for each in numbers if len(re.sub("[_.]|^0", "", each)) > 2}
        found += sorted(telling & told - others)
    return found


def test_a_leak_would_be_found():
    whole = "\n".join(cell.source for cell in read(COURSE.source("knn")).cells)
    handed_in = read(COURSE.release("knn"))
    found = leaks("knn", f"<style>400</style><pre>{whole}</pre>", handed_in)
    assert "for some_user in interactions.user_ids[::600].tolist():" in found
    assert "600" in found
    assert "400" not in found
    assert leaks("knn", "\n".join(cell.source for cell in handed_in.cells), handed_in) == []


def looked_at(submission, made):
    """Check what the student gets back of an assignment."""
    assignment = submission.assignment
    given = feedback(submission, assignment)
    assert leaks(assignment, render(given), read(submission.submitted)) == []
    lost = [each for each in given.verdicts if each.told]
    unseen = [each.told.startswith("a hidden test found a mistake; it checks: ") for each in lost]
    assert all(unseen) if should_pass_what_is_seen(made) else not all(unseen)


def by_nbgrader(course, assignment, made):
    """Points and reason of each test, by nbgrader and its gradebook."""
    submission = Submission(course, assignment, made.name.replace("_", "-"))
    student = submission.student
    write(submission.submitted, to_text(filled_in(course, assignment, made)))
    list(grade_all([submission]))
    looked_at(submission, made)
    (row,) = [row for row in results(course, [assignment]) if row.student == student]
    questions = {question.name: question for question in row.questions}
    return {
        name: (questions[name].points, questions[name].reason, questions[name].code)
        for name in max_points(assignment)
    }


def by_fork(warm, assignment, made):
    """Points and reason of each test, by nbgrader's rule for what the cells have shown.

    Of several submissions at once: for each of them, and whether all passes that the student sees
    of the tests.
    """
    tests = {
        cell.id: cell.source for cell in read(COURSE.source(assignment)).cells if is_test(cell)
    }
    notebooks = [
        [cell for cell in filled_in(COURSE, assignment, each).cells if cell.cell_type == "code"]
        for each in made
    ]
    # a test is run as two cells, what the student sees and what is hidden
    halves = [
        [half for cell in code for half in tests.get(cell.id, cell.source).partition(HIDDEN)[::2]]
        for code in notebooks
    ]
    shown = warm.run_all([[warm.remember, *each] for each in halves])
    return {
        each.name: judged(code, outputs and outputs[1:], tests)
        for each, code, outputs in zip(made, notebooks, shown, strict=True)
    }


def judged(code, shown, tests):
    """Points and reason of each test of one submission, and whether what is seen passes."""
    if shown is None:
        return dict.fromkeys(tests, (0, "the process died", "")), False
    passes = True
    for cell, seen, unseen in zip(code, shown[::2], shown[1::2], strict=True):
        fails = any(output["output_type"] == "error" for output in seen)
        cell.outputs = nbformat.from_dict(seen if fails else seen + unseen)
        passes = passes and not (fails and is_test(cell))
    found = {}
    for number, cell in enumerate(code):
        if is_test(cell):
            points, most = utils.determine_grade(cell)
            lost = ("", "") if points == most else (verdict(code, number), code_of(cell))
            found[cell.id] = (points, *lost)
    return found, passes


def should_pass_what_is_seen(made):
    return made.kind == "honest" or made.unseen


def check(found, assignment, made):
    most = max_points(assignment)
    wanted = dict.fromkeys(most, 0) if made is EMPTY else most | made.points
    assert {name: points for name, (points, *_) in found.items()} == wanted
    for name, hint in made.hints.items():
        _, reason, code = found[name]
        # an error of Python's own, and an assert in the notebook, are known by their words
        assert hint in reason if code in ("", "raised") else hint == code
    for name, (points, reason, _) in found.items():  # a student is never left without a reason
        assert bool(reason) == (points < most[name])


def test_what_must_be_so_is_looked_at():
    full = {name: (most, "", "") for name, most in max_points("knn").items()}
    check(full, "knn", PERFECT)
    slip = Variant("slip", "", "wrong", points={"test-hit-rate": 0}, hints={"test-hit-rate": "row"})
    check(full | {"test-hit-rate": (0, "by row", "")}, "knn", slip)
    coded = replace(slip, hints={"test-hit-rate": "other-rows"})
    check(full | {"test-hit-rate": (0, "by row", "other-rows")}, "knn", coded)
    for made, name, found in [
        (PERFECT, "test-hit-rate", (0, "by row", "")),
        (PERFECT, "test-hit-rate", (1, "for no reason", "")),
        (EMPTY, "test-hit-rate", (1, "", "")),
        (slip, "test-hit-rate", (1, "", "")),
        (slip, "test-hit-rate", (0, "by column", "")),
        (slip, "test-hit-rate", (0, "by row", "other-rows")),
        (slip, "test-train-model", (1, "by row", "")),
        (slip, "test-of-yesterday", (1, "", "")),
    ]:
        with pytest.raises(AssertionError):
            check(full | {"test-hit-rate": (0, "by row", "")} | {name: found}, "knn", made)


cannot_fork = pytest.mark.skipif(
    not CAN_FORK, reason="Windows has no fork; what nbgrader itself grades runs there"
)


class TestByNbgrader:
    """What nbgrader itself makes of some submissions is what the forks make of them."""

    assignment = "knn"
    # the last one fails hidden tests only
    NAMES = "perfect", "another_way", "half_right", "transposed", "empty", "chatty", "typed_in"

    def test_demo_shows_six_students_with_points_and_reasons(self, demo):
        assert demo.code == 0
        assert demo.err == ISOLATED
        lines = [line.split() for line in demo.out.splitlines() if line.endswith("/16")]
        assert lines == [
            ["another-way", "2", "3", "2", "2", "1", "2", "1", "manual", "13/16"],
            ["crashes", "2", "0", "2", "2", "1", "2", "1", "manual", "10/16"],
            ["empty", "0", "0", "0", "0", "0", "0", "0", "0", "0/16"],
            ["half-right", "2", "3", "0", "0", "0", "0", "0", "manual", "5/16"],
            ["perfect", "2", "3", "2", "2", "1", "2", "1", "manual", "13/16"],
            ["transposed", "0", "3", "2", "2", "1", "2", "1", "manual", "11/16"],
        ]
        text = " ".join(demo.out.split())
        assert "cell recommend-one stopped: the kernel died here: a crash, too little" in text
        assert "transposed matrix. Rows are users, columns are items" in text
        assert f"recsys-course report --course-dir {demo.course.root}" in text
        for student in ("crashes", "perfect"):
            assert Submission(demo.course, "knn", student).autograded.is_file()

    @pytest.mark.parametrize("made", cases("knn", [*NAMES, "crashes"]))
    def test_points_and_hints(self, demo, made):
        check(by_nbgrader(demo.course, "knn", made), "knn", made)

    @cannot_fork
    @pytest.mark.parametrize("made", cases("knn", NAMES))
    def test_forks_agree(self, demo, forked, made):
        found, passes = forked[made.name]
        assert found == by_nbgrader(demo.course, "knn", made)
        assert passes == should_pass_what_is_seen(made)

    @cannot_fork
    def test_a_dead_process_gets_nothing_and_the_next_is_graded(self, warm):
        both = by_fork(warm, "knn", [bank("knn")["crashes"], PERFECT])
        dead, _ = both["crashes"]
        assert set(dead.values()) == {(0, "the process died", "")}
        check(both["perfect"][0], "knn", PERFECT)
        again = by_fork(warm, "knn", [PERFECT])
        assert again["perfect"] == both["perfect"]


@pytest.mark.long
class TestSimilarItemsByNbgrader:
    assignment = "similar_items"
    NAMES = "another_way", "unknown_raises", "typed_unknown"  # the last one fails hidden tests only

    @pytest.mark.parametrize("made", cases("similar_items", NAMES))
    def test_points_and_hints(self, course, made):
        check(by_nbgrader(course, "similar_items", made), "similar_items", made)

    @cannot_fork
    @pytest.mark.parametrize("made", cases("similar_items", NAMES))
    def test_forks_agree(self, course, forked, made):
        found, passes = forked[made.name]
        assert found == by_nbgrader(course, "similar_items", made)
        assert passes == should_pass_what_is_seen(made)


class Rest:
    """What is graded in forks: the bank of one assignment."""

    assignment: str

    def test_points_and_hints(self, forked, made):
        found, passes = forked[made.name]
        check(found, self.assignment, made)
        assert passes == should_pass_what_is_seen(made)


@cannot_fork
@pytest.mark.parametrize("made", cases("knn", without=[*TestByNbgrader.NAMES, "crashes"]))
class TestKnn(Rest):
    assignment = "knn"


@cannot_fork
@pytest.mark.parametrize("made", cases("similar_items"))
class TestSimilarItems(Rest):
    assignment = "similar_items"


@cannot_fork
@pytest.mark.parametrize("made", cases("start_here"))
class TestStartHere(Rest):
    assignment = "start_here"


@cannot_fork
@pytest.mark.parametrize("made", cases("als"))
class TestAls(Rest):
    assignment = "als"


class Whole:
    """The whole bank of one assignment, by nbgrader itself."""

    assignment: str

    def test_points_and_hints(self, course, made):
        check(by_nbgrader(course, self.assignment, made), self.assignment, made)


@pytest.mark.long
@pytest.mark.parametrize("made", cases("knn"))
class TestWholeKnn(Whole):
    assignment = "knn"


@pytest.mark.long
@pytest.mark.parametrize("made", cases("similar_items"))
class TestWholeSimilarItems(Whole):
    assignment = "similar_items"


@pytest.mark.long
@pytest.mark.parametrize("made", cases("start_here"))
class TestWholeStartHere(Whole):
    assignment = "start_here"


@pytest.mark.long
@pytest.mark.parametrize("made", cases("als"))
class TestWholeAls(Whole):
    assignment = "als"


def test_every_assignment_has_its_classes():
    for kind in (Rest, Whole):
        assert sorted(each.assignment for each in kind.__subclasses__()) == ASSIGNMENTS


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_bank_holds_honest_and_wrong_submissions(assignment):
    kinds = [made.kind for made in variants(COURSE, assignment)]
    assert {"honest", "wrong"} == set(kinds)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_nearly_every_mistake_is_seen_before_it_is_handed_in(assignment):
    wrong = [made for made in variants(COURSE, assignment) if made.kind == "wrong"]
    assert sum(made.unseen for made in wrong) <= len(wrong) / 10


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_test_cell_is_failed_by_some_mistake(assignment):
    missed = {name for made in variants(COURSE, assignment) for name in made.points}
    assert missed == set(max_points(assignment))


class TestVariant:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("title = ", "not a variant"),
            ('kind = "wrong"', "not a variant: .*title"),
            ('title = "T"\nkind = "odd"', "kind: expected honest or wrong, found 'odd'"),
            ('title = "T"\nkind = "wrong"\npoint = {}', "not a variant: .*point"),
            ('title = "T"\nkind = "honest"\nstub = ["add"]', "an honest variant gets all points"),
        ],
    )
    def test_a_damaged_file_is_named(self, toy, content, message):
        write(toy.bank("sums") / "odd.toml", content)
        with pytest.raises(UserError, match=rf"odd\.toml.*{message}"):
            variants(toy, "sums")

    def test_a_variant_that_is_not_there(self, toy):
        with pytest.raises(UserError, match="no such variant"):
            variant(toy, "sums", "odd")

    def test_the_release_is_filled_in_as_a_student_would(self, toy):
        release(toy, "sums")
        made = Variant("half", "", "wrong", stub=("twice",), cells={"add": "\nadd = sum\n"})
        cells = {cell.id: cell.source for cell in filled_in(toy, "sums", made).cells}
        assert cells["add"] == "add = sum"
        assert "raise NotImplementedError" in cells["twice"]
        assert cells["explain"] == "Because."
        reference = {cell.id: cell.source for cell in filled_in(toy, "sums", PERFECT).cells}
        assert reference["add"] == "def add(a, b):\n    return a + b"
        assert "numbers count, too" not in reference["test-add"]

    @pytest.mark.parametrize(
        "made",
        [
            Variant("x", "", "wrong", cells={"ad": ""}),
            Variant("x", "", "wrong", stub=("ad",)),
            Variant("x", "", "wrong", points={"test-ad": 0}),
            Variant("x", "", "wrong", hints={"test-ad": ""}),
        ],
    )
    def test_a_cell_that_the_assignment_does_not_have(self, toy, made):
        release(toy, "sums")
        with pytest.raises(UserError, match=r"'(test-)?ad'; did you mean (test-)?add\?"):
            filled_in(toy, "sums", made)
