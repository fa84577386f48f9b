"""What an instructor notebook must be like before it is released: each rule closes a trap.

nbgrader takes the first value that a test cell shows for the score, gives full points to a cell
tagged ``skip-execution``, and leaves a misspelt solution region in the students' copy.
"""

import ast
import copy
import importlib
import re
from types import ModuleType

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearSolutions
from traitlets.config import Config

from coursegrader.errors import UserError
from coursegrader.options import CourseGrader

KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
RANDOM = re.compile(r"(?=[a-f]*[0-9])[0-9a-f]{6,}")
SAYS = re.compile(r"#(?!#)[ \t]*\S")  # the first line of a test
REGION = re.compile(r"\b(BEGIN|END)\s+(SOLUTION|HIDDEN)", re.IGNORECASE)
MARKS = {
    "solution": ("BEGIN SOLUTION", "END SOLUTION"),
    "hidden test": ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS"),
}


def lint(notebook: NotebookNode, config: Config | None = None) -> list[str]:
    r"""Look for what would cost honest students points, or give them away.

    Parameters
    ----------
    notebook : NotebookNode
        An instructor notebook, with solutions and hidden tests.
    config : Config, optional
        The course's configuration, where the text of the stubs may be set, and modules whose
        ``expect`` and ``check_...`` are assertions: ``c.CourseGrader.checks = ["my_checks"]``.

    Returns
    -------
    list of str
        A line for each trouble: the cell's id, what is wrong, the mend.

    Raises
    ------
    UserError
        If a module of checks can't be imported.

    Examples
    --------
    >>> from nbformat import v4
    >>> nbgrader = {"grade": True, "solution": False, "locked": True, "task": False,
    ...             "grade_id": "test-one", "points": 1, "schema_version": 3}
    >>> cell = v4.new_code_cell("# One is right.\none == 1", metadata={"nbgrader": nbgrader})
    >>> lint(v4.new_notebook(cells=[cell]))[0].partition(";")[0]
    'cell test-one: it ends in a bare expression, whose value nbgrader would read as the score'
    """
    found: list[str] = []
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        meta = cell.metadata.get("nbgrader", {})
        grade_id = meta.get("grade_id", "")
        where = f"cell {grade_id or f'number {number}'}"
        troubles = _regions(cell)
        if meta:
            troubles += _metadata(cell, meta)
            if grade_id in seen:
                troubles.append("another cell has this grade_id; give each its own")
            seen.add(grade_id)
        if not troubles and cell.cell_type == "code":
            if utils.is_solution(cell):
                troubles += _stub(cell, config)
            elif utils.is_grade(cell):
                troubles += _test(cell, _checks(config))
        found += [f"{where}: {trouble}" for trouble in troubles]
    return found


def _metadata(cell: NotebookNode, meta: dict) -> list[str]:
    """Check what nbgrader reads from a cell's metadata."""
    found = []
    if meta.get("schema_version") != 3:
        found.append(
            f"nbgrader's schema_version is {meta.get('schema_version')}; set it to 3, "
            "or run nbgrader update"
        )
    grade_id = str(meta.get("grade_id", ""))
    if not KEBAB.fullmatch(grade_id) or any(RANDOM.fullmatch(w) for w in grade_id.split("-")):
        found.append(
            f"grade_id {grade_id!r} says nothing; name what the cell is for, like test-train-model"
        )
    graded = utils.is_grade(cell) or utils.is_task(cell)
    if graded and not 0 < meta.get("points", 0) < 1e6:  # nor endless ones, which JSON may hold
        found.append(f"it is graded with {meta.get('points', 0):g} points; give it more than 0")
    if utils.is_grade(cell) and not utils.is_solution(cell) and cell.cell_type != "code":
        found.append("a test has to be a code cell; make it one, or a manually graded answer")
    if utils.is_grade(cell) and not utils.is_solution(cell) and not meta.get("locked"):
        found.append("students could edit this test; set locked to true")
    if "skip-execution" in cell.metadata.get("tags", []):
        found.append("the tag skip-execution gives everyone full points; take it off")
    return found


