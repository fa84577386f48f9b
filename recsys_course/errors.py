"""What the course says when a person has to mend something."""


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
    """A file, folder or frame that isn't what the course's data schema asks for."""


class UnknownIdError(CourseError, KeyError):
    """A public id that the training data doesn't know (a cold user or item)."""

    def __str__(self) -> str:
        """Say the message itself: KeyError alone would print its repr."""
        return str(self.args[0]) if self.args else ""
