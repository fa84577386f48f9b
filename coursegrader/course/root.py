"""The course root: where notebooks, submissions and points of one nbgrader course lie."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets import TraitError
from traitlets.config import Config, PyFileConfigLoader

from coursegrader.errors import UserError, nearest
from coursegrader.files import CONFIG, course_above
from coursegrader.options import CourseGrader


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
    config: Config = field(hash=False)

    @cached_property
    def options(self) -> CourseGrader:
        """The grader's own options, ``c.CourseGrader``."""
        return CourseGrader(config=self.config)

    def directory(self, **chosen: str) -> CourseDirectory:
        """Nbgrader's own view of the course's folders.

        Parameters
        ----------
        **chosen : str
            What differs from the configuration, such as ``assignment_id``; it changes nothing else.

        Returns
        -------
        nbgrader.coursedir.CourseDirectory
            A new one.
        """
        return CourseDirectory(config=self.config, **chosen)

    def folder(self, step: str, assignment: str, student: str = ".") -> Path:
        """Return where an assignment lies at one of nbgrader's steps.

        Parameters
        ----------
        step : str
            The option that names the folder, such as ``release_directory``.
        assignment, student : str
            Of what, and whose.

        Returns
        -------
        pathlib.Path
            An absolute path; there need not be a folder.
        """
        directory = self.directory()
        return Path(directory.format_path(getattr(directory, step), student, assignment))

    def notebooks(self, assignment: str) -> list[str]:
        """List the notebooks of an assignment by name, in alphabetical order; most have one."""
        found = self.folder("source_directory", assignment).glob("*.ipynb")
        return sorted(path.stem for path in found if not path.name.startswith("."))

    def source(self, assignment: str, notebook: str = "") -> Path:
        """Return the path of an instructor notebook.

        Parameters
        ----------
        assignment : str
            Of which assignment.
        notebook : str
            Which one of it; by default the one that is named like it, else the first.

        Returns
        -------
        pathlib.Path
            An absolute path; there need not be a file.
        """
        return self._notebook("source_directory", assignment, notebook)

    def release(self, assignment: str, notebook: str = "") -> Path:
        """Return the path of a student notebook; see `source`."""
        return self._notebook("release_directory", assignment, notebook)

    def _notebook(self, step: str, assignment: str, notebook: str) -> Path:
        name = notebook or self.first_notebook(assignment)
        return self.folder(step, assignment) / f"{name}.ipynb"

    def first_notebook(self, assignment: str) -> str:
        """Name the notebook of an assignment that is named like it, else the first."""
        found = self.notebooks(assignment)
        return found[0] if found and assignment not in found else assignment

    @property
    def state(self) -> Path:
        """The folder in which the grader notes what it has done; it need not be there yet."""
        return self.root / self.options.state

    def bank(self, assignment: str) -> Path:
        """Return the folder of an assignment's made-up submissions; there need not be one."""
        return self.root / self.options.bank / assignment

    def shown(self, path: Path) -> str:
        """Name a path as a reader of the course's folder would."""
        return (path.relative_to(self.root) if path.is_relative_to(self.root) else path).as_posix()

    def assignments(self, wanted: Iterable[str] = ()) -> list[str]:
        """List the assignments, folders that have an instructor notebook.

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
        folder = self.folder("source_directory", ".")
        known = sorted({path.parent.name for path in folder.glob("[!.]*/[!.]*.ipynb")})
        if not known:
            raise UserError(
                f"{self.shown(folder)}: no assignments here; "
                "expected <assignment>/<notebook>.ipynb; "
                f"{CONFIG} names the folder, c.CourseDirectory.source_directory"
            )
        for name in wanted:
            if name not in known:
                raise unknown("assignment", name, known)
        return list(dict.fromkeys(wanted)) or known


def find(start: Path | None = None) -> Course:
    """Find the course that a folder belongs to, and read its configuration.

    Parameters
    ----------
    start : Path, optional
        The course's folder; by default the current one or the nearest above that is a course.

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
    >>> find(folder).source("knn").relative_to(folder.resolve()).as_posix()
    'source/knn/knn.ipynb'
    """
    here = (start or Path.cwd()).resolve()
    root = course_above(here)
    if root is None or (start and root != here):  # a folder that was named is meant, none above it
        missing = "no such folder" if not here.is_dir() else f"not a course, it has no {CONFIG}"
        raise UserError(f"{here}: {missing}; name the course's folder or start in it")
    try:
        config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    except Exception as error:  # whatever the file does when it runs
        raise UserError(f"{root / CONFIG}: {type(error).__name__}: {error}") from error
    config.CourseDirectory.root = str(root)
    course = Course(root, config)
    try:
        _ = course.options, course.directory()
    except TraitError as error:
        raise UserError(f"{root / CONFIG}: {error}") from None
    return course


def of_nbgrader(config: Config, root: str = "") -> Course:
    """Return the course that nbgrader is at work in, with the configuration that it has read.

    Parameters
    ----------
    config : Config
        Of one of nbgrader's applications; it stays as it is.
    root : str
        The course's folder; by default what the configuration says, else the current one.

    Returns
    -------
    Course
    """
    own = deepcopy(config)
    own.pop("NbConvertBase", None)  # of an exporter; others would say that they don't know it
    own.CourseDirectory.root = root or own.CourseDirectory.get("root") or str(Path.cwd())
    return Course(Path(own.CourseDirectory.root), own)


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
