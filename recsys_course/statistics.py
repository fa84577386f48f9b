"""How far a mean over users could be from that over other users like them."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recsys_course.checks.numbers import check_count
from recsys_course.errors import CourseError

BLOCK_CELLS = 2**22  # resamples x users held at once, 8 bytes each
FEW = 30  # users with anything but 0: with fewer, the plain bootstrap promises too much
LEVELS = 0.025, 0.975  # of a 95 % interval


def paired_difference(
    first: ArrayLike, second: ArrayLike, resamples: int = 1000, seed: int = 0
) -> tuple[float, float, float]:
    """Mean of ``first - second`` over users, with its 95 % bootstrap interval.

    Two models judged by the same users differ by far less than either figure is uncertain, since a
    user who is hard to please is so for both. An interval without 0 says that the difference is not
    a matter of which users happened to be asked.

    Parameters
    ----------
    first, second : array of float, shape (users,)
        Values of one metric for the same users, as in a column of `per_user`. A user with NaN on
        either side is left out.
    resamples : int, default 1000
        How often the users are drawn again, with replacement.
    seed : int, default 0
        Of the draws.

    Returns
    -------
    mean, low, high : float
        The difference, and the 2.5th and 97.5th percentile of its resampled means. Where fewer
        than 30 users have a difference, two more are among those drawn, one for each side, as far
        apart as any value found: a handful of hits must not look like a law.

    Raises
    ------
    CourseError
        If the shapes differ, no user has both values, `resamples` is below 1, or `seed` below 0.

    References
    ----------
    Efron, Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.

    Examples
    --------
    >>> tastes = np.linspace(0, 1, 100)
    >>> paired_difference(tastes, tastes / 2)[0]
    0.25
    >>> paired_difference([1, 0, 0], [0, 0, 0])[1] < 0  # one user can't tell
    True
    """
    left, right = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if left.ndim != 1 or left.shape != right.shape:
        raise CourseError(
            "first and second: expected one value per user in each, for the same users, "
            f"found shapes {left.shape} and {right.shape}"
        )
    both = ~np.isnan(left - right)
    if not both.any():
        raise CourseError("first and second: no user has a value in both")
    left, right = left[both], right[both]
    difference = left - right
    most = max(np.abs(left).max(), np.abs(right).max())
    low, high = intervals(difference[:, None], resamples, seed, np.array([[-most], [most]]))
    return float(difference.mean()), float(low[0]), float(high[0])


def intervals(
    values: NDArray[np.float64],
    resamples: int,
    seed: int,
    ends: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Percentile bootstrap of column means over users, the same resamples for all columns.

    The plain bootstrap believes that what it hasn't seen can't happen: with no hit among 50 users
    its interval ends at 0. So where fewer than `FEW` users have anything but 0, two more are drawn
    with them, one at either end of what is possible, as Agresti and Coull do for a proportion.

    Parameters
    ----------
    values : ndarray of float64, shape (users, columns)
        NaN where a user doesn't count in a column.
    resamples : int
        How often the users are drawn again, with replacement.
    seed : int
        Of the draws.
    ends : ndarray of float64, shape (2, columns), optional
        Smallest and largest value that a user could have; NaN in columns that are never rare.

    Returns
    -------
    ndarray of float64, shape (2, columns)
        The 2.5th and the 97.5th percentile; NaN for a column of NaN.

    Raises
    ------
    CourseError
        If `resamples` is not a whole number from 1 up, or `seed` from 0 up.

    References
    ----------
    Agresti, Coull (1998), Approximate is better than "exact" for interval estimation of binomial
    proportions.

    Examples
    --------
    >>> intervals(np.array([[1.0, 0.0], [1.0, 2.0]]), resamples=100, seed=0)
    array([[1., 0.],
           [1., 2.]])
    >>> intervals(np.zeros((50, 1)), resamples=1000, seed=0, ends=np.array([[0.0], [1.0]])).round(2)
    array([[0.  ],
           [0.06]])
    """
    check_count(resamples, "resamples")
    check_count(seed, "seed", least=0)
    if ends is not None:
        rare = np.count_nonzero(np.nan_to_num(values), axis=0) < FEW
        rare &= ~np.isnan(values).all(axis=0)
        if rare.any():
            values = np.vstack([values, np.where(rare, ends, np.nan)])
    counted = ~np.isnan(values)
    partly = np.flatnonzero(counted.any(axis=0) & ~counted.all(axis=0))
    filled = np.where(counted, values, 0.0)
    means = []
    for weights in _draws(len(values), resamples, seed):
        shares = np.full((len(weights), values.shape[1]), float(len(values)))
        shares[:, partly] = weights @ counted[:, partly].astype(np.float64)
        with np.errstate(invalid="ignore"):  # a resample without anybody who counts: NaN
            means.append(weights @ filled / shares)
    found = np.full((2, values.shape[1]), np.nan)
    some = counted.any(axis=0)
    found[:, some] = np.nanquantile(np.concatenate(means)[:, some], LEVELS, axis=0)
    return found


def _draws(users: int, resamples: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """How often each user is drawn in each resample, a block of resamples at a time."""
    generator = np.random.default_rng(seed)
    size = max(BLOCK_CELLS // users, 1)
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        drawn = generator.integers(users, size=(rows, users))
        drawn += np.arange(rows)[:, None] * users
        yield np.bincount(drawn.ravel(), minlength=rows * users).reshape(rows, users).astype(float)
