"""What every metric refuses, in one line each."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from recsys_course.errors import CourseError, nearest
from recsys_course.models.checks import check_width

# what the field calls them for short
ABBREVIATIONS = {
    "ap": "average_precision",
    "map": "average_precision",
    "mrr": "reciprocal_rank",
    "hr": "hit_rate",
    "arp": "popularity_bias",
    "miuf": "novelty",
    "ild": "diversity",
}


def checked_pattern(
    matrix: Any, name: str, layout: str = "rows are users, columns are items"
) -> sparse.csr_matrix:
    """Return where a sparse matrix isn't 0, as CSR of True, sorted, each cell once.

    Parameters
    ----------
    matrix : sparse matrix or sparse array
        It is never changed.
    name, layout : str
        What the message calls it, and says of its rows and columns.

    Returns
    -------
    csr_matrix of bool

    Raises
    ------
    CourseError
        If it isn't sparse, is too large to be counted in, or holds something that isn't a number.

    Examples
    --------
    >>> checked_pattern([[1, 0]], "relevant")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: relevant: expected a scipy.sparse matrix (rows are users, \
columns are items), not list
    """
    if not sparse.issparse(matrix):
        raise CourseError(
            f"{name}: expected a scipy.sparse matrix ({layout}), not {type(matrix).__name__}"
        )
    if matrix.dtype.kind not in "biuf":
        raise CourseError(f"{name}: expected numbers, found {matrix.dtype}")
    check_width(matrix, name)
    matrix = sparse.csr_matrix(matrix.reshape(1, -1) if matrix.ndim == 1 else matrix)
    if not matrix.has_canonical_format:
        matrix = matrix.copy()
        matrix.sum_duplicates()
    if matrix.dtype.kind == "f" and np.isnan(matrix.data).any():
        row = int(np.searchsorted(matrix.indptr, np.isnan(matrix.data).argmax(), side="right")) - 1
        raise CourseError(f"{name}, row {row}: expected numbers, found NaN")
    if not matrix.data.all():
        matrix = matrix.copy()
        matrix.eliminate_zeros()
    return sparse.csr_matrix(
        (np.ones(matrix.nnz, bool), matrix.indices, matrix.indptr), shape=matrix.shape
    )


def checked_genres(genres: Any) -> sparse.csr_matrix:
    """Return which item has which genre, as `checked_pattern` does.

    Parameters
    ----------
    genres : sparse matrix, shape (items, genres)
        It is never changed.

    Returns
    -------
    csr_matrix of bool

    Raises
    ------
    CourseError
        If it isn't a sparse matrix, or no item has a genre.

    Examples
    --------
    >>> checked_genres(sparse.csr_matrix((3, 0)))
    Traceback (most recent call last):
    recsys_course.errors.CourseError: genres: no item has a genre, so no two differ in theirs
    """
    pattern = checked_pattern(genres, "genres", "rows are items, columns are genres")
    if not pattern.nnz:
        raise CourseError("genres: no item has a genre, so no two differ in theirs")
    return pattern


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
    ordered = np.sort(ids, axis=1)
    twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    if twice.any():
        row, place = np.argwhere(twice)[0]
        raise CourseError(
            f"recommended: the list of row {row} has item {ordered[row, place]} twice"
        )
    return ids


def checked_names(names: str | Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the names of metrics, each once.

    Parameters
    ----------
    names : str or iterable of str
        What was asked for.
    known : iterable of str
        What there is.

    Returns
    -------
    list of str

    Raises
    ------
    CourseError
        If one isn't known; the message suggests the nearest.

    Examples
    --------
    >>> checked_names(["ngcd"], ["recall", "ndcg"])
    Traceback (most recent call last):
    recsys_course.errors.CourseError: metrics: 'ngcd' is unknown, did you mean 'ndcg'? There are \
recall, ndcg
    """
    known = list(known)
    wanted = list(dict.fromkeys([names] if isinstance(names, str) else names))
    for name in wanted:
        if name not in known:
            plain = str(name).lower().partition("@")[0]
            meant = ABBREVIATIONS.get(plain, plain)
            near = nearest(meant, known, cutoff=0)
            raise CourseError(
                f"metrics: {name!r} is unknown, did you mean {near!r}? There are {', '.join(known)}"
            )
    return wanted
