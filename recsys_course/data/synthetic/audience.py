"""Who is watching: users, how active they are, what they like, when and where they sit down."""

import math
from dataclasses import dataclass

import numpy as np

from recsys_course.data.synthetic import market
from recsys_course.data.synthetic.chance import Dice, starts, tabulated
from recsys_course.data.synthetic.repertoire import (
    ANYTHING,
    BY_GENRE,
    BY_NICHE,
    PERIODS,
    Repertoire,
)

# Items of a user: log-normal, so that the median is 5 at a mean of 8.8 and one user in six has one.
_ACTIVITY_MEAN, _ACTIVITY_DEVIATION, _MOST_ACTIVE = 1.42, 1.22, 900
_OVERDRAW_PER_CENT = 115  # picks made for each pair wanted: repeats and ends of series are lost

_FAVOURITES = np.array([70, 22, 8])  # how a user's picks divide among three favourite genres
_SECOND_NICHE = 0.25  # of picks by niche come from the second niche of the genre
_GENRE_MOOD = 0.10  # of picks are by favourite genre; the rest, by niche
_AUDIENCE_PULL = 20  # a favourite genre is this much likelier to be one of the audience
_SECONDARY_DEVICE = 0.12  # of sessions
_LIFE_STEPS = 16  # per day, in the table of logarithms


