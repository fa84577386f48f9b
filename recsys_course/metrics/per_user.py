"""All metrics of each user in one pass."""

from collections.abc import Iterable

import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse

from recsys_course.errors import CourseError, nearest
from recsys_course.metrics.formulas import METRICS, values_of
from recsys_course.metrics.lists import Lists

# what the field calls them for short
ABBREVIATIONS = {
    "ap": "average_precision",
    "map": "average_precision",
    "mrr": "reciprocal_rank",
    "hr": "hit_rate",
    "arp": "popularity_bias",
    "miuf": "novelty",
    "ild": "diversity",
}


def per_user(
    recommended: ArrayLike,
    relevant: sparse.csr_matrix,
    k: int | None = 10,
    *,
    train: sparse.csr_matrix | None = None,
    genres: sparse.csr_matrix | None = None,
    metrics: str | Iterable[str] | None = None,
) -> pd.DataFrame:
    """Compute metrics for each user; the mean of a column is what the metric's function returns.

    Parameters
    ----------
    recommended : array of int, shape (users, N)
        Item indices, best first; -1 is no recommendation.
    relevant : sparse matrix, shape (users, items)
        What each user took up afterwards: the stored values that aren't 0.
    k : int or None, default 10
        How many of the list count; all N if None.
    train : sparse matrix, shape (any, items), optional
        Who took up what in training: novelty, serendipity and popularity bias need it.
    genres : sparse matrix, shape (items, genres), optional
        Which genres each item has: diversity needs it.
    metrics : str or list of str, optional
        Which, by the names of their functions. By default all that can be computed from what is
        given. Coverage isn't among them, since no single user has one.

    Returns
    -------
    DataFrame
        A row for each row of `relevant`, a column for each metric. NaN where a user doesn't count:
        for novelty, popularity bias and diversity those without recommendations, for all other
        metrics those without a relevant item.

    Raises
    ------
    CourseError
        If a metric is unknown (the message suggests the nearest) or lacks what it needs, the
        shapes don't fit, an index is unknown or twice in a list, k is beyond the list, or no user
        has a relevant item.

    Examples
    --------
    >>> relevant = sparse.csr_matrix([[1, 0, 1], [0, 1, 0], [0, 0, 0]])
    >>> per_user([[0, 1], [2, -1], [0, 1]], relevant, k=2, metrics=["precision", "recall"])
       precision  recall
    0        0.5     0.5
    1        0.0     0.0
    2        NaN     NaN
    """
    names = computable(metrics, train is not None, genres is not None)
    if metrics is None:
        names.remove("coverage")
    elif "coverage" in names:
        raise CourseError("metrics: coverage is a figure of all lists together; call coverage()")
    lists = Lists(recommended, k, relevant=relevant, train=train, genres=genres)
    return pd.DataFrame({name: values_of(name, lists) for name in names}, copy=False)


def computable(metrics: str | Iterable[str] | None, train: bool, genres: bool) -> list[str]:
    """Return the metrics asked for, or all that can be computed, coverage the last.

    Parameters
    ----------
    metrics : str, iterable of str or None
        None stands for all that can be.
    train, genres : bool
        What is given beside what is relevant.

    Returns
    -------
    list of str

    Raises
    ------
    CourseError
        If a name is unknown or needs what isn't given.

    Examples
    --------
    >>> computable("novelty", train=False, genres=True)
    Traceback (most recent call last):
    recsys_course.errors.CourseError: metrics: novelty needs train=..., the matrix of who took up \
what in training
    """
    missing = {}
    if not train:
        missing["train"] = "the matrix of who took up what in training"
    if not genres:
        missing["genres"] = "the matrix of genres; genre_matrix makes it"
    needs = {
        name: [part for part in parts if part in missing] for name, (_, parts) in METRICS.items()
    }
    needs["coverage"] = []
    if metrics is None:
        return [name for name, parts in needs.items() if not parts]
    names = checked_names(metrics, needs)
    for name in names:
        for part in needs[name]:
            raise CourseError(f"metrics: {name} needs {part}=..., {missing[part]}")
    return names


def checked_names(names: str | Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the names of metrics, each once.

    Parameters
    ----------
    names : str or iterable of str
        What was asked for.
    known : iterable of str
        What there is.

    Returns
    -------
    list of str

    Raises
    ------
    CourseError
        If one isn't known; the message suggests the nearest.

    Examples
    --------
    >>> checked_names(["ngcd"], ["recall", "ndcg"])
    Traceback (most recent call last):
    recsys_course.errors.CourseError: metrics: 'ngcd' is unknown, did you mean 'ndcg'? There are \
recall, ndcg
    """
    known = list(known)
    wanted = list(dict.fromkeys([names] if isinstance(names, str) else names))
    for name in wanted:
        if name not in known:
            plain = str(name).lower().partition("@")[0]
            meant = ABBREVIATIONS.get(plain, plain)
            near = nearest(meant, known, cutoff=0)
            raise CourseError(
                f"metrics: {name!r} is unknown, did you mean {near!r}? There are {', '.join(known)}"
            )
    return wanted
