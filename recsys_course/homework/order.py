"""Whether items are the best by their scores, and in the order of them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys_course.homework.hints import Hint, expect

NEAR = 1e-4  # of the largest score: implicit sums in float32, in an order of its own


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
