"""A process that has imported what kernels need, and that forks one for each who asks.

Run as a program: ``python forkserver.py STATEMENTS LIMITS``, with a socket as standard input. Who
wants a kernel sends one end of a pair of sockets through it. Through the other end come a line when
somebody is ready to fork the kernel, one when the kernel listens, and its exit status when it has
ended. Into it go a line of JSON that says what the kernel is to be, and then signals for it, a byte
each. A kernel ends when nobody holds that other end any longer, the server when nobody holds that
of its standard input.

With limits it is in a sandbox, as the one who may still set kernels apart from it; see apart.py.
"""

import builtins
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import ipykernel_launcher
from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.ultratb import FormattedTB

sys.path[0] = str(Path(__file__).parents[2])  # it is ours, wherever the packages are found
from coursegrader.kernel import apart  # noqa: E402
from coursegrader.sandbox.memory import LOOKS, over  # noqa: E402

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
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    del sys.path[0]
    with _as_in_a_kernel():
        for statement in json.loads(sys.argv[1]):
            with suppress(BaseException):  # the notebook will import it, or show why it can't
                exec(statement, {})
    limits = json.loads(sys.argv[2])
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
        apart.make_room(limits)
    asked.sendall(b"ready\n")
    with asked.makefile("r", encoding="utf-8") as lines:
        request = json.loads(lines.readline() or "null")
    if request is None:
        os._exit(0)
    if limits:
        apart.before_fork(limits)
    kernel = os.fork()
    if kernel == 0:
        if limits:
            apart.drop_rights(limits, request["env"]["HOME"])
        _become_kernel(asked, request)
        return
    ended = os.pidfd_open(kernel)
    too_much = False
    # in Landlock's sandbox most of its processes are not seen, and somebody outside looks at them
    looks = LOOKS if limits and "scratch" in limits else None
    while ended not in (ready := select.select([ended, asked.fileno()], [], [], looks)[0]):
        signals = asked.recv(1) if ready else b""
        too_much = limits is not None and not ready and over(limits["memory_bytes"])
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
