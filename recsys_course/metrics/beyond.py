"""Beyond accuracy: how much of the catalogue is shown, how rare, how varied, how surprising.

But for `serendipity`, relevance plays no part: these say what a list is like, not whether it was
right. The mean is over the users who got a recommendation, and over the places that are filled.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from recsys_course.checks.numbers import check_count
from recsys_course.metrics.formulas import mean_of
from recsys_course.metrics.lists import Lists


def coverage(recommended: ArrayLike, items: int, k: int | None = None) -> float:
    """Share of the catalogue that is recommended to at least one user.

    Parameters
    ----------
    recommended : array of int, shape (users, N)
        Item indices; -1 is no recommendation.
    items : int
        How many items the catalogue has.
    k : int, optional
        How many of the list count; all N by default.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    CourseError
        If an index isn't below `items` or stands twice in a list, or k is beyond the list.

    References
    ----------
    Ge, Delgado-Battenfeld, Jannach (2010), Beyond accuracy: evaluating recommender systems by
    coverage and serendipity.

    Examples
    --------
    >>> coverage([[0, 1], [0, -1]], items=4)
    0.5
    """
    check_count(items, "items")
    ids = Lists(recommended, k, items=items).ids
    return np.unique(ids[ids >= 0]).size / int(items)


def novelty(recommended: ArrayLike, train: sparse.csr_matrix, k: int | None = None) -> float:
    """Mean inverse user frequency: how rare the recommended items are, in bits.

    ``-log2(users(i) / users)``, the mean over a list, then over the lists. An item that nobody
    took up in training counts as if one user had.

    Parameters
    ----------
    recommended : array of int, shape (users, N)
        Item indices; -1 is no recommendation.
    train : sparse matrix, shape (any, items)
        Who took up what in training. Users without any item don't count among the users.
    k : int, optional
        How many of the list count; all N by default.

    Returns
    -------
    float
        From 0, where everybody has them all, to log2(users).

    Raises
    ------
    CourseError
        If the shapes don't fit, an index is unknown or twice in a list, k is beyond the list, or
        there are no recommendations.

    References
    ----------
    Castells, Hurley, Vargas (2015), Novelty and diversity in recommender systems.

    Examples
    --------
    >>> train = sparse.csr_matrix([[1, 1, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0]])
    >>> novelty([[0, 1], [2, -1]], train)  # (0 + 2) / 2 and 2 bits
    1.5
    """
    return mean_of("novelty", Lists(recommended, k, train=train))


def popularity_bias(
    recommended: ArrayLike, train: sparse.csr_matrix, k: int | None = None
) -> float:
    """Mean popularity of the recommended items: the share of users who took one up in training.

    ``users(i) / users``, the mean over a list, then over the lists. High means that the model
    shows what everybody has seen already.

    Parameters
    ----------
    recommended : array of int, shape (users, N)
        Item indices; -1 is no recommendation.
    train : sparse matrix, shape (any, items)
        Who took up what in training. Users without any item don't count among the users.
    k : int, optional
        How many of the list count; all N by default.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    CourseError
        If the shapes don't fit, an index is unknown or twice in a list, k is beyond the list, or
        there are no recommendations.

    References
    ----------
    Abdollahpouri, Burke, Mobasher (2019), Managing popularity bias in recommender systems with
    personalized re-ranking (there, "average recommendation popularity" in numbers of users).

    Examples
    --------
    >>> train = sparse.csr_matrix([[1, 1, 0], [1, 0, 0], [1, 0, 0], [1, 0, 0]])
    >>> popularity_bias([[0, 1], [2, -1]], train)  # (4/4 + 1/4) / 2 and 0
    0.3125
    """
    return mean_of("popularity_bias", Lists(recommended, k, train=train))


def serendipity(
    recommended: ArrayLike,
    relevant: sparse.csr_matrix,
    train: sparse.csr_matrix,
    k: int | None = None,
) -> float:
    """Hits, weighted by how much higher this user sees them than the popularity chart has them.

    ``sum(max(p_user - p_any, 0) for each hit) / k``. Of n items, the one at rank r of the list has
    ``p_user = (n + 1 - r) / n``; the one at rank r of the chart ``p_any = (n + 1 - r) / n``, where
    items with equally many users share a rank and the next rank follows without a gap; an item that
    nobody took up in training has ``p_any = 0``. The mean is over users with a relevant item.
    Many items share a rank, so the figures are small: compare models by them, they are no shares.

    Parameters
    ----------
    recommended : array of int, shape (users, N)
        Item indices, best first; -1 is no recommendation.
    relevant : sparse matrix, shape (users, items)
        What each user took up afterwards: the stored values that aren't 0.
    train : sparse matrix, shape (any, items)
        Who took up what in training.
    k : int, optional
        How many of the list count; all N by default.

    Returns
    -------
    float
        From 0 to `precision`.

    Raises
    ------
    CourseError
        If the shapes don't fit, an index is unknown or twice in a list, k is beyond the list, or
        no user has a relevant item.

    References
    ----------
    The formula is that of the library RecTools; the idea of subtracting what a primitive model
    would show is in Murakami, Mori, Orihara (2008), Metrics for evaluating the serendipity of
    recommendation lists.

    Examples
    --------
    >>> train = sparse.csr_matrix([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]])
    >>> relevant = sparse.csr_matrix([[1, 0, 0, 1]])
    >>> serendipity([[3, 0]], relevant, train)  # (4/4 - 0) for the new one, 0 for the popular one
    0.5
    """
    return mean_of("serendipity", Lists(recommended, k, relevant=relevant, train=train))
