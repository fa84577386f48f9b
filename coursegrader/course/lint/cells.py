"""What is checked of one cell: nbgrader's metadata, and the stub that a solution leaves."""

import ast
import copy
import math
import re

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearSolutions
from traitlets.config import Config

from coursegrader.course.lint.rules import Trouble
from coursegrader.course.lint.source import definitions, parsed

_VALID = re.compile(r"[A-Za-z0-9_-]+")  # nbgrader's own rule
_RANDOM = re.compile(r"(?=[a-f]*[0-9])[0-9a-f]{6,}", re.IGNORECASE)
_SCHEMA = 3


def metadata(where: str, cell: NotebookNode) -> list[Trouble]:
    """Check what nbgrader reads from a cell's metadata.

    Parameters
    ----------
    where : str
        How to name the cell.
    cell : NotebookNode
        A cell that has metadata of nbgrader's.

    Returns
    -------
    list of Trouble
    """
    meta = cell.metadata.nbgrader
    found = []

    def say(rule: str, text: str) -> None:
        found.append(Trouble(where, rule, text))

    version = meta.get("schema_version")
    if version != _SCHEMA:
        said = f"nbgrader's schema_version is {version}; set it to 3, or run nbgrader update"
        say("schema", said)
    name = str(meta.get("grade_id", ""))
    if not _VALID.fullmatch(name):
        say("id", f"grade_id {name!r} is no name for nbgrader; use letters, digits, - and _ alone")
    elif any(_RANDOM.fullmatch(word) for word in re.split("[-_]", name)):
        said = f"grade_id {name!r} says nothing"
        say("id-says-nothing", f"{said}; name what the cell is for, like test-train-model")
    if utils.is_task(cell) and (utils.is_grade(cell) or utils.is_solution(cell)):
        say("kind", "it is a task and a test or an answer at once; choose one of them")
    if utils.is_grade(cell) or utils.is_task(cell):
        points = meta.get("points")
        if points is None or not (math.isfinite(points) and 0 <= points < 1e6):
            shown = "no points" if points is None else f"{points:g} points"
            say("points", f"it is graded with {shown}; give it 1 or more")
        elif points == 0:
            say("points-zero", "it is graded with 0 points; give it more, or don't grade it")
    if utils.is_grade(cell) and not utils.is_solution(cell) and cell.cell_type != "code":
        said = "a test has to be a code cell; make it one, or a manually graded answer"
        say("test-not-code", said)
    if "skip-execution" in cell.metadata.get("tags", []):
        said = "the tag skip-execution gives everyone full points; take it off"
        say("skip-execution", said)
    return found


def stub(
    where: str, cell: NotebookNode, tests: dict[str, set[str]], config: Config | None
) -> list[Trouble]:
    """Check what students start from.

    Parameters
    ----------
    where : str
        How to name the cell.
    cell : NotebookNode
        A solution cell of code.
    tests : dict of str to set of str
        Test cell -> the names that it reads.
    config : Config or None
        The course's configuration, where the text of the stubs may be set.

    Returns
    -------
    list of Trouble
    """
    left = copy.deepcopy(cell)
    ClearSolutions(config=config).preprocess_cell(left, {"language": "python"}, 0)
    tree, whole = parsed(left.source), parsed(cell.source)
    if isinstance(tree, SyntaxError):
        said = f"its stub is not Python (line {tree.lineno}: {tree.msg}); mend what is left of it"
        return [Trouble(where, "stub-not-python", said)]
    found = []
    incomplete = any(
        isinstance(node, ast.Raise) or (isinstance(node, ast.Constant) and node.value is Ellipsis)
        for node in ast.walk(tree)
    )
    if not incomplete:
        said = "its stub neither raises nor has a ... to fill; put the answer in a solution region"
        found.append(Trouble(where, "stub-complete", said))
    if not isinstance(whole, SyntaxError):
        for name in definitions(whole).keys() - definitions(tree).keys():
            test = next((test for test, read in tests.items() if name in read), None)
            if test:
                said = f"its stub has lost the line that defines {name}, which cell {test} reads"
                said += "; begin the solution region after it"
                found.append(Trouble(where, "stub-lost-def", said))
    return found
