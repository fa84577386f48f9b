"""The points of everyone who was graded, as a table."""

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict

from nbgrader.api import SubmittedAssignment

from coursegrader.course.gradebook import is_made, opened
from coursegrader.course.root import Course, unknown
from coursegrader.errors import UserError
from coursegrader.intake.submission import Submission
from coursegrader.run import journal
from coursegrader.run.result import Result, result

# how a text begins that a spreadsheet runs, the wide signs of Chinese and Japanese among them
FORMULA = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")


def results(course: Course, wanted: Iterable[str] = ()) -> list[Result]:
    """Read the points of everyone who was graded.

    Parameters
    ----------
    course : Course
        The course.
    wanted : iterable of str, optional
        Only these assignments; all that were graded by default.

    Returns
    -------
    list of Result
        Sorted by assignment and student.

    Raises
    ------
    UserError
        If nothing was graded yet, or one of ``wanted`` was not.
    """
    nothing = UserError(
        f"{course.root}: nothing is graded yet; first run grade in the course's folder"
    )
    if not is_made(course):
        raise nothing
    with opened(course) as gradebook:
        graded = {each.name: each for each in gradebook.assignments if each.submissions}
        if not graded:
            raise nothing
        for name in wanted:
            if name not in graded:
                raise unknown("graded assignment", name, graded)
        entries = [
            entry
            for name in sorted(dict.fromkeys(wanted) or graded)
            for entry in sorted(graded[name].submissions, key=lambda each: each.student.id)
        ]
        return [_result(course, entry) for entry in entries]


def _result(course: Course, entry: SubmittedAssignment) -> Result:
    submission = Submission(course, entry.assignment.name, entry.student.id)
    noted = journal.noted(submission)
    return result(submission, entry, submission.executed(), noted.reason if noted else "")


def to_csv(table: Iterable[Result]) -> str:
    """Write a line per student and question.

    Parameters
    ----------
    table : iterable of Result
        What ``results`` returned.

    Returns
    -------
    str
        CSV with a header. Text that a spreadsheet would take for a formula is quoted with ``'``.

    Examples
    --------
    >>> from coursegrader.run.result import Question
    >>> question = Question("test-train", 0.0, 2.0, False, "=1+1")
    >>> print(to_csv([Result("knn", "ann", (question,))]))
    assignment,student,question,points,max_points,needs_manual_grading,reason
    knn,ann,test-train,0.0,2.0,False,'=1+1
    <BLANKLINE>
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = ("name", "points", "max_points", "needs_manual_grading", "reason")
    writer.writerow(("assignment", "student", "question", *names[1:]))
    for row in table:
        for question in row.questions:
            values = asdict(question)
            cells = (row.assignment, row.student, *(values[name] for name in names))
            writer.writerow(
                f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
                for cell in cells
            )
    return text.getvalue()
