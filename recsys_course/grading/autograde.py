"""Grade one submission with nbgrader's own Autograde; it ends with points or a reason.

The executor is the first of ``c.Autograde.autograde_preprocessors`` in ``nbgrader_config.py``;
nothing else here knows how, or where, student code runs.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.api import MissingEntry
from nbgrader.converters import Autograde
from sqlalchemy.exc import SQLAlchemyError

from recsys_course.errors import CourseError
from recsys_course.grading.conversion import run
from recsys_course.grading.course import Course, gradebook_error
from recsys_course.grading.notebooks import read
from recsys_course.grading.release import generate

NOT_ISOLATED = (
    "Student code is not isolated: it runs on this machine with your rights. "
    "Grade only code that you trust."
)
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
    CourseError
        If grading itself can't go on: the gradebook or the disk can't be written.
    """
    submitted = course.submitted(student, assignment)
    begun: list[str] = []
    try:
        _check(submitted)
        failure = _autograde(course, assignment, student, begun=begun)
    except (CourseError, OSError) as error:
        failure = error
    if failure is None:
        return outcome(course, assignment, student)
    _stop_if_ours(course, submitted.parent, failure)
    reason = _explain(course, failure, begun[-1] if begun else None)
    _score_unrun(course, assignment, student, reason)
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
        No points if the gradebook doesn't know the submission. Test cells that the student has
        deleted are a reason of their own: nbgrader leaves their points open.
    """
    with course.gradebook() as gradebook:
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return Outcome(student, assignment, reason=reason or "nbgrader made no row for it")
        answers = {
            cell.name for book in submission.assignment.notebooks for cell in book.solution_cells
        }
        open_tests = sorted(
            grade.name
            for notebook in submission.notebooks
            for grade in notebook.grades
            if grade.auto_score is None and grade.manual_score is None and grade.name not in answers
        )
        if open_tests and not reason:
            reason = f"the test cells {', '.join(open_tests)} are missing; restore them"
        return Outcome(
            student,
            assignment,
            submission.score,
            submission.max_score,
            submission.needs_manual_grade,
            reason,
            unchanged,
        )


def _check(submitted: Path) -> None:
    """Refuse what nbgrader can't digest, with a better reason than its own."""
    if not submitted.exists() and submitted.parent.is_dir():
        others = sorted(path.name for path in submitted.parent.rglob("*.ipynb"))
        found = f"found instead: {', '.join(others[:3])}; rename it" if others else "none is there"
        raise CourseError(f"no {submitted.name}; {found}")
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in read(submitted).cells]
    twice = [name for name, count in Counter(ids).items() if name and count > 1]
    if twice:
        raise CourseError(f"cells exist more than once: {', '.join(twice)}; delete the copies")


def _autograde(
    course: Course,
    assignment: str,
    student: str,
    submitted: str | None = None,
    executor: Callable[..., object] | None = None,
    begun: list[str] | None = None,
) -> Exception | None:
    """Run nbgrader's Autograde on one submission; return what went wrong.

    ``begun`` collects the cells as their execution begins, so that a dead kernel can be traced.
    """
    directory = course.directory
    directory.assignment_id = assignment
    directory.student_id = student
    if submitted is not None:
        directory.submitted_directory = submitted
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


def _score_unrun(course: Course, assignment: str, student: str, reason: str) -> None:
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

    readable = course.submitted(student, assignment).is_file()
    if readable and _autograde(course, assignment, student, executor=say_why) is None:
        return
    inside = course.root / ".course"  # on Windows nbgrader can't read a folder outside its course
    inside.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=inside) as folder:
        generate(course, assignment, Path(folder) / student)
        stand_in = f".course/{Path(folder).name}"
        failure = _autograde(course, assignment, student, stand_in, say_why)
        if failure is not None:
            _stop_if_ours(course, Path(folder), failure)


def _stop_if_ours(course: Course, folder: Path, failure: Exception) -> None:
    """Raise if no submission could be graded now, however good: gradebook or disk are at fault."""
    causes = [failure, failure.__cause__, failure.__context__]
    for cause in causes:
        if isinstance(cause, SQLAlchemyError):
            raise gradebook_error(course.directory.db_url, cause) from cause
        if isinstance(cause, OSError) and cause.errno is not None:
            theirs = cause.filename and Path(os.fsdecode(cause.filename)).is_relative_to(folder)
            if not theirs:
                raise cause


def _explain(course: Course, failure: Exception, cell: str | None) -> str:
    """Say in one line why a notebook could not be graded."""
    where = f"in cell {cell}" if cell else "before the first cell"
    if isinstance(failure, DeadKernelError):
        return f"the kernel died {where}: a crash, too little memory or an exit"
    if isinstance(failure, TimeoutError):
        return f"it hung {where} and could not be interrupted"
    text = " ".join(str(failure).split()).replace(f"{course.root}{os.sep}", "")
    if isinstance(failure, CourseError):
        return text
    return f"nbgrader cannot grade it: {type(failure).__name__}: {text}"
