"""Kernels that start in no time: forks of a process that has imported what they need."""

import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Any as AnyTrait
from traitlets import List, Unicode

from coursegrader.environment import OF_A_FOLDER
from coursegrader.kernel.servers import ForkedKernel, ForkServer

#: Elsewhere libraries of the system can't bear a fork, or there is none.
CAN_FORK = sys.platform == "linux"
# differs from kernel to kernel, and no import looks at it
_OF_ONE_KERNEL = {
    *OF_A_FOLDER, "JPY_PARENT_PID", "NBGRADER_EXECUTION", "PYTEST_CURRENT_TEST", "COLUMNS", "LINES"
}  # fmt: skip


def fork(manager: Any, imports: Iterable[str] = (), **place: Any) -> None:
    """Have the kernel of a manager forked, where that can be.

    Parameters
    ----------
    manager : jupyter_client.KernelManager
        Of a kernel that is not there yet.
    imports : iterable of str
        Statements that are executed once, before any kernel starts.
    **place : Any
        Who forks it, and where; see `Forked`.

    Examples
    --------
    >>> from jupyter_client.manager import KernelManager
    >>> manager = KernelManager(kernel_name="python3")
    >>> fork(manager, ["import numpy as np"])
    >>> manager.has_kernel
    False
    """
    if can_be_forked(manager):
        spec, imports = manager.kernel_spec, list(imports)
        manager.provisioner = Forked(
            parent=manager, kernel_id="", kernel_spec=spec, imports=imports, **place
        )


def can_be_forked(manager: Any) -> bool:
    """Tell whether a manager's kernel is one of this Python, and the system can fork it.

    Parameters
    ----------
    manager : jupyter_client.KernelManager
        Of a kernel that is not there yet.

    Returns
    -------
    bool

    Examples
    --------
    >>> from jupyter_client.manager import KernelManager
    >>> can_be_forked(KernelManager(kernel_name="python3")) == CAN_FORK
    True
    """
    spec = manager.kernel_spec
    return CAN_FORK and "kernel_provisioner" not in spec.metadata and _of_this_python(spec.argv)


def _of_this_python(command: list[str]) -> bool:
    # not what they lead to: links lead out of an environment
    same = os.path.abspath(command[0]) == os.path.abspath(sys.executable)
    return (same or command[0] == "python") and command[1:3] == ["-m", "ipykernel_launcher"]


def settings(environment: dict[str, str]) -> dict[str, str]:
    """Return the variables that imports may look at, the same for many kernels.

    Parameters
    ----------
    environment : dict of str to str
        The variables of a kernel.

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> sorted(settings({"LANG": "C", "COLUMNS": "80"}))
    ['LANG', 'MATPLOTLIBRC']
    """
    kept = {name: environment[name] for name in environment.keys() - _OF_ONE_KERNEL}
    return kept | {"MATPLOTLIBRC": os.devnull}


class Forked(LocalProvisioner):
    """Start a kernel as a fork; as always, if there is nobody to fork it.

    Examples
    --------
    >>> Forked(imports=["import numpy as np"]).has_process
    False
    """

    imports = List(Unicode(), help="Statements that are executed once, before any kernel starts.")
    watcher: Any = AnyTrait(None, help="Who is about to fork it, if somebody is.")
    here = Unicode(help="A folder of the kernel's own, as it is called here ...")
    there = Unicode(help="... and as the kernel calls it.")

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel; see jupyter_client for the parameters."""
        environment = {k: v for k, v in kwargs["env"].items() if k != "JPY_PARENT_PID"}
        folder: Any = Path(kwargs.get("cwd") or ".").absolute()
        parent: Any = self.parent
        connection, arguments = Path(parent.connection_file), cmd[3:]
        # jupyter_client has looked what the file's path leads to, and that is known there only
        arguments[arguments.index("-f") + 1] = self._told(str(connection))
        request = {
            "arguments": arguments,
            "env": {name: self._told(value) for name, value in environment.items()},
            "cwd": self._told(str(folder)),
        }
        connection.write_text(self._told(connection.read_text(encoding="utf-8")), encoding="utf-8")
        try:
            watcher = self.watcher or ForkServer.watcher(settings(environment), self.imports)
            # Any, for jupyter_client tells nothing of its attribute but that it begins as None
            kernel: Any = watcher.kernel(request)
        except (OSError, ValueError):
            if self.watcher:  # not outside of a sandbox
                raise
            return await super().launch_kernel(cmd, **kwargs)
        # no group of processes: in a sandbox they have other numbers
        self.process, self.pid, self.pgid, self.cwd = kernel, kernel.pid, None, folder
        return self.connection_info

    def _told(self, text: str) -> str:
        """Name the kernel's folder as the kernel calls it."""
        return text.replace(self.here, self.there) if self.here else text

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel; see jupyter_client for the parameter."""
        await super().kill(restart)
        with suppress(subprocess.TimeoutExpired):  # who asks too early asks again a while later
            if isinstance(self.process, ForkedKernel):
                self.process.wait(1)
