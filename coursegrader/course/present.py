"""The release that submissions are graded with."""

import tempfile
from contextlib import suppress
from pathlib import Path

from coursegrader.course.frozen import Release, freeze, releases
from coursegrader.course.gradebook import release_digest
from coursegrader.course.release import generate
from coursegrader.course.root import Course
from coursegrader.errors import UserError


def present(course: Course, assignment: str) -> Release:
    """Return the release that belongs to the tests that the gradebook holds.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        One that the gradebook knows.

    Returns
    -------
    Release
        If it was released by nbgrader's own command, what lies in the release folder, else what
        the source generates now.

    Raises
    ------
    UserError
        If there is none, and nbgrader can't convert the source.
    """
    recorded = str(release_digest(course, assignment))
    for known in reversed(releases(course, assignment)):
        if known.recorded == recorded:
            return known
    folder = course.folder("release_directory", assignment)
    if all((folder / f"{name}.ipynb").is_file() for name in course.notebooks(assignment)):
        with suppress(UserError):  # somebody has edited what was released
            return freeze(course, assignment, folder, recorded)
    with tempfile.TemporaryDirectory() as name:
        made = generate(course, assignment, Path(name))
        return freeze(course, assignment, made, recorded)
