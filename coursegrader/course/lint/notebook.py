"""A whole instructor notebook looked through; each cell by the rules of its kind."""

import ast

from nbformat import NotebookNode
from nbgrader import utils
from traitlets.config import Config

from coursegrader.course.lint.answers import given_away
from coursegrader.course.lint.cells import metadata, stub
from coursegrader.course.lint.marks import Marks, marks, regions, without
from coursegrader.course.lint.rules import Trouble
from coursegrader.course.lint.source import Assertions, bound, definitions, imported, names, parsed
from coursegrader.course.lint.tests import test
from coursegrader.course.notebook import is_python, name_of


def lint(notebook: NotebookNode, config: Config | None = None) -> list[Trouble]:
    r"""Look for what would cost honest students points, or give them away.

    Parameters
    ----------
    notebook : NotebookNode
        An instructor notebook, with solutions and hidden tests. Of one that isn't in Python, only
        what doesn't depend on the language is checked.
    config : Config, optional
        The course's configuration, where the text of the stubs and the markers of regions may be
        set, and modules whose ``expect`` and ``check_...`` are assertions:
        ``c.CourseGrader.checks = ["my_checks"]``.

    Returns
    -------
    list of Trouble
        Those that refuse a release, and warnings; in the order of the cells.

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
    >>> str(lint(v4.new_notebook(cells=[cell]))[0]).partition(",")[0]
    'cell test-one: it ends in a bare expression'
    """
    if not any(cell.source.strip() for cell in notebook.cells):
        return [Trouble("", "empty", "no cell holds anything; write the assignment")]
    cells = [(name_of(cell, number), cell) for number, cell in enumerate(notebook.cells)]
    known = marks(config)
    found: dict[int, list[Trouble]] = {}
    seen: set[str] = set()
    for number, (where, cell) in enumerate(cells):
        found[number] = regions(where, cell, known)
        if "nbgrader" in cell.metadata:
            found[number] += metadata(where, cell)
            name = cell.metadata.nbgrader.get("grade_id", "")
            if name and name in seen:
                said = "another cell has this grade_id; give each its own"
                found[number].append(Trouble(where, "id-twice", said))
            seen.add(name)
    if is_python(notebook):
        sound = [number for number, each in found.items() if not any(one.refuses for one in each)]
        for number, each in _code([cells[number] for number in sound], config).items():
            found[sound[number]] += each
        found[len(cells)] = given_away(cells, known)
    if not any(utils.is_grade(cell) or utils.is_task(cell) for cell in notebook.cells):
        said = "no cell of it has points; make a test or an answer a graded cell"
        found[-1] = [Trouble("", "nothing-graded", said)]
    return [trouble for number in sorted(found) for trouble in found[number]]


def _code(cells: list[tuple[str, NotebookNode]], config: Config | None) -> dict[int, list[Trouble]]:
    """Check the code of solutions and tests; by the cell's place in the list."""
    trees = {}
    for number, (_, cell) in enumerate(cells):
        tree = parsed(cell.source) if cell.cell_type == "code" else None
        if isinstance(tree, ast.Module):
            trees[number] = tree
    solutions = {number for number, (_, cell) in enumerate(cells) if utils.is_solution(cell)}
    tests = {number for number, (_, cell) in enumerate(cells) if utils.is_grade(cell)} - solutions
    students: set[str] = set()
    given: dict[str, ast.stmt] = {}
    for number, tree in trees.items():
        if number in solutions:
            students |= bound(tree)
        else:
            given |= definitions(tree)
    asserts = Assertions(config, given)
    hidden = marks(config)["hidden test"]
    read = {
        cells[number][0].removeprefix("cell "): names(trees[number])
        for number in tests & set(trees)
    }
    given_to = {number: _given(cells[number][1], hidden) for number in tests & set(trees)}
    binds = {number: _binds(given_to.get(number, tree)) for number, tree in trees.items()}
    secret = {name for number in given_to for name in _binds(trees[number]) - binds[number]}
    found = {}
    for number, (where, cell) in enumerate(cells):
        if cell.cell_type != "code":
            continue
        if number in solutions:
            found[number] = stub(where, cell, read, config)
        elif number in tests:
            known = {name for each in binds.values() for name in each}
            found[number] = test(where, cell.source, hidden, students, secret - known, asserts)
    return found


def _given(cell: NotebookNode, hidden: Marks) -> ast.Module:
    """Parse what students see of a test."""
    tree = parsed(without(cell.source, hidden))
    return tree if isinstance(tree, ast.Module) else ast.Module([], [])


def _binds(tree: ast.Module) -> set[str]:
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return bound(tree) | imported(tree) | arguments
