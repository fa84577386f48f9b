"""What factors, and the pairs to leave out, must be like."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from recsys_course.errors import CourseError
from recsys_course.models.checks import ROWS_ARE_USERS


def checked_factors(
    user_factors: ArrayLike, item_factors: ArrayLike, item_bias: ArrayLike | None = None
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]:
    """Return factors as arrays in single or double precision whose shapes belong together.

    Parameters
    ----------
    user_factors : array of float, shape (users, factors)
        A row for each user.
    item_factors : array of float, shape (items, factors)
        A row for each item.
    item_bias : array of float, shape (items,), optional
        A number for each item.

    Returns
    -------
    tuple of ndarray of float32 or float64
        The same three; those that are such arrays already come back as they are.

    Raises
    ------
    CourseError
        If the shapes don't belong together, or something isn't a finite number.

    Examples
    --------
    >>> checked_factors([[1.0, 2.0]], [[1.0], [2.0]])
    Traceback (most recent call last):
    recsys_course.errors.CourseError: item_factors: 1 column, but user_factors has 2; \
both have a row for each user or item and a column for each factor
    """
    users = _finite(user_factors, "user_factors", 2)
    items = _finite(item_factors, "item_factors", 2)
    bias = None if item_bias is None else _finite(item_bias, "item_bias", 1)
    if users.shape[1] != items.shape[1]:
        columns = f"{items.shape[1]:,} column" + ("" if items.shape[1] == 1 else "s")
        raise CourseError(
            f"item_factors: {columns}, but user_factors has {users.shape[1]:,}; "
            "both have a row for each user or item and a column for each factor"
        )
    if bias is not None and len(bias) != len(items):
        raise CourseError(
            f"item_bias: {len(bias):,} numbers for {len(items):,} items; give one for each"
        )
    return users, items, bias


def _finite(values: ArrayLike, name: str, dimensions: int) -> NDArray[Any]:
    try:
        array = np.asarray(values)
    except ValueError:
        array = np.empty(0, object)  # rows of different lengths
    if array.dtype.kind not in "biuf" or array.ndim != dimensions:
        raise CourseError(
            f"{name}: expected an array of numbers with {dimensions} dimension(s), "
            f"found {array.dtype} with {array.ndim}"
        )
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    good = np.isfinite(array)
    if not good.all():
        at = np.unravel_index(np.argmin(good), array.shape)
        place = ", column ".join(map(str, at))
        raise CourseError(f"{name}, row {place}: expected a finite number, found {array[at]:g}")
    return array


def checked_pairs(pairs: Any, shape: tuple[int, int]) -> sparse.csr_matrix:
    """Return the pairs to leave out as CSR without duplicates.

    Parameters
    ----------
    pairs : sparse matrix or None
        All that is stored counts, whatever the value. None means no pairs.
    shape : tuple of int
        Users and items.

    Returns
    -------
    csr_matrix of that shape

    Raises
    ------
    CourseError
        If it isn't a sparse matrix of that shape; the message says so if it looks transposed.

    Examples
    --------
    >>> checked_pairs(sparse.csr_matrix((2, 3)), (3, 2))
    Traceback (most recent call last):
    recsys_course.errors.CourseError: without: expected 3 users x 2 items, found 2 x 3; \
it looks transposed (rows are users, columns are items)
    """
    if pairs is None:
        return sparse.csr_matrix(shape, dtype=np.float32)
    if not sparse.issparse(pairs):
        raise CourseError(
            f"without: expected a scipy.sparse matrix ({ROWS_ARE_USERS}), "
            f"not {type(pairs).__name__}"
        )
    if pairs.shape != shape:
        found = " x ".join(f"{side:,}" for side in pairs.shape)
        hint = f"; it looks transposed ({ROWS_ARE_USERS})" if pairs.shape == shape[::-1] else ""
        raise CourseError(
            f"without: expected {shape[0]:,} users x {shape[1]:,} items, found {found}{hint}"
        )
    matrix = sparse.csr_matrix(pairs)
    if not matrix.has_canonical_format:
        matrix = matrix.copy()
        matrix.sum_duplicates()
    return matrix
