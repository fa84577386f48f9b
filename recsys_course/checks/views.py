"""Refuse frames that can't be worked with, in one line each."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recsys_course.errors import DataError


def check_columns(frame: pd.DataFrame, name: str, *columns: str) -> None:
    """Refuse what isn't a frame with certain columns, each of them once.

    Parameters
    ----------
    frame : DataFrame
        Views or a catalogue.
    name : str
        What the message calls it.
    *columns : str
        The columns that are needed.

    Raises
    ------
    DataError
        Naming the column.

    Examples
    --------
    >>> check_columns(pd.DataFrame([[1, 1]], columns=["genre", "genre"]), "catalogue", "genre")
    Traceback (most recent call last):
    recsys_course.errors.DataError: catalogue: two columns are named genre; keep one
    """
    if not isinstance(frame, pd.DataFrame):
        raise DataError(f"{name}: expected a pandas DataFrame, not {type(frame).__name__}")
    for column in columns:
        times = list(frame.columns).count(column)
        if not times:
            found = ", ".join(map(str, frame.columns)) or "no columns at all"
            raise DataError(f"{name}: no column {column}; found {found}")
        if times > 1:
            many = "two" if times == 2 else times
            raise DataError(f"{name}: {many} columns are named {column}; keep one")


def check_views(views: pd.DataFrame, *columns: str) -> None:
    """Refuse a frame that can't be used as views, in one line.

    Parameters
    ----------
    views : DataFrame
        One row per view.
    *columns : str
        The columns that are needed. Columns named ``*_id`` must hold whole numbers.

    Raises
    ------
    DataError
        If `views` isn't a frame, has no rows, lacks a column or has it twice, or an id is missing,
        not whole, negative or above 2**63 - 1.

    Examples
    --------
    >>> check_views(pd.DataFrame({"user_id": [1]}), "user_id", "content_id")
    Traceback (most recent call last):
    recsys_course.errors.DataError: views: no column content_id; found user_id
    """
    check_columns(views, "views", *columns)
    if views.empty:
        raise DataError("views: no rows; was everything filtered out?")
    for column in columns:
        if not column.endswith("_id"):
            continue
        if not pd.api.types.is_integer_dtype(views[column].dtype):
            raise DataError(
                f"views, column {column}: expected whole numbers, found {views[column].dtype}"
            )
        if missing := int(views[column].isna().sum()):
            raise DataError(f"views, column {column}: {missing:,} ids are missing; drop those rows")
        lowest, highest = int(views[column].min()), int(views[column].max())
        if lowest < 0 or highest >= 2**63:
            wrong = lowest if lowest < 0 else highest
            raise DataError(
                f"views, column {column}: found {wrong}, expected ids from 0 to 2**63 - 1 "
                "(-1 is what pandas gives to a value it cannot encode); drop those rows"
            )


def check_times(views: pd.DataFrame) -> None:
    """Refuse views whose moments are unknown or have no time zone.

    Parameters
    ----------
    views : DataFrame
        Column ``view_ts``.

    Raises
    ------
    DataError
        If a moment is missing, or the column isn't datetimes with a time zone.

    Examples
    --------
    >>> check_times(pd.DataFrame({"view_ts": ["2019-03-01"]}))
    Traceback (most recent call last):
    recsys_course.errors.DataError: views, column view_ts: expected datetimes with a time zone, \
found str; convert with pandas.to_datetime(..., utc=True)
    """
    times = views["view_ts"]
    if not isinstance(times.dtype, pd.DatetimeTZDtype):
        raise DataError(
            f"views, column view_ts: expected datetimes with a time zone, found {times.dtype}; "
            "convert with pandas.to_datetime(..., utc=True)"
        )
    if missing := int(times.isna().sum()):
        raise DataError(f"views, column view_ts: {missing:,} moments are missing; drop those rows")


def seconds_of(views: pd.DataFrame) -> NDArray[np.float64]:
    """Return the seconds of each view, all of which must be known.

    Parameters
    ----------
    views : DataFrame
        Column ``view_duration``.

    Returns
    -------
    ndarray of float64, shape (rows,)
        Seconds.

    Raises
    ------
    DataError
        If the source has no durations, some are missing, or they aren't numbers.

    Examples
    --------
    >>> seconds_of(pd.DataFrame({"view_duration": [np.nan]}))
    Traceback (most recent call last):
    recsys_course.errors.DataError: views: this source has no view_duration (seconds); \
use weight="binary" or weight="count"
    """
    instead = 'use weight="binary" or weight="count"'
    if "view_duration" not in views.columns or views["view_duration"].isna().all():
        raise DataError(f"views: this source has no view_duration (seconds); {instead}")
    if not pd.api.types.is_numeric_dtype(views["view_duration"].dtype):
        raise DataError(
            "views, column view_duration: expected seconds as numbers, "
            f"found {views['view_duration'].dtype}"
        )
    missing = views["view_duration"].isna().to_numpy()
    if missing.any():
        raise DataError(
            f"views, column view_duration: unknown in {missing.sum():,} of {len(views):,} rows, "
            f"first in row {np.argmax(missing)}; drop those rows or {instead}"
        )
    return views["view_duration"].to_numpy(np.float64)
