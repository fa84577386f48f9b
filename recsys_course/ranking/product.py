"""The largest numbers of each row of a sparse product, without ever holding the whole product."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys_course.progress import bar
from recsys_course.ranking.rows import best_first, places_in_runs, row_of

PRODUCT_CELLS = 2**20  # numbers of a product held at once: 12 MB, near the processor's cache
ROWS = 2**16  # rows of a product held at once: `best_first` numbers them in 16 bits
GROUPS_PER_PLACE = 2  # groups of a row for each of the k places; see `candidates`


def row_blocks(left: sparse.csr_matrix, right: sparse.csr_matrix) -> Iterator[slice]:
    """Cut ``left @ right`` into blocks of rows of bounded size.

    Parameters
    ----------
    left : csr_matrix, shape (n, m)
        Its rows are cut.
    right : csr_matrix, shape (m, p)
        What they will be multiplied by.

    Yields
    ------
    slice
        Consecutive rows, at most `ROWS`, whose product needs at most `PRODUCT_CELLS`
        multiplications; a single row may need more.

    Examples
    --------
    >>> list(row_blocks(sparse.eye(5, format="csr"), sparse.eye(5, format="csr")))
    [slice(0, 5, None)]
    """
    rows = left.shape[0]
    stored = sparse.csr_matrix((np.ones(left.nnz), left.indices, left.indptr), shape=left.shape)
    # multiplications of all rows before this one
    until = np.concatenate([[0], np.cumsum(stored @ np.diff(right.indptr).astype(np.float64))])
    with bar(total=rows, unit=" rows", delay=2) as progress:
        start = 0
        while start < rows:
            stop = int(np.searchsorted(until, until[start] + PRODUCT_CELLS, side="right")) - 1
            stop = max(min(stop, start + ROWS), start + 1)
            yield slice(start, stop)
            progress.update(stop - start)
            start = stop


def candidates(indptr: NDArray[np.integer], values: NDArray[np.floating], k: int) -> NDArray:
    """Positions of a few stored values among which are the k largest of each row.

    A long row is cut into groups. Each of the k largest group maxima is a value of its own, so the
    k-th of them is a bound that at least k values of the row reach; what is below can't be among
    the k largest. That takes a few passes over the values instead of a sort.

    Parameters
    ----------
    indptr : ndarray of int, shape (rows + 1,)
        Where each row begins in `values`, as in CSR.
    values : ndarray of float
        The stored values. They may be rounded: a value is kept if it is within a millionth of the
        bound. Values that aren't positive are never kept.
    k : int
        How many of each row are wanted.

    Returns
    -------
    ndarray of int
        Ascending positions in `values`.

    Examples
    --------
    >>> candidates(np.array([0, 4]), np.array([1.0, 0.0, 2.0, 3.0]), 1)
    array([2, 3])
    """
    lengths = np.diff(indptr)
    groups = GROUPS_PER_PLACE * k
    bound = np.full(len(lengths), np.finfo(values.dtype).tiny, values.dtype)
    long = np.flatnonzero(lengths >= max(groups, 1))
    if k:
        # one more start ends a row's last group; what reduceat makes of it is cut off again
        step = np.arange(groups + 1)
        starts = indptr[long, None] + lengths[long, None].astype(np.int64) * step // groups
        starts = np.minimum(starts.ravel(), len(values) - 1)
        maxima = np.maximum.reduceat(values, starts).reshape(-1, groups + 1)[:, :groups]
        kth = np.partition(maxima, groups - k)[:, groups - k]
        bound[long] = np.maximum(bound[long], kth * (1 - 1e-6))
    return np.flatnonzero(values >= np.repeat(bound, lengths))


def ranked(
    rows: NDArray[np.integer],
    columns: NDArray[np.integer],
    values: NDArray[np.floating],
    shape: tuple[int, int],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Sort values within their rows and keep the largest; ties by the smaller column.

    Parameters
    ----------
    rows, columns : ndarray of int
        Where each value stands; rows ascending.
    values : ndarray of float
        The values.
    shape : tuple of int
        Number of rows, and k, the number of values to keep in each.

    Returns
    -------
    ids : ndarray of int64, shape (rows, k)
        Columns of the largest values, -1 where a row has fewer.
    values : ndarray of float64, shape (rows, k)
        The values, descending; 0 beside -1.

    Examples
    --------
    >>> ranked(np.array([0, 0, 0]), np.array([7, 5, 6]), np.array([2.0, 1.0, 2.0]), (1, 4))
    (array([[ 6,  7,  5, -1]]), array([[2., 2., 1., 0.]]))
    """
    ids = np.full(shape, -1, np.int64)
    best = np.zeros(shape)
    order = best_first(rows, columns, values)
    rows = rows[order]
    place = places_in_runs(rows)
    kept = place < shape[1]
    at = rows[kept], place[kept]
    ids[at] = columns[order[kept]]
    best[at] = values[order[kept]]
    return ids, best


def top_of_product(
    left: sparse.csr_matrix,
    right: sparse.csr_matrix,
    k: int,
    without: sparse.csr_matrix | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the k largest positive numbers of each row of ``left @ right``.

    They are summed in double and rounded to single precision. So sums that are equal on paper tie,
    even if their terms differ or were added in another order (1/3 + 1/3 and 2/3).

    Parameters
    ----------
    left : csr_matrix, shape (n, m)
        For example the similarities of users to their neighbours.
    right : csr_matrix, shape (m, p)
        For example what the neighbours watched.
    k : int
        How many of each row.
    without : csr_matrix, shape (n, p), optional
        Cells to leave out: all that are stored here.

    Returns
    -------
    ids : ndarray of int64, shape (n, k)
        Columns, largest first, ties by the smaller column; -1 where a row has no more.
    values : ndarray of float64, shape (n, k)
        The numbers, descending; 0 beside -1.

    Examples
    --------
    >>> scores = sparse.csr_matrix([[0.0, 2.0, 1.0, 2.0]])
    >>> top_of_product(sparse.eye(1, format="csr"), scores, 2, without=scores > 1.5)
    (array([[ 2, -1]]), array([[1., 0.]]))
    """
    left, right = left.astype(np.float64), right.astype(np.float64)
    if without is not None:  # what is to be left out gets another summand, which is endless
        endless = np.full(without.nnz, -np.inf)
        hidden = sparse.csr_matrix((endless, without.indices, without.indptr), shape=without.shape)
        left = sparse.hstack([left, hidden], format="csr")
        right = sparse.vstack([right, sparse.identity(right.shape[1])], format="csr")
    ids = np.empty((left.shape[0], k), np.int64)
    values = np.empty((left.shape[0], k))
    for block in row_blocks(left, right):
        product = left[block] @ right
        rounded = product.data.astype(np.float32)
        kept = candidates(product.indptr, rounded, k)
        row = row_of(kept, product.indptr)
        ids[block], values[block] = ranked(
            row, product.indices[kept], rounded[kept], (product.shape[0], k)
        )
    return ids, values
