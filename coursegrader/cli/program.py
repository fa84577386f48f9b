"""What a command line does with its commands: imports them late, tells mistakes in one line."""

import importlib
import io
import os
import sys
from importlib.util import find_spec
from typing import Any

import click

from coursegrader.environment import cleaned, forget_pythonpath
from coursegrader.errors import Interrupted, UserError, nearest, one_line

# name -> (module:object, one line for --help); the modules are heavy, the help is not
COMMANDS = {
    "release": ("coursegrader.cli.release:release", "Lint the sources, write what students get."),
    "doctor": ("coursegrader.cli.doctor:doctor", "What is ready for grading, and what is not."),
    "grade": ("coursegrader.cli.grade:grade", "Grade what lies in submitted/."),
    "gradebook": (
        "coursegrader.cli.gradebook:gradebook",
        "Copies of the gradebook: list, restore.",
    ),
    "report": ("coursegrader.cli.report:report", "Points per student and question, with reasons."),
    "feedback": ("coursegrader.cli.feedback:feedback", "A page for each student to give back."),
}
INTERRUPTED = 130  # the exit status after Ctrl-C, as shells have it
LONGEST = 2_000  # characters of a message, which may quote names and cells of any length


class Lazy(click.Group):
    """A group that imports a command only when it is asked for.

    Parameters
    ----------
    at : dict of str to (str, str)
        Name -> where the command is, ``module:object``, and a line for the help.
    **options
        Those of `click.Group`.
    """

    def __init__(self, at: dict[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(**options)
        self.at = at

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands, in the order of the help; what students get has not all of them."""
        return [name for name, (at, _) in self.at.items() if find_spec(at.partition(":")[0])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module, name = self.at[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed; of one that isn't there name the nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = nearest(args[0], self.list_commands(ctx))
            if near is None:
                raise
            said = f"no such command {args[0]!r}; did you mean {near}?"
            raise click.UsageError(said, ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.at[name][1]) for name in self.list_commands(ctx)])


def run(group: click.Group, name: str, args: list[str] | None = None) -> None:
    """Run a command; a user's mistake is one line on stderr, never a traceback.

    Parameters
    ----------
    group : click.Group
        With its commands.
    name : str
        What the command is called, and calls itself where it says something.
    args : list of str, optional
        Command-line arguments; those of the process by default.

    Raises
    ------
    SystemExit
        Always: 0 all done, 1 something needs a person, 2 wrong use, 130 interrupted.
    """
    forget_pythonpath()
    for stream in (sys.stdout, sys.stderr):  # the name of a file need not be text
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with cleaned():
            status = group.main(args, prog_name=name, standalone_mode=False)
    except click.UsageError as error:
        error.show()
        status = 2
    except click.ClickException as error:
        error.show()
        status = 1
    except (click.Abort, KeyboardInterrupt):
        click.echo(f"{name}: interrupted; nothing half-written was kept", err=True)
        status = INTERRUPTED
    except UserError as error:
        click.echo(f"{name}: {one_line(str(error), LONGEST)}", err=True)
        status = INTERRUPTED if isinstance(error, Interrupted) else 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"{name}: {one_line(f'{where}{error.strerror or error}', LONGEST)}", err=True)
        status = 1
    except Exception as error:
        if f"{name.upper().replace('-', '_')}_TRACEBACK" in os.environ:
            raise
        said = one_line(f"{type(error).__name__}: {error}")
        click.echo(f"{name}: a fault of the program, please report it: {said}", err=True)
        status = 1
    sys.exit(status if isinstance(status, int) else 0)


cli = Lazy(
    COMMANDS,
    name="coursegrader",
    help="Release, grade and report the assignments of an nbgrader course.\n\n"
    "Exit status: 0 all done, 1 something needs a person (named), 2 wrong use.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main(args: list[str] | None = None) -> None:
    """Run ``coursegrader``; see `run`.

    Parameters
    ----------
    args : list of str, optional
        Command-line arguments; those of the process by default.
    """
    run(cli, "coursegrader", args)
