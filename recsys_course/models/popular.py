"""What everybody watches: the recommender that any other has to beat."""

import numpy as np
from scipy import sparse

from recsys_course.models.base import CourseRecommender, Ids, Scores


class Popular(CourseRecommender):
    """Recommend the items with the most users, the same to all but for what each has watched.

    The score of an item is the number of distinct users who watched it; weights don't count. Items
    that nobody watched are never recommended. It serves users without any history, too.

    `similar_items`, of which popularity knows nothing, gives the baseline for that task: the item
    itself at 1, then the most popular others, each scored by the share of users who watched it.

    Examples
    --------
    >>> user_items = sparse.csr_matrix([[1, 0, 1, 0], [0, 1, 1, 0], [0, 0, 1, 0]])
    >>> model = Popular()
    >>> model.fit(user_items)
    >>> model.recommend(0, user_items[0], N=3)
    (array([ 1, -1, -1]), array([1., 0., 0.]))
    >>> model.recommend([0, 1], user_items[[0, 1]], N=2, filter_already_liked_items=False)[0]
    array([[2, 0],
           [2, 0]])
    """

    _counts: Ids  # users of each item
    _order: Ids  # items that somebody watched, most popular first
    _rank: Ids  # place of each item in that order

    def _fit(self, user_items: sparse.csr_matrix, show_progress: bool) -> None:
        self._counts = np.bincount(user_items.indices, minlength=user_items.shape[1])
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
        """First N items of the order in each row, without the hidden ones.

        If the hidden ranks of a row are r_0 < r_1 < ..., then r_i - i items that aren't hidden
        come before r_i. So the j-th item to show stands at place j plus the number of hidden ones
        with r_i - i <= j, for all rows at once.
        """
        rows, width = hidden.shape
        owner = np.repeat(np.arange(rows), np.diff(hidden.indptr))
        owner, rank = np.divmod(np.sort(owner * width + self._rank[hidden.indices]), width)
        shown_before = rank - (np.arange(len(rank)) - hidden.indptr[owner])
        near = shown_before < N
        skipped = np.bincount(owner[near] * N + shown_before[near], minlength=rows * N)
        place = np.arange(N) + np.cumsum(skipped.reshape(rows, N), axis=1)
        return np.append(self._order, -1)[np.minimum(place, len(self._order))]
