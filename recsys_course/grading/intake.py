"""From what a student handed in to a folder that nbgrader can digest; the original is only read."""

import codecs
import shutil
from collections import Counter
from datetime import datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from recsys_course.errors import CourseError
from recsys_course.grading.notebooks import read, to_text, write

TIMESTAMP = "timestamp.txt"
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def take_in(submitted: Path, into: Path, source: Path) -> None:
    """Copy a submission: the notebook in normal form, beside it the other plain files.

    Links and pipes stay behind, and so does a ``timestamp.txt`` that holds no time: nothing here
    depends on it. So does what stands in the way of the assignment's own files.

    Parameters
    ----------
    submitted : Path
        The notebook as handed in; its folder is the submission.
    into : Path
        A folder that isn't there yet.
    source : Path
        The assignment's own folder.

    Raises
    ------
    CourseError
        If there is no such notebook or it can't be graded; says what was expected instead.
    """
    if not submitted.exists() and submitted.parent.is_dir():
        if submitted.is_symlink():
            raise CourseError(f"{submitted}: a link to nowhere; hand in the file itself")
        others = sorted(path.name for path in submitted.parent.rglob("*.ipynb"))
        found = f"found instead: {', '.join(others[:3])}; rename it" if others else "none is there"
        raise CourseError(f"no {submitted.name}; {found}")
    notebook = read(submitted)
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    twice = [name for name, count in Counter(ids).items() if name and count > 1]
    if twice:
        raise CourseError(f"cells exist more than once: {', '.join(twice)}; delete the copies")
    for path in submitted.parent.rglob("*"):
        inside = path.relative_to(submitted.parent)
        given = any((source / part).is_file() for part in [inside, *inside.parents])
        if path.is_file() and not path.is_symlink() and not given and path.name != TIMESTAMP:
            (into / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, into / inside)
    write(into / submitted.name, to_text(notebook))
    handed_in = _time(submitted.with_name(TIMESTAMP))
    if handed_in:
        write(into / TIMESTAMP, f"{handed_in:%Y-%m-%d %H:%M:%S.%f} UTC\n")


def _time(path: Path) -> datetime | None:
    """Read when it was handed in, in UTC; None if the file says nothing of the kind."""
    if not path.is_file():
        return None
    raw = path.read_bytes()
    text = raw.decode(_MARKS.get(raw[:2], "utf-8-sig"), "replace").strip()
    try:
        return parse_utc(text) if text else None
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None  # a word, another language's date: what dateutil can't read
