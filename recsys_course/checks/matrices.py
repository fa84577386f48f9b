"""Sparse matrices in one form, or one line that says what is wrong with them."""

from typing import Any

import numpy as np
from scipy import sparse

from recsys_course.checks.numbers import LARGEST
from recsys_course.errors import CourseError

ROWS_ARE_USERS = "rows are users, columns are items"
SMALLEST = 1e-15  # of a weight: its square is no 0 in a float32


def sorted_csr(matrix: Any, name: str, layout: str = ROWS_ARE_USERS) -> sparse.csr_matrix:
    """Return a sparse matrix as CSR with sorted indices and no duplicates.

    Parameters
    ----------
    matrix : sparse matrix or sparse array
        It is never changed.
    name, layout : str
        What the message calls it, and says of its rows and columns.

    Returns
    -------
    csr_matrix
        The same numbers; `matrix` itself where nothing had to be done.

    Raises
    ------
    CourseError
        If it isn't sparse, holds no numbers, or has more rows or columns than an int32 can count.

    Examples
    --------
    >>> sorted_csr(sparse.csr_matrix((1, 2**31)), "user_items")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: user_items: shape (1, 2147483648), expected fewer than \
2147483647 rows and columns; number the ids, Interactions does
    """
    if not sparse.issparse(matrix):
        raise CourseError(
            f"{name}: expected a scipy.sparse matrix ({layout}), not {type(matrix).__name__}; "
            "Interactions.from_views(views).user_items is one"
        )
    if matrix.dtype.kind not in "biuf":
        raise CourseError(f"{name}: expected numbers, found {matrix.dtype}")
    if max(matrix.shape) >= 2**31 - 1:
        raise CourseError(
            f"{name}: shape {matrix.shape}, expected fewer than {2**31 - 1} rows and columns; "
            "number the ids, Interactions does"
        )
    # a row of a sparse array has one dimension
    csr = sparse.csr_matrix(matrix.reshape(1, -1) if matrix.ndim == 1 else matrix)
    if not csr.has_canonical_format:
        csr = csr.copy()
        csr.sum_duplicates()
    return csr


def _without_zeros(csr: sparse.csr_matrix) -> sparse.csr_matrix:
    if csr.data.all():
        return csr
    csr = csr.copy()
    csr.eliminate_zeros()
    return csr


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
columns are items), not ndarray; Interactions.from_views(views).user_items is one
    """
    matrix = sorted_csr(user_items, name)
    if matrix.dtype not in (np.float32, np.float64):
        matrix = matrix.astype(np.float64)
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
    return _without_zeros(matrix)


def checked_pattern(matrix: Any, name: str, layout: str = ROWS_ARE_USERS) -> sparse.csr_matrix:
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
    >>> checked_pattern(sparse.csr_matrix([[0.5, 0, 2]]), "relevant").toarray()
    array([[ True, False,  True]])
    """
    matrix = sorted_csr(matrix, name, layout)
    if matrix.dtype.kind == "f" and np.isnan(matrix.data).any():
        row = int(np.searchsorted(matrix.indptr, np.isnan(matrix.data).argmax(), side="right")) - 1
        raise CourseError(f"{name}, row {row}: expected numbers, found NaN")
    matrix = _without_zeros(matrix)
    return sparse.csr_matrix(
        (np.ones(matrix.nnz, bool), matrix.indices, matrix.indptr), shape=matrix.shape
    )
