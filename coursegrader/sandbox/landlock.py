"""Landlock and seccomp: a process that is forbidden most things, where namespaces can't be had.

A command is run by `watch`, outside, in a process of its own. It ends when the command has, when
nobody listens to that any longer, or when there is more than so much memory in use; and whatever
the command has started ends with it.
"""

import atexit
import ctypes
import json
import os
import select
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from coursegrader.sandbox.memory import LOOKS, below, over
from coursegrader.sandbox.trial import trial

_SUBREAPER = 36  # of linux/prctl.h
_WATCH = f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r}); "
_WATCH += f"from {__name__} import watch; watch()"
_DEVICES = ("/dev/zero", "/dev/full", "/dev/urandom", "/dev/random")


def command(
    arguments: list[str], seen: list[str], scratch: Path, processes: int, memory_bytes: int
) -> list[str]:
    """Return the command that runs another one in a sandbox.

    It can read the given places, write to a folder, and has no network. What it starts can be
    confined further, to a folder in that one.

    Parameters
    ----------
    arguments : list of str
        What to run.
    seen : list of str
        Files and folders that can be read; see `can_be_read`.
    scratch : Path
        The folder that can be written to.
    processes, memory_bytes : int
        The most that it may have at a time, all that it starts included.

    Returns
    -------
    list of str

    Examples
    --------
    >>> words = command(["true"], ["/usr"], Path("/tmp/mine"), 10, 10**9)
    >>> words[-1], json.loads(words[-3])["fs_writable"]
    ('true', ['/tmp/mine', '/dev/null'])
    """
    spec = {
        "fs_readable": seen,
        "fs_writable": [str(scratch), "/dev/null"],
        "max_processes": processes,
    }
    return [sys.executable, "-P", "-c", _WATCH, json.dumps(spec), str(memory_bytes), *arguments]


def can_be_read(places: Iterable[Path]) -> list[str]:
    """Return what a process is to read, these places and what the system shows.

    Parameters
    ----------
    places : iterable of Path
        See `readable`.

    Returns
    -------
    list of str

    Examples
    --------
    >>> can_be_read([Path("/usr")])[:2]
    ['/usr', '/usr']
    """
    return [*map(str, places), *(str(place.resolve()) for place in places), "/proc", *_DEVICES]


@cache
def scratch() -> Path:
    """Return a folder for what is written in such sandboxes; it goes with this process."""
    folder = tempfile.mkdtemp(prefix="scratch-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@cache
def trouble() -> str:
    """Say why there can't be such a sandbox on this machine; nothing if there can.

    Returns
    -------
    str
        One line.
    """
    return trial(lambda run, places: command(run, can_be_read(places), scratch(), 10, 10**9))


def watch() -> None:
    """Run a command in the sandbox, with a socket as standard input; the arguments say which."""
    from sandlock import Protection, Sandbox

    # before Linux 6.12 nothing can keep signals in
    older = [Protection.SIGNAL_SCOPE, Protection.ABSTRACT_UNIX_SOCKET_SCOPE]
    spec = json.loads(sys.argv[1])
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)  # who loses its parent comes up to this process
    first = Sandbox(allow_degraded=older, **spec).popen(sys.argv[3:])
    with suppress(ProcessLookupError):  # it has ended already
        waits = select.poll()
        waits.register(os.pidfd_open(first.pid or 0), select.POLLIN)
        waits.register(0, 0)  # that nobody holds the other end is told in any case
        while not waits.poll(1000 * LOOKS):
            if over(int(sys.argv[2]), below(os.getpid())):
                break
    while started := below(os.getpid()):
        for each in started:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
            with suppress(ChildProcessError):  # it is not ours yet
                os.waitpid(each, 0)
    os._exit(0)  # sandlock's own threads would wait for those that have ended
