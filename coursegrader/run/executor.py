"""How a submission's cells are executed: what one cell breaks costs that cell, and not the others.

``nbgrader_config.py`` makes it the first of ``c.Autograde.autograde_preprocessors``, so that
``nbgrader autograde`` and formgrader's button grade as ``coursegrader grade`` does.
"""

import asyncio
import copy
import re
from collections.abc import Generator
from contextlib import contextmanager, suppress
from math import ceil
from subprocess import DEVNULL
from time import monotonic
from typing import Any

from jupyter_core.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import preprocessors, utils
from traitlets import Bool, Integer

from coursegrader.course.lint.source import imports
from coursegrader.course.notebook import name_of
from coursegrader.errors import one_line
from coursegrader.kernel.client import LARGEST
from coursegrader.kernel.place import start_in_place
from coursegrader.run.names import Names, in_traceback, lines_of
from coursegrader.run.reasons import DIED, NOT_RUN, TIMED_OUT, TOO_MUCH
from coursegrader.sandbox.options import InSandbox

# nbgrader takes the first value that a test shows for its score. With a popular setting each line
# of a cell shows its value, and a test that fails in its last line has shown one before.
ONLY_LAST = "__import__('IPython').get_ipython().ast_node_interactivity = 'last_expr'"
# The lines of a cell that its last error came through. An error may show itself without them, as a
# hint does; what a student may read of it depends on whether it came from a hidden test.
LINES = """(lambda steps: [line for frame, line in steps if frame.f_code.co_filename == next(
    frame.f_code.co_filename for frame, _ in steps if frame.f_code.co_name == '<module>')]
)(list(__import__('traceback').walk_tb(__import__('sys').last_value.__traceback__)))"""
LOOKS = 0.1  # seconds from one look at a kernel that works to the next; nbclient lets one pass
HUNG_BEFORE = 6  # a cell that calls what has hung gets that part of the time


