"""Each trap of nbgrader that costs honest students points, or gives them away, is named."""

import copy
from pathlib import Path

import pytest
from nbformat import v4
from traitlets.config import Config

from coursegrader.course.lint import lint, table
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


def found(notebook, config=None):
    """The one trouble of a notebook, and its rule."""
    (trouble,) = lint(notebook, config)
    return str(trouble)


@pytest.mark.parametrize(
    ("source", "rule", "words"),
    [
        ("# Sums.\nadd(2, 3) == 5", "test-ends-in-truth", "as full points; end it with an assert"),
        ("# Sums.\nnot add(2, 3)", "test-ends-in-truth", "whose value nbgrader would read"),
        (
            "# Sums.\nassert add(1, 1) == 2\nall([add(2, 3)])",
            "test-ends-in-truth",
            "ends in a bare",
        ),
        ("# Sums.\nnp.allclose(add(2, 3), 5)", "test-ends-in-truth", "ends in a bare expression"),
        ("# Sums.\nwith quiet():\n    add(2, 3) == 5", "test-ends-in-truth", "ends in a bare"),
        ("# Sums.\nassert add(2, 3) == 5\nadd(2, 3)", "test-returns", "in a call of add, and"),
        ("# Sums.\nadd(2, 3)", "test-asserts-nothing", "everyone gets full points"),
        ("# Sums.\nadd", "test-asserts-nothing", "everyone gets full points"),
        ("# Sums.\nprint(add(2, 3))", "test-asserts-nothing", "everyone gets full points"),
        ("# Sums.\nanswer = add(2, 3)", "test-asserts-nothing", "everyone gets full points"),
        ("# Sums.", "test-asserts-nothing", "everyone gets full points"),
        (
            "# Sums.\ndef check():\n    assert add(2, 3) == 5",
            "test-asserts-nothing",
            "everyone gets full points",
        ),
        ("# Sums.\ncheck_nothing_we_have(2)", "test-returns", "in a call of check_nothing_we_have"),
        ("assert add(2, 3) == 5", "test-says-nothing", "doesn't say what it checks"),
        ("#\nassert add(2, 3) == 5", "test-says-nothing", "doesn't say what it checks"),
        ('"""Sums."""\nassert add(2, 3) == 5', "test-shows-value", "its first line is a text"),
        (
            '# Sums.\n"""Of two numbers."""\nassert add(2, 3) == 5',
            "test-shows-value",
            "line 2 is a value on its own, which some settings show",
        ),
        (
            "# Sums.\nassert add\nadd\nassert add(2, 3) == 5",
            "test-shows-value",
            "line 3 is a value",
        ),
        ("# Sums.\nassert model.fit(x) is model", "test-trains", "it trains a model"),
        ("# Sums.\nassert add(2, 3 == 5", "test-not-python", "it is not Python (line 2"),
        (
            f"# Sums.\nfor a in (1, 2):\n{HIDDEN.replace('assert', '    assert')}",
            "test-not-python",
            "without its hidden tests, it is not Python",
        ),
        ("# Sums.\nassert True", "test-always-true", "line 2 holds whatever the answer is"),
        ("# Sums.\nassert 1 + 1 == 2", "test-always-true", "line 2 holds whatever the answer is"),
        ("# Sums.\nassert (add(2, 3) == 5, 'five')", "test-always-true", "line 2 holds whatever"),
        ("# Sums.\nassert add(2, 3) == 5 or True", "test-always-true", "line 2 holds whatever"),
        ("# Sums.\nassert add == add", "test-always-true", "line 2 holds whatever"),
        (
            "# Sums.\ntry:\n    assert add(2, 3) == 5\nexcept:\n    pass",
            "test-swallows",
            "line 2 lets a failed assertion pass",
        ),
        (
            "# Sums.\ntry:\n    assert add(2, 3) == 5\nexcept (OSError, Exception):\n    x = 0",
            "test-swallows",
            "line 2 lets a failed assertion pass",
        ),
        (
            "# Sums.\nwith contextlib.suppress(AssertionError):\n    assert add(2, 3) == 5",
            "test-swallows",
            "line 2 lets a failed assertion pass",
        ),
        (
            "# Sums.\nassert 1 < add(2, 3)\n### BEGIN HIDDEN TESTS\nassert add(0, 0) == 0",
            "region-open",
            "up (BEGIN HIDDEN TESTS); write",
        ),
        (
            "# Sums.\nassert 1 < add(2, 3)\n### END HIDDEN TESTS",
            "region-open",
            "up (END HIDDEN TESTS); write",
        ),
        (
            f"# Sums.\n### BEGIN HIDDEN TESTS\n{HIDDEN}",
            "region-open",
            "before and '### END HIDDEN TESTS' after each hidden test",
        ),
        (
            "# Sums.\n### begin hidden tests\nassert 1 < add(2, 3)",
            "region-misspelt",
            "write ### BEGIN HIDDEN TESTS",
        ),
        (
            "# Sums.\n### BEGIN SOLUTION\nassert 1 < add(2, 3)\n### END SOLUTION",
            "region-elsewhere",
            "is no solution cell",
        ),
    ],
)
def test_trap_in_a_test_cell(clean, source, rule, words):
    notebook = copy.deepcopy(clean)
    notebook.cells[1].source = source
    trouble = found(notebook)
    assert trouble.removeprefix("warning: ").startswith("cell test-add: ")
    assert trouble.endswith(f"[{rule}]")
    assert words in trouble


