"""From what a student handed in to a folder that nbgrader can digest; the original is only read."""

import codecs
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath

from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from coursegrader.course.frozen import Release, releases
from coursegrader.course.notebook import read, to_text
from coursegrader.course.present import present
from coursegrader.errors import UserError
from coursegrader.files import write
from coursegrader.intake.bounds import Folder, Limits, look
from coursegrader.intake.canonical import rebuild
from coursegrader.intake.finding import Found, find, kept
from coursegrader.intake.reading import Cell
from coursegrader.intake.records import Record, record
from coursegrader.intake.submission import Submission

TIMESTAMP = "timestamp.txt"
_PLAINLY = 0.4  # of the cells that students don't change
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# read where a kernel starts, whatever is installed
_AT_START = {"sitecustomize", "usercustomize", "ipykernel_launcher"}
_CONFIGURES = ("ipython", "jupyter", "nbgrader")
# some packages install these beside themselves by mistake
_NOBODYS = {"tests", "test", "docs", "doc", "examples", "scripts", "benchmarks", "tools"}


@dataclass
class Taken:
    """What became of the files of a submission.

    Attributes
    ----------
    refused : dict of str to UserError
        The assignment's notebooks that aren't there or can't be graded, and why.
    records : list of Record
        What was repaired, left out or odd.
    """

    refused: dict[str, UserError] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)


def take_in(submission: Submission, into: Path) -> Taken:
    """Copy a submission: its notebooks put into the release, beside them the other plain files.

    Links and pipes stay behind, and so does a ``timestamp.txt`` that holds no time: nothing here
    depends on it. So does what stands in the way of the assignment's own files, and what would be
    imported in the place of a library.

    Parameters
    ----------
    submission : Submission
        What was handed in, of an assignment that the gradebook knows; it is only read.
    into : Path
        A folder that isn't there yet.

    Returns
    -------
    Taken
        If all notebooks are refused, nothing was copied.
    """
    course, assignment = submission.course, submission.assignment
    limits = Limits(config=course.config)
    folder = look(submission.handed_in, limits)
    release = present(course, assignment)
    taken = Taken(records=list(folder.records))
    found: dict[str, str] = {}
    for name in submission.notebooks:
        try:
            text, records = _notebook(submission, release, name, folder, limits)
        except UserError as error:
            taken.refused[name] = error
        else:
            found[name] = text
            taken.records += [
                replace(each, cell=submission.label(name, each.cell)) if each.cell else each
                for each in records
            ]
    if found:
        taken.records += _copy_others(submission, folder, into, limits)
        for name, text in found.items():
            write(into / f"{name}.ipynb", text)
        handed_in = _time(folder)
        if handed_in:
            write(into / TIMESTAMP, f"{handed_in:%Y-%m-%d %H:%M:%S.%f} UTC\n")
    return taken


def _notebook(
    submission: Submission, release: Release, name: str, folder: Folder, limits: Limits
) -> tuple[str, list[Record]]:
    """Find one notebook of a submission, and put it into the release."""
    released = release.notebook(name)
    if released is None:
        raise UserError(f"{name} was never released; run release")
    others = [each for each in submission.notebooks if each != name]
    found = find(folder, name, released, limits, others)
    _recognise(submission, release, name, found.cells)
    earlier = _earlier(submission, release, name, found)
    notebook, records = rebuild(released, list(found.cells), earlier)
    if earlier is not None:
        records = [record("older-release"), *records]
    return to_text(notebook), [*found.records, *records]


def _earlier(
    submission: Submission, release: Release, name: str, found: Found
) -> NotebookNode | None:
    """Return the release of which more of the course's own cells are there than of this one."""
    best, share = None, _kept(release, name, found.cells)
    for each in releases(submission.course, submission.assignment):
        if each.number < release.number and _kept(each, name, found.cells) > share:
            best, share = each, _kept(each, name, found.cells)
    return best.notebook(name) if best else None


def _recognise(submission: Submission, release: Release, name: str, own: Sequence[Cell]) -> None:
    """Refuse what is plainly another notebook of the course, under this one's name."""
    course, assignment = submission.course, submission.assignment
    mine = _kept(release, name, own)
    if mine > _PLAINLY or not own:
        return
    for other in course.assignments():
        for candidate in course.notebooks(other):
            if (other, candidate) == (assignment, name):
                continue
            latest = releases(course, other)[-1:]
            share = (
                _kept(latest[0], candidate, own)
                if latest
                else _kept_of(course.release(other, candidate), own)
            )
            if share > max(2 * mine, _PLAINLY):
                what = other if other == candidate else f"{other}/{candidate}"
                raise UserError(
                    f"this is {what}, in the place of {assignment}/{name}; hand in the right one"
                )


def _kept_of(path: Path, own: Sequence[Cell]) -> float:
    """Tell the same of a release that lies in its folder alone."""
    try:
        return kept(read(path), own)
    except UserError:
        return 0


def _kept(release: Release, name: str, own: Sequence[Cell]) -> float:
    try:
        notebook = release.notebook(name)
    except UserError:
        return 0
    return 0 if notebook is None else kept(notebook, own)


def _copy_others(
    submission: Submission, folder: Folder, into: Path, limits: Limits
) -> list[Record]:
    """Copy what lies beside the notebooks; return what stayed behind."""
    source = submission.course.folder("source_directory", submission.assignment)
    notebooks = {f"{name}.ipynb" for name in submission.notebooks}
    records = []
    for name in folder.files:
        inside = PurePosixPath(name)
        if inside.name == TIMESTAMP or name in notebooks:
            continue
        own = next((part for part in [inside, *inside.parents] if (source / part).is_file()), None)
        why = _shadowed(inside) if own is None else f"the course's own {own} was used"
        if own is None and not why:
            try:
                data = folder.read(name, limits.total)
            except UserError as error:
                why = str(error)
            except OSError as error:
                why = f"it cannot be read ({error.strerror})"
            else:
                write(into / inside, data)
        elif own == inside and _is_same(folder, name, source / own, limits):
            continue
        if why:
            records.append(record("left-out", found=name, why=why))
    return records


def _is_same(folder: Folder, name: str, own: Path, limits: Limits) -> bool:
    try:
        return folder.read(name, limits.total) == own.read_bytes()
    except (UserError, OSError):
        return False


def _shadowed(path: PurePosixPath) -> str:
    """Say what a file would stand in the way of; empty if of nothing."""
    module = path.parts[0].split(".")[0]
    is_code = path.suffix in (".py", ".pyc", ".so", ".pyd") and module in _modules()
    if is_code:
        return f"it would be imported in the place of the library {module}"
    is_settings = len(path.parts) == 1 and path.stem.endswith("_config")
    if is_settings and path.name.lower().startswith(_CONFIGURES):
        return "it would change how notebooks are run"
    return ""


@cache
def _modules() -> frozenset[str]:
    """Names under which something is installed, or is read when Python starts."""
    installed = set(packages_distributions()) - _NOBODYS
    return frozenset(installed | set(sys.stdlib_module_names) | _AT_START)


def _time(folder: Folder) -> datetime | None:
    """Read when it was handed in, in UTC; None if the file says nothing of the kind."""
    if TIMESTAMP not in folder.files:
        return None
    try:
        raw = folder.read(TIMESTAMP, 1_000)
        text = raw.decode(_MARKS.get(raw[:2], "utf-8-sig"), "replace").strip()
        return parse_utc(text) if text else None
    except (ValueError, OverflowError, TypeError, AttributeError, OSError, UserError):
        return None  # a word, another language's date, a film: what dateutil can't read
