"""A hit rate on held-out items: ready lists to measure it on, and the check of the rate."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recsys_course.homework.hints import Hint, call, expect
from recsys_course.homework.models import trained_cosine
from recsys_course.homework.numbers import share_of
from recsys_course.interactions import Interactions
from recsys_course.models import ItemKNN

TIES = 0.01  # which of several equal items is chosen moves a rate that much at most
EQUAL = 1e-9  # two scores that are nearer than this are equal
SAME = 0.002  # two rates that are nearer than this are taken for the same mistake


def neighbour_lists(interactions: Interactions, K: int = 20, N: int = 10) -> NDArray[np.int64]:
    """Train the course's own item-to-item model, and recommend to all users of the matrix.

    Parameters
    ----------
    interactions : Interactions
        What the model learns from; everybody in it gets a list.
    K : int
        Neighbours kept per item, the item itself included, as implicit counts them; from 2 up.
    N : int
        Length of a list.

    Returns
    -------
    ndarray of int64, shape (users, N)
        Content ids, best first, a row per user in the order of ``interactions.user_ids``. -1 fills
        a list that has fewer than N.

    Raises
    ------
    CourseError
        If K or N is no such number.

    Examples
    --------
    >>> views = pd.DataFrame({"user_id": [1, 1, 2, 2, 3], "content_id": [7, 8, 7, 8, 7]})
    >>> neighbour_lists(Interactions.from_views(views), K=2, N=1).tolist()
    [[-1], [-1], [8]]
    """
    model = ItemKNN(K=K - 1)
    model.fit(interactions.user_items, show_progress=False)
    columns, _ = model.recommend(np.arange(len(interactions.user_ids)), interactions.user_items, N)
    return interactions.content_id(columns)


def check_rate(
    answer: Any,
    known: Interactions,
    held_out: pd.Series,
    K: int,
    N: int = 10,
    measure: Callable[..., Any] | None = None,
) -> None:
    """Check the hit rate of an item-to-item model on what was held out.

    Parameters
    ----------
    answer : float
        The student's number.
    known : Interactions
        What the model should have learned from.
    held_out : Series of int, shape (users,)
        A content id per user; the index holds their public ids.
    K : int
        Neighbours per item, the item itself included.
    N : int
        Length of the lists.
    measure : callable, optional
        What the student measures with: lists and held-out items -> share. If that is wrong, the
        hint says so.

    Raises
    ------
    Hint
        With the first thing that is wrong: no share, a leak, lists of another length, another K,
        other users. Tied items may be chosen in any way.

    Examples
    --------
    >>> views = pd.DataFrame({"user_id": [1, 1, 2, 2, 3, 4], "content_id": [7, 8, 7, 8, 7, 8]})
    >>> known, held_out = Interactions.from_views(views), pd.Series([8, 9], index=[3, 4])
    >>> check_rate(1 / 2, known, held_out, K=2)
    >>> check_rate(0.0, known, held_out, K=2)
    Traceback (most recent call last):
    coursegrader.hints.Hint: a hit rate of 0 for K=2: did the model train on the hidden part? What it knows as watched it leaves out, so it can't hit. Or are lists and items of different users?
    """  # noqa: E501
    own = share_of(answer)
    rows = known.user_index(held_out.index.to_numpy())
    true = _rate(_places(known, rows, held_out, K), N)
    if abs(own - true) <= TIES:
        return
    if measure is not None:
        lists = neighbour_lists(known, K, N)[rows]
        hits = (lists == held_out.to_numpy()[:, None]).any(axis=1)
        expect(
            abs(share_of(call(measure, lists, held_out)) - hits.mean()) <= SAME,
            f"a hit rate of {own:.4g} for K={K} is not right, and neither is the function that "
            "measures it, on lists of ours: look for the mistake there first",
            "wrong-measure",
        )
    leak = (
        f"a hit rate of {own:.4g} for K={K}: did the model train on the hidden part? What it knows "
        "as watched it leaves out, so it can't hit. Or are lists and items of different users?"
    )
    expect(
        own > 0,
        leak,
        "trained-on-hidden",
    )
    for rate, code, why in _slips(known, rows, held_out, K, N):
        expect(
            abs(own - rate) > SAME,
            f"a hit rate of {own:.4g} for K={K}: that is the rate {why}",
            code,
        )
    expect(
        own > true / 10,
        leak,
        "trained-on-hidden",
    )
    expect(
        own < true,
        f"a hit rate of {own:.4g} for K={K} is too good: has the model seen the views that it is "
        "measured on, or does one hit count more than once?",
        "too-good",
    )
    raise Hint(
        f"a hit rate of {own:.4g} for K={K} is not that of {N} recommendations for each user of "
        "held_out, from a model that learned from the rest: is each list compared with the item "
        "of the same user, and is all that is used handed in?",
        "other-rate",
    )


def _places(
    known: Interactions, rows: NDArray[np.int64], items: pd.Series, K: int
) -> NDArray[np.float64]:
    """Count what comes before each user's item, by the scores alone.

    They are those of implicit's model, and not of the one that gives the lists.

    Returns
    -------
    ndarray of float64, shape (users, 2)
        How many items score higher, infinitely many if the item itself scores nothing; how many
        score the same, the item itself included.
    """
    histories = known.user_items[rows]
    scores = (histories @ trained_cosine(known.user_items, K).similarity).tocsr()
    scores = scores - scores.multiply(histories)  # histories are 0 and 1
    owner = np.repeat(np.arange(len(rows)), np.diff(scores.indptr))
    own = np.zeros(len(rows))
    at = np.isin(items, known.content_ids)
    columns = known.item_index(items.to_numpy()[at])
    own[at] = np.asarray(scores[np.flatnonzero(at), columns]).ravel()
    above = scores.data - own[owner]
    higher = np.bincount(owner[above > EQUAL], minlength=len(rows))
    equal = np.bincount(owner[np.abs(above) <= EQUAL], minlength=len(rows))
    return np.column_stack([np.where(own > EQUAL, higher, np.inf), np.maximum(equal, 1)])


def _rate(places: NDArray[np.float64], N: int) -> float:
    """Hit rate of lists of N; among equals each is as likely in the list."""
    higher, equal = places.T
    return float(np.clip((N - higher) / equal, 0, 1).mean())


def _slips(
    known: Interactions, rows: NDArray[np.int64], held_out: pd.Series, K: int, N: int
) -> Iterator[tuple[float, str, str]]:
    """Yield the rates that slips lead to, the code of each, and of what it is the rate."""
    places = _places(known, rows, held_out, K)
    for other in sorted({1, N // 2, 5, 10, 20, 2 * N} - {0, N}):
        yield (
            _rate(places, other),
            "n-not-passed",
            f"of lists of {other}, and {N} recommendations were asked for: pass N on",
        )
    for other in sorted({K - 1, K + 1, 2, 20, 50, N} - {1, K}):
        yield (
            _rate(_places(known, rows, held_out, other), N),
            "k-not-passed",
            f"of K={other}: pass on the K that is asked for, and train a new model for each"
            + (". Or did K and N change places?" if other == N else ""),
        )
    if N > 1:
        yield (
            _rate(_places(known, rows, held_out, N), K),
            "k-and-n-swapped",
            f"of K={N} and lists of {K}: did K and N change places?",
        )
    yield (
        _rate(places, N) * len(held_out) / len(known.user_ids),
        "all-users",
        "among all users of the matrix: divide by the users of held_out alone",
    )
    for wrong in (np.arange(len(rows)), np.sort(rows)):
        yield (
            _rate(_places(known, wrong, held_out, K), N),
            "other-rows",
            "of the lists of other users: choose the rows of held_out's users, in their order",
        )
