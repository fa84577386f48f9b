"""Check of the machine: whether this kernel is the course's own, with what the course needs."""

import importlib
import sys
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from recsys_course.data import synthetic
from recsys_course.homework.hints import Hint, expect

COURSE = "recsys-course"
LOADED = ("implicit.nearest_neighbours", "nbgrader", "matplotlib.pyplot")
MADE = 70_430, 595_648_109  # rows of the embedded cinema, sum of their content ids
START = "stop, and start again with: python3 course.py lab"


def check_machine() -> None:
    """Check that notebooks of the course run here, and say on which Python.

    Raises
    ------
    Hint
        With the first thing that is not as it should be, and how to mend it: the kernel, a package
        or its version, a library of the system, the data. None of them is the student's fault.

    Examples
    --------
    >>> check_machine()  # doctest: +ELLIPSIS
    This machine is ready: Python 3..., implicit 0.7...
    """
    for requirement in required():
        _check_package(requirement)
    for name in LOADED:
        _check_import(name)
    cinema = synthetic.make()
    made = len(cinema.views), int(cinema.views["content_id"].sum())
    expect(
        made == MADE,
        f"the made-up cinema comes out as {made} here, and as {MADE} everywhere else: an old or "
        f"changed copy of the course? Get a fresh one, and {START}",
        "old-course",
    )
    print(f"This machine is ready: Python {sys.version.split()[0]}, implicit {version('implicit')}")


def required() -> list[Requirement]:
    """List the packages that the course needs on this machine.

    Returns
    -------
    list of packaging.requirements.Requirement
        From the metadata of the installed course.

    Raises
    ------
    Hint
        If the course isn't installed for this Python.

    Examples
    --------
    >>> "implicit" in [requirement.name for requirement in required()]
    True
    """
    try:
        listed = requires(COURSE) or []
    except PackageNotFoundError:
        raise Hint(
            f"the kernel is another Python than the course's ({sys.executable}): in the menu "
            f"choose Kernel > Change Kernel... > Python 3 (ipykernel), or {START}",
            "other-python",
        ) from None
    found = [Requirement(text) for text in listed]
    return [each for each in found if each.marker is None or each.marker.evaluate({"extra": ""})]


def _check_package(requirement: Requirement) -> None:
    try:
        found = version(requirement.name)
    except PackageNotFoundError:
        raise Hint(
            f"the package {requirement.name} is missing: {START}",
            "package-missing",
        ) from None
    expect(
        requirement.specifier.contains(found, prereleases=True),
        f"{requirement.name} is {found}, the course needs {requirement.specifier}: was it "
        f"installed by hand? {START.capitalize()}, which puts the right one back",
        "package-version",
    )


def _check_import(name: str) -> None:
    try:
        importlib.import_module(name)
    except (ImportError, OSError) as error:
        library = "libgomp" in str(error)
        mend = "sudo apt-get install libgomp1, then " if library else "delete the folder .venv, "
        raise Hint(
            f"{name.partition('.')[0]} can't be loaded ({error}): {mend}{START}",
            "package-broken",
        ) from None
