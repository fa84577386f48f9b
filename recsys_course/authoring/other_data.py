"""Lessons on the data that a user brings: which of them run to their end, and where others stop."""

import copy
import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

import recsys_course
from coursegrader.course.notebook import last_words, read
from coursegrader.files import fingerprint, write
from recsys_course.authoring.execute import CellStopped, execute
from recsys_course.data.sources import recognise
from recsys_course.errors import one_line
from recsys_course.findings import TooLittle

# the kernel's largest size so far; Windows has no such module, and says nothing
_PEAK = """
import sys
try:
    import resource
except ImportError:
    print(0)
else:
    unit = 1 if sys.platform == "darwin" else 1024
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
"""


@dataclass(frozen=True)
class Outcome:
    """How a notebook ended on some data.

    Attributes
    ----------
    state : str
        "clean"; "too little data" if the notebook said so itself and stopped; "stopped" at an
        error; "warns" if it ran to its end, but some cell wrote to stderr.
    cell : str
        The first cell that stopped or warned; empty if clean.
    said : str
        Its message in one line.
    seconds : float
        The whole run, with the start of the kernel.
    gigabytes : float
        The kernel's largest size in memory (GB); 0 if it isn't known.
    """

    state: str
    cell: str = ""
    said: str = ""
    seconds: float = 0
    gigabytes: float = 0

    @property
    def fine(self) -> bool:
        """Whether nobody has to mend anything."""
        return self.state in ("clean", "too little data")

    def __str__(self) -> str:
        """Say it in one line."""
        if self.state == "clean":
            peak = f", {self.gigabytes:.1f} GB" if self.gigabytes else ""
            return f"clean ({self.seconds:.0f} s{peak})"
        return f"{self.state} at cell {self.cell}: {self.said}"


def run_on(path: Path, folder: Path) -> Outcome:
    """Run a notebook on the data in a folder; the notebook's file stays as it is.

    Parameters
    ----------
    path : Path
        The notebook.
    folder : Path
        What DATA_DIR names while it runs.

    Returns
    -------
    Outcome

    Raises
    ------
    CourseError
        If the notebook can't be read.
    """
    notebook = copy.deepcopy(read(path))
    notebook.cells.append(new_code_cell(_PEAK, id="peak"))
    began = time.perf_counter()
    try:
        done = execute(notebook, path, folder)
    except CellStopped as stop:
        state = "too little data" if stop.error == TooLittle.__name__ else "stopped"
        return Outcome(state, stop.cell, stop.said, time.perf_counter() - began)
    seconds = time.perf_counter() - began
    peak = done.cells.pop().outputs[0].text
    cell, said = next(_warnings(done), ("", ""))
    return Outcome("warns" if cell else "clean", cell, said, seconds, int(peak) / 1e9)


def _warnings(notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """Name the cells that wrote to stderr, with their last words."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                yield cell.id, one_line(last_words(output.text), 200)


class Journal:
    """Outcomes of earlier runs, each good as long as notebook, package and data are the same.

    Parameters
    ----------
    file : Path
        Where they are kept; written whole after each run, so that an interrupted one goes on.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            self._kept = {name: (key, Outcome(**outcome)) for name, (key, outcome) in kept.items()}
        except (OSError, ValueError, TypeError, AttributeError):  # none yet, or of another version
            self._kept = {}

    def known(self, path: Path, folder: Path) -> Outcome | None:
        """Return the outcome of a run that would be the same today, or None."""
        key, outcome = self._kept.get(_name(path, folder), ("", None))
        return outcome if key == _key(path, folder) else None

    def add(self, path: Path, folder: Path, outcome: Outcome) -> None:
        """Keep an outcome."""
        self._kept[_name(path, folder)] = _key(path, folder), outcome
        kept = {name: (key, asdict(outcome)) for name, (key, outcome) in self._kept.items()}
        write(self.file, json.dumps(kept, indent=1) + "\n")


def _name(path: Path, folder: Path) -> str:
    return f"{path.resolve()} on {folder.resolve()}"


def _key(path: Path, folder: Path) -> str:
    """Hash what a run depends on: code cells, the package, and the data files as they are now."""
    digest = hashlib.sha256()
    for cell in read(path).cells:
        if cell.cell_type == "code":
            digest.update(cell.source.encode() + b"\0")
    digest.update(fingerprint(Path(recsys_course.__file__).parent, "*.py").encode())
    given = recognise(folder)
    for file in (given.views(), given.catalogue()):
        stat = file.stat()
        digest.update(f"{file.name}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def table(outcomes: Iterable[tuple[Path, Path, Outcome]]) -> str:
    """Set notebooks against folders.

    Parameters
    ----------
    outcomes : iterable of (Path, Path, Outcome)
        Notebook, folder, how it ended.

    Returns
    -------
    str
        One line for each folder, one column for each notebook; a cell where it didn't end well.

    Examples
    --------
    >>> cinema, stopped = Path("cinema"), Outcome("stopped", "boost", "ValueError: no row")
    >>> print(table([(Path("01.ipynb"), cinema, Outcome("clean", seconds=7.2, gigabytes=0.52)),
    ...     (Path("02.ipynb"), cinema, stopped)]))
                             01                     02
    cinema  clean (7 s, 0.5 GB)  stopped at cell boost
    """
    short = {
        (one_line(str(folder)), path.stem): str(outcome).partition(":")[0]
        for path, folder, outcome in outcomes
    }
    return pd.Series(short).unstack(sort=False).to_string()
