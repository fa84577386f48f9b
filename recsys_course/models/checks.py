"""What every model refuses, in one line each."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from recsys_course.errors import CourseError, UnknownIdError

ROWS_ARE_USERS = "rows are users, columns are items"
SMALLEST, LARGEST = 1e-15, 1e15  # of a weight: with these, sums of squares fit into a float32


def check_width(matrix: Any, name: str) -> None:
    """Refuse a sparse matrix whose columns or rows can't be counted in an int32.

    Parameters
    ----------
    matrix : sparse matrix or sparse array
    name : str
        What the message calls it.

    Raises
    ------
    CourseError
        If it has 2**31 - 1 or more of them.

    Examples
    --------
    >>> check_width(sparse.csr_matrix((1, 2**31)), "user_items")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: user_items: shape (1, 2147483648), expected fewer than \
2147483647 rows and columns; number the ids, Interactions does
    """
    if max(matrix.shape) >= 2**31 - 1:
        raise CourseError(
            f"{name}: shape {matrix.shape}, expected fewer than {2**31 - 1} rows and columns; "
            "number the ids, Interactions does"
        )


def checked_matrix(user_items: Any, name: str = "user_items") -> sparse.csr_matrix:
    """Return a sparse matrix as CSR with sorted indices, no duplicates and no stored zeros.

    Parameters
    ----------
    user_items : sparse matrix or sparse array
        Rows are users, columns are items. It is never changed.
    name : str
        What the message calls it.

    Returns
    -------
    csr_matrix of float32 or float64
        The same numbers; `user_items` itself where nothing had to be done.

    Raises
    ------
    CourseError
        If it isn't sparse, is too large to be counted in, or holds a weight that is negative, not
        a number, or so large or small that its square would be infinite or 0 in float32.

    Examples
    --------
    >>> checked_matrix(np.eye(2))
    Traceback (most recent call last):
    recsys_course.errors.CourseError: user_items: expected a scipy.sparse matrix (rows are users, \
columns are items), not ndarray; use Interactions.from_views(views).user_items
    """
    if not sparse.issparse(user_items):
        raise CourseError(
            f"{name}: expected a scipy.sparse matrix ({ROWS_ARE_USERS}), "
            f"not {type(user_items).__name__}; use Interactions.from_views(views).user_items"
        )
    if user_items.dtype.kind not in "biuf":
        raise CourseError(f"{name}: expected numbers, found {user_items.dtype}")
    check_width(user_items, name)
    if user_items.ndim == 1:  # a row of a sparse array
        user_items = user_items.reshape(1, -1)
    matrix = sparse.csr_matrix(user_items)
    if matrix.dtype not in (np.float32, np.float64):
        matrix = matrix.astype(np.float64)
    if not matrix.has_canonical_format:
        matrix = matrix.copy()
        matrix.sum_duplicates()
    fits = (matrix.data >= SMALLEST) & (matrix.data <= LARGEST)  # not if it isn't a number
    good = fits | (matrix.data == 0)
    if not good.all():
        at = int(np.argmin(good))
        row = int(np.searchsorted(matrix.indptr, at, side="right")) - 1
        weight, expected = matrix.data[at], "a finite weight from 0 up"
        if 0 < weight < np.inf:
            scale = "divide" if weight > LARGEST else "multiply"
            expected = f"weights from {SMALLEST:g} to {LARGEST:g}; {scale} all of them"
        raise CourseError(
            f"{name}, row {row}, column {matrix.indices[at]}: expected {expected}, found {weight:g}"
        )
    if not matrix.data.all():
        matrix = matrix.copy()
        matrix.eliminate_zeros()
    return matrix


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


def check_count(value: int, name: str, least: int = 1) -> None:
    """Refuse anything but a whole number from 1 up.

    Parameters
    ----------
    value : int
        A count such as N or K.
    name : str
        What the message calls it.
    least : int, default 1
        The smallest that is allowed.

    Raises
    ------
    CourseError
        If it isn't one.

    Examples
    --------
    >>> check_count(0, "K")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: K: expected a whole number from 1 up, not 0
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise CourseError(f"{name}: expected a whole number from {least} up, not {value!r}")


def check_amount(value: float, name: str, zero: bool = False) -> None:
    """Refuse anything but a number above 0, and not so large that computing with it fails.

    Parameters
    ----------
    value : float
        A parameter such as alpha.
    name : str
        What the message calls it.
    zero : bool, default False
        Whether 0 is allowed, too.

    Raises
    ------
    CourseError
        If it isn't one.

    Examples
    --------
    >>> check_amount(-1, "alpha")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: alpha: expected a finite number above 0, not -1
    """
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not (number and (0 < value <= LARGEST or (zero and value == 0))):
        range_ = "from 0 up" if zero else "above 0"
        most = f", at most {LARGEST:g}" if number and value > LARGEST else ""
        raise CourseError(f"{name}: expected a finite number {range_}{most}, not {value!r}")


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
    >>> checked_indices([0.5], "userid")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: userid: expected a whole number or a list of them, \
found float64
    """
    array = np.asarray(values)
    if array.ndim == 1 and not array.size:
        return array.astype(np.int64)
    if array.ndim > 1 or not np.issubdtype(array.dtype, np.integer):
        found = array.dtype if array.ndim < 2 else f"an array of shape {array.shape}"
        raise CourseError(f"{name}: expected a whole number or a list of them, found {found}")
    return array.astype(np.int64)


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
