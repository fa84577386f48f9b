"""Parsed files kept as Parquet, so that the next read takes a tenth of the time.

A file of the cache is named ``KIND-KEY.DIGEST.parquet``. KEY stands for the content of the source
files (read and hashed each time, about a second per gigabyte, for sizes and dates can lie), for
their names and for the version of the readers. DIGEST is the SHA-256 of the Parquet file itself:
one that was cut, flipped or half copied is thrown away and made again, never believed.
"""

import contextlib
import hashlib
import os
import warnings
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pyarrow as pa
import pyarrow.parquet as pq

from coursegrader.files import expanded, write
from recsys_course.data.memory import arrows_own
from recsys_course.errors import DataError, UserError

#: Raised whenever a reader makes something else of the same file.
VERSION = 3


def folder() -> Path:
    """Tell where the course keeps parsed files and downloads.

    Returns
    -------
    pathlib.Path
        The environment variable RECSYS_COURSE_CACHE, or the system's own folder for caches.

    Raises
    ------
    UserError
        When it would be in a home folder that nobody knows.
    """
    given = os.environ.get("RECSYS_COURSE_CACHE")
    if given:
        return expanded(given)
    try:
        return platformdirs.user_cache_path("recsys-course", appauthor=False)
    except RuntimeError:  # a user without a home, as in some containers
        mend = "set RECSYS_COURSE_CACHE to a folder"
        raise DataError(f"no home folder to keep files in; {mend}") from None


def cached(kind: str, path: Path, read: Callable[[Path], pa.Table]) -> pa.Table:
    """Take the parsed table from the cache, or read the file and keep the result.

    Parameters
    ----------
    kind : str
        What is read, "views" or "catalogue"; the beginning of the name in the cache.
    path : pathlib.Path
        The source's file.
    read : callable
        Reader of the file.

    Returns
    -------
    pyarrow.Table

    Warns
    -----
    UserWarning
        One line, when there is no cache or it can't be written; the table is returned all the same.
    """
    try:
        folder()
    except UserError as error:
        warnings.warn(f"{error} (files are read anew each time)", stacklevel=3)
        return read(path)
    before = path.stat()
    prefix = f"{kind}-{_key(path)}."
    table = _load(prefix)
    if table is None:
        table = read(path)
        after = path.stat()
        # a file that changed while it was read would be kept under the key of its old content
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            _keep(prefix, table)
    return table


def _key(path: Path) -> str:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    digest.update(f"{VERSION} {path.name}".encode())
    return digest.hexdigest()[:32]


def _load(prefix: str) -> pa.Table | None:
    for path in folder().glob(f"{prefix}*.parquet"):
        with contextlib.suppress(OSError):
            data = path.read_bytes()
            if path.name == _name(prefix, data):
                return pq.read_table(arrows_own(data))
            path.unlink()
    return None


def _keep(prefix: str, table: pa.Table) -> None:
    sink = pa.BufferOutputStream()
    # one chunk a column: many small ones take half as long again to read
    pq.write_table(table.unify_dictionaries().combine_chunks(), sink, compression="zstd")
    data = sink.getvalue().to_pybytes()
    try:
        write(folder() / _name(prefix, data), data)
    except OSError as error:
        why = f"{folder()} can't be written ({error.strerror or error})"
        mend = "files are read anew each time; set RECSYS_COURSE_CACHE to a folder with room"
        warnings.warn(f"{why}: {mend}", stacklevel=4)


def _name(prefix: str, data: bytes) -> str:
    return f"{prefix}{hashlib.sha256(data).hexdigest()[:32]}.parquet"
