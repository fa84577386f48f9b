"""No command sees a user's own settings, and none leaves other variables behind."""

import os
import subprocess
import sys

import pytest

from coursegrader.files import write

INSIDE = """
import os, sys
from recsys_course.cli import main
sys.argv = ["recsys-course", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize("command", [["data", "info"], ["data", "list"], ["report"]])
def test_another_projects_modules_are_not_imported(toy, command):
    for name in ("numpy", "pandas", "nbgrader", "rich", "matplotlib"):
        write(toy.root / "other" / f"{name}.py", "raise ImportError('of another project')")
    environ = os.environ | {"PYTHONPATH": str(toy.root / "other")}
    done = subprocess.run(
        [sys.executable, "-c", INSIDE, *command],
        cwd=toy.root,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "of another project" not in done.stderr
    assert done.returncode == (1 if command == ["report"] else 0)


def test_variables_are_as_they_were_when_a_command_ends(run, monkeypatch):
    monkeypatch.setenv("PYTHONSTARTUP", "mine.py")
    before = dict(os.environ)
    assert run("data", "list")[0] == 0
    assert dict(os.environ) == before


def test_notebooks_are_executed_without_settings_in_home(run, tmp_path, monkeypatch):
    from nbformat import v4, writes

    home = tmp_path / "home"
    write(home / ".ipython" / "profile_default" / "startup" / "mine.py", "x = 'mine'")
    write(home / ".config" / "matplotlib" / "matplotlibrc", "lines.linewidth: 9")
    for name in ("IPYTHONDIR", "MATPLOTLIBRC", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "nbgrader_config.py", "c = get_config()\n")
    source = "import matplotlib\n'x' in globals(), matplotlib.rcParams['lines.linewidth']"
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source, id="look")])
    path = tmp_path / "lessons" / "en" / "01_look.ipynb"
    write(path, writes(notebook))
    assert run("notebooks")[0] == 0
    assert '"(False, 1.5)"' in path.read_text(encoding="utf-8")
