"""The best items of each user from factors: exact, though most scores are never computed."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from recsys_course.checks.numbers import check_count
from recsys_course.errors import CourseError
from recsys_course.progress import bar
from recsys_course.ranking.operands import checked_factors, checked_pairs
from recsys_course.ranking.rows import best_first, first_without, places_in_runs
from recsys_course.threads import one_blas_thread

ROWS = 1024  # users at once
COLUMNS = 256  # items at once: the scores of both fit into the processor's cache
PENDING_PAIRS = 2**21  # candidates held before the best of them are picked
EXACT_PAIRS = 2**12  # pairs scored exactly at once
ROUNDING = 2.0**-24  # of a number in single precision, relative
TINY = np.finfo(np.float32).tiny

Floats = NDArray[np.float32]
Pairs = tuple[NDArray[np.intp], NDArray[np.intp], Floats]  # of users and items, and their scores


def top_from_factors(
    user_factors: ArrayLike,
    item_factors: ArrayLike,
    k: int,
    without: sparse.csr_matrix | None = None,
    item_bias: ArrayLike | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the k largest scores ``user_factors[u] @ item_factors[i] + item_bias[i]`` of each user.

    A score is summed in double precision and rounded to single. So it doesn't depend on who else
    is asked for, and sums that are equal on paper tie; of tied items the smaller index comes first.

    No score is greater than the product of the two vectors' lengths. Items are visited from the
    longest vector to the shortest, and a user leaves as soon as what is left can't reach their
    k-th best score any more. Where all items are equally long nobody leaves early; that costs
    half as much again as computing all scores.

    Parameters
    ----------
    user_factors : array of float, shape (users, factors)
        The users who are asked for.
    item_factors : array of float, shape (items, factors)
        All items.
    k : int
        How many items for each user.
    without : sparse matrix, shape (users, items), optional
        Pairs to leave out, all that are stored: what the users have watched.
    item_bias : array of float, shape (items,), optional
        Added to the scores of an item, whoever is asked for.

    Returns
    -------
    ids : ndarray of int64, shape (users, k)
        Items, best first; -1 where a user has no more.
    scores : ndarray of float64, shape (users, k)
        Their scores, descending; 0 beside -1.

    Raises
    ------
    CourseError
        If the shapes don't belong together, a factor isn't finite, k isn't a whole number from 1
        up, or scores would be beyond single precision.

    References
    ----------
    Teflioudi, Gemulla and Mykytiuk (2015), LEMP: fast retrieval of large entries in a matrix
    product (pruning by length).

    Examples
    --------
    >>> users = [[1.0, 0.0], [1.0, 1.0]]
    >>> items = [[2.0, 0.0], [0.0, 3.0], [1.0, 1.0]]
    >>> top_from_factors(users, items, k=2, without=sparse.csr_matrix([[1, 0, 0], [0, 0, 0]]))
    (array([[2, 1],
           [1, 0]]), array([[1., 0.],
           [3., 2.]]))
    """
    check_count(k, "k")
    users, items, bias = checked_factors(user_factors, item_factors, item_bias)
    hidden = checked_pairs(without, (len(users), len(items)))
    ids = np.full((len(users), k), -1, np.int64)
    scores = np.zeros((len(users), k))
    k = min(k, len(items))
    if not (len(users) and k):
        return ids, scores
    # the bias of an item is one more factor, which all users have alike: as large as the others,
    # so that the product of lengths stays a good bound
    scale = 1.0 if bias is None else float(np.median(_lengths(users))) or 1.0
    by_length = _ByLength(_with(items, None if bias is None else bias / scale))
    if not float(_lengths(users).max()) * by_length.longest < float(np.finfo(np.float32).max):
        raise CourseError(
            "user_factors, item_factors: the numbers are so large that scores would be beyond "
            "single precision; divide one of the two by a constant"
        )
    with (
        one_blas_thread(),  # more threads burn time and gain none
        bar(total=len(users), unit=" users", delay=2) as progress,
    ):
        for start in range(0, len(users), ROWS):
            block = np.arange(start, min(start + ROWS, len(users)))
            vectors = _with(users[block], None if bias is None else np.full(len(block), scale))
            known = _lengths(vectors) > 0
            asking, others = block[known], block[~known]
            # to somebody without any preference all items are worth 0
            ids[others, :k] = first_without(hidden[others], k)
            if len(asking):
                search = _Search(by_length, vectors[known], hidden[asking], k)
                rows, found, values = _best(search, users[asking], items, bias)
                at = asking[rows], places_in_runs(rows)
                ids[at], scores[at] = found, values
            progress.update(len(block))
    return ids, scores


def _with(factors: NDArray[Any], column: NDArray[Any] | None) -> NDArray[Any]:
    return factors if column is None else np.column_stack([factors, column])


def _lengths(vectors: NDArray[Any]) -> NDArray[np.float64]:
    return np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))


