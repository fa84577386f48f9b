"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

course_dir: Callable[..., Any] = click.option(
    "--course-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The course's folder, with nbgrader_config.py [default: the nearest from here upwards].",
)
