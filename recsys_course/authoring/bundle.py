"""What students get: the course without its answers, in a folder or an archive."""

import io
import re
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from coursegrader.course.release import compare
from coursegrader.course.root import Course
from coursegrader.files import write
from recsys_course.errors import CourseError

#: Modules that only instructors and contributors use; none of the others imports them.
WITHHELD = (
    "coursegrader/border/",
    "coursegrader/cli/doctor.py",
    "coursegrader/cli/feedback.py",
    "coursegrader/cli/grade.py",
    "coursegrader/cli/gradebook.py",
    "coursegrader/cli/release.py",
    "coursegrader/cli/report.py",
    "coursegrader/course/",
    "coursegrader/intake/",
    "coursegrader/kernel/",
    "coursegrader/report/",
    "coursegrader/run/",
    "coursegrader/sandbox/",
    "coursegrader/server.py",
    "recsys_course/authoring/",
    "recsys_course/cli/begin.py",
    "recsys_course/cli/bundle.py",
    "recsys_course/cli/demo.py",
    "recsys_course/cli/notebooks.py",
    "recsys_course/cli/release.py",
)
PLAIN = ("course.py", "pyproject.toml", "requirements.lock", "LICENSE")
PAGE = "docs/student.md"  # the README of a bundle
TOP = "recsys-course"  # the one folder in an archive
CONFIG = '''\
"""The folder that holds this file is the course; Validate and Submit read it, too."""

from pathlib import Path

c = get_config()  # noqa: F821

root = Path(__file__).resolve().parent
c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "{course_id}"
c.Execute.timeout = 60  # seconds per cell
c.Execute.extra_arguments = ["--log-level=ERROR"]
exchange = root / ".course" / "exchange"  # or the folder that your instructor names
exchange.mkdir(parents=True, exist_ok=True)
c.Exchange.root = str(exchange)
c.Exchange.cache = str(root / ".course" / "cache")
'''


def contents(checkout: Path, course: Course, lang: str) -> dict[str, bytes]:
    """Collect the files of a bundle.

    Parameters
    ----------
    checkout : Path
        A checkout of the course: packages, lessons and pages come from there.
    course : Course
        Where the homework comes from: the checkout itself, or a course folder of one's own.
    lang : str
        The edition of the lessons.

    Returns
    -------
    dict of str to bytes
        Name in the bundle, with ``/`` -> content; sorted by name.

    Raises
    ------
    CourseError
        If something is missing, or the homework isn't what its source generates.
    """
    found: dict[str, bytes] = {}
    for name in PLAIN:
        found[name] = _content(checkout / name)
    for package in ("recsys_course", "coursegrader"):
        for path in sorted((checkout / package).rglob("*")):
            name = path.relative_to(checkout).as_posix()
            cached = "__pycache__" in path.parts
            if path.is_file() and not cached and not name.startswith(WITHHELD):
                found[name] = path.read_bytes()
    page = _content(checkout / PAGE).decode("utf-8")
    found["README.md"] = page.encode("utf-8")
    for image in re.findall(r"\]\((img/[^)]+)\)", page):
        found[image] = _content((checkout / PAGE).parent / image)
    for path in sorted((checkout / "lessons" / lang).glob("*.ipynb")):
        found[path.relative_to(checkout).as_posix()] = path.read_bytes()
    if not any(name.startswith("lessons/") for name in found):
        raise CourseError(f"{checkout / 'lessons' / lang}: no lessons; name an edition with --lang")
    released = course.folder("release_directory", ".")
    for assignment in course.assignments():
        stale = compare(course, assignment)
        if stale:
            raise CourseError(
                f"{course.shown(stale[0].path)}: {stale[0].reason}; first run recsys-course release"
            )
        for path in sorted((released / assignment).rglob("*")):
            if path.is_file() and ".ipynb_checkpoints" not in path.parts:
                inside = path.relative_to(released).as_posix()
                found[f"homework/{lang}/{inside}"] = path.read_bytes()
    course_id = course.directory().course_id or TOP
    found["nbgrader_config.py"] = CONFIG.format(course_id=course_id).encode("utf-8")
    return dict(sorted(found.items()))


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise CourseError(f"{path}: missing; a bundle is made in a checkout of the course")
    return path.read_bytes()


def to_folder(files: dict[str, bytes], folder: Path) -> None:
    """Write a bundle as a folder, whole or not at all.

    Parameters
    ----------
    files : dict of str to bytes
        See `contents`.
    folder : Path
        A folder that is empty, or not there yet.

    Raises
    ------
    CourseError
        If it is in use.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder}: in use; name a new or empty folder, or a FILE.zip")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        made = Path(temporary) / folder.name
        for name, content in files.items():
            write(made / PurePosixPath(name), content)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)


def to_zip(files: dict[str, bytes], path: Path) -> None:
    """Write a bundle as an archive; the same files make the same bytes.

    Parameters
    ----------
    files : dict of str to bytes
        See `contents`.
    path : Path
        The archive; one that is there is replaced. All lies in one folder in it.
    """
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{TOP}/{name}")  # of 1980, like all of them
            entry.create_system = 3  # whatever system this one is
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    write(path, raw.getvalue())
