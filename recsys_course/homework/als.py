"""Check of a trained ALS model, by the equations that it solves and not by one run's numbers."""

import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recsys_course.homework.hints import Hint, expect
from recsys_course.homework.models import check_kind
from recsys_course.threads import one_blas_thread

# How far factors may be from solving their equations. On the tiny cinemas item factors, which come
# last, solve them to .002 and those of other settings are off by .04; user factors are off by .03
# after 15 iterations and by .3 after one.
GAP, UNSETTLED = 0.02, 0.15


def trained_als(
    user_items: csr_matrix,
    factors: int = 8,
    regularization: float = 0.1,
    alpha: float = 10,
    seed: int = 0,
) -> AlternatingLeastSquares:
    """Train implicit's ALS without a word on stderr, for questions about what comes after training.

    Parameters
    ----------
    user_items : csr_matrix of float32, shape (users, items)
        One row per user.
    factors : int
        Numbers that describe a user or an item.
    regularization : float
        Keeps them small.
    alpha : float
        Confidence of a watched pair, relative to one that wasn't.
    seed : int
        Of the first factors.

    Returns
    -------
    AlternatingLeastSquares
        The trained model, on the processor.

    Examples
    --------
    >>> trained_als(csr_matrix(np.eye(3, 2, dtype=np.float32)), factors=2).item_factors.shape
    (2, 2)
    """
    with one_blas_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = AlternatingLeastSquares(
            factors, regularization, alpha, random_state=seed, num_threads=1
        )
        model.fit(user_items, show_progress=False)
    return model


def check_als(
    model: Any,
    user_items: csr_matrix,
    factors: int,
    regularization: float,
    alpha: float,
    again: Any = None,
) -> None:
    """Check an ``AlternatingLeastSquares`` that a student trained.

    Parameters
    ----------
    model : object
        The student's answer.
    user_items : csr_matrix, shape (users, items)
        What it should have been trained on.
    factors, regularization, alpha
        What was asked for.
    again : object, optional
        A second answer for the same seed, which should be the same model.

    Raises
    ------
    Hint
        With the first thing that is wrong: type, training, orientation, settings, what the factors
        solve, the seed.

    Examples
    --------
    >>> user_items = csr_matrix(np.array([[1, 1, 0], [0, 1, 1]], dtype=np.float32))
    >>> model = trained_als(user_items, factors=2)
    >>> check_als(model, user_items, factors=2, regularization=0.1, alpha=10)
    >>> check_als(model, user_items.T.tocsr(), factors=2, regularization=0.1, alpha=10)
    Traceback (most recent call last):
    coursegrader.hints.Hint: the model knows 2 users and 3 items, the matrix has 3 users and 2 items: it was trained on a transposed matrix. Rows are users, columns are items
    """  # noqa: E501
    expect(
        not type(model).__module__.startswith("implicit.gpu"),
        "the model was trained on a graphics card, whose factors these tests don't read: "
        "pass use_gpu=False",
        "on-graphics-card",
    )
    check_kind(model, AlternatingLeastSquares, "implicit.als", learned="item_factors")
    found = model.user_factors.shape[0], model.item_factors.shape[0]
    known = f"the model knows {found[0]:,} users and {found[1]:,} items"
    users, items = user_items.shape
    expect(
        found != (items, users) or users == items,
        f"{known}, the matrix has {users:,} users and {items:,} items: "
        "it was trained on a transposed matrix. Rows are users, columns are items",
        "transposed-matrix",
    )
    expect(
        found == (users, items),
        f"{known}, the matrix has {users:,} users and {items:,} items: "
        "train on the matrix that is passed in",
        "other-matrix",
    )
    asked = {"factors": factors, "regularization": regularization, "alpha": alpha}
    for setting, value in asked.items():
        given = getattr(model, setting)
        expect(
            np.isclose(float(given), value),
            f"the model has {setting}={given}, {value} was asked for: pass {setting} on by name",
            "other-setting",
        )
    expect(
        gap(model, user_items) <= GAP,
        f"these factors don't solve ALS's equations for this matrix with alpha={alpha} and "
        f"regularization={regularization}: train on the matrix as it is passed in, whose values "
        "implicit multiplies by alpha itself",
        "other-weights",
    )
    expect(
        gap(model, user_items, users=True) <= UNSETTLED,
        "user and item factors don't fit each other yet: train with at least implicit's default "
        "of 15 iterations",
        "too-few-iterations",
    )
    if again is not None:
        expect(
            np.allclose(model.item_factors, again.item_factors, rtol=1e-2, atol=1e-3),
            "two trainings with the same seed give two different models: pass the seed on, as "
            "random_state",
            "seed-not-passed",
        )


