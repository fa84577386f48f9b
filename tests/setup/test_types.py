"""What is said of types is true."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRONG = """
def untyped(number):
    return number


count: int = "three"
size: int = 3  # pyrefly: ignore[bad-assignment]
"""


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "pyrefly", "check"),
            *("--python-interpreter-path", sys.executable, "--output-format", "min-text"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_pyrefly_finds_nothing():
    done = checked(ROOT)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_pyrefly_finds_what_is_wrong_in_a_package(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("recsys_course", "coursegrader"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "wrong.py").write_text(WRONG, "utf-8")
    done = checked(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    for package in ("recsys_course", "coursegrader"):
        lines = [line for line in done.stdout.splitlines() if package in line]
        assert {line.rpartition("[")[2] for line in lines} == {
            "implicit-any-parameter]",
            "unannotated-return]",
            "bad-assignment]",
            "unused-ignore]",
        }
