"""What an exercise in a lesson answers: a sentence, never an error that stops the notebook."""

import functools
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from coursegrader.hints import Hint
from recsys_course.student.achieved import achieve

EMPTY, RIGHT, NOT_YET = "empty", "right", "not yet"
_MARKS = {EMPTY: "✎", RIGHT: "✓", NOT_YET: "✗"}
_COLOURS = {EMPTY: "#0969da", RIGHT: "#1a7f37", NOT_YET: "#bf5700"}
TO_FILL = "Your turn: put your answer in place of the `...`, and run the cell again."


@dataclass(frozen=True)
class Outcome:
    """What became of an answer; a notebook shows it as a sentence.

    Parameters
    ----------
    state : str
        "empty", "right" or "not yet".
    text : str
        What the reader should hear.
    code : str
        What kind of mistake it is, such as ``"transposed-matrix"``; empty if it is none.

    Examples
    --------
    >>> Outcome("right", "Ann decides.")
    ✓ Ann decides.
    """

    state: str
    text: str
    code: str = ""

    def __repr__(self) -> str:
        return f"{_MARKS[self.state]} {self.text}"

    def _repr_html_(self) -> str:
        colour = _COLOURS[self.state]
        said = re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(repr(self)))
        return f'<div style="border-left: 4px solid {colour}; padding: 2px 10px">{said}</div>'


def exercise(right: str) -> Callable[[Callable[..., str | None]], Callable[..., Outcome]]:
    """Make a check of an exercise from a function that raises a `Hint` for a wrong answer.

    Parameters
    ----------
    right : str
        What to say to the right answer, unless the function returns something better.

    Returns
    -------
    callable
        A decorator. The check takes the reader's answers, then by name what the lesson knows. It
        returns an `Outcome`, whatever the answers are, so that "Run all" goes on.

    Examples
    --------
    >>> @exercise("Two and two is four.")
    ... def check_sum(answer):
    ...     if answer != 4:
    ...         raise Hint("count on your fingers", "miscounted")
    >>> check_sum(4), check_sum(5), check_sum(...)
    (✓ Two and two is four., ✗ count on your fingers, ✎ Your turn: put your answer ...)
    >>> check_sum(5).code
    'miscounted'
    """

    def make(check: Callable[..., str | None]) -> Callable[..., Outcome]:
        @functools.wraps(check)
        def looked_at(*answers: Any, **known: Any) -> Outcome:
            if any(map(is_unfilled, answers)):
                return Outcome(EMPTY, TO_FILL)
            try:
                said = check(*answers, **known)
            except Hint as hint:
                return Outcome(NOT_YET, str(hint), hint.code)
            except Exception as error:  # an answer of a kind that nobody thought of
                kind = type(error).__name__
                text = f"this is not the kind of answer that is asked for ({kind}: {error})"
                return Outcome(NOT_YET, text, "another-kind")
            achieve("exercise", f"{check.__module__.rpartition('.')[2]}/{check.__name__}")
            return Outcome(RIGHT, said or right)

        return looked_at

    return make


def is_unfilled(answer: Any) -> bool:
    """Tell an answer in which something is still ``...``.

    Parameters
    ----------
    answer : object
        Anything.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_unfilled([1, ...]), is_unfilled({"knn": 0.2})
    (True, False)
    """
    if isinstance(answer, dict):
        return any(map(is_unfilled, answer.values()))
    if isinstance(answer, list | tuple | set):
        return any(map(is_unfilled, answer))
    return answer is ...


def number(answer: Any, what: str = "a number") -> float:
    """Read an answer that has to be one number.

    Parameters
    ----------
    answer : object
        A number, also one of numpy's, or an array that holds just one.
    what : str
        What was asked for, for the hint.

    Returns
    -------
    float

    Raises
    ------
    Hint
        If it is something else.

    Examples
    --------
    >>> number(np.float32(0.5))
    0.5
    >>> number("half")
    Traceback (most recent call last):
    coursegrader.hints.Hint: expected a number, got str
    """
    if isinstance(answer, np.ndarray) and answer.size == 1:
        answer = answer.item()
    if isinstance(answer, bool | np.bool_) or not isinstance(answer, int | float | np.number):
        raise Hint(f"expected {what}, got {type(answer).__name__}", "not-a-number")
    if answer != answer:
        raise Hint("the answer is nan: was something divided by 0?", "nan")
    return float(answer)


def numbers(answer: Any) -> list[float]:
    """Read an answer that has to be a list of numbers.

    Parameters
    ----------
    answer : object
        A list, a tuple, an array or a Series.

    Returns
    -------
    list of float

    Raises
    ------
    Hint
        If it is something else.

    Examples
    --------
    >>> numbers((1, np.int64(2)))
    [1.0, 2.0]
    >>> numbers(3)
    Traceback (most recent call last):
    coursegrader.hints.Hint: expected a list of numbers, such as [1, 0, 2]; got int
    """
    if isinstance(answer, str | dict | set) or not hasattr(answer, "__iter__"):
        said = f"expected a list of numbers, such as [1, 0, 2]; got {type(answer).__name__}"
        raise Hint(said, "not-a-list")
    return [number(each) for each in answer]


def near(answer: Any, expected: float, tolerance: float = 0.005) -> bool:
    """Tell whether a number is right, up to rounding to two digits.

    Parameters
    ----------
    answer : object
        A number; see `number`.
    expected : float
        The right one.
    tolerance : float
        How far off it may be; of large numbers, as a share.

    Returns
    -------
    bool

    Examples
    --------
    >>> near(0.35, 0.3536), near(1 / 8, 0.3536)
    (True, False)
    """
    return abs(number(answer) - expected) <= tolerance * max(1, abs(expected))


def guess(mine: Any, truth: float, what: str = "") -> Outcome:
    """Compare a guess with what it is; the nearer the better, and none is wrong.

    Parameters
    ----------
    mine : object
        The reader's guess, a number, or ``...``.
    truth : float
        What it is; nan where the data at hand don't know.
    what : str
        What the numbers count, such as "cells in a hundred".

    Returns
    -------
    Outcome
        Nothing is told before there is a guess.

    Examples
    --------
    >>> guess(..., 12)
    ✎ First guess: put a number in place of the `...`, and run the cell again.
    >>> guess(3, 12, "films")
    ✎ You said 3 films, it is 12: 4.0 times as many.
    """
    if truth != truth:
        return Outcome(EMPTY, "This source doesn't know it: there is nothing to guess, go on.")
    if is_unfilled(mine):
        text = "First guess: put a number in place of the `...`, and run the cell again."
        return Outcome(EMPTY, text)
    try:
        said = number(mine)
    except Hint as hint:
        return Outcome(NOT_YET, str(hint), hint.code)
    unit = f" {what}" if what else ""
    told = f"You said {said:.3g}{unit}, it is {truth:.3g}"
    if abs(said - truth) <= 0.15 * abs(truth):
        return Outcome(RIGHT, f"{told}: well guessed.")
    if said <= 0 or truth <= 0:
        return Outcome(EMPTY, f"{told}.")
    times, way = (truth / said, "as many") if truth > said else (said / truth, "as much as it is")
    return Outcome(EMPTY, f"{told}: {f'{times:.1f} times {way}'}.")
