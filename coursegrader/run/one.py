"""Grade one submission with nbgrader's own Autograde; it ends with points or a reason.

How, and where, student code runs is the executor's business, ``c.CourseGrader.executor``.
"""

import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import preprocessors, utils
from nbgrader.api import Grade
from nbgrader.converters import Autograde
from traitlets.utils.importstring import import_item

from coursegrader.course.convert import run
from coursegrader.course.notebook import to_text
from coursegrader.course.root import Course
from coursegrader.errors import UserError, surprises_named
from coursegrader.files import write
from coursegrader.intake.copy import take_in
from coursegrader.intake.records import Record, record
from coursegrader.intake.sanitise import Canonical
from coursegrader.intake.submission import Placed, Submission
from coursegrader.run import carried
from coursegrader.run.failure import explained, stop_if_ours
from coursegrader.run.marked import keep_marked, marked
from coursegrader.run.reasons import NOT_RUN, not_run_in
from coursegrader.run.result import Result, result
from coursegrader.run.stand_in import stand_in

NOT_ISOLATED = (
    "Student code is not isolated: it runs on this machine with your rights. "
    "Grade only code that you trust."
)


def isolation(course: Course) -> str:
    """Say what keeps student code from the rest of this machine.

    Parameters
    ----------
    course : Course
        The course, whose executor is asked.

    Returns
    -------
    str
        One line for who grades.

    Raises
    ------
    UserError
        If it has to be kept in a sandbox, and there is none here.
    """
    executor = import_item(course.options.executor)(config=course.config)
    said = executor.isolation() if hasattr(executor, "isolation") else ""
    return said or NOT_ISOLATED


def grade(submission: Submission) -> Result:
    """Grade one submission; whatever it holds, it gets its row in the gradebook.

    What can't be graded has no points and waits for a person: each test of its copy under
    ``autograded/`` says why, and there stands what the student wrote, as far as it can be read.

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
    reason, records = _execute(submission)
    executed = submission.executed()
    with submission.recorded() as entry:
        if entry is not None and executed is not None:
            grades = submission.grades(entry)
            by_hand = carried.take_back(submission, entry) | by_hand
            _close(grades, executed)
            keep_marked(grades, executed, by_hand)
        graded = result(submission, entry, executed, reason, records)
    submission.settle()
    carried.settle(submission)
    return graded


def _execute(submission: Submission) -> tuple[str, list[Record]]:
    """Execute a submission and let nbgrader score it.

    Returns
    -------
    reason : str
        What a person should look at.
    records : list of Record
        What was repaired.
    """
    course = submission.course
    reasons: dict[str, str] = {}
    records: list[Record] = []
    with _inside(course) as folder:
        copy = folder / submission.student / submission.assignment
        try:
            with surprises_named(submission):
                taken = take_in(submission, copy)
            records = taken.records
            refused: dict[str, Exception] = {**taken.refused}
        except (UserError, OSError) as error:
            refused = dict.fromkeys(submission.notebooks, error)

        def begin(notebook: str, failure: Exception) -> None:
            """Note why it can't be graded, and put the student's own text in its place."""
            stop_if_ours(course, submission.handed_in, failure)
            reasons[notebook] = explained(course, failure)
            whole = len(submission.notebooks) == 1
            records.append(record("refused", "" if whole else notebook, why=reasons[notebook]))
            own = stand_in(submission, notebook, reasons[notebook])
            write(copy / f"{notebook}.ipynb", to_text(own))

        for notebook, failure in refused.items():  # nbgrader gives 0 for what isn't there
            begin(notebook, failure)
        for notebook in submission.notebooks:
            if notebook not in refused:
                failed = _autograde(submission, folder, notebook)
                if failed is None:
                    continue
                begin(notebook, failed)
            failed = _autograde(submission, folder, notebook, _saying(reasons[notebook]))
            if failed is not None:
                stop_if_ours(course, submission.handed_in, failed)
    if len(submission.notebooks) == 1:
        return "".join(reasons.values()), records
    return "; ".join(f"{notebook}: {reason}" for notebook, reason in reasons.items()), records


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


class _Autograde(Autograde):
    """nbgrader's own, of a notebook that is known: it would take signs in names for patterns."""

    chosen: Path

    def init_notebooks(self) -> None:
        self.assignments = {str(self.chosen.parent): [str(self.chosen)]}


def _autograde(
    submission: Submission,
    folder: Path,
    notebook: str,
    executor: Callable[..., object] | None = None,
) -> Exception | None:
    """Run nbgrader's Autograde on a notebook that lies in a folder; return what went wrong.

    The folder is inside the course, for on Windows nbgrader can't read another. ``executor``
    stands in for the course's own.
    """
    course = submission.course
    directory = course.directory(
        assignment_id=submission.assignment,
        notebook_id=notebook,
        submitted_directory=folder.relative_to(course.root).as_posix(),
    )
    converter = _Autograde(coursedir=directory, config=course.config)
    copy = folder / submission.student / submission.assignment
    converter.chosen = copy / f"{notebook}.ipynb"
    converter.force = True  # whether there is something to do was decided by a hash, not by a date
    converter.sanitize_preprocessors = [  # what that one repairs is repaired, or stands in
        step for step in converter.sanitize_preprocessors if _imported(step) is not Canonical
    ]
    converter.autograde_preprocessors = [
        (executor or course.options.executor) if _executes(step) else step
        for step in converter.autograde_preprocessors
    ]
    return run(converter)


def _executes(step: str | type) -> bool:
    """Tell nbgrader's executor, or one made from it, among the steps of autograding."""
    found = _imported(step)
    return isinstance(found, type) and issubclass(found, preprocessors.Execute)


def _imported(step: str | type) -> object:
    return import_item(step) if isinstance(step, str) else step


@contextmanager
def _inside(course: Course) -> Generator[Path, None, None]:
    """Make a folder in the course for a while."""
    course.state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=course.state) as folder:
        yield Path(folder)


def _close(grades: dict[str, Grade], executed: dict[str, Placed]) -> None:
    """Leave points open where nobody knows them, and nowhere else.

    What was not executed waits for a person. For deleted cells there are 0 points: nbgrader would
    leave them open, and nobody could see them. Points given by hand stay.
    """
    for name, grade in grades.items():
        if name not in executed:
            grade.auto_score = 0
            grade.needs_manual_grade = False
        elif not_run_in(executed[name]):
            grade.auto_score = None
            grade.needs_manual_grade = True
