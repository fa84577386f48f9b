"""The catalogue: works (a film, or a series with all its episodes) and their rows."""

from dataclasses import dataclass

import numpy as np

from recsys_course.data.synthetic import market
from recsys_course.data.synthetic.chance import Dice, expand, starts, tabulated

_SERIES_PER_CENT = 87  # of the catalogue's rows are episodes, as in the original
_SERIES_APPEAL, _FILM_APPEAL = 8, 5  # a series is chosen 1.6 times as often as a film of its rank

# Popularity of the work of rank r is (r + 8) ** -1.1, a Zipf-Mandelbrot law: steep in the tail,
# without a single hit that everyone watches. Niches and drift soften it to what real services show.
_ZIPF_SHIFT, _ZIPF_EXPONENT = 8, 1.1
_APPEAL_SCALE = 1e9


@dataclass(frozen=True)
class Works:
    """Films and series; every array has one entry for each work.

    Attributes
    ----------
    episodes : numpy.ndarray of int64
        Rows of the catalogue that the work takes; 1 for a film.
    is_series : numpy.ndarray of bool
        Whether it is a series.
    genre : numpy.ndarray of int64
        Index into ``market.GENRES``.
    minutes : numpy.ndarray of float64
        Length of the film or of one episode.
    rank : numpy.ndarray of int64
        Place by popularity in the whole catalogue, from 0.
    appeal : numpy.ndarray of int64
        Whole-number weight of its popularity.
    release_day : numpy.ndarray of int64
        Day of the (first) release, in days since 1970.
    release_step : numpy.ndarray of int64
        Days between two episodes.
    """

    episodes: np.ndarray
    is_series: np.ndarray
    genre: np.ndarray
    minutes: np.ndarray
    rank: np.ndarray
    appeal: np.ndarray
    release_day: np.ndarray
    release_step: np.ndarray

    @property
    def first_row(self) -> np.ndarray:
        """Row of the film or of the first episode in the catalogue."""
        return starts(self.episodes)

    @property
    def fame(self) -> np.ndarray:
        """Popularity as a share: 1 for the best-known work, towards 0 for the last one."""
        return 1 - self.rank / len(self.rank)


@dataclass(frozen=True)
class Rows:
    """Columns of the catalogue, one entry for each film or episode; see `schema` of the data."""

    content_id: np.ndarray
    country: np.ndarray
    release_day: np.ndarray
    rating: np.ndarray
    compilation_id: np.ndarray
    work: np.ndarray
    episode: np.ndarray


