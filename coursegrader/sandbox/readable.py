"""What a student's process may read: this Python and what it imports, and nothing else."""

import os
import site
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

#: Programs and libraries of the system, and what they look at.
SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc/alternatives",
    "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types",
)  # fmt: skip
_SUFFIXES = (".py", ".so", ".pyd")  # of a module that is one file


@cache
def readable(course: Path, more: tuple[Path, ...] = ()) -> tuple[Path, ...]:
    """List what is to be seen in a sandbox, in the order in which it is put there.

    Parameters
    ----------
    course : Path
        The course's folder. Of what lies in it only Python packages, an environment and `more`
        are seen; it is named first in the part of the list that lies in it, to be emptied there.
    more : tuple of Path
        Files and folders that students' work needs, such as data.

    Returns
    -------
    tuple of Path
        Files and folders that are there, none of them twice.

    Examples
    --------
    >>> places = readable(Path("/home/ann/course"))
    >>> Path("/usr") in places, Path("/home/ann/course") in places
    (True, False)
    """
    course = course.resolve()
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.realpath(sys.base_prefix)}
    given = [Path(place) for place in (*SYSTEM, *sorted(prefixes))]
    given += [*_packages(), *(each.resolve() for each in more)]
    there = [place for place in dict.fromkeys(given) if place.exists()]
    inside = [place for place in there if place.is_relative_to(course)]
    outside = [place for place in there if not place.is_relative_to(course)]
    emptied = [course] if any(course.is_relative_to(place) for place in outside) else []
    return (*_outermost(outside), *emptied, *_outermost(inside))


def _outermost(places: list[Path]) -> list[Path]:
    """Leave out what lies in another of these places."""
    return [each for each in places if not any(at in each.parents for at in places)]


def _packages() -> Iterator[Path]:
    """Find what is imported from elsewhere than Python's own folders: packages, one by one.

    A project that is installed to be edited lies beside whatever else is in its folder.
    """
    yield Path(__file__).resolve().parents[1]
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable__"):  # setuptools' finder of such packages
            yield from map(Path, getattr(module, "MAPPING", {}).values())
    for file in (file for folder in site.getsitepackages() for file in Path(folder).glob("*.pth")):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            entry = file.parent / line.strip()
            if line.startswith(("import ", "import\t", "#")) or not line.strip():
                continue
            if entry.is_file():  # a zip of modules
                yield entry
            elif entry.is_dir():
                yield from filter(_is_module, entry.iterdir())


def _is_module(path: Path) -> bool:
    return path.suffix in _SUFFIXES or (path / "__init__.py").is_file()
