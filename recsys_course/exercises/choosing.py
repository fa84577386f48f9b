"""Exercises of the lesson on choosing: who has something to offer, what may be reported."""

from typing import Any

from coursegrader.hints import Hint, expect
from recsys_course.exercises.outcome import exercise, near, number, numbers


@exercise("The two nearest have nothing to tell you; the farther ones have.")
def check_offer(new: Any) -> None:
    """Look at what four neighbours have to offer: watched minus shared."""
    given = numbers(new)
    expect(len(given) == 4, f"expected four numbers, got {len(given)}", "another-length")
    if given == [1, 6, 12, 20]:
        raise Hint("that is all they watched: what of it is new to you?", "all-they-watched")
    if given == [1, 6, 3, 4]:
        raise Hint("that is what you share: the rest is new", "shared-for-new")
    if any(each < 0 for each in given):
        raise Hint("a number of items is never negative: watched minus shared", "negative")
    wrong = sum(one != other for one, other in zip(given, [0, 0, 9, 16], strict=True))
    expect(wrong == 0, f"{wrong} of 4 are off: watched, minus what you share", "other-numbers")


@exercise("The choice is made on validation, and the hidden part is looked at once, after it.")
def check_choice(K: Any, recall: Any) -> None:
    """Look at a choice among four K's, and at the figure that is reported for it."""
    chosen, reported = number(K), number(recall)
    expect(chosen in (20, 50, 100, 200), f"{chosen:g} is none of the four K's", "no-such-k")
    if chosen == 50:
        raise Hint("that is the best on the test part, which must not choose", "chosen-on-test")
    if chosen != 100:
        raise Hint(f"K = {chosen:g} is not the best on validation", "not-the-best")
    if near(reported, 0.26, 0.001):
        said = "that figure is from validation, where the winner had luck, too"
        raise Hint(f"{said}: report what the other part says", "validation-reported")
    if near(reported, 0.27, 0.001):
        raise Hint("that figure belongs to another K", "another-k-reported")
    expect(near(reported, 0.24, 0.001), f"{reported:.3g} is not in K's row", "another-figure")


@exercise("A gain of 0.2 that two of five people bring: an interval around it would be wide.")
def check_pairs(mean: Any, speaking: Any) -> None:
    """Look at a mean paired difference, and at how many of five people it rests on."""
    if near(mean, -0.2):
        raise Hint("first minus second, person by person: the sign has turned", "sign")
    if near(mean, 1):
        raise Hint("that is the sum of the differences: divide it by the five people", "sum")
    if near(mean, 0.5):
        said = "that is the mean over those who differ: the others count as 0"
        raise Hint(said, "only-those-who-differ")
    expect(near(mean, 0.2), f"{number(mean):.3g} is not the mean difference", "another-mean")
    if number(speaking) == 5:
        raise Hint("for three people both models are alike: they don't speak", "all-speak")
    expect(number(speaking) == 2, f"{number(speaking):g} people? Who has a difference?", "speakers")


@exercise("Ann came back. Bob did not, and nothing can be judged. Cem is new: no model knows him.")
def check_tomorrow(judged: Any, cold: Any) -> None:
    """Look at who can be judged at a moment, and who is a cold start."""
    members, new = _people(judged), _people(cold)
    if members == {"Cem"} and new == {"Ann"}:
        raise Hint("the two changed places", "swapped")
    if "Cem" in members:
        raise Hint("Cem has no view before the moment: no model can know him", "cold-judged")
    if "Bob" in members:
        raise Hint("Bob never comes back: nothing of his is hidden", "nothing-hidden")
    expect(members == {"Ann"}, f"{sorted(members)}? Who was there before and after?", "judged")
    if "Bob" in new:
        raise Hint("Bob's views are all before the moment: he is known", "known-is-cold")
    expect(new == {"Cem"}, f"{sorted(new)}? Who is there only after the moment?", "cold")


def _people(answer: Any) -> set[str]:
    names = {answer} if isinstance(answer, str) else set(answer)
    unknown = sorted(str(name) for name in names - {"Ann", "Bob", "Cem"})
    if unknown:
        raise Hint(f"{unknown[0]} is none of Ann, Bob and Cem", "unknown-name")
    return names
