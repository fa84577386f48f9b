"""Checks of what a factor model recommends: to one user, to many, to a newcomer."""

from typing import Any

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recsys_course.homework.als import solved
from recsys_course.homework.answers import (
    are_best,
    check_order,
    known_content,
    whole_numbers_of,
)
from recsys_course.homework.hints import Hint, expect
from recsys_course.interactions import Interactions


def check_taste(
    answer: Any,
    model: AlternatingLeastSquares,
    interactions: Interactions,
    user_id: int,
    N: int = 10,
) -> None:
    """Check what a factor model recommends to one user: content ids, best first.

    Parameters
    ----------
    answer : array-like of int, shape (at most N,)
        The student's list of content ids.
    model : AlternatingLeastSquares
        The model that the list should come from.
    interactions : Interactions
        What the model was trained on.
    user_id : int
        For whom.
    N : int
        How many were asked for; fewer are right when the user has watched nearly everything.

    Raises
    ------
    Hint
        With the first thing that is wrong: type, shape, ids, items already watched, order, value.

    Examples
    --------
    >>> from recsys_course.homework import planted, trained_als
    >>> tiny = planted()
    >>> model = trained_als(tiny.interactions.user_items, factors=3)
    >>> check_taste([0, 1], model, tiny.interactions, user_id=7, N=2)
    Traceback (most recent call last):
    coursegrader.hints.Hint: 0 is not a content id of this data: are these the model's column numbers? Translate them with interactions.content_ids
    """  # noqa: E501
    given = whole_numbers_of(answer)
    expect(
        given.ndim == 1,
        f"expected one flat list of content ids for one user, got shape {given.shape}: "
        "pass one user, or take the first row",
        "many-rows",
    )
    known_content(given, interactions)
    row = interactions.user_index(user_id)
    history = interactions.user_items[row]
    scores = model.user_factors[row].astype(np.float64) @ model.item_factors.T
    if not _suits(given, scores, history.indices, interactions, N):
        # implicit's recalculate_user=True solves for the user's factors anew, which is right too
        anew = solved(model, model.item_factors, history)[0] @ model.item_factors.T
        if _suits(given, anew, history.indices, interactions, N):
            return
    _check_list(given, scores, history.indices, interactions, f"user {user_id}", N)


def check_tastes(
    answer: Any,
    model: AlternatingLeastSquares,
    interactions: Interactions,
    user_ids: Any,
    N: int = 10,
) -> None:
    """Check what a factor model recommends to many: a row each, -1 where there is nothing.

    Parameters
    ----------
    answer : array-like of int, shape (len(user_ids), N)
        The student's content ids, best first, -1 behind the last recommendation.
    model, interactions, N
        As for `check_taste`.
    user_ids : array-like of int
        For whom, in the order of the rows. Who has no history, or no row, gets -1 only.

    Raises
    ------
    Hint
        With the first thing that is wrong, and the user it is wrong for.

    Examples
    --------
    >>> from recsys_course.homework import planted, trained_als
    >>> tiny = planted()
    >>> model = trained_als(tiny.interactions.user_items, factors=3)
    >>> check_tastes([[-1, -1]], model, tiny.interactions, [tiny.newcomer], N=2)
    """
    user_ids = np.asarray(user_ids)
    given = whole_numbers_of(answer)
    expect(
        given.shape == (len(user_ids), N),
        f"expected shape {(len(user_ids), N)} (users, N), got {given.shape}: "
        "a row per user, in the order of user_ids, N columns; fill short rows with -1",
        "other-shape",
    )
    known_content(given, interactions)
    for user_id, row in zip(user_ids.tolist(), given, strict=True):
        filled = row != -1
        if user_id not in interactions.user_ids:
            expect(
                not filled.any(),
                f"user {user_id} isn't in the matrix, the model knows nothing about them, and got "
                f"{row[filled][:3].tolist()}: -1 only was expected. Is it another user's row?",
                "unknown-user-served",
            )
            continue
        if not interactions.user_items[interactions.user_index(user_id)].nnz:
            expect(
                not filled.any(),
                f"user {user_id} has watched nothing, so every score is 0 and the order means "
                f"nothing, and got {row[filled][:3].tolist()}: -1 only was expected",
                "no-history-served",
            )
            continue
        expect(
            not (filled[1:] & ~filled[:-1]).any(),
            f"user {user_id} has -1 in front of a recommendation: -1 only fills the end of a row",
            "padding-first",
        )
        check_taste(row[filled], model, interactions, user_id, N)


