"""Fit a model of any origin, ask it, and keep only what is a recommendation."""

import inspect
import time
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys_course.errors import CourseError
from recsys_course.models import Recommender

FILLER = np.finfo(np.float32).min  # implicit's score where it has no more candidates


class Answer(NamedTuple):
    """What a model recommended, and what that cost."""

    ids: NDArray[np.int64]  # shape (users, k); -1 is no recommendation
    fit_seconds: float  # CPU of all threads
    recommend_seconds: float


def check_model(model: Recommender, newcomers: bool) -> None:
    """Refuse a model that is bound to fail, before anything is fitted.

    Parameters
    ----------
    model : Recommender
        Not fitted yet.
    newcomers : bool
        Will it be asked for users whom training has not seen?

    Raises
    ------
    CourseError
        If a method is missing, it can't serve newcomers, or it is a fitted factor model of
        `implicit`.

    Examples
    --------
    >>> check_model("popular", newcomers=False)
    Traceback (most recent call last):
    recsys_course.errors.CourseError: expected a model with fit and recommend, found str
    """
    if isinstance(model, type):
        name = model.__name__
        raise CourseError(f"this is the class {name}; make a model of it: {name}()")
    if not all(callable(getattr(model, method, None)) for method in ("fit", "recommend")):
        raise CourseError(f"expected a model with fit and recommend, found {type(model).__name__}")
    if newcomers and not _takes(model.recommend, "recalculate_user"):
        raise CourseError(
            f"{type(model).__name__} can't serve users whom training has not seen: its recommend "
            "takes no recalculate_user"
        )
    if _is_implicits(model) and getattr(model, "item_factors", None) is not None:
        raise CourseError(
            f"this {type(model).__name__} of implicit is fitted already, and fitting it again can "
            "crash Python; pass a new one, or wrap it: Implicit(class, ...)"
        )


def ask(
    model: Recommender,
    train: sparse.csr_matrix,
    users: NDArray[np.intp],
    known: sparse.csr_matrix,
    k: int,
    newcomers: bool,
) -> Answer:
    """Fit a model and ask it for k recommendations for each of some users.

    Parameters
    ----------
    model : Recommender
        Checked by `check_model`.
    train : csr_matrix, shape (users, items)
        What it learns from.
    users : ndarray of int
        Rows of `train`, or of the newcomers' matrix.
    known : csr_matrix, shape (len(users), items)
        What these users have taken up already.
    k : int
        How many items for each.
    newcomers : bool
        The users are not those of `train`.

    Returns
    -------
    Answer
        Empty places are -1: fillers, and what a user has already.

    Raises
    ------
    CourseError
        If the model can't serve newcomers or returns what isn't recommendations.

    Examples
    --------
    >>> from recsys_course.models import Popular
    >>> train = sparse.csr_matrix([[1, 1, 0], [0, 1, 0]])
    >>> ask(Popular(), train, np.array([1]), train[[1]], k=2, newcomers=False).ids
    array([[ 0, -1]])
    """
    started = time.process_time()
    quiet = {"show_progress": False} if _takes(model.fit, "show_progress") else {}
    with warnings.catch_warnings():
        # implicit's cosine converts the matrix itself, and then warns that it had to
        warnings.filterwarnings("ignore", "Method expects CSR input")
        model.fit(train, **quiet)
    fitted = time.process_time()
    unseen = {"recalculate_user": True} if newcomers else {}
    try:
        answer = model.recommend(users, known, N=k, **unseen)
    except NotImplementedError:
        raise CourseError(
            f"{type(model).__name__} can't serve users whom training has not seen"
        ) from None
    finished = time.process_time()
    ids, scores = _as_arrays(answer, (len(users), k))
    if (np.isnan(scores) & (ids >= 0)).any():
        row = int((np.isnan(scores) & (ids >= 0)).any(axis=1).argmax())
        raise CourseError(f"recommend: a score for user {users[row]} isn't a number (NaN)")
    if ids.size and ids.max() >= train.shape[1]:
        raise CourseError(
            f"recommend: item index {ids.max()}, but train has columns 0 to {train.shape[1] - 1}"
        )
    empty = (ids < 0) | (scores <= FILLER) | _stored(known, ids)
    if _is_implicits(model):
        empty |= scores == 0
    return Answer(np.where(empty, -1, ids), fitted - started, finished - fitted)


def _as_arrays(answer: Any, shape: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    try:
        ids, scores = (np.asarray(part) for part in answer)
    except (TypeError, ValueError):
        raise CourseError(
            f"recommend: expected two arrays (ids, scores), found {type(answer).__name__}"
        ) from None
    if ids.ndim != 2 or ids.shape != scores.shape or ids.shape[0] != shape[0]:
        raise CourseError(
            f"recommend: expected ids and scores of shape {shape} for an array of users, "
            f"found {ids.shape} and {scores.shape}"
        )
    if ids.dtype.kind not in "iu" or scores.dtype.kind not in "biuf":
        raise CourseError(
            "recommend: expected whole numbers as ids and numbers as scores, "
            f"found {ids.dtype} and {scores.dtype}; is it (ids, scores)?"
        )
    missing = max(shape[1] - ids.shape[1], 0)
    ids = np.pad(ids[:, : shape[1]].astype(np.int64), ((0, 0), (0, missing)), constant_values=-1)
    return ids, np.pad(scores[:, : shape[1]], ((0, 0), (0, missing)))


def _stored(matrix: sparse.csr_matrix, columns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the matrix holds these columns of its rows."""
    width = matrix.shape[1]
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    cells = np.sort(rows * width + matrix.indices)
    wanted = np.arange(matrix.shape[0])[:, None] * width + columns
    place = np.searchsorted(cells, wanted)
    return np.append(cells, -1)[place] == wanted


def _takes(method: Callable[..., Any], word: str) -> bool:
    parameters = inspect.signature(method).parameters.values()
    return any(one.name == word or one.kind is one.VAR_KEYWORD for one in parameters)


def _is_implicits(model: Any) -> bool:
    return type(model).__module__.partition(".")[0] == "implicit"
