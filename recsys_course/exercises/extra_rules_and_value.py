"""Exercises of the page on business rules, and on what a recommender is worth."""

from typing import Any

from coursegrader.hints import Hint, expect
from recsys_course.exercises.outcome import exercise, near, number


@exercise("It costs 4.5 %, so one may; the next step costs 10 %.")
def check_boost(boost: Any) -> None:
    """Look at the largest boost of a table that costs less than 5 % of the recall."""
    given = number(boost)
    expect(given in (0, 0.25, 0.5, 1, 2), f"{given:g} is not in the table", "not-in-the-table")
    if given == 0:
        raise Hint("without a boost nothing is paid, and no new title shown", "no-boost")
    if given < 1:
        raise Hint(f"{given:g} costs less than 5 %: may it be more?", "more-is-allowed")
    if given > 1:
        said = "that costs 0.180 / 0.200, a tenth of the recall: 5 % are meant, not 5 points"
        raise Hint(said, "costs-too-much")


@exercise("Filter, then cut: the next best has moved up, and the row is full.")
def check_filtered(row: Any) -> None:
    """Look at three places after a filter: A, C, E of A to F without B and D."""
    given = list(row)
    if given == ["A", "B", "C"]:
        raise Hint("B may not be shown: its licence is gone", "not-filtered")
    if given == ["A", "C"]:
        raise Hint("a place is empty: that is filtering after the cut", "cut-first")
    if sorted(map(str, given)) == ["A", "C", "E"]:
        expect(given == ["A", "C", "E"], "the right three, in another order", "order")
    expect(
        given == ["A", "C", "E"],
        f"{given} is not it: pass over what may not be shown, stop at three",
        "another-row",
    )


@exercise("Six hundred of sixty thousand: a small share of a small share.")
def check_kept(more: Any) -> None:
    """Look at how many more stay: 1 % fewer of the 6 % of a million that leave."""
    given = number(more, "a number of subscribers")
    if near(given, 10_000):
        raise Hint("1 % fewer leave: that is of those who leave, not of all", "of-all")
    if near(given, 1_200):
        raise Hint("2 % more watch time makes 1 % fewer leave, not 2 %", "half-forgotten")
    if near(given, 60_000):
        raise Hint("those are all who leave: how many of them stay now?", "all-leavers")
    if near(given, 59_400):
        raise Hint("those still leave: how many more stay?", "still-leaving")
    expect(
        near(given, 600), f"{given:,.0f} is not it: who leaves, and 1 % of them", "another-number"
    )
