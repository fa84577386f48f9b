"""From what a student returned to content ids in the right order, or a hint that says what else."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recsys_course.homework.hints import Hint, expect
from recsys_course.interactions import Interactions

NEAR = 1e-4  # of the largest score: implicit sums in float32, in an order of its own


def whole_numbers_of(answer: Any) -> NDArray[np.int64]:
    """Take an answer for numbers of content.

    Parameters
    ----------
    answer : array-like of int
        What the student returned.

    Returns
    -------
    ndarray of int64
        In the answer's shape.

    Raises
    ------
    Hint
        If it is something else: nothing, one number, a pair, scores, texts, rows of several
        lengths.

    Examples
    --------
    >>> whole_numbers_of([[8, -1]])
    array([[ 8, -1]])
    """
    expect(
        answer is not None,
        "got None: is there a return at the end?",
        "no-return",
    )
    expect(
        not (
            isinstance(answer, tuple)
            and len(answer) == 2
            and all(isinstance(part, np.ndarray | list) for part in answer)
        ),
        "got a pair, as implicit returns it (ids, scores): return the content ids alone",
        "pair-returned",
    )
    expect(
        isinstance(answer, list | tuple | np.ndarray | pd.Series | pd.DataFrame | pd.Index),
        f"expected an array or a list of content ids, best first, got {kind_of(answer)}",
        "not-a-list",
    )
    try:
        given = np.asarray(answer)
    except ValueError as error:
        raise Hint(
            "rows of different length: fill short ones with -1 up to N, so that all have N columns",
            "ragged-rows",
        ) from error
    if given.size == 0:
        return given.astype(np.int64)
    if given.dtype == object:
        expect(
            all(value is not None for value in given.flat),
            "None stands where nothing is recommended: fill with -1, which is a whole number",
            "none-for-nothing",
        )
        if all(type(value) is int or isinstance(value, np.integer) for value in given.flat):
            given = given.astype(np.int64)
    if np.issubdtype(given.dtype, np.floating):
        _refuse_floats(given)
    expect(
        not np.issubdtype(given.dtype, np.str_) and not isinstance(given.flat[0], str),
        f"expected content ids, which are whole numbers, got texts such as {str(given.flat[0])!r}",
        "texts-for-ids",
    )
    expect(
        np.issubdtype(given.dtype, np.integer),
        f"expected whole numbers (content ids), got {given.dtype}",
        "not-whole",
    )
    return given


def known_content(given: NDArray[np.int64], interactions: Interactions) -> None:
    """Check that numbers are content ids of the data, or -1.

    Parameters
    ----------
    given : ndarray of int
        What the student returned.
    interactions : Interactions
        Which content ids there are.

    Raises
    ------
    Hint
        If some aren't: 0 for nothing, column numbers.

    Examples
    --------
    >>> views = pd.DataFrame({"user_id": [1, 1], "content_id": [7, 8]})
    >>> known_content(np.array([8, -1]), Interactions.from_views(views))
    """
    real = given[given != -1]
    unknown = real[~np.isin(real, interactions.content_ids)]
    if unknown.size and not unknown.any():
        raise Hint(
            "0 is not a content id of this data: does it stand where nothing is recommended? "
            "There, the answer holds -1",
            "zero-for-nothing",
        )
    if (unknown >= len(interactions.content_ids)).any():
        strange = unknown[unknown >= len(interactions.content_ids)][0]
        raise Hint(
            f"{strange} is no content id of this data, and no column number either: "
            + (
                "it is a user id. content_ids translates columns, user_ids translates rows"
                if strange in interactions.user_ids
                else "does it come from other data?"
            ),
            "no-content-id",
        )
    if unknown.size:
        raise Hint(
            f"{unknown[0]} is not a content id of this data: are these the model's column numbers? "
            "Translate them with interactions.content_ids",
            "columns-for-ids",
        )


def kind_of(answer: Any) -> str:
    """Name what came in place of a list, and why it won't do."""
    if isinstance(answer, int | np.integer):
        return f"one number, {answer}: all recommendations are wanted, also if it is but one"
    if isinstance(answer, set | frozenset):
        return "a set, which has no order"
    if isinstance(answer, dict):
        return "a dictionary: return its list alone"
    if isinstance(answer, str):
        return "one text"
    return type(answer).__name__


def _refuse_floats(given: NDArray[Any]) -> None:
    """Say where floats come from: nothing put as nan, pairs, ids turned into floats, scores."""
    if np.isnan(given).any():
        raise Hint(
            "nan stands where nothing is recommended, and turns all ids into floats: "
            "fill with -1, which is a whole number",
            "nan-for-nothing",
        )
    whole = given == np.floor(given)
    if given.ndim == 2 and whole[:, 0].all() and not whole.all():
        raise Hint(
            "got a table with ids and scores: return the content ids alone",
            "scores-returned",
        )
    raise Hint(
        f"content ids are whole numbers, got {given.dtype} such as {given.flat[0]:g}: "
        + (
            "ids turned into floats; keep them int"
            if whole.all()
            else "are these the scores? recommend returns (ids, scores), in this order"
        ),
        "floats-for-ids",
    )


def check_order(
    scores: NDArray[np.float64], columns: Any, without: Any, who: str, wanted: int
) -> None:
    """Check that columns are those of the best scores, in falling order.

    Parameters
    ----------
    scores : ndarray of float64, shape (items,)
        Of all items.
    columns : array of int
        The student's choice.
    without : array of int
        Columns that are left out.
    who : str
        The beginning of the hint.
    wanted : int
        How many there should be.

    Raises
    ------
    Hint
        If the order or the choice is wrong. Tied items may stand in any order.

    Examples
    --------
    >>> check_order(np.array([0.1, 0.9, 0.5]), [1, 2], [], "ann", wanted=2)
    >>> check_order(np.array([0.1, 0.9, 0.5]), [2, 1], [], "ann", wanted=2)
    Traceback (most recent call last):
    coursegrader.hints.Hint: ann: the right items, not in the order of their scores; the best goes first
    """  # noqa: E501
    fresh = np.delete(scores, without)
    best = np.sort(fresh)[::-1][:wanted]
    near = NEAR * max(np.abs(best).max(initial=0.0), 1e-9)
    mine = scores[columns]
    if np.allclose(np.sort(mine)[::-1], best, rtol=0, atol=near):
        expect(
            (np.diff(mine) <= near).all(),
            f"{who}: the right items, not in the order of their scores; the best goes first"
            + (", and these are sorted by id" if (np.diff(columns) > 0).all() else ""),
            "wrong-order",
        )
        return
    worse = int((mine < best[-1] - near).sum())
    raise Hint(
        f"{who}: {worse} of {wanted} items are not among the model's best here: is it the right "
        "row, nobody else's, and are ids and columns translated both ways?",
        "other-items",
    )


def are_best(columns: NDArray[Any], scores: NDArray[np.float64], without: Any, wanted: int) -> bool:
    """Tell whether columns hold the best scores, in falling order.

    Parameters
    ----------
    columns, scores, without, wanted
        As for `check_order`.

    Returns
    -------
    bool
        False for no columns, too.

    Examples
    --------
    >>> are_best(np.array([1, 2]), np.array([0.1, 0.9, 0.5]), [], 2)
    True
    """
    fresh = np.delete(scores, without)
    best = np.sort(fresh)[::-1][:wanted]
    if len(columns) != len(best) or not len(best):
        return False
    near = NEAR * max(np.abs(best).max(), 1e-9)
    return bool(np.allclose(scores[columns], best, rtol=0, atol=near))
