"""Models that know each user and each item by a few numbers, their factors."""

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from recsys_course.errors import CourseError
from recsys_course.models.base import CourseRecommender, Learned
from recsys_course.models.parts import registered
from recsys_course.ranking.factors import top_from_factors
from recsys_course.ranking.operands import checked_factors
from recsys_course.ranking.types import Ids, Scores

Mask = NDArray[np.bool_]
KNOWN = {"_known_users": Learned(("users",)), "_known_items": Learned(("items",))}
FACTORS = {
    "user_factors": Learned(("users", "columns")),
    "item_factors": Learned(("items", "columns")),
}


class FactorRecommender(CourseRecommender):
    """Base of the models whose score is the product of two vectors, the user's and the item's.

    A model supplies `_fit`, which sets the factors and says by `_remember` of whom and of what
    they know something, and `_fold_in`, which finds factors for newcomers. Users without history
    get no recommendation, and items that nobody watched are recommended to nobody and similar to
    nothing, whatever numbers a model has for them.
    """

    user_factors: NDArray[Any]
    item_factors: NDArray[Any]
    item_bias: NDArray[Any] | None = None
    _known_users: Mask
    _known_items: Mask

    def _remember(self, user_items: sparse.csr_matrix) -> None:
        self._known_users = np.diff(user_items.indptr) > 0
        self._known_items = np.bincount(user_items.indices, minlength=user_items.shape[1]) > 0

    def _recommend(
        self, users: Ids | None, rows: sparse.csr_matrix, N: int, liked: sparse.csr_matrix | None
    ) -> tuple[Ids, Scores]:
        if users is None:
            asking = np.flatnonzero(rows @ self._known_items.astype(np.float64))
            factors = self._fold_in(rows[asking])
        else:
            asking = np.flatnonzero(self._known_users[users])
            factors = self.user_factors[users[asking]]
        items = np.flatnonzero(self._known_items)
        found = top_from_factors(
            factors,
            self.item_factors[items],
            N,
            None if liked is None else liked[asking][:, items],
            None if self.item_bias is None else self.item_bias[items],
        )
        return _spread(found, asking, items, rows.shape[0])

    def _similar_items(self, items: Ids, N: int) -> tuple[Ids, Scores]:
        known = np.flatnonzero(self._known_items)
        asking = np.flatnonzero(self._known_items[items])
        vectors = self.item_factors[known].astype(np.float64)
        lengths = np.linalg.norm(vectors, axis=1)
        unit = vectors / np.where(lengths > 0, lengths, 1)[:, None]
        places = np.searchsorted(known, items[asking])
        ids = places[:, None]
        cosines = np.ones(ids.shape)
        if N > 1:
            itself = sparse.csr_matrix(
                (np.ones(len(places)), places, np.arange(len(places) + 1)),
                shape=(len(places), len(known)),
            )
            others, values = top_from_factors(unit[places], unit, N - 1, itself)
            ids = np.column_stack([places, others])
            cosines = np.column_stack([cosines, values])  # in single precision, so none above 1
        return _spread((ids, cosines), asking, known, len(items))

    @abstractmethod
    def _fold_in(self, rows: sparse.csr_matrix) -> NDArray[Any]: ...


def _spread(
    found: tuple[Ids, Scores], asking: NDArray[np.intp], items: NDArray[np.intp], rows: int
) -> tuple[Ids, Scores]:
    """From lists of those who could be served, by known items only, to lists of everybody."""
    ids = np.full((rows, found[0].shape[1]), -1, np.int64)
    scores = np.zeros(ids.shape)
    ids[asking] = np.append(items, -1)[found[0]]
    scores[asking] = found[1]
    return ids, scores


@registered
class Factors(FactorRecommender):
    """Any pair of factor matrices as a ready model: ``score = U[u] @ V[i] + bias[i]``.

    There is nothing to learn: it recommends right away, and `fit` only checks that a matrix has as
    many users and items. An item of which all numbers are 0 counts as unknown and is never
    recommended; so does a user, but where there is a bias.

    Parameters
    ----------
    user_factors : array of float, shape (users, factors)
        A row for each user.
    item_factors : array of float, shape (items, factors)
        A row for each item.
    item_bias : array of float, shape (items,), optional
        Added to the scores of an item, whoever is asking.

    Raises
    ------
    CourseError
        If the shapes don't belong together or something isn't a finite number.

    References
    ----------
    Koren, Bell and Volinsky (2009), Matrix factorization techniques for recommender systems.

    Examples
    --------
    >>> model = Factors([[1.0, 0.0], [0.5, 0.5]], [[2.0, 0.0], [0.0, 3.0], [1.0, 1.0]])
    >>> model.recommend(1, sparse.csr_matrix([[0, 1, 0]]), N=3)
    (array([ 0,  2, -1], dtype=int32), array([1., 1., 0.]))
    >>> model.similar_items(2, N=2)[0]
    array([2, 0], dtype=int32)
    """

    def __init__(
        self, user_factors: ArrayLike, item_factors: ArrayLike, item_bias: ArrayLike | None = None
    ) -> None:
        users, items, bias = checked_factors(user_factors, item_factors, item_bias)
        self.user_factors, self.item_factors, self.item_bias = users, items, bias
        self._known_users = np.any(users != 0, axis=1) | (bias is not None)
        self._known_items = np.any(items != 0, axis=1)
        if bias is not None:
            self._known_items |= bias != 0
        self._shape = len(users), len(items)

    def _fit(self, user_items: sparse.csr_matrix) -> None:
        users, items = self._fitted_shape()
        if user_items.shape != (users, items):
            raise CourseError(
                f"user_items: {user_items.shape[0]:,} users x {user_items.shape[1]:,} items, but "
                f"these are the factors of {users:,} users and {items:,} items"
            )

    def _fold_in(self, rows: sparse.csr_matrix) -> NDArray[Any]:
        raise CourseError(
            "Factors: can't serve users it has no factors for; SVD and ALS find some for them, "
            "and UserKNN, ItemKNN and Popular need none"
        )
