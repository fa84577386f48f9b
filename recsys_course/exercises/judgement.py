"""Exercises of the lesson on judgement."""

from typing import Any

import numpy as np

from coursegrader.hints import Hint, expect
from recsys_course.exercises.outcome import exercise, near, number

LEAKS, CLEAN = set("ACD"), set("BE")
A, B = np.array([5, 2, 8, 1]), np.array([4, 2, 6, 0])  # hits of four users with two models
SAME = 0.95**30  # nobody of thirty equals looks different


@exercise("Counting, choosing, and the future of others: three leaks, and not one raises an error.")
def check_leaks(leaks: Any) -> None:
    """Look at which of the recipes A to E let the test side into the training side."""
    expect(
        isinstance(leaks, str | list | tuple | set | frozenset),
        f"expected letters, such as {{'A', 'B'}}, got {type(leaks).__name__}",
        "not-letters",
    )
    said = {str(letter).strip().upper() for letter in leaks} - {"", ","}
    expect(
        said and said <= LEAKS | CLEAN,
        f"expected some of the letters A to E, got {leaks!r}",
        "not-letters",
    )
    if said == LEAKS | CLEAN:
        raise Hint("not all of them leak: a validation part in the past is allowed", "all-accused")
    if said == CLEAN:
        raise Hint("asked for are those that leak, and these don't", "clean-ones")
    if said & CLEAN:
        count = len(said & CLEAN)
        raise Hint(
            f"{count} of yours {'is' if count == 1 else 'are'} clean: to look at May is no leak, "
            "if what is hidden lies in June",
            "clean-accused",
        )
    if "A" not in said:
        raise Hint("not all yet: ask of every count on which views it was made", "counted-first")
    if "C" not in said:
        said_of_choice = "a choice is learning, too: ask on which views each was made"
        raise Hint(f"not all yet: {said_of_choice}", "chosen-on-test")
    if "D" not in said:
        raise Hint(
            "not all yet: ask whether training holds anything later than a hidden view, of "
            "whichever user",
            "future-of-others",
        )


@exercise("Nearly four hits of lift, and none of the three is better than the others.")
def check_lift(lift: Any) -> None:
    """Look at how much the best of three equals is flattered: 20 or 30 hits, a coin for each."""
    if near(lift, 0):
        said = "each of them has no lift on average, but you report the best one"
        raise Hint(f"{said}, and it isn't picked at random", "no-curse")
    if near(lift, 5):
        said = "now and then all three were unlucky, and then the best has 20 as well"
        raise Hint(said, "always-lucky")
    if near(lift, 28.75, 0.002):
        raise Hint("that is what the report says: the lift is how far above the truth", "no-lift")
    if near(lift, 2.5):
        raise Hint("that is the best of two equals; here three compete", "best-of-two")
    if near(lift, -3.75) or near(lift, -5):
        raise Hint("below the truth? The best is reported, not the worst", "the-worst")
    if near(lift, 3.75 / 25) or near(lift, 15):
        raise Hint("that is a share of the truth: the lift is asked for in hits", "as-a-share")
    expect(
        near(lift, 3.75, 0.02),
        f"{number(lift):.3g} hits is not it. In how many of the eight equally likely cases has the "
        "best one 30 hits?",
        "another-lift",
    )


@exercise(
    "The mean difference of 1 is more than twice its error. Drawn apart, the same numbers have an "
    "error of about 2, and one would see nothing."
)
def check_paired(error: Any) -> None:
    """Look at the standard error of a paired difference: four users, two models."""
    difference = A - B
    spreads = [difference.std(ddof=ddof) for ddof in (1, 0)]  # both are in use
    apart = [np.hypot(A.std(ddof=ddof), B.std(ddof=ddof)) / 2 for ddof in (1, 0)]
    if any(near(error, spread / 2) for spread in spreads):
        return
    if any(near(error, each) for each in apart):
        said = "that draws the users of the two models apart"
        raise Hint(f"{said}: first take the difference of each user", "unpaired")
    if any(near(error, A.std(ddof=ddof) / 2 - B.std(ddof=ddof) / 2) for ddof in (1, 0)):
        raise Hint("errors can't be subtracted: subtract user by user first", "errors-subtracted")
    if any(near(error, spread) for spread in spreads):
        said = "that is the spread of single users: a mean of four has less"
        raise Hint(f"{said}, by the root of their number", "one-user")
    if any(near(error, spread / 4) for spread in spreads):
        said = "four times the users, half the width"
        raise Hint(f"{said}: divide by the root of the number of users", "no-root-of-users")
    if any(near(error, spread**2 / by) for spread in spreads for by in (1, 4)):
        raise Hint("that is a variance: a standard error is its root", "variance")
    if near(error, 1):
        raise Hint("that is the mean difference; how far could it be off?", "the-difference")
    raise Hint(
        f"{number(error):.3g} is not it. Write down the four differences first: how far do they "
        "lie from their mean?",
        "another-error",
    )


@exercise("One or two of thirty equals look different, and none at all in one such round of five.")
def check_equals(expected: Any, at_least_one: Any) -> None:
    """Look at thirty comparisons of equals at 5 %: how many are found, and the chance of any."""
    if near(expected, 1 - SAME) and near(at_least_one, 1.5):
        raise Hint("the two changed places: a chance is never above 1", "swapped")
    if near(expected, 0):
        said = "equal models look different by luck, one comparison in twenty"
        raise Hint(f"{said}; here are thirty", "no-luck")
    if near(expected, 28.5):
        raise Hint("that is how many look equal, as they should; count the others", "look-equal")
    if near(expected, 1):
        raise Hint("that would be of twenty comparisons; here are thirty", "of-twenty")
    if near(expected, 5):
        raise Hint("5 is a percentage here: 5 % of how many comparisons?", "percent-for-count")
    if not near(expected, 1.5):
        said = "each of thirty has a chance of 5 %, and a mean needn't be whole"
        raise Hint(f"{number(expected):.3g} on average is not it: {said}", "expected-off")
    if near(at_least_one, SAME):
        raise Hint("that is the chance that none of them looks different", "none-of-them")
    if near(at_least_one, 0.05):
        raise Hint("that is the chance of one comparison alone; there are thirty", "one-of-them")
    if near(at_least_one, 100 * (1 - SAME)):
        raise Hint("write the chance between 0 and 1, not in percent", "in-percent")
    if number(at_least_one) > 1 or near(at_least_one, 1):
        said = "thirty chances of 5 % don't add up to the chance of any: none at all may happen"
        raise Hint(f"{said}, too", "chances-added")
    if not near(at_least_one, 1 - SAME):
        said = "how likely is it that all thirty look equal?"
        raise Hint(f"the chance is not {number(at_least_one):.3g}: {said}", "chance-off")
