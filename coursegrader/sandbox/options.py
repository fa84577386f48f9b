"""The executor's options of the sandbox that students' kernels are kept in."""

from pathlib import Path
from typing import Any

from traitlets import Enum, Integer, List, Unicode
from traitlets.config import Configurable

from coursegrader.sandbox.choose import NAMES, Sandbox, choose


class InSandbox(Configurable):
    """Run what is run in a sandbox: ``c.Execute.sandbox = "bwrap"``.

    Examples
    --------
    >>> InSandbox(sandbox="none").isolation()
    ''
    """

    # Any: below a base without types, a trait passes for its descriptor, not for its value
    sandbox: Any = Enum(
        ["auto", "bwrap", "landlock", "none", "if there"],
        "auto",
        help="What keeps student code from the rest of this machine: 'auto' takes the strongest "
        "that is there, and refuses to run anything if there is none.",
    ).tag(config=True)
    readable: Any = List(
        Unicode(), help="Files and folders in the course that student code reads in a sandbox."
    ).tag(config=True)
    variables: Any = List(
        Unicode(), help="Environment variables that student code sees there; * stands for anything."
    ).tag(config=True)
    scratch_bytes: Any = Integer(
        500_000_000,
        help="Bytes of files, those beside it, too, that a notebook may have there.",
    ).tag(config=True)
    memory_bytes: Any = Integer(
        4_000_000_000, help="Bytes of memory that a notebook's processes may have there."
    ).tag(config=True)
    processes: Any = Integer(
        1000, help="Processes and threads that a notebook may have there at a time."
    ).tag(config=True)

    def chosen_sandbox(self) -> Sandbox | None:
        """Return the sandbox that a kernel is to be kept in, None for none.

        Raises
        ------
        UserError
            If it can't be had on this machine.
        """
        course = Path(self.config.CourseDirectory.get("root") or Path.cwd())
        return choose(
            self.sandbox,
            course,
            [course / each for each in self.readable],
            scratch_bytes=self.scratch_bytes,
            memory_bytes=self.memory_bytes,
            processes=self.processes,
        )

    def isolation(self) -> str:
        """Say what keeps student code from the rest of this machine; empty if nothing does.

        Raises
        ------
        UserError
            If it can't be kept as it should be.
        """
        sandbox = self.chosen_sandbox()
        if sandbox is None:
            return ""
        return (
            f"Student code runs in a sandbox ({NAMES[sandbox.kind]}), without your files, rights "
            "and network. It can still read and outwit the tests, which run in the same process."
        )
