"""Exercises of the page on finding ten of many thousand."""

from typing import Any

from coursegrader.hints import Hint, expect
from recsys_course.exercises.outcome import exercise, near, number, numbers


@exercise("Two places, two numbers of items, the best first.")
def check_best_two(ids: Any) -> None:
    """Look at the two best of five scores, as item numbers: 1 and 3."""
    given = numbers(ids)
    if given == [0.9, 0.7]:
        raise Hint("those are the scores: which items have them?", "scores-for-ids")
    if given == [3, 1]:
        raise Hint("the right two, and the best goes first", "order")
    if given == [4, 0]:
        raise Hint("those are the smallest: numpy brings them to the front", "smallest")
    if given == [2, 4]:
        raise Hint("items are counted from 0", "counted-from-one")
    expect(given == [1, 3], f"{given} are not the best two", "another-pair")


@exercise("The third one's bound is 2.8, below 3: nobody further down can win.")
def check_computed(items: Any) -> None:
    """Look at how many products are computed: bounds 4, 3.2, 2.8, 2 against a tenth best of 3."""
    given = number(items, "a number of items")
    if given == 3:
        raise Hint("the third bound says stop, before its product is computed", "one-too-many")
    if given == 4:
        raise Hint("somewhere the bound falls below 3: stop there", "no-stop")
    if given == 1:
        raise Hint("the second bound is 2 · 1.6 = 3.2: it could still win", "too-early")
    if given == 0:
        raise Hint("the lengths alone are no bound: multiply by the user's length", "length-alone")
    expect(given == 2, f"{given:g}? Compare 2 times each length with 3", "another-number")


@exercise("Twenty megabytes for a hundred users: in blocks any catalogue is small.")
def check_block(megabytes: Any) -> None:
    """Look at the memory of a block of scores: 100 users, 50,000 items, float32."""
    if near(megabytes, 5):
        raise Hint("those are millions of scores: each takes 4 bytes", "not-bytes")
    if near(megabytes, 40):
        raise Hint("float32 takes 4 bytes, not 8", "float64")
    if near(megabytes, 20e6):
        raise Hint("those are bytes: a megabyte is a million of them", "bytes")
    expect(
        near(megabytes, 20),
        f"{number(megabytes):.3g} is not it: users times items times 4 bytes",
        "another-number",
    )
