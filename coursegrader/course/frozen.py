"""What students got, kept as it was: the release that submissions are put into when graded.

nbgrader's gradebook has only graded, solution and locked cells, without their order. So the
released notebooks are kept beside it, each release under a hash of itself and of what the gradebook
holds.
"""

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from coursegrader.course.notebook import normalise, read, to_text
from coursegrader.course.root import Course
from coursegrader.files import write

_NOTE = "release.json"


@dataclass(frozen=True)
class Release:
    """One release of an assignment.

    Parameters
    ----------
    folder : Path
        Where its notebooks are kept.
    recorded : str
        The hash of what the gradebook held then, hidden tests included.
    number : int
        The later, the larger.
    """

    folder: Path
    recorded: str
    number: int

    @property
    def digest(self) -> str:
        """The hash of its notebooks and of the tests."""
        return self.folder.name

    def notebook(self, name: str) -> NotebookNode | None:
        """Read a notebook of it; None if it has none of that name."""
        path = self.folder / f"{name}.ipynb"
        return read(path) if path.is_file() else None


def freeze(course: Course, assignment: str, made: Path, recorded: str) -> Release:
    """Keep a release.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Its name.
    made : Path
        The folder of the released notebooks.
    recorded : str
        What `coursegrader.course.gradebook.release_digest` gives now.

    Returns
    -------
    Release
        The one that counts from now on; the same one for the same notebooks.
    """
    texts = {path.name: to_text(normalise(read(path))) for path in sorted(made.glob("*.ipynb"))}
    digest = hashlib.sha256(json.dumps([recorded, texts]).encode()).hexdigest()[:16]
    before = releases(course, assignment)
    folder = _folder(course, assignment) / digest
    if before and before[-1].folder == folder:
        return before[-1]
    number = before[-1].number + 1 if before else 1
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as name:
        new = Path(name) / "new"
        for file, text in texts.items():
            write(new / file, text)
        write(new / _NOTE, json.dumps({"recorded": recorded, "number": number}))
        shutil.rmtree(folder, ignore_errors=True)  # an earlier release, made again
        new.rename(folder)
    return Release(folder, recorded, number)


def releases(course: Course, assignment: str) -> list[Release]:
    """List the releases of an assignment, the latest last; what is damaged is left out."""
    found = []
    for note in _folder(course, assignment).glob(f"[!.]*/{_NOTE}"):
        try:
            noted = json.loads(note.read_text("utf-8"))
            found.append(Release(note.parent, str(noted["recorded"]), int(noted["number"])))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return sorted(found, key=lambda each: each.number)


def _folder(course: Course, assignment: str) -> Path:
    return course.state / "released" / assignment
