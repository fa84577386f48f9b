"""Exercises of the lesson on ranking losses."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from coursegrader.hints import Hint, expect
from recsys_course.exercises.outcome import exercise, near, number

Array = NDArray[np.float64]
USER, WATCHED, OTHER = np.array([2.0, 1.0]), np.array([0.0, 1.0]), np.array([1.0, 0.0])
SIZE = 0.2
WRONG = float(1 / (1 + np.exp(USER @ (WATCHED - OTHER))))  # e is large: the order is wrong


def _pair(answer: Any, what: str) -> Array:
    """Read an answer that has to be a vector of two numbers."""
    given = np.asarray(answer)
    expect(
        given.dtype.kind in "iuf" and given.size == 2,
        f"expected two numbers for {what}, such as [0.5, 0.5]",
        "not-a-pair",
    )
    return given.astype(float).ravel()


def _is(given: Array, right: Array) -> bool:
    """Tell whether both numbers are right, up to rounding to two digits."""
    return bool(np.allclose(given, right, rtol=0, atol=0.006))


@exercise("The user moves towards the watched item and away from the other, which moves off, too.")
def check_step(user: Any, other: Any) -> None:
    """Look at one step of BPR: x = (2, 1), y_i = (0, 1), y_j = (1, 0), size 0.2, and no price."""
    x, y = _pair(user, "the user"), _pair(other, "the item j")
    way = WATCHED - OTHER
    if _is(x, USER) or _is(y, OTHER):
        said = "does not move with you: the order is wrong, so the step moves each of them"
        raise Hint(f"{'the user' if _is(x, USER) else 'the item j'} {said}", "not-moved")
    if _is(x, USER + SIZE * (1 - WRONG) * way):
        said = f"your e is {1 - WRONG:.3f}, but the order is wrong here, and then e is large"
        raise Hint(f"{said}: 1 - σ, of the score of i minus that of j", "sigma-itself")
    if _is(x, USER + SIZE * way):
        raise Hint("how wrong the order is doesn't count with you: e is missing", "no-error")
    if _is(x, USER + WRONG * way):
        raise Hint("that is a step of size 1: only a fifth of it is taken", "no-step-size")
    if _is(x, USER - SIZE * WRONG * way):
        raise Hint("the user moves along the watched item minus the other one", "wrong-way")
    if _is(x, SIZE * WRONG * way):
        raise Hint("that is the move alone: add it to where the user stood", "move-only")
    if not _is(x, USER + SIZE * WRONG * way):
        said = f"with you the user is at ({x[0]:.3g}, {x[1]:.3g}). Find e first, then the "
        raise Hint(f"{said}difference of the items' vectors", "user-off")
    if _is(y, OTHER + SIZE * WRONG * USER):
        raise Hint("with you j rises, and it was too high already: mind its sign", "other-raised")
    if _is(y, WATCHED + SIZE * WRONG * USER):
        raise Hint("that is the watched item i after the step: j is asked for", "watched-for-other")
    if _is(y, OTHER - SIZE * WRONG * x):
        said = "you moved j along the user's new vector: all three move from where they stood"
        raise Hint(said, "moved-user-used")
    if not _is(y, OTHER - SIZE * WRONG * USER):
        said = "the user is right, but j is not at "
        raise Hint(f"{said}({y[0]:.3g}, {y[1]:.3g}): it moves along the user's vector", "other-off")


@exercise("Who trains doesn't know what is hidden: to spare tomorrow's film would be a leak.")
def check_triples(drawn: Any, triples: Any) -> None:
    """Look at what may be drawn as j of items 0 to 5, when 1 and 4 are watched and 3 is hidden."""
    given = np.asarray(sorted(drawn) if isinstance(drawn, set) else drawn)
    expect(
        given.ndim == 1 and given.dtype.kind in "iu",
        "expected a list of items, such as [0, 1]",
        "not-a-list",
    )
    mine, right = set(given.tolist()), {0, 2, 3, 5}
    strange = mine - set(range(6))
    expect(not strange, f"the catalogue has items 0 to 5, not {strange}", "no-such-item")
    if mine == {1, 4}:
        raise Hint("these are the watched ones, which can be i: j is the other side", "i-for-j")
    if mine & {1, 4}:
        said = f"{sorted(mine & {1, 4})} was watched: a triple would say that it stands below"
        raise Hint(f"{said} another watched item, or below itself", "watched-drawn")
    if mine == right - {3}:
        said = "you leave out what is hidden, and the training must not know what that is"
        raise Hint(said, "hidden-spared")
    missing = len(right - mine)
    expect(not missing, f"{missing} more may be drawn: all but what was watched", "too-few")
    count = number(triples, "a number of triples")
    if count == 6:
        raise Hint("each watched item goes with each unwatched one: multiply", "added")
    if count == 4:
        raise Hint("that is for one watched item, and there are two", "one-watched")
    expect(count == 8, f"{count:g} triples? Each i goes with each j", "miscounted")


@exercise("Odds of 3 become 0.3. The order of all items stays, as each one's odds shrink alike.")
def check_probability(probability: Any) -> None:
    """Look at a probability of 0.75, learned with a tenth of the negatives, put right."""
    given = number(probability, "a probability")
    if near(given, 0.3) or near(given, 3):
        said = "these are odds: o to 1 is a probability of o / (1 + o)"
        raise Hint(said, "odds-for-probability")
    expect(0 <= given <= 1, f"{given:g} is no probability: they end at 1", "not-a-probability")
    if near(given, 0.75):
        said = "that is what the model said, and it has seen a tenth of the unwatched pairs only"
        raise Hint(said, "not-corrected")
    if near(given, 0.075):
        said = "it is the odds that are ten times too high, not the probability: convert first"
        raise Hint(said, "probability-divided")
    if near(given, 30 / 31):
        said = "you made the odds higher still: with more unwatched pairs, watching is rarer"
        raise Hint(said, "wrong-way")
    if near(given, 1 / 31):
        said = "that is the share of watched pairs among all: this pair is better than an average"
        raise Hint(f"{said} one", "base-rate")
    expect(
        near(given, 3 / 13),
        f"{given:.3g} is not it: what are the odds of 0.75, and what is a tenth of them?",
        "another-probability",
    )


@exercise("B costs a third of A, and recall can't tell the two apart. Fast training isn't all.")
def check_cost(model: Any, seconds: Any) -> None:
    """Look at the cheapest of four models that can't be told from the best, and its CPU seconds."""
    expect(isinstance(model, str), f'expected "A" to "D", got {model!r}', "not-a-model")
    name = model.strip().upper()
    expect(name in set("ABCD"), f'there is no model "{model}": they are A to D', "not-a-model")
    if name == "D":
        said = "D is cheap, but the best is ahead of it by 0.008 at least: that can be told"
        raise Hint(said, "told-apart")
    if name == "A":
        said = "A has the highest recall, but others can't be told from it: compare what they cost"
        raise Hint(said, "highest-recall")
    if name == "C":
        said = "C is trained in a moment, but each of the 100,000 requests takes 40 ms"
        raise Hint(said, "training-alone")
    took = number(seconds, "CPU seconds")
    if near(took, 600) or near(took, 605):
        said = "the model is right, but the day has 100,000 requests after the night's training"
        raise Hint(said, "no-requests")
    if near(took, 500):
        raise Hint("the model is right, but it is trained, too, once a night", "no-training")
    if near(took, 500_600) or near(took, 500_000):
        raise Hint("the model is right, but a request takes 5 ms, not 5 s", "milliseconds")
    expect(
        near(took, 1100),
        f"the model is right, but {took:,.6g} seconds is not one training and 100,000 requests",
        "another-cost",
    )
