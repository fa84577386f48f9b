"""A process that has imported what kernels need, and that forks one for each who asks.

Run as a program: ``python forkserver.py FD STATEMENTS LIMITS``, where FD is a socket. Who wants a
kernel sends one end of a pair of sockets through it. Through the other end come a line when
somebody is ready to fork the kernel, one when the kernel listens, and its exit status when it has
ended. Into it go a line of JSON that says what the kernel is to be, and then signals for it, a byte
each. A kernel ends when nobody holds that other end any longer, the server when nobody holds that
of FD.

With limits it is in a sandbox, as the one who may still set others apart: each kernel is alone
among processes of its own, and has a folder in memory that nobody else sees.
"""

import builtins
import ctypes
import json
import os
import re
import resource
import select
import signal
import socket
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, ClassVar

import ipykernel_launcher
from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.ultratb import FormattedTB

# what each kernel would import at its start, though nobody debugs here
for name in (
    "ipykernel.debugger", "tornado.platform.asyncio", "sqlite3", "IPython.extensions.storemagic",
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.oinspect",
):  # fmt: skip
    with suppress(ImportError):
        import_module(name)

FLUSHED = 0.02  # seconds for which what is shown is gathered; ipykernel's own take ten times that


class _ToCome:
    """The shell of a kernel that is not there yet, for libraries that ask while they are imported.

    pandas, for one, shows fewer columns where there is none. Who wants more than to know what shell
    it is will be imported by the kernel itself.
    """

    config: ClassVar[dict[str, object]] = {"IPKernelApp": {}}
    kernel = None

    def __getattr__(self, name: str) -> Any:
        raise _TooEarly(name)


class _TooEarly(BaseException):
    """No error that a library would catch, and go on without what it wanted."""


@contextmanager
def _as_in_a_kernel() -> Generator[None, None, None]:
    # pictures are drawn into the notebook; a kernel says so before anything is imported, too
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    shell = _ToCome()
    InteractiveShell.initialized = classmethod(lambda _: True)
    InteractiveShell.instance = classmethod(lambda _: shell)
    vars(builtins)["get_ipython"] = lambda: shell
    yield
    del InteractiveShell.initialized, InteractiveShell.instance  # those below them are back
    del vars(builtins)["get_ipython"]


def main() -> None:
    """Fork kernels until nobody can ask for one; in a kernel, return when it has ended."""
    control = socket.socket(fileno=int(sys.argv[1]))
    del sys.path[0]  # the folder of this file
    with _as_in_a_kernel():
        for statement in json.loads(sys.argv[2]):
            with suppress(BaseException):  # the notebook will import it, or show why it can't
                exec(statement, {})
    limits = json.loads(sys.argv[3])
    _see_an_error()
    os.close(os.pidfd_open(os.getpid()))  # where that is forbidden, nothing is to be forked
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that watch a kernel
    while True:
        _, received, *_ = socket.recv_fds(control, 1, 1)
        if not received:
            return
        asked = socket.socket(fileno=received[0])
        if os.fork() == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _watch(asked, limits)
            return
        asked.close()


def _see_an_error() -> None:
    """Do for an error what kernels do: each would import what it takes, and look at all modules."""
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        with suppress(Exception):
            FormattedTB(mode="Context").structured_traceback(*sys.exc_info())


