"""Small changes of the code that the tests let pass: none, but those listed beside, with a reason.

mutmut changes one operator, number, name or argument at a time in a copy of the project, and runs
the tests that come by there. A change that no test notices is one that anybody could make.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTED = tomllib.loads((Path(__file__).parent / "listed.toml").read_text("utf-8"))
# what is changed -> the tests that should notice
PARTS = {
    "splits.py": ["tests/test_splits.py"],
    "interactions.py": ["tests/test_interactions.py"],
    "ranking/*": [
        "tests/ranking",
        "tests/models/test_neighbours.py",
        "tests/models/test_popular.py",
    ],
    "models/*": ["tests/models"],
    "metrics/*": ["tests/metrics"],
}
# each change is tried in a fork, which lacks the threads of its parent: it would wait for them
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
SETTINGS = """
[tool.mutmut]
source_paths = ["recsys_course/"]
only_mutate = ["recsys_course/{part}"]
also_copy = ["coursegrader", "conftest.py"]
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-p", "no:xdist", "-p", "no:nbval", "-p", "no:cacheprovider"]
track_dependencies = false
timeout_multiplier = 5.0
timeout_constant = 10.0
"""


def mutmut(folder, *args):
    command = [sys.executable, "-W", "ignore", "-m", "mutmut", *args]
    environ = os.environ | ONE_THREAD
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def changed(folder, name):
    """The lines that a change takes away and puts in, without their indents."""
    lines = mutmut(folder, "show", name).splitlines()
    sides = {sign: [line[1:].strip() for line in lines if line.startswith(sign)] for sign in "-+"}
    return " / ".join(" ".join(sides[sign][1:]) for sign in "-+")  # the first line names the file


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.skipif(sys.platform == "win32", reason="mutmut forks, and Windows can't")
@pytest.mark.parametrize("part", PARTS)
def test_no_change_goes_unnoticed(part, tmp_path):
    for name in ("recsys_course", "coursegrader", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "conftest.py", tmp_path)
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    docs = f"recsys_course/{part.removesuffix('/*')}"  # their examples are tests, too
    settings = SETTINGS.format(part=part, tests=[*PARTS[part], docs])
    (tmp_path / "pyproject.toml").write_text(project + settings, "utf-8")
    mutmut(tmp_path, "run", "--max-children", "2")
    told = mutmut(tmp_path, "results")  # what runs out of time has been noticed
    left = re.findall(r"^\s*(\S+): (?:survived|no tests)", told, re.MULTILINE)
    unnoticed = {changed(tmp_path, name) for name in left}
    known = [re.compile(pattern) for patterns in LISTED.values() for pattern in patterns]
    new = [each for each in unnoticed if not any(one.search(each) for one in known)]
    assert not new, "\n".join(sorted(new))
