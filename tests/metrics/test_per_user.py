"""The table of values by user: what is in it, where it is NaN, what it refuses."""

import numpy as np
import pytest
from scipy import sparse

from recsys_course.errors import CourseError
from recsys_course.metrics import per_user

# users without anything relevant, or without a list, divide nothing by 0
pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")

LISTS = [[0, 1], [2, -1], [-1, -1], [1, 0]]
RELEVANT = sparse.csr_matrix([[1, 0, 1], [0, 1, 0], [1, 0, 0], [0, 0, 0]])
TRAIN = sparse.csr_matrix([[1, 1, 0], [1, 0, 0]])
GENRES = sparse.csr_matrix([[1, 0], [0, 1], [1, 1]])
RANKING = ["hit_rate", "precision", "recall", "average_precision", "ndcg", "reciprocal_rank"]


def test_columns_are_what_the_input_allows():
    with_train = [*RANKING, "novelty", "serendipity", "popularity_bias"]
    assert list(per_user(LISTS, RELEVANT, 2)) == RANKING
    assert list(per_user(LISTS, RELEVANT, 2, train=TRAIN)) == with_train
    assert list(per_user(LISTS, RELEVANT, 2, genres=GENRES)) == [*RANKING, "diversity"]


def test_columns_as_asked_for_each_once():
    asked = per_user(LISTS, RELEVANT, 2, train=TRAIN, metrics=["recall", "novelty", "recall"])
    assert list(asked) == ["recall", "novelty"]
    assert list(per_user(LISTS, RELEVANT, 2, metrics="ndcg")) == ["ndcg"]


def test_nan_where_a_user_does_not_count():
    values = per_user(LISTS, RELEVANT, 2, train=TRAIN, genres=GENRES)
    by_relevance = values[[*RANKING, "serendipity"]]
    assert by_relevance.isna().all(axis=1).tolist() == [False, False, False, True]
    assert by_relevance.notna().all(axis=1).tolist() == [True, True, True, False]
    by_list = values[["novelty", "popularity_bias", "diversity"]]
    assert by_list.isna().all(axis=1).tolist() == [False, False, True, False]
    assert by_list.notna().all(axis=1).tolist() == [True, True, False, True]
    assert values.dtypes.eq(np.float64).all()


def test_ten_places_count_by_default():
    lists = [list(range(12))]
    relevant = sparse.csr_matrix(np.eye(1, 12, 10))  # at rank 11
    assert per_user(lists, relevant)["hit_rate"].tolist() == [0]
    assert per_user(lists, relevant, k=None)["hit_rate"].tolist() == [1]
    with pytest.raises(CourseError, match="k: expected a whole number from 1 to 2, not 10"):
        per_user(LISTS, RELEVANT)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("ndgc", "ndcg"),
        ("NDCG", "ndcg"),
        ("map", "average_precision"),
        ("mrr", "reciprocal_rank"),
        ("MAP@10", "average_precision"),
        ("HR@5", "hit_rate"),
        ("arp@10", "popularity_bias"),
        ("hitrate", "hit_rate"),
        ("popularity", "popularity_bias"),
        ("Recall", "recall"),
        ("average precision", "average_precision"),
    ],
)
def test_an_unknown_metric_is_answered_with_the_nearest(name, nearest):
    with pytest.raises(CourseError, match=f"{name!r} is unknown, did you mean '{nearest}'?"):
        per_user(LISTS, RELEVANT, 2, metrics=[name])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metrics": ["novelty"]}, "novelty needs train=..., the matrix of who took up what"),
        ({"metrics": "serendipity"}, "serendipity needs train="),
        (
            {"metrics": "diversity", "train": TRAIN},
            "diversity needs genres=..., the matrix of genres; genre_matrix makes it$",
        ),
        (
            {"metrics": "coverage"},
            r"^metrics: coverage is a figure of all lists together; call coverage\(\)$",
        ),
        ({"metrics": [1]}, "metrics: 1 is unknown"),
        (
            {"train": TRAIN[:, :2]},
            r"^relevant has columns 0 to 2, but train .* 0 to 1: both .* one of them transposed\?$",
        ),
        ({"genres": GENRES.T}, "relevant has columns 0 to 2, but genres has rows 0 to 1"),
        ({"train": TRAIN * 0}, "train: no interactions"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_one_line(arguments, message):
    with pytest.raises(CourseError, match=message) as error:
        per_user(LISTS, RELEVANT, 2, **arguments)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        (
            [1, 2],
            "^recommended: expected item indices in an array of shape \\(users, N\\), found int64",
        ),
        (np.empty((4, 0), int), "^recommended: lists of no places; ask a model for N=1 or more$"),
        (
            [[-1, 9], [0, 1], [0, 1], [0, 1]],
            "^recommended, row 0: item index 9, .*; content ids become columns by item_index of",
        ),
        ([[0, 1], [0, 0], [0, 1], [0, 1]], "^recommended: the list of row 1 has item 0 twice$"),
        ([[0, 2, 2]] * 4, "^recommended: the list of row 0 has item 2 twice$"),
        ([[1, 0, 1]] * 4, "^recommended: the list of row 0 has item 1 twice$"),
    ],
)
def test_lists_that_are_none_are_refused_in_one_line(lists, message):
    with pytest.raises(CourseError, match=message):
        per_user(lists, RELEVANT, None)


def test_nothing_relevant_at_all_is_refused_even_where_it_plays_no_part():
    with pytest.raises(
        CourseError,
        match=r"^relevant: no user has a relevant item, so there is nothing to measure$",
    ):
        per_user(LISTS, RELEVANT * 0, 2, train=TRAIN, metrics="novelty")
