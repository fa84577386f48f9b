"""Neighbours by cosine similarity: users who watched alike, items watched by the same users."""

from typing import ClassVar

import numpy as np
from scipy import sparse

from recsys_course.checks.matrices import checked_matrix
from recsys_course.checks.numbers import check_count
from recsys_course.models.asked import check_columns
from recsys_course.models.base import CourseRecommender, Learned
from recsys_course.models.parts import registered
from recsys_course.ranking.cosine import CosineIndex
from recsys_course.ranking.product import top_of_product
from recsys_course.ranking.types import Ids, Scores


@registered
class UserKNN(CourseRecommender):
    """Recommend what the K most similar users watched.

    The score of an item is the sum, over the user's K nearest neighbours by cosine similarity, of
    the similarity times the neighbour's weight for the item. A user is not their own neighbour.
    Users without history have no neighbours and get no recommendation: -1.

    Parameters
    ----------
    K : int, default 20
        Number of neighbours, the user not counted.

    Raises
    ------
    CourseError
        If K is not a whole number from 1 up.

    References
    ----------
    Resnick et al. (1994), GroupLens: an open architecture for collaborative filtering of netnews.

    Examples
    --------
    >>> user_items = sparse.csr_matrix([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 0, 1]])
    >>> model = UserKNN(K=2)
    >>> model.fit(user_items)
    >>> ids, scores = model.recommend(0, user_items[0], N=3)
    >>> ids, scores.round(2)
    (array([ 2,  3, -1], dtype=int32), array([0.82, 0.5 , 0.  ]))
    >>> newcomer = sparse.csr_matrix([[0, 0, 0, 1]])
    >>> model.recommend(0, newcomer, N=2, recalculate_user=True)[0]
    array([ 1, -1], dtype=int32)
    """

    _learned: ClassVar = {"_user_items": Learned(("users", "items"), sparse=True)}
    _user_items: sparse.csr_matrix
    _users: CosineIndex
    _items: CosineIndex

    def __init__(self, K: int = 20) -> None:
        check_count(K, "K")
        self.K = K

    def nearest_users(
        self, user_items: sparse.csr_matrix, K: int | None = None
    ) -> tuple[Ids, Scores]:
        """Find the fitted users nearest to the given rows.

        Parameters
        ----------
        user_items : sparse matrix, shape (users, items)
            Histories, of users known to the model or not. A fitted user's own row is among the
            nearest to it; `recommend` leaves it out.
        K : int, optional
            How many; the model's K by default.

        Returns
        -------
        ids : ndarray of int64, shape (users, K)
            Rows of the fitted matrix, nearest first, ties by the smaller; -1 where no more users
            share an item.
        similarities : ndarray of float64, shape (users, K)
            Cosine similarities; 0 beside -1.

        Raises
        ------
        CourseError
            If the model isn't fitted, or the matrix has other columns or is transposed.

        Examples
        --------
        >>> model = UserKNN()
        >>> model.fit(sparse.csr_matrix([[1, 1, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0]]))
        >>> model.nearest_users(sparse.csr_matrix([[1, 0, 0, 0]]), K=3)
        (array([[ 1,  0, -1]]), array([[1. , 0.5, 0. ]]))
        """
        users, items = self._fitted_shape()
        rows = checked_matrix(user_items)
        check_columns(rows, users, items)
        if K is not None:
            check_count(K, "K")
        return self._users.nearest(rows, K or self.K)

    def _fit(self, user_items: sparse.csr_matrix) -> None:
        self._user_items = user_items.copy()  # what the caller does to it later is theirs

    def _complete(self) -> None:
        self._users = CosineIndex(self._user_items)
        self._items = CosineIndex(self._user_items.T.tocsr())

    def _recommend(
        self, users: Ids | None, rows: sparse.csr_matrix, N: int, liked: sparse.csr_matrix | None
    ) -> tuple[Ids, Scores]:
        histories = rows if users is None else self._user_items[users]
        fitted = self._user_items
        neighbours = self._users.nearest(histories, min(self.K, fitted.shape[0]), users)
        return top_of_product(_as_matrix(*neighbours, fitted.shape[0]), fitted, N, liked)

    def _similar_items(self, items: Ids, N: int) -> tuple[Ids, Scores]:
        return self._items.with_itself(items, N - 1)


@registered
class ItemKNN(CourseRecommender):
    """Recommend what is most similar to what the user watched.

    Two items are similar if the same users watched them: cosine similarity of their columns. The
    score of an item is the sum, over the items that the user watched, of the user's weight times
    the similarity to it, where each watched item knows itself and its K nearest others. That is
    the model of ``implicit.nearest_neighbours.CosineRecommender(K + 1)``, whose K counts the item
    itself. Users without history get no recommendation: -1. `similar_items` is not limited to K.

    Parameters
    ----------
    K : int, default 20
        Number of neighbours of an item, the item itself not counted.

    Raises
    ------
    CourseError
        If K is not a whole number from 1 up.

    References
    ----------
    Sarwar et al. (2001), Item-based collaborative filtering recommendation algorithms.

    Examples
    --------
    >>> user_items = sparse.csr_matrix([[1, 1, 0], [1, 1, 0], [0, 1, 1], [1, 0, 0]])
    >>> model = ItemKNN(K=2)
    >>> model.fit(user_items)
    >>> ids, scores = model.recommend(3, user_items[3], N=2)
    >>> ids, scores.round(2)
    (array([ 1, -1], dtype=int32), array([0.67, 0.  ]))
    >>> model.similar_items(1, N=3)[0]
    array([1, 0, 2], dtype=int32)
    """

    _learned: ClassVar = {
        "_item_users": Learned(("items", "users"), sparse=True),
        "_similarity": Learned(("items", "items"), sparse=True),
    }
    _item_users: sparse.csr_matrix
    _items: CosineIndex
    _similarity: sparse.csr_matrix  # row: a watched item; columns: itself and its neighbours

    def __init__(self, K: int = 20) -> None:
        check_count(K, "K")
        self.K = K

    def _fit(self, user_items: sparse.csr_matrix) -> None:
        self._item_users = user_items.T.tocsr()
        self._items = CosineIndex(self._item_users)
        everything = np.arange(user_items.shape[1])
        K = min(self.K, len(everything))
        ids, similarities = self._items.with_itself(everything, K)
        self._similarity = _as_matrix(ids, similarities, len(everything))

    def _complete(self) -> None:
        if "_items" not in vars(self):  # of a model that comes from a file
            self._items = CosineIndex(self._item_users)

    def _recommend(
        self, users: Ids | None, rows: sparse.csr_matrix, N: int, liked: sparse.csr_matrix | None
    ) -> tuple[Ids, Scores]:
        return top_of_product(rows, self._similarity, N, liked)

    def _similar_items(self, items: Ids, N: int) -> tuple[Ids, Scores]:
        return self._items.with_itself(items, N - 1)


def _as_matrix(ids: Ids, values: Scores, width: int) -> sparse.csr_matrix:
    known = ids >= 0
    ends = np.concatenate([[0], np.cumsum(known.sum(axis=1))])
    return sparse.csr_matrix((values[known], ids[known], ends), shape=(len(ids), width))
