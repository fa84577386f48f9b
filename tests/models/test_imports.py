"""Light packages stay light: heavy libraries load when they are first used."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "module",
    [
        "recsys_course",
        "recsys_course.data",
        "recsys_course.interactions",
        "recsys_course.splits",
        "recsys_course.models",
        "recsys_course.metrics",
    ],
)
def test_importing_does_not_load_heavy_libraries(module):
    script = f"import sys, {module}; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "recsys_course" in loaded
    assert not loaded & {"implicit", "sklearn", "matplotlib", "IPython", "nbgrader"}
