"""What all models share: implicit's calls, shapes, and what they refuse."""

import numpy as np
import pandas as pd
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from implicit.cpu.bpr import BayesianPersonalizedRanking
from implicit.cpu.lmf import LogisticMatrixFactorization
from implicit.evaluation import ranking_metrics_at_k
from implicit.nearest_neighbours import CosineRecommender
from scipy import sparse
from threadpoolctl import threadpool_limits

from recsys_course.errors import CourseError, UnknownIdError
from recsys_course.metrics import per_user
from recsys_course.models import (
    ALS,
    SVD,
    Implicit,
    ItemKNN,
    Popular,
    Recommender,
    UserKNN,
)

# CosineRecommender hands itself a COO matrix and warns of it
pytestmark = pytest.mark.filterwarnings("ignore:Method expects CSR input")

FACTORIES = {
    "Popular": Popular,
    "UserKNN": UserKNN,
    "ItemKNN": ItemKNN,
    "SVD": lambda: SVD(factors=2),
    "ALS": lambda: ALS(factors=4, alpha=5),
    "Implicit-ALS": lambda: Implicit(
        AlternatingLeastSquares, factors=4, alpha=5, random_state=0, num_threads=1
    ),
    "Implicit-Cosine": lambda: Implicit(CosineRecommender, K=20),
}
# they can't serve users whom they haven't seen
CLOSED = {
    "Implicit-BPR": lambda: Implicit(
        BayesianPersonalizedRanking, factors=4, random_state=0, num_threads=1
    ),
    "Implicit-LMF": lambda: Implicit(
        LogisticMatrixFactorization, factors=4, random_state=0, num_threads=1
    ),
}
EXPERTS = {name: make for name, make in FACTORIES.items() if name != "Popular"}
by_name = pytest.mark.parametrize("make", FACTORIES.values(), ids=FACTORIES)
# two tastes: users 0-3 watch items 0-3, users 4-7 items 4-7, each missing one; nobody item 8
USER_ITEMS = sparse.csr_matrix(
    [[int(j < 8 and i // 4 == j // 4 and i != j) for j in range(9)] for i in range(8)],
    dtype=np.float32,
)
EXPECTED = [0, 1, 2, 3, 4, 5, 6, 7]  # user i misses item i of their own taste


def als() -> AlternatingLeastSquares:
    with threadpool_limits(1, "blas"):
        return AlternatingLeastSquares(factors=8, random_state=0, num_threads=1)


def top(model: Recommender, user_items: sparse.csr_matrix, users: list[int]) -> np.ndarray:
    """Drive any model, ours or implicit's, by the same calls."""
    model.fit(user_items)
    one, one_scores = model.recommend(users[0], user_items[users[0]], N=1)
    many, scores = model.recommend(np.array(users), user_items[users], N=1)
    assert one.shape == one_scores.shape == (1,)
    assert many.shape == scores.shape == (len(users), 1)
    assert one[0] == many[0, 0]
    similar, similarities = model.similar_items(users[0], N=2)
    assert similar[0] == users[0]
    assert similarities[0] >= similarities[1]
    return many[:, 0]


@pytest.mark.parametrize("make", [*EXPERTS.values(), lambda: CosineRecommender(K=5), als])
def test_one_function_drives_our_models_and_those_of_implicit(make):
    assert top(make(), USER_ITEMS, EXPECTED).tolist() == EXPECTED


def test_popularity_keeps_the_protocol_too():
    assert top(Popular(), USER_ITEMS, [1, 2, 7]).tolist() == [1, 2, 0]


def fitted(make):
    model = make()
    model.fit(USER_ITEMS)
    return model


@pytest.fixture(params=FACTORIES.values(), ids=FACTORIES)
def model(request):
    return fitted(request.param)


@pytest.fixture(params=(FACTORIES | CLOSED).values(), ids=FACTORIES | CLOSED)
def any_model(request):
    return fitted(request.param)


def test_implicits_own_evaluation_takes_them(any_model):
    # each user's one missing item is relevant; the last two have nothing
    missing = sparse.csr_matrix(np.eye(8, 9, dtype=np.float32) * (np.arange(8) < 6)[:, None])
    theirs = ranking_metrics_at_k(any_model, USER_ITEMS, missing, K=3, show_progress=False)
    ids, _ = any_model.recommend(np.arange(6), USER_ITEMS[:6], N=3)
    ours = per_user(ids, missing[:6], k=3).mean()
    assert theirs["map"] == pytest.approx(ours["average_precision"])
    assert theirs["ndcg"] == pytest.approx(ours["ndcg"])
    assert theirs["precision"] == pytest.approx(ours["hit_rate"])  # of the one that was possible


@by_name
@pytest.mark.parametrize("weight", [1e16, 3e38, 1e-16, 1e-45])
def test_a_weight_whose_square_a_float32_cannot_hold_is_named(make, weight):
    with pytest.raises(
        CourseError, match=r"user_items, row 0, column 1: expected weights from 1e-15"
    ):
        make().fit(USER_ITEMS.astype(np.float64) * weight)


@by_name
@pytest.mark.parametrize("weight", [1e15, 1e-15])
def test_the_unit_of_the_weights_may_be_large_or_small(make, weight):
    model = make()
    model.fit(USER_ITEMS * np.float32(weight))
    _, scores = model.recommend([0, 4], USER_ITEMS[[0, 4]] * np.float32(weight), N=2)
    assert np.isfinite(scores).all()


@by_name
def test_more_columns_than_an_index_can_count_are_refused(make):
    wide = sparse.csr_matrix(([1.0], ([0], [2**31])), shape=(1, 2**31 + 1))
    with pytest.raises(CourseError, match=r"user_items: shape .* expected fewer than 2147483647"):
        make().fit(wide)


def test_results_have_n_columns_and_end_in_no_recommendation(any_model):
    ids, scores = any_model.recommend([0, 7], USER_ITEMS[[0, 7]], N=12)
    assert ids.shape == scores.shape == (2, 12)
    assert ids.dtype == np.int32  # as implicit has them
    assert scores.dtype == np.float64
    assert (ids[:, -1] == -1).all()
    assert ((ids == -1) == (scores == 0)).all()
    for row, values in zip(ids, scores, strict=True):  # factors have negative scores, too
        assert (np.diff(values[row >= 0]) <= 0).all()
        assert (row[(row >= 0).sum() :] == -1).all()
    assert 8 not in ids  # nobody watched it
    ids, scores = any_model.recommend(0, USER_ITEMS[0], N=12)
    assert ids.shape == scores.shape == (12,)


def test_liked_items_are_hidden_unless_asked_for(any_model):
    users = np.arange(8)
    liked = USER_ITEMS.toarray().astype(bool)
    ids, _ = any_model.recommend(users, USER_ITEMS, N=9)
    assert not any(liked[user][ids[user][ids[user] >= 0]].any() for user in users)
    ids, _ = any_model.recommend(users, USER_ITEMS, N=9, filter_already_liked_items=False)
    assert all(liked[user][ids[user][ids[user] >= 0]].any() for user in users)


def test_a_batch_gives_what_each_user_gets_alone(any_model):
    users = [3, 0, 3, 6]
    ids, scores = any_model.recommend(users, USER_ITEMS[users], N=4)
    for row, user in enumerate(users):
        one, one_scores = any_model.recommend(user, USER_ITEMS[user], N=4)
        assert one.tolist() == ids[row].tolist()
        assert one_scores.tolist() == scores[row].tolist()
    items = [8, 1, 1]
    ids, scores = any_model.similar_items(items, N=4)
    for row, item in enumerate(items):
        one, one_scores = any_model.similar_items(item, N=4)
        assert one.tolist() == ids[row].tolist()
        assert one_scores.tolist() == scores[row].tolist()


def test_the_item_itself_comes_first_even_alone(any_model):
    assert any_model.similar_items(2, N=1)[0].tolist() == [2]
    assert any_model.similar_items([3, 0], N=1)[0].tolist() == [[3], [0]]


def test_no_users_give_no_lists(any_model):
    ids, scores = any_model.recommend([], USER_ITEMS[:0], N=4)
    assert ids.shape == scores.shape == (0, 4)


@pytest.mark.parametrize("make", (EXPERTS | CLOSED).values(), ids=EXPERTS | CLOSED)
def test_no_history_no_recommendation(make):
    matrix = sparse.csr_matrix([[1, 1, 0, 1], [1, 0, 1, 0], [0, 0, 0, 0]])
    model = make()
    model.fit(matrix)
    ids, scores = model.recommend([0, 2], matrix[[0, 2]], N=2)
    assert ids.tolist() == [[2, -1], [-1, -1]]
    assert scores[1].tolist() == [0, 0]


@pytest.mark.parametrize("make", EXPERTS.values(), ids=EXPERTS)
def test_newcomers_of_whom_nothing_is_known_get_nothing(make):
    rows = sparse.csr_matrix([[0] * 9, [0] * 8 + [1], [0, 1, 1] + [0] * 6])  # nobody watched item 8
    ids, scores = fitted(make).recommend([0, 1, 2], rows, N=2, recalculate_user=True)
    assert ids[:2].tolist() == [[-1, -1], [-1, -1]]
    assert scores[:2].tolist() == [[0, 0], [0, 0]]
    assert sorted(ids[2]) == [0, 3]


@pytest.mark.parametrize("make", (EXPERTS | CLOSED).values(), ids=EXPERTS | CLOSED)
def test_an_item_that_nobody_watched_is_similar_to_none(make):
    ids, scores = fitted(make).similar_items([8, 0], N=3)
    assert ids[0].tolist() == [-1, -1, -1]
    assert scores[0].tolist() == [0, 0, 0]
    assert 8 not in fitted(make).similar_items(0, N=20)[0]


@pytest.mark.parametrize("make", CLOSED.values(), ids=CLOSED)
def test_what_cannot_serve_strangers_says_who_can(make):
    with pytest.raises(CourseError, match=r"can't serve users .* AlternatingLeastSquares") as error:
        fitted(make).recommend(0, USER_ITEMS[0], recalculate_user=True)
    assert "\n" not in str(error.value)


def test_strangers_need_recalculate_user(model):
    rows = sparse.csr_matrix([[0, 1, 1, 0, 0, 0, 0, 0, 0]], dtype=np.float32)
    with pytest.raises(UnknownIdError, match=r"userid 8: .* 0 to 7; .*recalculate_user=True"):
        model.recommend(8, rows)
    ids, _ = model.recommend(8, rows, N=2, recalculate_user=True)
    assert sorted(ids) == [0, 3]


@pytest.mark.parametrize("userid", [-1, 8, [0, -3], [7, 100]])
def test_users_outside_of_the_matrix(any_model, userid):
    rows = USER_ITEMS[: np.size(userid)]
    with pytest.raises(UnknownIdError, match=r"userid (-1|8|-3|100): expected an index"):
        any_model.recommend(userid, rows)


@pytest.mark.parametrize("itemid", [-1, 9, [0, 9]])
def test_items_outside_of_the_matrix(any_model, itemid):
    with pytest.raises(UnknownIdError, match=r"itemid (-1|9): .* 0 to 8; .*content_id"):
        any_model.similar_items(itemid)


@pytest.mark.parametrize("itemid", [1.0, "1", None, [[0, 1]]])
def test_itemid_must_be_whole(any_model, itemid):
    with pytest.raises(CourseError, match=r"itemid: expected (whole|a whole number or a list)"):
        any_model.similar_items(itemid)


def test_what_is_not_said_is_what_the_docs_say():
    assert (UserKNN().K, ItemKNN().K, SVD().factors, ALS().factors) == (20, 20, 64, 64)
    assert (ALS().alpha, ALS().iterations) == (1.0, 15)
    model = Popular()
    model.fit(sparse.csr_matrix(np.ones((1, 30))))
    assert model.similar_items(0)[0].shape == (10,)
    assert model.recommend(0, sparse.csr_matrix((1, 30)))[0].shape == (10,)


@pytest.mark.parametrize("userid", [1.0, "1", None, [0.0, 1.0], [[0, 1]], True])
def test_userid_must_be_whole(model, userid):
    with pytest.raises(CourseError, match=r"userid: expected (whole|a whole number or a list)"):
        model.recommend(userid, USER_ITEMS[0])


@pytest.mark.parametrize(
    ("userid", "rows", "message"),
    [
        (0, USER_ITEMS, r"8 rows for 1 user\(s\); .*user_items\[userid\]"),
        ([0, 1], USER_ITEMS[0], r"1 rows for 2 user\(s\)"),
        (0, USER_ITEMS.T, "8 columns, .* 9 items; it looks transposed"),
        (0, USER_ITEMS.T[0], "8 columns, .* 9 items; it looks transposed"),
        (0, USER_ITEMS[0, :5], "5 columns, .* 9 items; lay it out as the training matrix"),
    ],
)
def test_wrong_rows(model, userid, rows, message):
    with pytest.raises(CourseError, match=message) as error:
        model.recommend(userid, rows)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("n", [0, -1, 1.5, True, None])
def test_unusable_n(any_model, n):
    with pytest.raises(CourseError, match="N: expected a whole number from 1 up"):
        any_model.recommend(0, USER_ITEMS[0], N=n)
    with pytest.raises(CourseError, match="N: expected a whole number from 1 up"):
        any_model.similar_items(0, N=n)


@by_name
def test_a_model_must_be_fitted_first(make):
    message = f"{type(make()).__name__}: not fitted yet"
    with pytest.raises(CourseError, match=message):
        make().recommend(0, USER_ITEMS[0])
    with pytest.raises(CourseError, match=message):
        make().similar_items(0)


@by_name
@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (
            USER_ITEMS.toarray(),
            "expected a scipy.sparse matrix .* not ndarray; Inter",
        ),
        (pd.DataFrame(USER_ITEMS.toarray()), "not DataFrame"),
        (sparse.csr_matrix((0, 3)), "0 users, 3 items and no interactions"),
        (sparse.csr_matrix((4, 3)), "4 users, 3 items and no interactions"),
        (sparse.csr_matrix([[1.0, -2.0]]), "row 0, column 1: .* from 0 up, found -2"),
        (sparse.csr_matrix([[0, 1], [0, np.nan]]), "row 1, column 1: .* found nan"),
        (sparse.csr_matrix([[np.inf]]), "row 0, column 0: .* found inf"),
        (sparse.csr_matrix([[1j]]), "expected numbers, found complex128"),
    ],
)
def test_unusable_matrices(make, matrix, message):
    with pytest.raises(CourseError, match=message) as error:
        make().fit(matrix)
    assert "\n" not in str(error.value)


FORMATS = [
    sparse.csc_matrix,
    sparse.coo_matrix,
    sparse.lil_matrix,
    sparse.csr_array,
    sparse.coo_array,
    lambda matrix: matrix.astype(np.int8),
    lambda matrix: matrix.astype(bool),
    lambda matrix: matrix.astype(np.float64),
]


@by_name
@pytest.mark.parametrize("convert", FORMATS)
def test_every_sparse_format_is_understood(make, convert):
    model, other = fitted(make), make()
    other.fit(convert(USER_ITEMS))
    expected = model.recommend([1, 5], USER_ITEMS[[1, 5]])
    got = other.recommend([1, 5], convert(USER_ITEMS[[1, 5]]))
    np.testing.assert_array_equal(got[0], expected[0])
    np.testing.assert_array_equal(got[1], expected[1])


def test_a_row_of_a_sparse_array_is_a_user(model):
    row = sparse.csr_array(USER_ITEMS)[3]
    assert row.ndim == 1
    assert model.recommend(3, row)[0].tolist() == model.recommend(3, USER_ITEMS[3])[0].tolist()


@by_name
def test_untidy_matrices_mean_the_same_and_stay_as_they_are(make):
    # unsorted, one pair in two halves, one stored zero
    untidy = sparse.csr_matrix(
        ([0.5, 1.0, 0.5, 0.0, 1.0, 1.0], [2, 0, 2, 1, 1, 2], [0, 3, 4, 6]), shape=(3, 3)
    )
    before = untidy.indices.tolist(), untidy.data.tolist(), untidy.indptr.tolist()
    tidy = sparse.csr_matrix([[1.0, 0, 1], [0, 0, 0], [0, 1, 1]])
    models = make(), make()
    for model, matrix in zip(models, (untidy, tidy), strict=True):
        model.fit(matrix)
    for user in range(3):
        got, expected = (
            model.recommend(user, matrix[user], N=3, filter_already_liked_items=hidden)
            for hidden in (True,)
            for model, matrix in zip(models, (untidy, tidy), strict=True)
        )
        assert got[0].tolist() == expected[0].tolist()
        assert got[1].tolist() == expected[1].tolist()
    assert (untidy.indices.tolist(), untidy.data.tolist(), untidy.indptr.tolist()) == before


def test_a_model_can_be_fitted_again_on_another_shape(model):
    smaller = sparse.csr_matrix([[1, 1, 0], [1, 0, 1]])
    model.fit(smaller)
    ids, _ = model.recommend(1, smaller[1], N=1)
    assert ids.tolist() == [1]


@by_name
def test_changing_the_matrix_afterwards_does_not_change_the_model(make):
    matrix = USER_ITEMS.copy()
    model, other = fitted(make), make()
    other.fit(matrix)
    matrix.data[:] = 7
    matrix.indices[:] = 8
    expected, got = model.recommend(0, USER_ITEMS[0]), other.recommend(0, USER_ITEMS[0])
    assert got[0].tolist() == expected[0].tolist()
    assert got[1].tolist() == expected[1].tolist()


def test_a_failed_fit_leaves_the_model_as_it_was(model):
    with pytest.raises(CourseError):
        model.fit(sparse.csr_matrix((2, 2)))
    assert model.recommend(0, USER_ITEMS[0], N=1)[0].tolist() == [0]
