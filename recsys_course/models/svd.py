"""Truncated singular value decomposition as a recommender."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys_course.checks.numbers import check_count
from recsys_course.errors import CourseError
from recsys_course.models.base import Learned
from recsys_course.models.factors import FACTORS, KNOWN, FactorRecommender
from recsys_course.models.parts import registered
from recsys_course.threads import one_blas_thread


@registered
class SVD(FactorRecommender):
    """Recommend from the best approximation of the matrix by `factors` factors.

    The truncated singular value decomposition ``A ~ U diag(s) V^T`` is, of all matrices of that
    rank, the one with the least squared error, zeros included (Eckart and Young). Both sides get
    the square root of the singular values: ``user_factors = U sqrt(s)``,
    ``item_factors = V sqrt(s)``, so that their product is the approximation. Users whom the model
    hasn't seen are folded in: ``row @ V / sqrt(s)``, which for a fitted row gives the user's own
    factors.

    Parameters
    ----------
    factors : int, default 64
        Number of singular values to keep, at most the smaller side of the matrix.

    Attributes
    ----------
    user_factors, item_factors : ndarray of float32, shape (users, factors), (items, factors)
        The largest singular value's factor comes first. Its sign is fixed: the number farthest
        from 0 in each column of `item_factors` is positive.
    singular_values : ndarray of float32, shape (factors,)
        Descending.

    Raises
    ------
    CourseError
        If `factors` is not a whole number from 1 up; `fit` says it if they are too many.

    References
    ----------
    Eckart and Young (1936), The approximation of one matrix by another of lower rank.
    Sarwar et al. (2002), Incremental singular value decomposition algorithms for highly scalable
    recommender systems (folding in).

    Examples
    --------
    >>> user_items = sparse.csr_matrix([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 1], [0, 0, 1, 1]])
    >>> model = SVD(factors=2)
    >>> model.fit(user_items)
    >>> model.singular_values.round(2)
    array([2.34, 1.81], dtype=float32)
    >>> model.recommend(0, user_items[0], N=1)[0]
    array([2], dtype=int32)
    >>> newcomer = sparse.csr_matrix([[0, 0, 0, 1]])
    >>> model.recommend(0, newcomer, N=1, recalculate_user=True)[0]
    array([2], dtype=int32)
    """

    singular_values: NDArray[np.float32]
    _learned: ClassVar = {**FACTORS, "singular_values": Learned(("columns",)), **KNOWN}

    def __init__(self, factors: int = 64) -> None:
        check_count(factors, "factors")
        self.factors = factors

    def _fit(self, user_items: sparse.csr_matrix) -> None:
        from scipy.sparse.linalg import svds  # takes as long to load as all the rest of the models

        matrix = user_items.astype(np.float32)
        side = min(matrix.shape)
        if self.factors > side:
            raise CourseError(
                f"SVD: {self.factors} factors, but a matrix of {matrix.shape[0]:,} users and "
                f"{matrix.shape[1]:,} items has at most {side:,}; ask for fewer"
            )
        if self.factors == side:
            left, values, right = np.linalg.svd(matrix.toarray(), full_matrices=False)
        else:
            start = np.random.default_rng(0).random(side, np.float32)
            with one_blas_thread():  # two take the same time and twice the CPU
                left, values, right = svds(matrix, self.factors, v0=start)
            left, values, right = left[:, ::-1], values[::-1], right[::-1]
        peak = np.abs(right).argmax(axis=1)
        signs = np.copysign(np.float32(1), right[np.arange(len(peak)), peak])
        # what rounding has left of a singular value 0 would be blown up when folding in
        values[values <= values[0] * side * np.finfo(np.float32).eps] = 0
        root = np.sqrt(values) * signs
        self.user_factors = np.ascontiguousarray(left * root)
        self.item_factors = np.ascontiguousarray(right.T * root)
        self.singular_values = values
        self._remember(user_items)

    def _fold_in(self, rows: sparse.csr_matrix) -> NDArray[Any]:
        values = self.singular_values
        return (rows @ self.item_factors) / np.where(values > 0, values, 1)
