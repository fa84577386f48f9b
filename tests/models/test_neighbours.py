"""User-kNN and item-kNN against dense references that work with fractions and plain loops."""

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from implicit.nearest_neighbours import CosineRecommender
from scipy import sparse

from recsys_course.errors import CourseError
from recsys_course.models import ItemKNN, UserKNN
from recsys_course.ranking import product

# CosineRecommender hands itself a COO matrix and warns of it
pytestmark = pytest.mark.filterwarnings("ignore:Method expects CSR input")

shapes = st.tuples(st.integers(1, 8), st.integers(1, 30))
binary = shapes.flatmap(lambda shape: hnp.arrays(np.float32, shape, elements=st.integers(0, 1)))
sparse_binary = shapes.flatmap(
    lambda shape: hnp.arrays(np.float32, shape, elements=st.integers(0, 1), fill=st.just(0))
)
counts = shapes.flatmap(lambda shape: hnp.arrays(np.int64, shape, elements=st.integers(0, 4)))
large_counts = shapes.flatmap(
    lambda shape: hnp.arrays(np.int64, shape, elements=st.sampled_from([0, 1, 7, 4095, 10_000]))
)
whole = (binary | sparse_binary | counts | large_counts).filter(np.any)
ks = st.integers(1, 5)


def exact_neighbours(rows, vectors, k, own=None):
    """(index, similarity) of the k nearest rows by (u.v)^2 / v.v as fractions, then by index."""
    result = []
    for number, row in enumerate(rows.astype(int).tolist()):
        found = []
        for other, vector in enumerate(vectors.astype(int).tolist()):
            dot = sum(a * b for a, b in zip(row, vector, strict=True))
            if dot and not (own is not None and other == own[number]):
                square = Fraction(dot * dot, sum(b * b for b in vector))
                cosine = sqrt(square / sum(a * a for a in row))
                found.append((-square, other, cosine))
        result.append([(other, cosine) for _, other, cosine in sorted(found)[:k]])
    return result


def assert_neighbours(got, expected):
    ids, similarities = got
    for row, pairs in enumerate(expected):
        padding = ids.shape[1] - len(pairs)
        assert ids[row].tolist() == [other for other, _ in pairs] + [-1] * padding
        assert similarities[row] == pytest.approx([c for _, c in pairs] + [0] * padding, abs=1e-12)


def assert_ranking(ids, scores, reference, liked):
    """The ids are the best by their reference scores, ties by index; the rest is -1 and 0."""
    allowed = [i for i in range(len(reference)) if reference[i] > 1e-9 and not liked[i]]
    # equal on paper is equal in single precision, whatever the order of the terms
    best = sorted(allowed, key=lambda i: (-np.float32(reference[i]), i))[: len(ids)]
    padding = len(ids) - len(best)
    assert ids.tolist() == best + [-1] * padding
    assert scores == pytest.approx([reference[i] for i in best] + [0] * padding, rel=1e-6)


def test_newcomers_with_fractions_among_whole_numbers():
    model = UserKNN(K=2)
    model.fit(sparse.csr_matrix([[1, 1], [1, 0]]))
    ids, cosines = model.nearest_users(sparse.csr_matrix([[0.3, 0.4]]))
    assert ids.dtype == np.int64
    assert ids.tolist() == [[0, 1]]
    assert cosines == pytest.approx(np.array([[0.7 / np.sqrt(0.5), 0.6]]))


def test_no_cosine_is_above_1_whatever_rounding_makes_of_it():
    rows = sparse.csr_matrix(np.random.default_rng(0).random((300, 7)))
    model = UserKNN(K=1)
    model.fit(rows)
    cosines = model.nearest_users(rows)[1]
    assert cosines.max() == 1
    assert cosines.min() > 1 - 1e-12


