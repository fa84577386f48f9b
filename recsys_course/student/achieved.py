"""What a student has done so far: kept in the course's own folder, and nowhere else."""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from coursegrader.files import course_above, read_at_most, write
from recsys_course.edition import WORK
from recsys_course.errors import CourseError

NOTES = ".course/progress.json"
KINDS = ("exercise", "quiz")
_LARGEST = 100_000_000  # bytes of a notebook
_TIME = re.compile(r"takes about (.*?)(?: to read)?\.")


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
    root = _course_of_copies()
    if root is None:
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


@dataclass(frozen=True)
class Row:
    """How far a student is with one notebook.

    Attributes
    ----------
    notebook : str
        Its path below ``work/``.
    time : str
        What it takes, in the words of its first cell.
    exercises, solved : int
        How many there are, and how many of them are solved.
    quiz : bool or None
        Whether it was taken; None if there is none.
    tests, passed : int
        Of a homework: how many there are, and how many were run and said nothing.
    """

    notebook: str
    time: str
    exercises: int
    solved: int
    quiz: bool | None
    tests: int
    passed: int


def row(path: Path, work: Path, done: dict[str, set[str]]) -> Row:
    """Look through one notebook as it is saved; one that can't be read counts as not begun.

    Parameters
    ----------
    path, work : Path
        The notebook, and the folder of all copies.
    done : dict of str to set of str
        What `achieved` gave.

    Returns
    -------
    Row
    """
    try:
        cells = json.loads(read_at_most(path, _LARGEST, "a notebook"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells]
        tests = [cell for cell in cells if _is_test(cell["metadata"].get("nbgrader", {}))]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, CourseError):
        sources, tests = [], []
    name, topic = path.relative_to(work), _topic(path)
    turns = re.findall(r"^(check_\w+)\(", "\n".join(sources), re.MULTILINE)
    exercises = {f"{topic}/{check}" for check in turns} if name.parts[0] == "lessons" else set()
    time = _TIME.search(sources[0]) if sources else None
    return Row(
        name.as_posix(),
        time[1] if time else "",
        len(exercises),
        len(exercises & done["exercise"]),
        topic in done["quiz"] if f'quiz("{topic}")' in sources else None,
        len(tests),
        sum(map(_passed, tests)),
    )


def so_far(topic: str) -> None:
    """Say at a lesson's end what is done of it, and how long the next one takes.

    Parameters
    ----------
    topic : str
        The lesson's name without its number, such as "knn".
    """
    root = _course_of_copies()
    if root is None:
        print("What you have done is noted in the copies that recsys-course lab opens.")
        return
    lessons = sorted(Path.cwd().glob("[0-9]*.ipynb"))
    names = [_topic(path) for path in lessons]
    if topic not in names:  # a student's own copy under another name
        print("recsys-course progress shows what you have done.")
        return
    here = names.index(topic)
    work, done = (root / WORK).resolve(), achieved(root)
    now = row(lessons[here], work, done)
    quiz = "the quiz taken" if now.quiz else "the quiz still open"
    print(f"{now.solved} of {now.exercises} exercises solved, {quiz}.")
    if here + 1 < len(lessons):
        time = row(lessons[here + 1], work, done).time
        print(f"Next: {lessons[here + 1].stem}" + (f", about {time}." if time else "."))


def _course_of_copies() -> Path | None:
    """Find the course if this is run in a student's copy, else nothing."""
    root = course_above(Path.cwd())
    return root if root and Path.cwd().is_relative_to((root / WORK).resolve()) else None


def _topic(path: Path) -> str:
    return re.sub(r"^\d\d_", "", path.stem)


def _is_test(meta: dict) -> bool:
    return bool(meta.get("grade")) and not meta.get("solution")


def _passed(cell: dict) -> bool:
    """Tell a test that was run and said nothing."""
    errors = [each for each in cell.get("outputs", []) if each.get("output_type") == "error"]
    return cell.get("execution_count") is not None and not errors
