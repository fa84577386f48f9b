"""implicit's models behind the course's protocol."""

import os
import subprocess
import sys

import numpy as np
import pytest
from implicit.als import AlternatingLeastSquares as als_factory
from implicit.cpu.als import AlternatingLeastSquares
from implicit.cpu.bpr import BayesianPersonalizedRanking
from implicit.cpu.lmf import LogisticMatrixFactorization
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender
from scipy import sparse

from recsys_course.data.synthetic import make
from recsys_course.errors import CourseError
from recsys_course.interactions import Interactions
from recsys_course.models import Implicit, ItemKNN

FACTORS = {
    "als": (AlternatingLeastSquares, {"factors": 12, "iterations": 4}),
    "bpr": (BayesianPersonalizedRanking, {"factors": 12, "iterations": 10}),
    "lmf": (LogisticMatrixFactorization, {"factors": 12, "iterations": 4}),
}
NEIGHBOURS = [CosineRecommender, TFIDFRecommender, BM25Recommender]


@pytest.fixture(scope="module")
def cinema():
    return Interactions.from_views(make().views).user_items


@pytest.fixture(scope="module", params=FACTORS)
def factored(request, cinema):
    model_class, parameters = FACTORS[request.param]
    model = Implicit(model_class, **parameters, random_state=0, num_threads=1)
    model.fit(cinema)
    return model


def test_the_best_are_those_of_implicit(factored, cinema):
    users = np.arange(0, 6000, 20)
    theirs, their_scores = factored.model.recommend(users, cinema[users], N=10)
    ids, scores = factored.recommend(users, cinema[users], N=10)
    # sums in another precision: neighbours in the list may change places, scores hardly change
    np.testing.assert_allclose(scores, their_scores, rtol=1e-4, atol=1e-5)
    shared = [len(set(a) & set(b)) for a, b in zip(ids, theirs, strict=True)]
    assert np.mean(shared) > 9.95


def test_similar_items_are_those_of_implicit(factored, cinema):
    items = np.arange(0, 4000, 50)
    _, theirs = factored.model.similar_items(items, N=10)
    ids, cosines = factored.similar_items(items, N=10)
    assert (ids[:, 0] == items).all()
    np.testing.assert_allclose(cosines, theirs, rtol=1e-3)


def test_the_factors_are_the_model_s_own(factored):
    assert factored.user_factors is factored.model.user_factors
    assert factored.item_factors is factored.model.item_factors
    own = FACTORS["als"][1]["factors"]
    assert factored.user_factors.shape[1] in (own, own + 1, own + 2)  # with biases


def test_newcomers_of_als_are_those_of_implicit(cinema):
    model = Implicit(AlternatingLeastSquares, factors=12, alpha=4, random_state=0, num_threads=1)
    model.fit(cinema[:4000])
    rows = cinema[4000:4200]
    _, theirs = model.model.recommend(np.arange(200), rows, N=10, recalculate_user=True)
    _, scores = model.recommend(np.arange(200), rows, N=10, recalculate_user=True)
    known = (rows @ model._known_items.astype(float)) > 0
    assert known.sum() > 150
    np.testing.assert_allclose(scores[known], theirs[known], rtol=1e-4, atol=1e-5)
    assert not scores[~known].any()


@pytest.mark.parametrize("recalculate", [False, True])
def test_cosine_is_our_item_knn(recalculate):
    random = np.random.default_rng(0)  # real weights, so that nothing ties
    weights = sparse.random(300, 80, 0.1, format="csr", rng=random, dtype=np.float32)
    model, ours = Implicit(CosineRecommender, K=9), ItemKNN(K=8)
    model.fit(weights)
    ours.fit(weights)
    users = np.arange(300)
    ids, scores = model.recommend(users, weights, 5, recalculate_user=recalculate)
    expected, values = ours.recommend(users, weights, 5, recalculate_user=recalculate)
    np.testing.assert_array_equal(ids, expected)
    np.testing.assert_allclose(scores, values, rtol=1e-5)
    ids, scores = model.similar_items(np.arange(80), N=9)
    expected, values = ours.similar_items(np.arange(80), N=9)
    np.testing.assert_array_equal(ids, expected)
    np.testing.assert_allclose(scores, values, atol=1e-5)