def _watch(asked: socket.socket, limits: dict[str, Any] | None) -> None:
    """Fork a kernel, and tell how it ends; kill it when nobody listens any longer."""
    if limits:
        _make_room(limits)
    asked.sendall(b"ready\n")
    with asked.makefile("r", encoding="utf-8") as lines:
        request = json.loads(lines.readline() or "null")
    if request is None:
        os._exit(0)
    if limits:
        _system("unshare", _NEW_PIDS)  # for the kernel, which is the first of them
    kernel = os.fork()
    if kernel == 0:
        if limits:
            _drop_rights(limits)
        _become_kernel(asked, request)
        return
    ended = os.pidfd_open(kernel)
    too_much = False
    looks = _LOOKS if limits else None
    while ended not in (ready := select.select([ended, asked.fileno()], [], [], looks)[0]):
        signals = asked.recv(1) if ready else b""
        too_much = bool(limits) and not ready and _over(limits["memory_bytes"])
        gone = bool(ready) and not signals
        with suppress(ProcessLookupError):
            if too_much or gone:
                os.kill(kernel, signal.SIGKILL)
                os.killpg(kernel, signal.SIGKILL)
            elif signals:
                os.killpg(kernel, signals[0])
        if too_much or gone:
            break
    _, status = os.waitpid(kernel, 0)
    with suppress(OSError):
        asked.sendall(b"memory\n" if too_much else b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_MOUNTS, _NEW_PIDS = 0x00020000, 0x20000000  # of linux/sched.h
_READ_ONLY, _NO_SETUID, _NO_DEVICES, _REMOUNT, _BIND = 1, 2, 4, 32, 4096  # of linux/mount.h
_LOOKS = 0.25  # seconds from one look at a kernel's memory to the next


def _system(name: str, *arguments: Any) -> None:
    """Call the system; bubblewrap has been here before, so what fails is a fault of ours."""
    if getattr(_LIBC, name)(*arguments):
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def _make_room(limits: dict[str, Any]) -> None:
    """Put memory where the kernel may write, seen by nobody but the kernel and who watches it."""
    _system("unshare", _NEW_MOUNTS)
    options = f"size={limits['scratch_bytes']},nr_inodes={limits['files']},mode=700".encode()
    for folder in (limits["scratch"], "/dev/shm"):
        flags = _NO_DEVICES | _NO_SETUID
        _system("mount", b"tmpfs", folder.encode(), b"tmpfs", flags, options)


def _drop_rights(limits: dict[str, Any]) -> None:
    """Leave the kernel with none of the rights by which it was set apart."""
    flags = _NO_DEVICES | _NO_SETUID
    _system("mount", b"proc", b"/proc", b"proc", flags, None)
    _put("/proc/sys/user/max_user_namespaces", 0)  # in one of its own it would have all rights
    _put("/proc/sys/kernel/pid_max", limits["processes"])  # since Linux 6.14 of a namespace
    _put("/proc/self/oom_score_adj", 1000)  # if memory runs out, it is this one that has to go
    if tuple(map(int, re.findall(r"\d+", os.uname().release)[:2])) >= (5, 14):
        # of this namespace, too; before, all that a user does elsewhere would have counted
        resource.setrlimit(resource.RLIMIT_NPROC, (limits["processes"],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (limits["memory_bytes"],) * 2)
    # the system's settings can be written by root even without any rights
    _system("mount", None, b"/proc", None, flags | _REMOUNT | _BIND | _READ_ONLY, None)
    header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    _system("capset", header, none)  # of linux/capability.h; bubblewrap lets no program get others


def _put(name: str, number: int) -> None:
    with suppress(OSError), open(name, "w", encoding="ascii") as file:
        file.write(str(number))


def _over(most: int) -> bool:
    """Tell whether a kernel and what it has started have more than so many bytes in memory."""
    processes = [name for name in os.listdir("/proc") if name.isdigit()]
    pages = 0
    for process in processes:
        with suppress(OSError), open(f"/proc/{process}/statm", encoding="ascii") as file:
            pages += int(file.read().split()[1])
    if pages * resource.getpagesize() <= most:  # the other question takes a hundred times as long
        return False
    shares = 0  # what several have together counts once
    for process in processes:
        with suppress(OSError), open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
            shares += sum(map(int, re.findall(r"^Pss: *(\d+)", file.read(), re.MULTILINE)))
    return shares * 1024 > most


def _become_kernel(asked: socket.socket, request: dict[str, Any]) -> None:
    """Be what ``python -m ipykernel_launcher`` would be, until the kernel is shut down."""
    os.setsid()  # an interrupt reaches the kernel and what it has started, nobody else
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()  # as in a process of its own, each time another
    # a flood is noticed, and ended, before it is hundreds of megabytes
    OutStream.flush_interval = FLUSHED
    sys.argv = [ipykernel_launcher.__file__, *request["arguments"]]
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize()
    asked.sendall(b"listens\n")
    asked.close()
    app.start()


if __name__ == "__main__":
    main()
