"""A delimited file of a source: where it is, what it has to hold, its content as text."""

import csv
import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from recsys_course.data.sources.columns import Column
from recsys_course.errors import DataError, nearest, one_line

_AGAIN = "copy or fetch the file again"
_GZIP = b"\x1f\x8b"
_UTF_16 = ("UTF-16", "save it as UTF-8")
_NO_TEXT = {  # how files begin that people take for tables
    b"PK\x03\x04": ("a zip archive or a spreadsheet", "unpack it, or save it as CSV"),
    b"PAR1": ("a Parquet file", "save it as CSV"),
    b"7z\xbc\xaf": ("a 7z archive", "unpack it"),
    b"Rar!": ("a rar archive", "unpack it"),
    b"\xfd7zXZ": ("xz data", "unpack it"),
    b"BZh": ("bzip2 data", "unpack it"),
    b"\x28\xb5\x2f\xfd": ("zstd data", "unpack it"),
    b"\xd0\xcf\x11\xe0": ("an old spreadsheet", "save it as CSV"),
    b"%PDF": ("a PDF", "save it as CSV"),
    b"<!DOCTYPE": ("a web page", _AGAIN),
    b"<!doctype": ("a web page", _AGAIN),
    b"<html": ("a web page", _AGAIN),
    b"\xff\xfe": _UTF_16,
    b"\xfe\xff": _UTF_16,
}
_LONGEST = 1 << 20  # bytes of a cell or a header: Arrow's blocks are as long
csv.field_size_limit(max(csv.field_size_limit(), _LONGEST))


@dataclass(frozen=True)
class Table:
    """A delimited file and the columns that are wanted of it.

    Parameters
    ----------
    path : pathlib.Path
        The file; if it is gzip data it is unpacked on the way, whatever its name.
    columns : tuple of Column
        Those to read.
    names : tuple of str
        All columns of a file without a header; empty where the first line names them.
    delimiter : str
        Between two cells, one character.
    quoted : bool
        Whether cells may be in double quotes.
    multiline : bool
        Whether a cell in quotes may hold line ends.
    rewrite : callable, optional
        Turns the bytes of an older format into UTF-8 with `delimiter`, line by line.
    written : str, optional
        The delimiter as the file itself has it, where `rewrite` changes it.
    """

    path: Path
    columns: tuple[Column, ...]
    names: tuple[str, ...] = ()
    delimiter: str = ","
    quoted: bool = True
    multiline: bool = False
    rewrite: Callable[[bytes], bytes] | None = None
    written: str | None = None

    def head(self) -> bytes:
        """Read the first line, unpacked, or as much of it as a header may have."""
        with gzip.open(self.path) if self._packed() else self.path.open("rb") as stream:
            return stream.readline(_LONGEST)

    def stream(self) -> pa.NativeFile:
        """Open the file for Arrow, which unpacks it piece by piece."""
        stream = pa.OSFile(os.fsencode(self.path))
        return pa.CompressedInputStream(stream, "gzip") if self._packed() else stream

    def _packed(self) -> bool:
        with self.path.open("rb") as stream:
            return stream.read(2) == _GZIP

    def content(self) -> bytes:
        """Read the file as UTF-8 bytes, unpacked and rewritten.

        Raises
        ------
        DataError
            When it is empty, cut, damaged, or not what its name says.
        """
        data = self.path.read_bytes()
        if data.startswith(_GZIP):
            data = self._unpacked(data)
        if not data or data.isspace():
            raise DataError(f"{self.path}: the file is empty; {_AGAIN}")
        for beginning, (what, mend) in _NO_TEXT.items():
            if data.startswith(beginning):
                raise DataError(f"{self.path}: {what}, expected text; {mend}")
        if b"\0" in data:
            byte = data.index(b"\0")
            what = f"not text (byte {byte:,} is a zero)"
            raise DataError(f"{self.path}: {what}; save it as UTF-8, or {_AGAIN}")
        return self.rewrite(data) if self.rewrite else data

    def _unpacked(self, data: bytes) -> bytes:
        try:
            return gzip.decompress(data)
        except EOFError:
            cut = "the compressed data ends too early, the file was cut on its way"
            raise DataError(f"{self.path}: {cut}; {_AGAIN}") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise DataError(f"{self.path}: damaged gzip data ({error}); {_AGAIN}") from None

    def rows(self, content: bytes) -> Iterator[tuple[int, list[str]]]:
        """Split the content into cells, blank lines left out.

        Yields
        ------
        line : int
            Where the row begins; the first line of the file is 1.
        cells : list of str
            Bytes that aren't UTF-8 come as lone surrogates.
        """
        stream = io.TextIOWrapper(
            io.BytesIO(content), encoding="utf-8-sig", errors="surrogateescape", newline=""
        )
        reader = csv.reader(
            stream,
            delimiter=self.delimiter,
            quoting=csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE,
        )
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:  # the cell is too long
                torn = f"a cell of more than {_LONGEST:,} characters"
                if self.quoted and b'"' in content:
                    torn += ", is a quote never closed?"
                raise DataError(f"{self.path}, line {line}: {torn}; {_AGAIN}") from None
            if cells:
                yield line, cells
            line = reader.line_num + 1

    def header(self, content: bytes) -> list[str]:
        """Tell the names of all columns, and see that those wanted are there, each once.

        The first line of the content is enough.

        Raises
        ------
        DataError
            When one is missing or the delimiter is another one.
        """
        if self.names:
            return list(self.names)
        _, names = next(self.rows(content), (1, []))
        for column in self.columns:
            if column.name not in names:
                raise DataError(f"{self.path}: {self._missing(column, names)}")
            if names.count(column.name) > 1:
                raise DataError(f"{self.path}: two columns are named {column.name}; keep one")
        return names

    def _missing(self, column: Column, names: list[str]) -> str:
        name = column.name
        if len(names) == 1:
            for other in (";", "\t", "|", ",", " "):
                if name in names[0].split(other):
                    expected = f"expected {self.delimiter!r}; save it so"
                    return f"columns are separated by {other!r}, {expected}"
        names = [one_line(name, 40) for name in names]
        found = f"found: {', '.join(names[:12])}"
        wanted = {column.name for column in self.columns}
        close = nearest(name, (other for other in names if other not in wanted), cutoff=0.5)
        if close is None:
            optional = column.or_empty or not column.filled
            unknown = "; add it with empty cells if it isn't known" if optional else ""
            return f"no column {name} in the first line; {found}{unknown}"
        return f"no column {name}; rename {close} if that is meant ({found})"
