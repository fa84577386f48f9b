"""Models side by side: fitted, asked, judged."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from recsys_course.checks.matrices import checked_matrix, checked_pattern
from recsys_course.checks.numbers import check_count
from recsys_course.errors import CourseError
from recsys_course.metrics.answers import ask, check_model
from recsys_course.metrics.beyond import coverage
from recsys_course.metrics.formulas import METRICS, values_of
from recsys_course.metrics.lists import Lists, checked_genres
from recsys_course.metrics.per_user import computable
from recsys_course.models import Recommender, model_bytes
from recsys_course.progress import bar, shown
from recsys_course.statistics import intervals


def evaluate(
    models: Mapping[str, Recommender],
    train: sparse.csr_matrix,
    test: sparse.csr_matrix,
    k: int = 10,
    *,
    visible: sparse.csr_matrix | None = None,
    metrics: str | Iterable[str] | None = None,
    genres: sparse.csr_matrix | None = None,
    catalogue: int | None = None,
    resamples: int = 1000,
    seed: int = 0,
    show_progress: bool = True,
) -> pd.DataFrame:
    """Fit models, ask them for k recommendations per user, and judge these by what came after.

    Only users with something relevant are asked, and told to leave out what they already have; a
    place that holds such an item all the same counts as empty, as do implicit's fillers (id -1,
    score -3.4e38, and a score of exactly 0 from its own models).

    Parameters
    ----------
    models : mapping of str to Recommender
        Name -> a model of the course, of `implicit`, or of your own with ``fit`` and ``recommend``.
        They are fitted here.
    train : sparse matrix, shape (users, items)
        What the models learn from.
    test : sparse matrix, shape (users, items)
        What the same users took up afterwards.
    k : int, default 10
        Length of the lists.
    visible : sparse matrix, shape (newcomers, items), optional
        For users that training has not seen: what is known of them, one row for each row of
        `test`. The models are then asked with ``recalculate_user=True``.
    metrics : str or list of str, optional
        Names of metric functions; by default all that can be computed.
    genres : sparse matrix, shape (items, genres), optional
        Which genres each item has, for diversity.
    catalogue : int, optional
        How many items the catalogue has, for coverage; by default the columns of `train`.
    resamples : int, default 1000
        How often the users are drawn again for the intervals, the same draws for all models.
    seed : int, default 0
        Of the draws.
    show_progress : bool, default True
        Show a bar over the models in a terminal (not in a notebook, whose outputs are compared).

    Returns
    -------
    DataFrame
        A row for each model, by its name. Columns: each metric's mean over users; ``<metric>_low``
        and ``<metric>_high``, its 95 % percentile bootstrap interval (NaN for coverage, which isn't
        a mean over users; see `paired_difference` for what is done where few users have a hit);
        ``fit_seconds`` and ``recommend_seconds``, CPU of all threads;
        ``megabytes`` (10^6 bytes) of the fitted model's arrays.

    Raises
    ------
    CourseError
        If the matrices' shapes don't fit, no user has a relevant item, a metric is unknown, a model
        can't serve newcomers, is an already fitted model of `implicit` (fitting it again can crash
        Python), or returns what isn't recommendations; a message about a model names it.

    Examples
    --------
    >>> from recsys_course.models import ItemKNN, Popular
    >>> train = sparse.csr_matrix([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 0],
    ...                            [0, 0, 1, 0]])
    >>> test = sparse.csr_matrix(([1, 1], ([3, 4], [1, 3])), shape=train.shape)
    >>> models = {"popular": Popular(), "item kNN": ItemKNN()}
    >>> evaluate(models, train, test, k=1)["recall"].round(2).to_dict()
    {'popular': 0.5, 'item kNN': 1.0}
    """
    _check_models(models, visible is not None)
    names = computable(metrics, train=True, genres=genres is not None)
    check_count(resamples, "resamples")
    train = checked_matrix(train, "train")
    known = train if visible is None else checked_matrix(visible, "visible")
    relevant = checked_pattern(test, "test")
    _check_shapes(train, known, relevant, visible is not None)
    if genres is not None:
        genres = checked_genres(genres)
        if genres.shape[0] != train.shape[1]:
            raise CourseError(
                f"genres: {genres.shape[0]:,} rows, but train has {train.shape[1]:,} columns; "
                "rows are items: genre_matrix(catalogue, content_ids)"
            )
    items = _checked_sizes(k, catalogue, train.shape[1])
    users = np.flatnonzero(np.diff(relevant.indptr))
    if not users.size:
        raise CourseError("test: no user has a relevant item, so there is nothing to measure")
    known, relevant = known[users], relevant[users]

    by_user = [metric for metric in names if metric in METRICS]
    values = np.empty((len(models), len(users), len(by_user)))
    shares, costs = [], []
    with shown(show_progress), bar(models.items()) as each:
        for number, (name, model) in enumerate(each):
            each.set_description(name)
            with _naming(name):
                answer = ask(model, train, users, known, k, visible is not None)
                lists = Lists(answer.ids, relevant=relevant, train=train, genres=genres)
            for column, metric in enumerate(by_user):
                values[number, :, column] = values_of(metric, lists)
            shares.append(coverage(answer.ids, items))
            costs.append([answer.fit_seconds, answer.recommend_seconds, model_bytes(model) / 1e6])
    return _table(list(models), names, values, shares, costs, resamples, seed)


def _table(
    models: list[str],
    names: list[str],
    values: NDArray[np.float64],
    shares: list[float],
    costs: list[list[float]],
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """Lay out figures, intervals and costs. `values`: models, users, metrics by user."""
    count, users, _ = values.shape
    flat = values.swapaxes(0, 1).reshape(users, -1)
    by_user = [metric for metric in names if metric in METRICS]
    ends = np.tile(_ends(by_user, values), count)
    low, high = intervals(flat, resamples, seed, ends).reshape(2, count, -1)
    counted = np.count_nonzero(~np.isnan(values), axis=1)
    means = np.nansum(values, axis=1) / np.where(counted, counted, np.nan)
    table = pd.DataFrame(index=pd.Index(models, name="model"))
    table[by_user] = means
    if "coverage" in names:
        table["coverage"] = shares
    table = table[names]
    for metric in names:
        column = by_user.index(metric) if metric in by_user else None
        table[f"{metric}_low"] = np.nan if column is None else low[:, column]
        table[f"{metric}_high"] = np.nan if column is None else high[:, column]
    table[["fit_seconds", "recommend_seconds", "megabytes"]] = costs
    return table


def _ends(metrics: list[str], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Smallest and largest value that a user could have, where the metric is about hits."""
    ends = np.full((2, len(metrics)), np.nan)
    for column, metric in enumerate(metrics):
        needs = METRICS[metric][1]
        if needs == ("relevant",):
            ends[:, column] = 0, 1
        elif "relevant" in needs:  # serendipity: its largest depends on the catalogue
            ends[:, column] = 0, np.nanmax(values[:, :, column])
    return ends


