"""The course's own homework, graded as an instructor would: the bank gets its exact points.

Honest variants get full marks, wrong ones lose exactly what they should and hear the right hint;
the reference is perfect, and no test passes on the untouched release.
"""

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import pytest

from recsys_course.cli import main
from recsys_course.errors import CourseError
from recsys_course.grading.autograde import NOT_ISOLATED
from recsys_course.grading.bank import EMPTY, PERFECT, Variant, submission, variant, variants
from recsys_course.grading.batch import grade_all
from recsys_course.grading.course import find
from recsys_course.grading.notebooks import read, to_text, write
from recsys_course.grading.release import compare, release, troubles
from recsys_course.grading.report import rows

ROOT = Path(__file__).resolve().parents[2]
COURSE = find(ROOT, language="en")
ASSIGNMENTS = COURSE.assignments()


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_homework_is_what_its_source_generates(assignment):
    assert compare(COURSE, assignment) == []


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_source_is_free_of_traps(assignment):
    assert troubles(COURSE, assignment) == []


@pytest.fixture(scope="module", autouse=True)
def defaults():
    """Work in the checkout; kernels find the package there even if it isn't installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("COLUMNS", "100")
        for name in ("RECSYS_COURSE_LANG", "DATA_DIR"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="class")
def demo(tmp_path_factory):
    """Run ``recsys-course demo``: it makes the course in which the rest of the bank is graded."""
    folder = tmp_path_factory.mktemp("demo") / "made up"
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(["demo", "--keep", str(folder)])
    return SimpleNamespace(
        course=find(folder), code=ended.value.code, out=out.getvalue(), err=err.getvalue()
    )


@pytest.fixture(scope="class")
def similar_items(tmp_path_factory, toy_builder):
    course = toy_builder(tmp_path_factory.mktemp("similar") / "course")
    source = COURSE.source("similar_items")
    write(course.source("similar_items"), source.read_bytes())
    release(course, "similar_items")
    return course


def cases(assignment):
    bank = [PERFECT, EMPTY, *variants(ROOT, assignment)]
    return [pytest.param(made, id=made.name) for made in bank]


def max_points(assignment):
    cells = [cell.metadata.get("nbgrader", {}) for cell in read(COURSE.source(assignment)).cells]
    return {meta.grade_id: meta.points for meta in cells if meta.get("grade") and not meta.solution}


def expected(assignment, made):
    most = max_points(assignment)
    return dict.fromkeys(most, 0) if made is EMPTY else most | made.points


def check(course, assignment, made):
    student = made.name.replace("_", "-")
    write(course.submitted(student, assignment), to_text(submission(course, assignment, made)))
    list(grade_all(course, [(assignment, student)]))
    (row,) = [row for row in rows(course, [assignment]) if row.student == student]
    questions = {question.name: question for question in row.questions}
    wanted = expected(assignment, made)
    assert {name: questions[name].points for name in wanted} == wanted
    for name, hint in made.hints.items():
        assert hint in questions[name].reason
    for name in wanted:  # a student is never left without a reason
        assert bool(questions[name].reason) == (wanted[name] < questions[name].max_points)


class TestKnn:
    def test_demo_shows_six_students_with_points_and_reasons(self, demo):
        assert demo.code == 0
        assert demo.err == f"{NOT_ISOLATED}\n"
        lines = [line.split() for line in demo.out.splitlines() if line.endswith("/16")]
        assert lines == [
            ["another-way", "2", "3", "2", "2", "1", "3", "manual", "13/16"],
            ["crashes", "0", "0", "0", "0", "0", "0", "manual", "0/16"],
            ["empty", "0", "0", "0", "0", "0", "0", "0", "0/16"],
            ["half-right", "2", "3", "0", "0", "0", "0", "manual", "5/16"],
            ["perfect", "2", "3", "2", "2", "1", "3", "manual", "13/16"],
            ["transposed", "0", "3", "2", "2", "1", "0", "manual", "8/16"],
        ]
        text = " ".join(demo.out.split())
        assert "the kernel died in cell recommend-one" in text
        assert "transposed matrix. Rows are users, columns are items" in text
        assert f"recsys-course report --course-dir {demo.course.root}" in text
        for student in ("crashes", "perfect"):
            assert demo.course.autograded(student, "knn").is_file()

    @pytest.mark.parametrize("made", cases("knn"))
    def test_points_and_hints(self, demo, made):
        check(demo.course, "knn", made)


class TestSimilarItems:
    @pytest.mark.parametrize("made", cases("similar_items"))
    def test_points_and_hints(self, similar_items, made):
        check(similar_items, "similar_items", made)


def test_every_assignment_has_a_class_above():
    assert ASSIGNMENTS == ["knn", "similar_items"]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_bank_holds_honest_and_wrong_submissions(assignment):
    kinds = [made.kind for made in variants(ROOT, assignment)]
    assert {"honest", "wrong"} == set(kinds)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_test_cell_is_failed_by_some_mistake(assignment):
    missed = {name for made in variants(ROOT, assignment) for name in made.points}
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
    def test_a_damaged_file_is_named(self, tmp_path, content, message):
        write(tmp_path / "tests" / "submissions" / "sums" / "odd.toml", content)
        with pytest.raises(CourseError, match=rf"odd\.toml.*{message}"):
            variants(tmp_path, "sums")

    def test_a_variant_that_is_not_there(self, tmp_path):
        with pytest.raises(CourseError, match="no such variant"):
            variant(tmp_path, "sums", "odd")

    def test_the_release_is_filled_in_as_a_student_would(self, toy):
        release(toy, "sums")
        made = Variant("half", "", "wrong", stub=("twice",), cells={"add": "\nadd = sum\n"})
        cells = {cell.id: cell.source for cell in submission(toy, "sums", made).cells}
        assert cells["add"] == "add = sum"
        assert "raise NotImplementedError" in cells["twice"]
        assert cells["explain"] == "Because."
        reference = {cell.id: cell.source for cell in submission(toy, "sums", PERFECT).cells}
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
        with pytest.raises(CourseError, match=r"'(test-)?ad'; did you mean (test-)?add\?"):
            submission(toy, "sums", made)
