"""What became of one submission: points and reasons, question by question."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from nbgrader.api import Grade, SubmittedAssignment

from coursegrader.intake.records import Record
from coursegrader.intake.submission import Placed, Submission
from coursegrader.run.reasons import code_of, not_run_in, reason_of, why

GRADED, WAITS = "graded", "waits for a person"
NOT_GRADABLE, NOT_HANDED_IN = "not gradable", "not handed in"


@dataclass(frozen=True)
class Question:
    """One student's points for one graded cell.

    Parameters
    ----------
    name : str
        The cell's ``grade_id``; of several notebooks, ``notebook/grade_id``.
    points : float or None
        What was got; None as long as nobody knows.
    max_points : float
        What could be.
    needs_manual_grading : bool
        Whether it waits for a person.
    reason : str
        Why points were lost, in one line; empty if none were, or nobody has looked yet.
    code : str
        What kind of mistake that was, if the reason is a hint that has one.
    """

    name: str
    points: float | None
    max_points: float
    needs_manual_grading: bool
    reason: str
    code: str = ""


@dataclass(frozen=True)
class Result:
    """What became of one submission.

    Parameters
    ----------
    assignment, student : str
        What it is and whose.
    questions : tuple of Question
        In the order of the notebook; none if the gradebook doesn't know the submission.
    reason : str
        Why the whole could not be graded as it should; empty if all is well.
    unchanged : bool
        Whether these are the points of an earlier run.
    handed_in : bool
        Whether there is anything of that student.
    records : tuple of Record
        What was repaired, left out or odd.
    """

    assignment: str
    student: str
    questions: tuple[Question, ...] = ()
    reason: str = ""
    unchanged: bool = False
    handed_in: bool = True
    records: tuple[Record, ...] = ()

    @property
    def points(self) -> float:
        """All points together, those given by hand included."""
        return float(sum(question.points or 0 for question in self.questions))

    @property
    def max_points(self) -> float:
        """All points that could be got."""
        return sum(question.max_points for question in self.questions)

    @property
    def state(self) -> str:
        """What it is: "graded", "waits for a person", "not gradable" or "not handed in"."""
        if not self.handed_in:
            return NOT_HANDED_IN
        if self.reason and all(question.points is None for question in self.questions):
            return NOT_GRADABLE
        return WAITS if self.reason or self.needs_manual_grading else GRADED

    @property
    def needs_manual_grading(self) -> bool:
        """Whether any question waits for a person."""
        return any(question.needs_manual_grading for question in self.questions)

    def to_dict(self) -> dict[str, Any]:
        """Return the points as plain data, for JSON."""
        return {
            "assignment": self.assignment,
            "student": self.student,
            "state": self.state,
            "reason": self.reason,
            "points": self.points,
            "max_points": self.max_points,
            "needs_manual_grading": self.needs_manual_grading,
            "questions": [asdict(question) for question in self.questions],
            "records": [asdict(each) for each in self.records],
        }


def result(
    submission: Submission,
    entry: SubmittedAssignment | None,
    executed: dict[str, Placed] | None,
    reason: str = "",
    records: Iterable[Record] = (),
    unchanged: bool = False,
) -> Result:
    """Put the gradebook's points beside what the executed notebook shows.

    Parameters
    ----------
    submission : Submission
        Whose, and of what.
    entry : nbgrader.api.SubmittedAssignment or None
        What the gradebook knows of it.
    executed : dict of str to Placed or None
        The executed cells by `Submission.label`, if there are any.
    reason : str
        Why it could not be graded, if that is known already.
    records : iterable of Record
        What was repaired, left out or odd.
    unchanged : bool
        Whether it was graded earlier.

    Returns
    -------
    Result
        Graded cells that the student has deleted are a reason of their own.
    """
    whose = submission.assignment, submission.student
    if entry is None:
        reason = reason or "nbgrader made no row for it"
        return Result(*whose, reason=reason, records=tuple(records))
    shown = executed or {}
    order = {name: place for place, name in enumerate(shown)}
    grades = submission.grades(entry)
    names = sorted(grades, key=lambda name: (order.get(name, len(order)), name))
    questions = tuple(
        Question(
            name,
            _points(grades[name]),
            grades[name].max_score,
            grades[name].needs_manual_grade,
            reason_of(grades[name], shown.get(name)),
            code_of(shown[name].cell) if name in shown else "",
        )
        for name in names
    )
    not_run = [why(shown[name].cell) for name in names if name in shown and not_run_in(shown[name])]
    reason = reason or next(iter(not_run), "")
    missing = sorted(name for name in names if name not in shown)
    if missing and executed is not None and not reason:
        reason = f"graded cells are missing: {', '.join(missing)}; restore them"
    return Result(*whose, questions, reason, unchanged, records=tuple(records))


def _points(grade: Grade) -> float | None:
    unknown = grade.auto_score is None and grade.manual_score is None
    return None if unknown else float(grade.score)
