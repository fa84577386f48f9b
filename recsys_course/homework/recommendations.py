"""Checks of recommended lists: for one user and for a batch of users."""

from typing import Any

import numpy as np
from implicit.nearest_neighbours import ItemItemRecommender

from recsys_course.homework.answers import content_ids_of
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
    recsys_course.homework.hints.Hint: user 1 has already watched content 7: leave watched items out (filter_already_liked_items)
    """  # noqa: E501
    given = content_ids_of(answer, interactions)
    expect(
        given.ndim == 1,
        f"expected one flat list of content ids for one user, got shape {given.shape}: "
        "pass one user, or take the first row",
    )
    expect(len(given) <= N, f"got {len(given)} items, {N} were asked for: pass N on")
    expect(
        (given != -1).all(),
        f"user {user_id} got -1 in the list, which stands for nothing: leave the place out",
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
    recsys_course.homework.hints.Hint: user 1 got content 9 more than once. It is the last of content_ids: was implicit's padding -1 used as a position? Where it says -1 there is no item
    """  # noqa: E501
    user_ids = np.asarray(user_ids)
    given = content_ids_of(answer, interactions)
    expect(
        given.ndim == 2,
        f"expected a table with a row per user, got {given.ndim} dimension(s): "
        "rows of different length? Fill short ones with -1 up to N",
    )
    expect(
        given.shape == (len(user_ids), N),
        f"expected shape {(len(user_ids), N)} (users, N), got {given.shape}: "
        "a row per user, in the order of user_ids, N columns",
    )
    for user_id, row in zip(user_ids.tolist(), given, strict=True):
        filled = row != -1
        expect(
            not (filled[1:] & ~filled[:-1]).any(),
            f"user {user_id} has -1 in front of a recommendation: -1 only fills the end of a row",
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
            )
        )
    row = interactions.user_items[interactions.user_index(user_id)]
    scores = (row @ model.similarity).toarray().ravel()
    liked = np.zeros(len(scores), dtype=bool)
    liked[row.indices] = True
    columns = interactions.item_index(given)
    fresh = np.where(liked, 0, scores)
    # some column numbers are content ids of other items, so this mistake can pass as an answer
    as_columns = given[given < len(scores)]
    if _is_best(as_columns, fresh, N) and not _is_best(columns, fresh, N):
        raise Hint(
            f"user {user_id}: these are the model's column numbers, which happen to be content "
            "ids too: translate them with interactions.content_ids"
        )
    first = interactions.user_items[0]
    of_first = (first @ model.similarity).toarray().ravel()
    of_first[first.indices] = 0
    if _is_best(columns, of_first, N) and not _is_best(columns, fresh, N):
        raise Hint(
            f"user {user_id} got what suits the user of row 0: pass the row of this user alone, "
            "user_items[row], not the whole matrix"
        )
    found = np.sort(fresh[fresh > 0])[::-1][:N]
    real, rest = columns[: len(found)], columns[len(found) :]
    if len(rest) and (_is_best(real, fresh, N) or not len(found)) and not fresh[rest].any():
        raise Hint(
            f"user {user_id}: from content {given[len(found)]} on the score is 0. implicit fills "
            "up a short list so, with watched items too; it means no recommendation, cut it off"
        )
    if liked[columns].any():
        raise Hint(
            f"user {user_id} has already watched content {given[liked[columns]][0]}: "
            "leave watched items out (filter_already_liked_items)"
        )
    unlike = scores[columns] <= 0
    expect(
        2 * unlike.sum() <= len(given) or len(given) < 2,
        f"user {user_id}: {unlike.sum()} of these {len(given)} items are like nothing that this "
        "user watched: is it the row of this user (user_index), in the order asked for?",
    )
    if unlike.any():
        raise Hint(
            f"user {user_id}: content {given[unlike][0]} has score 0, it is like "
            "nothing this user watched. That means no recommendation: leave it out"
        )
    expect(
        len(given) == len(found),
        f"user {user_id} got {len(given)} items, and {len(found)} of the {N} asked for have a "
        "score above 0: is the right user's row passed, and N?",
    )
    expect(
        (np.diff(scores[columns]) <= TOLERANCE).all(),
        f"user {user_id}: the best item goes first, and these are not in the order of the scores",
    )
    other = ~np.isclose(scores[columns], found, atol=TOLERANCE)
    expect(
        not other.any(),
        f"user {user_id}: {other.sum()} of {len(found)} items are not the model's best for this "
        "user: is it the row of this user (user_index), and nobody else's?",
    )


def _is_best(columns: np.ndarray, scores: np.ndarray, N: int) -> bool:
    """Whether these columns hold the N best positive scores, in falling order."""
    best = np.sort(scores[scores > 0])[::-1][:N]
    return len(columns) == len(best) > 0 and np.allclose(scores[columns], best, atol=TOLERANCE)