@pytest.mark.parametrize(
    "source",
    [
        '# Sums.\nassert add(2, 3) == 5, "five"',
        '# Sums.\nexpect(add(2, 3) == 5, "five")',
        "# Sums.\ncheck_model(model, matrix, K=2)",
        "# Sums.\nfor a in (1, 2):\n    assert add(a, a) == 2 * a",
        f"# Sums.\nassert add(2, 3) == 5\n{HIDDEN}",
        "# Sums.\n%matplotlib inline\nassert add(2, 3) == 5",
        "# Sums.\nnp.testing.assert_allclose(add(2, 3), 5)",
        "# Sums.\nself.assertEqual(add(2, 3), 5)",
        "# Sums.\nwith pytest.raises(TypeError):\n    add(2, None)",
        "# Sums.\nassert add(2, 3) == 5\nprint('well done')",
        "# Sums.\ntry:\n    add(2)\nexcept TypeError:\n    x = 0\nelse:\n    raise AssertionError",
        "# Sums.\ntry:\n    assert add(2, 3) == 5\nexcept AssertionError:\n    raise Hint",
        "# Sums.\ndef five(x):\n    assert x == 5\nfive(add(2, 3))\nassert add(2, 4) == 6",
        "# Sums.\nif add(2, 3) != 5:\n    raise AssertionError('five')",
        f"# Sums.\n{HIDDEN}",
        f"# Sums.\nadd(2, 3)\n{HIDDEN}",
        "# Sums.\n### AUTOTEST add(2, 3)",
    ],
)
def test_a_test_may_end_in_an_assertion_of_any_shape(clean, source):
    notebook = copy.deepcopy(clean)
    notebook.cells[1].source = source
    assert lint(notebook, OURS) == []


def test_points_that_are_counted_may_be_what_a_test_ends_in(clean):
    notebook = copy.deepcopy(clean)
    count = "    points += 1\nexcept AssertionError:\n    pass\npoints"
    notebook.cells[1].source = f"# Sums.\npoints = 0\ntry:\n    assert add(2, 3) == 5\n{count}"
    assert found(notebook).endswith("end it with an assert [test-returns]")


