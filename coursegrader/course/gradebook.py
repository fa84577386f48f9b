"""nbgrader's gradebook: opened here and nowhere else, with errors that say what to do."""

import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import nbgrader.api
from alembic.script import ScriptDirectory
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook, Notebook
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import Engine, MetaData, NullPool, QueuePool, create_engine, inspect, make_url
from sqlalchemy.exc import SQLAlchemyError

from coursegrader.course.copies import copies, database, trouble
from coursegrader.course.root import Course
from coursegrader.errors import UserError

_BRIEFLY = ContextVar("_BRIEFLY", default=False)


@contextmanager
def briefly() -> Generator[None, None, None]:
    """Have gradebooks that are opened here keep their connection until they are closed.

    Others make a new one for each statement, which takes a tenth of all that grading does outside
    of kernels: formgrader never closes its gradebook, and the file may be replaced meanwhile.
    """
    before = _BRIEFLY.set(True)
    try:
        yield
    finally:
        _BRIEFLY.reset(before)


@lru_cache(8)
def _of_file(url: str, brief: bool, **options: Any) -> Engine:
    return create_engine(url, poolclass=QueuePool if brief else NullPool, **options)


def _engine(url: str, **options: Any) -> Engine:
    """Return one engine for each gradebook file, so that its statements are compiled once.

    nbgrader opens the gradebook anew for each step of each submission; that it had each statement
    compiled each time took a quarter of all that grading does outside of kernels.
    """
    parts = make_url(url)
    in_a_file = parts.get_backend_name() == "sqlite" and parts.database not in (
        None,
        "",
        ":memory:",
    )
    return _of_file(url, _BRIEFLY.get(), **options) if in_a_file else create_engine(url, **options)


def _make_what_is_missing(bind: Engine) -> None:
    """Make the tables of a gradebook; nbgrader asks for each of them whenever it opens one."""
    if not nbgrader.api.Base.metadata.tables.keys() <= set(inspect(bind).get_table_names()):
        MetaData.create_all(nbgrader.api.Base.metadata, bind)


def _newest_version() -> str | None:
    """Return the version that a new gradebook notes; nbgrader starts a program to ask for it."""
    return ScriptDirectory(ALEMBIC_DIR).get_current_head()


nbgrader.api.create_engine = _engine
nbgrader.api.get_alembic_version = _newest_version
nbgrader.api.Base.metadata.create_all = _make_what_is_missing


@contextmanager
def opened(course: Course) -> Generator[Gradebook, None, None]:
    """Open a course's gradebook; it is made if there is none.

    Parameters
    ----------
    course : Course
        The course.

    Yields
    ------
    nbgrader.api.Gradebook
        Closed at the end of the ``with`` block.

    Raises
    ------
    UserError
        If it can't be read or written.
    """
    directory = course.directory()
    path = database(course)
    wrong = trouble(path) if path else ""
    if path and wrong:
        newest = next(iter(copies(course)), None)
        mend = (
            f"restore a copy with gradebook restore, the newest is {newest.stem}"
            if newest
            else ("there is no copy of it; set it aside, and a new one is made")
        )
        raise UserError(f"{path}: {wrong}; it stays as it is; {mend}")
    try:
        with briefly():
            gradebook = Gradebook(directory.db_url, directory.course_id)
        with gradebook:
            yield gradebook
    except SQLAlchemyError as error:
        raise gradebook_error(course, error) from error


def is_made(course: Course) -> bool:
    """Tell whether there is a gradebook; to open it would make it.

    Parameters
    ----------
    course : Course
        The course.

    Returns
    -------
    bool
        True also for one that is no file, of which nobody can tell.
    """
    path = database(course)
    return path is None or path.exists()


def release_digest(course: Course, assignment: str) -> str | None:
    """Hash the cells of an assignment as the gradebook knows them, hidden tests included.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Its name.

    Returns
    -------
    str or None
        64 hexadecimal digits; None if nothing of it is recorded.
    """
    with opened(course) as gradebook:
        digest = hashlib.sha256()
        found = _notebooks(gradebook, assignment)
        for notebook in found:
            for name, source in sorted((cell.name, cell.source) for cell in notebook.source_cells):
                digest.update(f"{name}\0{source}\0".encode())
        return digest.hexdigest() if found else None


def recorded_tests(course: Course, assignment: str) -> dict[tuple[str, str], tuple[str, float]]:
    """Read the tests that the gradebook knows: those that students are graded with.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Its name.

    Returns
    -------
    dict of (str, str) to (str, float)
        Notebook and cell -> source and points.
    """
    with opened(course) as gradebook:
        tests = {}
        for notebook in _notebooks(gradebook, assignment):
            sources = {cell.name: cell.source for cell in notebook.source_cells}
            solutions = {cell.name for cell in notebook.solution_cells}
            for cell in notebook.grade_cells:
                if cell.name not in solutions:
                    tests[notebook.name, cell.name] = (sources.get(cell.name, ""), cell.max_score)
        return tests


def recorded_cells(course: Course, assignment: str, notebook: str) -> list[NotebookNode]:
    """Make the cells of a notebook that nbgrader knows, as they were recorded.

    Parameters
    ----------
    course : Course
        The course.
    assignment, notebook : str
        Names.

    Returns
    -------
    list of NotebookNode
        In their order; of tests with hidden tests.
    """
    with opened(course) as gradebook:
        known = gradebook.find_notebook(notebook, assignment)
        solutions = {cell.name for cell in known.solution_cells}
        points = {cell.name: cell.max_score for cell in (*known.grade_cells, *known.task_cells)}
        tasks = {cell.name for cell in known.task_cells}
        cells = []
        for cell in known.source_cells:
            make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
            meta = {
                "grade": cell.name in points and cell.name not in tasks,
                "grade_id": cell.name,
                "locked": cell.locked,
                "schema_version": 3,
                "solution": cell.name in solutions,
                "task": cell.name in tasks,
            }
            if cell.name in points:
                meta["points"] = points[cell.name]
            cells.append(make(cell.source, metadata={"nbgrader": meta}))
        return cells


def _notebooks(gradebook: Gradebook, assignment: str) -> list[Notebook]:
    known = {each.name: each for each in gradebook.assignments}
    found = known[assignment].notebooks if assignment in known else []
    return sorted(found, key=lambda each: each.name)


def gradebook_error(course: Course, error: Exception) -> UserError:
    """Turn a database's complaint into one line.

    Parameters
    ----------
    course : Course
        The course.
    error : Exception
        What went wrong.

    Returns
    -------
    UserError
        To be raised.

    Examples
    --------
    >>> from traitlets.config import Config
    >>> from pathlib import Path
    >>> course = Course(Path("/ml"), Config({"CourseDirectory": {"db_url": "sqlite:///points.db"}}))
    >>> print(gradebook_error(course, OSError("database is locked")))
    points.db: database is locked; is another grader at work, the disk full or read-only?
    """
    cause = str(getattr(error, "orig", None) or error).splitlines()[0]
    return UserError(
        f"{database(course) or course.directory().db_url}: {cause}; "
        "is another grader at work, the disk full or read-only?"
    )
