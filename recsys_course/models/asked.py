"""What a fitted model may be asked about: rows laid out like its own, indices that it has."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from recsys_course.checks.matrices import ROWS_ARE_USERS
from recsys_course.checks.numbers import whole_numbers
from recsys_course.errors import CourseError, UnknownIdError


def check_columns(user_items: sparse.csr_matrix, users: int, items: int) -> None:
    """Refuse rows that aren't laid out as the matrix that a model was fitted on.

    Parameters
    ----------
    user_items : csr_matrix
        Rows of some users.
    users, items : int
        Shape of the fitted matrix.

    Raises
    ------
    CourseError
        If the number of columns differs; the message says so if the matrix looks transposed.

    Examples
    --------
    >>> check_columns(sparse.csr_matrix((3, 2)), users=2, items=3)
    Traceback (most recent call last):
    recsys_course.errors.CourseError: user_items: 2 columns, but the model was fitted on 3 items; \
it looks transposed (rows are users, columns are items)
    """
    rows, columns = user_items.shape
    if columns == items:
        return
    if columns == users or rows == items:
        hint = f"it looks transposed ({ROWS_ARE_USERS})"
    else:
        hint = "lay it out as the training matrix, Interactions.from_views(..., content_ids=...)"
    raise CourseError(
        f"user_items: {columns:,} columns, but the model was fitted on {items:,} items; {hint}"
    )


def checked_indices(values: int | ArrayLike, name: str) -> NDArray[np.int64]:
    """Return one index or a list of them as an array of 0 or 1 dimensions.

    Parameters
    ----------
    values : int or array of int
        Matrix indices.
    name : str
        What the message calls them.

    Returns
    -------
    ndarray of int64
        The indices; without dimensions for a single one.

    Raises
    ------
    CourseError
        If they aren't whole numbers, or have more than one dimension.

    Examples
    --------
    >>> checked_indices([[0, 1]], "userid")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: userid: expected a whole number or a list of them, \
found an array of shape (1, 2)
    """
    array = whole_numbers(values, name)
    if array.ndim > 1:
        raise CourseError(
            f"{name}: expected a whole number or a list of them, found an array of shape "
            f"{array.shape}"
        )
    return array


def check_range(indices: NDArray[np.int64], size: int, name: str, hint: str) -> None:
    """Refuse indices outside of the fitted matrix; a negative one would mean the end to numpy.

    Parameters
    ----------
    indices : ndarray of int64
        Rows or columns.
    size : int
        How many of them the matrix has.
    name, hint : str
        What the message calls them, and what it suggests.

    Raises
    ------
    UnknownIdError
        If one is negative or beyond the last; the message names the first.

    Examples
    --------
    >>> check_range(np.array([-1]), 3, "userid", "count from 0")
    Traceback (most recent call last):
    recsys_course.errors.UnknownIdError: userid -1: expected an index from 0 to 2; count from 0
    """
    outside = indices[(indices < 0) | (indices >= size)]
    if outside.size:
        raise UnknownIdError(f"{name} {outside[0]}: expected an index from 0 to {size - 1}; {hint}")
