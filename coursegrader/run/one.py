"""Grade one submission with nbgrader's own Autograde; it ends with points or a reason.

The executor is the first of ``c.Autograde.autograde_preprocessors`` in ``nbgrader_config.py``;
nothing else here knows how, or where, student code runs.
"""

import errno
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.api import Grade, MissingEntry, SubmittedAssignment
from nbgrader.converters import Autograde
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from coursegrader.course.convert import run
from coursegrader.course.notebook import read
from coursegrader.course.release import generate
from coursegrader.course.root import Course, gradebook_error
from coursegrader.errors import UserError, surprises_named
from coursegrader.intake.submission import take_in
from coursegrader.run.marked import keep_marked, marked

NOT_ISOLATED = (
    "Student code is not isolated: it runs on this machine with your rights. "
    "Grade only code that you trust."
)
# errors of names and folders, which come from what was handed in wherever they show
OF_A_SHAPE = (
    errno.EISDIR,
    errno.ENOTDIR,
    errno.EEXIST,
    errno.ENAMETOOLONG,
    errno.EILSEQ,
    errno.ELOOP,
)
OF_A_ROW = IntegrityError, DataError  # of what was to be written, not of the database
NOT_RUN = "NotGraded"  # the error's name in a notebook that could not be executed


@dataclass(frozen=True)
class Outcome:
    """What became of one submission.

    Parameters
    ----------
    student, assignment : str
        Whose it is and what it is.
    points, max_points : float
        All questions, those graded by hand included.
    needs_manual_grading : bool
        Whether a question waits for a person.
    reason : str
        Why it could not be graded as it should; empty if all is well.
    unchanged : bool
        Whether these are the points of an earlier run.
    """

    student: str
    assignment: str
    points: float = 0.0
    max_points: float = 0.0
    needs_manual_grading: bool = False
    reason: str = ""
    unchanged: bool = False


def grade(course: Course, assignment: str, student: str) -> Outcome:
    """Grade one submission; whatever it holds, it gets its row in the gradebook.

    A notebook that can't be read or executed to its end gets 0 points for every test, and each
    test cell of its copy under ``autograded/`` says why. Answers graded by hand stay readable.

    Parameters
    ----------
    course : Course
        The course; its gradebook knows the assignment.
    assignment, student : str
        Names of folders: ``submitted/<student>/<assignment>/``.

    Returns
    -------
    Outcome
        Points, and a reason if a person should look at it.

    Raises
    ------
    UserError
        If grading itself can't go on: the gradebook or the disk can't be written.
    """
    submitted = course.submitted(student, assignment)
    begun: list[str] = []
    by_hand = marked(course, assignment, student)
    with _inside(course) as folder:
        try:
            with surprises_named(course.shown(submitted)):
                take_in(submitted, folder / student / assignment, course.source(assignment).parent)
            failure = _autograde(course, assignment, student, folder, begun=begun)
        except (UserError, OSError) as error:
            failure = error
        reason = ""
        if failure is not None:
            _stop_if_ours(course, submitted.parent, failure)
            reason = _explain(course, failure, begun[-1] if begun else None)
            _score_unrun(course, assignment, student, folder, reason)
    _close_missing(course, assignment, student)
    keep_marked(course, assignment, student, by_hand)
    return outcome(course, assignment, student, reason)


def outcome(
    course: Course, assignment: str, student: str, reason: str = "", unchanged: bool = False
) -> Outcome:
    """Read a submission's points from the gradebook.

    Parameters
    ----------
    course : Course
        The course.
    assignment, student : str
        Whose submission, of what.
    reason : str
        Why it could not be graded, if that is known already.
    unchanged : bool
        Whether it was graded earlier.

    Returns
    -------
    Outcome
        No points if the gradebook doesn't know the submission. Graded cells that the student has
        deleted are a reason of their own.
    """
    with course.gradebook() as gradebook:
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return Outcome(student, assignment, reason=reason or "nbgrader made no row for it")
        missing = sorted(grade.name for grade in _missing(course, submission))
        if missing and not reason:
            reason = f"graded cells are missing: {', '.join(missing)}; restore them"
        return Outcome(
            student,
            assignment,
            submission.score,
            submission.max_score,
            submission.needs_manual_grade,
            reason,
            unchanged,
        )


