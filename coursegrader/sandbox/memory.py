"""How much memory processes take together."""

import os
import re
from collections.abc import Iterable
from contextlib import suppress

LOOKS = 0.25  # seconds from one look to the next, for who looks again and again


def over(most: int, processes: Iterable[int] | None = None) -> bool:
    """Tell whether processes have more than so many bytes in memory together.

    Parameters
    ----------
    most : int
        Bytes.
    processes : iterable of int, optional
        Their numbers; all that are seen here by default.

    Returns
    -------
    bool

    Examples
    --------
    >>> over(10**6, [os.getpid()]), over(10**12, [os.getpid()])
    (True, False)
    """
    if processes is None:
        processes = map(int, filter(str.isdigit, os.listdir("/proc")))
    processes, pages = list(processes), 0
    for process in processes:
        with suppress(OSError), open(f"/proc/{process}/statm", encoding="ascii") as file:
            pages += int(file.read().split()[1])
    if (
        pages * os.sysconf("SC_PAGE_SIZE") <= most
    ):  # the other question takes a hundred times as long
        return False
    shares = 0  # what several have together counts once
    for process in processes:
        with suppress(OSError), open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
            shares += sum(map(int, re.findall(r"^Pss: *(\d+)", file.read(), re.MULTILINE)))
    return shares * 1024 > most


def below(parent: int) -> list[int]:
    """List what a process has started, and what that has started, and so on.

    Parameters
    ----------
    parent : int
        The number of a process.

    Returns
    -------
    list of int
        Numbers, those started by the process itself first.

    Examples
    --------
    >>> os.getpid() in below(os.getppid()), os.getpid() in below(os.getpid())
    (True, False)
    """
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
            above = int(bytes(file.read()).rpartition(b")")[2].split()[1])
            children.setdefault(above, []).append(int(name))
    found = list(children.get(parent, []))
    for each in found:  # it grows meanwhile
        found += children.get(each, [])
    return found
