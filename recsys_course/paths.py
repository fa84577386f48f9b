"""Paths as people give them."""

import os
from pathlib import Path

from recsys_course.errors import DataError


def expanded(path: str | os.PathLike[str]) -> Path:
    """Put the home folder in the place of a ``~`` at the beginning.

    Parameters
    ----------
    path : path
        ``~/ml`` is in one's own home, ``~ann/ml`` in Ann's.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    DataError
        When nobody knows where that home is.

    Examples
    --------
    >>> expanded("data/ml").as_posix()
    'data/ml'
    >>> expanded("~nosuchuser/ml")
    Traceback (most recent call last):
    recsys_course.errors.DataError: ~nosuchuser/ml: no such home folder; give the whole path
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise DataError(f"{path}: no such home folder; give the whole path") from None
