"""What students get back: points and hints, nothing of a hidden test, nothing that runs."""

import copy
import re
from html import unescape

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from coursegrader.course.gradebook import opened
from coursegrader.course.lint.marks import Marks
from coursegrader.course.notebook import read, to_text
from coursegrader.errors import UserError
from coursegrader.files import write
from coursegrader.intake.submission import Submission
from coursegrader.report import html
from coursegrader.report.feedback import Feedback, Shown, feedback
from coursegrader.report.hidden import Veil, is_hidden
from coursegrader.report.page import give_back, page, render
from coursegrader.run.one import grade
from tests.released import release

HIDDEN = Marks("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
TEST = """# Sums.
assert add(2, 3) == 5
### BEGIN HIDDEN TESTS
def zero(a):
    assert add(a, -a) == 0, "opposite numbers"
zero(7)
### END HIDDEN TESTS
zero(1)"""
CHECKS = "Sums of small and of negative numbers."
PEEKS = """print(In)
from IPython.display import HTML, Markdown, display
display(HTML("".join(f"<b>{sign}</b>" for sign in In[3])), Markdown(In[3]))
raise ValueError(In[3])
def twice(a):
    return add(a, a)"""


def text_of(made):
    """What a reader could read or copy: without tags, and with all spaces taken out."""
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]*>", "", made)))


@pytest.fixture(scope="module")
def course(tmp_path_factory, toy_builder, hand_in):
    """Graded in real kernels: whether a hidden test failed is told by the lines of an error."""
    course = toy_builder(tmp_path_factory.mktemp("feedback") / "course")
    release(course, "sums")
    hand_in(course, "ann")
    hand_in(course, "bob", add="def add(a, b):\n    return a * b")
    hand_in(course, "cem", add="def add(a, b):\n    return abs(a) + abs(b)")
    hand_in(course, "dora", twice=PEEKS)
    hand_in(course, "eli", add="def add(a, b) return a", twice="def twice(a):\n    return 1 / 0")
    write(Submission(course, "sums", "fay").submitted, '{"cells": [')
    for student in ("ann", "bob", "cem", "dora", "eli", "fay"):
        grade(Submission(course, "sums", student))
    return course


def given(course, student):
    return feedback(Submission(course, "sums", student), "sums")


@pytest.mark.parametrize(
    ("student", "told"),
    [
        ("ann", ["", "", ""]),
        ("bob", ["two and three make five: did you multiply?", "twice four is eight", ""]),
        (
            "cem",
            [f"a hidden test found a mistake; it checks: {CHECKS}", "", ""],
        ),
        ("dora", ["", "(Left out: it shows a part of a hidden test.)", ""]),
        (
            "eli",
            [
                "cell add is not Python: expected ':' in line 1",
                "ZeroDivisionError: division by zero",
                "",
            ],
        ),
    ],
)
def test_each_question_says_why_points_were_lost(course, student, told):
    found = given(course, student)
    assert [each.told for each in found.verdicts] == told
    assert [each.title for each in found.verdicts] == ["test-add", "test-twice", "explain"]
    assert [each.state for each in found.verdicts[2:]] == ["waits"]


def test_points_and_the_line_of_a_visible_test(course):
    bob = given(course, "bob")
    assert (bob.points, bob.max_points, bob.waiting) == (0, 5, 1)
    assert bob.verdicts[1].line == 'assert twice(4) == 8, "twice four is eight"'
    ann = given(course, "ann")
    assert [each.state for each in ann.verdicts] == ["full", "full", "waits"]
    assert (ann.points, ann.reason) == (3, "")


def test_no_page_shows_a_hidden_test(course):
    executed = Submission(course, "sums", "dora").autograded.read_text("utf-8")
    assert executed.count("negative numbers count") > 3  # there was something to leave out
    for student in ("ann", "bob", "cem", "dora", "eli", "fay"):
        (written,) = give_back(Submission(course, "sums", student))
        made = written.read_text("utf-8")
        assert "assertadd(-1" not in text_of(made)
        assert "negativenumberscount" not in text_of(made)
        assert "BEGINHIDDEN" not in text_of(made)
        assert "assertadd(2,3)==5" in text_of(made) or student == "fay"
        assert "<script" not in made


def test_what_cannot_be_graded_says_so_and_shows_what_was_handed_in(course):
    fay = given(course, "fay")
    assert "not JSON" in fay.reason
    made = render(fay)
    assert "Not graded yet" in made
    assert "0 of 5 points" not in made
    assert "–of5" not in text_of(made)
    assert text_of(made).count("–of") == 6  # of each question, above and below


