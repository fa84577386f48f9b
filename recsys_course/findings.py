"""What a lesson finds in the data at hand: said as it is there, and not asserted."""

import math
import os

import numpy as np
import pandas as pd

from recsys_course.errors import DataError
from recsys_course.trials import future

ENOUGH = 5  # items of a user, users of an item, users to judge: less says little
HARD = "RECSYS_COURSE_FINDINGS"  # set to "hard" where the embedded cinema must say what is expected


def finding(holds: object, expected: str, otherwise: str) -> None:
    """Say which of two things the data show.

    What holds by construction or by mathematics is asserted. What is true of one data set is a
    finding: the embedded cinema says one thing, and the data that a user brings may say another.
    Then the lesson says so, and goes on.

    Parameters
    ----------
    holds : object
        Anything with a truth value: whether the data show what is expected.
    expected : str
        What to say then, with the figure in it.
    otherwise : str
        What to say if they don't.

    Raises
    ------
    AssertionError
        If it doesn't hold on the embedded cinema (no ``DATA_DIR``), and the environment variable
        ``RECSYS_COURSE_FINDINGS`` is "hard", as it is where the course is tested.

    Examples
    --------
    >>> ratio = 1.7
    >>> finding(
    ...     ratio > 1,
    ...     f"The neighbours find {ratio:.1f} times as much as popularity.",
    ...     f"The neighbours find {ratio:.1f} times as much as popularity: no gain here.",
    ... )
    The neighbours find 1.7 times as much as popularity.
    """
    if not holds and os.environ.get(HARD) == "hard" and not os.environ.get("DATA_DIR"):
        raise AssertionError(f"the embedded cinema says otherwise: {otherwise}")
    print(expected if holds else otherwise)


class TooLittle(DataError):
    """Data in which a lesson can find nothing."""

    def _render_traceback_(self) -> list[str]:
        """Say to IPython what to show."""
        return [f"This lesson stops here. {self}"]


def at_hand(views: pd.DataFrame, users: int, items: int, seconds: float) -> pd.DataFrame:
    """Say what a lesson has to work with and how long it takes; stop if it is too little.

    Parameters
    ----------
    views : DataFrame
        As from ``load_views``.
    users : int
        The fewest users with five items or more that the lesson can say something about.
    items : int
        The fewest items with five users or more.
    seconds : float
        What a million views take, about, all cells of the lesson together.

    Returns
    -------
    DataFrame
        The views. Where nobody can be judged by time (no times, all the same, nobody comes back),
        each gets a moment at random, so that the lesson can go on.

    Raises
    ------
    TooLittle
        Naming what there is, what is needed and what to do.

    Examples
    --------
    >>> order = np.arange(54) * 7 % 54
    >>> views = pd.DataFrame({"user_id": np.repeat(range(9), 6), "content_id": np.tile(range(6), 9),
    ...     "view_ts": pd.Timestamp("2019-04-09", tz="UTC") + pd.to_timedelta(order, unit="h")})
    >>> views = at_hand(views, users=9, items=6, seconds=60)
    54 views, 9 users, 6 items. All cells together take under a minute on so many.
    >>> views = at_hand(views, users=9, items=6, seconds=2_000_000)
    54 views, 9 users, 6 items. All cells together take about 2 minutes on so many.
    """
    pairs = views[["user_id", "content_id"]].drop_duplicates()
    sizes = pairs["user_id"].value_counts(), pairs["content_id"].value_counts()
    counts = [int((size >= ENOUGH).sum()) for size in sizes]
    if counts[0] < users or counts[1] < items:
        raise TooLittle(
            f"Too little to learn from: {counts[0]:,} of {len(sizes[0]):,} users have {ENOUGH} "
            f"items or more ({users:,} are needed), {counts[1]:,} of {len(sizes[1]):,} items have "
            f"{ENOUGH} users or more ({items:,} are needed). Set DATA_DIR to a larger folder, "
            "or unset it for the embedded cinema."
        )
    minutes = math.ceil(seconds * len(views) / 60e6)
    time = f"about {minutes} minutes" if minutes > 1 else "under a minute"
    print(f"{len(views):,} views, {len(sizes[0]):,} users, {len(sizes[1]):,} items.", end=" ")
    print(f"All cells together take {time} on so many.")
    if views["view_ts"].isna().all():
        print("This source has no times.", end=" ")
    elif not _can_be_judged_by_time(views):
        print("Too few of these users come back later to be judged by time.", end=" ")
    else:
        return views
    return _with_moments(views)


def _can_be_judged_by_time(views: pd.DataFrame) -> bool:
    """Tell whether a cut, and one more inside its past, leave some users with something new."""
    for _ in range(2):
        try:
            trial = future(views)
        except DataError:  # one moment for all
            return False
        if len(trial.judged) < ENOUGH:
            return False
        views = trial.views
    return True


def _with_moments(views: pd.DataFrame) -> pd.DataFrame:
    """Give each view a moment of four weeks, at random."""
    print(
        "Each view gets a moment at random here, so that the lesson can go on. What it then says "
        "about past and future says nothing about these users."
    )
    after = np.random.default_rng(0).integers(28 * 86_400, size=len(views))
    moments = pd.Series(pd.Timestamp("2000-01-03", tz="UTC") + pd.to_timedelta(after, unit="s"))
    moments = moments.set_axis(views.index).astype("datetime64[us, UTC]")
    return views.assign(view_ts=moments, dt=moments.dt.tz_localize(None).dt.floor("D"))
