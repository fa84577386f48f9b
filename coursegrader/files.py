"""Paths as people give them, files written whole or not at all, what a folder holds as a number."""

import hashlib
import os
import stat
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from coursegrader.errors import UserError

_LARGE = 300_000_000  # bytes; nobody waits for a hash of more
CONFIG = "nbgrader_config.py"  # what makes a folder a course


def expanded(path: str | os.PathLike[str]) -> Path:
    """Put the home folder in the place of a ``~`` at the beginning.

    Parameters
    ----------
    path : path
        ``~/ml`` is in one's own home, ``~ann/ml`` in Ann's.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    UserError
        When nobody knows where that home is.

    Examples
    --------
    >>> expanded("data/ml").as_posix()
    'data/ml'
    >>> expanded("~nosuchuser/ml")
    Traceback (most recent call last):
    coursegrader.errors.UserError: ~nosuchuser/ml: no such home folder; give the whole path
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise UserError(f"{path}: no such home folder; give the whole path") from None


def course_above(start: Path) -> Path | None:
    """Find the nearest course, from a folder upwards.

    Parameters
    ----------
    start : Path
        Where to look first.

    Returns
    -------
    pathlib.Path or None
        The folder that holds ``nbgrader_config.py``.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp()).resolve()
    >>> write(folder / "nbgrader_config.py", "")
    >>> course_above(folder / "lessons" / "en") == folder
    True
    """
    here = start.resolve()
    return next((at for at in (here, *here.parents) if (at / CONFIG).is_file()), None)


def read_at_most(path: Path, size: int, what: str) -> bytes:
    """Read a file, unless it is larger than any of its kind.

    Parameters
    ----------
    path : Path
        The file.
    size : int
        The most bytes that it may have.
    what : str
        What it should be, for the message.

    Returns
    -------
    bytes

    Raises
    ------
    UserError
        If it is larger; nothing more than that was read.

    Examples
    --------
    >>> path = Path(tempfile.mkdtemp()) / "timestamp.txt"
    >>> write(path, "x" * 2_000_000)
    >>> read_at_most(path, 1_000_000, "a time")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    coursegrader.errors.UserError: ...timestamp.txt: more than 1 MB, too large for a time; ...
    """
    with path.open("rb") as file:
        data = file.read(size + 1)
    if len(data) > size:
        raise UserError(
            f"{path}: more than {size / 1e6:g} MB, too large for {what}; is it another file?"
        )
    return data


@contextmanager
def writing(path: Path) -> Generator[BinaryIO, None, None]:
    """Open a file that appears only when all of it is written; folders are made.

    Parameters
    ----------
    path : Path
        Where to.

    Yields
    ------
    binary file
        Beside the final one, which it replaces at the end of the ``with`` block. After an error,
        or Ctrl-C, what was there is there.

    Examples
    --------
    >>> path = Path(tempfile.mkdtemp()) / "points" / "ann.txt"
    >>> with writing(path) as file:
    ...     _ = file.write(b"13 of 16")
    >>> path.read_text()
    '13 of 16'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:200]}-")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.chmod(temporary, path.stat().st_mode if path.exists() else 0o644)
        os.replace(temporary, path)
    except BaseException:  # Ctrl-C too
        Path(temporary).unlink(missing_ok=True)
        raise


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; folders are made.

    Parameters
    ----------
    path : Path
        Where to.
    content : str or bytes
        Text is written in UTF-8 with line feeds.
    """
    raw = content.encode("utf-8") if isinstance(content, str) else content
    with writing(path) as file:
        file.write(raw)


def fingerprint(folder: Path, pattern: str = "*") -> str:
    """Hash the names and contents of all files below a folder.

    Parameters
    ----------
    folder : Path
        What cannot be read in it counts as such, a link as where it leads. Of a file of hundreds
        of megabytes its size and time count.
    pattern : str
        Which files, such as ``*.py``.

    Returns
    -------
    str
        64 hexadecimal digits; the same ones only for the same files.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> empty = fingerprint(folder)
    >>> write(folder / "knn.ipynb", "{}")
    >>> fingerprint(folder) == empty
    False
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob(pattern)):
        digest.update(os.fsencode(path.relative_to(folder).as_posix()) + b"\0")
        try:
            found = path.lstat()
            digest.update(str(stat.S_IFMT(found.st_mode)).encode())
            if stat.S_ISLNK(found.st_mode):
                digest.update(os.fsencode(os.readlink(path)))
            elif stat.S_ISREG(found.st_mode) and found.st_size > _LARGE:
                digest.update(f"{found.st_size} {found.st_mtime_ns}".encode())
            elif stat.S_ISREG(found.st_mode):
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:  # who works with the file will say what cannot be read
            digest.update(str(error.errno).encode())
    return digest.hexdigest()