@pytest.mark.parametrize("model_class", NEIGHBOURS)
def test_item_neighbours_recommend_what_implicit_does(model_class, cinema):
    model = Implicit(model_class, K=15)
    model.fit(cinema)
    ids, scores = model.recommend(np.arange(300), cinema[:300], N=7)
    for user in range(300):
        _, theirs = model.model.recommend(user, cinema[user], N=7)
        theirs = theirs[theirs > 0]
        np.testing.assert_allclose(scores[user][: len(theirs)], theirs, rtol=1e-5)
        assert (ids[user][len(theirs) :] == -1).all()
        assert not set(ids[user]) & set(cinema[user].indices)
    similar, values = model.similar_items(np.arange(300), N=4)
    watched = np.asarray(cinema[:, :300].sum(axis=0)).ravel() > 0
    assert (similar[watched, 0] == np.arange(300)[watched]).all()
    assert (np.diff(values) <= 0).all()


def test_fewer_candidates_than_n_end_in_minus_one():
    # implicit itself fills up with watched items at -3.4e38, and with unrelated ones at 0
    matrix = sparse.csr_matrix([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 1]], dtype=np.float32)
    als = Implicit(AlternatingLeastSquares, factors=2, random_state=0, num_threads=1)
    als.fit(matrix)
    _, theirs = als.model.recommend(0, matrix[0], N=4)
    assert theirs.min() < -1e38
    ids, scores = als.recommend(0, matrix[0], N=4)
    assert ids.tolist() == [3, -1, -1, -1]
    assert scores[1:].tolist() == [0, 0, 0]
    cosine = Implicit(CosineRecommender, K=5)
    matrix = sparse.csr_matrix([[1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1]], dtype=np.float32)
    cosine.fit(matrix)
    assert set(cosine.model.recommend(2, matrix[2], N=2)[0]) == {2, 3}  # both watched
    ids, scores = cosine.recommend([1, 2], matrix[1:], N=2)
    assert ids.tolist() == [[1, -1], [-1, -1]]
    assert scores[1].tolist() == [0, 0]


def test_equal_items_come_by_index():
    matrix = sparse.csr_matrix(np.ones((4, 8), np.float32))
    matrix = sparse.vstack([matrix, sparse.csr_matrix([[1] + [0] * 7])]).tocsr()
    model = Implicit(CosineRecommender, K=8)
    model.fit(matrix)
    ids, scores = model.recommend(4, matrix[4], N=3)
    assert ids.tolist() == [1, 2, 3]
    assert len(set(scores.tolist())) == 1
    assert model.similar_items(5, N=4)[0].tolist() == [5, 1, 2, 3]


def test_every_fit_trains_a_new_model(cinema):
    model = Implicit(AlternatingLeastSquares, factors=8, iterations=2, random_state=0)
    model.fit(cinema)
    first = model.model
    model.fit(cinema[:50, :200])  # one of implicit's own objects would crash Python here
    assert model.model is not first
    assert model.user_factors.shape == (50, 8)
    assert model.item_factors.shape == (200, 8)
    ids, _ = model.recommend(np.arange(50), cinema[:50, :200])
    assert ids.max() < 200
    model.fit(cinema)
    np.testing.assert_array_equal(model.item_factors, first.item_factors)


def test_functions_that_make_implicit_s_models_stand_for_the_classes(cinema):
    model = Implicit(als_factory, factors=8, iterations=2, random_state=0)
    model.fit(cinema)
    assert isinstance(model.model, AlternatingLeastSquares)


@pytest.mark.parametrize(
    ("model_class", "parameters", "message"),
    [
        (AlternatingLeastSquares, {"factor": 8}, "AlternatingLeastSquares: .* argument 'factor'"),
        (CosineRecommender, {"factors": 8}, "CosineRecommender: .* argument 'factors'"),
        (ItemKNN, {}, "model_class: expected one of implicit's AlternatingLeastSquares, .* not <"),
        ("ALS", {}, "model_class: expected one of implicit's .* not 'ALS'"),
        (CosineRecommender(), {}, "model_class: expected one of implicit's"),
    ],
)
def test_unusable_classes_and_parameters(model_class, parameters, message):
    with pytest.raises(CourseError, match=message) as error:
        Implicit(model_class, **parameters)
    assert "\n" not in str(error.value)


