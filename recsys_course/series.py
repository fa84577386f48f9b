"""Series: their episodes as one item, and what to call an item."""

from typing import Any

import pandas as pd

from recsys_course.checks.views import check_columns


def fold_series(content_ids: pd.Series, catalogue: pd.DataFrame) -> pd.Series:
    """Give all episodes of a series one number, that of the episode with the smallest.

    Parameters
    ----------
    content_ids : Series of int64
        A column ``content_id``, of views or of a catalogue.
    catalogue : DataFrame
        Columns ``content_id`` and ``compilation_id`` (missing where an item is no episode).

    Returns
    -------
    Series of int64
        Items that are no episodes keep their number.

    Raises
    ------
    DataError
        If a column of the catalogue is missing or there twice.

    Examples
    --------
    >>> catalogue = pd.DataFrame({"content_id": [1, 2, 3],
    ...     "compilation_id": pd.array([5, 5, None], dtype="Int64")})
    >>> fold_series(pd.Series([3, 2, 1, 8]), catalogue).tolist()
    [3, 1, 1, 8]
    """
    check_columns(catalogue, "catalogue", "content_id", "compilation_id")
    episodes = catalogue.dropna(subset="compilation_id").set_index("content_id")["compilation_id"]
    firsts = episodes.index.to_series().groupby(episodes).transform("min")
    places = firsts.index.get_indexer(pd.Index(content_ids))
    folded = content_ids.copy()
    folded[places >= 0] = firsts.to_numpy()[places[places >= 0]]  # not by way of floats
    return folded


def names_of(content_ids: Any, catalogue: pd.DataFrame) -> pd.Series:
    """Say what items are called: by their title, else by their number.

    Parameters
    ----------
    content_ids : array of int64
        Such as the columns of a matrix.
    catalogue : DataFrame
        Columns ``content_id`` and ``title``.

    Returns
    -------
    Series of str
        By ``content_id``, in the order given.

    Raises
    ------
    DataError
        If a column of the catalogue is missing or there twice.

    Examples
    --------
    >>> catalogue = pd.DataFrame({"content_id": [1, 2], "title": ["Solaris", None]})
    >>> names_of([2, 1, 9], catalogue).tolist()
    ['content 2', 'Solaris', 'content 9']
    """
    check_columns(catalogue, "catalogue", "content_id", "title")
    titles = catalogue.set_index("content_id")["title"].reindex(content_ids)
    numbers = pd.Series("content " + titles.index.astype(str), titles.index)
    return titles.fillna(numbers)
