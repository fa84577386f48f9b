"""The sandbox that student code is kept in on this machine, if there is one."""

import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from coursegrader.errors import UserError
from coursegrader.sandbox import bwrap, landlock
from coursegrader.sandbox.readable import readable

NAMES = {"bwrap": "bubblewrap", "landlock": "Landlock"}


@dataclass(frozen=True)
class Sandbox:
    """How processes are kept in a sandbox.

    Parameters
    ----------
    kind : {"bwrap", "landlock"}
        What it is made with.
    within : callable
        Turns a command into one that runs it there.
    limits : dict
        What a kernel may use there; see kernel/apart.py.
    variables : dict of str to str
        Environment variables that say what can't be had there.
    """

    kind: str
    within: Callable[[list[str]], list[str]]
    limits: dict[str, Any]
    variables: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def folder(self, watcher: int) -> Generator[tuple[Path, str], None, None]:
        """Have a folder for one kernel for a while.

        Parameters
        ----------
        watcher : int
            The process that will start the kernel.

        Yields
        ------
        here : Path
            The folder, as it is called here.
        there : str
            The same, as the kernel calls it.
        """
        if self.kind == "bwrap":
            yield Path(f"/proc/{watcher}/root{bwrap.SCRATCH}"), bwrap.SCRATCH
        else:
            there = tempfile.mkdtemp(dir=landlock.scratch())
            try:
                yield Path(there), there
            finally:
                shutil.rmtree(there, ignore_errors=True)


def choose(wanted: str, course: Path, more: Iterable[Path] = (), **limits: Any) -> Sandbox | None:
    """Return the sandbox that was asked for.

    Parameters
    ----------
    wanted : {"auto", "bwrap", "landlock", "none", "if there"}
        Which one. "auto" takes the strongest, and refuses where there is none; "if there" does
        without.
    course : Path
        The course's folder, which is not seen in it.
    more : iterable of Path
        What is seen nevertheless.
    **limits : int
        ``memory_bytes``, ``scratch_bytes`` and ``processes`` of a notebook.

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
    kinds = [wanted] if wanted in NAMES else list(NAMES)
    troubles = {}
    for kind in kinds:
        troubles[kind] = {"bwrap": bwrap, "landlock": landlock}[kind].trouble()
        if not troubles[kind]:
            break
    else:
        if wanted == "if there":
            return None
        said = "; ".join(f"{NAMES[kind]}: {trouble}" for kind, trouble in troubles.items())
        raise UserError(
            f"no sandbox for student code here ({said}). Grade on another machine, or only code "
            "that you trust, with --sandbox none (c.Execute.sandbox = 'none')"
        )
    more = tuple(more)
    for place in more:
        if not place.exists():
            raise UserError(f"c.Execute.readable: {place}: no such file or folder")
    course = course.resolve()
    places = readable(course, more)
    if kind == "bwrap":
        limits |= {"scratch": bwrap.SCRATCH, "files": 50_000}
        return Sandbox(kind, partial(bwrap.command, places=places, emptied=course), limits)
    if course in places:
        raise UserError(
            f"{course}: lies among what student code reads, Python or the system; move the course, "
            "or grade with --sandbox bwrap"
        )
    seen = landlock.can_be_read(places)
    within = partial(
        landlock.command,
        seen=seen,
        scratch=landlock.scratch(),
        processes=limits["processes"],
        memory_bytes=limits["memory_bytes"],
    )
    # joblib would warn, and a warning in a test is a failure for nbgrader
    return Sandbox(kind, within, limits | {"readable": seen}, {"JOBLIB_MULTIPROCESSING": "0"})
