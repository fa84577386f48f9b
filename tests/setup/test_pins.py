"""requirements.lock, environment.yml and Dockerfile against pyproject.toml."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PYTHONS = SpecifierSet(PYPROJECT["project"]["requires-python"])
WANTED = PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"]


def pins():
    """The lock's entries: a requirement and its hashes."""
    for entry in re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", LOCK).strip()):
        requirement, *hashes = re.split(r"\s*\\\n\s*--hash=", entry)
        yield Requirement(requirement.strip()), [line.strip() for line in hashes]


def test_every_pin_is_exact_and_has_hashes():
    entries = list(pins())
    assert len(entries) > 100
    for requirement, hashes in entries:
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", line) for line in hashes), requirement


def test_the_lock_names_no_address():
    assert "://" not in LOCK
    assert " @ " not in LOCK
    assert not re.search(r"(?m)^\s*--(?!hash=)", LOCK)


@pytest.mark.parametrize("wanted", WANTED)
def test_the_lock_holds_what_the_project_wants(wanted):
    wanted = Requirement(wanted)
    name = canonicalize_name(wanted.name)
    found = [pin for pin, _ in pins() if canonicalize_name(pin.name) == name]
    assert found, "renew requirements.lock: see docs/contributor.md"
    for pin in found:
        assert wanted.specifier.contains(str(pin.specifier).removeprefix("=="), prereleases=True)


def test_conda_and_docker_start_from_a_python_that_the_course_supports():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    python = next(line for line in conda["dependencies"] if str(line).startswith("python="))
    assert python.removeprefix("python=") + ".0" in PYTHONS
    image = re.search(r"BASE_IMAGE=python:([\d.]+)-slim", (ROOT / "Dockerfile").read_text("utf-8"))
    assert image[1] + ".0" in PYTHONS


def test_conda_installs_the_same_lock_as_everyone():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    pip = next(line["pip"] for line in conda["dependencies"] if isinstance(line, dict))
    assert "pip" in conda["dependencies"]
    # hashes forbid an editable folder in the same run of pip, so the README has it as its own step
    assert pip == ["-r requirements.lock"]
    assert f"conda activate {conda['name']}\npip install" in (ROOT / "README.md").read_text("utf-8")


def test_course_py_supports_the_same_pythons():
    source = (ROOT / "course.py").read_text("utf-8")
    low, high = re.search(
        r"not \((3, \d+)\) <= sys\.version_info\[:2\] < \((3, \d+)\)", source
    ).groups()
    assert f">={low.replace(', ', '.')},<{high.replace(', ', '.')}" == ",".join(
        sorted(str(PYTHONS).split(","), reverse=True)
    )


def test_the_image_holds_no_solutions():
    lines = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert "*" in lines
    assert not any(re.match(r"!(solutions|tests|gradebook|submitted)", line) for line in lines)
    copied = re.findall(
        r"(?m)^COPY (?!--from)(?:--\S+ )?(.*) \S+$", (ROOT / "Dockerfile").read_text("utf-8")
    )
    for name in " ".join(copied).split():
        assert "!" + name in lines


def test_a_checkout_has_the_same_bytes_on_every_system():
    # Git for Windows would make CRLF of what release --check and notebooks --check compare
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout: no git to ask")
    asked = ["git", "check-attr", "text", "eol", "--", "homework/en/knn/knn.ipynb", "course.py"]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.splitlines() == [
        "homework/en/knn/knn.ipynb: text: auto",
        "homework/en/knn/knn.ipynb: eol: lf",
        "course.py: text: auto",
        "course.py: eol: lf",
    ]