def _regions(cell: NotebookNode) -> list[str]:
    """Check that solutions and hidden tests are marked so that nbgrader takes them out."""
    found = []
    is_test = utils.is_grade(cell) and not utils.is_solution(cell)
    places = {"solution": utils.is_solution(cell), "hidden test": is_test}
    for kind, (begin, end) in MARKS.items():
        order = [mark for line in cell.source.splitlines() for mark in (begin, end) if mark in line]
        if order != [begin, end] * (len(order) // 2):
            found.append(f"a {kind} region is not closed; pair each '### {begin}' with '### {end}'")
        elif order and not places[kind]:
            found.append(f"it holds a {kind} region and is no {kind} cell; change its type")
    known = [mark for marks in MARKS.values() for mark in marks]
    for line in cell.source.splitlines():
        if REGION.search(line) and not any(mark in line for mark in known):
            found.append(
                f"nbgrader doesn't know {line.strip()!r}, students would see what follows; "
                f"write one of: {', '.join(known)}"
            )
    return found


def _stub(cell: NotebookNode, config: Config | None) -> list[str]:
    """Check that what students start from can't be taken for an answer."""
    stub = copy.deepcopy(cell)
    ClearSolutions(config=config).preprocess_cell(stub, {"language": "python"}, 0)
    tree = _parse(stub.source)
    if isinstance(tree, SyntaxError):
        return [f"its stub is not Python (line {tree.lineno}: {tree.msg}); mend what is left of it"]
    incomplete = any(
        isinstance(node, ast.Raise) or (isinstance(node, ast.Constant) and node.value is Ellipsis)
        for node in ast.walk(tree)
    )
    if incomplete:
        return []
    return ["its stub neither raises nor has a ... to fill; put the answer in a solution region"]


def _checks(config: Config | None) -> list[ModuleType]:
    """Import the modules whose checks are assertions."""
    modules = []
    for name in CourseGrader(config=config).checks:
        try:
            modules.append(importlib.import_module(name))
        except ImportError as error:
            raise UserError(
                f"nbgrader_config.py, c.CourseGrader.checks: {name!r} cannot be imported "
                f"({error}); name a module of this environment"
            ) from None
    return modules


def _test(cell: NotebookNode, checks: list[ModuleType]) -> list[str]:
    """Check a test as it is graded, and as students see it."""
    visible = re.sub(
        rf"^[^\n]*{MARKS['hidden test'][0]}.*?{MARKS['hidden test'][1]}[^\n]*\n?",
        "",
        cell.source,
        flags=re.DOTALL | re.MULTILINE,
    )
    found = _code(cell.source, checks)
    return found or [f"without its hidden tests, {trouble}" for trouble in _code(visible, checks)]


def _code(source: str, checks: list[ModuleType]) -> list[str]:
    tree = _parse(source)
    if isinstance(tree, SyntaxError):
        return [f"it is not Python (line {tree.lineno}: {tree.msg}); mend it"]
    found = []
    if not SAYS.match(source):
        found.append("it doesn't say what it checks; begin it with a comment that does: # ...")
    shown = [node for node in tree.body[:-1] if _is_bare(node)]
    shown += [node for node in tree.body[-1:] if _is_text(node)]
    if shown:
        found.append(
            f"line {shown[0].lineno} is a value on its own, which some settings show and nbgrader "
            "would read as the score; take it out, or make a text a comment"
        )
    if any(_called(node) == "fit" for node in ast.walk(tree)):
        found.append("it trains a model; train it in a cell of its own, outside the test")
    last = tree.body[-1] if tree.body else None
    while isinstance(last, ast.For | ast.With):  # these show no value of their own
        last = last.body[-1]
    if not _asserts(last, checks):
        bare = isinstance(last, ast.Expr) and not _is_text(last)
        shape = "a bare expression, whose value nbgrader would read as the score"
        kinds = [f"with a check of {module.__name__}" for module in checks]
        found.append(
            f"it ends in {shape if bare else 'something that asserts nothing'}; "
            f"end it with {' or '.join(['an assert', *kinds])}"
        )
    return found


def _is_bare(statement: ast.stmt) -> bool:
    """Tell whether a statement is a value that nothing is done with; a call may do something."""
    return isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Call)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _asserts(statement: ast.stmt | None, checks: list[ModuleType]) -> bool:
    """Tell whether a statement raises if the answer is wrong, and shows nothing if it is right."""
    if isinstance(statement, ast.Expr):
        name = _called(statement.value)
        known = any(hasattr(module, name) for module in checks)
        return (name == "expect" or name.startswith("check_")) and known
    return isinstance(statement, ast.Assert)


def _called(node: ast.AST) -> str:
    """Return the last name of what a node calls; empty if it calls nothing that has a name."""
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _parse(source: str) -> ast.Module | SyntaxError:
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError as error:
        return error
