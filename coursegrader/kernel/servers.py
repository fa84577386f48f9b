"""Who forks kernels: one process for each set of imports, in a sandbox if there is to be one."""

import atexit
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

#: How a command is run in a sandbox; None without one.
Within = Callable[[list[str]], list[str]] | None

_ONE_BY_ONE = threading.Lock()  # a release is tried out in several threads
_MOST = 3  # servers at once: notebooks of one assignment may import different things
_SECONDS = 120  # for a server to import all that it should
_TO_END = 5  # seconds for a sandbox of one kernel to end what is left of it
_CREDENTIALS = struct.Struct("3i")  # process, user, group


class ForkServer:
    """The process that the kernels of one environment are forked from."""

    there: ClassVar[dict[str, "ForkServer"]] = {}  # by what they have; the last used comes last
    used: ClassVar[set[str]] = set()  # what a kernel was forked for before
    useless = ""  # what no kernel came of, as if one of its imports has no end

    @classmethod
    def watcher(
        cls,
        environment: dict[str, str],
        imports: list[str],
        within: Within = None,
        limits: dict[str, Any] | None = None,
        shared: bool = True,
    ) -> "Watcher":
        """Return a process that is about to fork a kernel.

        Parameters
        ----------
        environment : dict of str to str
            Variables that imports may look at.
        imports : list of str
            Statements that are executed once, before any kernel starts.
        within : callable, optional
            Turns a command into one that runs it in a sandbox.
        limits : dict, optional
            What a kernel in the sandbox may use; see apart.py.
        shared : bool
            Whether one server forks the kernels of several notebooks. If not, the next one starts
            already when a notebook isn't the first.

        Raises
        ------
        OSError
            If there is no such process.
        """
        seen = within([]) if within else []  # what a sandbox shows is part of how it is made
        wanted = json.dumps([environment, imports, limits, seen], sort_keys=True)
        with _ONE_BY_ONE:
            if wanted == cls.useless:
                raise OSError("nothing to fork from")
            server = cls.there.get(wanted)
            if server and server.process.poll() is not None:
                server.end()
                server = None
            if server is None:
                for oldest in list(cls.there.values())[: 1 - _MOST]:
                    oldest.end()
                server = cls(environment, imports, within, limits, wanted)
            cls.there.pop(wanted, None)
            if shared:
                cls.there[wanted] = server
            elif wanted in cls.used:
                cls.there[wanted] = cls(environment, imports, within, limits, wanted)
            cls.used.add(wanted)
        try:
            watcher = Watcher(server.control)
        except (OSError, ValueError):
            cls.useless = "" if server.useful or not imports else wanted
            server.end()
            raise
        server.useful = True
        if not shared:
            watcher.ends = partial(server.end, _TO_END)
        return watcher

    def __init__(
        self,
        environment: dict[str, str],
        imports: list[str],
        within: Within,
        limits: dict[str, Any] | None,
        wanted: str,
    ) -> None:
        self.wanted, self.useful = wanted, False
        self.control, theirs = socket.socketpair()
        command = [sys.executable, str(Path(__file__).with_name("forkserver.py"))]
        with theirs:
            command += [json.dumps(imports), json.dumps(limits)]
            self.process = subprocess.Popen(
                within(command) if within else command,
                env=environment,
                start_new_session=True,
                stdin=theirs.fileno(),  # what a sandbox is sure to leave open
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        atexit.register(self.end, _TO_END)

    def end(self, seconds: float = 0) -> None:
        """End the server; kernels go on that it has forked without a sandbox.

        Parameters
        ----------
        seconds : float
            How long it may take to end by itself, which it does unless an import has no end.
        """
        atexit.unregister(self.end)
        self.control.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        with suppress(ProcessLookupError):  # the sandbox's own processes are of the same group
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.there.get(self.wanted) is self:
            del self.there[self.wanted]


class Watcher:
    """A process that forks one kernel when it is told to, and tells how that ends.

    Parameters
    ----------
    control : socket.socket
        Where its server listens.

    Attributes
    ----------
    pid : int
        Its number here: in a sandbox it has another one for itself.
    """

    def __init__(self, control: socket.socket) -> None:
        self.ends: Callable[[], None] | None = None  # its server, where nobody else needs it
        self.socket, theirs = socket.socketpair()
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            self.socket.settimeout(_SECONDS)
            with theirs:
                socket.send_fds(control, [b"k"], [theirs.fileno()])
            told, extra, _, _ = self.socket.recvmsg(16, socket.CMSG_SPACE(_CREDENTIALS.size))
            if told != b"ready\n":
                raise OSError("nobody to fork a kernel")
            self.pid = int(_CREDENTIALS.unpack(extra[0][2])[0])
        except BaseException:
            self.socket.close()
            raise

    def kernel(self, request: dict[str, Any]) -> "ForkedKernel":
        """Have the kernel forked.

        Parameters
        ----------
        request : dict
            Its arguments, environment and folder, as they are called where it runs.

        Raises
        ------
        OSError
            If it has ended before it listened.
        """
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        if self.socket.recv(16) != b"listens\n":
            raise OSError("the kernel has not started")
        return ForkedKernel(self.socket, self.pid)

    def close(self) -> None:
        """Let it end, and its kernel with it."""
        self.socket.close()
        if self.ends is not None:
            self.ends()


class ForkedKernel:
    """A forked kernel, with the face of a ``subprocess.Popen``.

    Attributes
    ----------
    too_large : bool
        Whether it was ended because of its memory.
    """

    stdin = stdout = stderr = None

    def __init__(self, watcher: socket.socket, pid: int) -> None:
        self._watcher = watcher
        self.pid = pid
        self.returncode: int | None = None
        self.too_large = False

    def poll(self) -> int | None:
        """Return the exit status, None while the kernel runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, and return the exit status."""
        status = self._ended(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("kernel", timeout or 0)
        return status

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            with suppress(BlockingIOError, TimeoutError):
                try:
                    self._watcher.settimeout(timeout)
                    told = self._watcher.recv(16)
                except ConnectionError:
                    told = b""
                # if who watches it is killed, so is the kernel
                self.too_large = told == b"memory\n"
                self.returncode = -signal.SIGKILL if self.too_large or not told else int(told)
                self._watcher.close()
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Have a signal sent to the kernel and what it has started, if it is still there."""
        if self.poll() is None:
            self._watcher.settimeout(None)
            with suppress(OSError):
                self._watcher.sendall(bytes([signum]))

    def kill(self) -> None:
        """Kill the kernel."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)
