"""The editions of the course, one per language: which is on, and where their notebooks lie."""

import os
from pathlib import Path

from coursegrader.files import course_above
from recsys_course.errors import CourseError

LANGUAGES = ("en", "ru")
#: The environment variable that says which edition is on.
VARIABLE = "RECSYS_COURSE_LANG"
#: The folder of a student's own copies of lessons and homework, in the course's folder.
WORK = "work"


def language(chosen: str | None = None) -> str:
    """Tell which edition is on.

    Parameters
    ----------
    chosen : {"en", "ru"}, optional
        By default what the environment variable RECSYS_COURSE_LANG says, or English.

    Returns
    -------
    str

    Raises
    ------
    CourseError
        If there is no such edition.

    Examples
    --------
    >>> language("ru")
    'ru'
    """
    found = chosen or os.environ.get(VARIABLE) or LANGUAGES[0]
    if found not in LANGUAGES:
        raise CourseError(f"no language {found!r}; choose one of {', '.join(LANGUAGES)}")
    return found


def course_root(start: Path | None = None) -> Path:
    """Find the course's folder: the nearest from here upwards, else the one the package lies in.

    Parameters
    ----------
    start : Path, optional
        Where to look first, then in the folders above it; the current folder by default.

    Returns
    -------
    Path
        The absolute path of the folder that holds ``nbgrader_config.py``.

    Raises
    ------
    CourseError
        If none of those is a course.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()).resolve()
    >>> (folder / "nbgrader_config.py").touch()
    >>> (folder / "lessons" / "en").mkdir(parents=True)
    >>> course_root(folder / "lessons" / "en") == folder
    True
    """
    here = start or Path.cwd()
    found = course_above(here) or course_above(Path(__file__).parent)
    if found is None:
        raise CourseError(f"{here}: no course here or above; start it in the course's folder")
    return found


def checkout() -> Path:
    """Find the checkout of the course that this package lies in.

    Returns
    -------
    Path
        Its folder.

    Raises
    ------
    CourseError
        If the package was installed without one.

    Examples
    --------
    >>> (checkout() / "lessons").is_dir()
    True
    """
    root = course_above(Path(__file__).parent)
    if root is None or not (root / "course.py").is_file():
        raise CourseError("this package is installed without its course; work in a checkout of it")
    return root


def first_lesson(root: Path, lang: str | None = None) -> Path:
    """Name the notebook that JupyterLab opens first.

    Parameters
    ----------
    root : Path
        The course's folder.
    lang : str, optional
        The edition, a folder of ``lessons/``; by default English, or the one there is.

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
    if not editions:
        raise CourseError(f"{root}: no lessons; expected lessons/{lang or LANGUAGES[0]}/*.ipynb")
    lang = lang or (LANGUAGES[0] if LANGUAGES[0] in editions else min(editions))
    if lang not in editions:
        known = ", ".join(sorted(editions))
        raise CourseError(f"--lang {lang}: no such edition of the lessons; there is: {known}")
    return editions[lang].relative_to(root)


def edition_of(notebook: Path) -> str | None:
    """Tell the edition of a notebook by the folder it lies in.

    Parameters
    ----------
    notebook : Path
        Such as ``lessons/en/02_knn.ipynb`` or a notebook below ``solutions/en/``.

    Returns
    -------
    str or None
        None if it is of none.

    Examples
    --------
    >>> edition_of(Path("solutions/ru/knn/knn.ipynb"))
    'ru'
    """
    folders = (path for path in notebook.resolve().parents)
    return next((at.name for at in folders if at.parent.name in ("lessons", "solutions")), None)
