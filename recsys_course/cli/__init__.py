"""The command ``recsys-course``: one module per group of commands, imported when it is called."""

import importlib
import io
import os
import sys

import click

from coursegrader.environment import cleaned, forget_pythonpath
from recsys_course import __version__
from recsys_course.errors import UserError, one_line

# name -> (module:object, one line for --help); the modules are heavy, the help is not
COMMANDS = {
    "lab": ("recsys_course.cli.lab:lab", "Open JupyterLab on the lessons."),
    "data": ("recsys_course.cli.data:data", "List, make, fetch and describe data sets."),
    "notebooks": ("recsys_course.cli.notebooks:notebooks", "Execute and normalise all notebooks."),
    "release": ("recsys_course.cli.release:release", "Lint solutions/ and write homework/."),
    "grade": ("recsys_course.cli.grade:grade", "Grade what lies in submitted/."),
    "report": ("recsys_course.cli.report:report", "Points per student and question, with reasons."),
    "demo": ("recsys_course.cli.demo:demo", "A made-up class, graded and reported, step by step."),
}
LONGEST = 2_000  # characters of a message, which may quote names and cells of any length


class _Lazy(click.Group):
    """A group that imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="recsys-course")
def cli() -> None:
    """Lessons and autograded homework on recommender systems.

    Exit status: 0 all done, 1 something needs a person (named), 2 wrong use.
    """


def main(args: list[str] | None = None) -> None:
    """Run the command; a user's mistake is one line on stderr, never a traceback.

    Parameters
    ----------
    args : list of str, optional
        Command-line arguments; those of the process by default.

    Raises
    ------
    SystemExit
        Always: 0 all done, 1 something needs a person, 2 wrong use.
    """
    forget_pythonpath()
    for stream in (sys.stdout, sys.stderr):  # the name of a file need not be text
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with cleaned():
            status = cli.main(args, prog_name="recsys-course", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        status = 2
    except click.ClickException as error:
        error.show()
        status = 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("recsys-course: interrupted; nothing half-written was kept", err=True)
        status = 1
    except UserError as error:
        click.echo(f"recsys-course: {one_line(str(error), LONGEST)}", err=True)
        status = 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        said = one_line(f"{where}{error.strerror or error}", LONGEST)
        click.echo(f"recsys-course: {said}", err=True)
        status = 1
    except Exception as error:
        if "RECSYS_COURSE_TRACEBACK" in os.environ:
            raise
        said = one_line(f"{type(error).__name__}: {error}")
        click.echo(f"recsys-course: a fault of the course, please report it: {said}", err=True)
        status = 1
    sys.exit(status if isinstance(status, int) else 0)