def test_equal_cosines_tie_though_their_sums_differ_in_the_last_bit():
    # 1/sqrt(2) + 1/sqrt(2) is a little less than 3/sqrt(18) + 3/sqrt(18), in the computer
    model = UserKNN(K=1)
    model.fit(sparse.csr_matrix([[1, 1, 0], [3, 3, 0], [1, 0, 5], [1, 0, 6]]))
    ids, cosines = model.nearest_users(sparse.csr_matrix([[1, 1, 0]]))
    assert (ids.tolist(), cosines.tolist()) == ([[0]], [[1.0]])


@given(whole, ks, st.data())
def test_nearest_users_are_exact_with_ties(matrix, k, data):
    elements = st.sampled_from([0, 0, 1, 3])
    queries = data.draw(hnp.arrays(np.int64, (4, matrix.shape[1]), elements=elements))
    model = UserKNN()
    model.fit(sparse.csr_matrix(matrix))
    got = model.nearest_users(sparse.csr_matrix(queries), K=k)
    assert_neighbours(got, exact_neighbours(queries, matrix, k))


@given(whole, ks)
def test_similar_items_are_exact_with_ties(matrix, n):
    items = np.arange(matrix.shape[1])
    expected = exact_neighbours(matrix.T, matrix.T, n - 1, own=items)
    expected = [
        [(item, 1.0), *near] if matrix[:, item].any() else []
        for item, near in zip(items, expected, strict=True)
    ]
    for model in (ItemKNN(K=2), UserKNN(K=2)):
        model.fit(sparse.csr_matrix(matrix))
        assert_neighbours(model.similar_items(items, N=n), expected)


@given(whole, ks, st.integers(1, 6), st.booleans())
def test_user_knn_sums_the_similarities_of_its_neighbours(matrix, k, n, hide_liked):
    model = UserKNN(K=k)
    model.fit(sparse.csr_matrix(matrix))
    users = np.arange(len(matrix))
    ids, scores = model.recommend(users, sparse.csr_matrix(matrix), n, hide_liked)
    for user, near in enumerate(exact_neighbours(matrix, matrix, k, own=users)):
        reference = sum((c * matrix[v].astype(float) for v, c in near), np.zeros(matrix.shape[1]))
        liked = matrix[user] > 0 if hide_liked else np.zeros(matrix.shape[1])
        assert_ranking(ids[user], scores[user], reference, liked)


@given(whole, ks, st.integers(1, 6), st.booleans())
def test_item_knn_sums_the_similarities_to_what_was_watched(matrix, k, n, hide_liked):
    model = ItemKNN(K=k)
    model.fit(sparse.csr_matrix(matrix))
    items = np.arange(matrix.shape[1])
    near = exact_neighbours(matrix.T, matrix.T, k, own=items)
    similarity = np.diag(matrix.any(axis=0).astype(float))
    for item, pairs in enumerate(near):
        for other, cosine in pairs:
            similarity[item, other] = cosine
    users = np.arange(len(matrix))
    ids, scores = model.recommend(users, sparse.csr_matrix(matrix), n, hide_liked)
    for user in users:
        liked = matrix[user] > 0 if hide_liked else np.zeros(len(items))
        assert_ranking(ids[user], scores[user], matrix[user] @ similarity, liked)


def random_matrix(users, items, density, seed):
    random = np.random.Generator(np.random.PCG64(seed))
    matrix = sparse.random(users, items, density, format="csr", rng=random, dtype=np.float64)
    matrix.data = random.random(matrix.nnz)
    return matrix


@pytest.mark.parametrize("seed", range(3))
def test_real_weights_against_numpy(seed):
    matrix = random_matrix(150, 60, 0.3, seed)
    queries = random_matrix(40, 60, 0.3, seed + 10)
    model = UserKNN(K=7)
    model.fit(matrix)
    dense, asked = matrix.toarray(), queries.toarray()
    cosine = (asked @ dense.T) / np.outer(
        np.linalg.norm(asked, axis=1), np.linalg.norm(dense, axis=1)
    )
    nearest = np.argsort(-cosine, axis=1)[:, :7]
    ids, similarities = model.nearest_users(queries)
    np.testing.assert_array_equal(ids, nearest)
    np.testing.assert_allclose(similarities, np.take_along_axis(cosine, nearest, 1), atol=1e-10)


