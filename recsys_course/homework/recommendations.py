"""Checks of recommended lists: for one user and for a batch of users."""

from typing import Any

import numpy as np
from implicit.nearest_neighbours import ItemItemRecommender
from numpy.typing import NDArray

from recsys_course.homework.answers import known_content, whole_numbers_of
from recsys_course.homework.hints import Hint, expect
from recsys_course.homework.models import TOLERANCE
from recsys_course.interactions import Interactions


def check_recommended(
    answer: Any, model: ItemItemRecommender, interactions: Interactions, user_id: int, N: int = 10
) -> None:
    """Check one user's recommended content ids, best first.

    Parameters
    ----------
    answer : array-like of int, shape (at most N,)
        The student's list of content ids.
    model : ItemItemRecommender
        The model that the list should come from.
    interactions : Interactions
        What the model was trained on.
    user_id : int
        For whom.
    N : int
        How many were asked for; fewer are right when fewer items have a score above 0.

    Raises
    ------
    Hint
        With the first thing that is wrong: type, shape, ids, items already watched, order, value.
        Tied items may stand in any order.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from recsys_course.homework import trained_cosine
    >>> views = pd.DataFrame({"user_id": [1, 1, 2, 2, 2], "content_id": [7, 8, 7, 8, 9]})
    >>> interactions = Interactions.from_views(views)
    >>> model = trained_cosine(interactions.user_items, K=3)
    >>> check_recommended([9], model, interactions, user_id=1)
    >>> check_recommended([7, 9], model, interactions, user_id=1)
    Traceback (most recent call last):
    coursegrader.hints.Hint: user 1 has already watched content 7: leave watched items out (filter_already_liked_items)
    """  # noqa: E501
    given = whole_numbers_of(answer)
    expect(
        given.ndim == 1,
        f"expected one flat list of content ids for one user, got shape {given.shape}: "
        "pass one user, or take the first row",
        "many-rows",
    )
    known_content(given, interactions)
    expect(
        len(given) <= N,
        f"got {len(given)} items, {N} were asked for: pass N on",
        "n-not-passed",
    )
    expect(
        (given != -1).all(),
        f"user {user_id} got -1 in the list, which stands for nothing: leave the place out",
        "padding-kept",
    )
    _check_list(given, model, interactions, user_id, N)


def check_batch(
    answer: Any,
    model: ItemItemRecommender,
    interactions: Interactions,
    user_ids: Any,
    N: int = 10,
) -> None:
    """Check the recommended content ids of many users: a row per user, -1 where there is nothing.

    Parameters
    ----------
    answer : array-like of int, shape (len(user_ids), N)
        The student's content ids, best first, -1 behind the last recommendation.
    model : ItemItemRecommender
        The model that the lists should come from.
    interactions : Interactions
        What the model was trained on.
    user_ids : array-like of int
        For whom, in the order of the rows.
    N : int
        Columns.

    Raises
    ------
    Hint
        With the first thing that is wrong, and the user it is wrong for.

    Examples
    --------
    >>> import pandas as pd
    >>> from recsys_course.homework import trained_cosine
    >>> views = pd.DataFrame({"user_id": [1, 1, 2, 2, 2], "content_id": [7, 8, 7, 8, 9]})
    >>> interactions = Interactions.from_views(views)
    >>> model = trained_cosine(interactions.user_items, K=3)
    >>> check_batch([[9, -1], [-1, -1]], model, interactions, user_ids=[1, 2], N=2)
    >>> check_batch([[9, 9], [9, 9]], model, interactions, user_ids=[1, 2], N=2)
    Traceback (most recent call last):
    coursegrader.hints.Hint: user 1 got content 9 more than once. It is the last of content_ids: was implicit's padding -1 used as a position? Where it says -1 there is no item
    """  # noqa: E501
    user_ids = np.asarray(user_ids)
    given = whole_numbers_of(answer)
    expect(
        given.ndim == 2,
        f"expected a table with a row per user, got one flat list of size {given.size}: "
        "is it all rows in one, or does a return inside of the loop end it with the first user?",
        "one-row",
    )
    expect(
        given.shape == (len(user_ids), N),
        f"expected shape {(len(user_ids), N)} (users, N), got {given.shape}: "
        "a row per user, in the order of user_ids, N columns",
        "other-shape",
    )
    known_content(given, interactions)
    for user_id, row in zip(user_ids.tolist(), given, strict=True):
        filled = row != -1
        expect(
            not (filled[1:] & ~filled[:-1]).any(),
            f"user {user_id} has -1 in front of a recommendation: -1 only fills the end of a row",
            "padding-first",
        )
        _check_list(row[filled], model, interactions, user_id, N)


