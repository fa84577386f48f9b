"""Execute the course's own notebooks, so that their committed outputs are those of a fresh run."""

import copy
import os
import re
import sys
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from coursegrader.course.notebook import (
    first_difference,
    last_words,
    normalise,
    read,
    to_text,
)
from coursegrader.files import write
from coursegrader.kernel.client import Client
from coursegrader.kernel.forked import fork
from recsys_course.edition import VARIABLE, edition_of
from recsys_course.errors import CourseError

SECONDS_PER_CELL = 600


class CellStopped(CourseError):
    """A notebook that didn't run to its end.

    Attributes
    ----------
    cell : str
        The id of the cell that stopped; empty if the kernel didn't start.
    error : str
        The name of the error that a cell raised; empty if it was none, but a kernel that died.
    said : str
        What happened, in one line.
    """

    def __init__(self, path: Path, cell: str, error: str, said: str) -> None:
        where = f"cell {cell}" if cell else "start of the kernel"
        super().__init__(f"{path}, {where}: {said}")
        self.cell, self.error, self.said = cell, error, said


# An address, and the folders that only this machine has: both change with the next run elsewhere.
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")


def refresh(path: Path, check: bool = False) -> str | None:
    """Execute a notebook in its own folder and bring the file up to date.

    Cells tagged ``nbval-skip`` are not executed and stay as they are, those tagged
    ``raises-exception`` may fail. Outputs of cells tagged
    ``nbval-ignore-output`` may differ from run to run: as long as nothing else in the notebook
    has changed, the committed ones stay, so that a second run changes no byte.

    Parameters
    ----------
    path : Path
        The notebook.
    check : bool
        Only compare; write nothing.

    Returns
    -------
    str or None
        The first difference between the file and the fresh run; None if there is none.

    Raises
    ------
    CourseError
        If a cell fails, or shows what would differ elsewhere.
    """
    committed = read(path)
    fresh = normalise(execute(committed, path))
    troubles = blemishes(fresh)
    if troubles:
        raise CourseError(f"{path}: " + "; ".join(troubles))
    settled = settle(committed, fresh)
    text = to_text(settled)
    if text.encode("utf-8") == path.read_bytes():
        return None
    if not check:
        write(path, text)
    return first_difference(committed, settled) or "the layout of the file"


def execute(notebook: NotebookNode, path: Path, data: Path | None = None) -> NotebookNode:
    """Run a notebook's cells in a fresh kernel.

    Parameters
    ----------
    notebook : NotebookNode
        It is left as it is.
    path : Path
        Where it lies; the kernel works in that folder, and a folder named ``lessons`` or
        ``solutions`` above it tells the edition.
    data : Path, optional
        What DATA_DIR names; the course's own data by default.

    Returns
    -------
    NotebookNode
        A copy with fresh outputs.

    Raises
    ------
    CellStopped
        Naming the notebook, the cell and the error.
    """
    notebook = copy.deepcopy(notebook)
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # quiet about the kernel's own transport
        skip_cells_with_tag="nbval-skip",
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(path.parent.resolve())}},
    )
    manager: Any = client.create_kernel_manager()
    manager.client_factory = Client
    fork(manager)
    client.reset_execution_trackers()
    cell, error = None, ""
    try:
        with client.setup_kernel(env=_environment(path, data)):
            for number, cell in enumerate(notebook.cells):
                client.execute_cell(cell, number)
    except CellExecutionError as stop:
        error, reason = stop.ename, f"{stop.ename}: {stop.evalue}"
    except CellTimeoutError:
        reason = f"still running after {SECONDS_PER_CELL} s"
    except (DeadKernelError, RuntimeError) as death:
        reason = f"the kernel died ({death})"
    else:
        return notebook
    raise CellStopped(path, cell["id"] if cell else "", error, " ".join(reason.split()))


def _environment(path: Path, data: Path | None) -> dict[str, str]:
    """Return what the kernel is started with: committed outputs are those of the defaults."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATA_DIR", "MPLBACKEND")
    }
    if data:
        environment["DATA_DIR"] = str(data.resolve())
    edition = edition_of(path)
    return environment | ({VARIABLE: edition} if edition else {})


def blemishes(notebook: NotebookNode) -> list[str]:
    """Name the outputs that would differ elsewhere, or that graders take for a failure.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook.

    Returns
    -------
    list of str
        One entry for each trouble, with the cell's id and the mend.

    Examples
    --------
    >>> from nbformat import v4
    >>> warned = v4.new_output("stream", name="stderr", text="UserWarning: slow")
    >>> cell = v4.new_code_cell("fit()", id="fit", outputs=[warned])
    >>> blemishes(v4.new_notebook(cells=[cell]))
    ['cell fit writes to stderr (UserWarning: slow): mend the cause of it']
    """
    folders = {Path.home(), Path(sys.prefix)} - {Path(Path.home().anchor)}
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = str(output.get("text", "")) + str(
                {kind: data for kind, data in output.get("data", {}).items() if kind != "image/png"}
            )
            if output.get("name") == "stderr":
                said = last_words(output.text)
                found.append(f"cell {cell['id']} writes to stderr ({said}): mend the cause of it")
            elif _ADDRESS.search(text):
                found.append(
                    f"cell {cell['id']} shows an object's address, which differs in each run: "
                    "end its last line with a semicolon or show something else"
                )
            elif any(str(folder) in text for folder in folders):
                found.append(f"cell {cell['id']} shows a path of this machine: show something else")
    return found


def settle(committed: NotebookNode, fresh: NotebookNode) -> NotebookNode:
    """Choose between the outputs that a notebook has and those of a fresh run.

    Parameters
    ----------
    committed : NotebookNode
        The notebook as it was.
    fresh : NotebookNode
        The same cells, executed and normalised.

    Returns
    -------
    NotebookNode
        ``committed``, normalised, if the two differ in nothing but outputs of cells tagged
        ``nbval-ignore-output``; else ``fresh``.
    """
    before = normalise(copy.deepcopy(committed))
    blind = [_without_ignored(before, fresh), _without_ignored(fresh, before)]
    return before if blind[0] == blind[1] else fresh


def _without_ignored(notebook: NotebookNode, other: NotebookNode) -> NotebookNode:
    """Blank the outputs that may vary, where both notebooks have some."""
    notebook = copy.deepcopy(notebook)
    for cell, twin in zip(notebook.cells, other.cells, strict=True):
        both = cell.get("outputs") and twin.get("outputs")
        if both and "nbval-ignore-output" in cell.metadata.get("tags", []):
            cell.outputs = []
    return notebook
