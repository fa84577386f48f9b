"""What a class costs to grade: with new processes, with forked kernels, and in each sandbox.

    python benchmarks/grading.py [--students 20] [--rounds 3]

Everybody hands in the reference of the homework on neighbours. Each measurement grades the class
once more, in a process of its own; contenders take turns. Wall seconds are compared, since the CPU
of a forked kernel is in nobody's accounts: run it on an idle machine.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = "nbgrader", "ipykernel", "implicit"
#: What the course's configuration says for each contender.
KERNELS = {
    "new processes": {"sandbox": "none", "fork": False},
    "forked": {"sandbox": "none"},
    "forked, in bubblewrap": {"sandbox": "bwrap"},
    "forked, in Landlock": {"sandbox": "landlock"},
}
GRADE = "from coursegrader.cli import main; main(['grade', '--force'])"


def prepare(folder: Path, assignment: str, students: int) -> None:
    """Make a course in which a class has handed in the reference."""
    from coursegrader.course.bank import PERFECT, filled_in
    from coursegrader.course.notebook import to_text
    from coursegrader.course.release import release
    from coursegrader.course.root import find
    from coursegrader.files import write
    from coursegrader.intake.submission import Submission

    checkout = find(ROOT)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    source = checkout.source(assignment).parent
    shutil.copytree(source, folder / source.relative_to(ROOT))
    course = find(folder)
    release(course, assignment)
    notebook = to_text(filled_in(course, assignment, PERFECT))
    for number in range(students):
        write(Submission(course, assignment, f"student-{number}").submitted, notebook)


def measure(folder: Path, options: dict[str, object]) -> float:
    """Grade everybody; return the wall seconds."""
    config = folder / "nbgrader_config.py"
    plain = config.read_text("utf-8")
    said = "".join(f"c.Execute.{name} = {value!r}\n" for name, value in options.items())
    config.write_text(f"{plain}\n{said}", "utf-8")
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", GRADE], cwd=folder, check=True, capture_output=True)
    seconds = time.perf_counter() - started
    config.write_text(plain, "utf-8")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tiny", action="store_true", help="one student, to see that it runs")
    options = parser.parse_args()
    students = 1 if options.tiny else options.students
    print(f"machine   {platform.machine()}, {os.cpu_count()} CPUs, {platform.system()}")
    print("versions ", ", ".join(f"{name} {version(name)}" for name in PACKAGES))
    print(f"command   python {' '.join(sys.argv)}   ({options.rounds} rounds, medians)\n")
    print("| kernels | s for the class | s for each | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        prepare(Path(name), "start_here" if options.tiny else "knn", students)
        taken: dict[str, list[float]] = {kind: [] for kind in KERNELS}
        for _ in range(options.rounds):
            for kind, seconds in taken.items():
                seconds.append(measure(Path(name), KERNELS[kind]))
    median = {kind: statistics.median(seconds) for kind, seconds in taken.items()}
    for kind, seconds in median.items():
        each, ratio = seconds / students, seconds / median["new processes"]
        print(f"| {kind} | {seconds:.1f} | {each:.2f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
