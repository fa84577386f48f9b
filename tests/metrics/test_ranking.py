"""Ranking metrics: the toy by hand, then against a plain loop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recsys_course.errors import CourseError
from recsys_course.metrics import hit_rate, precision, recall

# five users; the last one got nothing, the fourth only two
RECOMMENDED = [[3, 4, 5], [2, 4, 6], [3, 5, 6], [2, 3, -1], [-1, -1, -1]]
WATCHED = [[3, 5, 6, 7], [4], [7, 8], [2, 3], [1]]


def matrix(lists, items):
    dense = np.zeros((len(lists), items), np.float32)
    for row, columns in enumerate(lists):
        dense[row, list(columns)] = 1
    return sparse.csr_matrix(dense)


RELEVANT = matrix(WATCHED, 9)


def test_toy_by_hand():
    # hits: 2, 1, 0, 2, 0
    assert precision(RECOMMENDED, RELEVANT) == pytest.approx((2 + 1 + 0 + 2 + 0) / 3 / 5)
    assert precision(RECOMMENDED, RELEVANT) == pytest.approx(0.3333, abs=5e-5)
    assert recall(RECOMMENDED, RELEVANT) == pytest.approx((2 / 4 + 1 + 0 + 1 + 0) / 5)
    assert recall(RECOMMENDED, RELEVANT) == pytest.approx(0.5)
    assert hit_rate(RECOMMENDED, RELEVANT) == pytest.approx(3 / 5)


def test_k_cuts_the_lists():
    # first places: hit, miss, miss, hit, none
    assert precision(RECOMMENDED, RELEVANT, k=1) == pytest.approx(2 / 5)
    assert recall(RECOMMENDED, RELEVANT, k=1) == pytest.approx((1 / 4 + 1 / 2) / 5)
    assert hit_rate(RECOMMENDED, RELEVANT, k=1) == pytest.approx(2 / 5)


def test_the_lecture_example():
    # five shown, three watched, hits at ranks 2 and 3
    shown, watched = [[10, 11, 12, 13, 14]], matrix([[11, 12, 15]], 16)
    assert precision(shown, watched) == pytest.approx(2 / 5)
    assert recall(shown, watched) == pytest.approx(2 / 3)


@pytest.mark.parametrize("metric", [hit_rate, precision, recall])
def test_users_without_relevant_items_do_not_count(metric):
    more = sparse.vstack([RELEVANT, sparse.csr_matrix((1, 9))]).tocsr()
    assert metric([*RECOMMENDED, [1, 2, 3]], more) == metric(RECOMMENDED, RELEVANT)


@pytest.mark.parametrize("metric", [hit_rate, precision, recall])
def test_only_what_is_not_zero_is_relevant_and_weights_do_not_matter(metric):
    # a stored zero, and one pair in two halves
    untidy = sparse.csr_matrix(([5.0, 0.0, 1.0, 1.0], [1, 0, 0, 0], [0, 2, 4]), shape=(2, 2))
    tidy = sparse.csr_matrix([[0, 1], [1, 0]])
    lists = [[0, 1], [0, -1]]
    assert metric(lists, untidy) == metric(lists, tidy)


cases = st.integers(1, 6).flatmap(
    lambda users: st.tuples(
        st.lists(st.permutations(range(8)), min_size=users, max_size=users),
        st.lists(st.integers(0, 4), min_size=users, max_size=users),
        st.lists(st.sets(st.integers(0, 7)), min_size=users, max_size=users),
        st.integers(1, 4),
    )
)


@settings(deadline=None)
@given(cases.filter(lambda case: any(case[2])))
def test_equal_to_a_loop_over_users(case):
    orders, lengths, relevant, k = case
    lists = [order[:n] + [-1] * (4 - n) for order, n in zip(orders, lengths, strict=True)]
    rows = [
        (len(wanted & set(shown[:k])), len(wanted))
        for shown, wanted in zip(lists, relevant, strict=True)
        if wanted
    ]
    target = matrix(relevant, 8)
    assert hit_rate(lists, target, k) == pytest.approx(np.mean([h > 0 for h, _ in rows]))
    assert precision(lists, target, k) == pytest.approx(np.mean([h / k for h, _ in rows]))
    assert recall(lists, target, k) == pytest.approx(np.mean([h / r for h, r in rows]))


@pytest.mark.parametrize("metric", [hit_rate, precision, recall])
@pytest.mark.parametrize(
    ("recommended", "relevant", "k", "message"),
    [
        (RECOMMENDED, RELEVANT.toarray(), None, "relevant: expected a scipy.sparse matrix"),
        (np.ones((5, 3)), RELEVANT, None, "found float64 of shape .*scores"),
        ([1, 2, 3], RELEVANT, None, r"of shape \(3,\).*a single list"),
        ([[1], [2, 3]], RELEVANT, None, "lists differ in length; pad .* with -1"),
        (RECOMMENDED[:4], RELEVANT, None, "4 lists for 5 rows of relevant$"),
        (RECOMMENDED, RELEVANT.T, None, "5 lists for 9 rows of relevant; .*looks transposed"),
        (RECOMMENDED, RELEVANT, 4, "k: expected a whole number from 1 to 3, not 4"),
        (RECOMMENDED, RELEVANT, 0, "k: expected a whole number from 1 to 3, not 0"),
        ([[9]] * 5, RELEVANT, None, "item index 9, but relevant has columns 0 to 8"),
        ([[-2]] * 5, RELEVANT, None, "item index -2"),
        ([[1, 2], [3, 3]], RELEVANT[:2], None, "row 1 has an item twice"),
        (RECOMMENDED, sparse.csr_matrix((5, 9)), None, "no user has a relevant item"),
    ],
)
def test_unusable_input_is_refused_in_one_line(metric, recommended, relevant, k, message):
    with pytest.raises(CourseError, match=message) as error:
        metric(recommended, relevant, k)
    assert "\n" not in str(error.value)
