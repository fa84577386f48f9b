"""What is ready on a machine and what is not, looked at one by one and told in a table."""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from coursegrader.errors import UserError, one_line

#: It returns what there is, or raises with what is missing and how to mend it.
Check = Callable[[], str]


class Found(NamedTuple):
    """What was found about one thing that is needed."""

    what: str
    ready: bool
    told: str


def examine(checks: Mapping[str, Check]) -> list[Found]:
    """Look at one thing after the other.

    Parameters
    ----------
    checks : mapping of str to callable
        What is looked at -> how.

    Returns
    -------
    list of Found
        One for each; nothing that a check raises stops the others.

    Examples
    --------
    >>> examine({"ink": lambda: "blue", "paper": lambda: 1 / 0})
    [Found(what='ink', ready=True, told='blue'), \
Found(what='paper', ready=False, told='ZeroDivisionError: division by zero')]
    """
    found = []
    for what, check in checks.items():
        try:
            found.append(Found(what, True, check()))
        except (UserError, AssertionError) as error:  # a hint is one of these
            found.append(Found(what, False, one_line(str(error))))
        except Exception as error:
            found.append(Found(what, False, one_line(f"{type(error).__name__}: {error}")))
    return found


def show(found: list[Found], as_json: bool = False) -> None:
    """Print what was found.

    Parameters
    ----------
    found : list of Found
        See `examine`.
    as_json : bool
        Print JSON in place of a table.

    Raises
    ------
    UserError
        If something is not ready.
    """
    if as_json:
        click.echo(json.dumps([each._asdict() for each in found], indent=1, ensure_ascii=False))
    else:
        table = Table(box=SIMPLE_HEAD, show_edge=False, show_header=False)
        table.add_column("what", no_wrap=True)
        table.add_column("state", no_wrap=True)
        table.add_column("told", overflow="fold")
        for each in found:
            table.add_row(each.what, "ready" if each.ready else "NOT READY", each.told)
        Console().print(table)
    missing = [each.what for each in found if not each.ready]
    if missing:
        raise UserError(f"not ready: {', '.join(missing)}; what to do is said above")