class _ByLength:
    """Items from the longest vector to the shortest, in units of the longest."""

    def __init__(self, vectors: NDArray[Any]) -> None:
        lengths = _lengths(vectors)
        self.order = np.argsort(-lengths)  # the index of the item at each place
        self.place = np.argsort(self.order)  # the place of each item
        self.longest = float(lengths[self.order[0]]) or 1.0
        self.lengths = lengths[self.order] / self.longest
        self.vectors = (vectors[self.order] / np.float64(self.longest)).astype(np.float32)
        # how far a product with a unit vector can be off, in lengths of the item: one rounding for
        # each number added; the others for rounded factors, units, results
        self.error = (vectors.shape[1] + 16) * ROUNDING


class _Search:
    """Candidates for the k best items of some users, found without most of the scores.

    Scores are compared in units of the user's length times the longest item, in single precision;
    a margin on every comparison keeps what rounding could have misjudged.
    """

    def __init__(
        self, items: _ByLength, users: NDArray[Any], hidden: sparse.csr_matrix, k: int
    ) -> None:
        lengths = _lengths(users)
        self.items, self.k = items, k
        self.users = (users / lengths[:, None]).astype(np.float32)
        self.bounds = np.full(len(users), -np.inf, np.float32)  # reached by each user's k-th best
        with np.errstate(divide="ignore", over="ignore"):
            # scores as small as that are equal once they are rounded
            self.slack = (2.0**-147 / (lengths * items.longest)).astype(np.float32)
        places = items.place[hidden.indices]
        by_place = np.argsort(places)
        self.hidden_places = places[by_place]
        self.hidden_users = np.repeat(np.arange(len(users)), np.diff(hidden.indptr))[by_place]

    def candidates(self) -> Iterator[Pairs]:
        """Visit the items, longest first, until no user can improve: users, places, scores."""
        items, k = self.items, self.k
        best = np.full((len(self.users), k), -np.inf, np.float32)  # the k best are at least that
        asking = np.arange(len(self.users))
        for start in range(0, len(items.lengths), max(COLUMNS, k)):
            asking = asking[self.bounds[asking] <= items.lengths[start]]
            if not len(asking):
                return
            scores = self._scores(asking, start, start + max(COLUMNS, k))
            margin = np.float32(items.error * items.lengths[start] + TINY)
            better = scores.max(axis=1) >= self.bounds[asking] - margin
            scores, who = scores[better], asking[better]
            among = np.concatenate([best[who] + margin, scores], axis=1)
            among.partition(among.shape[1] - k)
            best[who] = among[:, -k:] - margin
            self.bounds[who] = best[who].min(axis=1) - self.slack[who]
            enough = np.maximum(self.bounds[who] - margin, np.float32(-2))  # hidden ones are -inf
            # numpy's nonzero of a table takes twice as long
            cells = np.flatnonzero(scores >= enough[:, None])
            rows, columns = np.divmod(cells, scores.shape[1])
            yield who[rows], start + columns, scores[rows, columns]

    def _scores(self, users: NDArray[np.intp], start: int, stop: int) -> Floats:
        """Multiply users by the items at some places; what is hidden is out of reach."""
        scores = self.users[users] @ self.items.vectors[start:stop].T
        row = np.full(len(self.users), -1)
        row[users] = np.arange(len(users))
        at = slice(*np.searchsorted(self.hidden_places, [start, stop]))
        rows = row[self.hidden_users[at]]
        scores[rows[rows >= 0], self.hidden_places[at][rows >= 0] - start] = -np.inf
        return scores


def _best(
    search: _Search, users: NDArray[Any], items: NDArray[Any], bias: NDArray[Any] | None
) -> Pairs:
    """Score the candidates of a search exactly and keep the best; sorted by user, then by rank."""

    def picked() -> Pairs:
        rows, places, rough = (np.concatenate(parts) for parts in zip(*pending, strict=True))
        near = rough + search.items.error * search.items.lengths[places] >= search.bounds[rows]
        rows, places, rough = rows[near], places[near], rough[near]
        found = search.items.order[places]
        exact = _exact(users, items, bias, rows, found)
        first = best_first(rows, found, exact)
        first = first[places_in_runs(rows[first]) < search.k]
        pending[:] = [(rows[first], places[first], rough[first])]
        return rows[first], found[first], exact[first]

    pending: list[Pairs] = []
    count = 0
    for pairs in search.candidates():
        pending.append(pairs)
        count += len(pairs[0])
        if count > PENDING_PAIRS:  # never, but where very many tie
            count = len(picked()[0])
    return picked()


def _exact(
    users: NDArray[Any],
    items: NDArray[Any],
    bias: NDArray[Any] | None,
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
) -> NDArray[np.float32]:
    scores = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), EXACT_PAIRS):
        some = slice(start, start + EXACT_PAIRS)
        left, right = users[rows[some]], items[columns[some]]
        sums = np.einsum("ij,ij->i", left.astype(np.float64), right.astype(np.float64))
        scores[some] = sums if bias is None else sums + bias[columns[some]]
    return scores
