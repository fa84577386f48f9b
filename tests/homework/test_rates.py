"""A hit rate on held-out items: the ready lists, and the check of the rate.

The cinema is small enough for a pencil. Cosines: 10 and 20 are 3/4 alike, 10 and 30 1/sqrt(3), 20
and 30 1/sqrt(12), 10 and 40 1/sqrt(8), 30 and 40 1/sqrt(6), 20 and 40 not at all.
"""

import numpy as np
import pandas as pd
import pytest

from recsys_course.homework import Hint, check_rate, neighbour_lists
from recsys_course.interactions import Interactions

KNOWN = Interactions.from_views(
    pd.DataFrame(
        {
            "user_id": [1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 6, 7],
            "content_id": [10, 20, 10, 20, 10, 20, 30, 10, 30, 40, 20, 30, 40],
        }
    )
)
HELD_OUT = pd.Series([10, 30, 40, 10, 30], index=[7, 5, 2, 6, 1])


def hit_rate(lists, held_out):
    return np.mean([wanted in row for row, wanted in zip(lists, held_out, strict=True)])


def test_lists_of_all_users_by_hand():
    assert neighbour_lists(KNOWN, K=3, N=2).tolist() == [
        [30, -1],
        [30, -1],
        [40, -1],
        [20, -1],
        [10, 30],
        [10, 40],
        [30, 10],
    ]


@pytest.mark.parametrize("answer", [4 / 5, np.float32(0.8), 0.8 + 1e-9])
def test_four_of_five_have_a_hit(answer):
    check_rate(answer, KNOWN, HELD_OUT, K=3, N=2)
    check_rate(answer, KNOWN, HELD_OUT, K=3, N=2, measure=hit_rate)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (None, "got None"),
        (4, "divide by the number of users"),
        (0.0, "did the model train on the hidden part"),
        (2 / 5, "the rate of lists of 1, and 2 recommendations were asked for"),
        (1 / 5, "the rate of K=2: pass on the K that is asked for"),
        (4 / 7, "among all users of the matrix: divide by the users of held_out alone"),
        (3 / 5, "of the lists of other users"),
        (0.95, "too good: has the model seen the views"),
        (0.5, "0.5 for K=3 is not that of 2 recommendations for each user"),
    ],
)
def test_mistakes_in_a_rate(answer, hint):
    for measure in (None, hit_rate):
        with pytest.raises(Hint, match=hint):
            check_rate(answer, KNOWN, HELD_OUT, K=3, N=2, measure=measure)


@pytest.mark.parametrize(
    ("measure", "hint"),
    [
        (lambda lists, held_out: 1 - hit_rate(lists, held_out), "neither is the function that"),
        (lambda lists, held_out: None, "got None"),
        (lambda lists, held_out: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_wrong_measure_is_the_cause_that_is_named(measure, hint):
    with pytest.raises(Hint, match=hint):
        check_rate(1 / 5, KNOWN, HELD_OUT, K=3, N=2, measure=measure)
