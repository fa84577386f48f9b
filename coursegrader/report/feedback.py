"""What a student gets back of one notebook: verdicts, and the notebook without hidden tests."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html import unescape

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.api import Grade, SubmittedAssignment, SubmittedNotebook

from coursegrader.course.gradebook import recorded_tests
from coursegrader.course.lint.marks import heading, marks, without
from coursegrader.course.notebook import is_python, read
from coursegrader.course.root import Course
from coursegrader.errors import UserError
from coursegrader.intake.submission import Placed, Submission
from coursegrader.report.hidden import Veil, is_hidden
from coursegrader.run import journal
from coursegrader.run.names import lines_of
from coursegrader.run.reasons import DIED, NOT_RUN, TIMED_OUT, TOO_MUCH, reason_of, stops, why
from coursegrader.run.result import NOT_GRADABLE, Question, result

_OURS = {  # in words of ours, for what the process of student code says may be anything
    DIED: "the kernel died in this test: a crash, too little memory or an exit",
    TIMED_OUT: "it ran out of time",
    TOO_MUCH: "it showed too much, and was ended",
}
LEFT_OUT = "(Left out: it shows a part of a hidden test.)"


@dataclass(frozen=True)
class Verdict:
    """What became of one question, as its student may read it.

    Parameters
    ----------
    question : Question
        Its points.
    title : str
        The heading under which it stands.
    told : str
        Why points were lost; of a hidden test only what it checks.
    line : str
        The line of a visible test that it stopped at.
    comment : str
        What a person wrote to it.
    """

    question: Question
    title: str
    told: str = ""
    line: str = ""
    comment: str = ""

    @property
    def state(self) -> str:
        """What it is: "waits", "full", "part" or "none"."""
        points = self.question.points
        if points is None or self.question.needs_manual_grading:
            return "waits"
        if points >= self.question.max_points:
            return "full"
        return "part" if points > 0 else "none"


@dataclass(frozen=True)
class Shown:
    """A cell as it is given back: its text, its outputs, what became of it."""

    cell: NotebookNode
    source: str
    outputs: tuple[NotebookNode, ...] = ()
    verdict: Verdict | None = None
    comment: str = ""


@dataclass(frozen=True)
class Feedback:
    """What a student gets back of one notebook.

    Parameters
    ----------
    student, assignment, notebook : str
        Whose, and of what.
    verdicts : list of Verdict
        In the order of the notebook.
    cells : list of Shown
        All of the notebook.
    reason : str
        Why it could not be graded; empty if it was.
    penalty : float
        Points taken off for handing in late.
    language : str
        That of the code.
    """

    student: str
    assignment: str
    notebook: str
    verdicts: list[Verdict] = field(default_factory=list)
    cells: list[Shown] = field(default_factory=list)
    reason: str = ""
    penalty: float = 0
    language: str = "ipython3"

    @property
    def points(self) -> float:
        """What was got, as far as it is known."""
        return sum(each.question.points or 0 for each in self.verdicts) - self.penalty

    @property
    def max_points(self) -> float:
        """What could be got."""
        return sum(each.question.max_points for each in self.verdicts)

    @property
    def waiting(self) -> int:
        """How many questions wait for a person."""
        return sum(each.state == "waits" for each in self.verdicts)


def feedback(submission: Submission, notebook: str) -> Feedback:
    """Put together what a student gets back of one notebook.

    Parameters
    ----------
    submission : Submission
        One that was graded.
    notebook : str
        The name of one of its notebooks.

    Returns
    -------
    Feedback
        Nothing in it comes from a hidden test but the comment that the test begins with.

    Raises
    ------
    UserError
        If it was not graded.
    """
    course, assignment = submission.course, submission.assignment
    executed = submission.executed()
    own = read(submission.executed_in / f"{notebook}.ipynb")
    with submission.recorded() as entry:
        if entry is None or executed is None:
            raise UserError(f"{submission}: not graded yet; run grade")
        noted = journal.noted(submission)
        reason, records = (noted.reason, noted.records) if noted else ("", ())
        whole = result(submission, entry, executed, reason, records)
        grades = submission.grades(entry)
        comments = _comments(submission, entry)
        mine = _of_notebook(entry, notebook)
        penalty = float(mine.late_submission_penalty or 0) if mine else 0.0
        names = {submission.label(notebook, grade.name) for grade in mine.grades} if mine else set()
        telling = _Telling(course, assignment, executed.values())
        titles = _titles(course, assignment, notebook)
        verdicts = {}
        for question in whole.questions:
            if question.name in names:
                name = question.name
                told, line = telling.of(grades[name], executed.get(name))
                title = titles.get(name.rpartition("/")[2], name)
                verdicts[name] = Verdict(question, title, told, line, comments.get(name, ""))
    shown = [
        telling.shown(cell, submission.label(notebook, _name(cell)), verdicts, comments)
        for cell in own.cells
    ]
    reason = whole.reason if whole.state == NOT_GRADABLE else ""
    return Feedback(
        submission.student,
        assignment,
        notebook,
        _apart(verdicts),
        shown,
        telling.safe(reason),
        penalty,
        "ipython3" if is_python(own) else str(own.metadata.get("language_info", {}).get("name")),
    )


class _Telling:
    """What an assignment's students may read of its tests."""

    def __init__(self, course: Course, assignment: str, executed: Iterable[Placed]) -> None:
        self.marks = marks(course.config)
        tests = [source for source, _ in recorded_tests(course, assignment).values()]
        tests += [each.cell.source for each in executed if _is_test(each.cell)]  # may be older
        self.veil = Veil(tests, self.marks["hidden test"])

    def safe(self, text: str) -> str:
        """Put a note in the place of a text that shows a hidden test."""
        return LEFT_OUT if self.veil.covers(text) else text

    def of(self, grade: Grade, placed: Placed | None) -> tuple[str, str]:
        """Say why a question lost points, and at which line of a visible test."""
        reason = reason_of(grade, placed)
        if not reason or placed is None or grade.manual_score is not None:
            return reason, ""
        if utils.is_solution(placed.cell) or utils.is_task(placed.cell):
            return reason, ""
        told, line = self._verdict(placed)
        return self.safe(told), self.safe(line)

    def _verdict(self, placed: Placed) -> tuple[str, str]:
        cell, region = placed.cell, self.marks["hidden test"]
        errors = [each for each in cell.get("outputs", []) if each.output_type == "error"]
        ended = next((each.ename for each in errors if each.ename in (*_OURS, NOT_RUN)), "")
        if ended:
            return _OURS.get(ended) or why(cell), ""
        before = stops(placed.among, placed.number)
        if before:
            return f"{before[0].where} {before[0].what}", ""
        if is_hidden(cell, region):
            checks = heading(cell.source, self.marks)
            told = "a hidden test found a mistake"
            return f"{told}; it checks: {checks}" if checks else told, ""
        lines = lines_of(cell, errors[0]) if errors else []
        source = cell.source.splitlines()
        line = source[lines[0] - 1].strip() if lines and lines[0] <= len(source) else ""
        return why(cell), line

    def shown(
        self,
        cell: NotebookNode,
        name: str,
        verdicts: dict[str, Verdict],
        comments: dict[str, str],
    ) -> Shown:
        """Leave out of a cell what its student must not read."""
        source = cell.source
        for region in self.marks.values():
            source = without(source, region)
        outputs = () if _is_test(cell) else tuple(self._outputs(cell))
        return Shown(cell, source, outputs, verdicts.get(name), comments.get(name, ""))

    def _outputs(self, cell: NotebookNode) -> Iterator[NotebookNode]:
        """Go through what a cell shows; in place of a hidden test there is a note."""
        for output in cell.get("outputs", []):
            forms = [output.get("text"), output.get("evalue"), *output.get("data", {}).values()]
            text = "\n".join(form for form in forms if isinstance(form, str))
            untagged = unescape(re.sub(r"<[^>]*>", "", text))
            if self.veil.covers(text) or self.veil.covers(untagged):
                yield new_output("stream", text=LEFT_OUT)
            else:
                yield output


