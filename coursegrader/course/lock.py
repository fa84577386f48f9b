"""One grader at a time for each course: two at once would store points that nobody got."""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from coursegrader.course.root import Course
from coursegrader.errors import UserError
from coursegrader.files import write


@contextmanager
def alone(course: Course, command: str) -> Generator[None, None, None]:
    """Hold a course's lock while its gradebook and notebooks are written.

    The system lets go of it when the process ends, however that is.

    Parameters
    ----------
    course : Course
        The course.
    command : str
        What is being done, for whoever is turned away meanwhile.

    Yields
    ------
    None

    Raises
    ------
    UserError
        If another process holds it; says which one, and since when.
    """
    course.state.mkdir(parents=True, exist_ok=True)
    lock = FileLock(course.state / "grading.lock", timeout=0)
    note = course.state / "grading.json"
    try:
        lock.acquire()
    except Timeout:
        raise UserError(f"{_other(note)}; wait until it has ended") from None
    try:
        since = f"{datetime.now():%H:%M}"
        write(note, json.dumps({"command": command, "since": since, "process": os.getpid()}))
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _other(note: Path) -> str:
    """Name who holds the lock; it may just be coming or going."""
    try:
        held = json.loads(note.read_text("utf-8"))
        return f"another {held['command']} runs since {held['since']}, process {held['process']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another grader is at work in this course"