def test_a_function_that_the_notebook_gives_may_assert(clean):
    notebook = copy.deepcopy(clean)
    notebook.cells.insert(0, v4.new_code_cell("def five(x):\n    assert x == 5"))
    notebook.cells[2].source = "# Sums.\nfive(add(2, 3))"
    assert lint(notebook) == []


@pytest.mark.parametrize(
    ("number", "change", "rule", "words"),
    [
        (1, {"points": 0}, "points-zero", "warning: cell test-add: it is graded with 0 points"),
        (2, {"points": -1.5}, "points", "it is graded with -1.5 points; give it 1 or more"),
        (1, {"points": float("inf")}, "points", "it is graded with inf points; give it 1 or"),
        (1, {"points": None}, "points", "it is graded with no points; give it 1 or more"),
        (1, {"schema_version": 2}, "schema", "schema_version is 2; set it to 3"),
        (1, {"grade_id": "cell-1a2b3c"}, "id-says-nothing", "grade_id 'cell-1a2b3c' says nothing"),
        (1, {"grade_id": "test sums"}, "id", "grade_id 'test sums' is no name for nbgrader"),
        (1, {"grade_id": ""}, "id", "grade_id '' is no name for nbgrader"),
        (1, {"task": True}, "kind", "a task and a test or an answer at once"),
        (1, {"grade_id": "add"}, "id-twice", "another cell has this grade_id"),
    ],
)
def test_trap_in_the_metadata(clean, number, change, rule, words):
    notebook = copy.deepcopy(clean)
    notebook.cells[number].metadata.nbgrader.update(change)
    trouble = found(notebook)
    assert words in trouble
    assert trouble.endswith(f"[{rule}]")


@pytest.mark.parametrize("change", [{"grade_id": "Test_Add"}, {"locked": False}])
def test_metadata_that_costs_nobody_anything(clean, change):
    notebook = copy.deepcopy(clean)
    notebook.cells[1].metadata.nbgrader.update(change)
    assert lint(notebook) == []


@pytest.mark.parametrize(
    ("text", "expected", "given_away"),
    [
        ("It should be 0.2537.", "assert share() == 0.2537", True),
        ("It should be 25.37 %.", "np.testing.assert_allclose(share(), 25.37)", True),
        ("It should be 1,237.", "assert share() == 0.2537", False),
        ("It should be 0.25.", "assert share() == 0.25", False),  # of two digits: anywhere
        ("It should be 10.2537.", "assert share() == 0.2537", False),
        ("Use 128 factors.", "assert len(share(128)) == 4", False),  # not what is expected
    ],
)
def test_what_a_hidden_test_expects_stands_in_no_text(clean, text, expected, given_away):
    notebook = copy.deepcopy(clean)
    notebook.cells.insert(0, v4.new_markdown_cell(text))
    hidden = HIDDEN.replace("assert add(1, 1) == 2", expected)
    notebook.cells[2].source = f"# Sums.\nassert add(2, 3) == 5\n{hidden}"
    troubles = [str(trouble) for trouble in lint(notebook)]
    assert [trouble.endswith("[answer-in-text]") for trouble in troubles] == [True] * given_away
    notebook.cells[0] = v4.new_code_cell(f"# {text}\nx = 1")
    assert len(lint(notebook)) == given_away
    notebook.cells[0] = v4.new_code_cell(
        f"known = [{expected.rpartition(' ')[2].strip(')')}]  # {text}"
    )
    assert lint(notebook) == []  # what given code holds is part of the question


def test_a_function_may_be_explained_by_what_it_returns_but_a_variable_not(clean):
    notebook = copy.deepcopy(clean)
    notebook.cells.insert(0, v4.new_markdown_cell("add(100, 85) is 185."))
    notebook.cells[2].source = "# Sums.\nassert add(100, 85) == 185"
    assert lint(notebook) == []
    notebook.cells[2].source = "# Sums.\nassert answer == 185"
    assert found(notebook) == (
        "cell number 1: it says 185, which cell test-add expects; take it out, or test another "
        "case [answer-in-text]"
    )


