"""Exercises of the lesson on ALS."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from coursegrader.hints import Hint, expect
from recsys_course.exercises.outcome import exercise, near, number

Array = NDArray[np.float64]
HELD = np.array([[1.0, 0.0], [1.0, 1.0]])  # y of the film that was watched, and of the other
#: (factors, alpha) -> recall on validation, and on the hidden part
TRIED: dict[tuple[float, float], tuple[float, float]] = {
    (16, 5): (0.150, 0.171),
    (16, 20): (0.170, 0.152),
    (64, 5): (0.160, 0.180),
    (64, 20): (0.166, 0.163),
}
ROBOT = 4  # the column of the one film that the newcomer has watched
LAMBDA = 0.5  # of the toy


def _numbers(answer: Any, size: int, what: str) -> Array:
    """Read an answer that has to be a few numbers; a single row of a matrix will do."""
    given = np.asarray(answer)
    expect(given.dtype.kind in "iuf" and given.ndim, f"expected {what}", "not-a-vector")
    given = given.astype(float).ravel()
    expect(given.size == size, f"expected {what}: you have {given.size} numbers", "another-size")
    expect(not np.isnan(given).any(), "there is a nan: was something divided by 0?", "nan")
    return given


def _is(given: Array, right: Any) -> bool:
    """Tell whether all numbers are right, up to rounding to two digits."""
    return bool(np.allclose(given, right, rtol=0, atol=0.006))


def _half(left: tuple[float, float], right: float = 3, price: float = 1) -> Array:
    """Solve the user's system with these confidences on the left, and this one on the right."""
    return np.linalg.solve(HELD.T @ np.diag(left) @ HELD + price * np.eye(2), right * HELD[0])


@exercise(
    "The watched film scores 2 / 3, the other 1 / 3. The second factor is negative: only the film "
    "that was not watched has it."
)
def check_half_step(x: Any) -> None:
    """Look at a user's two factors: y = (1, 0) watched, y = (1, 1) not, c = 3, and λ = 1."""
    given = _numbers(x, 2, "the two factors of the user, such as [0.5, 0.5]")
    if _is(given, _half((3, 1), price=0)):
        said = "that fits 1 and 0 exactly, at any length: on the left, λ on the diagonal is missing"
        raise Hint(said, "no-price")
    if _is(given, _half((3, 0))):
        said = "the film that was not watched is left out: it is a 0 with confidence 1, and counts"
        raise Hint(said, "zero-left-out")
    if _is(given, _half((1, 1), 1)):
        said = "that is for equal confidences: what was watched has confidence 3 here"
        raise Hint(said, "no-confidence")
    if _is(given, _half((3, 1), 1)):
        said = "the confidence stands on both sides of the system, and on the right yours has none"
        raise Hint(said, "right-without-confidence")
    if _is(given, _half((1, 1))):
        said = "the confidence stands on both sides of the system, and on the left yours has none"
        raise Hint(said, "left-without-confidence")
    if _is(given, _half((4, 1))):
        said = "YᵀY holds the watched film once already: add c - 1 times its part, not c times"
        raise Hint(said, "counted-once-more")
    if _is(given, _half((3, 3))):
        raise Hint("what was not watched has confidence 1, and you gave it 3", "zero-too-sure")
    score = HELD @ given
    cost = 3 * (1 - score[0]) ** 2 + score[1] ** 2 + given @ given
    expect(
        _is(given, _half((3, 1))),
        f"with ({given[0]:.3g}, {given[1]:.3g}) this user costs {cost:.3g}, and some x costs less. "
        "Write the four numbers of the left side first",
        "costs-more",
    )


@exercise(
    "With `implicit` the film that was left counts 0.5, less than one that was never started, "
    "which counts 1. If your matrix holds amounts, look at the smallest confidence."
)
def check_confidence(in_implicit: Any, in_paper: Any) -> None:
    """Look at confidences for amounts 1 and 0.25 with alpha 2: alpha r, and 1 + alpha r."""
    what = "two confidences, such as [4, 3]: of the film watched to the end, and of the other"
    theirs, papers = _numbers(in_implicit, 2, what), _numbers(in_paper, 2, what)
    times, plus = np.array([2, 0.5]), np.array([3, 1.5])
    if _is(theirs, plus) and _is(papers, times):
        raise Hint("the two changed places: it is the paper that adds 1", "swapped")
    if _is(theirs, plus):
        raise Hint("that is the paper's confidence: `implicit` adds no 1", "one-added")
    if _is(papers, times):
        raise Hint("that is what `implicit` takes: the paper adds 1 to it", "no-one-added")
    if _is(theirs, [2, 2]) or _is(papers, [3, 3]):
        said = "both films got the same: the second has 0.25 in the matrix, and alpha multiplies it"
        raise Hint(said, "amount-ignored")
    if _is(theirs, [1, 0.25]):
        raise Hint("these are the amounts themselves: where has alpha gone?", "no-alpha")
    if _is(theirs, [3, 2.25]) or _is(papers, [4, 3.25]):
        raise Hint("alpha and the amount are multiplied, not added", "sum-for-product")
    for name, given, right in (("`implicit`", theirs, times), ("the paper", papers, plus)):
        for amount, said, meant in zip((1, 0.25), given, right, strict=True):
            text = f"for the amount {amount}, {said:.3g} is not the confidence of {name}: "
            expect(near(said, meant), text + "look at the two formulas again", "another-confidence")


