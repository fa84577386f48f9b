"""Each trap of nbgrader that costs honest students points, or gives them away, is named."""

import copy

import pytest
from nbformat import v4
from traitlets.config import Config

from coursegrader.course.lint import lint
from coursegrader.errors import UserError

SOLUTION = "### BEGIN SOLUTION\n    return a + b\n    ### END SOLUTION"
HIDDEN = "### BEGIN HIDDEN TESTS\nassert add(1, 1) == 2\n### END HIDDEN TESTS"


OURS = Config({"CourseGrader": {"checks": ["recsys_course.homework"]}})


@pytest.fixture(scope="module")
def clean():
    def cell(grade_id, source, grade, solution, points=None, make=v4.new_code_cell):
        meta = {"grade": grade, "grade_id": grade_id, "locked": not solution, "solution": solution}
        meta |= {"schema_version": 3, "task": False} | ({"points": points} if points else {})
        return make(source, metadata={"nbgrader": meta})

    return v4.new_notebook(
        cells=[
            cell("add", f"def add(a, b):\n    {SOLUTION}", False, True),
            cell("test-add", '# Sums.\nassert add(2, 3) == 5', True, False, 2),
            cell("explain", "Because.", True, True, 2, v4.new_markdown_cell),
        ]
    )  # fmt: skip


def test_a_clean_notebook_has_no_troubles(clean):
    assert lint(clean) == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "# Sums.\nadd(2, 3) == 5",
            "ends in a bare expression, whose value nbgrader would read",
        ),
        ("# Sums.\nassert add(2, 3) == 5\nadd(2, 3)", "ends in a bare expression"),
        ("# Sums.\nprint(add(2, 3))", "ends in a bare expression"),
        ("# Sums.\nanswer = add(2, 3)", "ends in something that asserts nothing"),
        ("# Sums.", "ends in something that asserts nothing"),
        ("# Sums.\ncheck_nothing_we_have(add)", "ends in a bare expression"),
        ("assert add(2, 3) == 5", "doesn't say what it checks"),
        ("### Sums.\nassert add(2, 3) == 5", "doesn't say what it checks"),
        ("#\nassert add(2, 3) == 5", "doesn't say what it checks"),
        (
            '# Sums.\n"""Of two numbers."""\nassert add(2, 3) == 5',
            "line 2 is a value on its own, which some settings show",
        ),
        ("# Sums.\nassert add\nadd\nassert add(2, 3) == 5", "line 3 is a value on its own"),
        ("# Sums.\nassert model.fit(x) is model", "it trains a model"),
        ("# Sums.\nassert add(2, 3 == 5", "it is not Python (line 2"),
        (f"# Sums.\nadd(2, 3)\n{HIDDEN}", "without its hidden tests, it ends in a bare"),
        (
            "# Sums.\nassert 1\n### BEGIN HIDDEN TESTS\nassert 2",
            "hidden test region is not closed",
        ),
        ("# Sums.\nassert 1\n### END HIDDEN TESTS", "hidden test region is not closed"),
        (f"# Sums.\n### BEGIN HIDDEN TESTS\n{HIDDEN}", "hidden test region is not closed"),
        ("# Sums.\n### begin hidden tests\nassert 1", "nbgrader doesn't know"),
        ("# Sums.\n### BEGIN SOLUTION\nassert 1\n### END SOLUTION", "is no solution cell"),
    ],
)
def test_trap_in_a_test_cell(clean, source, message):
    notebook = copy.deepcopy(clean)
    notebook.cells[1].source = source
    (trouble,) = lint(notebook)
    assert trouble.startswith("cell test-add: ")
    assert message in trouble


@pytest.mark.parametrize(
    "source",
    [
        '# Sums.\nassert add(2, 3) == 5, "five"',
        '# Sums.\nexpect(add(2, 3) == 5, "five")',
        "# Sums.\ncheck_model(model, matrix, K=2)",
        "# Sums.\nfor a in (1, 2):\n    assert add(a, a) == 2 * a",
        f"# Sums.\nassert add(2, 3) == 5\n{HIDDEN}",
        "# Sums.\n%matplotlib inline\nassert add(2, 3) == 5",
    ],
)
def test_a_test_may_end_in_an_assertion_of_any_shape(clean, source):
    notebook = copy.deepcopy(clean)
    notebook.cells[1].source = source
    assert lint(notebook, OURS) == []