def _check_list(
    given: np.ndarray,
    model: ItemItemRecommender,
    interactions: Interactions,
    user_id: int,
    N: int,
) -> None:
    """Compare one user's content ids with the model's scores of all items."""
    values, times = np.unique(given, return_counts=True)
    if (times > 1).any():
        twice = values[times > 1][0]
        raise Hint(
            f"user {user_id} got content {twice} more than once."
            + (
                " It is the last of content_ids: was implicit's padding -1 used as a position? "
                "Where it says -1 there is no item"
                if twice == interactions.content_ids[-1]
                else ""
            ),
            "twice",
        )
    row = interactions.user_items[interactions.user_index(user_id)]
    scores = (row @ model.similarity).toarray().ravel()
    fresh = scores.copy()
    fresh[row.indices] = 0
    if not _is_best(interactions.item_index(given), fresh, N):
        code, slip = _slip(given, scores, row.indices, model, interactions, N)
        raise Hint(f"user {user_id}{slip}", code)


def _slip(
    given: NDArray[np.int64],
    scores: NDArray[np.float64],
    liked: NDArray[np.integer],
    model: ItemItemRecommender,
    interactions: Interactions,
    N: int,
) -> tuple[str, str]:
    """Name the slip that leads to a wrong list, the surest first: its code, and what to say."""
    columns = interactions.item_index(given)
    fresh = scores.copy()
    fresh[liked] = 0
    found = _best(fresh, N)
    many = f"{len(found)} of the {N} asked for have a score above 0"
    # some column numbers are content ids of other items, so this mistake can pass as an answer
    if len(found) and _is_best(given[given < len(scores)], fresh, N):
        return "columns-for-ids", (
            ": these are the model's column numbers, which happen to be content ids too: "
            "translate them with interactions.content_ids"
        )
    first = interactions.user_items[0]
    of_first = (first @ model.similarity).toarray().ravel()
    of_first[first.indices] = 0
    if len(given) and _is_best(columns, of_first, N):
        return "whole-matrix", (
            " got what suits the user of row 0: pass the row of this user alone, "
            "user_items[row], not the whole matrix (of many users their rows, in the order asked "
            "for)"
        )
    real, rest = columns[: len(found)], columns[len(found) :]
    if len(rest) and _is_best(real, fresh, N) and not fresh[rest].any():
        return "fill-kept", (
            f": from content {given[len(found)]} on the score is 0. implicit fills up a short list "
            "so, with watched items too; it means no recommendation, cut it off"
        )
    if not len(given):
        return (
            "nothing-recommended",
            f" got nothing, and {many}: only a score of 0 means no recommendation",
        )
    kept = np.argsort(-scores, kind="stable")[:N]
    new = kept[~np.isin(kept, liked)]
    if len(new) < len(kept) and _same(scores[columns], scores[new]):
        return "filtered-late", (
            f": watched items were taken out after the list was cut to {N}, so it is too short. "
            "The model leaves them out before (filter_already_liked_items)"
        )
    if _same(fresh[columns], found[: len(columns)]):
        return (
            "n-not-passed",
            f" got the best {len(given)}, and {many}: is N passed on, and nothing cut off?",
        )
    if np.isin(columns, liked).any():
        return "watched-kept", (
            f" has already watched content {given[np.isin(columns, liked)][0]}: leave watched "
            "items out (filter_already_liked_items)"
        )
    if _same(fresh[columns], _best(fresh, len(columns) + 1)[1:]):
        return "first-dropped", (
            ": the model's best item is missing, and the rest is right: was the first one dropped? "
            "In this list it is no item that the user has watched"
        )
    if _same(np.sort(fresh[columns])[::-1], found):
        return (
            "wrong-order",
            ": the best item goes first, and these are not in the order of the scores",
        )
    unlike = int((fresh[columns] <= 0).sum())
    if unlike:
        return "unlike", (
            f": {unlike} of these {len(given)} items are like nothing that this user watched: are "
            "they the model's list, for the row of this user (user_index), in the order asked for?"
        )
    if len(given) != len(found):
        return "other-length", (
            f" got {len(given)} items, and {many}: is the right user's row passed, to the model "
            "that was handed in, and N?"
        )
    other = int((~np.isclose(fresh[columns], found, atol=TOLERANCE)).sum())
    return "other-items", (
        f": {other} of {len(found)} items are not the model's best for this user: is it the model "
        "that was handed in, and the row of this user (user_index), nobody else's?"
    )


def _best(scores: NDArray[np.float64], N: int) -> NDArray[np.float64]:
    """Scores of the N best items, as far as they are above 0."""
    return np.sort(scores[scores > 0])[::-1][:N]


def _same(scores: NDArray[np.float64], others: NDArray[np.float64]) -> bool:
    return len(scores) == len(others) and np.allclose(scores, others, atol=TOLERANCE)


def _is_best(columns: NDArray[Any], scores: NDArray[np.float64], N: int) -> bool:
    """Whether these columns hold the N best positive scores, in falling order."""
    return _same(scores[columns], _best(scores, N))
