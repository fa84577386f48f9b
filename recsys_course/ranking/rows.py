"""Numbers and their rows: which row, which place in it, in which order, which columns are free."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def places_in_runs(rows: NDArray) -> NDArray[np.intp]:
    """Count 0, 1, 2, ... within each run of equal numbers.

    Parameters
    ----------
    rows : ndarray of int
        From 0 up.

    Returns
    -------
    ndarray of int
        Of the same length.

    Examples
    --------
    >>> places_in_runs(np.array([4, 4, 7, 4]))
    array([0, 1, 0, 0])
    """
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    return np.arange(len(rows)) - np.repeat(starts, np.diff(starts, append=len(rows)))


def row_of(positions: NDArray, indptr: NDArray[np.integer]) -> NDArray[np.intp]:
    """Rows of positions in a CSR matrix.

    Parameters
    ----------
    positions : ndarray of int
        Ascending positions among the stored values.
    indptr : ndarray of int, shape (rows + 1,)
        Where each row begins.

    Returns
    -------
    ndarray of int
        The row of each position.

    Examples
    --------
    >>> row_of(np.array([0, 1, 2]), np.array([0, 2, 2, 3]))
    array([0, 0, 2])
    """
    return np.repeat(np.arange(len(indptr) - 1), np.diff(np.searchsorted(positions, indptr)))


def first_without(hidden: sparse.csr_matrix, k: int) -> NDArray[np.int64]:
    """Find the first k columns of each row that aren't stored.

    If the hidden columns of a row are r_0 < r_1 < ..., then r_i - i columns that aren't hidden
    come before r_i. So the j-th to show stands at column j plus the number of hidden ones with
    r_i - i <= j, for all rows at once.

    Parameters
    ----------
    hidden : csr_matrix, shape (rows, columns)
        Columns to leave out, each once; they needn't be sorted.
    k : int
        How many of each row.

    Returns
    -------
    ndarray of int64, shape (rows, k)
        Columns, ascending; -1 where a row has no more.

    Examples
    --------
    >>> first_without(sparse.csr_matrix([[1, 0, 1, 0], [0, 0, 0, 0]]), 3)
    array([[ 1,  3, -1],
           [ 0,  1,  2]])
    """
    rows, width = hidden.shape
    owner = np.repeat(np.arange(rows), np.diff(hidden.indptr))
    owner, column = np.divmod(np.sort(owner * width + hidden.indices), width)
    shown_before = column - (np.arange(len(column)) - hidden.indptr[owner])
    near = shown_before < k
    skipped = np.bincount(owner[near] * k + shown_before[near], minlength=rows * k)
    place = np.arange(k) + np.cumsum(skipped.reshape(rows, k), axis=1)
    return np.where(place < width, place, -1)


def best_first(
    rows: NDArray[np.integer], columns: NDArray[np.integer], values: NDArray[np.floating]
) -> NDArray[np.intp]:
    """Sort by row, by falling value, by column, as lexsort does at three times the price.

    Bits of a number in single precision, read as a whole number, have the order of the numbers, the
    negative ones backwards. With the column in the lower half, one sort does both. Values that only
    double precision tells apart are rare, and left to lexsort.

    Parameters
    ----------
    rows : ndarray of int
        From 0 to 65,535.
    columns : ndarray of int
        From 0 to 2**31 - 1.
    values : ndarray of float
        No NaN.

    Returns
    -------
    ndarray of int
        Positions.

    Examples
    --------
    >>> best_first(np.array([1, 0, 0]), np.array([0, 8, 7]), np.array([2.0, 1.0, 1.0]))
    array([2, 1, 0])
    """
    bits = values.astype(np.float32).view(np.int32).astype(np.int64)
    falling = np.where(bits < 0, bits & 0x7FFFFFFF, -bits)
    order = np.argsort(falling << 32 | columns)
    order = order[np.argsort(rows[order].astype(np.uint16), kind="stable")]
    row, value = rows[order], values[order]
    if ((row[1:] == row[:-1]) & (value[1:] > value[:-1])).any():
        return np.lexsort((columns, -values, rows))
    return order