class Execute(InSandbox, preprocessors.Execute):
    """Execute a notebook's cells; each test begins with IPython's default for what is shown.

    When the kernel dies or no longer listens, a new one runs the earlier cells again, without the
    one at fault, and goes on behind it.
    """

    # Any: below a base without types, a trait passes for its descriptor, not for its value
    restarts: Any = Integer(2, help="How often a new kernel takes over from one that died.").tag(
        config=True
    )
    notebook_timeout: Any = Integer(
        600, help="Seconds for all cells of a notebook together, new kernels included."
    ).tag(config=True)
    most_output: Any = Integer(
        10_000_000, help="Characters that a cell may show; the rest is dropped, the cell ended."
    ).tag(config=True)

    fork = Bool(
        True,
        help="Fork kernels, where the system can, from a process that has imported what locked "
        "cells import that are no tests. False for libraries that a fork would break.",
    ).tag(config=True)

    @contextmanager
    def setup_kernel(self, **kwargs: Any) -> Generator[None, None, None]:
        """Start a kernel that no setting in HOME reaches; see nbclient for the parameters."""
        manager = self.create_kernel_manager()
        beside = self.resources.get("metadata", {}).get("path", "")
        with start_in_place(
            manager, beside, self._imports(), self.variables, self.chosen_sandbox()
        ) as arguments:
            self.km = manager
            # what a kernel says beside its notebook, of a crash for example, is nobody's
            with super().setup_kernel(stderr=DEVNULL, **arguments, **kwargs):
                yield

    def _imports(self) -> list[str] | None:
        """List what is imported before kernels are forked; not what tests import, maybe hidden."""
        if not self.fork:
            return None
        code = [cell for cell in self.nb.cells if cell.cell_type == "code"]
        given = [cell for cell in code if utils.is_locked(cell) and not utils.is_grade(cell)]
        return [line for cell in given for line in imports(cell.source)]

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Execute all cells; see nbconvert for the parameters."""
        NotebookClient.__init__(self, nb, km)
        self.reset_execution_trackers()
        self._check_assign_resources(resources)
        self._each: int | None = self.timeout
        self._ends = monotonic() + self.notebook_timeout
        self._broken: set[int] = set()  # cells that no new kernel runs again
        self._last = 0  # the cell that the kernel was lost in
        self._suspects: set[str] = set()  # functions that have hung
        self._names = Names()
        at = 0
        for attempt in range(self.restarts + 1):
            try:
                with self.setup_kernel():
                    info = self.wait_for_reply(self.kc.kernel_info())
                    self.nb.metadata["language_info"] = info["content"]["language_info"]
                    at = self._run(at)
            except (DeadKernelError, RuntimeError):  # it didn't come up
                if attempt == self.restarts:
                    raise
            if at >= len(self.nb.cells):
                break
        else:
            last = name_of(self.nb.cells[self._last], self._last)
            self._leave(at, f"the kernel died {self.restarts + 1} times, at last in {last}")
        return self.nb, self.resources

    def _run(self, start: int) -> int:
        """Execute cells in a new kernel; return where the next one has to go on."""
        cells = self.nb.cells
        for number in range(start):  # as they were; what they show is known
            if number not in self._broken:
                kept = cells[number]
                fault = self._try(copy.deepcopy(kept), number)
                cells[number] = kept
                if fault:
                    return start
        for number in range(start, len(cells)):
            if monotonic() > self._ends:
                limit = self.notebook_timeout
                self._leave(number, f"the notebook ran longer than {limit} seconds")
                break
            fault = self._try(cells[number], number)
            if fault:
                ename, evalue = fault
                cells[number].outputs.append(_error(ename, evalue))
                return number + 1
        return len(cells)

    def _try(self, cell: NotebookNode, number: int) -> tuple[str, str] | None:
        """Execute one cell; return the name and words of the error if the kernel is lost."""
        fault = self._executed(cell, number)
        if fault:
            self._broken.add(number)
            self._last = number
        return fault

    def _executed(self, cell: NotebookNode, number: int) -> tuple[str, str] | None:
        if cell.cell_type == "code":
            self._names.add(cell.source)
        self._shown, self._waited = 0, False
        left = max(1, ceil(self._ends - monotonic()))
        hung = bool(self._suspects & self._names.reached(cell.source))
        limit = self._each or left
        self.timeout = min(max(1, limit // HUNG_BEFORE) if hung else limit, left)
        try:
            self.preprocess_cell(cell, self.resources, number)
        except DeadKernelError:
            if getattr(self.km.provisioner.process, "too_large", False):
                most = f"{self.memory_bytes / 1e9:g} GB"
                return DIED, f"it used more than {most} of memory, and was ended"
            return DIED, "the kernel died here: a crash, too little memory or an exit"
        except TimeoutError:  # and it could not be interrupted
            if not self._waited:  # it has ended, and said so behind what was too large
                at_once = f"it showed more than {LARGEST / 1e6:g} MB at once, and was ended"
                return self._too_much() or (TOO_MUCH, at_once)
            self._suspects |= self._names.called(cell.source)
            return self._too_much() or (TIMED_OUT, "it hung and could not be interrupted")
        except OSError:  # ours, such as a full disk
            raise
        except Exception as error:  # the kernel said what nobody can read
            return type(error).__name__, one_line(str(error))
        if any(output.get("ename") == TIMED_OUT for output in cell.get("outputs", [])):
            self._broken.add(number)
            through = in_traceback(
                [line for each in cell.outputs for line in each.get("traceback", [])]
            )
            self._suspects |= through or self._names.called(cell.source)
        too_much = self._too_much()
        if too_much:
            self._broken.add(number)
            cell.outputs.append(_error(*too_much))
        return None

    def _too_much(self) -> tuple[str, str] | None:
        if self._shown <= self.most_output:
            return None
        return TOO_MUCH, f"it showed more than {self.most_output / 1e6:g} MB, and was ended"

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Execute one cell; see nbconvert for the parameters."""
        if not utils.is_grade(cell) or utils.is_solution(cell):
            return super().preprocess_cell(cell, resources, index)
        self._ask(ONLY_LAST)
        done = super().preprocess_cell(cell, resources, index)
        for output in cell.get("outputs", []):
            if output.output_type == "error" and not lines_of(cell, output):
                with suppress(DeadKernelError, TimeoutError):  # the next cell will meet it, too
                    lines = self._ask("", lines=LINES)[:20]
                    where = [f"Cell In[{cell.execution_count}], line {line}" for line in lines]
                    output.traceback = [*where, *output.traceback]
        return done

    async def _async_handle_timeout(self, *arguments: Any) -> Any:
        """Note that a cell takes too long; nbclient's own."""
        self._waited = True
        return await super()._async_handle_timeout(*arguments)

    async def _async_poll_kernel_alive(self) -> None:
        """Give up the cell that the kernel works on when the kernel has died; nbclient's own."""
        while await ensure_async(self.kc.is_alive()):
            await asyncio.sleep(LOOKS)
        await asyncio.sleep(LOOKS)  # what it has shown is still on its way
        self.task_poll_for_reply.cancel()

    def _ask(self, code: str, **expressions: str) -> list[int]:
        """Have the kernel run something of ours; return the numbers that it answers with."""
        request = self.kc.execute(
            code,
            silent=True,
            store_history=False,
            stop_on_error=False,
            user_expressions=expressions,
        )
        answers = self.wait_for_reply(request)["content"].get("user_expressions", {})
        told = "".join(each.get("data", {}).get("text/plain", "") for each in answers.values())
        return [int(number) for number in re.findall(r"\d{1,9}", told)]

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Take what a cell shows, up to a limit; see nbclient for the parameters."""
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data"):
            before = self._shown
            text = msg["content"].get("text")  # a stream's, which may be hundreds of megabytes
            self._shown += len(text if isinstance(text, str) else str(msg["content"]))
            if self._shown > self.most_output:
                if before <= self.most_output:
                    self._interrupt = asyncio.ensure_future(
                        ensure_async(self.km.interrupt_kernel())
                    )
                return None
        return super().process_message(msg, cell, cell_index)

    def _leave(self, start: int, why: str) -> None:
        """Say in each test from a cell on that it was not run, and why."""
        for cell in self.nb.cells[start:]:
            if cell.cell_type == "code":
                cell.outputs = []
                if utils.is_grade(cell) and not utils.is_solution(cell):
                    cell.outputs = [_error(NOT_RUN, why)]


def _error(ename: str, evalue: str) -> NotebookNode:
    return new_output("error", ename=ename, evalue=evalue, traceback=[f"{ename}: {evalue}"])
