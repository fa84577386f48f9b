"""The markers between which nbgrader takes solutions and hidden tests out of students' copies."""

import difflib
import re
from typing import NamedTuple

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from traitlets.config import Config

from coursegrader.course.lint.rules import Trouble

_CELLS = {"solution": "solution cell", "hidden test": "test", "mark scheme": "task"}


class Marks(NamedTuple):
    """The lines around one kind of region."""

    begin: str
    end: str


def marks(config: Config | None) -> dict[str, Marks]:
    """Return what a course's configuration says of nbgrader's regions.

    Parameters
    ----------
    config : Config or None
        The course's configuration.

    Returns
    -------
    dict of str to Marks
        For "solution", "hidden test" and "mark scheme".

    Examples
    --------
    >>> marks(None)["hidden test"]
    Marks(begin='BEGIN HIDDEN TESTS', end='END HIDDEN TESTS')
    """
    solutions = ClearSolutions(config=config)
    tests = ClearHiddenTests(config=config)
    schemes = ClearMarkScheme(config=config)
    return {
        "solution": Marks(solutions.begin_solution_delimeter, solutions.end_solution_delimeter),
        "hidden test": Marks(tests.begin_test_delimeter, tests.end_test_delimeter),
        "mark scheme": Marks(
            schemes.begin_mark_scheme_delimeter, schemes.end_mark_scheme_delimeter
        ),
    }


def without(source: str, region: Marks) -> str:
    r"""Take out the regions of one kind, their markers too.

    Parameters
    ----------
    source : str
        A cell's.
    region : Marks
        What begins and ends one.

    Returns
    -------
    str
        As students get it, but for the stub that nbgrader puts in place of a solution.

    Examples
    --------
    >>> without("# A.\n### BEGIN B\nassert a\n### END B\nassert c", Marks("BEGIN B", "END B"))
    '# A.\nassert c'
    """
    begin, end = map(re.escape, region)
    pattern = rf"^[^\n]*{begin}.*?{end}[^\n]*(\n|\Z)"
    return re.sub(pattern, "", source, flags=re.DOTALL | re.MULTILINE)


def inside(source: str, region: Marks) -> str:
    """Return what stands inside of the regions of one kind; see `without`."""
    lines = source.splitlines()
    kept = (lines[number - 1] for number in lines_inside(source, region))
    return "\n".join(line for line in kept if not any(mark in line for mark in region))


def lines_inside(source: str, region: Marks) -> list[int]:
    r"""Return the lines of the regions of one kind, their markers too.

    Parameters
    ----------
    source : str
        A cell's.
    region : Marks
        What begins and ends one.

    Returns
    -------
    list of int
        Counted from 1.

    Examples
    --------
    >>> lines_inside("# A.\n### BEGIN B\nassert a\n### END B\nassert c", Marks("BEGIN B", "END B"))
    [2, 3, 4]
    """
    found = []
    within = False
    for number, line in enumerate(source.splitlines(), start=1):
        within = within or region.begin in line
        if within:
            found.append(number)
        within = within and region.end not in line
    return found


def heading(source: str, known: dict[str, Marks]) -> str:
    r"""Return the comment that a test begins with: what it checks, hidden or not.

    Parameters
    ----------
    source : str
        A test's.
    known : dict of str to Marks
        See `marks`; a marker is no comment.

    Returns
    -------
    str
        Without its ``#``; empty if it begins with something else.

    Examples
    --------
    >>> heading("### BEGIN HIDDEN TESTS\n# Negative numbers.\nassert add(-1, 1) == 0", marks(None))
    'Negative numbers.'
    """
    every = [mark for pair in known.values() for mark in pair]
    lines = (line.strip() for line in source.splitlines())
    first = next((line for line in lines if line and not any(each in line for each in every)), "")
    return first.lstrip("# ") if first.startswith("#") else ""


def regions(where: str, cell: NotebookNode, known: dict[str, Marks]) -> list[Trouble]:
    """Check that solutions and hidden tests are marked so that nbgrader takes them out.

    Parameters
    ----------
    where : str
        How to name the cell.
    cell : NotebookNode
        Any cell.
    known : dict of str to Marks
        See `marks`.

    Returns
    -------
    list of Trouble
    """
    found = []
    places = {
        "solution": utils.is_solution(cell),
        "hidden test": utils.is_grade(cell) and not utils.is_solution(cell),
        "mark scheme": utils.is_task(cell),
    }
    lines = cell.source.splitlines()
    for kind, (begin, end) in known.items():
        order = [mark for line in lines for mark in (begin, end) if mark in line]
        if order != [begin, end] * (len(order) // 2):
            said = f"its markers don't pair up ({', '.join(order)}); write '### {begin}' before "
            said += f"and '### {end}' after each {kind}"
            found.append(Trouble(where, "region-open", said))
        elif order and not places[kind]:
            said = f"it holds a {kind} region and is no {_CELLS[kind]}; change its type"
            found.append(Trouble(where, "region-elsewhere", said))
    every = [mark for pair in known.values() for mark in pair]
    for line in lines:
        near = _meant(line, every)
        if near:
            said = f"nbgrader doesn't know {line.strip()!r}, students would see what follows"
            found.append(Trouble(where, "region-misspelt", f"{said}; write ### {near}"))
    return found


def _meant(line: str, every: list[str]) -> str:
    """Return the marker that a comment comes near to without being it; empty if there is none."""
    if any(mark in line for mark in every):
        return ""
    comment = re.match(r"\s*(?:#+|<!--|//)\s*(.*)", line)
    words = re.sub(r"[\W_]+", " ", comment[1]).upper().split() if comment else []
    near = [mark for mark in every if words and _near(words, mark.upper().split())]
    return max(near, key=lambda mark: _alike(" ".join(words), mark.upper()), default="")


def _near(words: list[str], mark: list[str]) -> bool:
    """Tell words with slips, such as BEGIN SOLUTON or START SOLUTION, from those of a sentence."""
    if sorted(words) == sorted(mark) or _alike(" ".join(words), " ".join(mark)) > 0.95:
        return True
    first = next((part for part in (("BEGIN", "START"), ("END", "STOP")) if mark[0] in part), mark)
    begun = max(_alike(words[0], each) for each in first[:2]) > 0.7
    rest, wanted = " ".join(words[1:]), " ".join(mark[1:])
    return begun and (rest.startswith(("SOLUTION", "HIDDEN")) or _alike(rest, wanted) > 0.75)


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()
