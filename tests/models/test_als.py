"""Own ALS: against a direct solution, implicit's Cholesky solver, and its own promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse
from threadpoolctl import threadpool_limits

from recsys_course.data.synthetic import make
from recsys_course.errors import CourseError
from recsys_course.interactions import Interactions
from recsys_course.models import ALS, als


@pytest.fixture(scope="module")
def cinema():
    return Interactions.from_views(make().views, "count").user_items


def objective(matrix, users, items, regularization, alpha):
    """Loss of the definition, pair by pair."""
    confidence = np.where(matrix > 0, alpha * matrix, 1.0)
    wanted = (matrix > 0).astype(float)
    loss = (confidence * (wanted - users @ items.T) ** 2).sum()
    return (loss + regularization * ((users**2).sum() + (items**2).sum())) / confidence.sum()


def best(matrix, others, regularization, alpha):
    """Best factors of each row as one dense least-squares problem."""
    rows = []
    for row in matrix:
        root = np.sqrt(np.where(row > 0, alpha * row, 1.0))
        system = np.vstack(
            [root[:, None] * others, np.sqrt(regularization) * np.eye(others.shape[1])]
        )
        wanted = np.concatenate([root * (row > 0), np.zeros(others.shape[1])])
        rows.append(np.linalg.lstsq(system, wanted, rcond=None)[0])
    return np.array(rows)


@given(st.integers(0, 10_000), st.sampled_from([0.3, 1, 4]), st.sampled_from([0.01, 1]))
def test_each_step_is_the_solution_of_the_dense_problem(seed, alpha, regularization):
    random = np.random.default_rng(seed)
    matrix = random.integers(0, 3, (7, 12)) * (random.random((7, 12)) < random.random())
    others = random.standard_normal((12, 4)).astype(
        np.float32
    )  # rows are longer and shorter than 4
    got = als.best_factors(
        alpha * sparse.csr_matrix(matrix, dtype=np.float64), others, regularization
    )
    expected = best(matrix, others.astype(np.float64), regularization, alpha)
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


def test_the_whole_is_its_steps_in_turns():
    random = np.random.default_rng(1)
    matrix = (random.random((9, 8)) < 0.4) * random.integers(1, 4, (9, 8))
    model = ALS(factors=3, regularization=0.1, alpha=2, iterations=4, seed=5)
    model.fit(sparse.csr_matrix(matrix))
    start = np.random.default_rng(5)
    start.random((9, 3), np.float32)
    items = start.random((8, 3), np.float32) * 0.01
    for loss in model.losses:
        users = best(matrix, items, 0.1, 2)
        items = best(matrix.T, users, 0.1, 2)
        assert loss == pytest.approx(objective(matrix, users, items, 0.1, 2), rel=1e-5)
    np.testing.assert_allclose(model.user_factors, users, atol=1e-4)
    np.testing.assert_allclose(model.item_factors, items, atol=1e-4)


@pytest.mark.parametrize("alpha", [1.0, 8.0])
def test_it_is_the_model_of_implicit(cinema, alpha):
    theirs_losses = []
    with threadpool_limits(1, "blas"):
        theirs = AlternatingLeastSquares(
            factors=12,
            alpha=alpha,
            iterations=6,
            use_cg=False,
            calculate_training_loss=True,
            random_state=3,
            num_threads=1,
        )
        theirs.fit(
            cinema,
            show_progress=False,
            callback=lambda number, seconds, loss: theirs_losses.append(loss),
        )
    ours = ALS(factors=12, alpha=alpha, iterations=6, seed=3)
    ours.fit(cinema)
    np.testing.assert_allclose(ours.losses, theirs_losses, rtol=1e-4)
    scale = np.abs(theirs.item_factors).max()
    np.testing.assert_allclose(ours.item_factors, theirs.item_factors, atol=0.01 * scale)
    newcomers = cinema[:50]
    np.testing.assert_allclose(
        ours._fold_in(newcomers),
        theirs.recalculate_user(np.arange(50), newcomers),
        atol=0.01 * np.abs(theirs.user_factors).max(),
    )


@pytest.mark.parametrize("alpha", [0.5, 1, 20])
def test_the_loss_only_falls(cinema, alpha):
    model = ALS(factors=8, alpha=alpha, iterations=8)
    model.fit(cinema[:2000])
    assert model.losses.shape == (8,)
    assert (np.diff(model.losses) <= 1e-9).all()
    assert model.losses[-1] < model.losses[0]


def test_a_known_user_comes_back_as_they_were(cinema):
    model = ALS(factors=16)
    model.fit(cinema)
    users = np.arange(500)
    own, _ = model.recommend(users, cinema[users])
    folded, _ = model.recommend(users, cinema[users], recalculate_user=True)
    shared = [len(set(a) & set(b)) for a, b in zip(own, folded, strict=True)]
    assert np.mean(shared) > 9.5


def test_batches_change_nothing(cinema, monkeypatch):
    whole, cut = ALS(factors=8, iterations=2), ALS(factors=8, iterations=2)
    whole.fit(cinema[:300])
    monkeypatch.setattr(als, "BATCH_NUMBERS", 500)
    monkeypatch.setattr(als, "BATCH_PAIRS", 7)
    cut.fit(cinema[:300])
    np.testing.assert_allclose(whole.user_factors, cut.user_factors, atol=1e-5)
    np.testing.assert_allclose(whole.losses, cut.losses)


def test_who_has_no_interactions_has_no_factors():
    model = ALS(factors=2)
    model.fit(sparse.csr_matrix([[1, 1, 0], [0, 0, 0], [1, 1, 0]]))
    assert model.user_factors.dtype == np.float32
    assert model.user_factors[1].tolist() == [0, 0]
    assert model.item_factors[2].tolist() == [0, 0]
    assert model.user_factors[0].any()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"factors": 0}, "factors: expected a whole number from 1 up, not 0"),
        ({"iterations": 0}, "iterations: expected a whole number from 1 up"),
        ({"alpha": 0}, "alpha: expected a finite number above 0, not 0"),
        ({"alpha": "40"}, "alpha: expected a finite number above 0, not '40'"),
        ({"alpha": float("nan")}, "alpha: expected a finite number above 0"),
        ({"regularization": -1}, "regularization: expected a finite number from 0 up, not -1"),
        ({"seed": -1}, "seed: expected a whole number from 0 up, not -1"),
        ({"seed": None}, "seed: expected a whole number from 0 up, not None"),
    ],
)
def test_unusable_parameters(parameters, message):
    with pytest.raises(CourseError, match=message):
        ALS(**parameters)


def test_without_regularization_there_may_be_no_single_solution():
    matrix = sparse.csr_matrix([[1.0, 0], [0, 0]])
    with pytest.raises(CourseError, match="no single solution; take a regularization above 0"):
        ALS(factors=2, regularization=0).fit(matrix)