def gap(model: AlternatingLeastSquares, user_items: csr_matrix, users: bool = False) -> float:
    """Tell how far factors are from what ALS would make of the other side's in a half step.

    Parameters
    ----------
    model : AlternatingLeastSquares
        Trained.
    user_items : csr_matrix, shape (users, items)
        What on.
    users : bool
        Look at the user factors, not at the item factors, which ALS solves last.

    Returns
    -------
    float
        The length of the difference, relative to the length of the solution.

    References
    ----------
    Y. Hu, Y. Koren, C. Volinsky. Collaborative filtering for implicit feedback datasets. ICDM 2008.

    Examples
    --------
    >>> user_items = csr_matrix(np.array([[1, 1, 0], [0, 1, 1]], dtype=np.float32))
    >>> gap(trained_als(user_items, factors=2), user_items) < 0.001
    True
    """
    given, other, rows = model.item_factors, model.user_factors, user_items.T.tocsr()
    if users:
        given, other, rows = other, given, user_items
    exact = solved(model, other, rows)
    return float(np.linalg.norm(exact - given) / np.linalg.norm(exact))


def solved(
    model: AlternatingLeastSquares, factors: NDArray[Any], rows: csr_matrix
) -> NDArray[np.float64]:
    r"""Solve one half step of ALS, row by row: the factors that fit each row best.

    ``x = (Y'Y + Y'(C - I)Y + l I)^-1 Y'C p`` with the confidences ``C = alpha * row``.

    Parameters
    ----------
    model : AlternatingLeastSquares
        Whose alpha and regularization to take.
    factors : ndarray, shape (columns, factors)
        Those of the other side, the Y of the formula.
    rows : csr_matrix, shape (rows, columns)
        What was watched.

    Returns
    -------
    ndarray of float64, shape (rows, factors)
        A row without a value gets zeros.

    Examples
    --------
    >>> user_items = csr_matrix(np.array([[1, 1, 0], [0, 1, 1]], dtype=np.float32))
    >>> model = trained_als(user_items, factors=2)
    >>> np.allclose(solved(model, model.item_factors, user_items[0]), model.user_factors[0], atol=0.05)
    True
    """  # noqa: E501
    side = np.asarray(factors, np.float64)
    whole = side.T @ side + model.regularization * np.eye(side.shape[1])
    found = np.zeros((rows.shape[0], side.shape[1]))
    for place, (start, end) in enumerate(zip(rows.indptr, rows.indptr[1:], strict=False)):
        near = side[rows.indices[start:end]]
        confidence = model.alpha * rows.data[start:end].astype(np.float64)
        matrix = whole + near.T @ ((confidence - 1)[:, None] * near)
        found[place] = np.linalg.solve(matrix, near.T @ confidence)
    return found


@contextmanager
def no_training() -> Generator[None, None, None]:
    """Refuse that a model is trained meanwhile.

    Yields
    ------
    None
        Training an ALS model of implicit's in the ``with`` block raises a Hint.

    Examples
    --------
    >>> with no_training():
    ...     trained_als(csr_matrix(np.eye(2, dtype=np.float32)))
    Traceback (most recent call last):
    coursegrader.hints.Hint: your function trains a model: somebody new must be served by the model that is there, in milliseconds
    """  # noqa: E501

    def refuse(*args: Any, **options: Any) -> None:
        raise Hint(
            "your function trains a model: somebody new must be served by the model that is "
            "there, in milliseconds",
            "trains-again",
        )

    trains = {name: getattr(AlternatingLeastSquares, name) for name in ("fit", "partial_fit_users")}
    for name in trains:
        setattr(AlternatingLeastSquares, name, refuse)
    try:
        yield
    finally:
        for name, method in trains.items():
            setattr(AlternatingLeastSquares, name, method)
