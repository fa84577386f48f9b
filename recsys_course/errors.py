"""What the course says when a person has to mend something."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class CourseError(Exception):
    """A user's mistake or a broken input, told in one line: where, what was expected, what to do.

    The command line prints it without a traceback and ends with status 1.

    Examples
    --------
    >>> raise CourseError("views.csv, column user_id: expected whole numbers; fix row 7")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: views.csv, column user_id: expected whole numbers; fix row 7
    """


class DataError(CourseError):
    """A file, folder or frame that isn't what the course's data schema asks for.

    A notebook shows its one line, without a traceback.
    """

    def _render_traceback_(self) -> list[str]:
        """Say to IPython what to show."""
        return [f"{type(self).__name__}: {self}"]


class UnknownIdError(CourseError, KeyError):
    """A public id that the training data doesn't know (a cold user or item)."""

    def __str__(self) -> str:
        """Say the message itself: KeyError alone would print its repr."""
        return str(self.args[0]) if self.args else ""


class Surprise(CourseError):
    """What nobody foresaw, about one thing among others: those can go on."""


@contextmanager
def surprises_named(what: object) -> Iterator[None]:
    """Turn what nobody foresaw about one thing into an error that names it, so that others go on.

    Parameters
    ----------
    what : object
        What is being worked on: a path, a submission.

    Yields
    ------
    None
        What is raised inside comes out as a Surprise, but for a CourseError or an OSError,
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
    recsys_course.errors.Surprise: ann/knn.ipynb: cannot be worked with (KeyError: 'points')
    """
    try:
        yield
    except (CourseError, OSError):
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
