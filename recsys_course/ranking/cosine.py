"""Exact nearest rows of a sparse matrix by cosine similarity."""

import numpy as np
from scipy import sparse

from recsys_course.ranking.product import candidates, ranked, row_blocks
from recsys_course.ranking.rows import row_of
from recsys_course.ranking.types import Ids, Scores


class CosineIndex:
    """Finds the nearest rows of a sparse matrix by cosine similarity, exactly.

    ``cos(u, v) = u.v / sqrt(u.u * v.v)``. For one row u the order of the others is that of
    ``(u.v)^2 / v.v``. With whole weights, such as 1 for watched or a number of views, dot products
    and norms are whole numbers and that quotient of them is equal in the computer exactly where it
    is equal on paper: ties are true ties, and go to the smaller index, on every machine.

    Parameters
    ----------
    vectors : csr_matrix, shape (rows, columns)
        Checked, as by `checked_matrix`.
    """

    def __init__(self, vectors: sparse.csr_matrix) -> None:
        self.vectors = vectors
        self._squared_norms = _squared_norms(vectors)
        self._norms = np.sqrt(self._squared_norms)
        self._unit_columns = vectors.T.tocsr().astype(np.float64)
        self._unit_columns.data /= self._norms[self._unit_columns.indices]
        self._whole = _is_whole(vectors)

    def nearest(
        self, rows: sparse.csr_matrix, k: int, own: Ids | None = None
    ) -> tuple[Ids, Scores]:
        """Find the k nearest indexed rows of each of the given rows.

        Parameters
        ----------
        rows : csr_matrix, shape (n, columns)
            Checked, as by `checked_matrix`.
        k : int
            How many neighbours.
        own : ndarray of int64, shape (n,), optional
            The index that each row itself has; it is not its own neighbour.

        Returns
        -------
        ids : ndarray of int64, shape (n, k)
            Nearest first, ties by the smaller index; -1 where no more rows share a column.
        similarities : ndarray of float64, shape (n, k)
            Cosine similarities; 0 beside -1.
        """
        rows = rows.astype(np.float64)
        norms = _squared_norms(rows)
        whole = self._whole and _is_whole(rows)
        ids = np.empty((rows.shape[0], k), np.int64)
        order = np.empty((rows.shape[0], k))
        for block in row_blocks(rows, self._unit_columns):
            product = rows[block] @ self._unit_columns  # u.v / sqrt(v.v)
            kept = candidates(product.indptr, product.data, k if own is None else k + 1)
            row, found = row_of(kept, product.indptr), product.indices[kept]
            value = product.data[kept]
            if own is not None:
                other = found != own[block][row]
                row, found, value = row[other], found[other], value[other]
            if whole:  # undo the rounding of the sum
                exact = np.rint(value * self._norms[found]) ** 2 / self._squared_norms[found]
            else:
                exact = value**2
            ids[block], order[block] = ranked(row, found, exact, (product.shape[0], k))
        similarities = np.sqrt(order / np.where(norms > 0, norms, 1)[:, None])
        return ids, np.minimum(similarities, 1)

    def with_itself(self, indices: Ids, k: int) -> tuple[Ids, Scores]:
        """Find each indexed row itself and, after it, its k nearest others.

        Parameters
        ----------
        indices : ndarray of int64, shape (n,)
            Indexed rows.
        k : int
            How many others.

        Returns
        -------
        ids : ndarray of int64, shape (n, 1 + k)
            The row itself, then the others as in `nearest`; all -1 for an empty row.
        similarities : ndarray of float64, shape (n, 1 + k)
            1 for the row itself; 0 beside -1.
        """
        others, similarities = self.nearest(self.vectors[indices], k, indices)
        empty = self._squared_norms[indices] == 0
        return (
            np.column_stack([np.where(empty, -1, indices), others]),
            np.column_stack([np.where(empty, 0.0, 1.0), similarities]),
        )


def _is_whole(matrix: sparse.csr_matrix) -> bool:
    return bool((matrix.data == np.rint(matrix.data)).all())


def _squared_norms(matrix: sparse.csr_matrix) -> Scores:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    squares = matrix.data.astype(np.float64) ** 2
    return np.bincount(rows, squares, matrix.shape[0]).astype(np.float64, copy=False)