def _check_models(models: Mapping[str, Recommender], newcomers: bool) -> None:
    if not isinstance(models, Mapping) or not models:
        raise CourseError("models: expected a dict of name -> model with at least one")
    if len({id(model) for model in models.values()}) < len(models):
        raise CourseError("models: two names for one object; make a new model for each")
    for name, model in models.items():
        with _naming(name):
            check_model(model, newcomers)


def _check_shapes(
    train: sparse.csr_matrix,
    known: sparse.csr_matrix,
    relevant: sparse.csr_matrix,
    newcomers: bool,
) -> None:
    other = "visible" if newcomers else "train"
    if known.shape != relevant.shape:
        hint = ""
        if relevant.shape == known.shape[::-1]:
            hint = "; test looks transposed (rows are users, columns are items)"
        elif known.shape[1] == relevant.shape[1] and not newcomers:
            hint = "; for users that training has not seen pass visible=..., their histories"
        raise CourseError(
            f"test has shape {relevant.shape}, but {other} {known.shape}: "
            f"both need the same users and items{hint}"
        )
    if known.shape[1] != train.shape[1]:
        raise CourseError(
            f"visible: {known.shape[1]:,} columns, but train has {train.shape[1]:,}; "
            "lay both out by Interactions.from_views(..., content_ids=...)"
        )


def _checked_sizes(k: int, catalogue: int | None, columns: int) -> int:
    """Return how many items the catalogue has."""
    check_count(k, "k")
    if k > columns:
        raise CourseError(f"k: {k} recommendations of {columns} items; expected at most {columns}")
    if catalogue is None:
        return columns
    check_count(catalogue, "catalogue")
    if catalogue < columns:
        raise CourseError(
            f"catalogue: {catalogue:,} items, but train has {columns:,} columns of them"
        )
    return catalogue


@contextmanager
def _naming(model: str) -> Generator[None, None, None]:
    """Say which model a complaint is about."""
    try:
        yield
    except CourseError as error:
        raise CourseError(f"model {model!r}: {error}") from error
