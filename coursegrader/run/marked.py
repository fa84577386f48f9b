"""What a person has marked stays marked, as long as it is what it was."""

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Grade, SubmittedAssignment

from coursegrader.intake.submission import Submission

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
        Name of the graded cell -> points by hand, points of the machine, the answer.
    """
    with submission.recorded() as entry:
        by_hand = [
            grade
            for grade in (_grades(entry) if entry else ())
            if grade.manual_score is not None and not grade.needs_manual_grade
        ]
        executed = (submission.executed() or {}) if by_hand else {}
        return {grade.name: _mark(grade, executed) for grade in by_hand}


def keep_marked(
    entry: SubmittedAssignment, executed: dict[str, NotebookNode], before: dict[str, Mark]
) -> None:
    """Leave alone what a person has marked, as long as it is what it was.

    nbgrader asks for another look at each of them after every run.

    Parameters
    ----------
    entry : nbgrader.api.SubmittedAssignment
        What the gradebook knows now; it is changed.
    executed : dict of str to NotebookNode
        The cells of the notebook as it is executed now.
    before : dict
        What `marked` told before the submission was graded again.
    """
    for grade in _grades(entry):
        if before.get(grade.name) == _mark(grade, executed):
            grade.needs_manual_grade = False


def _grades(entry: SubmittedAssignment) -> list[Grade]:
    return [grade for notebook in entry.notebooks for grade in notebook.grades]


def _mark(grade: Grade, executed: dict[str, NotebookNode]) -> Mark:
    cell = executed.get(grade.name)
    answer = None if cell is None else cell.source if utils.is_solution(cell) else ""
    return grade.manual_score, grade.auto_score, answer
