"""Split views into a part to learn from and a part to be judged on, without a leak.

Each function says exactly what it guarantees. All of them keep the rows' order and index, put every
row on exactly one side, and give the same answer on every machine.
"""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from recsys_course.checks.numbers import check_count, check_share
from recsys_course.checks.views import check_times, check_views
from recsys_course.errors import CourseError, DataError


class Split(NamedTuple):
    """Two frames of views that together are the frame that was split.

    Attributes
    ----------
    train : DataFrame
        The views to learn from.
    test : DataFrame
        The views to be judged on.
    """

    train: pd.DataFrame
    test: pd.DataFrame


def by_user(views: pd.DataFrame, test_share: float = 0.2, seed: int = 0) -> Split:
    """Hold out a random share of users with all of their views.

    Guarantee: no user is on both sides. The test side has exactly ``ceil(test_share * users)``
    users. Who they are depends on the set of user ids and on `seed` alone, not on the views, their
    order or the machine: the ids in ascending order each get one number of the PCG64 stream, and
    the smallest numbers are held out. Items and moments may be on both sides.

    Parameters
    ----------
    views : DataFrame
        Column ``user_id``.
    test_share : float, default 0.2
        Share of users to hold out, above 0 and below 1.
    seed : int, default 0
        Another seed holds out other users.

    Returns
    -------
    Split
        The views of the users who stay, and of those held out.

    Raises
    ------
    DataError
        If the frame is unusable, or the share leaves no user to learn from.
    CourseError
        If the share is not between 0 and 1, or the seed is not a whole number from 0 up.

    Examples
    --------
    >>> views = pd.DataFrame({"user_id": [3, 1, 3, 2, 4], "content_id": [10, 10, 11, 11, 12]})
    >>> train, test = by_user(views, test_share=0.25)
    >>> set(train.user_id) & set(test.user_id), test.user_id.nunique()
    (set(), 1)
    """
    check_share(test_share, "test_share")
    check_count(seed, "seed", 0)
    check_views(views, "user_id")
    rows, users = pd.factorize(views["user_id"].to_numpy(np.int64), sort=True)
    count = _part(test_share, len(users))
    if count == len(users):
        raise DataError(
            f"views: {len(users)} user(s) and test_share={test_share} leave nobody to learn from"
        )
    numbers = np.random.Generator(np.random.PCG64(seed)).random(len(users))
    held_out = np.zeros(len(users), bool)
    held_out[np.argsort(numbers, kind="stable")[:count]] = True
    return _split(views, held_out[rows])


def by_time(
    views: pd.DataFrame,
    test_share: float | None = None,
    *,
    moment: pd.Timestamp | None = None,
) -> Split:
    """Learn from the views before a moment, be judged on those from it on.

    Guarantee: every view of the train side is strictly earlier than every view of the test side;
    views of the same instant are never parted. With `test_share` the moment is that of the view
    with which the last ``ceil(test_share * rows)`` rows begin; if others share its instant, the
    test side gets them all and is larger by that. Users, items and pairs may be on both sides: who
    watches something again after the moment has the pair in both, and users or items first seen
    after the moment are in the test side only, as in production.

    Parameters
    ----------
    views : DataFrame
        Column ``view_ts``, datetimes with a time zone.
    test_share : float, optional
        Share of rows to hold out, above 0 and below 1; 0.2 if no `moment` is given either.
    moment : Timestamp, optional
        The first moment of the test side, with its time zone.

    Returns
    -------
    Split
        The views before the moment, and from it on.

    Raises
    ------
    DataError
        If the frame is unusable or all its views fall on one instant.
    CourseError
        If both or an unusable share or moment is given, or one side would be empty.

    Examples
    --------
    >>> days = pd.to_datetime(["2019-03-02", "2019-03-01", "2019-03-03", "2019-03-03"], utc=True)
    >>> train, test = by_time(pd.DataFrame({"view_ts": days}), test_share=0.25)
    >>> list(train.view_ts.dt.day), list(test.view_ts.dt.day)
    ([2, 1], [3, 3])
    """
    if test_share is not None and moment is not None:
        raise CourseError("by_time: give test_share or moment, not both")
    share = 0.2 if test_share is None else test_share
    check_share(share, "test_share")
    check_views(views, "view_ts")
    check_times(views)
    first, last = views["view_ts"].min(), views["view_ts"].max()
    if moment is None:
        start = views["view_ts"].sort_values().iloc[-_part(share, len(views))]
        if start == first:
            raise DataError(
                f"views: test_share={share} would hold out all rows, for they share the instant "
                f"{first}; take a smaller share or a moment"
            )
    else:
        start = _moment(moment)
        if not first < start <= last:
            raise CourseError(
                f"moment {start}: outside of the views' period; give one after {first} "
                f"and not after {last}"
            )
    return _split(views, (views["view_ts"] >= start).to_numpy())


