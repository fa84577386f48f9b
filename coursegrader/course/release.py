"""From instructor notebooks to what students get: nbgrader's conversion, always the same bytes."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nbgrader import utils
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import InstantiateTests, NbGraderPreprocessor
from nbgrader.utils import find_all_files

from coursegrader.course.convert import run
from coursegrader.course.frozen import freeze
from coursegrader.course.gradebook import opened, recorded_tests, release_digest
from coursegrader.course.lint import Trouble, lint
from coursegrader.course.notebook import first_difference, normalise, read, to_text
from coursegrader.course.root import Course
from coursegrader.errors import UserError, surprises_named
from coursegrader.files import write


class CellsChanged(UserError):
    """Graded cells have come or gone, and there are submissions in the gradebook."""


@dataclass(frozen=True)
class Difference:
    """A released file that isn't what its source generates.

    Parameters
    ----------
    path : Path
        The file under ``homework/``.
    reason : str
        Where it differs first, or that it is missing.
    """

    path: Path
    reason: str


def troubles(course: Course, assignment: str) -> list[Trouble]:
    """Lint an assignment's instructor notebooks.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        A name from ``course.assignments()``.

    Returns
    -------
    list of Trouble
        Each names notebook, cell and mend.

    Raises
    ------
    UserError
        If a notebook can't be read.
    """
    sources = [course.source(assignment, name) for name in course.notebooks(assignment)]
    return [
        trouble.inside(course.shown(source))
        for source in sources
        for trouble in lint(read(source), course.config)
    ]


def unreleased(course: Course, assignment: str) -> list[str]:
    """Name what has been edited in an assignment's source since it was released and recorded.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        A name from ``course.assignments()``.

    Returns
    -------
    list of str
        Tests that differ from those in the gradebook, and released files that differ from what
        the source generates; or why the source can't be read or converted. What was never
        recorded, or never released here, is left out.

    Raises
    ------
    UserError
        If the gradebook can't be read.
    """
    recorded = recorded_tests(course, assignment)
    try:
        with surprises_named(assignment):
            return _edited(course, assignment, recorded)
    except UserError as error:  # it is being worked on; what was released can be graded
        return [str(error)]


def _edited(
    course: Course, assignment: str, recorded: dict[tuple[str, str], tuple[str, float]]
) -> list[str]:
    made = InstantiateTests(config=course.config).autotest_delimiter
    tests = {}
    for notebook in course.notebooks(assignment):
        for cell in read(course.source(assignment, notebook)).cells:
            if utils.is_grade(cell) and not utils.is_solution(cell) and made not in cell.source:
                meta = cell.metadata.nbgrader
                tests[notebook, meta.grade_id] = (cell.source, meta.points)
    new = [name for name in tests if recorded and tests[name] != recorded.get(name)]
    found = [f"cell {cell}" for _, cell in new]
    if course.folder("release_directory", assignment).is_dir():
        found += [course.shown(each.path) for each in compare(course, assignment)]
    return found


def compare(course: Course, assignment: str) -> list[Difference]:
    """Compare what is released with what the source generates; nothing is written.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        A name from ``course.assignments()``.

    Returns
    -------
    list of Difference
        Empty if the release is up to date.

    Raises
    ------
    UserError
        If nbgrader can't convert the source.
    """
    with tempfile.TemporaryDirectory() as folder:
        return _differences(course, assignment, generate(course, assignment, Path(folder)))


def release(course: Course, assignment: str) -> list[Difference]:
    """Generate what students get, and record in the gradebook what its cells are.

    Files of the release that the source doesn't have stay as they are. Each file is replaced
    whole, and only if it differs.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        A name from ``course.assignments()``.

    Returns
    -------
    list of Difference
        What was brought up to date.

    Raises
    ------
    CellsChanged
        If graded cells have come or gone, and submissions are recorded.
    UserError
        If nbgrader can't convert the source or record it.
    """
    target = course.folder("release_directory", assignment)
    with tempfile.TemporaryDirectory() as folder:
        made = generate(course, assignment, Path(folder), recorded=True)
        changed = _differences(course, assignment, made)
        for difference in changed:
            write(difference.path, (made / difference.path.relative_to(target)).read_bytes())
    return changed


def record(course: Course, assignment: str) -> None:
    """Record an assignment's cells in the gradebook, as grading needs them; no file is written.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        A name from ``course.assignments()``.

    Raises
    ------
    UserError
        If nbgrader can't convert the source or record it.
    """
    with tempfile.TemporaryDirectory() as folder:
        generate(course, assignment, Path(folder), recorded=True)


def generate(
    course: Course,
    assignment: str,
    into: Path,
    recorded: bool = False,
    keeps: Iterable[type[NbGraderPreprocessor]] = (),
) -> Path:
    """Convert an assignment's source with nbgrader's GenerateAssignment.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        A name from ``course.assignments()``.
    into : Path
        An empty folder for the result.
    recorded : bool
        Whether the gradebook shall know the cells, too.
    keeps : iterable of preprocessor classes
        Steps of nbgrader's to leave out: without ``ClearHiddenTests`` hidden tests stay in.

    Returns
    -------
    Path
        The folder in it that holds the student notebook and the source's other files.

    Raises
    ------
    UserError
        If nbgrader can't convert the source or record it.
    """
    directory = course.directory(assignment_id=assignment, release_directory=str(into))
    converter = GenerateAssignment(coursedir=directory, config=course.config)
    converter.force = True
    left_out = tuple(keeps)
    converter.preprocessors = [step for step in converter.preprocessors if step not in left_out]
    if recorded:
        with opened(course):  # a broken one is told in one line, before nbgrader's own words
            pass
    else:
        converter.no_database = True
        converter.config.SaveCells.enabled = False
    failure = run(converter)
    if failure is not None:
        several = len(course.notebooks(assignment)) > 1
        folder = course.folder("source_directory", assignment)
        source = course.shown(folder if several else course.source(assignment))
        if "there are submissions associated" in str(failure):
            raise CellsChanged(
                f"{source}: it has gained or lost graded cells, and the gradebook holds points of "
                "the old ones; the command release takes them over"
            )
        raise UserError(f"{source}: nbgrader cannot convert it: {failure}")
    made = into / assignment
    for notebook in made.glob("*.ipynb"):
        write(notebook, to_text(normalise(read(notebook))))
    if recorded:
        freeze(course, assignment, made, str(release_digest(course, assignment)))
    return made


def _differences(course: Course, assignment: str, made: Path) -> list[Difference]:
    """Compare each generated file with the released one."""
    target = course.folder("release_directory", assignment)
    found = []
    for name in sorted(find_all_files(str(made))):
        new = Path(name)
        old = target / new.relative_to(made)
        if not old.is_file():
            found.append(Difference(old, "is missing"))
        elif old.read_bytes() != new.read_bytes():
            found.append(Difference(old, _where(old, new)))
    return found


def _where(old: Path, new: Path) -> str:
    if old.suffix != ".ipynb":
        return "differs"
    try:
        place = first_difference(read(old), read(new))
    except UserError as error:
        return str(error).removeprefix(f"{old}: ")
    return f"differs first in {place or 'the layout of the file'}"
