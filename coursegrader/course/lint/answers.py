"""Numbers that a test expects, and that the student's own text gives away."""

import ast
import re
from collections.abc import Iterator

from nbformat import NotebookNode
from nbgrader import utils

from coursegrader.course.lint.marks import Marks, heading, inside, without
from coursegrader.course.lint.rules import Trouble
from coursegrader.course.lint.source import called, parsed

_NUMBER = re.compile(r"(?<![\w.])\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.]*\w)")
_CLOSE = {"allclose", "isclose", "approx"}  # calls that compare, beside those named assert_...


def given_away(cells: list[tuple[str, NotebookNode]], marks: dict[str, Marks]) -> list[Trouble]:
    """Look for expected numbers in what students read.

    What a hidden test expects must stand nowhere in text, comments and docstrings, unless visible
    code holds it, too: then it belongs to the question. A visible test may show what a function
    returns, but text must not hold what a variable has to be.

    Parameters
    ----------
    cells : list of (str, NotebookNode)
        How to name a cell, and the cell; all of a notebook.
    marks : dict of str to Marks
        The regions that students don't get.

    Returns
    -------
    list of Trouble
        Only numbers of three or more significant digits count: others are everywhere.
    """
    texts, code = [], set()
    for where, cell in cells:
        if utils.is_grade(cell) and not utils.is_solution(cell):  # hidden or not, it is told
            texts.append((where, heading(cell.source, marks)))
        seen = _seen(cell, marks)
        tree = parsed(seen) if cell.cell_type == "code" else None
        if tree is None or isinstance(tree, SyntaxError):
            texts.append((where, seen))
            continue
        code |= _constants(tree)
        texts.append((where, "\n".join(_words(seen, tree))))
    found = []
    for test, cell in cells:
        if not utils.is_grade(cell) or utils.is_solution(cell) or cell.cell_type != "code":
            continue
        hidden = _expected(inside(cell.source, marks["hidden test"]))
        typed = _expected(without(cell.source, marks["hidden test"]), of_names=True)
        for value in sorted((hidden - code) | typed):
            place = next((where for where, text in texts if value in _numbers(text)), None)
            if place:
                said = f"it says {value:g}, which {test} expects; take it out, or test another case"
                found.append(Trouble(place, "answer-in-text", said))
    return found


def _seen(cell: NotebookNode, marks: dict[str, Marks]) -> str:
    """Return what students get of a cell."""
    manual = utils.is_solution(cell) and cell.cell_type == "markdown"
    whole = utils.is_solution(cell) and not any(mark in cell.source for mark in marks["solution"])
    if manual or whole:  # nbgrader puts a stub in its place
        return ""
    source: str = cell.source
    for region in marks.values():
        source = without(source, region)
    return source


def _words(source: str, tree: ast.Module) -> Iterator[str]:
    """Find the comments and texts in code."""
    yield from re.findall(r"#(.*)$", source, re.MULTILINE)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _expected(source: str, of_names: bool = False) -> set[float]:
    """Find the numbers that code compares something with; or only what it compares names with."""
    tree = parsed(source)
    found: set[float] = set()
    if isinstance(tree, SyntaxError):
        return found
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
            sides = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and (
            called(node) in _CLOSE or called(node).startswith("assert")
        ):
            sides = list(node.args)
        else:
            continue
        others = [side for side in sides if not isinstance(side, ast.Constant)]
        if of_names and not all(isinstance(side, ast.Name) for side in others):
            continue
        for side in sides:
            if not any(isinstance(inner, ast.Call | ast.Name) for inner in ast.walk(side)):
                found |= _constants(side)
            elif isinstance(side, ast.Call) and called(side) in _CLOSE:
                found |= set().union(*map(_constants, side.args))
    return found


def _constants(tree: ast.AST) -> set[float]:
    """Return the numbers in code that say enough to be recognised."""
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    # True is no number here
    numbers = [abs(each) for each in values if isinstance(each, int | float) and each is not True]
    return {number for number in numbers if _tells(number)}


def _numbers(text: str) -> set[float]:
    found = set()
    for match in _NUMBER.finditer(text):
        found.add(float(match[0].replace("_", "")))
    return found


def _tells(number: float) -> bool:
    """Tell whether a number has three or more significant digits."""
    if abs(number) > 1e300:
        return False
    digits = f"{number:.15e}".partition("e")[0].replace(".", "").rstrip("0")
    return len(digits) >= 3
