"""What the grader notes of a submission, for which nbgrader's gradebook has no place."""

import json
from typing import NamedTuple

from coursegrader.files import write
from coursegrader.intake.submission import Submission


class Noted(NamedTuple):
    """What became of a submission when it was graded last.

    Parameters
    ----------
    digest : str
        Of what was handed in, and of the tests that it was graded with.
    reason : str
        Why a person should look at it; empty if nobody needs to.
    """

    digest: str
    reason: str


def noted(submission: Submission) -> Noted | None:
    """Look up a submission; None if it was never graded to its end."""
    try:
        found = json.loads(submission.note.read_text("utf-8"))
        return Noted(str(found["digest"]), str(found["reason"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note(submission: Submission, entry: Noted) -> None:
    """Note what became of a submission."""
    write(submission.note, json.dumps(entry._asdict(), ensure_ascii=False))


def forget(submission: Submission) -> None:
    """Take a note back: the submission is being graded again."""
    submission.note.unlink(missing_ok=True)
