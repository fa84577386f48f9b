"""What was repaired, left out or odd in a submission: one typed record for each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from coursegrader.errors import one_line

#: Code -> what is said of it; a test holds that docs/instructor.md has each.
SENTENCES = {
    "other-name": "{found} was graded, for there is no {expected}",
    "best-of-several": "{found} was graded: of {count} notebooks it is most like {expected}",
    "unreadable": "{expected} cannot be read; {found} was graded",
    "from-zip": "{found} was graded, out of {archive}",
    "older-release": "it was begun from an older release, and graded with the present tests",
    "recoded": "the file was {found}, and was read as that",
    "damaged-text": "letters that no file can hold were replaced by ?",
    "other-format": "the file says nbformat {found}; its cells were read all the same",
    "wrapped": "the notebook lay within {found}, and was taken out of it",
    "odd-cell": "left out, for they are no cells: {count}",
    "stripped": "cells without their names, told by their content: {count}",
    "reordered": "cells were moved; they were run in the order of the release",
    "missing-given": "deleted, and put back",
    "missing-answer": "deleted, and nothing stands for it",
    "changed-given": "changed; run as released",
    "changed-open": "changed; run as released, then as changed",
    "converted": "had become {found}, and was taken for {expected}",
    "answer-copied": "written {count} times; the last one counts, earlier ones run before it",
    "stub-copied": "a copy in which nothing is written was left out",
    "answer-elsewhere": "found in another cell, and run in its place",
    "written-beside": "written in another cell, and taken for the answer",
    "answer-merged": "found within {found}, and run in its place",
    "left-out": "{found} was left out: {why}",
    "refused": "not graded: {why}",
}


@dataclass(frozen=True)
class Record:
    """One repair, refusal or oddity.

    Parameters
    ----------
    code : str
        What kind it is, a key of `SENTENCES`.
    cell : str
        Which cell it is about; empty if it is about the whole.
    sentence : str
        The same for a person.
    """

    code: str
    cell: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.cell}: {self.sentence}" if self.cell else self.sentence


def lines(records: Iterable[Record]) -> list[str]:
    """Write records for a person, what happened to several cells in one line.

    Parameters
    ----------
    records : iterable of Record
        Of one submission.

    Returns
    -------
    list of str
        In the order of the first of each; a refusal is the row's reason already.

    Examples
    --------
    >>> lines([record("missing-given", "a"), record("reordered"), record("missing-given", "b")])[0]
    'a, b: deleted, and put back'
    """
    cells: dict[str, list[str]] = {}
    for each in (each for each in records if each.code != "refused"):
        cells.setdefault(each.sentence, []).append(each.cell)
    return [
        f"{', '.join(names)}: {sentence}" if any(names) else sentence
        for sentence, names in cells.items()
    ]


def record(code: str, cell: str = "", **found: Any) -> Record:
    """Make a record.

    Parameters
    ----------
    code : str
        A key of `SENTENCES`.
    cell : str
        Which cell it is about.
    **found : Any
        What the sentence tells.

    Returns
    -------
    Record
        In one line that a terminal can show.

    Examples
    --------
    >>> print(record("converted", "add", found="markdown", expected="code"))
    add: had become markdown, and was taken for code
    """
    told = {name: one_line(str(value), 300) for name, value in found.items()}
    return Record(code, one_line(cell, 80), SENTENCES[code].format(**told))
