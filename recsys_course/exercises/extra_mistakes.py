"""Exercises of the page on mistakes that look like success."""

from typing import Any

from coursegrader.hints import Hint, expect
from recsys_course.exercises.outcome import exercise, near, number, numbers


@exercise("A row number means something only together with its matrix.")
def check_full_row(row: Any) -> None:
    """Look at the row of the full matrix that training row 1 was: 7 of 4, 7, 9."""
    given = number(row, "a row number")
    if given == 1:
        raise Hint(
            "that is the row of the training matrix; in the full one it is another", "same-row"
        )
    if given == 4:
        raise Hint("rows are counted from 0: row 1 is the second one", "counted-from-one")
    expect(given == 7, f"row {given:g}? Write the training rows 0, 1, 2 under 4, 7, 9", "other-row")


@exercise("One hit in four places: what was known before doesn't count.")
def check_precision(precision: Any) -> None:
    """Look at precision@4 of A, B, D, E where A, B, C were visible and D is hidden."""
    if near(precision, 2 / 4):
        raise Hint("A and B were visible: the user told us", "measured-on-visible")
    if near(precision, 3 / 4):
        raise Hint("that counts visible and hidden items: only hidden ones are hits", "both-parts")
    if near(precision, 1):
        raise Hint(
            "that is the share of the hidden items: precision is one of the places", "recall"
        )
    expect(
        near(precision, 1 / 4),
        f"{number(precision):.3g} is not it: hidden items in the list, divided by its places",
        "another-share",
    )


@exercise("One recommendation, and two places that stand for nothing.")
def check_cleaned(ids: Any) -> None:
    """Look at a list of implicit's without its fillers: 3, -1, -1."""
    given = numbers(ids)
    if given == [3, 0, 1]:
        raise Hint("two of them have the smallest score there is: they are nothing", "fillers-kept")
    if given == [3]:
        raise Hint("the list has three places: -1 stands for nothing", "places-lost")
    if given == [-1, -1, -1]:
        raise Hint("the first one is a recommendation, with a score of 0.4", "all-lost")
    if given == [3, 0, -1]:
        raise Hint("item 0 has the smallest score there is, too", "filler-kept")
    expect(given == [3, -1, -1], f"{ids} is not it: keep what has a score", "another-list")
