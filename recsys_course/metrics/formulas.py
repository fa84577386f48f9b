"""The formulas: one value for each list, for all lists at once. NaN where a user doesn't count."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys_course.errors import CourseError
from recsys_course.metrics.lists import Lists

Values = NDArray[np.float64]  # one for each row of the lists


def _hit_rate(lists: Lists) -> Values:
    return _of_judged(lists, lists.found > 0)


def _precision(lists: Lists) -> Values:
    return _of_judged(lists, lists.found / lists.k)


def _recall(lists: Lists) -> Values:
    return _of_judged(lists, lists.found / np.maximum(lists.sizes, 1))


def _average_precision(lists: Lists) -> Values:
    hits = lists.hits
    before = np.cumsum(lists.found) - lists.found  # hits of all rows above
    ordinal = np.arange(1, len(hits.rows) + 1) - before[hits.rows]
    total = _by_row(lists, ordinal / hits.ranks)
    return _of_judged(lists, total / np.clip(lists.sizes, 1, lists.k))


def _ndcg(lists: Lists) -> Values:
    gains = 1 / np.log2(np.arange(2, lists.k + 2))
    ideal = np.cumsum(gains)[np.clip(lists.sizes, 1, lists.k) - 1]
    return _of_judged(lists, _by_row(lists, gains[lists.hits.ranks - 1]) / ideal)


def _reciprocal_rank(lists: Lists) -> Values:
    values = np.zeros(len(lists.ids))
    # from the last hit to the first, which is thus the one that stays
    values[lists.hits.rows[::-1]] = 1 / lists.hits.ranks[::-1]
    return _of_judged(lists, values)


def _serendipity(lists: Lists) -> Values:
    # a popularity rank is the number of distinct audiences that are no smaller
    sizes_taken = np.bincount(lists.audience) > 0
    rank_of_size = np.cumsum(sizes_taken[::-1])[::-1]
    popularity_rank = np.where(lists.audience > 0, rank_of_size[lists.audience], lists.items + 1)
    surprise = np.maximum(popularity_rank[lists.hits.items] - lists.hits.ranks, 0) / lists.items
    return _of_judged(lists, _by_row(lists, surprise) / lists.k)


def _novelty(lists: Lists) -> Values:
    return _of_shown(lists, -np.log2(np.maximum(lists.audience, 1) / lists.users))


def _popularity_bias(lists: Lists) -> Values:
    return _of_shown(lists, lists.audience / lists.users)


def _diversity(lists: Lists) -> Values:
    # c of a list's n items have a genre: c (n - c) of its pairs differ in that genre
    shown, genres = lists.shown, lists.genres
    starts = np.append(genres.indptr, genres.nnz)  # and none for the empty place
    ones = np.ones(genres.nnz)
    counts = (lists.ones @ sparse.csr_matrix((ones, genres.indices, starts))).tocoo()
    differ = counts.data * (shown[counts.row] - counts.data)
    total = np.bincount(counts.row, differ, minlength=len(lists.ids))
    pairs = shown * (shown - 1) / 2
    return np.where(shown > 0, total / np.maximum(pairs, 1), np.nan)


def _by_row(lists: Lists, of_hits: Values) -> Values:
    return np.bincount(lists.hits.rows, of_hits, len(lists.ids)).astype(np.float64, copy=False)


def _of_judged(lists: Lists, values: NDArray) -> Values:
    return np.where(lists.judged, values, np.nan)


def _of_shown(lists: Lists, of_items: Values) -> Values:
    """Mean of a number of each item over those in the list."""
    mean = lists.ones @ np.append(of_items, 0.0) / np.maximum(lists.shown, 1)
    return np.where(lists.shown > 0, mean, np.nan)


# name -> (values by user, what they are computed from)
METRICS: dict[str, tuple[Callable[[Lists], Values], tuple[str, ...]]] = {
    "hit_rate": (_hit_rate, ("relevant",)),
    "precision": (_precision, ("relevant",)),
    "recall": (_recall, ("relevant",)),
    "average_precision": (_average_precision, ("relevant",)),
    "ndcg": (_ndcg, ("relevant",)),
    "reciprocal_rank": (_reciprocal_rank, ("relevant",)),
    "novelty": (_novelty, ("train",)),
    "serendipity": (_serendipity, ("relevant", "train")),
    "popularity_bias": (_popularity_bias, ("train",)),
    "diversity": (_diversity, ("genres",)),
}


def values_of(name: str, lists: Lists) -> Values:
    """Compute one metric for each list.

    Parameters
    ----------
    name : str
        One of `METRICS`.
    lists : Lists
        With the matrices that the metric needs.

    Returns
    -------
    ndarray of float64, shape (users,)
        NaN where a user doesn't count: nothing is relevant, or, where relevance plays no part,
        nothing was recommended.
    """
    return METRICS[name][0](lists)


def mean_of(name: str, lists: Lists) -> float:
    """Compute the mean of a metric over the users who count.

    Parameters
    ----------
    name : str
        One of `METRICS`.
    lists : Lists
        With the matrices that the metric needs.

    Returns
    -------
    float

    Raises
    ------
    CourseError
        If no user counts.
    """
    values = values_of(name, lists)
    values = values[~np.isnan(values)]
    if not values.size:
        raise CourseError(
            "recommended: no user got a recommendation, so there is nothing to measure"
        )
    return float(values.mean())
