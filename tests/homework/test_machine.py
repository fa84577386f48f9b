"""``start_here`` names what is broken if it is not the student: kernel, package, version, data."""

import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement

from recsys_course.homework import Hint, check_machine
from recsys_course.homework import machine as module
from recsys_course.homework.machine import required


def said(check=check_machine):
    with pytest.raises(Hint) as hint:
        check()
    assert "\n" not in str(hint.value)
    return str(hint.value)


def test_the_course_installed_here_is_ready(capsys):
    check_machine()
    assert capsys.readouterr().out.startswith(f"This machine is ready: Python {sys.version[:4]}")


def test_what_is_required_is_what_the_course_declares():
    names = {requirement.name for requirement in required()}
    assert {"numpy", "implicit", "nbgrader", "jupyterlab"} <= names
    assert "pytest" not in names


def test_a_kernel_of_another_python(monkeypatch):
    def requires(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(module, "requires", requires)
    told = said()
    assert told.startswith(f"the kernel is another Python than the course's ({sys.executable})")
    assert "Kernel > Change Kernel... > Python 3 (ipykernel)" in told


@pytest.mark.parametrize(
    ("requirement", "reason"),
    [
        ("nosuchpackage>=1", "the package nosuchpackage is missing: stop, and start again"),
        ("numpy>=99", "numpy is {numpy}, the course needs >=99: was it installed by hand? Stop,"),
        ("numpy<1", "numpy is {numpy}, the course needs <1"),
    ],
)
def test_a_package_that_is_missing_or_another_version(monkeypatch, requirement, reason):
    monkeypatch.setattr(module, "required", lambda: [Requirement(requirement)])
    assert reason.format(numpy=import_module("numpy").__version__) in said()


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        (ImportError("libgomp.so.1: cannot open"), "sudo apt-get install libgomp1, then stop, and"),
        (OSError("[WinError 126]"), "delete the folder .venv, stop, and start again with: python3"),
    ],
)
def test_a_library_that_does_not_load(monkeypatch, error, mend):
    def import_module(name):
        raise error

    monkeypatch.setattr(module, "importlib", SimpleNamespace(import_module=import_module))
    told = said()
    assert told.startswith(f"implicit can't be loaded ({error}): ")
    assert mend in told


def test_data_that_are_not_the_courses(monkeypatch):
    monkeypatch.setattr(module, "MADE", (1, 2))
    assert "the made-up cinema comes out as (70430, " in said()


def test_a_marker_for_another_system_asks_for_nothing(monkeypatch):
    texts = ['numpy>=99; sys_platform == "nowhere"', "numpy"]
    monkeypatch.setattr(module, "requires", lambda name: texts)
    assert [str(requirement) for requirement in required()] == ["numpy"]
