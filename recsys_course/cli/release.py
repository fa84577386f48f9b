"""The command ``recsys-course release``: the grader's, for one edition of the course."""

import copy
import os

import click

from coursegrader.cli.release import release as _release
from recsys_course.edition import LANGUAGES, VARIABLE


def _choose(ctx: click.Context, param: click.Parameter, lang: str | None) -> None:
    """Let nbgrader_config.py see the edition; at the command's end the variable is as it was."""
    if lang:
        os.environ[VARIABLE] = lang


release = copy.copy(_release)
release.params = [
    *_release.params,
    click.Option(
        ["--lang"],
        expose_value=False,
        callback=_choose,
        help=f"The edition, {' or '.join(LANGUAGES)} [default: {VARIABLE} or {LANGUAGES[0]}].",
    ),
]
