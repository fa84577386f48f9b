"""What everybody watches: the recommender that any other has to beat."""

from typing import ClassVar

import numpy as np
from scipy import sparse

from recsys_course.checks.matrices import checked_matrix
from recsys_course.errors import CourseError
from recsys_course.models.base import CourseRecommender, Learned
from recsys_course.models.parts import registered
from recsys_course.ranking.rows import first_without
from recsys_course.ranking.types import Ids, Scores


@registered
class Popular(CourseRecommender):
    """Recommend the items with the most users, the same to all but for what each has watched.

    The score of an item is the number of distinct users who watched it; weights don't count. Items
    that nobody watched are never recommended. It serves users without any history, too.

    `similar_items`, of which popularity knows nothing, gives the baseline for that task: the item
    itself at 1, then the most popular others, each scored by the share of users who watched it.

    Parameters
    ----------
    recent : sparse matrix, shape (any number of users, items), optional
        Who watched what lately, with the columns of the fitted matrix. The users of an item are
        counted here instead, so that last year's hits step back: what nobody has watched lately
        isn't recommended.

    Raises
    ------
    CourseError
        If `recent` isn't a sparse matrix of weights or has no interactions; `fit` says it if its
        columns aren't those of the fitted matrix.

    Examples
    --------
    >>> user_items = sparse.csr_matrix([[1, 0, 1, 0], [0, 1, 1, 0], [0, 0, 1, 0]])
    >>> model = Popular()
    >>> model.fit(user_items)
    >>> model.recommend(0, user_items[0], N=3)
    (array([ 1, -1, -1], dtype=int32), array([1., 0., 0.]))
    >>> model.recommend([0, 1], user_items[[0, 1]], N=2, filter_already_liked_items=False)[0]
    array([[2, 0],
           [2, 0]], dtype=int32)

    >>> last_week = sparse.csr_matrix([[1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]])
    >>> model = Popular(recent=last_week)
    >>> model.fit(user_items)
    >>> model.recommend(2, user_items[2], N=3)
    (array([ 1,  0, -1], dtype=int32), array([2., 1., 0.]))
    """

    _learned: ClassVar = {"_counts": Learned(("items",))}
    _counts: Ids  # users of each item
    _order: Ids  # items that somebody watched, most popular first
    _rank: Ids  # place of each item in that order

    def __init__(self, recent: sparse.csr_matrix | None = None) -> None:
        self.recent = None
        if recent is not None:
            self.recent = checked_matrix(recent, "recent").copy()  # the caller may change theirs
            if not self.recent.nnz:
                raise CourseError("recent: no interactions; take a longer time, or leave it out")

    def _fit(self, user_items: sparse.csr_matrix) -> None:
        counted = user_items if self.recent is None else self.recent
        if counted.shape[1] != user_items.shape[1]:
            raise CourseError(
                f"recent: {counted.shape[1]:,} columns, but user_items has "
                f"{user_items.shape[1]:,} items; lay it out as the training matrix, "
                "Interactions.from_views(..., content_ids=...)"
            )
        self._counts = np.bincount(counted.indices, minlength=counted.shape[1])

    def _complete(self) -> None:
        order = np.argsort(-self._counts, kind="stable")
        self._rank = np.argsort(order)
        self._order = order[: np.count_nonzero(self._counts)]

    def _recommend(
        self, users: Ids | None, rows: sparse.csr_matrix, N: int, liked: sparse.csr_matrix | None
    ) -> tuple[Ids, Scores]:
        if liked is None:
            liked = sparse.csr_matrix(rows.shape)
        ids = self._first_without(liked, N)
        return ids, np.where(ids < 0, 0.0, self._counts[ids])

    def _similar_items(self, items: Ids, N: int) -> tuple[Ids, Scores]:
        users, width = self._fitted_shape()
        itself = sparse.csr_matrix(
            (np.ones(len(items)), items, np.arange(len(items) + 1)), shape=(len(items), width)
        )
        others = self._first_without(itself, N - 1)
        shares = np.where(others < 0, 0.0, self._counts[others] / users)
        return np.column_stack([items, others]), np.insert(shares, 0, 1.0, axis=1)

    def _first_without(self, hidden: sparse.csr_matrix, N: int) -> Ids:
        """First N items of the order in each row, without the hidden ones."""
        ranks = self._rank[hidden.indices]
        in_order = sparse.csr_matrix((hidden.data, ranks, hidden.indptr), shape=hidden.shape)
        never = np.full(hidden.shape[1] - len(self._order) + 1, -1)
        return np.append(self._order, never)[first_without(in_order, N)]
