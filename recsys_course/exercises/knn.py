"""Exercises of the lesson on neighbours."""

from typing import Any

import numpy as np

from coursegrader.hints import Hint, expect
from recsys_course.exercises.outcome import exercise, near, number

EVE_ANN, EVE_BOB = 1 / 8**0.5, 1 / 6**0.5  # one film in common; 2 and 4 films, 2 and 3


@exercise(
    "Ann and Bob both vote for Storm, each with their cosine. Bob counts more: he watched less."
)
def check_vote(storm: Any) -> None:
    """Look at Eve's score for Storm in the toy: the sum of the cosines of Ann and Bob."""
    if near(storm, 2):
        raise Hint("that counts heads: each neighbour votes with their cosine", "heads-counted")
    if near(storm, EVE_BOB) or near(storm, EVE_ANN):
        raise Hint("that is one neighbour's vote, and two of them watched Storm", "one-neighbour")
    if near(storm, (EVE_ANN + EVE_BOB) / 2):
        raise Hint("that is the mean of the votes: a score is their sum", "mean-for-sum")
    if near(storm, 1 / 8 + 1 / 6):
        raise Hint("the product of both lengths stands under a square root", "no-root")
    expect(
        near(storm, EVE_ANN + EVE_BOB),
        f"{number(storm):.3g} is not it. Who has a film in common with Eve, and watched Storm? "
        "Add up their cosines with her",
        "another-score",
    )


@exercise("Rows in the order of the user ids, columns in that of the content ids, and a 1 is a 1.")
def check_table(table: Any) -> None:
    """Look at the matrix of a log of five views: users 3, 7, 9 and items 20, 50."""
    given = np.asarray(table)
    expect(
        given.ndim == 2 and given.dtype.kind in "iufb",
        "expected a list of rows, each a list of numbers: [[0, 1], [1, 1], [0, 1]] has three rows",
        "not-a-table",
    )
    right = np.array([[0, 1], [1, 1], [0, 1]])
    if given.shape == (2, 3):
        raise Hint("three columns: rows are users, columns are items", "transposed-matrix")
    expect(
        given.shape == right.shape,
        f"the table is {given.shape[0]} x {given.shape[1]}; how many users are there, and how many "
        "items?",
        "another-shape",
    )
    if given.max() > 1:
        raise Hint(
            "who watched a film twice has a 1, not a 2: a 1 says that it happened", "counted"
        )
    if np.array_equal(given, [[1, 1], [1, 0], [1, 0]]):
        raise Hint("that is the order in which ids appear; they are numbered ascending", "unsorted")
    wrong = int((given != right).sum())
    expect(
        wrong == 0,
        f"{wrong} of 6 cells differ. Number the ids in ascending order, then go view by view",
        "other-cells",
    )


@exercise("Two hits: two of five places, two of three hidden items.")
def check_shares(precision: Any, recall: Any) -> None:
    """Look at precision@5 and recall@5 of one list: two hits, three hidden items."""
    if near(precision, 2 / 3) and near(recall, 2 / 5):
        raise Hint("the two changed places: precision is a share of the places", "swapped")
    if near(precision, 2) or near(recall, 2):
        raise Hint("that is the number of hits: divide it, each by something else", "not-divided")
    if near(precision, 1) and near(recall, 1):
        raise Hint("that is the hit rate, which a single hit makes 1", "hit-rate")
    if not near(precision, 2 / 5):
        said = "precision asks how many of the five places hold something hidden"
        raise Hint(f"{said}, and you say {number(precision):.3g}", "precision-off")
    if not near(recall, 2 / 3):
        said = "recall asks how much of what is hidden was found"
        raise Hint(f"{said}, and you say {number(recall):.3g}", "recall-off")


@exercise("One common user is hardly evidence, thirty are: the order of the two pairs has turned.")
def check_shrunk(rare: Any, frequent: Any) -> None:
    """Look at two cosines times n / (n + 10): 1 with one user, 30 / √(40 · 45) with thirty."""
    cosine = 30 / (40 * 45) ** 0.5
    if near(rare, 1) and near(frequent, cosine):
        raise Hint("these are the plain cosines: multiply each by n / (n + 10)", "not-shrunk")
    if near(rare, 1 / 11) and near(frequent, 30 / 40):
        raise Hint("that is n / (n + 10) alone: multiply the cosine by it", "no-cosine")
    if near(frequent, cosine * 40 / 50) or near(frequent, cosine * 45 / 55):
        said = "n counts the users of both items together in one person, not those of one item"
        raise Hint(f"{said}: n is 30", "users-of-one")
    if near(frequent, 30 / 40 * 30 / 45):
        raise Hint("the cosine has a square root: 30 / √(40 · 45)", "no-root")
    if not near(rare, 1 / 11):
        raise Hint(f"the rare pair is 1 · 1 / (1 + 10), not {number(rare):.3g}", "rare-off")
    if not near(frequent, cosine * 30 / 40):
        raise Hint(
            f"the frequent pair is {number(frequent):.3g} here; its cosine is {cosine:.3f}, and n "
            "is 30",
            "frequent-off",
        )
