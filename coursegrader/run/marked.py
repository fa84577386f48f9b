"""What a person has marked stays marked, as long as it is what it was."""

from nbgrader import utils
from nbgrader.api import MissingEntry

from coursegrader.course.notebook import read
from coursegrader.course.root import Course
from coursegrader.errors import UserError


def marked(course: Course, assignment: str, student: str) -> dict[str, tuple[object, ...]]:
    """Tell what has been marked by hand, and on what: the answer, and what the machine gave.

    Parameters
    ----------
    course : Course
        The course.
    assignment, student : str
        Whose submission, of what.

    Returns
    -------
    dict of str to tuple
        Name of the graded cell -> points by hand, points of the machine, the answer.
    """
    with course.gradebook() as gradebook:
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return {}
        answers = _answers(course, assignment, student)
        return {
            grade.name: (grade.manual_score, grade.auto_score, answers.get(grade.name))
            for notebook in submission.notebooks
            for grade in notebook.grades
            if grade.manual_score is not None and not grade.needs_manual_grade
        }


def keep_marked(
    course: Course, assignment: str, student: str, before: dict[str, tuple[object, ...]]
) -> None:
    """Leave alone what a person has marked, as long as it is what it was.

    nbgrader asks for another look at each of them after every run.

    Parameters
    ----------
    course : Course
        The course.
    assignment, student : str
        Whose submission, of what.
    before : dict
        What `marked` told before the submission was graded again.
    """
    if not before:
        return
    answers = _answers(course, assignment, student)
    with course.gradebook() as gradebook:
        for notebook in gradebook.find_submission(assignment, student).notebooks:
            for grade in notebook.grades:
                now = (grade.manual_score, grade.auto_score, answers.get(grade.name))
                if before.get(grade.name) == now:
                    grade.needs_manual_grade = False
        gradebook.db.commit()


def _answers(course: Course, assignment: str, student: str) -> dict[str, str]:
    """Return the sources of the graded answers in the copy that was executed, by their names."""
    try:
        cells = read(course.autograded(student, assignment)).cells
    except UserError:  # nothing was executed
        return {}
    graded = [cell for cell in cells if utils.is_grade(cell) or utils.is_task(cell)]
    return {
        cell.metadata["nbgrader"]["grade_id"]: cell.source if utils.is_solution(cell) else ""
        for cell in graded
    }