def make_works(dice: Dice, rows: int) -> Works:
    """Make films and series that fill a catalogue exactly.

    Parameters
    ----------
    dice : Dice
        Source of chance.
    rows : int
        Rows of the catalogue.

    Returns
    -------
    Works
        In the order of the catalogue.
    """
    series_rows = rows * _SERIES_PER_CENT // 100
    lengths = market.EPISODES[dice.below(len(market.EPISODES), series_rows // 4 + 1)]
    lengths = lengths[np.cumsum(lengths) <= series_rows]
    films = rows - int(lengths.sum())
    count = len(lengths) + films
    order = dice.shuffled(count)
    episodes = np.concatenate([lengths, np.ones(films, np.int64)])[order]
    is_series = order < len(lengths)

    films_by_genre = np.array([genre.films for genre in market.GENRES])
    series_by_genre = np.array([genre.series for genre in market.GENRES])
    genre = np.where(
        is_series, dice.choose(series_by_genre, count), dice.choose(films_by_genre, count)
    )
    usual = np.array([genre.minutes for genre in market.GENRES])[genre]
    spread = dice.normal(count)
    minutes = np.where(
        is_series,
        np.clip(usual * (1 + 0.12 * spread), 4, 95),
        np.clip(100 + 17 * spread, 45, 190),
    )
    rank = dice.shuffled(count)
    appeal = _appeal_by_rank(count)[rank] * np.where(is_series, _SERIES_APPEAL, _FILM_APPEAL)
    release_step = np.where(minutes > 30, 2, 1)
    fame = 1 - rank / count
    released = _release_day(dice, genre, is_series, fame)
    # everything is out when the window opens; premieres are set later, by the repertoire
    last_chance = market.FIRST_DAY - 1 - (episodes - 1) * release_step
    return Works(
        episodes=episodes,
        is_series=is_series,
        genre=genre,
        minutes=minutes,
        rank=rank,
        appeal=appeal,
        release_day=np.minimum(released, last_chance),
        release_step=release_step,
    )


def _appeal_by_rank(count: int) -> np.ndarray:
    # a relative grid of 1e-4 at the far end of the tail: coarse against any library's last bit
    scaled = tabulated(
        lambda rank: _APPEAL_SCALE * (rank + _ZIPF_SHIFT) ** -_ZIPF_EXPONENT, range(count)
    )
    return np.maximum(np.rint(scaled), 1).astype(np.int64)


def _release_day(
    dice: Dice, genre: np.ndarray, is_series: np.ndarray, fame: np.ndarray
) -> np.ndarray:
    count = len(genre)
    recent, middle, age = dice.uniform(count), dice.uniform(count), dice.uniform(count)
    oldest = np.where(is_series, 1990, 1945)
    year = np.where(
        recent < 0.25 + 0.35 * fame,
        2014 + (6 * age).astype(np.int64),
        np.where(
            middle < 0.6,
            2000 + (14 * age).astype(np.int64),
            oldest + ((2000 - oldest) * age).astype(np.int64),
        ),
    )
    year = np.where(genre == market.SOVIET, 1946 + (45 * age).astype(np.int64), year)
    return (year - 1970) * 1461 // 4 + dice.below(365, count)


def make_rows(dice: Dice, works: Works, watched_row: np.ndarray, first_view: np.ndarray) -> Rows:
    """Write works out as rows of the catalogue.

    Parameters
    ----------
    dice : Dice
        Source of chance.
    works : Works
        Films and series.
    watched_row : numpy.ndarray of int64
        Catalogue rows that are watched.
    first_view : numpy.ndarray of int64, same shape
        Day of the first view of each, in days since 1970: nothing is watched before its release.

    Returns
    -------
    Rows
    """
    work, episode = expand(works.episodes)
    count = len(works.episodes)
    # ids of neighbouring episodes are neighbours; between works some ids are unused
    gap = np.where(dice.uniform(count) < 0.25, dice.below(9, count), 0)
    content_id = 1 + np.arange(len(work)) + np.cumsum(gap)[work]
    compilation_id = np.where(works.is_series, np.cumsum(1 + dice.below(4, count)), 0)

    is_rated = dice.uniform(count) < _rated_share(works)
    rating = np.round(np.clip(5.8 + 1.2 * works.fame + 0.85 * dice.normal(count), 1, 9.6), 3)
    has_country = dice.uniform(count) >= 0.06
    country = np.where(has_country, dice.choose(market.COUNTRY_WEIGHTS, count), -1)

    release_day = works.release_day[work] + episode * works.release_step[work]
    release_day[watched_row] = np.minimum(release_day[watched_row], first_view)
    return Rows(
        content_id=content_id,
        country=country[work],
        release_day=_no_later_than_the_next(release_day, work),
        rating=np.where(is_rated, rating, np.nan)[work],
        compilation_id=compilation_id[work],
        work=work,
        episode=episode,
    )


def _rated_share(works: Works) -> np.ndarray:
    # known works are rated, unknown ones and children's series mostly aren't: 63 % are missing
    fame = works.fame
    children = market.AUDIENCE_OF_GENRE[works.genre] == market.CHILDREN
    return np.minimum(0.18 + 0.62 * fame * np.sqrt(fame), 1) * np.where(children, 0.6, 1.0)


def _no_later_than_the_next(day: np.ndarray, work: np.ndarray) -> np.ndarray:
    # a running minimum from the last episode to the first; the offset starts it anew in each work
    offset = work * (1 << 20)
    return np.minimum.accumulate((day + offset)[::-1])[::-1] - offset
