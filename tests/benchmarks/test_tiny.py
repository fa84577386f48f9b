"""Every benchmark still runs: on small data, one round, its figures not looked at."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
SLOW = {"grading", "neighbours", "top_factors"}
SCRIPTS = sorted(FOLDER.glob("*.py"))


@pytest.mark.parametrize(
    "script",
    [pytest.param(path, marks=[pytest.mark.long] * (path.stem in SLOW)) for path in SCRIPTS],
    ids=lambda path: path.stem,
)
def test_it_runs_to_its_end_and_prints_ratios(script):
    command = [sys.executable, "-W", "ignore", script, "--tiny", "--rounds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert "ratio" in done.stdout
    assert re.search(r"\b\d+\.\d\d\b", done.stdout)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_page_names_its_command(script):
    assert f"python benchmarks/{script.name}" in (FOLDER / "README.md").read_text("utf-8")
