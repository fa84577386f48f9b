"""A whole class: what was handed in, what is graded already, one submission after the other."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbgrader.api import MissingEntry

from coursegrader.course.release import record
from coursegrader.course.root import Course, unknown
from coursegrader.errors import Surprise, UserError, surprises_named
from coursegrader.files import fingerprint, write
from coursegrader.run.one import Outcome, grade, outcome

# what systems, not people, put into folders; names that begin with a dot are left out anyway
OF_A_SYSTEM = {
    "__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "$recycle.bin",
    "system volume information", "lost+found", "@eadir",
}  # fmt: skip


def handed_in(
    course: Course, assignments: Iterable[str], students: Iterable[str] = ()
) -> tuple[list[tuple[str, str]], list[str]]:
    """Find the submissions of a class.

    Parameters
    ----------
    course : Course
        The course.
    assignments : iterable of str
        Names from ``course.assignments()``.
    students : iterable of str, optional
        Only these; all by default.

    Returns
    -------
    submissions : list of (str, str)
        Assignment and student, for each folder ``submitted/<student>/<assignment>/``.
    strays : list of str
        A line for each thing under ``submitted/`` that is no submission and should be one.

    Raises
    ------
    UserError
        If there is nothing to grade, or one of ``students`` handed nothing in.
    """
    folder = course.root / course.directory.submitted_directory
    if not folder.is_dir():
        state = "a file where a folder is expected" if folder.exists() else "no such folder"
        raise UserError(f"{folder}: {state}; put notebooks into submitted/<student>/<assignment>/")
    present = sorted(path for path in folder.iterdir() if not _of_a_system(path.name))
    wanted, assignments = list(dict.fromkeys(students)), list(assignments)
    known = [path.name for path in present if path.is_dir()]
    for student in wanted:
        if student not in known:
            raise unknown("student", student, known)
    submissions, strays = [], []
    for path in present:
        if wanted and path.name not in wanted:
            continue
        try:
            mine = [name for name in assignments if (path / name).is_dir()]
            trouble = _stray(course, path, mine, assignments)
        except OSError as error:
            trouble = f"cannot be looked into ({error.strerror}); see that you may read it"
        if trouble:
            strays.append(f"{course.shown(path)}: {trouble}")
        else:
            submissions += [(name, path.name) for name in mine]
    if not submissions and not strays:
        raise UserError(f"{folder}: nothing handed in of {', '.join(assignments)}")
    return sorted(submissions), strays


def _of_a_system(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in OF_A_SYSTEM


def _stray(course: Course, path: Path, mine: list[str], assignments: list[str]) -> str:
    """Say why something under submitted/ holds no submission where one is meant; empty if fine."""
    if not path.is_dir():
        return "not a folder; unpack it as submitted/<student>/<assignment>/<assignment>.ipynb"
    if not path.name.isprintable():  # nor is a byte that isn't UTF-8
        return "its name is not plain UTF-8 text, as in archives from Windows; rename it"
    if any(sign in path.name for sign in "*?[") or path.name != path.name.strip():
        return "nbgrader cannot read a name with * ? [ or a space at its end; rename it"
    misplaced = [name for name in assignments if (path / f"{name}.ipynb").exists()]
    if misplaced:
        return f"{misplaced[0]}.ipynb belongs into a folder {misplaced[0]}/ in it"
    if not mine and not any((path / name).is_dir() for name in course.assignments()):
        return f"no folder of an assignment in it; expected one of {', '.join(assignments)}"
    return ""


def grade_all(
    course: Course, submissions: Iterable[tuple[str, str]], force: bool = False
) -> Iterator[Outcome]:
    """Grade submissions one after the other; none can stop the others.

    What is graded is known by the bytes of the submission and of the release: nbgrader itself
    compares dates in ``timestamp.txt``, and skips a changed submission that has none.

    Parameters
    ----------
    course : Course
        The course.
    submissions : iterable of (str, str)
        Assignment and student.
    force : bool
        Grade also what is graded and unchanged. Points given by hand stay.

    Yields
    ------
    Outcome
        One for each submission, in order.

    Raises
    ------
    UserError
        If no submission can be graded: the gradebook or the disk can't be written.
    """
    releases: dict[str, bytes] = {}
    for assignment, student in submissions:
        if assignment not in releases:
            releases[assignment] = _recorded(course, assignment)
        submitted = course.submitted(student, assignment)
        try:
            with surprises_named(course.shown(submitted)):
                result = _grade_new(course, assignment, student, releases[assignment], force)
        except Surprise as error:
            result = Outcome(student, assignment, reason=str(error))
        yield result


def _grade_new(
    course: Course, assignment: str, student: str, release: bytes, force: bool
) -> Outcome:
    """Grade a submission, unless that has been done."""
    state = _fingerprint(course.submitted(student, assignment).parent, release)
    done = course.root / ".course" / "graded" / assignment / student
    if not force and _is_done(course, assignment, student, done, state):
        return outcome(course, assignment, student, unchanged=True)
    done.unlink(missing_ok=True)
    result = grade(course, assignment, student)
    if not result.reason:  # what needs a person is tried again next time
        write(done, state)
    return result


def _recorded(course: Course, assignment: str) -> bytes:
    """Return a hash of the assignment as the gradebook knows it; record it if it doesn't."""
    with course.gradebook() as gradebook:
        known = assignment in {each.name for each in gradebook.assignments if each.notebooks}
    if not known:
        record(course, assignment)
    digest = hashlib.sha256()
    with course.gradebook() as gradebook:
        cells = gradebook.find_notebook(assignment, assignment).source_cells
        for name, source in sorted((cell.name, cell.source) for cell in cells):
            digest.update(f"{name}\0{source}\0".encode())
    return digest.digest()


def _fingerprint(folder: Path, release: bytes) -> str:
    """Hash what was handed in, with what it is graded against."""
    return hashlib.sha256(release + fingerprint(folder).encode()).hexdigest()


def _is_done(course: Course, assignment: str, student: str, done: Path, state: str) -> bool:
    """Tell whether this very state has been graded, and the result is still there."""
    if not done.is_file() or done.read_text(encoding="utf-8") != state:
        return False
    if not course.autograded(student, assignment).is_file():
        return False
    with course.gradebook() as gradebook:
        try:
            gradebook.find_submission(assignment, student)
        except MissingEntry:
            return False
    return True
