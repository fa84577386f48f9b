"""What a student has done so far: kept in the course's own folder, and nowhere else."""

import json
from contextlib import suppress
from pathlib import Path

from coursegrader.files import course_above, write
from recsys_course.edition import WORK

NOTES = ".course/progress.json"
KINDS = ("exercise", "quiz")


def achieve(kind: str, name: str) -> None:
    """Note that something was done in a copy of a lesson, one of those in ``work/``.

    Anywhere else nothing is noted: there lessons are run by programs, and by those who write them.

    Parameters
    ----------
    kind : str
        "exercise" or "quiz".
    name : str
        Such as "knn" or "knn/check_vote".
    """
    root = course_above(Path.cwd())
    if root is None or not Path.cwd().is_relative_to((root / WORK).resolve()):
        return
    done = achieved(root)
    if name not in done[kind]:
        done[kind] |= {name}
        text = json.dumps({each: sorted(names) for each, names in done.items()}, indent=1)
        with suppress(OSError):  # a full disk must not stop a lesson
            write(root / NOTES, text)


def achieved(root: Path) -> dict[str, set[str]]:
    """Read what was done.

    Parameters
    ----------
    root : Path
        The course's folder.

    Returns
    -------
    dict of str to set of str
        Kind -> names; all empty where nothing was noted, or the file is damaged.

    Examples
    --------
    >>> import tempfile
    >>> achieved(Path(tempfile.mkdtemp()))
    {'exercise': set(), 'quiz': set()}
    """
    try:
        found = json.loads((root / NOTES).read_text("utf-8"))
        return {kind: {str(name) for name in found[kind]} for kind in KINDS}
    except (OSError, ValueError, KeyError, TypeError):
        return {kind: set() for kind in KINDS}
