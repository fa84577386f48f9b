"""Copies of the gradebook, made before each command that writes into it."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from coursegrader.course.root import Course
from coursegrader.errors import UserError, nearest
from coursegrader.files import write

KEPT = 5


def database(course: Course) -> Path | None:
    """Return the file of a course's gradebook; None if it is a server's database."""
    url = course.directory().db_url
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def trouble(path: Path) -> str:
    """Say why a file is no gradebook; empty if it is one, or isn't there.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        What is wrong: such a file is never written to.
    """
    if not path.exists():
        return ""
    if not path.is_file():
        return "not a file"
    if not path.stat().st_size:
        return "the file is empty"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            tables = {name for (name,) in opened.execute("select name from sqlite_master")}
    except sqlite3.DatabaseError as error:  # an OperationalError is about locks and rights
        return "" if isinstance(error, sqlite3.OperationalError) else str(error)
    return "" if {"assignment", "grade"} <= tables else "a database, but no gradebook of nbgrader's"


def copies(course: Course) -> list[Path]:
    """List the copies of a course's gradebook, the newest first."""
    return sorted((course.state / "gradebook").glob("*.db"), reverse=True)


def keep_copy(course: Course, command: str) -> Path | None:
    """Copy the gradebook, unless it is as it was; the five newest copies are kept.

    Parameters
    ----------
    course : Course
        The course.
    command : str
        What is about to write into it; part of the copy's name.

    Returns
    -------
    Path or None
        The copy; None if there is nothing to copy.
    """
    path = database(course)
    if path is None or not path.is_file() or trouble(path):
        return None
    before = copies(course)
    raw = path.read_bytes()
    if before and before[0].read_bytes() == raw:
        return before[0]
    made = course.state / "gradebook" / f"{datetime.now():%Y-%m-%d-%H%M%S-%f}-{command}.db"
    write(made, raw)
    for old in copies(course)[KEPT:]:
        old.unlink()
    return made


def restore(course: Course, name: str = "") -> Path:
    """Put a copy in the place of the gradebook; what is there now becomes a copy itself.

    Parameters
    ----------
    course : Course
        The course.
    name : str
        Which copy; the newest that differs from what is there by default.

    Returns
    -------
    Path
        The copy.

    Raises
    ------
    UserError
        If there is no such copy, or the gradebook isn't a file.
    """
    path = database(course)
    if path is None:
        raise UserError(f"{course.directory().db_url}: not a file; restore it as its server does")
    now = path.read_bytes() if path.is_file() else b""
    known = {copy.stem: copy for copy in copies(course)}
    if name and name.removesuffix(".db") not in known:
        near = nearest(name, known)
        guess = f"; did you mean {near}?" if near else f"; known: {', '.join(known) or 'none'}"
        raise UserError(f"no copy of the gradebook {name!r}{guess}")
    differing = [copy for copy in known.values() if copy.read_bytes() != now]
    chosen = known[name.removesuffix(".db")] if name else next(iter(differing), None)
    if chosen is None:
        raise UserError(f"{course.state / 'gradebook'}: no copy that differs from the gradebook")
    content = chosen.read_bytes()
    if trouble(path):  # it may yet be of use to somebody
        aside = path.with_name(f"{path.stem}-{datetime.now():%Y%m%d-%H%M%S}-damaged{path.suffix}")
        path.rename(aside)
    else:
        keep_copy(course, "restore")
    write(path, content)
    return chosen
