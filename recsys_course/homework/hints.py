"""Hints of the grader, and what the messages of this course's libraries mean to a student."""

from coursegrader.hints import MEANINGS, Hint, Meaning, call, expect

__all__ = ["Hint", "call", "expect"]

_BEHIND = Meaning(
    "behind-the-end",
    "a position behind the end. Does a public id stand where a row or a column belongs, or does "
    "something come from another matrix than the one that was handed in?",
)
_OTHERS = Meaning(
    "not-in-table",
    "these ids are not in that table. Are they column numbers, or does one of the two come from "
    "elsewhere than from what was handed in?",
)
MEANINGS |= {
    "Buffer dtype mismatch": Meaning(
        "base-class",
        "this class of implicit's takes float64 only. ItemItemRecommender is what the others are "
        "built on and weighs nothing: is CosineRecommender meant?",
    ),
    "'Interactions' object has no attribute": Meaning(
        "interactions-for-matrix",
        "the Interactions was passed where a matrix belongs: that is interactions.user_items",
    ),
    "that the matrix knows": Meaning(
        "unknown-id",
        "user_index and item_index take public ids, those of this matrix, and return rows and "
        "columns; where one can be missing, ask first. The way back is user_ids[rows] and "
        "content_ids[columns]",
    ),
    "are in the [index]": _OTHERS,
    "not in index": _OTHERS,
    "arrays used as indices must be of integer": Meaning(
        "no-whole-index",
        "there is nothing in the array, or no whole numbers. implicit answers with an empty one "
        "for a column that the matrix doesn't have: is it a content id?",
    ),
    "out of bounds for axis": _BEHIND,
    "out of range": _BEHIND,
    "operands could not be broadcast together": Meaning(
        "other-rows",
        "two tables of different shape are compared: do their rows belong to the same users?",
    ),
    "user_items must contain 1 row for every user": Meaning(
        "whole-matrix",
        "pass the rows of these users and no others: user_items[row], or user_items[rows]",
    ),
}
