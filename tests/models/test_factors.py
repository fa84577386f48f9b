"""Factors that are given, and those of a singular value decomposition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from recsys_course.data.synthetic import make
from recsys_course.errors import CourseError
from recsys_course.interactions import Interactions
from recsys_course.models import SVD, Factors

USERS = [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [-1.0, -1.0]]
ITEMS = [[2.0, 0.0], [0.0, 3.0], [0.0, 0.0], [1.0, 1.0]]
NOTHING = sparse.csr_matrix((4, 4), dtype=np.float32)


@pytest.fixture(scope="module")
def cinema():
    return Interactions.from_views(make().views).user_items


def test_given_factors_recommend_right_away():
    # user 2 and item 2 are zeros: nothing is known of them
    ids, scores = Factors(USERS, ITEMS).recommend([0, 1, 2, 3], NOTHING, N=4)
    assert ids.tolist() == [[0, 3, 1, -1], [1, 3, 0, -1], [-1] * 4, [0, 3, 1, -1]]
    assert scores.tolist() == [[2, 1, 0, 0], [3, 1, 0, 0], [0] * 4, [-2, -2, -3, 0]]


def test_a_bias_speaks_for_users_and_items_of_whom_nothing_else_is_known():
    model = Factors(USERS, ITEMS, item_bias=[0, 0, 0.5, 2])
    watched = sparse.csr_matrix([[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]])
    ids, scores = model.recommend([0, 1, 2, 3], watched, N=2)
    assert ids.tolist() == [[3, 0], [1, 3], [2, 0], [2, 3]]
    assert scores.tolist() == [[3, 2], [3, 3], [0.5, 0], [0.5, 0]]


def test_similar_items_are_those_in_the_same_direction():
    ids, cosines = Factors(USERS, ITEMS).similar_items([0, 2, 3], N=4)
    assert ids.tolist() == [[0, 3, 1, -1], [-1] * 4, [3, 0, 1, -1]]
    half = np.sqrt(0.5)
    assert cosines == pytest.approx(np.array([[1, half, 0, 0], [0] * 4, [1, half, half, 0]]))
    assert Factors(USERS, ITEMS).similar_items(1, N=1)[0].tolist() == [1]


def test_equal_directions_are_similar_by_one_and_come_by_index():
    model = Factors(np.ones((1, 3)), np.array([[1, 2, 3]] * 5) * np.arange(1, 6)[:, None] / 10)
    ids, cosines = model.similar_items(3, N=4)
    assert ids.tolist() == [3, 0, 1, 2]
    assert cosines.tolist() == [1, 1, 1, 1]


def test_an_item_that_only_a_bias_speaks_for_is_similar_to_none():
    # nothing but a bias: item 1 is known; without one, item 2 isn't
    model = Factors(np.ones((1, 2)), [[1, 0], [0, 0], [0, 0]], item_bias=[0, 3, 0])
    ids, cosines = model.similar_items([0, 1, 2], N=3)
    assert ids.tolist() == [[0, 1, -1], [1, 0, -1], [-1, -1, -1]]
    assert cosines.tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 0]]


def test_no_cosine_is_more_than_one():
    factors = np.random.default_rng(0).standard_normal((1, 8)) * np.ones((400, 1))
    factors *= np.random.default_rng(1).uniform(0.1, 9, (400, 1))
    cosines = Factors(np.ones((1, 8)), factors).similar_items(np.arange(400), N=20)[1]
    assert cosines.max() == 1


def test_small_weights_fold_in_as_large_ones():
    matrix = sparse.csr_matrix([[1, 1, 0], [1, 1, 0], [1, 1, 0], [0, 0, 1]])
    model, small = SVD(factors=2), SVD(factors=2)
    model.fit(matrix)
    small.fit(matrix * 0.01)  # singular values 0.024 and 0.01
    ids, scores = model.recommend([0], matrix[[0]], 3, False, recalculate_user=True)
    found = small.recommend([0], matrix[[0]] * 0.01, 3, False, recalculate_user=True)
    assert found[0].tolist() == ids.tolist()
    assert found[1] == pytest.approx(scores * 0.01, rel=1e-4)


def test_similar_items_by_numpy():
    factors = np.random.default_rng(0).standard_normal((300, 8), dtype=np.float32)
    ids, cosines = Factors(np.ones((1, 8)), factors).similar_items(np.arange(300), N=6)
    unit = factors / np.linalg.norm(factors, axis=1, keepdims=True)
    expected = np.argsort(-(unit @ unit.T), axis=1)[:, :6]
    np.testing.assert_array_equal(ids, expected)
    assert (ids[:, 0] == np.arange(300)).all()
    np.testing.assert_allclose(
        cosines, np.take_along_axis(unit @ unit.T, expected, axis=1), atol=1e-6
    )


def test_there_is_nothing_to_fit_but_the_shape_is_checked():
    model = Factors(USERS, ITEMS)
    model.fit(sparse.csr_matrix(np.eye(4)))
    assert model.recommend(0, NOTHING[0], N=1)[0].tolist() == [0]
    with pytest.raises(CourseError, match="4 users x 5 items, but these are the factors of 4 user"):
        model.fit(sparse.csr_matrix(np.ones((4, 5))))
    assert model.recommend(0, NOTHING[0], N=1)[0].tolist() == [0]


def test_given_factors_know_no_strangers():
    with pytest.raises(CourseError, match="Factors: can't serve users it has no factors for; SVD"):
        Factors(USERS, ITEMS).recommend(0, NOTHING[0], recalculate_user=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((USERS, [[1.0, np.nan]]), "item_factors, row 0, column 1: .* found nan"),
        ((USERS, np.transpose(ITEMS)), "item_factors: 4 columns, but user_factors has 2"),
        ((USERS, ITEMS, [1.0, 2.0]), "item_bias: 2 numbers for 4 items"),
    ],
)
def test_unusable_factors(arguments, message):
    with pytest.raises(CourseError, match=message):
        Factors(*arguments)


small = st.tuples(st.integers(2, 9), st.integers(2, 9)).flatmap(
    lambda shape: hnp.arrays(np.float32, shape, elements=st.integers(0, 3), fill=st.just(0))
)


@given(small.filter(np.any), st.data())
def test_svd_is_that_of_numpy(matrix, data):
    factors = data.draw(st.integers(1, min(matrix.shape)))
    model = SVD(factors)
    model.fit(sparse.csr_matrix(matrix))
    left, values, right = np.linalg.svd(matrix.astype(np.float64), full_matrices=False)
    largest = values[0]
    np.testing.assert_allclose(model.singular_values, values[:factors], atol=1e-4 * largest)
    assert (np.diff(model.singular_values) <= 0).all()
    if factors == len(values) or values[factors - 1] - values[factors] > 0.01 * largest:
        np.testing.assert_allclose(
            model.user_factors @ model.item_factors.T,
            (left[:, :factors] * values[:factors]) @ right[:factors],
            atol=1e-4 * largest,
        )
    # both sides carry the square root: their columns have the same lengths
    for side in (model.user_factors, model.item_factors):
        assert side.dtype == np.float32
        np.testing.assert_allclose((side**2).sum(axis=0), model.singular_values, atol=1e-3)
    peaks = np.abs(model.item_factors).argmax(axis=0)
    assert (model.item_factors[peaks, np.arange(factors)] >= 0).all()


def test_svd_by_hand():
    # two tastes that don't meet: the first of 3 x 2 pairs, the second of 1
    matrix = sparse.csr_matrix([[1, 1, 0], [1, 1, 0], [1, 1, 0], [0, 0, 1]])
    model = SVD(factors=2)
    model.fit(matrix)
    assert model.singular_values == pytest.approx([np.sqrt(6), 1])
    root = np.sqrt(np.sqrt(6))
    expected = np.array([[root / np.sqrt(3), 0]] * 3 + [[0, 1]])
    assert model.user_factors == pytest.approx(expected, abs=1e-6)
    assert model.item_factors == pytest.approx(
        np.array([[root / np.sqrt(2), 0]] * 2 + [[0, 1]]), abs=1e-6
    )


def test_svd_of_the_cinema_repeats_and_knows_its_own_rows(cinema):
    model, again = SVD(factors=16), SVD(factors=16)
    model.fit(cinema)
    again.fit(cinema)
    np.testing.assert_array_equal(model.item_factors, again.item_factors)
    users = np.arange(500)
    own, _ = model.recommend(users, cinema[users])
    folded, _ = model.recommend(users, cinema[users], recalculate_user=True)
    shared = [len(set(a) & set(b)) for a, b in zip(own, folded, strict=True)]
    assert np.mean(shared) > 9.9


def test_what_rounding_leaves_of_a_singular_value_0_is_0():
    dice = np.random.default_rng(0)
    two = dice.integers(0, 5, (40, 2)) @ dice.integers(0, 5, (2, 30))  # of rank 2
    matrix = sparse.csr_matrix(two.astype(np.float64))
    model, plain = SVD(factors=6), SVD(factors=2)
    model.fit(matrix)
    plain.fit(matrix)
    assert model.singular_values[2:].tolist() == [0, 0, 0, 0]
    assert not model.user_factors[:, 2:].any()
    assert not model.item_factors[:, 2:].any()
    newcomers = sparse.csr_matrix(np.eye(30)[:5])
    of_both = [
        each.recommend(range(5), newcomers, 3, recalculate_user=True) for each in (model, plain)
    ]
    np.testing.assert_allclose(of_both[0][1], of_both[1][1], rtol=1e-4)


def test_svd_of_fewer_interactions_than_factors():
    matrix = sparse.csr_matrix(([1.0, 1.0], ([0, 2], [1, 1])), shape=(5, 6))  # of rank 1
    model = SVD(factors=4)
    model.fit(matrix)
    assert model.singular_values == pytest.approx([np.sqrt(2), 0, 0, 0])
    assert model.recommend([0, 1], matrix[:2], N=2, filter_already_liked_items=False)[
        0
    ].tolist() == [[1, -1], [-1, -1]]
    newcomer = sparse.csr_matrix([[0, 1, 0, 1, 0, 0]])
    ids, scores = model.recommend(0, newcomer, 1, False, recalculate_user=True)
    assert ids.tolist() == [1]
    assert scores == pytest.approx([1])


@pytest.mark.parametrize("factors", [0, -1, 1.5, True, None])
def test_svd_needs_a_number_of_factors(factors):
    with pytest.raises(CourseError, match="factors: expected a whole number from 1 up"):
        SVD(factors)


def test_svd_has_no_more_factors_than_the_smaller_side():
    with pytest.raises(CourseError, match="4 factors, but a matrix of 3 users and 5 items has at"):
        SVD(factors=4).fit(sparse.csr_matrix(np.ones((3, 5))))