@dataclass(frozen=True)
class Audience:
    """Users and their sessions.

    Attributes
    ----------
    appetite : numpy.ndarray of int64, shape (users,)
        Picks that each user makes.
    genres : numpy.ndarray of int64, shape (users, 3)
        Favourite genres, the dearest first.
    niches : numpy.ndarray of int64, shape (users, 3, 2)
        Two niches of each of them.
    mainstream, bingeing : numpy.ndarray of float64, shape (users,)
        Probability of a pick by overall popularity, and of a pick that is a series.
    sessions : numpy.ndarray of int64, shape (users,)
        How many sessions each user has; those of a user are neighbours.
    start : numpy.ndarray of int32, shape (sessions,)
        Seconds from the opening of the window.
    period, platform : numpy.ndarray of int8, shape (sessions,)
        Period of popularity, and index into ``market.PLATFORMS``.
    """

    appetite: np.ndarray
    genres: np.ndarray
    niches: np.ndarray
    mainstream: np.ndarray
    bingeing: np.ndarray
    sessions: np.ndarray
    start: np.ndarray
    period: np.ndarray
    platform: np.ndarray

    def wish(
        self, dice: Dice, repertoire: Repertoire, user: np.ndarray, kind: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Sit each user down in one of the sessions and let him pick a work.

        Parameters
        ----------
        dice : Dice
            Source of chance.
        repertoire : Repertoire
            What is on.
        user, kind : numpy.ndarray of integers, shape (picks,)
            Who picks, and whether a film (0) or a series (1).

        Returns
        -------
        session : numpy.ndarray of int32, shape (picks,)
        work : numpy.ndarray of int32, shape (picks,)
        breadth : numpy.ndarray of int8, shape (picks,)
            How narrowly it was chosen, see `Repertoire.pick`.
        """
        count = len(user)
        session = starts(self.sessions)[user] + dice.below(self.sessions[user], count)
        slot = dice.choose(_FAVOURITES, count)
        genre = self.genres[user, slot]
        niche = self.niches[user, slot, (dice.uniform(count) < _SECOND_NICHE).astype(np.int8)]
        mood = dice.uniform(count) - self.mainstream[user]
        breadth = np.where(mood < 0, ANYTHING, np.where(mood < _GENRE_MOOD, BY_GENRE, BY_NICHE))
        period = self.period[session].astype(np.int64)
        work, breadth = repertoire.pick(dice, kind, period, genre, niche, breadth)
        return session.astype(np.int32), work.astype(np.int32), breadth


def make_audience(dice: Dice, users: int, pairs: int, repertoire: Repertoire) -> Audience:
    """Make users and sessions.

    Parameters
    ----------
    dice : Dice
        Source of chance.
    users : int
        How many users.
    pairs : int
        How many different pairs they shall have, for the scale of their appetites.
    repertoire : Repertoire
        What they can like.

    Returns
    -------
    Audience
    """
    birth, death = _lives(dice, users)
    appetite = _appetites(dice, users, pairs * _OVERDRAW_PER_CENT // 100, death - birth)
    genres = _favourite_genres(dice, users, repertoire.demand)
    lean = dice.uniform(users * 6).reshape(users, 3, 2)
    niches = (lean * lean * repertoire.niche_count[genres][:, :, None]).astype(np.int64)
    niches += repertoire.niche_start[genres][:, :, None]
    start, period, platform, sessions = _sessions(dice, appetite, birth, death)
    return Audience(
        appetite=appetite,
        genres=genres,
        niches=niches,
        mainstream=0.25 * (0.3 + 1.4 * dice.uniform(users)),
        bingeing=0.36 * (0.15 + 1.7 * dice.uniform(users)),
        sessions=sessions,
        start=start,
        period=period,
        platform=platform,
    )


def _lives(dice: Dice, users: int) -> tuple[np.ndarray, np.ndarray]:
    # users come and go: some before the window, some after its opening; a life is at least a day
    arrival = -50 + (market.DAYS + 49) * dice.uniform(users)
    death = np.minimum(arrival + 3 + 34 * dice.exponential(users), market.DAYS)
    birth = np.maximum(arrival, 0.0)
    too_short = death - birth < 1
    birth = np.where(too_short, (market.DAYS - 1) * dice.uniform(users), birth)
    return birth, np.where(too_short, birth + 1, death)


def _appetites(dice: Dice, users: int, total: int, life: np.ndarray) -> np.ndarray:
    scale = _ACTIVITY_DEVIATION * math.sqrt(2)
    below = tabulated(
        lambda items: 1e7 * (1 + math.erf((math.log(items + 0.5) - _ACTIVITY_MEAN) / scale)),
        range(1, _MOST_ACTIVE + 1),
    )
    weights = np.diff(np.rint(below).astype(np.int64), prepend=0)
    items = np.sort(1 + dice.choose(weights, users))
    while missing := total - int(items.sum()):
        able = np.arange(users) if missing > 0 else np.flatnonzero(items > 1)
        changed = able[dice.choose(items[able], abs(missing))]
        np.add.at(items, changed, 1 if missing > 0 else -1)
        np.maximum(items, 1, out=items)
    items.sort()
    # longer lives see more
    logarithms = tabulated(
        lambda step: math.log(max(step, 1) / _LIFE_STEPS),
        range(market.DAYS * _LIFE_STEPS + 1),
    )
    zeal = dice.normal(users) + 1.1 * logarithms[np.rint(life * _LIFE_STEPS).astype(np.int64)]
    appetite = np.empty(users, np.int64)
    appetite[np.argsort(zeal, kind="stable")] = items
    return appetite


def _favourite_genres(dice: Dice, users: int, demand: np.ndarray) -> np.ndarray:
    audiences = len(market.AUDIENCE_DEMAND)
    of_audience = np.zeros(audiences, np.int64)
    np.add.at(of_audience, market.AUDIENCE_OF_GENRE, demand)
    audience = dice.choose(of_audience * market.AUDIENCE_DEMAND, users)
    genres = np.empty((users, 3), np.int64)
    for which in range(audiences):
        members = np.flatnonzero(audience == which)
        is_theirs = which == market.AUDIENCE_OF_GENRE
        pull = demand * np.where(is_theirs, _AUDIENCE_PULL, 1)
        genres[members] = dice.choose(pull, 3 * len(members)).reshape(-1, 3)
    return genres


def _sessions(
    dice: Dice, appetite: np.ndarray, birth: np.ndarray, death: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    users = len(appetite)
    table = tabulated(lambda items: 0.62 * items**0.86, range(int(appetite.max()) + 1))
    sessions = np.maximum(np.rint(table), 1).astype(np.int64)[appetite]
    owner = np.repeat(np.arange(users, dtype=np.int32), sessions)
    count = len(owner)
    moment = birth[owner] + (death - birth)[owner] * dice.uniform(count)
    day = np.minimum(moment.astype(np.int32), market.DAYS - 1)
    start = day * 86_400 + dice.choose(market.HOUR_WEIGHTS, count) * 3600 + dice.below(3600, count)
    devices = dice.choose(market.PLATFORM_WEIGHTS, users * 2).reshape(users, 2)
    platform = devices[owner, (dice.uniform(count) < _SECONDARY_DEVICE).astype(np.int8)]
    period = day * PERIODS // market.DAYS
    return start.astype(np.int32), period.astype(np.int8), platform.astype(np.int8), sessions
