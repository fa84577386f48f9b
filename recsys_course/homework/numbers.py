"""Checks of single numbers that a student computed."""

import math
import numbers
from typing import Any

import numpy as np

from recsys_course.homework.hints import expect


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
    recsys_course.homework.hints.Hint: one of two users has a hit; you got 1
    """
    expect(answer is not None, "got None: is there a return at the end?")
    expect(
        np.ndim(answer) == 0,
        f"expected one number, got {np.size(answer)} of them: take the mean over users",
    )
    expect(
        isinstance(answer, numbers.Real) and not isinstance(answer, bool | np.bool_),
        f"expected a number, got {type(answer).__name__}",
    )
    value = float(answer)  # a plain one: what the answer says about its own equality doesn't count
    expect(
        math.isfinite(value) and 0 <= value <= 1,
        f"a share lies between 0 and 1, got {value:g}: divide by the number of users",
    )
    expect(math.isclose(value, expected, abs_tol=tolerance), f"{why}; you got {value:g}")
