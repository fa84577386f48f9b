"""The command ``recsys-course doctor``: whether this machine runs the course, and grades it."""

import contextlib
import io
import tempfile
from importlib.util import find_spec
from pathlib import Path

import click

from coursegrader.cli.examine import Check, examine, show
from coursegrader.cli.options import course_dir
from recsys_course.data import cache
from recsys_course.data.loading import source_name
from recsys_course.errors import CourseError
from recsys_course.homework import check_machine


def checks() -> dict[str, Check]:
    """Return what has to be there to run lessons and homework.

    Returns
    -------
    dict of str to callable
        For ``coursegrader.cli.examine.examine``.
    """
    return {"machine": _machine, "data": source_name, "cache": _cache}


def _machine() -> str:
    with contextlib.redirect_stdout(io.StringIO()) as said:
        check_machine()
    return said.getvalue().strip().removeprefix("This machine is ready: ")


def _cache() -> str:
    folder = cache.folder()
    there = next(each for each in (folder, *folder.parents) if each.is_dir())
    try:
        tempfile.TemporaryFile(dir=there).close()
    except OSError:
        raise CourseError(
            f"{folder}: can't be written, so files are read anew each time; set "
            "RECSYS_COURSE_CACHE to a folder of yours"
        ) from None
    return str(folder)


@click.command()
@course_dir
@click.option("--json", "as_json", is_flag=True, help="Print the same as JSON.")
def doctor(course_dir: Path | None, as_json: bool) -> None:
    """Tell what is ready, what is not, and what would mend it; in a course, for grading, too."""
    wanted = checks()
    if find_spec("coursegrader.cli.doctor"):  # what students get can't grade
        from coursegrader.cli.doctor import checks as of_grading
        from coursegrader.course.root import find
        from coursegrader.files import course_above

        if course_dir or course_above(Path.cwd()):
            wanted |= of_grading(find(course_dir))
    show(examine(wanted), as_json)
