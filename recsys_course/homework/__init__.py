"""Checks behind the visible tests: they look at a student's answer and say the likely mistake.

Every check goes from type to shape to meaning to value, and stops at the first thing that is wrong
with one sentence that holds the student's own numbers and never the answer.
"""

from recsys_course.homework.als import check_als, no_training, trained_als
from recsys_course.homework.hints import Hint, call, expect
from recsys_course.homework.machine import check_machine
from recsys_course.homework.models import check_model, trained_cosine
from recsys_course.homework.numbers import check_count, check_share
from recsys_course.homework.planted import planted
from recsys_course.homework.rates import check_rate, neighbour_lists
from recsys_course.homework.recommendations import check_batch, check_recommended
from recsys_course.homework.similar import check_similar, check_similar_titles, check_unknown
from recsys_course.homework.taste import check_newcomer, check_taste, check_tastes
from recsys_course.homework.titles import check_reasons, check_similar_tastes

__all__ = [
    "Hint",
    "call",
    "check_als",
    "check_batch",
    "check_count",
    "check_machine",
    "check_model",
    "check_newcomer",
    "check_rate",
    "check_reasons",
    "check_recommended",
    "check_share",
    "check_similar",
    "check_similar_tastes",
    "check_similar_titles",
    "check_taste",
    "check_tastes",
    "check_unknown",
    "expect",
    "neighbour_lists",
    "no_training",
    "planted",
    "trained_als",
    "trained_cosine",
]
