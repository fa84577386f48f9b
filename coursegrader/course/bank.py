"""The bank of made-up submissions: right answers of many kinds, and mistakes students really make.

``bank/<assignment>/<variant>.toml`` names what differs from the reference solution, and what the
variant must get and be told.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils

from coursegrader.course.notebook import read
from coursegrader.course.root import Course, unknown
from coursegrader.errors import UserError

_MARKED = re.compile(r"^.*\b(BEGIN|END) SOLUTION\b.*\n?", re.MULTILINE)


@dataclass(frozen=True)
class Variant:
    """One made-up submission.

    Parameters
    ----------
    name : str
        The file's name without its ending.
    title : str
        What it is, for a reader.
    kind : str
        "honest", which must get full marks, or "wrong".
    stub : tuple of str
        Solution cells that stay as released; "*" stands for all.
    cells : dict of str to str
        The whole new source of solution cells; those not named hold the reference solution.
    points : dict of str to float
        The exact points of test cells; those not named get all.
    hints : dict of str to str
        What a test cell must be told: the code of a hint, or words of another message.
    unseen : bool
        Whether it passes all that the student sees, and only hidden tests find it wrong.
    long : bool
        Whether it waits for ``python3 course.py test --all``.
    """

    name: str
    title: str
    kind: str
    stub: tuple[str, ...] = ()
    cells: dict[str, str] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)
    unseen: bool = False
    long: bool = False


PERFECT = Variant("perfect", "The reference solution", "honest")
EMPTY = Variant("empty", "The untouched release", "wrong", stub=("*",))


def variants(course: Course, assignment: str) -> list[Variant]:
    """Read the bank of an assignment.

    Parameters
    ----------
    course : Course
        The course; its configuration says where the bank is.
    assignment : str
        The assignment's name.

    Returns
    -------
    list of Variant
        In alphabetical order.

    Raises
    ------
    UserError
        If a file isn't such a variant.
    """
    return [_load(path) for path in sorted(course.bank(assignment).glob("*.toml"))]


def variant(course: Course, assignment: str, name: str) -> Variant:
    """Read one variant from the bank.

    Parameters
    ----------
    course : Course
        The course; its configuration says where the bank is.
    assignment, name : str
        Which one.

    Returns
    -------
    Variant
        The variant.

    Raises
    ------
    UserError
        If there is no such file, or it isn't a variant.
    """
    path = course.bank(assignment) / f"{name}.toml"
    if not path.is_file():
        raise UserError(f"{path}: no such variant")
    return _load(path)


def _load(path: Path) -> Variant:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        given: dict[str, Any] = raw | {"stub": tuple(raw.get("stub", ()))}
        made = Variant(path.stem, **given)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise UserError(f"{path}: not a variant: {error}") from None
    if made.kind not in ("honest", "wrong"):
        raise UserError(f"{path}, kind: expected honest or wrong, found {made.kind!r}")
    if made.kind == "honest" and (made.points or made.hints or made.stub or made.unseen):
        raise UserError(
            f"{path}: an honest variant gets all points; take out points, hints, stub, unseen"
        )
    return made


def filled_in(course: Course, assignment: str, made: Variant) -> NotebookNode:
    """Fill in the release as a student would.

    Parameters
    ----------
    course : Course
        Where source and release lie.
    assignment : str
        The assignment's name.
    made : Variant
        What the student wrote.

    Returns
    -------
    NotebookNode
        The notebook as handed in.

    Raises
    ------
    UserError
        If the variant names a cell that the assignment doesn't have.
    """
    notebook = read(course.release(assignment))
    answers = {cell.id: cell for cell in notebook.cells if utils.is_solution(cell)}
    graded = {cell.id for cell in notebook.cells if utils.is_grade(cell)}
    for name in {*made.stub, *made.cells} - {"*"}:
        if name not in answers:
            raise unknown(f"solution cell in {assignment} for {made.name}:", name, answers)
    for name in {*made.points, *made.hints}:
        if name not in graded:
            raise unknown(f"test cell in {assignment} for {made.name}:", name, graded)
    reference = {cell.id: cell.source for cell in read(course.source(assignment)).cells}
    for name, cell in answers.items():
        if name in made.cells:
            cell.source = made.cells[name].strip("\n")
        elif name not in made.stub and "*" not in made.stub:
            cell.source = _MARKED.sub("", reference[name]).strip("\n")
    return notebook
