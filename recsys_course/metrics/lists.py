"""Recommended lists beside what was relevant: checked once, hits found once, for all metrics."""

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from recsys_course.checks.matrices import checked_pattern
from recsys_course.errors import CourseError
from recsys_course.metrics.recommended import checked_items, checked_k, checked_lists


class Hits(NamedTuple):
    """The relevant ones among the recommendations: by row, within a row by rank."""

    rows: NDArray[np.integer]
    ranks: NDArray[np.integer]  # from 1
    items: NDArray[np.integer]


class Lists:
    """What a metric is computed from. A part is worked out when the first metric asks for it.

    Parameters
    ----------
    recommended : array of int, shape (users, N)
        Item indices, best first; -1 is no recommendation.
    k : int, optional
        How many of each list count; all N by default.
    relevant : sparse matrix, shape (users, items), optional
        What each user took up afterwards: the stored values that aren't 0.
    train : sparse matrix, shape (any, items), optional
        Who took up what before.
    genres : sparse matrix, shape (items, genres), optional
        Which genres each item has.
    items : int, optional
        Number of items, where no matrix tells.

    Raises
    ------
    CourseError
        If the shapes don't fit, an index is unknown or twice in a list, k is beyond the list, or
        a matrix isn't one, or nothing is relevant.

    Examples
    --------
    >>> lists = Lists([[0, 1], [2, -1]], relevant=sparse.csr_matrix([[0, 1, 1], [0, 1, 0]]))
    >>> lists.hits
    Hits(rows=array([0], dtype=int32), ranks=array([2], dtype=int32), items=array([1], dtype=int32))
    """

    def __init__(
        self,
        recommended: ArrayLike,
        k: int | None = None,
        *,
        relevant: Any = None,
        train: Any = None,
        genres: Any = None,
        items: int | None = None,
    ) -> None:
        widths: list[tuple[int, str]] = []
        if relevant is not None:
            self.relevant = checked_pattern(relevant, "relevant")
            widths.append((self.relevant.shape[1], "relevant has columns"))
        if train is not None:
            self.train = checked_pattern(train, "train")
            widths.append((self.train.shape[1], "train has columns"))
        if genres is not None:
            self.genres = checked_genres(genres)
            widths.append((self.genres.shape[0], "genres has rows"))
        if items is not None:
            widths.append((items, "the catalogue has items"))
        self.items, holder = widths[0]
        for width, other in widths:
            if width != self.items:
                raise CourseError(
                    f"{holder} 0 to {self.items - 1}, but {other} 0 to {width - 1}: both are the "
                    "items and need one order; is one of them transposed?"
                )
        ids = checked_lists(recommended)
        if relevant is not None and len(ids) != self.relevant.shape[0]:
            rows, columns = self.relevant.shape
            hint = "; relevant looks transposed" if len(ids) == columns else ""
            raise CourseError(
                f"recommended: {len(ids):,} lists for {rows:,} rows of relevant{hint}"
            )
        self.k = checked_k(k, ids.shape[1])
        self.ids = checked_items(ids[:, : self.k], self.items, holder)
        if relevant is not None and not self.relevant.nnz:
            raise CourseError(
                "relevant: no user has a relevant item, so there is nothing to measure"
            )

    @cached_property
    def ones(self) -> sparse.csr_matrix:
        """The lists as sparse rows of ones; empty places are in one more column."""
        users, k = self.ids.shape
        columns = np.where(self.ids < 0, np.int32(self.items), self.ids).ravel()
        starts = np.arange(0, users * k + 1, k)
        shape = (users, self.items + 1)
        return sparse.csr_matrix((np.ones(users * k), columns, starts), shape=shape)

    @cached_property
    def hits(self) -> Hits:
        """Where the lists and the relevant items meet."""
        # the sparse product, cell by cell, of the ranks and of what is relevant
        lists, wanted = self.ones, self.relevant
        ranks = np.tile(np.arange(1, self.k + 1, dtype=np.int32), len(self.ids))
        ranked = sparse.csr_matrix((ranks, lists.indices, lists.indptr), shape=lists.shape)
        wanted = sparse.csr_matrix((wanted.data, wanted.indices, wanted.indptr), shape=lists.shape)
        met = ranked.multiply(wanted).tocoo()
        order = np.argsort(met.row.astype(np.int64) * (self.k + 1) + met.data)
        return Hits(met.row[order], met.data[order], met.col[order])

    @cached_property
    def found(self) -> NDArray[np.intp]:
        """Number of hits by row."""
        return np.bincount(self.hits.rows, minlength=len(self.ids))

    @cached_property
    def sizes(self) -> NDArray[np.intp]:
        """Number of relevant items by row."""
        return np.diff(self.relevant.indptr)

    @cached_property
    def judged(self) -> NDArray[np.bool_]:
        """Which rows have something relevant."""
        return self.sizes > 0

    @cached_property
    def shown(self) -> NDArray[np.intp]:
        """Number of recommendations by row."""
        empty = np.flatnonzero(self.ids < 0) // self.k
        return self.k - np.bincount(empty, minlength=len(self.ids))

    @cached_property
    def audience(self) -> NDArray[np.intp]:
        """Number of users in training by item."""
        if not self.train.nnz:
            raise CourseError("train: no interactions, so no item is known to be popular or rare")
        return np.bincount(self.train.indices, minlength=self.items)

    @cached_property
    def users(self) -> int:
        """Number of users in training with at least one item."""
        return int(np.count_nonzero(np.diff(self.train.indptr)))


def checked_genres(genres: Any) -> sparse.csr_matrix:
    """Return which item has which genre, as `checked_pattern` does.

    Parameters
    ----------
    genres : sparse matrix, shape (items, genres)
        It is never changed.

    Returns
    -------
    csr_matrix of bool

    Raises
    ------
    CourseError
        If it isn't a sparse matrix, or no item has a genre.

    Examples
    --------
    >>> checked_genres(sparse.csr_matrix((3, 0)))
    Traceback (most recent call last):
    recsys_course.errors.CourseError: genres: no item has a genre, so no two differ in theirs
    """
    pattern = checked_pattern(genres, "genres", "rows are items, columns are genres")
    if not pattern.nnz:
        raise CourseError("genres: no item has a genre, so no two differ in theirs")
    return pattern
