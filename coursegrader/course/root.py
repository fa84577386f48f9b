"""The course root: where notebooks, submissions and points of one nbgrader course lie."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config, PyFileConfigLoader

from coursegrader.errors import UserError, nearest

CONFIG = "nbgrader_config.py"
LANGUAGE = "RECSYS_COURSE_LANG"


@dataclass(frozen=True)
class Course:
    """One nbgrader course: its folder and its configuration.

    Parameters
    ----------
    root : Path
        The absolute folder that holds ``nbgrader_config.py``.
    config : Config
        What that file says, with ``CourseDirectory.root`` set.
    """

    root: Path
    config: Config

    @property
    def directory(self) -> CourseDirectory:
        """Nbgrader's own view of the course's folders, with nothing chosen yet."""
        return CourseDirectory(config=self.config)

    def source(self, assignment: str) -> Path:
        """Return the path of an assignment's instructor notebook."""
        return self._notebook(self.directory.source_directory, ".", assignment)

    def release(self, assignment: str) -> Path:
        """Return the path of an assignment's student notebook."""
        return self._notebook(self.directory.release_directory, ".", assignment)

    def submitted(self, student: str, assignment: str) -> Path:
        """Return the path of a student's notebook as it was handed in."""
        return self._notebook(self.directory.submitted_directory, student, assignment)

    def autograded(self, student: str, assignment: str) -> Path:
        """Return the path of a student's notebook as it was executed."""
        return self._notebook(self.directory.autograded_directory, student, assignment)

    def bank(self, assignment: str) -> Path:
        """Return the folder of an assignment's made-up submissions; there need not be one."""
        return self.root / self.config.Bank.get("directory", "bank") / assignment

    def _notebook(self, step: str, student: str, assignment: str) -> Path:
        folder = self.directory.format_path(step, student, assignment)
        return Path(folder) / f"{assignment}.ipynb"

    def shown(self, path: Path) -> str:
        """Name a path as a reader of the course's folder would."""
        return (path.relative_to(self.root) if path.is_relative_to(self.root) else path).as_posix()

    def assignments(self, wanted: Iterable[str] = ()) -> list[str]:
        """List the assignments that have an instructor notebook.

        Parameters
        ----------
        wanted : iterable of str, optional
            Only these; all of them by default.

        Returns
        -------
        list of str
            Names, in alphabetical order or in the order of ``wanted``.

        Raises
        ------
        UserError
            If there is none at all, or one of ``wanted`` is not among them.
        """
        folder = Path(self.directory.format_path(self.directory.source_directory, ".", "."))
        known = sorted(
            path.stem for path in folder.glob("*/*.ipynb") if path.stem == path.parent.name
        )
        if not known:
            raise UserError(
                f"{self.shown(folder)}: no assignments here; "
                "expected <assignment>/<assignment>.ipynb, or another RECSYS_COURSE_LANG"
            )
        for name in wanted:
            if name not in known:
                raise unknown("assignment", name, known)
        return list(dict.fromkeys(wanted)) or known

    @contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open nbgrader's gradebook; it is made if there is none.

        Yields
        ------
        nbgrader.api.Gradebook
            Closed at the end of the ``with`` block.

        Raises
        ------
        UserError
            If it can't be read or written.
        """
        directory = self.directory
        try:
            with Gradebook(directory.db_url, directory.course_id) as gradebook:
                yield gradebook
        except SQLAlchemyError as error:
            raise gradebook_error(directory.db_url, error) from error


def find(start: Path | None = None, language: str | None = None) -> Course:
    """Find the course that a folder belongs to, and read its configuration.

    Parameters
    ----------
    start : Path, optional
        The course's folder; by default the current one or the nearest above that is a course.
    language : str, optional
        The edition; by default what the environment variable ``RECSYS_COURSE_LANG`` says.

    Returns
    -------
    Course
        The course.

    Raises
    ------
    UserError
        If there is no ``nbgrader_config.py``, or it can't be read.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "nbgrader_config.py").write_text("c = get_config()", encoding="utf-8")
    >>> find(folder).submitted("ann", "knn").relative_to(folder.resolve()).as_posix()
    'submitted/ann/knn/knn.ipynb'
    """
    here = (start or Path.cwd()).resolve()
    folders = [here] if start else [here, *here.parents]
    root = next((folder for folder in folders if (folder / CONFIG).is_file()), None)
    if root is None:
        missing = "no such folder" if not here.is_dir() else f"not a course, it has no {CONFIG}"
        raise UserError(f"{here}: {missing}; name the course's folder or start in it")
    _commands_on_path()
    with _environment(LANGUAGE, language):
        try:
            config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
        except Exception as error:  # whatever the file does when it runs
            raise UserError(f"{root / CONFIG}: {type(error).__name__}: {error}") from error
    config.CourseDirectory.root = str(root)
    return Course(root, config)


def unknown(kind: str, name: str, known: Iterable[str]) -> UserError:
    """Say that a name isn't known, with the nearest one that is.

    Parameters
    ----------
    kind : str
        What it names: "assignment", "student".
    name : str
        The name that was given.
    known : iterable of str
        The names there are.

    Returns
    -------
    UserError
        To be raised.

    Examples
    --------
    >>> print(unknown("assignment", "kn", ["als", "knn"]))
    no assignment 'kn'; did you mean knn? known: als, knn
    """
    known = sorted(known)
    near = nearest(name, known)
    guess = f"did you mean {near}? " if near else ""
    return UserError(f"no {kind} {name!r}; {guess}known: {', '.join(known) or 'none'}")


def gradebook_error(url: str, error: Exception) -> UserError:
    """Turn a database's complaint into one line.

    Parameters
    ----------
    url : str
        Where the gradebook lies.
    error : Exception
        What went wrong.

    Returns
    -------
    UserError
        To be raised.

    Examples
    --------
    >>> print(gradebook_error("sqlite:///gradebook.db", OSError("database is locked")))
    gradebook.db: database is locked; is another grader at work, the disk full or read-only?
    """
    cause = str(getattr(error, "orig", None) or error).splitlines()[0]
    return UserError(
        f"{url.removeprefix('sqlite:///')}: {cause}; "
        "is another grader at work, the disk full or read-only?"
    )


def _commands_on_path() -> None:
    """Let nbgrader find ``alembic``, which it calls by name when it makes a gradebook."""
    folder = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", os.defpath)
    if folder not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([folder, path])


@contextmanager
def _environment(name: str, value: str | None) -> Iterator[None]:
    """Set an environment variable for a moment; None leaves it as it is."""
    before = os.environ.get(name)
    if value is not None:
        os.environ[name] = value
    try:
        yield
    finally:
        if before is not None:
            os.environ[name] = before
        elif value is not None:
            del os.environ[name]
