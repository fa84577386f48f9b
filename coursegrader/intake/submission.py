"""One submission: whose it is, of what, where its files lie, what the gradebook knows of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import MissingEntry, SubmittedAssignment

from coursegrader.course.gradebook import opened
from coursegrader.course.notebook import read
from coursegrader.course.root import Course
from coursegrader.errors import UserError
from coursegrader.files import fingerprint


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

    @property
    def submitted(self) -> Path:
        """The notebook as it was handed in; there need not be one."""
        return self._in("submitted_directory")

    @property
    def autograded(self) -> Path:
        """The notebook as it was executed; there need not be one."""
        return self._in("autograded_directory")

    def _in(self, step: str) -> Path:
        return self.course.notebook(step, self.assignment, self.student)

    def __str__(self) -> str:
        return self.course.shown(self.submitted)

    def fingerprint(self) -> str:
        """Hash all that was handed in; see `coursegrader.files.fingerprint`."""
        return fingerprint(self.submitted.parent)

    def executed(self) -> dict[str, NotebookNode] | None:
        """Read the cells of the executed notebook that nbgrader knows.

        Returns
        -------
        dict of str to NotebookNode
            By their ``grade_id``, in the order of the notebook; None if nothing was executed.
        """
        try:
            cells = read(self.autograded).cells
        except UserError:
            return None
        known = ((cell.metadata.get("nbgrader", {}).get("grade_id"), cell) for cell in cells)
        return {name: cell for name, cell in known if name}

    @contextmanager
    def recorded(self) -> Iterator[SubmittedAssignment | None]:
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