@pytest.mark.parametrize(
    ("number", "change", "message"),
    [
        (1, {"points": 0}, "it is graded with 0 points; give it more than 0"),
        (2, {"points": -1.5}, "it is graded with -1.5 points; give it more than 0"),
        (1, {"points": float("inf")}, "it is graded with inf points; give it more than 0"),
        (1, {"schema_version": 2}, "schema_version is 2; set it to 3"),
        (1, {"grade_id": "cell-1a2b3c"}, "grade_id 'cell-1a2b3c' says nothing"),
        (1, {"grade_id": "Test_Add"}, "grade_id 'Test_Add' says nothing"),
        (1, {"grade_id": "add"}, "another cell has this grade_id"),
        (1, {"locked": False}, "students could edit this test"),
    ],
)
def test_trap_in_the_metadata(clean, number, change, message):
    notebook = copy.deepcopy(clean)
    notebook.cells[number].metadata.nbgrader.update(change)
    (trouble,) = lint(notebook)
    assert message in trouble


def test_only_what_the_course_names_is_a_check(clean):
    notebook = copy.deepcopy(clean)
    notebook.cells[1].source = "# Sums.\ncheck_count(add(2, 3), 5)"
    (trouble,) = lint(notebook)
    assert trouble.endswith("; end it with an assert")
    assert lint(notebook, OURS) == []
    notebook.cells[1].source = "# Sums.\nadd(2, 3)"
    (trouble,) = lint(notebook, OURS)
    assert trouble.endswith("; end it with an assert or with a check of recsys_course.homework")


def test_a_module_of_checks_that_is_not_there_is_one_line(clean):
    with pytest.raises(UserError) as found:
        lint(clean, Config({"CourseGrader": {"checks": ["nowhere.checks"]}}))
    assert str(found.value) == (
        "nbgrader_config.py, c.CourseGrader.checks: 'nowhere.checks' cannot be imported "
        "(No module named 'nowhere'); name a module of this environment"
    )


def test_words_that_look_like_hexadecimal_are_words(clean):
    notebook = copy.deepcopy(clean)
    notebook.cells[1].metadata.nbgrader.grade_id = "test-facade-decade"
    assert lint(notebook) == []


def test_skip_execution_would_give_everyone_full_points(clean):
    notebook = copy.deepcopy(clean)
    notebook.cells[1].metadata.tags = ["skip-execution"]
    assert "full points" in lint(notebook)[0]


def test_a_markdown_test_can_never_be_scored(clean):
    notebook = copy.deepcopy(clean)
    test = notebook.cells[1]
    notebook.cells[1] = v4.new_markdown_cell(test.source, metadata=test.metadata)
    assert "a test has to be a code cell" in lint(notebook)[0]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1\n### BEGIN SOLUTION\nx = 2", "solution region is not closed"),
        (f"def add(a, b): return a + b\n{HIDDEN}", "is no hidden test cell"),
        ("if True:\n### BEGIN SOLUTION\n    x = 2\n### END SOLUTION", "its stub is not Python"),
        ("x = 1\n### BEGIN SOLUTIONS\nx = 2\n### END SOLUTIONS", None),
        ("x = 1\n# BEGIN THE SOLUTION", None),
        ("x = 1\n### Begin Solution\nx = 2\n### End Solution", "students would see what follows"),
    ],
)
def test_trap_in_a_solution_cell(clean, source, message):
    notebook = copy.deepcopy(clean)
    notebook.cells[0].source = source
    troubles = lint(notebook)
    assert troubles == [] if message is None else message in troubles[0]


def test_a_stub_that_could_be_taken_for_an_answer(clean):
    config = Config({"ClearSolutions": {"code_stub": {"python": "pass"}}})
    assert "its stub neither raises" in lint(clean, config)[0]