BAD = {
    "no factors": (AlternatingLeastSquares, {"factors": 0}, "factors: expected a whole number"),
    "part of a factor": (
        BayesianPersonalizedRanking,
        {"factors": 1.5},
        "factors: expected a whole",
    ),
    "no rounds": (LogisticMatrixFactorization, {"iterations": 0}, "iterations: expected a whole"),
    "less than no neighbours": (CosineRecommender, {"K": -1}, "K: expected a whole number from 1"),
    "a price of NaN": (AlternatingLeastSquares, {"regularization": np.nan}, "regularization: expe"),
    "endless confidence": (
        AlternatingLeastSquares,
        {"alpha": 1e38},
        "alpha: expected a finite number above 0, at most 1e+15, not 1e+38",
    ),
    "no confidence": (AlternatingLeastSquares, {"alpha": 0}, "alpha: expected a finite number abo"),
    "a step as text": (BayesianPersonalizedRanking, {"learning_rate": "0.1"}, "learning_rate: exp"),
    "threads below 0": (AlternatingLeastSquares, {"num_threads": -2}, "num_threads: expected a wh"),
    "a seed below 0": (AlternatingLeastSquares, {"random_state": -1}, "random_state: expected a w"),
    "a RandomState": (
        BayesianPersonalizedRanking,
        {"random_state": np.random.RandomState(0)},
        "random_state: expected a whole number from 0 up, not RandomState",
    ),
    "B below 0": (BM25Recommender, {"B": -0.1}, "B: expected a finite number from 0 up"),
}


@pytest.mark.parametrize(("model_class", "parameters", "message"), BAD.values(), ids=BAD)
def test_parameters_with_which_nothing_could_be_learned(capfd, model_class, parameters, message):
    with pytest.raises(CourseError) as error:
        Implicit(model_class, **parameters)
    assert str(error.value).startswith(f"{model_class.__name__}: {message}")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("seed", [np.int64(3), np.random.default_rng(3), None])
def test_seeds_that_implicit_takes(seed):
    model = Implicit(AlternatingLeastSquares, factors=2, random_state=seed)
    model.fit(sparse.csr_matrix(np.eye(3)))
    assert model.item_factors.shape == (3, 2)


def test_training_that_fails_says_so_in_one_line():
    model = Implicit(AlternatingLeastSquares, factors=2, alpha=1e15, random_state=0)
    with pytest.raises(CourseError, match="AlternatingLeastSquares: NaN encountered in factors"):
        model.fit(sparse.csr_matrix(np.full((3, 3), 1e15)))


def test_large_matrices_with_long_indices_are_understood(cinema):
    long = cinema.copy()
    long.indices, long.indptr = long.indices.astype(np.int64), long.indptr.astype(np.int64)
    for model_class, parameters in [*FACTORS.values(), (CosineRecommender, {"K": 5})]:
        model = Implicit(model_class, **parameters)
        model.fit(long)
        rows = long[:3]
        rows.indices, rows.indptr = rows.indices.astype(np.int64), rows.indptr.astype(np.int64)
        new = model_class in (AlternatingLeastSquares, CosineRecommender)
        ids, _ = model.recommend([0, 1, 2], rows, N=3, recalculate_user=new)
        assert ids.shape == (3, 3)


SCRIPT = """
import numpy as np
from scipy import sparse
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender
from recsys_course.models import Implicit
matrix = sparse.csr_matrix((np.random.default_rng(0).random((60, 50)) < 0.2).astype(np.float32))
for model_class in (AlternatingLeastSquares, BayesianPersonalizedRanking, BM25Recommender,
                    CosineRecommender, TFIDFRecommender):
    model = Implicit(model_class)
    model.fit(matrix)
    model.recommend(np.arange(60), matrix)
    model.similar_items(np.arange(50))
"""


def test_nothing_is_written_to_the_terminal():
    # several BLAS threads make a bare AlternatingLeastSquares warn
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2", "PYTHONWARNINGS": "default"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        cwd=os.path.dirname(os.path.dirname(os.path.dirname(__file__))),
    )
    assert (done.stdout, done.stderr) == ("", "")