def test_points_and_comments_by_hand(course):
    with opened(course) as gradebook:
        mark = gradebook.find_grade("explain", "sums", "sums", "ann")
        mark.manual_score, mark.needs_manual_grade = 1.5, False
        note = gradebook.find_comment("explain", "sums", "sums", "ann")
        note.manual_comment = "Well *argued* <script>steal()</script>, $x^2$"
        gradebook.find_submission_notebook("sums", "sums", "ann").late_submission_penalty = 0.5
        gradebook.db.commit()
    ann = given(course, "ann")
    assert (ann.points, ann.waiting, ann.penalty) == (4, 0, 0.5)
    assert (ann.verdicts[2].state, ann.verdicts[2].told) == ("part", "graded by hand")
    made = render(ann)
    assert "<em>argued</em>" in made
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in made
    assert "<script" not in made
    assert "4of5points" in text_of(made)


def test_what_was_never_graded_has_no_page(course, hand_in):
    hand_in(course, "gus")
    with pytest.raises(UserError, match=r"submitted/gus/sums/sums.ipynb: not graded yet"):
        give_back(Submission(course, "sums", "gus"))


@pytest.mark.parametrize(
    ("lines", "hidden"),
    [
        ([2], False),
        ([6, 5], True),
        ([8, 5], True),  # visible code that calls what is hidden
        ([], True),  # nobody can tell
    ],
)
def test_a_hidden_part_is_told_by_lines(lines, hidden):
    frames = [f"Cell In[9], line {line}" for line in lines]
    error = new_output("error", ename="E", evalue="", traceback=["Cell In[2], line 4", *frames])
    cell = new_code_cell(TEST, execution_count=9, outputs=[error])
    assert is_hidden(cell, HIDDEN) is hidden
    visible = new_code_cell("assert add(2, 3) == 5", execution_count=9, outputs=[error])
    assert not is_hidden(visible, HIDDEN)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("assert add(a, -a) == 0", True),
        ("assert\n  add( a , -a)==0", True),
        ("'def zero(a):\\n    assert add(a, -a) == 0, \"opp'", True),
        ("it said: opposite numbers", True),
        ("assert add(2, 3) == 5", False),  # students see it
        ("zero(7)", False),  # too short to be known from anything else
        ("", False),
    ],
)
def test_a_hidden_line_is_known_however_it_is_written(text, covered):
    assert Veil([TEST], HIDDEN).covers(text) is covered


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ("<script>steal()</script>after", "after"),
        ('<img src="x" onerror="steal()">', "<img>"),
        ('<img src="https://a.example/b.png" alt="b">', '<img alt="b">'),
        ('<img src="//a.example/b.png">', "<img>"),
        ('<img src="data:text/html,<script>">', "<img>"),
        ('<img src="data:image/png;base64,aaaa">', '<img src="data:image/png;base64,aaaa">'),
        ('<a href="javascript:steal()">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="data:text/html,a">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ("<style>p { display: none }</style>after", "after"),
        ('<p style="position: fixed" class="verdict full" id="top">a</p>', "<p>a</p>"),
        ('<span class="full">a</span><span class="k">b</span>', "<span>a</span>"),
        ('<iframe src="https://a.example"></iframe>', ""),
        ('<form action="https://a.example"><button>a</button></form>', "a"),
        ('<svg onload="steal()"><script>steal()</script></svg>', ""),
        ('<meta http-equiv="refresh" content="0; url=https://a.example">', ""),
        ('<link rel="stylesheet" href="https://a.example">', ""),
        ("<math><mi>x</mi></math>", "<math><mi>x</mi></math>"),
        ("<!-- a --><b>b</b>", "<b>b</b>"),
        ('<td style="text-align: right; background: url(//a.example)">', ""),
    ],
)
def test_nothing_runs_and_nothing_comes_from_elsewhere(markup, left):
    cleaned = html.clean(markup)
    assert cleaned == left or (left and cleaned.startswith(left))
    assert "a.example" not in cleaned
    assert "steal" not in cleaned


