"""Exercises of the lesson on latent factors: bytes, a score, what two factors leave."""

from typing import Any

from coursegrader.hints import Hint, expect
from recsys_course.exercises.outcome import exercise, near, number


@exercise("The users' part is five times the items', and the part that one can throw away.")
def check_bytes(items: Any, both: Any) -> None:
    """Look at the megabytes of 64 float32 factors of 20,000 items and 100,000 users."""
    of_items, of_users = 5.12, 25.6
    if near(items, 2 * of_items) or near(both, 2 * (of_items + of_users)):
        raise Hint("float32 takes 4 bytes a number, not 8", "float64")
    if near(items, of_items / 4) or near(both, (of_items + of_users) / 4):
        raise Hint("those are millions of numbers: each takes 4 bytes", "not-bytes")
    if near(items, of_users):
        raise Hint("that is the users' part: the items come first", "users-for-items")
    if near(items, of_items) and near(both, of_users):
        raise Hint("that is the users alone: both together are more", "one-side")
    if number(items) > 1e5 or number(both) > 1e5:
        raise Hint("those look like bytes: a megabyte is a million of them", "bytes")
    expect(near(items, of_items), f"{number(items):.3g} MB for 20,000 x 64 numbers?", "items-off")
    expect(near(both, of_items + of_users), f"{number(both):.3g} MB for both sides?", "both-off")


@exercise("A little of the sea, and most of the space: 1 · 0.2 + 2/3 · 0.9.")
def check_score(comet: Any) -> None:
    """Look at a score: the person (1, 2/3) times the film (0.2, 0.9)."""
    if near(comet, 0.6):
        raise Hint("that is the space alone: the film has a little of the sea", "one-factor")
    if near(comet, 0.4):
        raise Hint("that is the mean of both products: a score is their sum", "mean-for-sum")
    if near(comet, 1.1):
        raise Hint(
            "those are the film's numbers alone: multiply by the person's", "person-left-out"
        )
    if near(comet, 0.2 * 2 / 3 + 0.9):
        raise Hint("the person's numbers changed places: sea goes with sea", "factors-swapped")
    expect(
        near(comet, 0.8),
        f"{number(comet):.3g} is not it: sea times sea, plus space times space",
        "another-score",
    )


@exercise("Two of four factors, and five sixths of the squares.")
def check_left(error: Any, share: Any) -> None:
    """Look at what singular values 4, 3, 2, 1 leave after two, and at the share that is kept."""
    if near(error, 3):
        raise Hint("the error is a sum of squares: square the singular values", "not-squared")
    if near(error, 25):
        raise Hint("that is what two factors keep: what do they leave?", "kept-for-left")
    if near(error, 5**0.5):
        raise Hint("that is the root of it: the squared error was asked for", "root")
    expect(near(error, 5), f"{number(error):.3g} is not what the last two leave", "error-off")
    if near(share, 0.7):
        raise Hint("that is a share of the sums: of the squares it is another", "share-of-sums")
    if near(share, 1 / 6):
        raise Hint("that is the share that is left: how much is kept?", "share-left")
    expect(
        near(share, 25 / 30), f"{number(share):.3g} is not the share of the squares", "share-off"
    )
