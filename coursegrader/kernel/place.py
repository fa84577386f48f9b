"""A folder for one kernel, and how the kernel comes into it."""

import shutil
import sys
import tempfile
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from coursegrader.environment import clean, of_students
from coursegrader.errors import UserError
from coursegrader.kernel.client import Client
from coursegrader.kernel.forked import can_be_forked, fork, settings
from coursegrader.kernel.servers import ForkServer, Watcher
from coursegrader.sandbox.choose import Sandbox

_WORK = "work"  # where a kernel starts, with what lies beside the notebook


@contextmanager
def start_in_place(
    manager: Any,
    beside: str,
    imports: Iterable[str] | None,
    variables: Iterable[str] = (),
    sandbox: Sandbox | None = None,
) -> Generator[dict[str, Any], None, None]:
    """Make a folder for a kernel, with copies of what lies beside its notebook.

    Parameters
    ----------
    manager : jupyter_client.KernelManager
        Of a kernel that is not there yet; how it will start and be talked to is set.
    beside : str
        The notebook's folder, empty if it has none. Notebooks of the course, which hold tests, are
        not copied.
    imports : iterable of str, optional
        Statements that are executed once, before any kernel is forked; None to start it otherwise,
        where there is no sandbox.
    variables : iterable of str
        Patterns for names of environment variables that a kernel in a sandbox gets, too.
    sandbox : Sandbox, optional
        Where the kernel is kept; nowhere by default.

    Yields
    ------
    dict
        Arguments for ``manager.start_kernel``.

    Raises
    ------
    UserError
        If such a kernel can't be kept in a sandbox.
    """
    with ExitStack() as stack:
        if sandbox is not None:
            watcher = _watcher(manager, list(imports or []), variables, sandbox)
            here, there = stack.enter_context(sandbox.folder(watcher.pid))
            stack.callback(watcher.close)
            fork(manager, watcher=watcher, here=str(here), there=there)
            environment = of_students(here, variables) | sandbox.variables
            Path(environment["TMPDIR"]).mkdir()
            Path(environment["MATPLOTLIBRC"]).touch()
        else:
            folder = tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True)
            here = Path(stack.enter_context(folder))
            environment = clean(here)
            if imports is not None:
                fork(manager, imports)
        manager.client_factory = Client
        manager.connection_file = str(here / "kernel.json")
        if sys.platform != "win32":  # by a file, not by a port that another process may take
            manager.transport, manager.ip = "ipc", str(here / "kernel")
        if beside:
            _copy(Path(beside), here / _WORK)
        else:
            (here / _WORK).mkdir()
        yield {"env": environment, "cwd": str(here / _WORK)}


def _watcher(
    manager: Any, imports: list[str], variables: Iterable[str], sandbox: Sandbox
) -> Watcher:
    """Return who forks a kernel in a sandbox."""
    if not can_be_forked(manager):
        raise UserError(
            f"kernel {manager.kernel_name!r} can't be kept in a sandbox, it isn't the grader's "
            "Python; set c.Execute.sandbox = 'none' and grade only what you trust"
        )
    environment = of_students(Path("/nowhere"), variables)
    known = settings(environment | sandbox.variables)
    for tried in (imports, []):  # without imports, if they have no end
        with suppress(OSError, ValueError):
            # where kernels aren't set apart as well, each has a sandbox for itself
            shared = sandbox.kind == "bwrap"
            return ForkServer.watcher(known, tried, sandbox.within, sandbox.limits, shared)
    raise UserError(
        "no kernel starts in the sandbox; set c.Execute.sandbox = 'none' and grade only what you "
        "trust"
    )


def _copy(beside: Path, work: Path) -> None:
    """Copy plain files and folders, but for notebooks with tests in them."""

    def left_out(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if not _may_be_seen(Path(folder) / name)]

    shutil.copytree(beside, work, symlinks=True, ignore=left_out)


def _may_be_seen(path: Path) -> bool:
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        return False
    return not (path.suffix == ".ipynb" and path.is_file() and b'"grade_id"' in path.read_bytes())