def _is_test(cell: NotebookNode) -> bool:
    return bool(utils.is_grade(cell) and not utils.is_solution(cell))


def _name(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _of_notebook(entry: SubmittedAssignment, notebook: str) -> SubmittedNotebook | None:
    return next((each for each in entry.notebooks if each.name == notebook), None)


def _comments(submission: Submission, entry: SubmittedAssignment) -> dict[str, str]:
    """Return what was written to each answer, by a person or by nbgrader, by its label."""
    return {
        submission.label(notebook.name, comment.name): comment.comment
        for notebook in entry.notebooks
        for comment in notebook.comments
        if comment.comment
    }


def _titles(course: Course, assignment: str, notebook: str) -> dict[str, str]:
    """Find the heading under which each graded cell stands."""
    try:
        cells = read(course.source(assignment, notebook)).cells
    except UserError:  # it is being worked on
        return {}
    found: dict[str, str] = {}
    title = ""
    for cell in cells:
        if cell.cell_type == "markdown" and not utils.is_solution(cell):
            headings = re.findall(r"^#{2,6}\s+(.+?)\s*#*$", cell.source, re.MULTILINE)
            title = re.sub("[`*]", "", headings[-1]) if headings else title
        if title and _name(cell):
            found[_name(cell)] = title
    return found


def _apart(verdicts: dict[str, Verdict]) -> list[Verdict]:
    """Tell questions under one heading apart by their cells' names."""
    titles = [each.title for each in verdicts.values()]
    return [
        replace(each, title=f"{each.title} ({name})") if titles.count(each.title) > 1 else each
        for name, each in verdicts.items()
    ]
