"""Trials: a past to learn from, users of whom something is hidden, and what a model finds."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from recsys_course.interactions import Interactions, Weight
from recsys_course.metrics import per_user
from recsys_course.splits import Split, by_time, by_user, leave_last_share


@dataclass(frozen=True, eq=False)
class Trial:
    """What models may learn from, what they see of the users to judge, and what is hidden.

    Attributes
    ----------
    views : DataFrame
        The views to learn from.
    known : Interactions
        Their user-item matrix, with its ids.
    visible : csr_matrix, shape (users, items)
        What a model sees of each user when it recommends; the columns are those of `known`.
    hidden : csr_matrix, shape (users, items)
        What each of these users took up later, for the first time.
    newcomers : bool
        Whether these users are strangers to the models; else they are the rows of `known`.
    """

    views: pd.DataFrame
    known: Interactions
    visible: sparse.csr_matrix
    hidden: sparse.csr_matrix
    newcomers: bool

    @cached_property
    def judged(self) -> NDArray[np.intp]:
        """Rows of the users of whom something is hidden."""
        return np.flatnonzero(self.hidden.getnnz(axis=1))

    def fitted(self, model: Any) -> Any:
        """Fit a model to what is known, and return it."""
        model.fit(self.known.user_items)
        return model

    def lists(self, model: Any, N: int = 10) -> NDArray[np.intp]:
        """Ask a fitted model for lists.

        Parameters
        ----------
        model : object
            A model of the course.
        N : int, default 10
            Places of a list.

        Returns
        -------
        ndarray of int, shape (judged, N)
            Columns, the best first; -1 where nothing is left.
        """
        seen = self.visible[self.judged]
        rows = np.arange(len(self.judged)) if self.newcomers else self.judged
        ids, _ = model.recommend(rows, seen, N=N, recalculate_user=self.newcomers)
        return np.asarray(ids)

    def recalls(self, model: Any, N: int = 10) -> NDArray[np.float64]:
        """Measure a fitted model by recall@N, user by user; arguments as for `lists`.

        Returns
        -------
        ndarray of float64, shape (judged,)
        """
        lists, hidden = self.lists(model, N), self.hidden[self.judged]
        return per_user(lists, hidden, k=N, metrics=["recall"])["recall"].to_numpy()

    def score(self, model: Any, N: int = 10) -> float:
        """Fit a model, and return its mean recall@N; arguments as for `lists`."""
        return float(self.recalls(self.fitted(model), N).mean())


def members(split: Split) -> Trial:
    """Judge the users of the training side by what they watched for the first time on the other.

    Parameters
    ----------
    split : Split
        Two frames with columns ``user_id`` and ``content_id``.

    Returns
    -------
    Trial
        Users and items that the training side doesn't know are left out.

    Raises
    ------
    DataError
        If a side is unusable.

    Examples
    --------
    >>> before = pd.DataFrame({"user_id": [1, 2], "content_id": [7, 8]})
    >>> after = pd.DataFrame({"user_id": [1, 1, 1, 3], "content_id": [7, 8, 9, 7]})
    >>> members(Split(before, after)).hidden.toarray()
    array([[0., 1.],
           [0., 0.]], dtype=float32)
    """
    known = Interactions.from_views(split.train)
    later = _laid_out(split.test, known.user_ids, known)
    new = sparse.csr_matrix(later - later.multiply(known.user_items))
    new.eliminate_zeros()
    return Trial(split.train, known, known.user_items, new, newcomers=False)


def future(views: pd.DataFrame, test_share: float = 0.2) -> Trial:
    """Hide everything after a moment; judge the users who were there before it.

    Parameters
    ----------
    views : DataFrame
        Columns ``user_id``, ``content_id``, ``view_ts``.
    test_share : float, default 0.2
        Share of the views that come after the moment (`splits.by_time`).

    Returns
    -------
    Trial
        As from `members`.

    Raises
    ------
    DataError, CourseError
        As `splits.by_time`.

    Examples
    --------
    >>> days = pd.to_datetime(["2019-03-01", "2019-03-02", "2019-03-03", "2019-03-04"], utc=True)
    >>> views = pd.DataFrame({"user_id": [1, 2, 1, 1], "content_id": [7, 8, 8, 7], "view_ts": days})
    >>> trial = future(views, test_share=0.5)
    >>> trial.known.content_ids, trial.hidden.toarray()
    (array([7, 8]), array([[0., 1.],
           [0., 0.]], dtype=float32))
    """
    return members(by_time(views, test_share=test_share))


def newcomers(
    views: pd.DataFrame, seed: int = 0, test_share: float = 0.2, weight: Weight = "binary"
) -> Trial:
    """Hold out a share of the users as newcomers, and hide the end of each one's history.

    Parameters
    ----------
    views : DataFrame
        Columns ``user_id``, ``content_id``, ``view_ts``; ``view_duration`` for some weights.
    seed : int, default 0
        Another seed holds out other users (`splits.by_user`).
    test_share : float, default 0.2
        Share of the users, and of each one's items (`splits.leave_last_share`).
    weight : {"binary", "count"} or callable, default "binary"
        What fills the matrix to learn from and what is visible, as in `Interactions.from_views`.

    Returns
    -------
    Trial
        Newcomers with too few items to hide any are left out.

    Raises
    ------
    DataError, CourseError
        As `splits.by_user` and `splits.leave_last_share`.

    Examples
    --------
    >>> views = pd.DataFrame({"user_id": np.repeat([1, 2, 3], 5), "content_id": [*range(5)] * 3,
    ...     "view_ts": pd.date_range("2019-03-01", periods=15, tz="UTC")})
    >>> trial = newcomers(views)
    >>> trial.known.user_items.shape, trial.visible.toarray(), trial.hidden.indices
    ((2, 5), array([[1., 1., 1., 1., 0.]], dtype=float32), array([4], dtype=int32))
    """
    others, theirs = by_user(views, test_share=test_share, seed=seed)
    known = Interactions.from_views(others, weight)
    return _meeting(others, known, leave_last_share(theirs, test_share=test_share), weight)


def meet(trial: Trial, history: Split) -> Trial:
    """Let the models of a trial meet other users.

    Parameters
    ----------
    trial : Trial
        What may be learned from stays as it is.
    history : Split
        What is seen of the others, and what is hidden (columns ``user_id`` and ``content_id``);
        they are strangers to the models. Items that the trial doesn't know are left out.

    Returns
    -------
    Trial

    Examples
    --------
    >>> past = pd.DataFrame({"user_id": [1, 1, 2], "content_id": [7, 8, 8]})
    >>> seen = pd.DataFrame({"user_id": [5], "content_id": [7]})
    >>> hidden = pd.DataFrame({"user_id": [5, 5], "content_id": [8, 9]})
    >>> other = meet(members(Split(past, past)), Split(seen, hidden))
    >>> other.visible.toarray(), other.hidden.toarray()
    (array([[1., 0.]], dtype=float32), array([[0., 1.]], dtype=float32))
    """
    return _meeting(trial.views, trial.known, history, "binary")


def _meeting(views: pd.DataFrame, known: Interactions, history: Split, weight: Weight) -> Trial:
    users = np.unique(history.test["user_id"])
    seen = _laid_out(history.train, users, known, weight)
    return Trial(views, known, seen, _laid_out(history.test, users, known), newcomers=True)


def _laid_out(
    views: pd.DataFrame, users: NDArray[np.int64], known: Interactions, weight: Weight = "binary"
) -> sparse.csr_matrix:
    """Return the matrix of some users, its columns those that are known."""
    columns = known.content_ids
    return Interactions.from_views(
        views, weight, user_ids=users, content_ids=columns, unknown="drop"
    ).user_items


class Choice(NamedTuple):
    """The best of some settings, and all that was tried.

    Attributes
    ----------
    setting : dict
        Name -> value.
    tried : Series
        Mean recall@10 by value; a level of the index for each name where there are several.
    """

    setting: dict[str, Any]
    tried: pd.Series


def choose(make: Callable[..., Any], trial: Trial, **grid: Iterable[Any]) -> Choice:
    """Try every combination of some settings on a trial, and name the one that finds most.

    Parameters
    ----------
    make : callable
        Settings -> a new model.
    trial : Trial
        A validation part, never the one on which the choice will be judged.
    **grid : iterable
        For each setting, the values to try.

    Returns
    -------
    Choice
        Of equals, the first.

    Examples
    --------
    >>> from recsys_course.models import ItemKNN
    >>> views = pd.DataFrame({"user_id": np.repeat(range(9), 5), "content_id": [*range(5)] * 9,
    ...     "view_ts": pd.date_range("2019-03-01", periods=45, tz="UTC")})
    >>> choose(ItemKNN, newcomers(views), K=(2, 4)).setting
    {'K': 4}
    """
    tried = {}
    for values in itertools.product(*grid.values()):
        tried[values] = trial.score(make(**dict(zip(grid, values, strict=True))))
    best = max(tried, key=lambda values: tried[values])
    index = pd.MultiIndex.from_tuples(list(tried), names=list(grid))
    found = pd.Series(
        list(tried.values()),
        index.get_level_values(0) if len(grid) == 1 else index,
        name="recall@10, validation",
    )
    return Choice(dict(zip(grid, best, strict=True)), found)
