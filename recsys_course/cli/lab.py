"""The command ``recsys-course lab``: JupyterLab on the first lesson, with settings of its own."""

import os
import sysconfig
from pathlib import Path
from urllib.parse import quote

import click

from coursegrader.environment import clean
from recsys_course.errors import CourseError


def course_root(start: Path | None = None) -> Path:
    """Find the course's folder: the nearest one with lessons, else the one the package lies in.

    Parameters
    ----------
    start : Path, optional
        Where to look first, then in the folders above it; the current folder by default.

    Returns
    -------
    Path
        The absolute path of the folder that holds ``lessons/<lang>/*.ipynb``.

    Raises
    ------
    CourseError
        If there are no lessons in any of those places.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()).resolve()
    >>> lesson = folder / "lessons" / "en" / "02_knn.ipynb"
    >>> lesson.parent.mkdir(parents=True)
    >>> lesson.touch()
    >>> course_root(lesson.parent) == folder
    True
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if any(folder.glob("lessons/*/*.ipynb")):
            return folder
    raise CourseError(f"{here}: no lessons here or above; start it in the course's folder")


def first_lesson(root: Path, lang: str) -> Path:
    """Name the notebook that JupyterLab opens first.

    Parameters
    ----------
    root : Path
        The course's folder.
    lang : str
        The edition, a folder of ``lessons/``.

    Returns
    -------
    Path
        The first notebook of the edition, relative to the course's folder.

    Raises
    ------
    CourseError
        If the edition has no lessons; the message names those that have.

    Examples
    --------
    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp())
    >>> (root / "lessons" / "en").mkdir(parents=True)
    >>> for name in ("03_latent_factors.ipynb", "02_knn.ipynb"):
    ...     (root / "lessons" / "en" / name).touch()
    >>> first_lesson(root, "en").as_posix()
    'lessons/en/02_knn.ipynb'
    """
    lessons = sorted((root / "lessons").glob("*/*.ipynb"))
    editions = {lesson.parent.name: lesson for lesson in reversed(lessons)}
    if lang not in editions:
        known = ", ".join(sorted(editions))
        raise CourseError(f"--lang {lang}: no such edition of the lessons; there is: {known}")
    return editions[lang].relative_to(root)


def _own_settings(folder: Path) -> dict[str, str]:
    """Make JupyterLab's settings folder; return the variables for a server that uses it alone."""
    settings = folder / "settings"
    news = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    if not news.exists():  # without it JupyterLab asks about news first, and then fetches them
        news.parent.mkdir(parents=True, exist_ok=True)
        news.write_text('{"fetchNews": "false"}\n', encoding="utf-8", newline="\n")
    return clean(folder) | {
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--lang",
    envvar="RECSYS_COURSE_LANG",
    default="en",
    show_default=True,
    help="Edition of the lessons and of the synthetic data: en, ru.",
)
@click.argument("jupyter_options", nargs=-1, type=click.UNPROCESSED)
def lab(lang: str, jupyter_options: tuple[str, ...]) -> None:
    """Open JupyterLab on the first lesson.

    JUPYTER_OPTIONS go to JupyterLab as they are, for example --no-browser or --port=8890.
    """
    root = course_root()
    lesson = first_lesson(root, lang)
    os.environ.update(_own_settings(root / ".course" / "lab"), RECSYS_COURSE_LANG=lang)
    # nbgrader calls `alembic` by name
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    os.chdir(root)  # where nbgrader looks for nbgrader_config.py

    options = [
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{quote(lesson.as_posix())}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container one often is root. The server answers this machine only, with a token.
        options.append("--allow-root")

    from jupyterlab.labapp import LabApp  # heavy, and it reads the variables set above

    LabApp.launch_instance([*options, *jupyter_options])
