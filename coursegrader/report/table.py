"""The points of everyone who was graded, as a table."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
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
    """Read the points of everyone.

    Parameters
    ----------
    course : Course
        The course.
    wanted : iterable of str, optional
        Only these assignments; all that were graded by default.

    Returns
    -------
    list of Result
        Sorted by assignment and student; those whom the gradebook knows and who handed nothing in
        among them.

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
        found = []
        for name in sorted(dict.fromkeys(wanted) or graded):
            entries = {entry.student.id: entry for entry in graded[name].submissions}
            for student in sorted({*entries, *(each.id for each in gradebook.students)}):
                entry = entries.get(student)
                missing = Result(name, student, handed_in=False)
                found.append(_result(course, entry) if entry else missing)
        return found


def _result(course: Course, entry: SubmittedAssignment) -> Result:
    submission = Submission(course, entry.assignment.name, entry.student.id)
    noted = journal.noted(submission)
    reason, records = (noted.reason, noted.records) if noted else ("", ())
    return result(submission, entry, submission.executed(), reason, records)


def mistakes(table: Iterable[Result]) -> dict[str, int]:
    """Count in how many submissions each kind of mistake was found.

    Parameters
    ----------
    table : iterable of Result
        What `results` returned.

    Returns
    -------
    dict of str to int
        The code of a hint -> submissions, the most frequent first.

    Examples
    --------
    >>> from coursegrader.run.result import Question
    >>> lost = Question("test-train", 0, 2, False, "rows are users", "transposed-matrix")
    >>> mistakes([Result("knn", "ann", (lost, lost)), Result("knn", "bob", (lost,))])
    {'transposed-matrix': 2}
    """
    found = Counter(
        code for row in table for code in {question.code for question in row.questions} if code
    )
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def to_csv(table: Iterable[Result], rows: str = "students") -> str:
    """Write a line for each student, question or record.

    Parameters
    ----------
    table : iterable of Result
        What ``results`` returned.
    rows : str
        "students", a line for each with all points; "questions", a line for each, with its reason;
        or "records", a line for each repair and oddity.

    Returns
    -------
    str
        CSV with a header. Points that nobody knows yet are empty, and so is a total that lacks
        some. Text that a spreadsheet would
        take for a formula is quoted with ``'``. Of several assignments, names of columns begin
        with the assignment's.

    Examples
    --------
    >>> from coursegrader.run.result import Question
    >>> table = [Result("knn", "ann", (Question("test-train", 0.0, 2.0, False, "=1+1"),))]
    >>> print(to_csv(table))
    student,state,total,of,test-train
    ann,graded,0.0,2.0,0.0
    <BLANKLINE>
    >>> print(to_csv(table, "questions"))
    assignment,student,question,points,max_points,needs_manual_grading,reason
    knn,ann,test-train,0.0,2.0,False,'=1+1
    <BLANKLINE>
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    lines = {"students": _by_student, "questions": _by_question, "records": _by_record}
    for row in lines[rows](list(table)):
        writer.writerow(
            f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
            for cell in row
        )
    return text.getvalue()


def _by_question(table: Iterable[Result]) -> Iterator[list[object]]:
    names = ("name", "points", "max_points", "needs_manual_grading", "reason")
    yield ["assignment", "student", "question", *names[1:]]
    for row in table:
        for question in row.questions:
            values = asdict(question)
            yield [row.assignment, row.student, *(values[name] for name in names)]


def _by_record(table: Iterable[Result]) -> Iterator[list[object]]:
    yield ["assignment", "student", "code", "cell", "sentence"]
    for row in table:
        for each in row.records:
            yield [row.assignment, row.student, each.code, each.cell, each.sentence]


def _by_student(table: list[Result]) -> Iterator[list[object]]:
    by_student: dict[str, dict[str, Result]] = {}
    questions: dict[str, dict[str, None]] = {}  # of an assignment, in their order
    for row in table:
        by_student.setdefault(row.student, {})[row.assignment] = row
        known = questions.setdefault(row.assignment, {})
        known.update(dict.fromkeys(question.name for question in row.questions))
    header: list[object] = ["student"]
    for assignment, names in questions.items():
        before = f"{assignment}: " if len(questions) > 1 else ""
        header += [f"{before}{name}" for name in ("state", "total", "of", *names)]
    yield header
    for student in sorted(by_student):
        cells: list[object] = [student]
        for assignment, names in questions.items():
            row = by_student[student].get(assignment) or Result(
                assignment, student, handed_in=False
            )
            points = {question.name: question.points for question in row.questions}
            whole = bool(points) and None not in points.values()
            most = row.max_points if row.questions else ""
            cells += [row.state, row.points if whole else "", most]
            cells += [points.get(name) for name in names]
        yield cells
