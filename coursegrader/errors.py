"""What is said when a person has to mend something."""

import difflib
import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class UserError(Exception):
    """A user's mistake or a broken input, told in one line: where, what was expected, what to do.

    A command prints it without a traceback and ends with status 1.

    Examples
    --------
    >>> raise UserError("homework.ipynb: no such notebook; is it in another folder?")
    Traceback (most recent call last):
    coursegrader.errors.UserError: homework.ipynb: no such notebook; is it in another folder?
    """


class Interrupted(UserError):
    """Ctrl-C, and what it left behind: the message says what is kept and how to go on."""


class Surprise(UserError):
    """What nobody foresaw, about one thing among others: those can go on."""


@contextmanager
def surprises_named(what: object) -> Generator[None, None, None]:
    """Turn what nobody foresaw about one thing into an error that names it, so that others go on.

    Parameters
    ----------
    what : object
        What is being worked on: a path, a submission.

    Yields
    ------
    None
        What is raised inside comes out as a Surprise, but for a UserError or an OSError,
        which say enough, and what isn't an Exception, such as Ctrl-C.

    Raises
    ------
    Surprise
        Naming the thing and the error.

    Examples
    --------
    >>> with surprises_named("ann/knn.ipynb"):
    ...     {}["points"]
    Traceback (most recent call last):
    coursegrader.errors.Surprise: ann/knn.ipynb: cannot be worked with (KeyError: 'points')
    """
    try:
        yield
    except (UserError, OSError):
        raise
    except Exception as error:
        said = one_line(f"{type(error).__name__}: {error}")
        raise Surprise(f"{what}: cannot be worked with ({said})") from error


def one_line(text: str, length: int = 400) -> str:
    r"""Bring a message to one line that is safe to show: no colours, control characters escaped.

    Parameters
    ----------
    text : str
        Whatever a file holds.
    length : int
        The most characters to show.

    Returns
    -------
    str
        At most `length` characters.

    Examples
    --------
    >>> one_line("\x1b[31mArrays are not equal\x1b[0m\n\nMismatched elements: 1 / 3")
    'Arrays are not equal Mismatched elements: 1 / 3'
    """
    words = " ".join(_ANSI.sub("", text).split())
    clean = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in words
    )
    return clean if len(clean) <= length else clean[: length - 1] + "…"


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Find the name that was meant, big and small letters being the same.

    Parameters
    ----------
    name : str
        The name that was given.
    known : iterable of str
        The names there are.
    cutoff : float
        How much alike the two must be, from 0 to 1.

    Returns
    -------
    str or None
        One of `known`; None if none is like it.

    Examples
    --------
    >>> nearest("KN", ["als", "knn"])
    'knn'
    >>> nearest("metrics", ["als", "knn"]) is None
    True
    """
    spelt = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), spelt, 1, cutoff)
    return spelt[close[0]] if close else None
