"""Light packages stay light: heavy libraries load when they are first used."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIGHT = ["data", "interactions", "splits", "models", "metrics"]
SCRIPT = """
import sys
from importlib import import_module
for name in sys.argv[1:]:
    import_module(name)
    print(name, *sorted(sys.modules))
"""


def test_importing_does_not_load_heavy_libraries():
    modules = ["recsys_course", *(f"recsys_course.{name}" for name in LIGHT)]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *modules],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [module for module, *_ in lines] == modules
    for module, *loaded in lines:
        heavy = {"implicit", "sklearn", "matplotlib", "IPython", "nbgrader"}
        found = heavy & {name.partition(".")[0] for name in loaded}
        assert not found, f"{module} loads {found}"
