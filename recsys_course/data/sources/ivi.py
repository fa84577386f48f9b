"""The two files of the original course, from the online cinema ivi."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from recsys_course.data.schema import catalogue_table, views_table
from recsys_course.data.sources.columns import (
    day,
    ident,
    label,
    moment,
    number,
    reference,
    seconds,
    text,
)
from recsys_course.data.sources.reading import read
from recsys_course.data.sources.tables import Table

# the file's own column dt isn't read: the schema's is the UTC day of view_ts
_VIEWS = (
    ident("user_id"),
    ident("content_id"),
    seconds("view_duration"),
    moment("view_ts"),
    label("platform"),
)
_CATALOGUE = (
    ident("content_id", unique=True),
    text("origin_country"),
    day("release_date"),
    number("kinopoisk_rating", 0, 10),
    reference("compilation_id"),
    text("genre"),
)


def read_views(path: Path) -> pa.Table:
    """Read ``content_views.csv`` or ``.csv.gz``."""
    return views_table(read(Table(path, _VIEWS)))


def read_catalogue(path: Path) -> pa.Table:
    """Read ``content_description.csv`` or ``.csv.gz``; country codes become text, "1.0" to "1"."""
    columns = read(Table(path, _CATALOGUE))
    columns["origin_country"] = pc.replace_substring_regex(
        columns["origin_country"], r"^(\d+)\.0$", r"\1"
    )
    return catalogue_table(columns)
