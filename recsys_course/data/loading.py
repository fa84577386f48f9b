"""Load views and catalogue, wherever they come from."""

import os
from functools import lru_cache

import pandas as pd

from coursegrader.files import expanded
from recsys_course.data.cache import cached
from recsys_course.data.schema import catalogue_frame, views_frame
from recsys_course.data.sources import Folder, recognise
from recsys_course.data.synthetic import Cinema, make
from recsys_course.edition import LANGUAGES, language
from recsys_course.errors import CourseError, DataError, UserError


def load_views(folder: str | os.PathLike[str] | None = None) -> pd.DataFrame:
    """Load who watched what, when and how long.

    Parameters
    ----------
    folder : path, optional
        Folder with the files of a known source (``recsys-course data list`` names them). By
        default the environment variable DATA_DIR; without it, the embedded synthetic cinema.

    Returns
    -------
    pandas.DataFrame
        One row per view, in the source's order, always with the columns ``user_id`` and
        ``content_id`` (int64), ``view_duration`` (float64, seconds, NaN unknown), ``view_ts``
        (datetime64[us, UTC]), ``dt`` (datetime64[us], the UTC day of ``view_ts``), ``platform``
        (category, NaN unknown); then ``rating`` (float64, MovieLens) or ``watched_share``
        (float64, 0 to 1, KION). A column that the source lacks is all missing. Views of
        content that isn't in the catalogue are kept; `describe` counts them.

    Raises
    ------
    DataError
        When the folder or a file in it isn't what it should be; names the file, line and column.

    Examples
    --------
    >>> load_views().columns.tolist()
    ['user_id', 'content_id', 'view_duration', 'view_ts', 'dt', 'platform']
    """
    given = _folder(folder)
    if given is None:
        return _cinema(_language(None)).views.copy()
    return views_frame(cached("views", given.views(), given.source.read_views))


def load_catalogue(
    folder: str | os.PathLike[str] | None = None, lang: str | None = None
) -> pd.DataFrame:
    """Load what can be watched.

    Parameters
    ----------
    folder : path, optional
        As for `load_views`.
    lang : {"en", "ru"}, optional
        Language of titles and genres of the embedded cinema; other sources have only their own.
        By default the environment variable RECSYS_COURSE_LANG, or English.

    Returns
    -------
    pandas.DataFrame
        One row per content, always with the columns ``content_id`` (int64, unique),
        ``origin_country`` (str), ``release_date`` (datetime64[us]), ``kinopoisk_rating``
        (float64, 0 to 10), ``compilation_id`` (Int64, the series that an episode belongs to),
        ``genre`` (str, several joined by ``|``), ``title`` (str). Unknown values are missing.

    Raises
    ------
    DataError
        As for `load_views`; or when there is no such language.

    Examples
    --------
    >>> catalogue = load_catalogue(lang="en")
    >>> bool(catalogue["content_id"].is_unique)
    True
    """
    given = _folder(folder)
    if given is None:
        return _cinema(_language(lang)).catalogue.copy()
    _language(lang)
    return catalogue_frame(cached("catalogue", given.catalogue(), given.source.read_catalogue))


def source_name(folder: str | os.PathLike[str] | None = None) -> str:
    """Name the source that `load_views` and `load_catalogue` would read.

    Parameters
    ----------
    folder : path, optional
        As for `load_views`.

    Returns
    -------
    str

    Raises
    ------
    DataError
        When the folder isn't one of a known source.
    """
    given = _folder(folder)
    return "embedded synthetic cinema" if given is None else given.source.name


def _folder(folder: str | os.PathLike[str] | None) -> Folder | None:
    chosen = folder if folder is not None else os.environ.get("DATA_DIR") or None
    if chosen is None:
        return None
    try:
        return recognise(expanded(chosen))
    except UserError as error:
        where = "" if folder is not None else " (the folder comes from DATA_DIR)"
        raise DataError(f"{error}{where}") from None


def _language(lang: str | None) -> str:
    try:
        return language(lang)
    except CourseError as error:
        raise DataError(str(error)) from None


@lru_cache(maxsize=len(LANGUAGES))
def _cinema(lang: str) -> Cinema:
    """Make the embedded cinema once per process and language."""
    return make(lang=lang)