@pytest.mark.parametrize("hide_liked", [True, False])
def test_item_knn_is_the_model_of_implicit(hide_liked):
    matrix = random_matrix(200, 70, 0.1, seed=5)  # real weights: no ties
    ours, theirs = ItemKNN(K=6), CosineRecommender(K=7, num_threads=1)
    ours.fit(matrix)
    theirs.fit(matrix, show_progress=False)
    for item in range(70):
        ids, similarities = ours.similar_items(item, N=7)
        their_ids, their_similarities = theirs.similar_items(item, N=7)
        assert ids.tolist() == their_ids.tolist()
        np.testing.assert_allclose(similarities, their_similarities, atol=1e-10)
    users = np.arange(200)
    ids, scores = ours.recommend(users, matrix, 5, hide_liked)
    for user in users:
        their_ids, their_scores = theirs.recommend(user, matrix[user], 5, hide_liked)
        known = their_scores > 0
        assert ids[user][ids[user] >= 0].tolist() == their_ids[known].tolist()
        np.testing.assert_allclose(scores[user][: known.sum()], their_scores[known], rtol=1e-6)


def test_item_similarities_equal_those_of_implicit_where_many_tie():
    matrix = (random_matrix(300, 50, 0.08, seed=1) > 0).astype(np.float32).tocsr()
    theirs = CosineRecommender(K=11, num_threads=1)
    theirs.fit(matrix, show_progress=False)
    ours = ItemKNN(K=10)
    ours.fit(matrix)
    _, similarities = ours.similar_items(np.arange(50), N=11)
    for item in range(50):
        expected = np.sort(theirs.similarity[item].data)[::-1]
        np.testing.assert_allclose(similarities[item][: len(expected)], expected, atol=1e-6)


@pytest.mark.parametrize("kind", [UserKNN, ItemKNN])
def test_more_neighbours_than_there_are_cost_nothing(kind):
    watched = sparse.csr_matrix([[1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 0]])
    lists = []
    for K in (4, 10**12):  # a table of so many would fill any memory
        model = kind(K=K)
        model.fit(watched)
        lists.append([part.tolist() for part in model.recommend([0, 1], watched[:2], N=2)])
    assert lists[0] == lists[1]


