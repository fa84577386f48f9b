"""MovieLens in its three formats: 100k, then 1M and 10M, then 20M and all later ones."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from recsys_course.data.schema import catalogue_table, views_table
from recsys_course.data.sources.columns import Column, day, epoch, ident, number, text
from recsys_course.data.sources.conversions import first_of_january, moments
from recsys_course.data.sources.reading import read
from recsys_course.data.sources.tables import Table

_RATINGS = (ident("userId"), ident("movieId"), number("rating", 0, 5), epoch("timestamp"))
_RATING_NAMES = tuple(column.name for column in _RATINGS)
_MOVIES = (ident("movieId", unique=True), text("title"), text("genres"))
_MOVIE_NAMES = tuple(column.name for column in _MOVIES)

_GENRES = (
    *("Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary"),
    *("Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi"),
    *("Thriller", "War", "Western"),
)
_ITEMS = (
    ident("movieId", unique=True),
    text("title"),
    day("release date", such_as="04-Feb-1971"),
    *(number(genre, 0, 1) for genre in _GENRES),
)
_ITEM_NAMES = ("movieId", "title", "release date", "video date", "address", "unknown", *_GENRES)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# the third field of a line: "04-Feb-1971", published as "4-Feb-1971" too
_DATE = re.compile(
    rf"^([^|\n]*\|[^|\n]*\|) *(\d?\d)-({'|'.join(_MONTHS)})-(\d\d(?:\d\d)?) *(?=\|)",
    re.MULTILINE | re.IGNORECASE,
)
# "Toy Story (1995)", "Fawlty Towers (1975-1979)", "Babylon 5 (1994- )"
_YEAR = r"\((\d{4})(?:[–-]\s*\d{0,4}\s*)?\)\s*$"
_NO_GENRE = "(no genres listed)"
_UNIT = b"\x1f"  # between two fields in place of "::"; made for it, and in nobody's titles


def read_u_data(path: Path) -> pa.Table:
    """Read ``u.data`` of MovieLens 100k: tabs, no header."""
    return _views(Table(path, _RATINGS, names=_RATING_NAMES, delimiter="\t", quoted=False))


def read_u_item(path: Path) -> pa.Table:
    """Read ``u.item`` of MovieLens 100k: bars, no header, a column of 0 or 1 per genre."""
    table = Table(path, _ITEMS, _ITEM_NAMES, delimiter="|", quoted=False, rewrite=_iso_dates)
    columns = read(table)
    flags = np.column_stack([columns[genre].to_numpy() == 1 for genre in _GENRES])
    genres = ["|".join(np.array(_GENRES)[row]) or None for row in flags]
    return catalogue_table(
        {
            "content_id": columns["movieId"],
            "title": columns["title"],
            "release_date": columns["release date"],
            "genre": genres,
        }
    )


def read_ratings_dat(path: Path) -> pa.Table:
    """Read ``ratings.dat`` of MovieLens 1M and 10M: two colons, no header."""
    return _views(_dat(path, _RATINGS, _RATING_NAMES, lambda data: data.replace(b"::", _UNIT)))


def read_movies_dat(path: Path) -> pa.Table:
    """Read ``movies.dat`` of MovieLens 1M (latin-1) and 10M (UTF-8); a title may hold colons."""
    return _catalogue(_dat(path, _MOVIES, _MOVIE_NAMES, _movies_with_units))


def read_ratings_csv(path: Path) -> pa.Table:
    """Read ``ratings.csv`` of MovieLens 20M, 25M, 32M and latest."""
    return _views(Table(path, _RATINGS))


def read_movies_csv(path: Path) -> pa.Table:
    """Read ``movies.csv`` of MovieLens 20M, 25M, 32M and latest."""
    return _catalogue(Table(path, _MOVIES))


def _dat(
    path: Path,
    columns: tuple[Column, ...],
    names: tuple[str, ...],
    rewrite: Callable[[bytes], bytes],
) -> Table:
    return Table(
        path, columns, names, delimiter=_UNIT.decode(), quoted=False, rewrite=rewrite, written="::"
    )


def _views(table: Table) -> pa.Table:
    columns = read(table)
    return views_table(
        {
            "user_id": columns["userId"],
            "content_id": columns["movieId"],
            "view_ts": moments(columns["timestamp"]),
            "rating": columns["rating"],
        }
    )


def _catalogue(table: Table) -> pa.Table:
    columns = read(table)
    years = pd.Series(columns["title"].to_pandas()).str.extract(_YEAR, expand=False)
    genres = columns["genres"]
    return catalogue_table(
        {
            "content_id": columns["movieId"],
            "title": columns["title"],
            "release_date": first_of_january(years.astype("float64").to_numpy()),
            "genre": pc.if_else(pc.equal(genres, _NO_GENRE), None, genres),
        }
    )


def _text(data: bytes) -> str:
    """Decode an old catalogue: UTF-8, else Windows-1251, else latin-1, which any bytes are."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1251" if _is_cyrillic(data) else "latin-1", "replace")


def _is_cyrillic(data: bytes) -> bool:
    """Tell whole words of Cyrillic letters from the odd accent among Latin ones."""
    letters = sum(map(len, re.findall(rb"[\xa8\xb8\xc0-\xff]+", data)))
    in_words = sum(map(len, re.findall(rb"[\xa8\xb8\xc0-\xff]{3,}", data)))
    return in_words > letters / 2


def _movies_with_units(data: bytes) -> bytes:
    fields = re.compile(r"^(.*?)::(.*)::(.*)$", re.MULTILINE)
    unit = _UNIT.decode()
    return fields.sub(rf"\1{unit}\2{unit}\3", _text(data)).encode()


def _iso_dates(data: bytes) -> bytes:
    """Turn the release date ``4-Feb-1971`` into ``1971-02-04``; a day that never was stays."""

    def iso(found: re.Match[str]) -> str:
        before, day, month, year = found.groups()
        century = 1900 if len(year) == 2 else 0  # the data set is of 1998
        try:
            return (
                f"{before}{date(century + int(year), _MONTHS.index(month.lower()) + 1, int(day))}"
            )
        except ValueError:
            return found[0]

    return _DATE.sub(iso, _text(data)).encode()
