"""Cells in a kernel of the grader's own, without a course around them."""

from nbformat.v4 import new_code_cell, new_notebook

from coursegrader.run.executor import Execute
from tests.conftest import nbgrader_cell


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
