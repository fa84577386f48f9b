"""The sandbox that student code is kept in on this machine, if there is one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursegrader.errors import UserError
from coursegrader.sandbox import bwrap
from coursegrader.sandbox.readable import readable


@dataclass(frozen=True)
class Sandbox:
    """How processes are kept in a sandbox.

    Parameters
    ----------
    within : callable
        Turns a command into one that runs it there.
    limits : dict
        What a kernel may use there; see kernel/forkserver.py.
    """

    within: Callable[[list[str]], list[str]]
    limits: dict[str, Any]


def choose(wanted: str, course: Path, more: Iterable[Path] = (), **limits: int) -> Sandbox | None:
    """Return the sandbox that was asked for.

    Parameters
    ----------
    wanted : {"auto", "bwrap", "none", "if there"}
        Which one. "auto" refuses where there is none, "if there" does without.
    course : Path
        The course's folder, which is not seen in it.
    more : iterable of Path
        What is seen nevertheless.
    **limits : int
        ``scratch_bytes`` and ``processes`` of a notebook.

    Returns
    -------
    Sandbox or None
        None for none.

    Raises
    ------
    UserError
        If it can't be had on this machine.

    Examples
    --------
    >>> choose("none", Path("course")) is None
    True
    """
    if wanted == "none":
        return None
    trouble = bwrap.trouble()
    if trouble and wanted == "if there":
        return None
    if trouble:
        raise UserError(
            f"no sandbox for student code here: {trouble}. Grade on another machine, or only code "
            "that you trust, with --sandbox none (c.Execute.sandbox = 'none')"
        )
    places = list(more)
    for place in places:
        if not place.exists():
            raise UserError(f"c.Execute.readable: {place}: no such file or folder")

    def within(command: list[str]) -> list[str]:
        return bwrap.command(command, course.resolve(), readable(course, places))

    return Sandbox(within, {"scratch": bwrap.SCRATCH, "files": 50_000, **limits})
