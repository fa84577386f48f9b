"""What a person wants to know of a data set first: its totals, and what is missing in it."""

from typing import Any

import pandas as pd


def describe(views: pd.DataFrame, catalogue: pd.DataFrame) -> dict[str, Any]:
    """Count what is in a data set.

    Parameters
    ----------
    views : pandas.DataFrame
        As from `load_views`.
    catalogue : pandas.DataFrame
        As from `load_catalogue`.

    Returns
    -------
    dict
        ``rows`` views, ``users``, ``items`` viewed, ``pairs`` (distinct users and items),
        ``catalogue`` rows, ``first`` and ``last`` moment of a view in UTC (ISO 8601; None if the
        source has no times), ``missing``: the columns without a single value, ``unknown_views``
        and ``unknown_items``: views of content that the catalogue lacks (they are kept), and how
        many items that is.

    Examples
    --------
    >>> views = pd.DataFrame({"user_id": [1, 1], "content_id": [5, 6],
    ...     "view_ts": pd.to_datetime(["2019-04-09", "2019-04-10"], utc=True)})
    >>> summary = describe(views, pd.DataFrame({"content_id": [5]}))
    >>> summary["pairs"], summary["unknown_views"], summary["last"]
    (2, 1, '2019-04-10T00:00:00+00:00')
    """
    pairs = views[["user_id", "content_id"]].drop_duplicates()
    unknown = views.loc[~views["content_id"].isin(catalogue["content_id"]), "content_id"]
    empty = [name for frame in (views, catalogue) for name in frame if frame[name].isna().all()]
    ends = views["view_ts"].agg(["min", "max"])
    first, last = (None if pd.isna(end) else end.isoformat() for end in ends)
    return {
        "rows": len(views),
        "users": int(pairs["user_id"].nunique()),
        "items": int(pairs["content_id"].nunique()),
        "pairs": len(pairs),
        "catalogue": len(catalogue),
        "first": first,
        "last": last,
        "missing": empty,
        "unknown_views": len(unknown),
        "unknown_items": int(unknown.nunique()),
    }