def check_newcomer(
    answer: Any,
    model: AlternatingLeastSquares,
    interactions: Interactions,
    watched: Any,
    N: int = 10,
) -> None:
    """Check what a model recommends to somebody who came after its training.

    Parameters
    ----------
    answer : array-like of int, shape (at most N,)
        The student's list of content ids, best first.
    model, interactions, N
        As for `check_taste`.
    watched : array-like of int
        The content ids that the person has watched; the model may not know all of them.

    Raises
    ------
    Hint
        With the first thing that is wrong.

    Examples
    --------
    >>> from recsys_course.homework import planted, trained_als
    >>> tiny = planted()
    >>> model = trained_als(tiny.interactions.user_items, factors=3)
    >>> check_newcomer([], model, tiny.interactions, watched=[12_345])
    """
    given = whole_numbers_of(answer)
    known = np.unique(np.asarray(watched)[np.isin(watched, interactions.content_ids)])
    if not known.size:
        expect(
            given.size == 0,
            f"the model knows none of the titles watched, {list(watched)}, and {given.size} were "
            "recommended: an empty list was expected",
            "unknown-titles-served",
        )
        return
    expect(
        given.ndim == 1,
        f"expected one flat list of content ids, got shape {given.shape}: take the first row",
        "many-rows",
    )
    known_content(given, interactions)
    columns = interactions.item_index(known)
    size = len(interactions.content_ids)
    row = csr_matrix(
        (np.ones(len(columns)), (np.zeros(len(columns), int), columns)), shape=(1, size)
    )
    scores = solved(model, model.item_factors, row)[0] @ model.item_factors.T
    who = f"the newcomer who watched {', '.join(map(str, known[:3]))}"
    first = model.user_factors[0].astype(np.float64) @ model.item_factors.T
    if _suits(given, first, columns, interactions, N) and not _suits(
        given, scores, columns, interactions, N
    ):
        raise Hint(
            f"{who} got what suits the user of row 0: pass recalculate_user=True, so that the "
            "factors come from the newcomer's own row",
            "first-row-served",
        )
    counted = np.arange(len(columns))
    narrow = csr_matrix((np.ones(len(columns)), counted, [0, len(columns)]), shape=(1, size))
    scores_of_first = solved(model, model.item_factors, narrow)[0] @ model.item_factors.T
    if _suits(given, scores_of_first, counted, interactions, N) and not _suits(
        given, scores, columns, interactions, N
    ):
        raise Hint(
            f"{who} got what suits columns 0 to {len(columns) - 1}: the row has one column per "
            "title watched. Give it one per item of the model, with 1 in the titles' own columns",
            "narrow-row",
        )
    _check_list(given, scores, columns, interactions, who, N)


def _check_list(
    given: NDArray[np.int64],
    scores: NDArray[np.float64],
    watched: NDArray[Any],
    interactions: Interactions,
    who: str,
    N: int,
) -> None:
    """Compare content ids with the scores of all items, those watched left out."""
    expect(
        (given != -1).all(),
        f"{who} got -1 in the list, which stands for nothing: leave the place out",
        "padding-kept",
    )
    values, times = np.unique(given, return_counts=True)
    expect(
        not (times > 1).any(),
        f"{who} got content {values[times.argmax()] if times.size else ''} more than once",
        "twice",
    )
    left = len(scores) - len(watched)
    expect(
        len(given) <= left or len(given) > N,
        f"{who} got {len(given)} items, and only {left} are not watched yet: implicit fills the "
        "rest with watched ones at score -3.4e38, which must be cut off",
        "watched-fill",
    )
    expect(
        len(given) <= N,
        f"{who} got {len(given)} items, {N} were asked for: pass N on",
        "n-not-passed",
    )
    as_columns = np.asarray(given)[given < len(scores)]
    if are_best(as_columns, scores, watched, N) and not _suits(
        given, scores, watched, interactions, N
    ):
        raise Hint(
            f"{who}: these are the model's column numbers, which happen to be content ids too: "
            "translate them with interactions.content_ids",
            "columns-for-ids",
        )
    columns = interactions.item_index(given)
    seen = np.isin(columns, watched)
    if seen.any():
        raise Hint(
            f"{who} has already watched content {given[seen][0]}: leave watched items out, by the "
            "row of this very user (filter_already_liked_items)",
            "watched-kept",
        )
    wanted = min(N, left)
    above = int((np.delete(scores, watched) > 0).sum())
    expect(
        len(given) != above or above >= wanted,
        f"{who} got {above} items, {wanted} were expected: with factors a score below 0 is a score "
        "like any other, only what was watched is left out",
        "negative-cut",
    )
    expect(
        len(given) == wanted,
        f"{who} got {len(given)} items, {wanted} were expected: is N passed on?",
        "n-not-passed",
    )
    check_order(scores, columns, watched, who, wanted)


def _suits(
    given: NDArray[Any],
    scores: NDArray[np.float64],
    watched: Any,
    interactions: Interactions,
    N: int,
) -> bool:
    if (given == -1).any():
        return False
    return are_best(interactions.item_index(given), scores, watched, N)
