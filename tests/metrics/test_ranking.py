"""Ranking metrics by hand: on a toy, on the lecture's example, on lists of one hit."""

import numpy as np
import pytest
from scipy import sparse

from recsys_course.errors import CourseError
from recsys_course.metrics import (
    average_precision,
    hit_rate,
    ndcg,
    precision,
    recall,
    reciprocal_rank,
)

ALL = [hit_rate, precision, recall, average_precision, ndcg, reciprocal_rank]

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
    # hits at ranks 1 and 3; 2; none; 1 and 2; none
    assert precision(RECOMMENDED, RELEVANT) == pytest.approx((2 + 1 + 0 + 2 + 0) / 3 / 5)
    assert recall(RECOMMENDED, RELEVANT) == pytest.approx((2 / 4 + 1 + 0 + 1 + 0) / 5)
    assert hit_rate(RECOMMENDED, RELEVANT) == pytest.approx(3 / 5)
    assert reciprocal_rank(RECOMMENDED, RELEVANT) == pytest.approx((1 + 1 / 2 + 0 + 1 + 0) / 5)
    by_hand = [(1 / 1 + 2 / 3) / 3, 1 / 2, 0, (1 / 1 + 2 / 2) / 2, 0]
    assert average_precision(RECOMMENDED, RELEVANT) == pytest.approx(sum(by_hand) / 5)
    second, third = 1 / np.log2(3), 1 / np.log2(4)
    by_hand = [(1 + third) / (1 + second + third), second / 1, 0, 1, 0]
    assert ndcg(RECOMMENDED, RELEVANT) == pytest.approx(sum(by_hand) / 5)


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        (precision, 0.3333),
        (recall, 0.5),
        (average_precision, 0.4111),
        (ndcg, 0.4670),
        (reciprocal_rank, 0.5),
        (hit_rate, 0.6),
    ],
)
def test_toy_in_figures(metric, value):
    assert metric(RECOMMENDED, RELEVANT) == pytest.approx(value, abs=5e-5)


def test_k_cuts_the_lists():
    # first places: hit, miss, miss, hit, none
    assert precision(RECOMMENDED, RELEVANT, k=1) == pytest.approx(2 / 5)
    assert recall(RECOMMENDED, RELEVANT, k=1) == pytest.approx((1 / 4 + 1 / 2) / 5)
    for metric in (hit_rate, average_precision, ndcg, reciprocal_rank):
        assert metric(RECOMMENDED, RELEVANT, k=1) == pytest.approx(2 / 5)


def test_the_lecture_example():
    # five shown, three watched, hits at ranks 2 and 3
    shown, watched = [[10, 11, 12, 13, 14]], matrix([[11, 12, 15]], 16)
    assert precision(shown, watched) == pytest.approx(2 / 5)
    assert recall(shown, watched) == pytest.approx(2 / 3)
    # precision at the rank of each hit; the lecture's own 1/6 is (1/2 + 1/3) / 5
    assert average_precision(shown, watched) == pytest.approx((1 / 2 + 2 / 3) / 3)


def test_perfect_lists_make_one_even_with_more_than_k_relevant():
    lists, watched = [[0, 1], [4, 5]], matrix([[0, 1, 2, 3], [4, 5]], 6)
    for metric in (hit_rate, precision, average_precision, ndcg, reciprocal_rank):
        assert metric(lists, watched) == 1
    assert recall(lists, watched) == pytest.approx((2 / 4 + 1) / 2)


def test_an_empty_place_keeps_its_rank():
    lists, watched = [[-1, 3, -1, 1]], matrix([[1, 3]], 4)
    assert reciprocal_rank(lists, watched) == pytest.approx(1 / 2)
    assert average_precision(lists, watched) == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert precision(lists, watched) == pytest.approx(2 / 4)


@pytest.mark.parametrize("metric", ALL)
def test_users_without_relevant_items_do_not_count(metric):
    more = sparse.vstack([RELEVANT, sparse.csr_matrix((1, 9))]).tocsr()
    assert metric([*RECOMMENDED, [1, 2, 3]], more) == metric(RECOMMENDED, RELEVANT)


