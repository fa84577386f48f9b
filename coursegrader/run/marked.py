"""What a person has marked stays marked, as long as it is what it was."""

from nbgrader import utils
from nbgrader.api import Grade

from coursegrader.intake.submission import Placed, Submission

#: Points by hand, points of the machine, the answer.
Mark = tuple[float | None, float | None, str | None]


def marked(submission: Submission) -> dict[str, Mark]:
    """Tell what has been marked by hand, and on what: the answer, and what the machine gave.

    Parameters
    ----------
    submission : Submission
        As it was graded last.

    Returns
    -------
    dict of str to tuple
        Graded cell, by `Submission.label` -> points by hand, points of the machine, the answer.
    """
    with submission.recorded() as entry:
        by_hand = {
            name: grade
            for name, grade in (submission.grades(entry) if entry else {}).items()
            if grade.manual_score is not None and not grade.needs_manual_grade
        }
        executed = (submission.executed() or {}) if by_hand else {}
        return {name: _mark(grade, executed.get(name)) for name, grade in by_hand.items()}


def keep_marked(
    grades: dict[str, Grade], executed: dict[str, Placed], before: dict[str, Mark]
) -> None:
    """Leave alone what a person has marked, as long as it is what it was.

    nbgrader asks for another look at each of them after every run.

    Parameters
    ----------
    grades : dict of str to nbgrader.api.Grade
        What the gradebook knows now; it is changed.
    executed : dict of str to Placed
        The cells as they are executed now.
    before : dict
        What `marked` told before the submission was graded again.
    """
    for name, grade in grades.items():
        if before.get(name) == _mark(grade, executed.get(name)):
            grade.needs_manual_grade = False


def _mark(grade: Grade, placed: Placed | None) -> Mark:
    cell = placed.cell if placed else None
    answer = None if cell is None else cell.source if utils.is_solution(cell) else ""
    return grade.manual_score, grade.auto_score, answer