def test_only_pictures_of_the_assignment_are_put_into_a_page(tmp_path):
    write(tmp_path / "homework" / "curve.png", b"\x89PNG")
    write(tmp_path / "homework" / "data.csv", "a")
    write(tmp_path / "secret.png", b"secret")
    folder = tmp_path / "homework"
    shown = html.markdown("![a curve](curve.png)", pictures=folder)
    assert shown == '<p><img src="data:image/png;base64,iVBORw==" alt="a curve"></p>\n'
    for other in ("../secret.png", str(tmp_path / "secret.png"), "data.csv", "nothing.png", "."):
        assert "src" not in html.markdown(f"![]({other})", pictures=folder)


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        (new_output("stream", text="\x1b[31m<b>\x1b[0m"), "<pre>&lt;b&gt;</pre>"),
        (
            new_output("error", ename="ValueError", evalue="<b>", traceback=["hidden"]),
            '<pre class="error">ValueError: &lt;b&gt;</pre>',
        ),
        (
            new_output("display_data", data={"text/html": "<b>a</b>", "text/plain": "a"}),
            '<div class="table"><b>a</b></div>',
        ),
        (
            new_output("display_data", data={"text/html": "<script>a</script>", "text/plain": "a"}),
            "<pre>a</pre>",
        ),
        (
            new_output("display_data", data={"image/png": "iVBO\nRw==\n", "text/plain": "Figure"}),
            '<img src="data:image/png;base64,iVBORw==" alt="what the cell draws">',
        ),
        (
            new_output("display_data", data={"image/png": '"><script>', "text/plain": "Figure"}),
            "<pre>Figure</pre>",
        ),
        (new_output("display_data", data={"application/javascript": "steal()"}), ""),
        (new_output("display_data", data={"application/json": {"a": 1}}), ""),
        (new_output("display_data", data={"text/markdown": "*a*"}), "<p><em>a</em></p>\n"),
    ],
)
def test_the_richest_harmless_form_of_an_output_is_shown(output, shown):
    assert html.output(output) == shown


def test_a_vector_picture_is_shown_as_a_picture():
    made = html.output(new_output("display_data", data={"image/svg+xml": "<svg/>"}))
    assert made.startswith('<img src="data:image/svg+xml;base64,PHN2Zy8+"')


@pytest.mark.parametrize(
    "text", ["![a](attachment:lost.png)", "> " * 3_000 + "a", "$" + "{" * 4_000 + "$", "[a](<b"]
)
def test_odd_markdown_is_shown_somehow(text):
    assert isinstance(html.markdown(text), str)


def test_names_and_texts_are_no_markup():
    cell = new_code_cell("a < b")
    raw = new_raw_cell("<script>steal()</script>")
    shown = [Shown(each, each.source) for each in (cell, raw)]
    made = render(Feedback("<b>ann</b>", "sums", "<i>sums</i>", [], shown))
    assert "<b>ann" not in made
    assert "<i>sums" not in made
    assert "<script" not in made
    assert "default-src 'none'" in made


def test_an_older_test_and_a_mark_scheme_are_left_out(toy, quick, hand_in):
    """The test has gone from the gradebook, and still stands in what was executed."""
    course = quick(toy.root)
    source = read(course.source("sums"))
    task = {"task": True, "grade": False, "solution": False, "locked": True, "points": 1}
    task |= {"grade_id": "reason", "schema_version": 3}
    text = "Why?\n=== BEGIN MARK SCHEME ===\nOne point for zero.\n=== END MARK SCHEME ==="
    source.cells.append(new_markdown_cell(text, metadata={"nbgrader": task}))
    write(course.source("sums"), to_text(source))
    release(course, "sums")
    hand_in(course, "ann")
    ann = Submission(course, "sums", "ann")
    grade(ann)
    executed = read(ann.autograded)
    older = copy.deepcopy(executed.cells[3])
    older.id = older.metadata.nbgrader.grade_id = "test-of-yesterday"
    older.source = older.source.replace("add(-1, 1)", "add(-2, 2)")
    older.outputs = [new_output("stream", text="assert add(-2, 2) == 0")]
    own = new_code_cell("1", outputs=[new_output("stream", text=older.source)])
    executed.cells += [older, own]
    write(ann.autograded, to_text(executed))
    made = text_of(page(ann, "sums"))
    assert "Why?" in made
    assert "Onepointforzero" not in made
    assert "add(-2,2)" not in made


def test_several_tests_under_one_heading_are_told_apart(course):
    source = course.source("sums")
    notebook = read(source)
    notebook.cells[0].source = "# Sums\n\n## 1. Add and `twice` ★"
    before = source.read_bytes()
    write(source, to_text(notebook))
    titles = [each.title for each in given(course, "bob").verdicts]
    write(source, before)
    names = ("test-add", "test-twice", "explain")
    assert titles == [f"1. Add and twice ★ ({name})" for name in names]