def leave_last_n(views: pd.DataFrame, n: int = 1) -> Split:
    """Hold out the `n` items that each user took up last.

    Guarantee: no pair of user and item is on both sides; all views of a pair go with it. A user's
    items are ordered by the first view of each, at equal moments by ascending content id, and the
    last `n` are held out: each user with more than `n` items has exactly `n` in test and the rest
    in train; users with `n` items or fewer are in train only. So every test user can be learnt
    from, and nothing held out was taken up before what is learnt from. Two things it does *not*
    say: a user may rewatch an item of the train side after the held-out ones (which tells nothing
    to binary weights), and one user's train side may be later than another's test side; only
    `by_time` is strict about time.

    Parameters
    ----------
    views : DataFrame
        Columns ``user_id``, ``content_id`` and ``view_ts``.
    n : int, default 1
        How many items of each user to hold out.

    Returns
    -------
    Split
        The views of the earlier pairs, and of the held-out ones.

    Raises
    ------
    DataError
        If the frame is unusable or no user has more than `n` items.
    CourseError
        If `n` is not a whole number from 1 up.

    Examples
    --------
    >>> views = pd.DataFrame({
    ...     "user_id": [1, 1, 1, 2],
    ...     "content_id": [7, 8, 7, 7],
    ...     "view_ts": pd.to_datetime(["2019-03-01", "2019-03-02", "2019-03-03", "2019-03-01"],
    ...                               utc=True),
    ... })
    >>> leave_last_n(views).test[["user_id", "content_id"]].values.tolist()
    [[1, 8]]
    """
    check_count(n, "n")
    pair, from_last, count = _pairs_by_first_view(views)
    held_out = (from_last < n) & (count > n)
    if not held_out.any():
        raise DataError(f"views: no user has more than {n} item(s); nothing to hold out")
    return _split(views, held_out[pair])


def leave_last_share(views: pd.DataFrame, test_share: float = 0.2) -> Split:
    """Hold out the share of items that each user took up last.

    Guarantee: as that of `leave_last_n`, where a user with ``m`` items has exactly
    ``floor(test_share * m)`` of them in test. At 0.2, users with fewer than five items are in
    train only.

    Parameters
    ----------
    views : DataFrame
        Columns ``user_id``, ``content_id`` and ``view_ts``.
    test_share : float, default 0.2
        Share of each user's items to hold out, above 0 and below 1.

    Returns
    -------
    Split
        The views of the earlier pairs, and of the held-out ones.

    Raises
    ------
    DataError
        If the frame is unusable or no user has enough items.
    CourseError
        If the share is not between 0 and 1.

    Examples
    --------
    >>> views = pd.DataFrame({
    ...     "user_id": 1,
    ...     "content_id": [7, 8, 9, 8],
    ...     "view_ts": pd.to_datetime(["2019-03-01", "2019-03-02", "2019-03-03", "2019-03-04"],
    ...                               utc=True),
    ... })
    >>> list(leave_last_share(views, 0.5).test.content_id)
    [9]
    """
    check_share(test_share, "test_share")
    pair, from_last, count = _pairs_by_first_view(views)
    held_out = from_last < np.floor(test_share * count + 1e-9)
    if not held_out.any():
        raise DataError(
            f"views: no user has the {math.ceil(1 / test_share - 1e-9)} items "
            f"that test_share={test_share} needs; nothing to hold out"
        )
    return _split(views, held_out[pair])


def _split(views: pd.DataFrame, held_out: np.ndarray) -> Split:
    return Split(views[~held_out], views[held_out])


def _part(share: float, whole: int) -> int:
    """Round up, but not for what is only a rounding error: 0.07 * 100 is 7.000000000000001."""
    return math.ceil(share * whole - 1e-9)


def _moment(moment: pd.Timestamp) -> pd.Timestamp:
    stamp = pd.to_datetime(moment, errors="coerce")
    if not isinstance(stamp, pd.Timestamp):
        raise CourseError(f"moment: expected a pandas.Timestamp, not {moment!r}")
    if stamp.tz is None:
        raise CourseError(
            f"moment {moment}: no time zone; write pandas.Timestamp('{moment}', tz='UTC')"
        )
    return stamp


def _pairs_by_first_view(views: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pair of each row; per pair its place from the user's last (0) and the user's pairs."""
    check_views(views, "user_id", "content_id", "view_ts")
    check_times(views)
    user, _ = pd.factorize(views["user_id"].to_numpy(np.int64))
    item, items = pd.factorize(views["content_id"].to_numpy(np.int64), sort=True)
    pair, pairs = pd.factorize(user * len(items) + item)
    owner = pairs // len(items)
    first_view = views["view_ts"].astype("int64").groupby(pair).min().to_numpy()
    order = np.lexsort((pairs, first_view, owner))
    count = np.bincount(owner)
    after_last = np.cumsum(count)
    from_last = np.empty(len(pairs), np.int64)
    from_last[order] = after_last[owner[order]] - 1 - np.arange(len(pairs))
    return pair, from_last, count[owner]
