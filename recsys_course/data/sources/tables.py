"""A delimited file of a source: where it is, what it has to hold, its content as text."""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from recsys_course.data.sources.columns import Column
from recsys_course.errors import DataError

_AGAIN = "copy or fetch the file again"
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Table:
    """A delimited file and the columns that are wanted of it.

    Parameters
    ----------
    path : pathlib.Path
        The file; one named ``.gz`` is unpacked on the way.
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
        """Read the first line, unpacked."""
        with gzip.open(self.path) if self.path.suffix == ".gz" else self.path.open("rb") as stream:
            return stream.readline()

    def content(self) -> bytes:
        """Read the file as UTF-8 bytes, unpacked and rewritten.

        Raises
        ------
        DataError
            When it is empty, cut, damaged, or not what its name says.
        """
        data = self.path.read_bytes()
        if self.path.suffix == ".gz":
            data = self._unpacked(data)
        elif data.startswith(_GZIP):
            raise DataError(f"{self.path}: gzip data; name it {self.path.name}.gz")
        if not data or data.isspace():
            raise DataError(f"{self.path}: the file is empty; {_AGAIN}")
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise DataError(f"{self.path}: the text is UTF-16; save it as UTF-8")
        return self.rewrite(data) if self.rewrite else data

    def _unpacked(self, data: bytes) -> bytes:
        if data and not data.startswith(_GZIP):
            mend = f"name it {self.path.stem} if it is plain text, else {_AGAIN}"
            raise DataError(f"{self.path}: not a gzip file; {mend}")
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
            except csv.Error:  # a cell of more than 128 KiB
                torn = "a quote is opened and never closed"
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
        found = f"found: {', '.join(names[:12])}"
        wanted = {column.name for column in self.columns}
        spare = {other.lower(): other for other in names if other not in wanted}
        close = get_close_matches(name.lower(), spare, 1, cutoff=0.5)
        if not close:
            optional = column.or_empty or not column.filled
            unknown = "; add it with empty cells if it isn't known" if optional else ""
            return f"no column {name} in the first line; {found}{unknown}"
        return f"no column {name}; rename {spare[close[0]]} if that is meant ({found})"
