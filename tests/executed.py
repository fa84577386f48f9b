"""Cells in a kernel of the grader's own, and what is said of how student code is kept."""

from nbformat.v4 import new_code_cell, new_notebook

from coursegrader.run.executor import Execute
from coursegrader.sandbox import bwrap, landlock
from tests.conftest import nbgrader_cell

#: What grading says first on this machine, on one line.
ISOLATED = (
    "Student code is not isolated: it runs on this machine with your rights. "
    "Grade only code that you trust.\n"
    if bwrap.trouble() and landlock.trouble()
    else f"Student code runs in a sandbox ({'Landlock' if bwrap.trouble() else 'bubblewrap'}), "
    "without your files, rights and network. "
    "It can still read and outwit the tests, which run in the same process.\n"
)
#: Cells that take what there is, and no more than a test can bear where nothing stops them.
FORKS = """import os, time
count = 0
try:
    for _ in range(1000):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        count += 1
except OSError as error:
    print(count, error)"""
MEMORY = """import os, time
for _ in range(5):
    if os.fork() == 0:
        kept = b"x" * 200_000_000
        time.sleep(60)
        os._exit(0)
time.sleep(30)"""


def executed(tmp_path, *sources, locked="import numpy", test=False, kernel="python3", **options):
    """The outputs of each cell; the locked cell with the imports comes last."""
    cells = [new_code_cell(source) for source in sources]
    cells.append(nbgrader_cell("imports", locked, grade=test, points=1 if test else None))
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel}
    execute = Execute(**{"shutdown_kernel": "immediate", "timeout": 20} | options)
    execute.extra_arguments = ["--log-level=ERROR"]
    done, _ = execute.preprocess(notebook, {"metadata": {"path": str(tmp_path)}})
    return [cell.outputs for cell in done.cells[:-1]]


def shown(tmp_path, *sources, **options):
    """What each cell has shown last, as text."""
    outputs = [each[-1] if each else {} for each in executed(tmp_path, *sources, **options)]
    return [
        each.get("evalue") or each.get("text") or "".join(each.get("data", ""))
        if each.get("output_type") != "execute_result"
        else each.data["text/plain"]
        for each in outputs
    ]
