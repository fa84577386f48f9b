"""Alternating least squares for implicit feedback, in plain numpy."""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys_course.checks.numbers import check_amount, check_count
from recsys_course.errors import CourseError
from recsys_course.models.base import Learned
from recsys_course.models.factors import FACTORS, KNOWN, FactorRecommender
from recsys_course.models.parts import registered
from recsys_course.progress import bar
from recsys_course.threads import one_blas_thread

BATCH_NUMBERS = 2**20  # in the small systems solved at once: 8 MB
BATCH_PAIRS = 2**12  # scored at once for the loss: 2 MB, what a core has at hand


@registered
class ALS(FactorRecommender):
    """Alternating least squares on implicit feedback, each step solved exactly.

    What a user watched should score 1 and everything else 0; how much each pair matters is its
    confidence c: `alpha` times the weight for what was watched and 1 for all the rest. The factors
    make this loss small::

        sum over all pairs of c_ui (p_ui - x_u . y_i)^2
        + regularization * (sum of |x_u|^2 + sum of |y_i|^2)

    With the items' factors Y fixed, each user's best factors are those of a least-squares problem:
    ``x_u = (Y^T Y + regularization I + Y_u^T (C_u - I) Y_u)^-1 Y_u^T c_u``, where only the rows
    Y_u of what the user watched are needed beside ``Y^T Y``, which all users share. Then the same
    for the items, and so on in turns: the loss can only fall. Users whom the model hasn't seen get
    their factors by that formula, too.

    In the paper the confidence of a watched pair is ``1 + alpha * weight``; here it is
    ``alpha * weight``, as in `implicit`, whose `AlternatingLeastSquares` with ``use_cg=False`` and
    the same seed finds the same factors. (Its default, ``use_cg=True``, finds nearly the same, and
    faster.) This one is for reading.

    Parameters
    ----------
    factors : int, default 64
        Numbers for each user and item.
    regularization : float, default 0.01
        What long vectors cost.
    alpha : float, default 1.0
        Confidence of a pair of weight 1; of a pair that wasn't watched it is 1.
    iterations : int, default 15
        How often users and items take their turns.
    seed : int, default 0
        Of the random numbers that everything starts from.

    Attributes
    ----------
    user_factors, item_factors : ndarray of float32, shape (users, factors), (items, factors)
        What has been learned; zeros for who or what has no interactions.
    losses : ndarray of float64, shape (iterations,)
        The loss above after each iteration, divided by the sum of all confidences.

    Raises
    ------
    CourseError
        If a parameter is unusable; `fit` says it if the systems have no single solution.

    References
    ----------
    Hu, Koren and Volinsky (2008), Collaborative filtering for implicit feedback datasets.

    Examples
    --------
    >>> user_items = sparse.csr_matrix([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 1], [0, 0, 1, 1]])
    >>> model = ALS(factors=2, alpha=5)
    >>> model.fit(user_items)
    >>> bool((np.diff(model.losses) <= 0).all())
    True
    >>> model.recommend(0, user_items[0], N=1)[0]
    array([2], dtype=int32)
    >>> newcomer = sparse.csr_matrix([[0, 0, 0, 1]])
    >>> model.recommend(0, newcomer, N=1, recalculate_user=True)[0]
    array([2], dtype=int32)
    """

    losses: NDArray[np.float64]
    _learned: ClassVar = {**FACTORS, "losses": Learned(("iterations",)), **KNOWN}

    def __init__(
        self,
        factors: int = 64,
        regularization: float = 0.01,
        alpha: float = 1.0,
        iterations: int = 15,
        seed: int = 0,
    ) -> None:
        check_count(factors, "factors")
        check_amount(regularization, "regularization", zero=True)
        check_amount(alpha, "alpha")
        check_count(iterations, "iterations")
        check_count(seed, "seed", least=0)
        self.factors = factors
        self.regularization = regularization
        self.alpha = alpha
        self.iterations = iterations
        self.seed = seed

    def _fit(self, user_items: sparse.csr_matrix) -> None:
        confidence = self.alpha * user_items.astype(np.float64)
        item_users = confidence.T.tocsr()
        random = np.random.default_rng(self.seed)
        # implicit draws the users' first, too, though only the items' are ever used
        users, items = (
            random.random((size, self.factors), np.float32) * np.float32(0.01)
            for size in user_items.shape
        )
        losses = []
        with one_blas_thread():  # the systems are too small to be shared out
            for _ in bar(range(self.iterations), delay=2):
                users = best_factors(confidence, items, self.regularization)
                items = best_factors(item_users, users, self.regularization)
                losses.append(_loss(confidence, users, items, self.regularization))
        self.user_factors, self.item_factors = users, items
        self.losses = np.array(losses)
        self._remember(user_items)

    def _fold_in(self, rows: sparse.csr_matrix) -> NDArray[Any]:
        confidence = self.alpha * rows.astype(np.float64)
        with one_blas_thread():
            return best_factors(confidence, self.item_factors, self.regularization)


