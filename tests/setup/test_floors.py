"""The house stands: imports go down the floors only, and its faces show what its docs name."""

import importlib
import inspect
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
CONTRIBUTOR = (ROOT / "docs" / "contributor.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def test_imports_go_down_the_floors_only(capsys):
    broken = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert not broken, capsys.readouterr().out


def test_rooms_are_small():
    packages = [ROOT / "recsys_course", ROOT / "coursegrader"]
    files = [file for package in packages for file in package.rglob("*.py")]
    assert len(files) > 150
    lines = {str(file): file.read_text("utf-8").count("\n") for file in files}
    assert {file: count for file, count in lines.items() if count > 300} == {}
    modules = Counter(str(file.parent) for file in files if file.name != "__init__.py")
    assert {folder: count for folder, count in modules.items() if count > 12} == {}


PUBLIC = ["data", "interactions", "series", "splits", "trials", "findings", "metrics", "models"]
PUBLIC += ["plots", "plots.playable", "quiz", "homework"]


def face(module):
    """Tell what a module offers: its ``__all__``, else what is defined in it."""
    names = getattr(module, "__all__", None)
    if names is None:
        own = {name: thing for name, thing in vars(module).items() if not name.startswith("_")}
        names = [
            n for n, thing in own.items() if getattr(thing, "__module__", "") == module.__name__
        ]
    return sorted(names)


@pytest.mark.parametrize("package", PUBLIC)
def test_the_reference_names_what_a_package_offers(package):
    module = importlib.import_module(f"recsys_course.{package}")
    expected = []
    for name in face(module):
        thing = getattr(module, name)
        says = inspect.getdoc(thing) if callable(thing) else None
        expected.append(f"- `{name}`: {says.splitlines()[0]}" if says else f"- `{name}`")
    # to renew: the lines that this test expected
    text = (ROOT / "docs" / "reference.md").read_text("utf-8")
    section = text.partition(f"## recsys_course.{package}\n")[2].partition("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("- ")] == expected
    assert inspect.getdoc(module) in section


def test_the_floors_are_drawn_as_they_are():
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    contracts = [each for each in tool["importlinter"]["contracts"] if each["type"] == "layers"]
    drawn = [
        [line.split("  ")[0] for line in block.splitlines()]
        for block in re.findall(r"```\n(cli [ |].*?)```", CONTRIBUTOR, re.DOTALL)
    ]
    assert drawn == [contract["layers"] for contract in contracts]


def test_what_checks_one_package_checks_the_other():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages == {"recsys_course", "coursegrader"}
    assert {name.rstrip("*") for name in project["setuptools"]["packages"]["find"]["include"]} == (
        packages
    )
    assert {name.partition("/")[0] for name in project["pyrefly"]["project-includes"]} == packages
    assert packages < set(project["pytest"]["ini_options"]["testpaths"])
    warned = {
        line.rpartition(":")[2] for line in project["pytest"]["ini_options"]["filterwarnings"]
    }
    assert warned == packages
    assert set(project["importlinter"]["root_packages"]) == packages
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = (ROOT / "Dockerfile").read_text("utf-8")
    for package in packages:
        assert f"!{package}" in ignored
        assert f"COPY {package} ./{package}" in copied
