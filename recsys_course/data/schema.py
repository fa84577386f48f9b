"""The one schema of views and catalogue: columns, types, units.

Sources and the cache hand over Arrow tables of exactly these columns; the frames that users see
are made here and nowhere else, so that a data set looks the same however it came.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

_NAMES = pa.dictionary(pa.int32(), pa.string())

#: Columns of the views as they are stored; the frame has ``dt`` (the UTC day) after ``view_ts``.
VIEWS: dict[str, pa.DataType] = {
    "user_id": pa.int64(),
    "content_id": pa.int64(),
    "view_duration": pa.float64(),  # seconds
    "view_ts": pa.timestamp("us", "UTC"),
    "platform": _NAMES,
}
#: What some sources know beyond the schema.
EXTRA: dict[str, pa.DataType] = {
    "rating": pa.float64(),  # stars, MovieLens
    "watched_share": pa.float64(),  # 0..1, KION
}
#: Columns of the catalogue; several genres or countries are joined by ``|``.
CATALOGUE: dict[str, pa.DataType] = {
    "content_id": pa.int64(),  # unique
    "origin_country": pa.string(),
    "release_date": pa.timestamp("us"),
    "kinopoisk_rating": pa.float64(),  # 0..10
    "compilation_id": pa.int64(),  # the series that an episode belongs to
    "genre": pa.string(),
    "title": pa.string(),
}

_DAY = 86_400_000_000  # microseconds


def views_table(columns: Mapping[str, Any]) -> pa.Table:
    """Lay columns out as views; those of the schema that are not given are all missing.

    Parameters
    ----------
    columns : mapping of str to array-like
        Arrays of one length, at least ``user_id``; names from `VIEWS` and `EXTRA`.

    Returns
    -------
    pyarrow.Table
        Columns of `VIEWS`, then those of `EXTRA` that were given.

    Examples
    --------
    >>> views_table({"user_id": [7, 7], "content_id": [1, 2]})["platform"].null_count
    2
    """
    extra = {name: kind for name, kind in EXTRA.items() if name in columns}
    return _table(columns, VIEWS | extra, len(columns["user_id"]))


def catalogue_table(columns: Mapping[str, Any]) -> pa.Table:
    """Lay columns out as a catalogue; those of the schema that are not given are all missing.

    Parameters
    ----------
    columns : mapping of str to array-like
        Arrays of one length, at least ``content_id``; names from `CATALOGUE`.

    Returns
    -------
    pyarrow.Table
        Columns of `CATALOGUE`.

    Examples
    --------
    >>> catalogue_table({"content_id": [1], "title": ["Solaris"]}).num_columns
    7
    """
    return _table(columns, CATALOGUE, len(columns["content_id"]))


def views_frame(table: pa.Table) -> pd.DataFrame:
    """Turn a table of `views_table` into the frame that users see.

    Parameters
    ----------
    table : pyarrow.Table

    Returns
    -------
    pandas.DataFrame
        ``user_id`` int64, ``content_id`` int64, ``view_duration`` float64 (seconds, NaN unknown),
        ``view_ts`` datetime64[us, UTC], ``dt`` datetime64[us] (the UTC day of ``view_ts``),
        ``platform`` category (NaN unknown; categories in alphabetical order), then the columns
        of `EXTRA` that the source has. Row order as in the table.

    Examples
    --------
    >>> views = views_frame(views_table({
    ...     "user_id": [7], "content_id": [1],
    ...     "view_ts": pd.to_datetime(["2019-04-09 23:30:00+00:00"]),
    ... }))
    >>> views["dt"].item()
    Timestamp('2019-04-09 00:00:00')
    """
    frame = table.unify_dictionaries().to_pandas()
    moments = frame["view_ts"].dt.tz_localize(None).to_numpy()
    known = moments.view(np.int64)
    days = (known - known % _DAY).view("datetime64[us]")
    days[np.isnat(moments)] = np.datetime64("NaT", "us")
    frame.insert(list(frame.columns).index("view_ts") + 1, "dt", days)
    names = sorted(frame["platform"].cat.categories.astype("str"))
    frame["platform"] = frame["platform"].cat.set_categories(pd.Index(names, dtype="str"))
    return frame


def catalogue_frame(table: pa.Table) -> pd.DataFrame:
    """Turn a table of `catalogue_table` into the frame that users see.

    Parameters
    ----------
    table : pyarrow.Table

    Returns
    -------
    pandas.DataFrame
        ``content_id`` int64, ``origin_country`` str, ``release_date`` datetime64[us],
        ``kinopoisk_rating`` float64, ``compilation_id`` Int64, ``genre`` str, ``title`` str;
        unknown values are missing.

    Examples
    --------
    >>> table = catalogue_table({"content_id": [1, 2], "compilation_id": [30, None]})
    >>> catalogue_frame(table)["compilation_id"].tolist()
    [30, <NA>]
    """
    frame = table.drop_columns("compilation_id").to_pandas()
    nullable = table.select(["compilation_id"]).to_pandas(types_mapper=lambda _: pd.Int64Dtype())
    frame.insert(list(CATALOGUE).index("compilation_id"), "compilation_id", nullable)
    return frame


def _table(columns: Mapping[str, Any], kinds: Mapping[str, pa.DataType], rows: int) -> pa.Table:
    given = {name: _column(columns.get(name), kind, rows) for name, kind in kinds.items()}
    return pa.table(given)


def _column(values: Any, kind: pa.DataType, rows: int) -> pa.Array | pa.ChunkedArray:
    if values is None:
        return pa.nulls(rows, kind)
    if not isinstance(values, pa.Array | pa.ChunkedArray):
        values = pa.array(values, from_pandas=True)
    return values if values.type == kind else values.cast(kind)
