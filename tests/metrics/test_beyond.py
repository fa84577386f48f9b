"""Coverage, novelty, popularity bias, serendipity and diversity, each worked by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recsys_course.errors import CourseError
from recsys_course.metrics import (
    coverage,
    diversity,
    genre_matrix,
    novelty,
    popularity_bias,
    recall,
    serendipity,
)

# users of the items: 4, 2, 2, 1, 0; the last user took up nothing and doesn't count
TRAIN = sparse.csr_matrix(
    [[1, 1, 1, 0, 0], [1, 0, 1, 1, 0], [1, 1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
)


def test_coverage_counts_each_item_once():
    lists = [[0, 1, -1], [1, 0, -1], [0, 3, -1]]
    assert coverage(lists, 5) == 3 / 5
    assert coverage(lists, 5, k=1) == 2 / 5
    assert coverage([[-1, -1]], 5) == 0


def test_novelty_in_bits():
    # 4 users: log2(4/4), log2(4/2), log2(4/1); the new item as if one user knew it
    assert novelty([[0, 1]], TRAIN) == (0 + 1) / 2
    assert novelty([[3, 4]], TRAIN) == (2 + 2) / 2
    assert novelty([[3, 0]], TRAIN, k=1) == 2


def test_novelty_by_filled_places_and_users_with_recommendations():
    assert novelty([[3, -1], [0, 1], [-1, -1]], TRAIN) == (2 + 1 / 2) / 2


def test_popularity_bias_in_shares_of_users():
    assert popularity_bias([[0, 1]], TRAIN) == (4 / 4 + 2 / 4) / 2
    assert popularity_bias([[4, -1], [0, 3], [-1, -1]], TRAIN) == (0 + (4 / 4 + 1 / 4) / 2) / 2


def test_serendipity_by_hand():
    # popularity ranks 1, 2, 2, 3 and none for the new item; 5 items, K = 3
    relevant = sparse.csr_matrix([[1, 1, 0, 0, 1], [0, 0, 0, 1, 0], [1, 0, 0, 0, 0]])
    new_first = (5 / 5 - 0) + max(4 / 5 - 4 / 5, 0) + max(3 / 5 - 5 / 5, 0)
    third_at_two = 4 / 5 - 3 / 5
    lists = [[4, 1, 0], [2, 3, -1], [1, 2, 3]]
    by_hand = (new_first / 3 + third_at_two / 3 + 0) / 3
    assert serendipity(lists, relevant, TRAIN) == pytest.approx(by_hand)


def test_recommending_what_is_popular_anyway_is_no_serendipity():
    relevant = sparse.csr_matrix([[1, 1, 0, 1, 0]])
    assert serendipity([[0, 1, 3]], relevant, TRAIN) == 0
    assert serendipity([[3, 1, 0]], relevant, TRAIN) == pytest.approx((3 - 1) / 5 / 3)


def test_serendipity_counts_users_without_recommendations_but_not_without_relevant_items():
    relevant = sparse.csr_matrix([[0, 0, 0, 0, 1], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]])
    lists = [[4, -1], [-1, -1], [4, 0]]
    assert serendipity(lists, relevant, TRAIN) == pytest.approx((1 / 2 + 0) / 2)


GENRES = sparse.csr_matrix([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0], [1, 1, 1]])


def test_diversity_counts_genres_in_which_a_pair_differs():
    assert diversity([[0, 2]], GENRES) == 2
    assert diversity([[0, 1, 2]], GENRES) == pytest.approx((1 + 2 + 1) / 3)
    assert diversity([[0, 1, 2, 4]], GENRES) == pytest.approx((1 + 2 + 2 + 1 + 1 + 2) / 6)
    assert diversity([[0, 3]], GENRES) == 1  # an item of unknown genre
    assert diversity([[0, -1, 2]], GENRES) == 2


def test_a_list_of_one_has_no_diversity_and_an_empty_one_does_not_count():
    assert diversity([[0, -1], [0, 2], [-1, -1]], GENRES) == (0 + 2) / 2


def test_genres_weigh_nothing_but_yes_and_no():
    assert diversity([[0, 2]], GENRES * 7) == 2


def test_genre_matrix_in_the_order_of_the_ids():
    catalogue = pd.DataFrame(
        {
            "content_id": [5, 6, 7, 8],
            "genre": ["Drama|Crime", None, "Crime|Crime|War ", ""],
        }
    )
    genres = genre_matrix(catalogue, np.array([7, 5, 6, 99, 8]))
    crime_drama_war = [[1, 0, 1], [1, 1, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert genres.toarray().tolist() == crime_drama_war
    assert genres.format == "csr"


@pytest.mark.parametrize("kind", ["str", "object", "float64", "string", "category", "Int64"])
def test_a_catalogue_without_genres_gives_a_matrix_without_columns(kind):
    catalogue = pd.DataFrame({"content_id": [5, 6], "genre": pd.Series([None, None], dtype=kind)})
    genres = genre_matrix(catalogue, [5, 6])
    assert genres.shape == (2, 0)
    with pytest.raises(CourseError, match="genres: no item has a genre"):
        diversity([[0, 1]], genres)


@pytest.mark.parametrize(
    ("catalogue", "message"),
    [
        (pd.DataFrame({"content_id": [1]}), "catalogue: no column genre; found content_id"),
        (pd.DataFrame({"genre": ["War"]}), "catalogue: no column content_id; found genre"),
        (
            pd.DataFrame({"content_id": [1, 7, 7], "genre": ["War", "War", "Crime"]}),
            "catalogue, column content_id: 7 stands twice",
        ),
        (
            pd.DataFrame([[1, "War", "War"]], columns=["content_id", "genre", "genre"]),
            "catalogue: two columns are named genre; keep one",
        ),
        ([["War"]], "catalogue: expected a pandas DataFrame, not list"),
    ],
)
def test_an_unusable_catalogue_is_refused(catalogue, message):
    with pytest.raises(CourseError, match=message):
        genre_matrix(catalogue, [1])


def test_more_columns_than_an_index_can_count_are_refused():
    wide = sparse.csr_matrix(([1.0], ([0], [2**31])), shape=(1, 2**31 + 1))
    for measure in (lambda: recall([[1]], wide), lambda: novelty([[1]], wide)):
        with pytest.raises(CourseError, match=r"shape .* expected fewer than 2147483647 rows and"):
            measure()


LISTS = [[0, 1]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: coverage(LISTS, 0), "items: expected a whole number from 1 up, not 0"),
        (lambda: coverage(LISTS, 2.5), "items: expected a whole number from 1 up, not 2.5"),
        (lambda: coverage(LISTS, 1), "item index 1, but the catalogue has items 0 to 0"),
        (lambda: coverage([[3, 3]], 5), "row 0 has item 3 twice"),
        (lambda: coverage(LISTS, 5, k=3), "k: expected a whole number from 1 to 2, not 3"),
        (lambda: novelty(LISTS, TRAIN.toarray()), "train: expected a scipy.sparse matrix"),
        (lambda: novelty([[5]], TRAIN), "item index 5, but train has columns 0 to 4"),
        (
            lambda: novelty([[-1]], TRAIN),
            "^recommended: no user got a recommendation, so there is nothing to measure$",
        ),
        (lambda: novelty(np.empty((0, 2), int), TRAIN), "no user got a recommendation"),
        (lambda: novelty(LISTS, sparse.csr_matrix((3, 5))), "train: no interactions"),
        (lambda: popularity_bias(LISTS, TRAIN * np.nan), "train, row 0: .* found NaN"),
        (lambda: diversity([[5]], GENRES), "item index 5, but genres has rows 0 to 4"),
        (
            lambda: diversity(LISTS, [[1]]),
            r"genres: expected .*\(rows are items, columns are genres\)",
        ),
        (
            lambda: serendipity(LISTS, sparse.csr_matrix([[1, 0, 0]]), TRAIN),
            "relevant has columns 0 to 2, but train has columns 0 to 4: .* transposed",
        ),
    ],
)
def test_unusable_input_is_refused_in_one_line(call, message):
    with pytest.raises(CourseError, match=message) as error:
        call()
    assert "\n" not in str(error.value)
