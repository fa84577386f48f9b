"""KION, the online cinema of MTS: interactions and items, in Russian or machine-translated."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from recsys_course.data.schema import catalogue_table, views_table
from recsys_course.data.sources.columns import day, ident, number, seconds, text, year
from recsys_course.data.sources.conversions import first_of_january
from recsys_course.data.sources.reading import read
from recsys_course.data.sources.tables import Table

_VIEWS = (
    ident("user_id"),
    ident("item_id"),
    day("last_watch_dt", filled=True),
    seconds("total_dur"),
    number("watched_pct", 0, 100),
)
_CATALOGUE = (
    ident("item_id", unique=True),
    text("title"),
    year("release_year"),
    text("genres"),
    text("countries"),
)


def read_views(path: Path) -> pa.Table:
    """Read ``interactions.csv``: the last day of watching, as its midnight in UTC."""
    columns = read(Table(path, _VIEWS))
    return views_table(
        {
            "user_id": columns["user_id"],
            "content_id": columns["item_id"],
            "view_duration": columns["total_dur"],
            "view_ts": columns["last_watch_dt"].cast(pa.int64()).cast(pa.timestamp("us", "UTC")),
            "watched_share": pc.divide(columns["watched_pct"], 100.0),
        }
    )


def read_catalogue(path: Path) -> pa.Table:
    """Read ``items.csv`` or ``items_en.csv``; of the release only the year is known, 1 January."""
    # descriptions run over several lines
    columns = read(Table(path, _CATALOGUE, multiline=True))
    return catalogue_table(
        {
            "content_id": columns["item_id"],
            "origin_country": _joined(columns["countries"]),
            "release_date": first_of_january(columns["release_year"].to_numpy()),
            "genre": _joined(columns["genres"]),
            "title": columns["title"],
        }
    )


def _joined(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.replace_substring(values, ", ", "|")
