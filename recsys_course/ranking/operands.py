"""What factors, and the pairs to leave out, must be like."""

from typing import Any

from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from recsys_course.checks.matrices import ROWS_ARE_USERS, sorted_csr
from recsys_course.checks.numbers import finite_numbers
from recsys_course.errors import CourseError


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
    users = finite_numbers(user_factors, "user_factors", 2)
    items = finite_numbers(item_factors, "item_factors", 2)
    bias = None if item_bias is None else finite_numbers(item_bias, "item_bias", 1)
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
        return sparse.csr_matrix(shape)
    matrix = sorted_csr(pairs, "without")
    if matrix.shape != shape:
        found = " x ".join(f"{side:,}" for side in matrix.shape)
        hint = f"; it looks transposed ({ROWS_ARE_USERS})" if matrix.shape == shape[::-1] else ""
        raise CourseError(
            f"without: expected {shape[0]:,} users x {shape[1]:,} items, found {found}{hint}"
        )
    return matrix