def best_factors(
    confidence: sparse.csr_matrix, others: NDArray[np.float32], regularization: float
) -> NDArray[np.float32]:
    """Find the factors of each row that make the loss least, those of the columns given.

    A row with n pairs and Z = Y_u (n x f), D = C_u - I, B = Y^T Y + regularization I has two
    ways to the same answer: ``(B + Z^T D Z)^-1 Z^T c`` solves f equations, and
    ``B^-1 Z^T (I + D Z B^-1 Z^T)^-1 c`` solves n. Most users have few pairs.

    Parameters
    ----------
    confidence : csr_matrix of float64, shape (rows, columns)
        Confidences above 0 of the pairs that are 1; all others are 0 with confidence 1.
    others : ndarray of float32, shape (columns, factors)
        Factors of the columns.
    regularization : float
        What long vectors cost.

    Returns
    -------
    ndarray of float32, shape (rows, factors)
        The best factors; zeros for an empty row.

    Raises
    ------
    CourseError
        If there are many that are equally good.

    Examples
    --------
    >>> best_factors(sparse.csr_matrix([[2.0, 0.0]]), np.eye(2, dtype=np.float32), 1.0).round(3)
    array([[0.667, 0.   ]], dtype=float32)
    """
    y = others.astype(np.float64)
    size = y.shape[1]
    base = y.T @ y + regularization * np.eye(size)
    found = np.zeros((confidence.shape[0], size), np.float32)
    try:
        inverse = np.linalg.inv(base)
        for rows, columns, weights in _of_one_length(confidence, size):
            z = y[columns]  # (rows, n, factors)
            across = z.transpose(0, 2, 1)
            c = weights[:, :, None]
            if z.shape[1] < size:
                spread = z @ inverse
                system = np.eye(z.shape[1]) + (c - 1) * (spread @ across)
                best = spread.transpose(0, 2, 1) @ np.linalg.solve(system, c)
            else:
                best = np.linalg.solve(base + across @ ((c - 1) * z), across @ c)
            found[rows] = best[:, :, 0]
    except np.linalg.LinAlgError:
        raise CourseError(
            "ALS: the equations have no single solution; take a regularization above 0"
        ) from None
    return found


def _of_one_length(
    matrix: sparse.csr_matrix, size: int
) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    """Yield batches of rows that store equally many numbers: rows, columns, numbers."""
    lengths = np.diff(matrix.indptr)
    for length in np.unique(lengths[lengths > 0]):
        rows = np.flatnonzero(lengths == length)
        batch = max(BATCH_NUMBERS // (size * int(max(size, length))), 1)
        for start in range(0, len(rows), batch):
            some = rows[start : start + batch]
            stored = matrix.indptr[some, None] + np.arange(length)
            yield some, matrix.indices[stored], matrix.data[stored]


def _loss(
    confidence: sparse.csr_matrix,
    users: NDArray[np.float32],
    items: NDArray[np.float32],
    regularization: float,
) -> float:
    x, y = users.astype(np.float64), items.astype(np.float64)
    total = ((x.T @ x) * (y.T @ y)).sum()  # squares of all scores, as if every pair were 0
    rows = np.repeat(np.arange(len(x)), np.diff(confidence.indptr))
    for start in range(0, confidence.nnz, BATCH_PAIRS):
        some = slice(start, start + BATCH_PAIRS)
        scores = np.einsum("ij,ij->i", x[rows[some]], y[confidence.indices[some]])
        total += (confidence.data[some] * (1 - scores) ** 2 - scores**2).sum()
    total += regularization * ((x**2).sum() + (y**2).sum())
    pairs = confidence.shape[0] * confidence.shape[1]
    return float(total / (confidence.data.sum() + pairs - confidence.nnz))
