"""Ranking metrics on lists of recommendations, with the course's conventions.

Libraries differ in their conventions, so the same lists get different figures. Ours: the mean is
over users with at least one relevant item; a user without recommendations counts 0; precision
divides by K even where a list is shorter; recall divides by the number of relevant items.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from recsys_course.errors import CourseError


def hit_rate(recommended: ArrayLike, relevant: sparse.csr_matrix, k: int | None = None) -> float:
    """Share of users with at least one relevant item among their first K recommendations.

    Parameters
    ----------
    recommended : array of int, shape (users, N)
        Item indices, best first; -1 is no recommendation.
    relevant : sparse matrix, shape (users, items)
        What each user took up afterwards: the stored values that aren't 0.
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
        no user has a relevant item.

    Examples
    --------
    >>> relevant = sparse.csr_matrix([[1, 0, 1], [0, 1, 0]])
    >>> hit_rate([[0, 1], [2, -1]], relevant)
    0.5
    """
    hits, sizes = _hits(recommended, relevant, k)
    return float(hits[sizes > 0].any(axis=1).mean())


def precision(recommended: ArrayLike, relevant: sparse.csr_matrix, k: int | None = None) -> float:
    """Mean share of relevant items among the first K recommendations: hits / K.

    Parameters
    ----------
    recommended : array of int, shape (users, N)
        Item indices, best first; -1 is no recommendation.
    relevant : sparse matrix, shape (users, items)
        What each user took up afterwards: the stored values that aren't 0.
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
        no user has a relevant item.

    Examples
    --------
    >>> relevant = sparse.csr_matrix([[1, 0, 1], [0, 1, 0]])
    >>> precision([[0, 2], [1, -1]], relevant)  # 2 of 2, and 1 of 2
    0.75
    """
    hits, sizes = _hits(recommended, relevant, k)
    return float(hits[sizes > 0].mean())


def recall(recommended: ArrayLike, relevant: sparse.csr_matrix, k: int | None = None) -> float:
    """Mean share of a user's relevant items that the first K recommendations found.

    ``hits / |R|``, where R are all relevant items of the user, even if more than K.

    Parameters
    ----------
    recommended : array of int, shape (users, N)
        Item indices, best first; -1 is no recommendation.
    relevant : sparse matrix, shape (users, items)
        What each user took up afterwards: the stored values that aren't 0.
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
        no user has a relevant item.

    Examples
    --------
    >>> relevant = sparse.csr_matrix([[1, 0, 1], [0, 1, 0]])
    >>> recall([[0, 1], [1, -1]], relevant)  # 1 of 2, and 1 of 1
    0.75
    """
    hits, sizes = _hits(recommended, relevant, k)
    judged = sizes > 0
    return float((hits[judged].sum(axis=1) / sizes[judged]).mean())


def _hits(
    recommended: ArrayLike, relevant: sparse.csr_matrix, k: int | None
) -> tuple[NDArray[np.bool_], NDArray[np.integer]]:
    """Whether each of the first k recommendations is relevant; number of relevant items by user."""
    if not sparse.issparse(relevant):
        raise CourseError(
            "relevant: expected a scipy.sparse matrix (rows are users, columns are items), "
            f"not {type(relevant).__name__}"
        )
    relevant = sparse.csr_matrix(relevant)
    ids = _checked_lists(recommended, relevant.shape, k)
    rows, columns = relevant.nonzero()
    width = relevant.shape[1]
    cells = np.unique(rows.astype(np.int64) * width + columns)
    if not cells.size:
        raise CourseError("relevant: no user has a relevant item, so there is nothing to measure")
    sizes = np.bincount(cells // width, minlength=relevant.shape[0])
    wanted = np.arange(len(ids))[:, None] * width + ids
    found = np.minimum(np.searchsorted(cells, wanted), len(cells) - 1)
    return (cells[found] == wanted) & (ids >= 0), sizes


def _checked_lists(recommended: ArrayLike, shape: tuple[int, int], k: int | None) -> NDArray:
    try:
        ids = np.asarray(recommended)
    except ValueError:
        raise CourseError(
            "recommended: the lists differ in length; pad the short ones with -1"
        ) from None
    if ids.ndim != 2 or not np.issubdtype(ids.dtype, np.integer):
        raise CourseError(
            "recommended: expected item indices in an array of shape (users, N), "
            f"found {ids.dtype} of shape {ids.shape}; are these scores, or a single list?"
        )
    if len(ids) != shape[0]:
        hint = "; relevant looks transposed" if len(ids) == shape[1] else ""
        raise CourseError(
            f"recommended: {len(ids):,} lists for {shape[0]:,} rows of relevant{hint}"
        )
    k = ids.shape[1] if k is None else k
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k <= ids.shape[1]:
        raise CourseError(f"k: expected a whole number from 1 to {ids.shape[1]}, not {k!r}")
    ids = ids[:, :k].astype(np.int64)
    outside = ids[(ids < -1) | (ids >= shape[1])]
    if outside.size:
        raise CourseError(
            f"recommended: item index {outside[0]}, but relevant has columns 0 to {shape[1] - 1}; "
            "content ids become columns by item_index of Interactions"
        )
    ordered = np.sort(ids, axis=1)
    twice = ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any(axis=1)
    if twice.any():
        raise CourseError(f"recommended: the list of row {twice.argmax()} has an item twice")
    return ids
