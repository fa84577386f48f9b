"""What the grader notes of a submission, for which nbgrader's gradebook has no place."""

import json
from dataclasses import asdict
from typing import NamedTuple

from coursegrader.files import write
from coursegrader.intake.records import Record
from coursegrader.intake.submission import Submission


class Noted(NamedTuple):
    """What became of a submission when it was graded last.

    Parameters
    ----------
    digest : str
        Of what was handed in, and of the tests that it was graded with.
    reason : str
        Why a person should look at it; empty if nobody needs to.
    records : tuple of Record
        What was repaired, left out or odd.
    """

    digest: str
    reason: str
    records: tuple[Record, ...] = ()


def noted(submission: Submission) -> Noted | None:
    """Look up a submission; None if it was never graded to its end."""
    try:
        found = json.loads(submission.note.read_text("utf-8"))
        records = tuple(Record(**each) for each in found.get("records", ()))
        return Noted(str(found["digest"]), str(found["reason"]), records)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note(submission: Submission, entry: Noted) -> None:
    """Note what became of a submission."""
    told = entry._asdict() | {"records": [asdict(each) for each in entry.records]}
    write(submission.note, json.dumps(told, ensure_ascii=False))


def forget(submission: Submission) -> None:
    """Take a note back: the submission is being graded again."""
    submission.note.unlink(missing_ok=True)