def _autograde(
    course: Course,
    assignment: str,
    student: str,
    submitted: Path,
    executor: Callable[..., object] | None = None,
    begun: list[str] | None = None,
) -> Exception | None:
    """Run nbgrader's Autograde on one submission; return what went wrong.

    ``submitted`` is a folder inside the course, for on Windows nbgrader can't read another.
    ``begun`` collects the cells as their execution begins, so that a dead kernel can be traced.
    """
    directory = course.directory
    directory.assignment_id = assignment
    directory.student_id = student
    directory.submitted_directory = submitted.relative_to(course.root).as_posix()
    converter = Autograde(coursedir=directory, config=course.config)
    converter.force = True  # whether there is something to do was decided by a hash, not by a date
    if executor is not None:
        converter.autograde_preprocessors = [executor, *converter.autograde_preprocessors[1:]]
    if begun is not None:
        converter.config.NotebookClient.on_cell_start = lambda cell, cell_index: begun.append(
            cell.metadata.get("nbgrader", {}).get("grade_id")
            or cell.get("id", f"number {cell_index}")
        )
    return run(converter)


def _score_unrun(course: Course, assignment: str, student: str, folder: Path, reason: str) -> None:
    """Let nbgrader score the notebook as if each test had failed with the reason.

    If even that fails, the untouched release is scored in its place.
    """

    def say_why(
        notebook: NotebookNode, resources: dict[str, object]
    ) -> tuple[NotebookNode, dict[str, object]]:
        text = f"{NOT_RUN}: {reason}"
        for cell in notebook.cells:
            if cell.cell_type == "code" and utils.is_grade(cell) and not utils.is_solution(cell):
                cell.outputs = [new_output("error", ename=NOT_RUN, evalue=reason, traceback=[text])]
        return notebook, resources

    readable = (folder / student / assignment).is_dir()
    if readable and _autograde(course, assignment, student, folder, say_why) is None:
        return
    with _inside(course) as stand_in:
        generate(course, assignment, stand_in / student)
        failure = _autograde(course, assignment, student, stand_in, say_why)
        if failure is not None:
            _stop_if_ours(course, stand_in, failure)


@contextmanager
def _inside(course: Course) -> Iterator[Path]:
    """Make a folder in the course for a while."""
    place = course.root / ".course"
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


def _missing(course: Course, submission: SubmittedAssignment) -> list[Grade]:
    """List the grades whose cells the student has deleted."""
    assignment, student = submission.assignment.name, submission.student.id
    try:
        cells = read(course.autograded(student, assignment)).cells
    except UserError:  # nothing was executed; there is a reason already
        return []
    there = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells}
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    return [grade for grade in grades if grade.name not in there]


def _close_missing(course: Course, assignment: str, student: str) -> None:
    """Give 0 points for deleted cells: nbgrader would leave them open, and nobody could see them.

    Points given by hand, to an answer of an earlier submission, stay.
    """
    with course.gradebook() as gradebook:
        try:
            missing = _missing(course, gradebook.find_submission(assignment, student))
        except MissingEntry:
            return
        for grade in missing:
            grade.auto_score = 0
            grade.needs_manual_grade = False
        gradebook.db.commit()


def _stop_if_ours(course: Course, folder: Path, failure: Exception) -> None:
    """Raise if no submission could be graded now, however good: gradebook or disk are at fault."""
    causes = [failure, failure.__cause__, failure.__context__]
    for cause in causes:
        if isinstance(cause, DBAPIError) and not isinstance(cause, OF_A_ROW):
            raise gradebook_error(course.directory.db_url, cause) from cause
        if isinstance(cause, OSError) and cause.errno not in (None, *OF_A_SHAPE):
            place = Path(os.fsdecode(cause.filename)) if cause.filename else course.root
            if not place.is_relative_to(folder):
                raise cause


def _explain(course: Course, failure: Exception, cell: str | None) -> str:
    """Say in one line why a notebook could not be graded."""
    where = f"in cell {cell}" if cell else "before the first cell"
    if isinstance(failure, DeadKernelError):
        return f"the kernel died {where}: a crash, too little memory or an exit"
    if isinstance(failure, TimeoutError):
        return f"it hung {where} and could not be interrupted"
    text = " ".join(str(failure).split()).replace(f"{course.root}{os.sep}", "")
    if isinstance(failure, UserError):
        return text
    text = re.sub(r"\.course/[^/]*/", "submitted/", text.replace(os.sep, "/"))  # our copy of it
    return f"nbgrader cannot grade it: {type(failure).__name__}: {text}"
