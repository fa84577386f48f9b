"""The synthetic cinema as two frames in the course's schema."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from recsys_course.data.schema import (
    VIEWS,
    catalogue_frame,
    catalogue_table,
    views_frame,
    views_table,
)
from recsys_course.data.synthetic import market
from recsys_course.data.synthetic.audience import make_audience
from recsys_course.data.synthetic.catalogue import Rows, Works, make_rows, make_works
from recsys_course.data.synthetic.chance import Dice
from recsys_course.data.synthetic.diary import Diary, make_diary
from recsys_course.data.synthetic.repertoire import make_repertoire
from recsys_course.data.synthetic.sizes import SMALL, Size
from recsys_course.data.synthetic.titles import make_titles
from recsys_course.data.synthetic.viewing import make_pairs
from recsys_course.errors import DataError

_VIEWS_STREAM, _TITLES_STREAM = 0, 1
_DAY = 86_400


class Cinema:
    """A made-up online cinema.

    Attributes
    ----------
    views : pandas.DataFrame
        Who watched what when, ordered by user and time: ``user_id`` and ``content_id`` int64,
        ``view_duration`` float64 (seconds), ``view_ts`` datetime64[us, UTC], ``dt``
        datetime64[us] (its UTC day), ``platform`` category.
    catalogue : pandas.DataFrame
        What there is, made when it is first looked at, ordered by ``content_id`` int64:
        ``origin_country`` str (a code), ``release_date`` datetime64[us], ``kinopoisk_rating``
        float64, ``compilation_id`` Int64 (the series of an episode), ``genre`` str, ``title``
        str. Unknown values are missing.
    """

    def __init__(self, views: pd.DataFrame, make_catalogue: Callable[[], pd.DataFrame]) -> None:
        self.views = views
        self._make_catalogue = make_catalogue

    @cached_property
    def catalogue(self) -> pd.DataFrame:
        """What there is, a row per content."""
        return self._make_catalogue()


def make(size: Size = SMALL, seed: int = 0, lang: str = "en") -> Cinema:
    """Make a cinema: the same one for the same size and seed, on every computer.

    Parameters
    ----------
    size : Size
        Its exact totals.
    seed : int
        Which of many cinemas of this size, from 0.
    lang : str
        Language of titles and genres, ``"en"`` or ``"ru"``; nothing else depends on it.

    Returns
    -------
    Cinema
        Views and catalogue.

    Raises
    ------
    DataError
        If the seed isn't a whole number from 0, or the language is another.

    Examples
    --------
    >>> cinema = make()
    >>> len(cinema.views), len(cinema.catalogue)
    (70430, 14132)
    """
    if not isinstance(seed, int) or seed < 0:
        raise DataError(f"seed: {seed!r} can't be one; give a whole number from 0")
    if lang not in market.GENRE_NAMES:
        raise DataError(f"lang: the synthetic cinema has no {lang!r}; give 'en' or 'ru'")
    dice = Dice(seed, _VIEWS_STREAM)
    works = make_works(dice, size.catalogue)
    repertoire, works = make_repertoire(dice, works, size.items)
    audience = make_audience(dice, size.users, size.pairs, repertoire)
    pairs = make_pairs(dice, size, repertoire, audience)
    diary = make_diary(dice, size.rows, pairs, repertoire, audience)
    del pairs, audience
    rows = make_rows(dice, works, repertoire.row, _first_views(diary, size.items))
    user_id = _user_ids(dice, size.users)
    content_id = rows.content_id[repertoire.row]
    return Cinema(
        _views(diary, user_id, content_id),
        lambda: _catalogue(rows, works, Dice(seed, _TITLES_STREAM), lang),
    )


def _first_views(diary: Diary, items: int) -> np.ndarray:
    first = np.full(items, market.DAYS * _DAY, np.int32)
    np.minimum.at(first, diary.item, diary.moment)
    return (market.OPENING + first.astype(np.int64)) // _DAY


def _user_ids(dice: Dice, users: int) -> np.ndarray:
    # most accounts of a service watched nothing in the window: ids are sparse
    accounts = users * 26 // 5
    return 1 + np.sort(dice.shuffled(accounts)[:users])


def _views(diary: Diary, user_id: np.ndarray, content_id: np.ndarray) -> pd.DataFrame:
    microseconds = (market.OPENING + diary.moment.astype(np.int64)) * 1_000_000
    # only the platforms that occur, as in a file that was read
    present = np.flatnonzero(np.bincount(diary.platform, minlength=len(market.PLATFORMS)))
    platform = pa.DictionaryArray.from_arrays(
        np.searchsorted(present, diary.platform).astype(np.int32),
        pa.array([market.PLATFORMS[code] for code in present], pa.string()),
    )
    return views_frame(
        views_table(
            {
                "user_id": user_id[diary.user],
                "content_id": content_id[diary.item],
                "view_duration": diary.seconds.astype(np.float64),
                "view_ts": pa.array(microseconds).cast(VIEWS["view_ts"]),
                "platform": platform,
            }
        )
    )


def _catalogue(rows: Rows, works: Works, dice: Dice, lang: str) -> pd.DataFrame:
    country = pa.array(rows.country, mask=rows.country < 0)
    genre = pa.array(works.genre[rows.work])
    return catalogue_frame(
        catalogue_table(
            {
                "content_id": rows.content_id,
                "origin_country": pa.array(market.COUNTRIES).take(country),
                "release_date": rows.release_day.astype("datetime64[D]"),
                "kinopoisk_rating": rows.rating,
                "compilation_id": pa.array(rows.compilation_id, mask=rows.compilation_id == 0),
                "genre": pa.array(market.GENRE_NAMES[lang]).take(genre),
                "title": make_titles(dice, works, rows, lang),
            }
        )
    )