@exercise(
    "Validation chose, and the hidden part was asked once. That its best row is another one is "
    "no reason to change: whoever picks there reports their luck."
)
def check_setting(factors: Any, alpha: Any, reported: Any) -> None:
    """Look at the setting chosen from a table of four, and at the recall to report for it."""
    row = number(factors, "a number of factors"), number(alpha, "an alpha")
    if row not in TRIED:
        said = f"no row has {row[0]:g} factors and alpha {row[1]:g}: take both from one row"
        raise Hint(said, "no-such-row")
    if row == (64, 5):
        said = "that row is best on the hidden part, which must not be asked which setting to take"
        raise Hint(said, "chosen-on-hidden")
    if row == (64, 20):
        said = "64 factors are better on average, and so is alpha 20; together they need not be"
        raise Hint(f"{said}. Compare whole rows", "one-at-a-time")
    if row != (16, 20):
        said = f"that row finds {TRIED[row][0]:.3f} on validation, and another one finds more"
        raise Hint(said, "another-row")
    figure = number(reported, "a recall")
    if near(figure, 0.170, 0.0005):
        said = "the best of four on validation is flattered by the choice: report what had no part "
        raise Hint(f"the row is right, but {said}in it", "validation-reported")
    if near(figure, 0.180, 0.0005):
        said = "is the hidden part's best figure, of a model that you did not choose"
        raise Hint(f"the row is right, but 0.180 {said}", "best-hidden-reported")
    expect(
        near(figure, 0.152, 0.0005),
        f"the row is right, but {figure:.3g} is not what this model finds on the hidden part",
        "another-figure",
    )


@exercise("One small linear system, and a newcomer has a taste: no training again.")
def check_newcomer(factors: Any, film: Any, items: Any, loss: Callable[..., float]) -> None:
    """Look at the factors of a newcomer to the toy who watched film 4, and at their first film."""
    held = np.asarray(items, float)
    own = held[ROBOT]

    def solved(confidence: float = 1, price: float = LAMBDA) -> Array:
        left = held.T @ held + (confidence - 1) * np.outer(own, own) + price * np.eye(2)
        return np.linalg.solve(left, confidence * own)

    right = solved()
    if np.size(factors) == len(held):
        said = "six numbers are one for each film: the newcomer's factors are two"
        raise Hint(said, "scores-for-factors")
    given = _numbers(factors, 2, "the two factors of the newcomer")
    if _is(given, own):
        said = "that is the film's own vector: the newcomer's is what `half_step` finds from it"
        raise Hint(said, "item-copied")
    if any(_is(given, solved(10, price)) for price in (LAMBDA, 0.1, 0)):
        said = "that takes a watched film ten times: the toy was trained with confidences of 1"
        raise Hint(said, "another-confidence")
    if any(_is(given, solved(1, price)) for price in (1, 0.1, 0)):
        said = "the price of long vectors is another here than in the toy's training, λ = 0.5"
        raise Hint(said, "another-price")
    if _is(given, np.linalg.solve(np.outer(own, own) + LAMBDA * np.eye(2), own)):
        said = "the five films that were not watched are left out: their zeros count, too"
        raise Hint(said, "zeros-left-out")
    if not _is(given, right):
        row = sparse.csr_matrix(np.eye(1, len(held), ROBOT))
        mine, least = (loss(row, x[None], held, LAMBDA) for x in (given, right))
        said = f"with ({given[0]:.3g}, {given[1]:.3g}) this row's `loss` is {mine:.4f}, and it can "
        raise Hint(f"{said}be {least:.4f}: `half_step`, the toy's `items` held", "another-vector")
    scores = held @ right
    place = number(film, "the number of a column")
    if place not in range(len(held)):
        raise Hint(f"there is no column {place:g}: the first is 0, the last 5", "no-such-film")
    if place == ROBOT:
        said = "its score is the highest, but the newcomer has watched it: take the next"
        raise Hint(said, "already-watched")
    scores[ROBOT] = -np.inf
    expect(
        place == scores.argmax(),
        f"film {place:g} scores {scores[int(place)]:.3f}, and another unwatched film scores more",
        "another-film",
    )
