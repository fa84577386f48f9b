"""What recommended lists must be like, in one line each where they aren't."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recsys_course.errors import CourseError


def checked_k(k: int | None, width: int) -> int:
    """Return how many of a list count: `k` itself, or all.

    Parameters
    ----------
    k : int or None
        None stands for all.
    width : int
        Length of the lists.

    Returns
    -------
    int

    Raises
    ------
    CourseError
        If `k` isn't a whole number from 1 to `width`.

    Examples
    --------
    >>> checked_k(4, 3)
    Traceback (most recent call last):
    recsys_course.errors.CourseError: k: expected a whole number from 1 to 3, not 4: that many \
places the lists have
    """
    k = width if k is None else k
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k <= width:
        raise CourseError(
            f"k: expected a whole number from 1 to {width}, not {k!r}: "
            "that many places the lists have"
        )
    return int(k)


def checked_lists(recommended: ArrayLike) -> NDArray[np.integer]:
    """Return lists as an array of whole numbers of two dimensions.

    Parameters
    ----------
    recommended : array of int, shape (users, N)
        Item indices, best first; -1 is no recommendation.

    Returns
    -------
    ndarray of int, shape (users, N)

    Raises
    ------
    CourseError
        If they differ in length, have no places or aren't whole numbers.

    Examples
    --------
    >>> checked_lists([[1, 2], [3]])
    Traceback (most recent call last):
    recsys_course.errors.CourseError: recommended: the lists differ in length; pad the short ones \
with -1
    """
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
    if not ids.shape[1]:
        raise CourseError("recommended: lists of no places; ask a model for N=1 or more")
    return ids


def checked_items(ids: NDArray[np.integer], items: int, holder: str) -> NDArray[np.integer]:
    """Return item indices in 32 bits, each below `items` and once in a row.

    Parameters
    ----------
    ids : ndarray of int, shape (users, k)
        Item indices; -1 is no recommendation.
    items : int
        Number of items.
    holder : str
        What the message says of them: "relevant has columns".

    Returns
    -------
    ndarray of int32, shape (users, k)

    Raises
    ------
    CourseError
        If an index is out of range or stands twice in a row.

    Examples
    --------
    >>> checked_items(np.array([[5, -1], [4, 4]]), 6, "relevant has columns")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: recommended: the list of row 1 has item 4 twice
    """
    if ids.size and (ids.min() < -1 or ids.max() >= items):
        row, place = np.argwhere((ids < -1) | (ids >= items))[0]
        raise CourseError(
            f"recommended, row {row}: item index {ids[row, place]}, but {holder} 0 to {items - 1}; "
            "content ids become columns by item_index of Interactions"
        )
    ids = ids.astype(np.int32)
    ordered = np.sort(ids)
    twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    if twice.any():
        row, place = np.argwhere(twice)[0]
        raise CourseError(
            f"recommended: the list of row {row} has item {ordered[row, place]} twice"
        )
    return ids
