"""What the course says when a person has to mend something."""

from coursegrader.errors import UserError, nearest, one_line

__all__ = ["CourseError", "DataError", "UnknownIdError", "UserError", "nearest", "one_line"]


class CourseError(UserError):
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
