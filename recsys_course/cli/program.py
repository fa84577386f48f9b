"""The commands of ``recsys-course``."""

import click

from coursegrader.cli import COMMANDS as GRADING
from coursegrader.cli import Lazy, run
from recsys_course import __version__

COMMANDS = {
    "lab": ("recsys_course.cli.lab:lab", "Open JupyterLab on the lessons."),
    "doctor": ("recsys_course.cli.doctor:doctor", "What is ready, what is not, and the mend."),
    "progress": ("recsys_course.cli.progress:progress", "What you have done, lesson by lesson."),
    "data": ("recsys_course.cli.data:data", "List, make, fetch and describe data sets."),
    "notebooks": ("recsys_course.cli.notebooks:notebooks", "Execute and normalise all notebooks."),
    **{name: at for name, at in GRADING.items() if name != "doctor"},
    "release": ("recsys_course.cli.release:release", GRADING["release"][1]),
    "begin": ("recsys_course.cli.begin:begin", "A course folder of your own; a newer course."),
    "bundle": ("recsys_course.cli.bundle:bundle", "What students get, without the answers."),
    "demo": ("recsys_course.cli.demo:demo", "A made-up class, graded and reported, step by step."),
}

cli = click.version_option(__version__, prog_name="recsys-course")(
    Lazy(
        COMMANDS,
        name="recsys-course",
        help="Lessons and autograded homework on recommender systems.\n\n"
        "Exit status: 0 all done, 1 something needs a person (named), 2 wrong use.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
)


def main(args: list[str] | None = None) -> None:
    """Run ``recsys-course``; a user's mistake is one line on stderr, never a traceback.

    Parameters
    ----------
    args : list of str, optional
        Command-line arguments; those of the process by default.

    Raises
    ------
    SystemExit
        Always: 0 all done, 1 something needs a person, 2 wrong use.
    """
    run(cli, "recsys-course", args)