@pytest.mark.parametrize("metric", ALL)
def test_only_what_is_not_zero_is_relevant_and_weights_do_not_matter(metric):
    # a stored zero, and one pair in two halves
    untidy = sparse.csr_matrix(([5.0, 0.0, 1.0, 1.0], [1, 0, 0, 0], [0, 2, 4]), shape=(2, 2))
    tidy = sparse.csr_matrix([[0, 1], [1, 0]])
    lists = [[0, 1], [0, -1]]
    assert metric(lists, untidy) == metric(lists, tidy)
    assert untidy.nnz == 4  # what the caller gave is left as it was


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize(
    "form", [sparse.csc_matrix, sparse.coo_array, sparse.csr_array, lambda m: m.astype(bool)]
)
@pytest.mark.parametrize("lists", [np.int32, np.int64, np.int16, list])
def test_any_sparse_form_and_any_whole_numbers(metric, form, lists):
    given = RECOMMENDED if lists is list else np.array(RECOMMENDED, lists)
    assert metric(given, form(RELEVANT)) == metric(RECOMMENDED, RELEVANT)


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize(
    ("recommended", "relevant", "k", "message"),
    [
        (RECOMMENDED, RELEVANT.toarray(), None, "relevant: expected a scipy.sparse matrix"),
        (RECOMMENDED, WATCHED, None, "relevant: expected a scipy.sparse matrix .* not list"),
        (RECOMMENDED, RELEVANT.astype(complex), None, "relevant: expected numbers, found complex"),
        (RECOMMENDED, RELEVANT * np.nan, None, "relevant, row 0: expected numbers, found NaN"),
        (np.ones((5, 3)), RELEVANT, None, "found float64 of shape .*scores"),
        (np.full((5, 3), np.nan), RELEVANT, None, "found float64 of shape .*scores"),
        ([1, 2, 3], RELEVANT, None, r"of shape \(3,\).*a single list"),
        ([[1], [2, 3]], RELEVANT, None, "lists differ in length; pad .* with -1"),
        (RECOMMENDED[:4], RELEVANT, None, "4 lists for 5 rows of relevant$"),
        (RECOMMENDED, RELEVANT.T, None, "5 lists for 9 rows of relevant; .*looks transposed"),
        (RECOMMENDED, RELEVANT, 4, "k: expected a whole number from 1 to 3, not 4"),
        (RECOMMENDED, RELEVANT, 0, "k: expected a whole number from 1 to 3, not 0"),
        (RECOMMENDED, RELEVANT, -1, "k: expected a whole number from 1 to 3, not -1"),
        (RECOMMENDED, RELEVANT, 2.0, "k: expected a whole number from 1 to 3, not 2.0"),
        (RECOMMENDED, RELEVANT, True, "k: expected a whole number from 1 to 3, not True"),
        (np.empty((5, 0), int), RELEVANT, None, "recommended: lists of no places"),
        ([[9]] * 5, RELEVANT, None, "row 0: item index 9, but relevant has columns 0 to 8"),
        ([[2**40]] * 5, RELEVANT, None, "item index 1099511627776, but relevant has columns"),
        ([[0]] * 4 + [[-2]], RELEVANT, None, "row 4: item index -2"),
        ([[1, 2], [3, 3]], RELEVANT[:2], None, "row 1 has item 3 twice"),
        (RECOMMENDED, sparse.csr_matrix((5, 9)), None, "no user has a relevant item"),
        (np.empty((0, 3), int), sparse.csr_matrix((0, 9)), None, "no user has a relevant item"),
    ],
)
def test_unusable_input_is_refused_in_one_line(metric, recommended, relevant, k, message):
    with pytest.raises(CourseError, match=message) as error:
        metric(recommended, relevant, k)
    assert "\n" not in str(error.value)


def test_the_first_hit_counts_whoever_comes_before():
    lists, relevant = [[0, 1, 2], [0, 1, 2]], sparse.csr_matrix([[0, 1, 1], [1, 0, 0]])
    assert reciprocal_rank(lists, relevant) == (1 / 2 + 1) / 2
