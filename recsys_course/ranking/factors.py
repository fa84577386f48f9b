"""The best items of each user from factors: exact, though most scores are never computed."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from threadpoolctl import ThreadpoolController

from recsys_course.checks import check_count
from recsys_course.errors import CourseError
from recsys_course.progress import bar
from recsys_course.ranking.operands import checked_factors, checked_pairs
from recsys_course.ranking.pruning import ItemsByLength, Search, lengths_of
from recsys_course.ranking.rows import first_without, places_in_runs

GROUP_CELLS = 2**20  # users at once x groups of items: 8192 users, whom `_first` numbers in 16 bits
PENDING_PAIRS = 2**21  # candidates held before the best of them are picked
EXACT_PAIRS = 2**12  # pairs scored exactly at once

Pairs = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]  # users, items, scores


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
    k-th best score any more. Where all items are equally long nobody leaves early; that costs a
    quarter more than computing all scores.

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
    scale = 1.0 if bias is None else float(np.median(lengths_of(users))) or 1.0
    by_length = ItemsByLength.of(_with(items, None if bias is None else bias / scale), k)
    if not float(lengths_of(users).max()) * by_length.longest < float(np.finfo(np.float32).max):
        raise CourseError(
            "user_factors, item_factors: the numbers are so large that scores would be beyond "
            "single precision; divide one of the two by a constant"
        )
    step = max(GROUP_CELLS // by_length.groups, 1)
    with (
        _blas().limit(limits=1, user_api="blas"),  # more threads burn time and gain none
        bar(total=len(users), unit=" users", delay=2) as progress,
    ):
        for start in range(0, len(users), step):
            block = np.arange(start, min(start + step, len(users)))
            vectors = _with(users[block], None if bias is None else np.full(len(block), scale))
            known = lengths_of(vectors) > 0
            asking, others = block[known], block[~known]
            # to somebody without any preference all items are worth 0
            ids[others, :k] = first_without(hidden[others], k)
            search = Search(by_length, vectors[known], hidden[asking], k)
            rows, found, values = _best(search, users[asking], items, bias)
            at = asking[rows], places_in_runs(rows)
            ids[at], scores[at] = found, values
            progress.update(len(block))
    return ids, scores


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()  # looking for the libraries takes longer than limiting them


def _with(factors: NDArray[Any], column: NDArray[Any] | None) -> NDArray[Any]:
    return factors if column is None else np.column_stack([factors, column])


def _best(
    search: Search, users: NDArray[Any], items: NDArray[Any], bias: NDArray[Any] | None
) -> Pairs:
    """Score the candidates of a search exactly and keep the best; sorted by user, then by rank."""
    best: Pairs = np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, np.float32)
    pending: list[Pairs] = []
    count = 0
    for pairs in search.candidates():
        pending.append(pairs)
        count += len(pairs[0])
        if count > PENDING_PAIRS:  # never, but where very many tie
            best = _picked(best, pending, search, users, items, bias)
            pending, count = [], 0
    return _picked(best, pending, search, users, items, bias)


def _picked(
    best: Pairs,
    pending: list[Pairs],
    search: Search,
    users: NDArray[Any],
    items: NDArray[Any],
    bias: NDArray[Any] | None,
) -> Pairs:
    if not pending:
        return best
    rows, places, rough = (np.concatenate(parts) for parts in zip(*pending, strict=True))
    near = search.may_be_best(rows, places, rough)
    rows, found = rows[near], search.items.order[places[near]]
    exact = _exact(users, items, bias, rows, found)
    rows, found = np.append(best[0], rows), np.append(best[1], found)
    exact = np.append(best[2], exact)
    first = _first(rows, found, exact, search.k)
    return rows[first], found[first], exact[first]


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


def _first(
    rows: NDArray[np.intp], columns: NDArray[np.intp], scores: NDArray[np.float32], k: int
) -> NDArray[np.intp]:
    """Positions of the k largest scores of each row: by row, then descending, then by column.

    Bits of a number in single precision, read as a whole number, have the order of the numbers, the
    negative ones backwards. With the column in the lower half, one sort does both.
    """
    bits = scores.view(np.int32).astype(np.int64)
    descending = np.where(bits < 0, bits & 0x7FFFFFFF, -bits)
    order = np.argsort(descending << 32 | columns)
    order = order[np.argsort(rows[order].astype(np.uint16), kind="stable")]
    return order[places_in_runs(rows[order]) < k]
