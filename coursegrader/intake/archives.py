"""Notebooks that were packed: in zip and tar files, also within each other, or by gzip alone."""

import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from coursegrader.errors import UserError, one_line

_INSTEAD = "hand in the notebook itself"
_MOST_PACKED = 1_000  # files in an archive
_DEEPEST = 2  # archives within each other, such as a student's own in that of a whole class
_ENTRY = b"PK\x01\x02"  # how each file is listed in a zip file
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_AT, _TAR = slice(257, 262), b"ustar"
#: What a notebook may be called: browsers and editors add endings.
NOTEBOOK = re.compile(r"\.ipynb(\.\w+)*$|\.(json|txt)$", re.I)
ARCHIVE = re.compile(r"\.(zip|tar|tgz|gz)$", re.I)


def is_packed(data: bytes) -> bool:
    """Tell an archive by its first bytes, whatever it is called.

    Parameters
    ----------
    data : bytes
        Of a file.

    Returns
    -------
    bool

    Examples
    --------
    >>> import gzip
    >>> is_packed(gzip.compress(b"{}")), is_packed(b"{}")
    (True, False)
    """
    return data.startswith((_ZIP, _GZIP)) or data[_AT] == _TAR


def may_be(name: str) -> bool:
    """Tell whether a file may be a notebook, or hold one, by its name.

    Parameters
    ----------
    name : str
        A path.

    Returns
    -------
    bool

    Examples
    --------
    >>> may_be("sums.ipynb.crdownload"), may_be("work.tar.gz"), may_be("sums.pdf")
    (True, True, False)
    """
    return bool(NOTEBOOK.search(name) or ARCHIVE.search(name))


def unpacked(data: bytes, archive: str, most: int) -> Iterator[tuple[str, bytes]]:
    """Read what may be a notebook in an archive, bounded however much it unpacks to.

    Parameters
    ----------
    data : bytes
        Of an archive, see `is_packed`.
    archive : str
        What it is called.
    most : int
        Bytes of one notebook; of everything three times as many.

    Yields
    ------
    tuple of str and bytes
        Name and content of a file in it, or in an archive in it.

    Raises
    ------
    UserError
        If it is damaged, locked, or holds too much.
    """
    left = 3 * most
    waiting = [(data, archive, 1)]
    try:
        while waiting:
            packed, where, depth = waiting.pop()
            if packed.startswith(_GZIP):
                packed = zlib.decompressobj(wbits=31).decompress(packed, left + 1)
                left -= len(packed)
            for inside, file in _entries(packed, where):
                name = one_line(inside, 300)  # a tar file's names needn't be text
                raw = file.read(min(most, max(left, 0)) + 1)
                left -= len(raw)
                if len(raw) > most or left < 0:
                    raise UserError(f"{archive}: {name} is too large; {_INSTEAD}")
                if not is_packed(raw):
                    yield name, raw
                elif depth < _DEEPEST:
                    waiting.append((raw, name, depth + 1))
    except UserError:
        raise
    except Exception as error:  # for what is damaged these libraries have errors of many kinds
        raise UserError(f"{archive}: cannot be unpacked; {_INSTEAD}") from error


def _entries(data: bytes, archive: str) -> Iterator[tuple[str, IO[bytes]]]:
    """Open the files of an archive that may be notebooks or archives, one after the other."""
    if data.startswith(_ZIP):
        return _of_zip(data, archive)
    if data[_AT] == _TAR:
        return _of_tar(data, archive)
    name = archive.rpartition("/")[2]  # a single file that was compressed
    return iter([(name.rpartition(".")[0] or name, io.BytesIO(data))])


def _of_zip(data: bytes, archive: str) -> Iterator[tuple[str, IO[bytes]]]:
    if data.count(_ENTRY) > _MOST_PACKED:
        raise UserError(f"{archive}: more than {_MOST_PACKED} files; {_INSTEAD}")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for entry in packed.infolist():
            if not _is_wanted(entry.filename):
                continue
            if entry.flag_bits & 1:
                raise UserError(f"{archive}: it has a password; {_INSTEAD}")
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise UserError(f"{archive}: packed in an odd way; {_INSTEAD}")
            with packed.open(entry) as file:
                yield entry.filename, file


def _of_tar(data: bytes, archive: str) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as packed:
        for number, entry in enumerate(packed):
            if number >= _MOST_PACKED:
                raise UserError(f"{archive}: more than {_MOST_PACKED} files; {_INSTEAD}")
            # neither links nor devices; and a hole would be read as zeros without an end
            file = packed.extractfile(entry) if entry.isreg() and not entry.issparse() else None
            if file is not None and _is_wanted(entry.name):
                yield entry.name, file


def _is_wanted(inside: str) -> bool:
    parts = inside.replace("\\", "/").split("/")
    return may_be(inside) and not any(part.startswith((".", "__")) for part in parts if part != ".")
