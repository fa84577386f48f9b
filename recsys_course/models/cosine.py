"""Exact nearest rows of a sparse matrix by cosine similarity."""

import numpy as np
from scipy import sparse

from recsys_course.models.base import Ids, Scores
from recsys_course.models.topk import candidates, ranked, row_blocks, row_of


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
    columns : csr_matrix, shape (columns, rows), optional
        Its transpose, if it is at hand.
    """

    def __init__(
        self, vectors: sparse.csr_matrix, columns: sparse.csr_matrix | None = None
    ) -> None:
        self.vectors = _compact(vectors)
        self.columns = self.vectors.T.tocsr() if columns is None else columns
        self.squared_norms = _squared_norms(self.vectors)

    def of_columns(self) -> "CosineIndex":
        """Index the columns of the matrix instead of its rows.

        Returns
        -------
        CosineIndex
            It shares this one's memory.
        """
        return CosineIndex(self.columns, self.vectors)

    def nearest(
        self,
        rows: sparse.csr_matrix,
        k: int,
        own: Ids | None = None,
        show_progress: bool = True,
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
        show_progress : bool, default True
            Show a bar in a terminal if it takes longer than two seconds.

        Returns
        -------
        ids : ndarray of int64, shape (n, k)
            Nearest first, ties by the smaller index; -1 where no more rows share a column.
        similarities : ndarray of float64, shape (n, k)
            Cosine similarities; 0 beside -1.
        """
        rows = _compact(rows)
        norms = _squared_norms(rows)
        dtype = np.result_type(rows.dtype, self.vectors.dtype)
        if norms.max(initial=0) * self.squared_norms.max(initial=0) >= 2.0**48:
            dtype = np.dtype(np.float64)  # dot products may pass 2^24, float32's whole numbers
        rows = rows.astype(dtype, copy=False)
        columns = self.columns.astype(dtype, copy=False)
        with np.errstate(divide="ignore"):
            inverse = (1 / np.sqrt(self.squared_norms)).astype(dtype)
        ids = np.empty((rows.shape[0], k), np.int64)
        order = np.empty((rows.shape[0], k))
        for block in row_blocks(rows, columns, show_progress=show_progress):
            product = rows[block] @ columns
            rough = inverse.take(product.indices)
            rough *= product.data
            kept = candidates(product.indptr, rough, k if own is None else k + 1)
            row, found = row_of(kept, product.indptr), product.indices[kept]
            dot = product.data[kept].astype(np.float64)
            if own is not None:
                other = found != own[block][row]
                row, found, dot = row[other], found[other], dot[other]
            exact = dot * dot / self.squared_norms[found]
            ids[block], order[block] = ranked(row, found, exact, (product.shape[0], k))
        similarities = np.sqrt(order / np.where(norms > 0, norms, 1)[:, None])
        return ids, np.minimum(similarities, 1)

    def with_itself(self, indices: Ids, k: int, show_progress: bool = True) -> tuple[Ids, Scores]:
        """Find each indexed row itself and, after it, its k nearest others.

        Parameters
        ----------
        indices : ndarray of int64, shape (n,)
            Indexed rows.
        k : int
            How many others.
        show_progress : bool, default True
            Show a bar in a terminal if it takes longer than two seconds.

        Returns
        -------
        ids : ndarray of int64, shape (n, 1 + k)
            The row itself, then the others as in `nearest`; all -1 for an empty row.
        similarities : ndarray of float64, shape (n, 1 + k)
            1 for the row itself; 0 beside -1.
        """
        others, similarities = self.nearest(self.vectors[indices], k, indices, show_progress)
        empty = self.squared_norms[indices] == 0
        return (
            np.column_stack([np.where(empty, -1, indices), others]),
            np.column_stack([np.where(empty, 0.0, 1.0), similarities]),
        )


def _compact(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """As float32 where all weights are whole and it holds them exactly, else as float64."""
    data = matrix.data
    exact = data.max(initial=0) < 2**24 and (data == np.rint(data)).all()
    return matrix.astype(np.float32 if exact else np.float64, copy=False)


def _squared_norms(matrix: sparse.csr_matrix) -> Scores:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    squares = matrix.data.astype(np.float64) ** 2
    return np.asarray(np.bincount(rows, squares, matrix.shape[0]), np.float64)