@pytest.mark.parametrize(
    ("source", "rule", "words"),
    [
        ("assert add(\n2,\nBEGIN\n3\nEND\n) == 5", "hidden-cuts", "line 2 is"),
        ("text = \"\"\"\nBEGIN\nx\nEND\n\"\"\"\nassert add(2, 3) == 5", "hidden-cuts", "line 2 is"),
        ("for n in (\nBEGIN\n1,\nEND\n2,\n):\n    assert add(n, 0)", "hidden-cuts", "line 2 is"),
        ("BEGIN\nfive = 5\nEND\nassert add(2, 3) == five", "hidden-needed", "reads five"),
        ("BEGIN\nimport math\nEND\nassert add(2, 3) == math.e", "hidden-needed", "reads math"),
        ("def same(a, b):\nBEGIN\n    assert a\nEND\n    assert a\nsame(add(2, 3), 5)", "", ""),
        ("if add:\nBEGIN\n    assert add(1, 1) == 2\nEND\n    assert add(2, 3) == 5", "", ""),
        ("with no() as n:\nBEGIN\n    assert n\nEND\n    assert add(2, 3) == 5", "", ""),
        ("BEGIN\nn = 5\nEND\nn = 4\nassert add(2, 2) == n", "", ""),
        ("BEGIN\nn = 5\nEND\nassert all(add(n, 0) == n for n in [4])", "", ""),
        ("BEGIN\nx = 5\nEND\ndef same(x):\n    assert add(x, 0) == x\nsame(3)", "", ""),
        ("BEGIN\nlist = 5\nEND\nassert add(list(), []) == []", "", ""),
    ],
)  # fmt: skip
def test_hidden_tests_are_told_apart_from_visible_ones(clean, source, rule, words):
    for mark in ("BEGIN", "END"):
        source = source.replace(mark, f"### {mark} HIDDEN TESTS")
    notebook = copy.deepcopy(clean)
    notebook.cells[1].source = f"# Sums.\n{source}"
    troubles = list(map(str, lint(notebook)))
    assert len(troubles) == bool(rule)
    if rule:
        assert troubles[0].endswith(f"[{rule}]")
        assert words in troubles[0]


def test_a_name_that_a_hidden_test_of_another_cell_binds(clean):
    clean = copy.deepcopy(clean)
    clean.cells[1].source = f"# Sums.\nfive = 5\n{HIDDEN}"
    second = copy.deepcopy(clean.cells[1])
    second.metadata.nbgrader.grade_id = "test-more"
    second.source = "# More sums.\nassert add(2, 3) == five"
    clean.cells.append(second)
    assert lint(clean) == []
    clean.cells[1].source = f"# Sums.\n{HIDDEN.replace('assert', 'five = 5' + chr(10) + 'assert')}"
    assert "cell test-more: what students see of it reads five" in found(clean)


def test_what_is_told_of_a_hidden_test_gives_no_number_away(clean):
    clean = copy.deepcopy(clean)
    begin, end = HIDDEN.split("\n")[::2]
    clean.cells[1].source = f"{begin}\n# Sums.\nassert add(120, 65) == 185\n{end}"
    assert lint(clean) == []
    clean.cells[1].source = f"{begin}\n# It is 185.\nassert add(120, 65) == 185\n{end}"
    assert found(clean).endswith("[answer-in-text]")
    clean.cells[1].source = f"{begin}\nassert add(120, 65) == 185\n{end}"
    assert found(clean).endswith("[test-says-nothing]")


def test_a_notebook_of_nothing_and_one_without_points(clean):
    for cells in ([], [v4.new_markdown_cell(" ")]):
        assert found(v4.new_notebook(cells=cells)).endswith("[empty]")
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("Read this.")])
    assert found(notebook).endswith("[nothing-graded]")


