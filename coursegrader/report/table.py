"""Points per student and question, and why points were lost: the gradebook, in a reader's words."""

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Grade

from coursegrader.course.notebook import last_words, read
from coursegrader.course.root import Course, unknown
from coursegrader.errors import UserError, one_line
from coursegrader.run.one import NOT_RUN


@dataclass(frozen=True)
class Question:
    """One student's points for one graded cell.

    Parameters
    ----------
    name : str
        The cell's ``grade_id``.
    points, max_points : float
        What was got and what could be.
    needs_manual_grading : bool
        Whether it waits for a person.
    reason : str
        Why points were lost, in one line; empty if none were, or nobody has looked yet.
    """

    name: str
    points: float
    max_points: float
    needs_manual_grading: bool
    reason: str


@dataclass(frozen=True)
class Row:
    """One student's result in one assignment.

    Parameters
    ----------
    assignment, student : str
        What it is and whose.
    questions : tuple of Question
        In the order of the notebook.
    """

    assignment: str
    student: str
    questions: tuple[Question, ...]

    @property
    def points(self) -> float:
        """All points together."""
        return sum(question.points for question in self.questions)

    @property
    def max_points(self) -> float:
        """All points that could be got."""
        return sum(question.max_points for question in self.questions)

    @property
    def needs_manual_grading(self) -> bool:
        """Whether any question waits for a person."""
        return any(question.needs_manual_grading for question in self.questions)

    def to_dict(self) -> dict[str, Any]:
        """Return the row as plain data, for JSON."""
        return {
            "assignment": self.assignment,
            "student": self.student,
            "points": self.points,
            "max_points": self.max_points,
            "needs_manual_grading": self.needs_manual_grading,
            "questions": [asdict(question) for question in self.questions],
        }


def rows(course: Course, wanted: Iterable[str] = ()) -> list[Row]:
    """Read the points of everyone who was graded.

    Parameters
    ----------
    course : Course
        The course.
    wanted : iterable of str, optional
        Only these assignments; all that were graded by default.

    Returns
    -------
    list of Row
        Sorted by assignment and student.

    Raises
    ------
    UserError
        If nothing was graded yet, or one of ``wanted`` was not.
    """
    url = course.directory.db_url
    nothing = UserError(
        f"{course.root}: nothing is graded yet; first run grade in the course's folder"
    )
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        raise nothing  # opening it would make it
    with course.gradebook() as gradebook:
        graded = {each.name: each for each in gradebook.assignments if each.submissions}
        if not graded:
            raise nothing
        for name in wanted:
            if name not in graded:
                raise unknown("graded assignment", name, graded)
        return [
            _row(course, name, submission.student.id, submission.notebooks)
            for name in sorted(dict.fromkeys(wanted) or graded)
            for submission in sorted(graded[name].submissions, key=lambda each: each.student.id)
        ]


def _row(course: Course, assignment: str, student: str, notebooks: list[Any]) -> Row:
    """Put the gradebook's points beside what the executed notebook shows."""
    try:
        cells = read(course.autograded(student, assignment)).cells
    except UserError:
        cells = []
    shown = {
        cell.metadata.nbgrader.get("grade_id"): cell
        for cell in cells
        if "nbgrader" in cell.metadata
    }
    order = {name: place for place, name in enumerate(shown)}
    grades = [grade for notebook in notebooks for grade in notebook.grades]
    grades.sort(key=lambda grade: (order.get(grade.name, len(order)), grade.name))
    return Row(
        assignment,
        student,
        tuple(
            Question(
                grade.name,
                grade.score,
                grade.max_score,
                grade.needs_manual_grade,
                _reason(grade, shown.get(grade.name)),
            )
            for grade in grades
        ),
    )


def _reason(grade: Grade, cell: NotebookNode | None) -> str:
    """Say why a question has less than its points."""
    if grade.score >= grade.max_score:
        return ""
    if grade.manual_score is not None:
        return "graded by hand"
    if cell is None:
        return "the cell is missing from the notebook"
    if utils.is_solution(cell) or utils.is_task(cell):
        return "" if grade.needs_manual_grade else "no answer"
    return why(cell)


def why(cell: NotebookNode) -> str:
    """Say what nbgrader took for the verdict of an executed test cell.

    nbgrader reads the outputs in order and stops at the first that decides: an error or anything
    on stderr is 0 points, a displayed number is the score.

    Parameters
    ----------
    cell : NotebookNode
        A test cell with its outputs.

    Returns
    -------
    str
        One line: the hint of a failed check, or the error's name and message.

    Examples
    --------
    >>> from nbformat import v4
    >>> hint = v4.new_output("error", ename="Hint", evalue="rows are users", traceback=[])
    >>> why(v4.new_code_cell("check_model(model)", outputs=[hint]))
    'rows are users'
    """
    outputs = cell.get("outputs", [])
    if any(output.get("ename") == "CellTimeoutError" for output in outputs):
        return "it ran out of time and was interrupted"
    for output in outputs:
        if output.output_type == "error":
            text = one_line(output.evalue)
            told = output.ename in ("AssertionError", "Hint", NOT_RUN)
            return text if told and text else f"{output.ename}: {text}".rstrip(": ")
        if output.get("name") == "stderr":
            return f"wrote to stderr: {one_line(last_words(output.text))}"
        if output.output_type == "execute_result":
            return f"showed {one_line(output.data.get('text/plain', ''))}, taken for the score"
    return ""


def to_csv(table: Iterable[Row]) -> str:
    """Write a line per student and question.

    Parameters
    ----------
    table : iterable of Row
        What ``rows`` returned.

    Returns
    -------
    str
        CSV with a header. Text that a spreadsheet would take for a formula is quoted with ``'``.

    Examples
    --------
    >>> question = Question("test-train", 0.0, 2.0, False, "=1+1")
    >>> print(to_csv([Row("knn", "ann", (question,))]))
    assignment,student,question,points,max_points,needs_manual_grading,reason
    knn,ann,test-train,0.0,2.0,False,'=1+1
    <BLANKLINE>
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = ("question", "points", "max_points", "needs_manual_grading", "reason")
    writer.writerow(("assignment", "student", *names))
    for row in table:
        for question in row.questions:
            cells = (row.assignment, row.student, *asdict(question).values())
            writer.writerow(
                f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@") else cell
                for cell in cells
            )
    return text.getvalue()
