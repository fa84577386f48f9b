"""What went wrong with a submission: its own fault, told in one line, or everyone's."""

import errno
import os
import re
from pathlib import Path

from nbclient.exceptions import DeadKernelError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from coursegrader.course.gradebook import gradebook_error
from coursegrader.course.root import Course
from coursegrader.errors import UserError

# errors of names and folders, which come from what was handed in wherever they show
OF_A_SHAPE = (
    errno.EISDIR,
    errno.ENOTDIR,
    errno.EEXIST,
    errno.ENAMETOOLONG,
    errno.EILSEQ,
    errno.ELOOP,
)
OF_A_ROW = IntegrityError, DataError  # of what was to be written, not of the database


def stop_if_ours(course: Course, folder: Path, failure: Exception) -> None:
    """Raise if no submission could be graded now, however good: gradebook or disk are at fault.

    Parameters
    ----------
    course : Course
        The course.
    folder : Path
        Where the submission lies: what can't be read there is its own fault.
    failure : Exception
        What went wrong.

    Raises
    ------
    UserError, OSError
        If that stops everyone.
    """
    causes = [failure, failure.__cause__, failure.__context__]
    for cause in causes:
        if isinstance(cause, DBAPIError) and not isinstance(cause, OF_A_ROW):
            raise gradebook_error(course, cause) from cause
        if isinstance(cause, OSError) and cause.errno not in (None, *OF_A_SHAPE):
            place = Path(os.fsdecode(cause.filename)) if cause.filename else course.root
            if not place.is_relative_to(folder):
                raise cause


def explained(course: Course, failure: Exception) -> str:
    """Say in one line why a notebook could not be graded.

    Parameters
    ----------
    course : Course
        The course.
    failure : Exception
        What went wrong.

    Returns
    -------
    str
        For the student's row.
    """
    if isinstance(failure, DeadKernelError):
        return "the kernel died before the first cell: too little memory, or no such kernel"
    if isinstance(failure, OSError) and failure.filename and failure.strerror:
        name = course.shown(Path(os.fsdecode(failure.filename)))
        return f"{name}: cannot be read ({failure.strerror}); see that you may read it"
    text = " ".join(str(failure).split()).replace(f"{course.root}{os.sep}", "")
    if isinstance(failure, UserError):
        return text
    text = re.sub(r"\.course/[^/]*/", "submitted/", text.replace(os.sep, "/"))  # our copy of it
    return f"nbgrader cannot grade it: {type(failure).__name__}: {text}"
