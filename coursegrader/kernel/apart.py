"""How one who forks kernels in a sandbox sets each of them apart from itself and the others.

In bubblewrap's it still may make namespaces: a kernel is alone among processes of its own, and has
a folder in memory that nobody else sees. In Landlock's, a kernel is forbidden all but its folder.
"""

import ctypes
import os
import re
import resource
from contextlib import suppress
from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_MOUNTS, _NEW_PIDS = 0x00020000, 0x20000000  # of linux/sched.h
_READ_ONLY, _NO_SETUID, _NO_DEVICES, _REMOUNT, _BIND = 1, 2, 4, 32, 4096  # of linux/mount.h
_NOBODY_ELSES = _NO_DEVICES | _NO_SETUID


def _system(name: str, *arguments: Any) -> None:
    """Call the system; a sandbox is there already, so what fails is a fault of ours."""
    if getattr(_LIBC, name)(*arguments):
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def make_room(limits: dict[str, Any]) -> None:
    """Get ready to watch a kernel, with a place for it to write to.

    Parameters
    ----------
    limits : dict
        ``memory_bytes``, ``scratch_bytes`` and ``processes`` of a kernel. For bubblewrap
        ``scratch``, the folder, and how many ``files`` it holds; for Landlock ``readable``, paths.
    """
    if "readable" in limits:
        import sandlock  # noqa: F401  (not in the kernel, which may not read it)

        return
    _system("unshare", _NEW_MOUNTS)
    options = f"size={limits['scratch_bytes']},nr_inodes={limits['files']},mode=700".encode()
    for folder in (limits["scratch"], "/dev/shm"):
        _system("mount", b"tmpfs", folder.encode(), b"tmpfs", _NOBODY_ELSES, options)


def before_fork(limits: dict[str, Any]) -> None:
    """Let the process that is forked next be the first of a new namespace, where that can be."""
    if "readable" not in limits:
        _system("unshare", _NEW_PIDS)


def drop_rights(limits: dict[str, Any], folder: str) -> None:
    """Leave this process, which becomes a kernel, with a folder and no rights.

    Parameters
    ----------
    limits : dict
        See `make_room`.
    folder : str
        Where it may write.
    """
    if "readable" not in limits:
        _system("mount", b"proc", b"/proc", b"proc", _NOBODY_ELSES, None)
        _put("/proc/sys/user/max_user_namespaces", 0)  # in one of its own it would have all rights
        _put("/proc/sys/kernel/pid_max", limits["processes"])  # since Linux 6.14 of a namespace
        if tuple(map(int, re.findall(r"\d+", os.uname().release)[:2])) >= (5, 14):
            # of this namespace, too; before, all that a user does elsewhere would have counted
            resource.setrlimit(resource.RLIMIT_NPROC, (limits["processes"],) * 2)
    _put("/proc/self/oom_score_adj", 1000)  # if memory runs out, it is this one that has to go
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (limits["memory_bytes"],) * 2)
    if "readable" in limits:
        from sandlock import Protection, Sandbox, confine

        resource.setrlimit(resource.RLIMIT_FSIZE, (limits["scratch_bytes"],) * 2)
        older = [Protection.SIGNAL_SCOPE, Protection.ABSTRACT_UNIX_SOCKET_SCOPE]
        writable = [folder, "/dev/null"]
        seen = limits["readable"]
        confine(Sandbox(fs_readable=seen, fs_writable=writable, allow_degraded=older))
    else:  # the system's settings can be written by root even without any rights
        again = _NOBODY_ELSES | _REMOUNT | _BIND | _READ_ONLY
        _system("mount", None, b"/proc", None, again, None)
    header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    _system("capset", header, none)  # of linux/capability.h; no program is let get others


def _put(name: str, number: int) -> None:
    with suppress(OSError), open(name, "w", encoding="ascii") as file:
        file.write(str(number))
