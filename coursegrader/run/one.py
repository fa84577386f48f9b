"""Grade one submission with nbgrader's own Autograde; it ends with points or a reason.

How, and where, student code runs is the executor's business, ``c.CourseGrader.executor``.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import preprocessors, utils
from nbgrader.api import Grade
from nbgrader.converters import Autograde
from traitlets.utils.importstring import import_item

from coursegrader.course.convert import run
from coursegrader.course.release import generate
from coursegrader.course.root import Course
from coursegrader.errors import UserError, surprises_named
from coursegrader.intake.copy import take_in
from coursegrader.intake.submission import Submission
from coursegrader.run.failure import explained, stop_if_ours
from coursegrader.run.marked import keep_marked, marked
from coursegrader.run.reasons import NOT_RUN
from coursegrader.run.result import Result, result

NOT_ISOLATED = (
    "Student code is not isolated: it runs on this machine with your rights. "
    "Grade only code that you trust."
)


def grade(submission: Submission) -> Result:
    """Grade one submission; whatever it holds, it gets its row in the gradebook.

    A notebook that can't be read or executed to its end gets 0 points for every test, and each
    test cell of its copy under ``autograded/`` says why. Answers graded by hand stay readable.

    Parameters
    ----------
    submission : Submission
        Of an assignment that the gradebook knows.

    Returns
    -------
    Result
        Points, and a reason if a person should look at it.

    Raises
    ------
    UserError
        If grading itself can't go on: the gradebook or the disk can't be written.
    """
    submission.restore()
    by_hand = marked(submission)
    submission.set_aside()
    reason = _execute(submission)
    executed = submission.executed()
    with submission.recorded() as entry:
        if entry is not None and executed is not None:
            grades = submission.grades(entry)
            _close_missing(grades, executed)
            keep_marked(grades, executed, by_hand)
        graded = result(submission, entry, executed, reason)
    submission.settle()
    return graded


def _execute(submission: Submission) -> str:
    """Execute a submission and let nbgrader score it; return what a person should look at."""
    course, assignment = submission.course, submission.assignment
    reasons: dict[str, str] = {}
    left: list[str] = []  # notebooks in whose place the release has to stand
    with _inside(course) as folder:
        copy = folder / submission.student / assignment
        try:
            with surprises_named(submission):
                refused: dict[str, Exception] = {**take_in(submission, copy)}
        except (UserError, OSError) as error:
            refused = dict.fromkeys(submission.notebooks, error)
        for notebook in submission.notebooks:
            begun: list[str] = []
            failure = refused.get(notebook) or _autograde(submission, folder, notebook, begun=begun)
            if failure is None:
                continue
            stop_if_ours(course, submission.handed_in, failure)
            reason = explained(course, failure, begun[-1] if begun else None)
            reasons[notebook] = reason
            if notebook in refused or _autograde(submission, folder, notebook, _saying(reason)):
                left.append(notebook)
    if left:
        with _inside(course) as stand_in:
            generate(course, assignment, stand_in / submission.student)
            for notebook in left:
                failure = _autograde(submission, stand_in, notebook, _saying(reasons[notebook]))
                if failure is not None:
                    stop_if_ours(course, stand_in, failure)
    if len(submission.notebooks) == 1:
        return "".join(reasons.values())
    return "; ".join(f"{notebook}: {reason}" for notebook, reason in reasons.items())


def _saying(reason: str) -> Callable[..., object]:
    """Make the step that stands in for the execution: each test says why it was not run."""

    def say_why(
        notebook: NotebookNode, resources: dict[str, object]
    ) -> tuple[NotebookNode, dict[str, object]]:
        error = new_output(
            "error", ename=NOT_RUN, evalue=reason, traceback=[f"{NOT_RUN}: {reason}"]
        )
        for cell in notebook.cells:
            is_test = utils.is_grade(cell) and not utils.is_solution(cell)
            if cell.cell_type == "code" and is_test:
                cell.outputs = [error]
        return notebook, resources

    return say_why


def _autograde(
    submission: Submission,
    folder: Path,
    notebook: str,
    executor: Callable[..., object] | None = None,
    begun: list[str] | None = None,
) -> Exception | None:
    """Run nbgrader's Autograde on a notebook that lies in a folder; return what went wrong.

    The folder is inside the course, for on Windows nbgrader can't read another. ``executor``
    stands in for the course's own. ``begun`` collects the cells as their execution begins, so
    that a dead kernel can be traced.
    """
    course = submission.course
    directory = course.directory(
        assignment_id=submission.assignment,
        student_id=submission.student,
        notebook_id=notebook,
        submitted_directory=folder.relative_to(course.root).as_posix(),
    )
    converter = Autograde(coursedir=directory, config=course.config)
    converter.force = True  # whether there is something to do was decided by a hash, not by a date
    converter.autograde_preprocessors = [
        (executor or course.options.executor) if _executes(step) else step
        for step in converter.autograde_preprocessors
    ]
    if begun is not None:
        converter.config.NotebookClient.on_cell_start = lambda cell, cell_index: begun.append(
            cell.metadata.get("nbgrader", {}).get("grade_id")
            or cell.get("id", f"number {cell_index}")
        )
    return run(converter)


def _executes(step: str | type) -> bool:
    """Tell nbgrader's executor, or one made from it, among the steps of autograding."""
    found = import_item(step) if isinstance(step, str) else step
    return isinstance(found, type) and issubclass(found, preprocessors.Execute)


@contextmanager
def _inside(course: Course) -> Iterator[Path]:
    """Make a folder in the course for a while."""
    course.state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=course.state) as folder:
        yield Path(folder)


def _close_missing(grades: dict[str, Grade], executed: dict[str, NotebookNode]) -> None:
    """Give 0 points for deleted cells: nbgrader would leave them open, and nobody could see them.

    Points given by hand, to an answer of an earlier submission, stay.
    """
    for name, grade in grades.items():
        if name not in executed:
            grade.auto_score = 0
            grade.needs_manual_grade = False
