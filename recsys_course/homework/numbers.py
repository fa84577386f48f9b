"""Checks of single numbers that a student computed."""

import math
import numbers
from typing import Any

import numpy as np
import pandas as pd

from recsys_course.homework.hints import Hint, expect


def share_of(answer: Any) -> float:
    """Take an answer for a share.

    Parameters
    ----------
    answer : float
        What the student returned.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    Hint
        If it is something else: nothing, many numbers, no number, no share.

    Examples
    --------
    >>> share_of(1 / 4)
    0.25
    >>> share_of(12)
    Traceback (most recent call last):
    coursegrader.hints.Hint: a share lies between 0 and 1, got 12: divide by the number of users
    """
    expect(
        answer is not None,
        "got None: is there a return at the end?",
        "no-return",
    )
    expect(
        np.ndim(answer) == 0,
        f"expected one number, got {np.size(answer)} of them: take the mean over users",
        "many-numbers",
    )
    expect(
        isinstance(answer, numbers.Real) and not isinstance(answer, bool | np.bool_),
        f"expected a number, got {type(answer).__name__}",
        "not-a-number",
    )
    value = float(answer)  # a plain one: what the answer says about its own equality doesn't count
    expect(
        math.isfinite(value) and 0 <= value <= 1,
        f"a share lies between 0 and 1, got {value:g}: divide by the number of users",
        "no-share",
    )
    return value


def check_share(answer: Any, expected: float, why: str, tolerance: float = 1e-6) -> None:
    """Check a share, such as a hit rate, against a value worked out by hand.

    Parameters
    ----------
    answer : float
        The student's number.
    expected : float
        Between 0 and 1.
    why : str
        The reasoning behind the expected value, read by the student before their own number.
    tolerance : float
        How far the answer may be off.

    Raises
    ------
    Hint
        With the first thing that is wrong: nothing, many numbers, no number, no share, the value.

    Examples
    --------
    >>> check_share(0.5, 1 / 2, "one of two users has a hit")
    >>> check_share(1, 1 / 2, "one of two users has a hit")
    Traceback (most recent call last):
    coursegrader.hints.Hint: one of two users has a hit; you got 1
    """
    value = share_of(answer)
    expect(
        math.isclose(value, expected, abs_tol=tolerance),
        f"{why}; you got {value:g}",
        "other-share",
    )


def check_count(answer: Any, views: pd.DataFrame) -> None:
    """Check a number of different users.

    Parameters
    ----------
    answer : int
        The student's number.
    views : DataFrame
        What was counted; column ``user_id``.

    Raises
    ------
    Hint
        With the first thing that is wrong: nothing, no number, rows counted, titles counted, value.

    Examples
    --------
    >>> views = pd.DataFrame({"user_id": [7, 7, 9], "content_id": [1, 2, 3]})
    >>> check_count(2, views)
    >>> check_count(len(views), views)
    Traceback (most recent call last):
    coursegrader.hints.Hint: got 3, the number of rows: somebody with two viewings stands in two of them, and counts once
    """  # noqa: E501
    expect(
        answer is not None,
        "got None: is there a return at the end?",
        "no-return",
    )
    expect(
        not callable(answer),
        "got a method, not a number: call it, with () at its end",
        "not-called",
    )
    expect(
        np.ndim(answer) == 0,
        f"expected one number, got {np.size(answer)} values: how many of them are there?",
        "many-numbers",
    )
    whole = isinstance(answer, numbers.Integral) and not isinstance(answer, bool | np.bool_)
    expect(
        whole,
        f"expected a whole number, got {type(answer).__name__} ({answer})",
        "not-whole",
    )
    count, users = int(answer), views["user_id"].nunique()
    if count != users:
        meant = {
            views["content_id"].nunique(): "the number of different titles: count the users",
            len(views): "the number of rows: somebody with two viewings stands in two of them, "
            "and counts once",
        }
        why = meant.get(count, "which is not the number of different users: is it of these views?")
        raise Hint(
            f"got {count}, {why}",
            "other-count",
        )
