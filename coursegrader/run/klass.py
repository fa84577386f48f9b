"""A whole class: one submission after the other, but for what is graded already."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from coursegrader.course.gradebook import release_digest
from coursegrader.course.present import present
from coursegrader.course.release import record
from coursegrader.course.root import Course
from coursegrader.errors import Surprise, UserError, surprises_named
from coursegrader.intake.submission import Submission
from coursegrader.run import journal
from coursegrader.run.one import grade
from coursegrader.run.result import Result, result


def grade_all(submissions: Iterable[Submission], force: bool = False) -> Iterator[Result]:
    """Grade submissions one after the other; none can stop the others.

    What is graded is known by the bytes of the submission and of the release: nbgrader itself
    compares dates in ``timestamp.txt``, and skips a changed submission that has none.

    Parameters
    ----------
    submissions : iterable of Submission
        Of one course or of several.
    force : bool
        Grade also what is graded and unchanged. Points given by hand stay.

    Yields
    ------
    Result
        One for each submission, in order.

    Raises
    ------
    UserError
        If no submission can be graded: the gradebook or the disk can't be written.
    """
    releases: dict[tuple[Path, str], str] = {}
    for submission in submissions:
        course, assignment = submission.course, submission.assignment
        release = releases.get((course.root, assignment)) or _recorded(course, assignment)
        releases[course.root, assignment] = release
        try:
            with surprises_named(submission):
                graded = _grade_new(submission, release, force)
        except Surprise as error:
            graded = Result(assignment, submission.student, reason=str(error))
        yield graded


def _recorded(course: Course, assignment: str) -> str:
    """Return a hash of the release and its tests; record the assignment if nobody has."""
    if release_digest(course, assignment) is None:
        record(course, assignment)
    return present(course, assignment).digest


def is_outdated(submission: Submission) -> bool:
    """Tell whether a submission, or its tests, have changed since it was graded.

    Parameters
    ----------
    submission : Submission
        Of an assignment that the gradebook knows.

    Returns
    -------
    bool
        False for one that the grader has no note of: nbgrader itself has graded it.
    """
    noted = journal.noted(submission)
    if noted is None:
        return False
    release = present(submission.course, submission.assignment)
    return noted.digest != _digest(submission, release.digest)


def _digest(submission: Submission, release: str) -> str:
    return hashlib.sha256((release + submission.fingerprint()).encode()).hexdigest()


def _grade_new(submission: Submission, release: str, force: bool) -> Result:
    """Grade a submission, unless its very state has been graded and the result is still there."""
    digest = _digest(submission, release)
    with submission.recorded() as entry:
        known = entry is not None
        # what needs a person is tried again: it may be mended
        noted = journal.noted(submission)
        if entry is not None and not force and noted and noted[:2] == (digest, ""):
            executed = submission.executed()
            if executed is not None:
                return result(submission, entry, executed, records=noted.records, unchanged=True)
    journal.forget(submission)
    try:
        graded = grade(submission)
    except BaseException:  # Ctrl-C, a full disk: nothing half-made is left
        with suppress(UserError, OSError):  # what stopped it may be in the way here, too
            if known:
                submission.restore()
            else:
                submission.forget()
        raise
    journal.note(submission, journal.Noted(digest, graded.reason, graded.records))
    return graded
