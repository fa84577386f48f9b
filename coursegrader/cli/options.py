"""What the options and arguments of several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from coursegrader.files import expanded


class _PathType(click.ParamType):
    """A path; the home folder stands in for ``~``, which shells of Windows leave to us."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if not str(value):
            self.fail("it is empty; give a path")
        return expanded(value)


PATH = _PathType()

course_dir: Callable[..., Any] = click.option(
    "--course-dir",
    type=PATH,
    metavar="DIR",
    help="The course's folder, with nbgrader_config.py [default: the nearest from here upwards].",
)
students: Callable[..., Any] = click.option(
    "--student", "students", multiple=True, metavar="ID", help="Only this one; repeatable."
)