def test_what_is_no_python_is_checked_for_what_does_not_hang_on_the_language(clean):
    notebook = copy.deepcopy(clean)
    notebook.metadata.kernelspec = {"name": "ir", "language": "R", "display_name": "R"}
    notebook.cells[
        0
    ].source = "add <- function(a, b) {\n### BEGIN SOLUTION\na + b\n### END SOLUTION\n}"
    notebook.cells[1].source = "stopifnot(add(2, 3) == 5)"
    assert lint(notebook) == []
    notebook.cells[1].metadata.nbgrader.points = -1
    assert found(notebook).endswith("[points]")


def test_a_course_may_have_markers_of_its_own(clean):
    notebook = copy.deepcopy(clean)
    notebook.cells[0].source = "def add(a, b):\n    #< SECRET\n    return a + b\n    #> SECRET"
    own = {"begin_solution_delimeter": "#< SECRET", "end_solution_delimeter": "#> SECRET"}
    assert lint(notebook, Config({"ClearSolutions": own})) == []


def test_the_docs_hold_the_rules():
    page = (Path(__file__).parents[2] / "docs" / "instructor.md").read_text("utf-8")
    assert table() in page


def test_only_what_the_course_names_is_a_check(clean):
    notebook = copy.deepcopy(clean)
    notebook.cells[1].source = "# Sums.\ncheck_count(add(2, 3), 5)"
    assert found(notebook).endswith("; end it with an assert [test-returns]")
    assert lint(notebook, OURS) == []
    notebook.cells[1].source = "# Sums.\nadd(2, 3)"
    assert "; end it with an assert or a check of recsys_course.homework" in found(notebook, OURS)


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
    assert found(notebook).endswith("full points; take it off [skip-execution]")


def test_a_markdown_test_can_never_be_scored(clean):
    notebook = copy.deepcopy(clean)
    test = notebook.cells[1]
    notebook.cells[1] = v4.new_markdown_cell(test.source, metadata=test.metadata)
    assert found(notebook).endswith("[test-not-code]")


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("def add(a, b):\n    ### BEGIN SOLUTION\n    return a + b", "region-open"),
        (f"def add(a, b): ...\n{HIDDEN}", "region-elsewhere"),
        (
            "def add(): 0\nif True:\n### BEGIN SOLUTION\n    x = 2\n### END SOLUTION",
            "stub-not-python",
        ),
        ("### BEGIN SOLUTION\ndef add(a, b):\n    return a + b\n### END SOLUTION", "stub-lost-def"),
        ("### BEGIN SOLUTIONS\nadd = sum\n### END SOLUTIONS", None),  # holds the true markers
        ("add = ...\n# BEGIN THE SOLUTION OF WHAT IS ASKED", None),
        (f"def add(a, b):\n    {SOLUTION}\n# A solution begins here.", None),
        ("add = ...\n### Begin Solution\nadd = sum\n### End Solution", "region-misspelt"),
        ("add = ...\n# begin solution\nadd = sum\n# end solution", "region-misspelt"),
        ("add = ...\n### BEGIN SOLUTON\nadd = sum\n### END SOLUTON", "region-misspelt"),
        ("add = ...\n### START SOLUTION\nadd = sum\n### STOP SOLUTION", "region-misspelt"),
        ("add = ...\n#SOLUTION BEGIN\nadd = sum", "region-misspelt"),
        ("add = ...\n# begin-solution\nadd = sum", "region-misspelt"),
    ],
)
def test_trap_in_a_solution_cell(clean, source, rule):
    notebook = copy.deepcopy(clean)
    notebook.cells[0].source = source
    assert {trouble.rule for trouble in lint(notebook)} == ({rule} if rule else set())


def test_a_stub_that_could_be_taken_for_an_answer(clean):
    config = Config({"ClearSolutions": {"code_stub": {"python": "pass"}}})
    assert found(clean, config).endswith("[stub-complete]")
