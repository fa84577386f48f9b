"""One submission: whose it is, of what, where its files lie, what the gradebook knows of it."""

import hashlib
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode
from nbgrader.api import Grade, MissingEntry, SubmittedAssignment

from coursegrader.course.gradebook import opened
from coursegrader.course.notebook import read
from coursegrader.course.root import Course
from coursegrader.errors import UserError
from coursegrader.files import fingerprint


class Placed(NamedTuple):
    """An executed cell, and where it stands."""

    cell: NotebookNode
    among: list[NotebookNode]
    number: int


@dataclass(frozen=True)
class Submission:
    """What one student handed in of one assignment.

    Parameters
    ----------
    course : Course
        The course.
    assignment, student : str
        Names of folders: ``submitted/<student>/<assignment>/``.

    Examples
    --------
    >>> from traitlets.config import Config
    >>> course = Course(Path("/ml"), Config({"CourseDirectory": {"root": "/ml"}}))
    >>> str(Submission(course, "knn", "ann"))
    'submitted/ann/knn/knn.ipynb'
    """

    course: Course
    assignment: str
    student: str

    @cached_property
    def notebooks(self) -> list[str]:
        """Names of the notebooks that the assignment has."""
        return self.course.notebooks(self.assignment) or [self.assignment]

    @property
    def submitted(self) -> Path:
        """The notebook as it was handed in, of several the first; there need not be one."""
        return self.handed_in / f"{self._first}.ipynb"

    @property
    def autograded(self) -> Path:
        """The notebook as it was executed, of several the first; there need not be one."""
        return self.executed_in / f"{self._first}.ipynb"

    @property
    def aside(self) -> Path:
        """Where what was executed before lies while the submission is graded again."""
        return self.course.state / "before" / self.assignment / self._key

    @property
    def note(self) -> Path:
        """The file of what the grader notes of it."""
        return self.course.state / "graded" / self.assignment / self._key

    @property
    def by_hand(self) -> Path:
        """The file of what was given by hand, while its row is made again."""
        return self.course.state / "by_hand" / self.assignment / f"{self._key}.json"

    @property
    def _key(self) -> str:
        """The student's name, or a hash of one that leaves no room for more letters."""
        raw = os.fsencode(self.student)
        return self.student if len(raw) <= 100 else hashlib.sha256(raw).hexdigest()

    @property
    def _first(self) -> str:
        return self.course.first_notebook(self.assignment)

    @property
    def handed_in(self) -> Path:
        """The folder of what was handed in."""
        return self.course.folder("submitted_directory", self.assignment, self.student)

    @property
    def executed_in(self) -> Path:
        """The folder of what was executed."""
        return self.course.folder("autograded_directory", self.assignment, self.student)

    def __str__(self) -> str:
        several = len(self.notebooks) > 1
        return self.course.shown(self.handed_in if several else self.submitted)

    def fingerprint(self) -> str:
        """Hash all that was handed in; see `coursegrader.files.fingerprint`."""
        return fingerprint(self.handed_in)

    def label(self, notebook: str, cell: str) -> str:
        """Name a cell; where an assignment has several notebooks, its notebook comes before it.

        Parameters
        ----------
        notebook, cell : str
            The notebook's name and the cell's ``grade_id``.

        Returns
        -------
        str
            Such as ``"test-train"`` or ``"problem1/test-train"``.
        """
        return f"{notebook}/{cell}" if len(self.notebooks) > 1 else cell

    def executed(self) -> dict[str, Placed] | None:
        """Read the cells of the executed notebooks that nbgrader knows.

        Returns
        -------
        dict of str to Placed
            By their `label`, in the order of the notebooks; None if nothing was executed.
        """
        found: dict[str, Placed] | None = None
        for notebook in self.notebooks:
            try:
                cells = read(self.executed_in / f"{notebook}.ipynb").cells
            except UserError:
                continue
            found = found or {}
            for number, cell in enumerate(cells):
                name = cell.metadata.get("nbgrader", {}).get("grade_id")
                if name:
                    found[self.label(notebook, name)] = Placed(cell, cells, number)
        return found

    def set_aside(self) -> None:
        """Begin to grade it again: what was executed before is kept until that has ended."""
        if self.executed_in.is_dir():
            self.aside.parent.mkdir(parents=True, exist_ok=True)
            self.executed_in.rename(self.aside)

    def restore(self) -> None:
        """Take back a grading that didn't come to its end, however it was stopped."""
        if self.aside.is_dir():
            shutil.rmtree(self.executed_in, ignore_errors=True)
            self.aside.rename(self.executed_in)

    def settle(self) -> None:
        """End grading: what was executed before is forgotten."""
        shutil.rmtree(self.aside, ignore_errors=True)

    def grades(self, entry: SubmittedAssignment) -> dict[str, Grade]:
        """Return what the gradebook holds for each graded cell, by its `label`.

        Parameters
        ----------
        entry : nbgrader.api.SubmittedAssignment
            What `recorded` yields.

        Returns
        -------
        dict of str to nbgrader.api.Grade
        """
        return {
            self.label(notebook.name, grade.name): grade
            for notebook in entry.notebooks
            for grade in notebook.grades
        }

    @contextmanager
    def recorded(self) -> Generator[SubmittedAssignment | None, None, None]:
        """Look it up in the gradebook.

        Yields
        ------
        nbgrader.api.SubmittedAssignment or None
            None if it isn't there. What is changed in it is kept at the end of the ``with`` block.

        Raises
        ------
        UserError
            If the gradebook can't be read or written.
        """
        with opened(self.course) as gradebook:
            try:
                entry = gradebook.find_submission(self.assignment, self.student)
            except MissingEntry:
                entry = None
            yield entry
            gradebook.db.commit()

    def forget(self) -> None:
        """Take a row out of the gradebook that never came to its end."""
        with opened(self.course) as gradebook, suppress(MissingEntry):
            gradebook.remove_submission(self.assignment, self.student)
        shutil.rmtree(self.executed_in, ignore_errors=True)
