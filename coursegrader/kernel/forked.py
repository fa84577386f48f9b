"""Kernels that start in no time: forks of a process that has imported what they need."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import List, Unicode

from coursegrader.environment import OF_A_FOLDER

#: Elsewhere libraries of the system can't bear a fork, or there is none.
CAN_FORK = sys.platform == "linux"
# differs from kernel to kernel, and no import looks at it
_OF_ONE_KERNEL = {
    *OF_A_FOLDER, "JPY_PARENT_PID", "NBGRADER_EXECUTION", "PYTEST_CURRENT_TEST", "COLUMNS", "LINES"
}  # fmt: skip
_ONE_BY_ONE = threading.Lock()  # a release is tried out in several threads
_MOST = 3  # servers at once: notebooks of one assignment may import different things
_SECONDS = 120  # for a server to import all that it should


def fork(manager: Any, imports: Iterable[str] = ()) -> None:
    """Have the kernel of a manager forked, where the system can and it isn't started another way.

    Parameters
    ----------
    manager : jupyter_client.KernelManager
        Of a kernel that is not there yet.
    imports : iterable of str
        Statements that are executed once, before any kernel starts.

    Examples
    --------
    >>> from jupyter_client.manager import KernelManager
    >>> manager = KernelManager(kernel_name="python3")
    >>> fork(manager, ["import numpy as np"])
    >>> manager.has_kernel
    False
    """
    spec = manager.kernel_spec
    if CAN_FORK and "kernel_provisioner" not in spec.metadata:
        imports = list(imports)
        manager.provisioner = Forked(
            parent=manager, kernel_id="", kernel_spec=spec, imports=imports
        )


class Forked(LocalProvisioner):
    """Start kernels of this Python as forks; any other kernel starts as always.

    Examples
    --------
    >>> Forked(imports=["import numpy as np"]).has_process
    False
    """

    imports = List(Unicode(), help="Statements that are executed once, before any kernel starts.")

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel; see jupyter_client for the parameters."""
        arguments = _of_this_python(cmd)
        if CAN_FORK and arguments is not None:
            environment = {k: v for k, v in kwargs["env"].items() if k != "JPY_PARENT_PID"}
            # Any, for jupyter_client tells nothing of its attribute but that it begins as None
            folder: Any = Path(kwargs.get("cwd") or ".").absolute()
            request = {"arguments": arguments, "env": environment, "cwd": str(folder)}
            with suppress(OSError, ValueError):  # no server: the kernel starts as always
                with _ONE_BY_ONE:
                    server = _ForkServer.of(environment, self.imports)
                kernel: Any = server.kernel(request)
                self.process, self.pid, self.pgid, self.cwd = kernel, kernel.pid, kernel.pid, folder
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel; see jupyter_client for the parameter."""
        await super().kill(restart)
        with suppress(subprocess.TimeoutExpired):  # who asks too early asks again a while later
            if isinstance(self.process, _Kernel):
                self.process.wait(1)


def _of_this_python(cmd: list[str]) -> list[str] | None:
    """Return the arguments of an IPython kernel of this Python; None if it is another kernel."""
    same = os.path.abspath(cmd[0]) == os.path.abspath(sys.executable)  # links lead out of a venv
    return cmd[3:] if same and cmd[1:3] == ["-m", "ipykernel_launcher"] else None


class _ForkServer:
    """The process that the kernels of one environment are forked from."""

    there: ClassVar[dict[str, "_ForkServer"]] = {}  # by what they have; the last used comes last
    useless = ""  # variables and imports that no kernel came of, as if an import has no end

    @classmethod
    def of(cls, environment: dict[str, str], imports: list[str]) -> "_ForkServer":
        """Return the server for these imports, which may look at variables."""
        settings = {name: environment[name] for name in environment.keys() - _OF_ONE_KERNEL}
        wanted = json.dumps([settings, imports], sort_keys=True)
        if wanted == cls.useless:
            raise OSError("nothing to fork from")
        server = cls.there.get(wanted)
        if server and server.process.poll() is not None:
            server.end()
            server = None
        if server is None:
            for oldest in list(cls.there.values())[: 1 - _MOST]:
                oldest.end()
            server = cls(environment, imports, wanted)
        cls.there.pop(wanted, None)
        cls.there[wanted] = server
        return server

    def __init__(self, environment: dict[str, str], imports: list[str], wanted: str) -> None:
        self.wanted, self.useful = wanted, False
        self.control, theirs = socket.socketpair()
        command = [sys.executable, str(Path(__file__).with_name("forkserver.py"))]
        with theirs:
            self.process = subprocess.Popen(
                [*command, str(theirs.fileno()), json.dumps(imports)],
                env=environment,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        atexit.register(self.end)

    def end(self) -> None:
        """End the server; kernels that it has forked go on."""
        atexit.unregister(self.end)
        self.control.close()
        self.process.kill()
        self.process.wait()
        self.there.pop(self.wanted, None)

    def kernel(self, request: dict[str, Any]) -> "_Kernel":
        """Have a kernel forked."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self.control, [b"k"], [theirs.fileno()])
            kernel = _Kernel(ours, request)
        except (OSError, ValueError):
            type(self).useless = "" if self.useful else self.wanted
            raise
        self.useful = True
        return kernel


class _Kernel:
    """A forked kernel, with the face of a ``subprocess.Popen``."""

    stdin = stdout = stderr = None

    def __init__(self, watcher: socket.socket, request: dict[str, Any]) -> None:
        self._watcher = watcher
        self.returncode: int | None = None
        watcher.settimeout(_SECONDS)
        watcher.sendall(json.dumps(request).encode() + b"\n")
        with watcher.makefile("rb", buffering=0) as lines:
            _, pid = lines.readline().split()  # it is one word if the kernel has ended
            self.pid = int(pid)

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
            self._watcher.settimeout(timeout)
            with suppress(BlockingIOError, TimeoutError):
                try:
                    told = self._watcher.recv(16)
                except ConnectionError:
                    told = b""
                # if who watches it is killed, so is the kernel
                self.returncode = int(told or -signal.SIGKILL)
                self._watcher.close()
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel, if it is still there."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        """Kill the kernel."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)
