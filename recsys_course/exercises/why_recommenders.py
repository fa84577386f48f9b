"""Exercises of the first lesson: rows by hand, fair days, folded series, a chart for one viewer."""

from typing import Any

from coursegrader.hints import Hint, expect
from recsys_course.exercises.outcome import exercise, near, number, numbers


@exercise("Storm is half as good as the best to the people, two thirds to the content.")
def check_lean(storm: Any) -> None:
    """Look at Storm's score with weight 0.6 of the people: 0.6 · 1/2 + 0.4 · 2/3."""
    if near(storm, 0.6 * 1 + 0.4 * 2):
        said = "votes and tag scores have different scales: divide each by its largest first"
        raise Hint(said, "not-scaled")
    if near(storm, 0.4 / 2 + 0.6 * 2 / 3):
        raise Hint("the weights changed places: 0.6 goes to the people", "weights-swapped")
    if near(storm, 1 / 2 + 2 / 3):
        raise Hint("that is the plain sum: each part is multiplied by its weight", "not-weighted")
    if near(storm, (1 / 2 + 2 / 3) / 2):
        raise Hint("that is half and half; here the people weigh 0.6", "half-and-half")
    expect(
        near(storm, 0.6 / 2 + 0.4 * 2 / 3),
        f"{number(storm):.3g} is not it: 0.6 times what the people say, and 0.4 times what the "
        "tags say, each divided by the largest of its column",
        "another-score",
    )


@exercise("Only Ann watched Cactus, so the shelf holds what Ann watched.")
def check_under(counts: Any) -> None:
    """Look at the shelf under Cactus: how many watched it and each of four others."""
    given = numbers(counts)
    expect(
        len(given) != 5,
        "there are five numbers: Cactus itself has no place on its own shelf",
        "itself-included",
    )
    expect(len(given) == 4, f"expected four numbers, got {len(given)}", "another-length")
    if given == [2, 3, 1, 0]:
        raise Hint(
            "these are all viewers of each film: count who watched Cactus, too", "all-viewers"
        )
    if given == [2, 3, 2, 1]:
        raise Hint("that counts who watched either film: who watched both?", "either-for-both")
    wrong = sum(one != other for one, other in zip(given, [1, 1, 0, 0], strict=True))
    expect(wrong == 0, f"{wrong} of 4 are off: who watched Cactus, and what else?", "other-counts")


@exercise("Per day Saturday is busier, though Friday has more views in sum.")
def check_days(friday: Any, saturday: Any) -> None:
    """Look at views per day: 900 on five Fridays, 800 on four Saturdays."""
    if near(friday, 900) and near(saturday, 800):
        raise Hint(
            "these are the sums: how many Fridays are in the log, how many Saturdays?", "sums"
        )
    if near(friday, 100) and near(saturday, 800 / 9):
        raise Hint("each weekday is divided by its own number of days, not by all nine", "all-days")
    if near(friday, 200) and near(saturday, 180):
        raise Hint("the two changed places", "swapped")
    if near(friday, 225) or near(saturday, 160):
        raise Hint("five Fridays, four Saturdays: the divisors changed places", "days-swapped")
    expect(
        near(friday, 180) and near(saturday, 200),
        f"{number(friday):.4g} and {number(saturday):.4g} are not views per day",
        "not-per-day",
    )


@exercise("Two series and two films: four things that somebody could choose.")
def check_folded(titles: Any) -> None:
    """Look at the number of titles of seven items: series of three and of two, two films."""
    reasons = {
        7: ("not-folded", "these are the items: episodes of one series are one title"),
        2: ("films-lost", "films belong to no series and stay titles of their own"),
        3: ("films-joined", "no series is not a series: two films stay two titles"),
        5: (
            "series-lost",
            "those are the episodes: each series is one title, and films count, too",
        ),
    }
    given = number(titles, "a number of titles")
    if given in reasons:
        raise Hint(reasons[int(given)][1], reasons[int(given)][0])
    expect(given == 4, f"{given:g} is not it: count series once, films one by one", "other-count")


@exercise("Take out what was watched first, then cut: the row stays full.")
def check_row(row: Any) -> None:
    """Look at the two most popular new items for one viewer: B and D."""
    given = [row] if isinstance(row, str) else list(row)
    if given == ["A", "B"] or given == ["A", "C"]:
        raise Hint("A has been watched already: a row shows what is new", "watched-shown")
    if given == ["B"]:
        raise Hint("the cut came first, so one place stays empty: filter, then cut", "cut-first")
    if given == ["D", "B"]:
        raise Hint("the right two: the most watched goes first", "order")
    if given == ["D", "E"] or given == ["E", "D"]:
        raise Hint("that is the other end of the chart: the most watched go first", "least-watched")
    expect(
        given == ["B", "D"],
        f"{given} is not it: go down the chart, pass over what was watched, stop at two",
        "another-row",
    )
