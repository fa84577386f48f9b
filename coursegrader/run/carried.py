"""Points and comments given by hand, carried over when an assignment's cells have changed."""

import json
from typing import Any

from nbgrader.api import Comment, SubmittedAssignment

from coursegrader.course.gradebook import opened
from coursegrader.course.root import Course
from coursegrader.files import write
from coursegrader.intake.submission import Submission
from coursegrader.run import journal
from coursegrader.run.marked import Mark, marked


def set_by(course: Course, assignment: str) -> int:
    """Note what was given by hand for an assignment, and take its submissions out.

    nbgrader adds or removes graded cells only where nothing was handed in yet. The next grading
    makes the rows again, and `take_back` gives them what was noted.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Its name.

    Returns
    -------
    int
        How many submissions were taken out.
    """
    with opened(course) as gradebook:
        students = [each.student.id for each in gradebook.assignment_submissions(assignment)]
    for student in students:
        submission = Submission(course, assignment, student)
        with submission.recorded() as entry:
            given = _given(submission, entry) if entry else {}
        if given:
            write(submission.by_hand, json.dumps(given, ensure_ascii=False))
        journal.forget(submission)
    with opened(course) as gradebook:
        for student in students:
            gradebook.remove_submission(assignment, student)
    return len(students)


def _given(submission: Submission, entry: SubmittedAssignment) -> dict[str, Any]:
    grades = submission.grades(entry)
    given = {
        "marks": marked(submission),
        "points": {
            name: grade.manual_score
            for name, grade in grades.items()
            if grade.manual_score is not None
        },
        "extra": {name: grade.extra_credit for name, grade in grades.items() if grade.extra_credit},
        "comments": {
            name: comment.manual_comment
            for name, comment in _comments(submission, entry).items()
            if comment.manual_comment
        },
    }
    before = _read(submission)  # of an earlier change, that no grading has seen yet
    merged = {kind: {**before.get(kind, {}), **found} for kind, found in given.items()}
    return merged if any(merged.values()) else {}


def _comments(submission: Submission, entry: SubmittedAssignment) -> dict[str, Comment]:
    return {
        submission.label(notebook.name, comment.name): comment
        for notebook in entry.notebooks
        for comment in notebook.comments
    }


def take_back(submission: Submission, entry: SubmittedAssignment) -> dict[str, Mark]:
    """Give a new row what was given by hand to the one before.

    Parameters
    ----------
    submission : Submission
        Whose.
    entry : nbgrader.api.SubmittedAssignment
        The row; it is changed.

    Returns
    -------
    dict of str to tuple
        What was marked, and on what; see `coursegrader.run.marked.marked`.
    """
    given = _read(submission)
    grades, comments = submission.grades(entry), _comments(submission, entry)
    for name in grades.keys() & given.get("points", {}).keys():
        if grades[name].manual_score is None:
            grades[name].manual_score = given["points"][name]
    for name in grades.keys() & given.get("extra", {}).keys():
        grades[name].extra_credit = grades[name].extra_credit or given["extra"][name]
    for name in comments.keys() & given.get("comments", {}).keys():
        comments[name].manual_comment = comments[name].manual_comment or given["comments"][name]
    return {name: tuple(mark) for name, mark in given.get("marks", {}).items()}


def settle(submission: Submission) -> None:
    """Forget what was noted; the gradebook has it again."""
    submission.by_hand.unlink(missing_ok=True)


def _read(submission: Submission) -> dict[str, Any]:
    try:
        found = json.loads(submission.by_hand.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
