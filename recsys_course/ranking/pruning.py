"""Candidates for the best items of each user from factors, found without most of the scores."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]

GROUPS = 128  # groups of items whose best scores bound a user's k-th best, at least
GROUPS_PER_PLACE = 4  # and at least so many for each of the k places
SCORE_CELLS = 2**19  # scores held at once: 2 MB, near the processor's cache
ROUNDING = 2.0**-24  # of a number in single precision, relative
SMALLEST = 2.0**-149  # number that single precision knows


@dataclass(frozen=True)
class ItemsByLength:
    """Items from the longest vector to the shortest, ready to be multiplied.

    Attributes
    ----------
    vectors : ndarray of float32, shape (places, factors)
        In units of the longest; rows of zeros fill up the last group.
    lengths : ndarray of float64, shape (places,)
        Descending, in the same units.
    order : ndarray of int, shape (items,)
        The index of the item at each place.
    place : ndarray of int32, shape (items,)
        The place of each item.
    longest : float
        The unit; 1 if all vectors are zero.
    groups : int
        Into how many groups the items fall: place p is in group ``p % groups``.
    error : float
        How far a product with a unit vector can be off, in lengths of the item.
    """

    vectors: Floats
    lengths: NDArray[np.float64]
    order: NDArray[np.intp]
    place: NDArray[np.int32]
    longest: float
    groups: int
    error: float

    @classmethod
    def of(cls, vectors: NDArray[Any], k: int) -> "ItemsByLength":
        """Sort items, of whom the k best will be wanted.

        Parameters
        ----------
        vectors : ndarray of float, shape (items, factors)
            At least k items.
        k : int
            From 1 up.

        Returns
        -------
        ItemsByLength
        """
        lengths = lengths_of(vectors)
        order = np.argsort(-lengths, kind="stable")
        longest = float(lengths[order[0]]) or 1.0
        groups = max(GROUPS, min(GROUPS_PER_PLACE * k, len(order)))
        filling = -len(order) % groups
        sorted_vectors = vectors[order] / np.float64(longest)
        return cls(
            vectors=np.pad(sorted_vectors.astype(np.float32), [(0, filling), (0, 0)]),
            lengths=np.pad(lengths[order] / longest, (0, filling)),
            order=order,
            place=np.argsort(order).astype(np.int32),
            longest=longest,
            groups=groups,
            # one rounding for each number added; the others for rounded factors, units, results
            error=(vectors.shape[1] + 16) * ROUNDING,
        )


def lengths_of(vectors: NDArray[Any]) -> NDArray[np.float64]:
    """Euclidean lengths of the rows."""
    return np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))


class Search:
    """The search for the k best items of a block of users.

    Scores are compared in units of the user's length times the longest item. All that is done in
    single precision; a margin on every comparison keeps what rounding could have misjudged.

    Parameters
    ----------
    items : ItemsByLength
        Sorted for this k.
    users : ndarray of float, shape (users, factors)
        None of them zero.
    hidden : csr_matrix, shape (users, items)
        Pairs to leave out, all that are stored.
    k : int
        How many are wanted, at most the number of items.

    Attributes
    ----------
    bounds : ndarray of float32, shape (users,)
        What the k-th best score of each user reaches at least, as far as is known by now.
    """

    def __init__(
        self, items: ItemsByLength, users: NDArray[Any], hidden: sparse.csr_matrix, k: int
    ) -> None:
        lengths = lengths_of(users)
        self.items = items
        self.k = k
        self.bounds = np.full(len(users), -np.inf, np.float32)
        self._users = (users / lengths[:, None]).astype(np.float32)
        self._best = np.full((len(users), items.groups), -np.inf, np.float32)  # of each group
        with np.errstate(divide="ignore", over="ignore"):
            # scores as small as that are equal once they are rounded
            self._slack = (4 * SMALLEST / (lengths * items.longest)).astype(np.float32)
        places = items.place[hidden.indices]
        by_place = np.argsort(places, kind="stable")
        self._hidden_places = places[by_place]
        self._hidden_users = np.repeat(np.arange(len(users)), np.diff(hidden.indptr))[by_place]
        self._column = np.full(len(users), -1)  # of the users at hand in the scores at hand

    def candidates(self) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], Floats]]:
        """Visit the items, longest first, until no user can improve.

        Yields
        ------
        users, places : ndarray of int
            Pairs that may be among the best. Each pair that is comes exactly once.
        scores : ndarray of float32
            Their scores, in the units of the search.
        """
        items, end = self.items, len(self.items.lengths)
        asking = np.arange(len(self.bounds))
        start, stop = 0, min(4 * items.groups, end)
        while start < end:
            reach = items.lengths[start] * (1 + items.error)
            asking = asking[self.bounds[asking] <= reach]
            width = min(8 * items.groups, stop - start)
            step = max(SCORE_CELLS // width, 1)
            for first in range(0, len(asking), step):
                yield from self._visit(asking[first : first + step], start, stop, width)
            start, stop = stop, min(2 * stop, end)

    def may_be_best(
        self, users: NDArray[np.intp], places: NDArray[np.intp], scores: Floats
    ) -> NDArray[np.bool_]:
        """Tell which candidates still are ones, after all that was found since they came."""
        return scores + self.items.error * self.items.lengths[places] >= self.bounds[users]

    def _visit(
        self, users: NDArray[np.intp], start: int, stop: int, width: int
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], Floats]]:
        """Score some users with the items at some places, so many at once."""
        items, groups = self.items, self.items.groups
        vectors = self._users[users].T
        best = self._best[users].T.copy()
        bounds = self.bounds[users]
        self._column[users] = np.arange(len(users))
        for first in range(start, stop, width):
            last = min(first + width, stop)
            scores = items.vectors[first:last] @ vectors  # items x users: long rows for numpy
            self._hide(scores, first)
            margin = np.float32(items.error * items.lengths[first] + np.finfo(np.float32).tiny)
            highest = scores.reshape(-1, groups, len(users)).max(axis=0)
            np.maximum(best, highest - margin, out=best)
            if first == 0 or last == stop:
                # the k-th best of the groups' maxima: k items at least reach it
                maxima = np.ascontiguousarray(best.T)
                maxima.partition(groups - self.k, axis=1)
                bounds = maxima[:, groups - self.k] - self._slack[users]
            enough = np.maximum(bounds - margin, np.float32(-2))  # hidden ones are at -inf
            group, column = np.nonzero(highest >= enough)
            among = scores.reshape(-1, highest.size)[:, group * len(users) + column]
            step, found = np.nonzero(among >= enough[column])
            place = first + step * groups + group[found]
            yield users[column[found]], place, among[step, found]
        self._best[users] = best.T
        self.bounds[users] = bounds
        self._column[users] = -1

    def _hide(self, scores: Floats, first: int) -> None:
        """Put hidden pairs and the rows that fill up the last group out of reach."""
        at = slice(*np.searchsorted(self._hidden_places, [first, first + len(scores)]))
        column = self._column[self._hidden_users[at]]
        here = column >= 0
        scores[self._hidden_places[at][here] - first, column[here]] = -np.inf
        scores[max(len(self.items.order) - first, 0) :] = -np.inf
