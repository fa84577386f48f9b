"""The variables that the course's processes are started with: settings in HOME stay out of them.

A start-up file of IPython, a ``matplotlibrc``, another course's ``nbgrader_config.py`` or a
``PYTHONPATH`` would change what lessons, homework and grading do from one person to the next.
"""

import fnmatch
import os
import sys
import tempfile
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path

# PYTHONOPTIMIZE takes the assertions out of tests, PYTHONWARNINGS makes right answers fail, ...
KEPT = {"PYTHONUTF8", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"}
# where settings are looked for instead of HOME
OF_A_FOLDER = {
    "IPYTHONDIR": "ipython",
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "MATPLOTLIBRC": "matplotlibrc",
}
DROPPED = {"JUPYTER_PATH", "JUPYTER_CONFIG_PATH"}


# what a student's kernel in a sandbox is told of this process: language, time zone, threads, memory
TOLD = (
    *KEPT, "LANG", "LANGUAGE", "LC_*", "TZ", "LD_LIBRARY_PATH", "MPLBACKEND", "NBGRADER_EXECUTION",
    "OMP_*", "*_NUM_THREADS", "MALLOC_*",
)  # fmt: skip


def of_students(folder: Path, more: Iterable[str] = ()) -> dict[str, str]:
    """Return environment variables that tell a student's kernel nothing of who grades.

    Parameters
    ----------
    folder : Path
        The kernel's own, which becomes its home.
    more : iterable of str
        Patterns for names of variables that it gets, too, as ``"RECSYS_COURSE_*"``.

    Returns
    -------
    dict of str to str
        All variables for the process.

    Examples
    --------
    >>> found = of_students(Path("/scratch"), ["SALT"])
    >>> "SALT" in found, "AWS_SECRET" in found, Path(found["TMPDIR"]).name
    (False, False, 'tmp')
    """
    patterns = [*TOLD, *more]
    told = {
        name: value
        for name, value in os.environ.items()
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    }
    return told | {
        **{name: str(folder / part) for name, part in OF_A_FOLDER.items()},
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "USER": "student",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
    }


def clean(folder: Path, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return environment variables that keep a user's own settings out.

    Parameters
    ----------
    folder : Path
        Where Jupyter, IPython and matplotlib look for settings instead; an empty file is put there.
    given : mapping of str to str, optional
        The variables to start from; those of this process by default.

    Returns
    -------
    dict of str to str
        All variables for a new process.

    Examples
    --------
    >>> found = clean(Path(tempfile.mkdtemp()), {"PYTHONOPTIMIZE": "1", "HOME": "/home/ann"})
    >>> found["HOME"], "PYTHONOPTIMIZE" in found, Path(found["IPYTHONDIR"]).name
    ('/home/ann', False, 'ipython')
    """
    kept = {
        name: value
        for name, value in (os.environ if given is None else given).items()
        if name not in DROPPED and (name in KEPT or not name.startswith("PYTHON"))
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / OF_A_FOLDER["MATPLOTLIBRC"]).touch()
    return kept | {
        **{name: str(folder / part) for name, part in OF_A_FOLDER.items()},
        "JUPYTER_PREFER_ENV_PATH": "1",  # a kernel named python3 in HOME is another Python
        "PYTHONNOUSERSITE": "1",  # packages in HOME would come before those of a conda environment
    }


def forget_pythonpath() -> None:
    """Import nothing more from ``PYTHONPATH``: another project's modules may lie there.

    Examples
    --------
    >>> forget_pythonpath()
    """
    named = {entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry}
    named = {os.path.abspath(entry) for entry in named}
    here = str(Path(__file__).resolve().parents[1])  # the course itself may be found by it
    sys.path[:] = [entry for entry in sys.path if entry == here or entry not in named]


@contextmanager
def variables(**values: str) -> Generator[None, None, None]:
    """Set environment variables for a while.

    Parameters
    ----------
    **values : str
        Name -> value.

    Yields
    ------
    None
        At the end all variables are as they were.

    Examples
    --------
    >>> with variables(COURSE_OF="ann"):
    ...     os.environ["COURSE_OF"]
    'ann'
    >>> "COURSE_OF" in os.environ
    False
    """
    before = dict(os.environ)
    try:
        os.environ.update(values)
        yield
    finally:
        os.environ.update(before)
        for name in os.environ.keys() - before.keys():
            del os.environ[name]


@contextmanager
def cleaned(folder: Path | None = None) -> Generator[None, None, None]:
    """Work with clean variables for a while.

    Parameters
    ----------
    folder : Path, optional
        See ``clean``; a temporary one by default.

    Yields
    ------
    None
        At the end the variables are as they were.

    Examples
    --------
    >>> os.environ["PYTHONSTARTUP"] = "mine.py"
    >>> with cleaned():
    ...     print("PYTHONSTARTUP" in os.environ)
    False
    >>> os.environ.pop("PYTHONSTARTUP")
    'mine.py'
    """
    with tempfile.TemporaryDirectory(prefix="clean-", ignore_cleanup_errors=True) as own:
        after = clean(folder or Path(own))
        with variables(**after):
            for name in os.environ.keys() - after.keys():
                del os.environ[name]
            yield
