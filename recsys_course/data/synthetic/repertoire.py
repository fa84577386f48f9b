"""What is being watched: the viewable part of the catalogue, its niches and its weekly fashions."""

import math
from dataclasses import dataclass, replace

import numpy as np

from recsys_course.data.synthetic import market
from recsys_course.data.synthetic.catalogue import Works
from recsys_course.data.synthetic.chance import Dice, expand, first_rows, ordered, starts, tabulated

PERIODS = 9
"""About weeks: popularity is constant within one and drifts from one to the next."""

_WORKS_PER_NICHE = 110  # so that neighbours by taste exist and differ from neighbours by genre
_NEW_SHARE = 0.06  # of viewable works are premieres of the window, with a buzz that fades
_DRIFT = 0.35  # standard deviation of the logarithm of popularity at the end of the window
_DEPTH = 0.78  # how far into a well-known series viewers get
_TAIL_PER_CENT = 12  # of the mean popularity is added to each work: the tail is watched a little

ANYTHING, BY_GENRE, BY_NICHE = 0, 1, 2
"""How narrowly a user chooses: among everything, in a favourite genre, in a favourite niche."""


@dataclass(frozen=True)
class Repertoire:
    """Viewable works and the tables that picks are drawn from.

    Attributes
    ----------
    episodes : numpy.ndarray of int64, shape (works,)
        Viewable episodes of each viewable work: the first ones.
    kind : numpy.ndarray of int64, shape (works,)
        0 for a film, 1 for a series.
    genre, minutes : numpy.ndarray, shape (works,)
        As in `Works`.
    row : numpy.ndarray of int64, shape (items,)
        Catalogue row of each viewable item; items of a work are neighbours.
    niche_start, niche_count : numpy.ndarray of int64, shape (genres,)
        Niches are numbered through all genres.
    demand : numpy.ndarray of int64, shape (genres,)
        Whole-number weight of each genre's popularity.
    """

    episodes: np.ndarray
    kind: np.ndarray
    genre: np.ndarray
    minutes: np.ndarray
    row: np.ndarray
    niche_start: np.ndarray
    niche_count: np.ndarray
    demand: np.ndarray
    _by_niche: np.ndarray  # works ordered by (kind, genre, niche)
    _cumulative: np.ndarray  # popularity in that order, period after period, from a leading 0
    _kind_bounds: np.ndarray  # segments of that order: of a kind,
    _genre_bounds: np.ndarray  # of a genre in a kind,
    _niche_bounds: np.ndarray  # of a niche in a kind

    @property
    def first_item(self) -> np.ndarray:
        """Index of the film or of the first episode among items."""
        return starts(self.episodes)

    def pick(
        self,
        dice: Dice,
        kind: np.ndarray,
        period: np.ndarray,
        genre: np.ndarray,
        niche: np.ndarray,
        breadth: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw one work for each wish, by popularity in its period.

        Parameters
        ----------
        dice : Dice
            Source of chance.
        kind, period, genre, niche, breadth : numpy.ndarray of int64, shape (wishes,)
            What is wished for; a wish that no viewable work meets becomes `ANYTHING` of the kind.

        Returns
        -------
        work, breadth : numpy.ndarray, shape (wishes,)
            Indices of viewable works, and how narrowly each was chosen in the end.
        """
        works = len(self.kind)
        narrow = breadth == BY_NICHE
        low = np.where(narrow, self._niche_bounds[kind, niche], self._genre_bounds[kind, genre])
        high = np.where(
            narrow, self._niche_bounds[kind, niche + 1], self._genre_bounds[kind, genre + 1]
        )
        offset = period * works
        low, high = self._cumulative[offset + low], self._cumulative[offset + high]
        widened = (breadth == ANYTHING) | (high <= low)
        low = np.where(widened, self._cumulative[offset + self._kind_bounds[kind]], low)
        high = np.where(widened, self._cumulative[offset + self._kind_bounds[kind + 1]], high)
        place = low + dice.below(high - low, len(kind))
        found = np.searchsorted(self._cumulative, place, side="right") - 1 - offset
        return self._by_niche[found], np.where(widened, ANYTHING, breadth).astype(np.int8)


def make_repertoire(dice: Dice, works: Works, items: int) -> tuple[Repertoire, Works]:
    """Choose what is viewable and how popular it is when.

    Parameters
    ----------
    dice : Dice
        Source of chance.
    works : Works
        The whole catalogue.
    items : int
        Exact number of viewable films and episodes.

    Returns
    -------
    Repertoire
        The viewable part.
    Works
        The catalogue again, with the release days of premieres.
    """
    chosen, episodes = _viewable(dice, works, items)
    count = len(chosen)
    kind, genre = works.is_series[chosen].astype(np.int64), works.genre[chosen]
    appeal = works.appeal[chosen]
    appeal = appeal + int(appeal.sum()) * _TAIL_PER_CENT // (100 * count)
    premiere = np.where(dice.uniform(count) < _NEW_SHARE, dice.below(market.DAYS, count), -1)
    premiere[first_rows(kind)] = -1  # the best film and the best series: always something is on
    release_day, release_step = works.release_day.copy(), works.release_step.copy()
    new = premiere >= 0
    release_day[chosen[new]] = market.FIRST_DAY + premiere[new]
    release_step[chosen[new]] = 0  # a new series comes out as a whole season

    genres = len(market.GENRES)
    genre_size = np.bincount(genre, minlength=genres)
    niche_count = np.maximum((genre_size + _WORKS_PER_NICHE // 2) // _WORKS_PER_NICHE, 1)
    niche_start = starts(niche_count)
    niches = int(niche_count.sum())
    # squares make the first niche of a genre its mainstream
    lean = dice.uniform(count)
    niche = niche_start[genre] + (lean * lean * niche_count[genre]).astype(np.int64)
    by_niche, _ = ordered(kind, niche)
    code = (kind * niches + niche)[by_niche]
    corners = np.arange(2)[:, None] * niches
    popularity = _popularity(dice, appeal, premiere)[:, by_niche]
    repertoire = Repertoire(
        episodes=episodes,
        kind=kind,
        genre=genre,
        minutes=works.minutes[chosen],
        row=np.repeat(works.first_row[chosen], episodes) + expand(episodes)[1],
        niche_start=niche_start,
        niche_count=niche_count,
        demand=_demand(genre, appeal * np.where(kind == 1, 8, 5)),
        _by_niche=by_niche,
        _cumulative=np.concatenate([[0], np.cumsum(popularity)]),
        _kind_bounds=np.searchsorted(code, np.arange(3) * niches),
        _genre_bounds=np.searchsorted(code, corners + np.append(niche_start, niches)),
        _niche_bounds=np.searchsorted(code, corners + np.arange(niches + 1)),
    )
    return repertoire, replace(works, release_day=release_day, release_step=release_step)


def _viewable(dice: Dice, works: Works, items: int) -> tuple[np.ndarray, np.ndarray]:
    # a prefix of the catalogue by popularity: whole films and the leading episodes of series
    count = len(works.rank)
    noisy = works.appeal * (0.35 + 1.3 * dice.uniform(count))
    by_fame = np.argsort(-noisy, kind="stable")
    fame = np.empty(count)
    fame[by_fame] = 1 - np.arange(count) / count
    patience = (0.4 + 0.9 * dice.uniform(count)) * fame * fame * np.sqrt(fame)
    depth = _DEPTH
    while True:
        reached = np.rint(works.episodes * np.minimum(depth * patience, 1)).astype(np.int64)
        reached = np.maximum(reached, 1)[by_fame]
        total = np.cumsum(reached)
        if total[-1] >= items:
            break
        depth *= 1.3  # many items wanted of a small catalogue: viewers get further
    last = int(np.searchsorted(total, items))
    episodes = reached[: last + 1]
    episodes[last] -= total[last] - items
    return by_fame[: last + 1], episodes


def _popularity(dice: Dice, appeal: np.ndarray, premiere: np.ndarray) -> np.ndarray:
    # a random walk of the logarithm, and the buzz of premieres: six-fold, gone in a month
    count = len(appeal)
    walk = np.cumsum(dice.normal(PERIODS * count).reshape(PERIODS, count), axis=0)
    walk *= _DRIFT / math.sqrt(PERIODS)
    steps = 64
    grid = np.clip(np.rint(walk * steps), -2 * steps, 2 * steps).astype(np.int64) + 2 * steps
    drift = tabulated(lambda step: math.exp(step / steps), range(-2 * steps, 2 * steps + 1))[grid]
    middle = (2 * np.arange(PERIODS)[:, None] + 1) * market.DAYS // (2 * PERIODS)
    age = middle - premiere
    fading = tabulated(lambda day: 0.6 + 5 * math.exp(-day / 12), range(market.DAYS))
    buzz = np.where(age < 0, 0.0, fading[np.clip(age, 0, market.DAYS - 1)])
    buzz = np.where(premiere < 0, 1.0, buzz)
    return np.rint(appeal * buzz * drift).astype(np.int64)


def _demand(genre: np.ndarray, weight: np.ndarray) -> np.ndarray:
    demand = np.zeros(len(market.GENRES), np.int64)
    np.add.at(demand, genre, weight)
    return demand