def test_block_size_changes_nothing(monkeypatch):
    matrix = (random_matrix(250, 90, 0.1, seed=2) > 0).astype(np.float32).tocsr()
    users = np.arange(250)

    def everything():
        result = []
        for model in (UserKNN(K=5), ItemKNN(K=5)):
            model.fit(matrix)
            result += [*model.recommend(users, matrix), *model.similar_items(np.arange(90))]
        return result

    whole = everything()
    monkeypatch.setattr(product, "PRODUCT_CELLS", 100)
    monkeypatch.setattr(product, "ROWS", 7)
    for one, other in zip(whole, everything(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_sums_that_are_equal_on_paper_tie():
    # user 0 has similarity 2/3 to user 1 and 1/3 to users 2 and 3: item 5 scores 1/3 + 1/3,
    # item 6 scores 2/3
    matrix = sparse.csr_matrix(
        [
            [1, 1, 1, 0, 0, 0, 0, 0],
            [1, 1, 0, 0, 0, 0, 1, 0],
            [1, 0, 0, 0, 0, 1, 0, 1],
            [0, 1, 0, 0, 0, 1, 0, 1],
        ]
    )
    model = UserKNN(K=3)
    model.fit(matrix)
    ids, scores = model.recommend(0, matrix[0], N=4)
    assert ids.tolist() == [5, 6, 7, -1]
    assert scores == pytest.approx([2 / 3, 2 / 3, 2 / 3, 0])


def test_sums_tie_in_whatever_order_their_terms_come():
    # for user 0, by items 0, 1, 2, 4: item 3 scores 2/sqrt(6) + 1/2 + 1/2 + 1/sqrt(6) and item 7
    # scores 1/sqrt(6) + 1/2 + 1/2 + 2/sqrt(6): added in double precision, that is more
    matrix = sparse.csr_matrix(
        [
            [1, 1, 1, 0, 1, 0, 0, 0],
            [0, 0, 0, 0, 1, 0, 0, 1],
            [1, 0, 0, 1, 0, 0, 1, 0],
            [1, 1, 1, 1, 1, 1, 0, 1],
        ]
    )
    model = ItemKNN()
    model.fit(matrix)
    ids, scores = model.recommend(0, matrix[0], N=3)
    assert ids.tolist() == [5, 3, 7]
    assert scores[1:] == pytest.approx([1 + 3 / sqrt(6)] * 2)


def test_identical_users_have_similarity_one_exactly():
    matrix = sparse.csr_matrix(np.array([[0.1, 0.7, 0.3], [0.1, 0.7, 0.3], [0.2, 1.4, 0.6]]))
    model = UserKNN()
    model.fit(matrix)
    ids, similarities = model.nearest_users(matrix[0], K=3)
    assert sorted(ids[0]) == [0, 1, 2]
    assert similarities[0] == pytest.approx(1)
    assert similarities.max() <= 1


def test_whole_weights_are_exact_beyond_single_precision():
    # 2 * 4094^2 + 1 is no float32: rounded, the similarity would be 0.99999997
    row = sparse.csr_matrix([[4094, 4094, 1]])
    model = UserKNN()
    model.fit(row)
    assert model.nearest_users(row, K=1)[1].tolist() == [[1]]


def test_a_user_is_not_their_own_neighbour():
    matrix = sparse.csr_matrix([[1, 1, 0], [1, 0, 1]])
    model = UserKNN(K=1)
    model.fit(matrix)
    assert model.recommend(0, matrix[0], N=1)[0].tolist() == [2]
    # the same row as that of a stranger: the nearest is user 0, who knows nothing new
    assert model.recommend(0, matrix[0], N=1, recalculate_user=True)[0].tolist() == [-1]


def test_fitted_history_finds_the_neighbours_and_the_given_row_hides():
    matrix = sparse.csr_matrix([[1, 1, 0, 0], [1, 0, 1, 1]])
    model = UserKNN(K=1)
    model.fit(matrix)
    later = sparse.csr_matrix([[1, 1, 1, 0]])  # user 0 has watched item 2 meanwhile
    assert model.recommend(0, later, N=2)[0].tolist() == [3, -1]
    model.fit(sparse.csr_matrix([[1, 0, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1]]))
    other = sparse.csr_matrix([[0, 1, 0, 0]])  # its nearest would be user 2
    assert model.recommend(0, other, N=2)[0].tolist() == [0, 2]
    assert model.recommend(0, other, N=2, recalculate_user=True)[0].tolist() == [3, -1]


@pytest.mark.parametrize("make", [UserKNN, ItemKNN])
@pytest.mark.parametrize("k", [0, -1, 2.0, True, None, "20"])
def test_unusable_k(make, k):
    with pytest.raises(CourseError, match="K: expected a whole number from 1 up"):
        make(K=k)


def test_more_neighbours_than_items():
    # all four others count, though there are two items
    matrix = sparse.csr_matrix([[1, 0], [1, 1], [1, 1], [1, 0], [1, 1]])
    model = UserKNN(K=4)
    model.fit(matrix)
    ids, scores = model.recommend(0, matrix[0], N=1)
    assert ids.tolist() == [1]
    assert scores == pytest.approx([3 / np.sqrt(2)])


def test_nearest_users_checks_its_rows():
    model = UserKNN()
    with pytest.raises(CourseError, match="UserKNN: not fitted yet"):
        model.nearest_users(sparse.eye(3, format="csr"))
    model.fit(sparse.csr_matrix(np.ones((5, 3))))
    with pytest.raises(CourseError, match=r"5 columns, but .* 3 items; it looks transposed"):
        model.nearest_users(sparse.csr_matrix(np.ones((2, 5))))
    with pytest.raises(CourseError, match="K: expected"):
        model.nearest_users(sparse.csr_matrix(np.ones((5, 3))), K=0)
