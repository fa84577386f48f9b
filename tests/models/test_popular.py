"""Popularity by hand and against a plain loop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from recsys_course.errors import CourseError
from recsys_course.models import Popular

# item:     0  1  2  3  4
MATRIX = [
    [0, 1, 0, 9, 0],
    [0, 1, 1, 0, 0],
    [1, 0, 1, 0, 0],
    [0, 0, 0, 0, 0],
]  # users:  1  2  2  1  0


def fitted(matrix):
    model = Popular()
    model.fit(sparse.csr_matrix(matrix))
    return model


def test_beside_no_item_there_is_no_share():
    ids, shares = fitted([[1, 0, 1], [1, 0, 1]]).similar_items(0, N=4)
    assert ids.tolist() == [0, 2, -1, -1]
    assert shares.tolist() == [1, 1, 0, 0]


def test_users_are_counted_not_weights():
    ids, scores = fitted(MATRIX).recommend(3, sparse.csr_matrix(MATRIX)[3], N=5)
    assert ids.tolist() == [1, 2, 0, 3, -1]  # ties by the smaller index; item 4 has no user
    assert scores.tolist() == [2, 2, 1, 1, 0]


def test_watched_items_make_room():
    ids, scores = fitted(MATRIX).recommend([0, 1, 2], sparse.csr_matrix(MATRIX)[:3], N=2)
    assert ids.tolist() == [[2, 0], [0, 3], [1, 3]]
    assert scores.tolist() == [[2, 1], [1, 1], [2, 1]]


def test_similar_items_are_the_item_and_then_the_most_popular_others():
    ids, scores = fitted(MATRIX).similar_items([2, 4], N=3)
    assert ids.tolist() == [[2, 1, 0], [4, 1, 2]]
    assert scores.tolist() == [[1, 0.5, 0.25], [1, 0.5, 0.5]]
    assert fitted(MATRIX).similar_items(0, N=1)[0].tolist() == [0]


# item:     0  1  2  3  4
RECENT = [
    [0, 0, 0, 2, 0],
    [0, 0, 1, 0, 1],
    [0, 0, 0, 1, 1],
]  # users:  0  0  1  2  2


def test_recent_users_are_counted_instead():
    matrix = sparse.csr_matrix(MATRIX)
    model = Popular(recent=sparse.csr_matrix(RECENT))
    model.fit(matrix)
    ids, scores = model.recommend([0, 3], matrix[[0, 3]], N=4)
    assert ids.tolist() == [[4, 2, -1, -1], [3, 4, 2, -1]]  # item 3 is user 0's already
    assert scores.tolist() == [[2, 1, 0, 0], [2, 2, 1, 0]]
    assert model.similar_items(0, N=3)[0].tolist() == [0, 3, 4]


def test_recent_is_the_model_s_own():
    recent = sparse.csr_matrix(RECENT, dtype=np.float32)
    model = Popular(recent=recent)
    recent.data[:] = 0
    recent.indices[:] = 0
    model.fit(sparse.csr_matrix(MATRIX))
    assert model.recommend(3, sparse.csr_matrix(MATRIX)[3], N=3)[0].tolist() == [3, 4, 2]


@pytest.mark.parametrize(
    ("recent", "message"),
    [
        (RECENT, "recent: expected a scipy.sparse matrix .* not list"),
        (sparse.csr_matrix((3, 5)), "recent: no interactions; take a longer time"),
        (sparse.csr_matrix([[1.0, -1.0]]), "recent, row 0, column 1: .* from 0 up"),
    ],
)
def test_unusable_recent(recent, message):
    with pytest.raises(CourseError, match=message):
        Popular(recent=recent)


def test_recent_has_the_columns_of_the_fitted_matrix():
    model = Popular(recent=sparse.csr_matrix(RECENT).T)
    with pytest.raises(CourseError, match="recent: 3 columns, but user_items has 5 items; lay it"):
        model.fit(sparse.csr_matrix(MATRIX))


shapes = st.tuples(st.integers(1, 6), st.integers(1, 12))
matrices = shapes.flatmap(lambda shape: hnp.arrays(np.int8, shape, elements=st.integers(0, 1)))


@settings(deadline=None)
@given(matrices.filter(np.any), st.integers(1, 14))
def test_equals_a_loop_over_users(matrix, n):
    users = matrix.sum(axis=0).tolist()
    order = sorted((item for item, count in enumerate(users) if count), key=lambda i: -users[i])
    ids, scores = fitted(matrix).recommend(range(len(matrix)), sparse.csr_matrix(matrix), N=n)
    for row, watched in enumerate(matrix):
        expected = [item for item in order if not watched[item]][:n]
        padding = [-1] * (n - len(expected))
        assert ids[row].tolist() == expected + padding
        assert scores[row].tolist() == [users[item] for item in expected] + [0] * len(padding)
