"""A release put to the proof: the reference solution gets all points, the untouched stub none."""

import hashlib
import importlib.util
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nbformat import NotebookNode
from nbgrader import preprocessors, utils
from traitlets.utils.importstring import import_item

from coursegrader.course.lint import Trouble
from coursegrader.course.notebook import name_of, read
from coursegrader.course.release import generate
from coursegrader.course.root import Course
from coursegrader.errors import one_line
from coursegrader.files import CONFIG, fingerprint, write
from coursegrader.run.reasons import LOST, why

# what nbgrader's conversion leaves in for each of the two, beside what students get
_KEEPS = {
    "reference": (preprocessors.ClearSolutions, preprocessors.ClearHiddenTests),
    "stub": (preprocessors.ClearHiddenTests,),
}


def proof(course: Course, assignment: str) -> list[Trouble]:
    """Run the reference solution and the stub of an assignment, hidden tests and all.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        A name from ``course.assignments()``, without troubles that refuse a release.

    Returns
    -------
    list of Trouble
        Empty if the reference solution gets full points for every test, the stub none for any,
        and no cell of the reference stops with an error; that is not tried again until source,
        configuration or the code of the checks have changed.

    Raises
    ------
    UserError
        If nbgrader can't convert the source.
    """
    source = course.folder("source_directory", assignment)
    done, state = course.state / "proved" / assignment, _state(course, source)
    if done.is_file() and done.read_text(encoding="utf-8") == state:
        return []
    course.state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=course.state) as folder:
        runs = []
        for kind, keeps in _KEEPS.items():
            made = generate(course, assignment, Path(folder) / kind, keeps=keeps)
            runs += [(kind, path) for path in sorted(made.glob("*.ipynb"))]
        with ThreadPoolExecutor(2) as pool:  # most of it is waiting for kernels
            found = list(pool.map(lambda run: list(_troubles(course, *run)), runs))
    troubles = [
        trouble.inside(course.shown(source / path.name))
        for (_, path), each in zip(runs, found, strict=True)
        for trouble in each
    ]
    if not troubles:
        write(done, state)
    return troubles


def _state(course: Course, source: Path) -> str:
    """Hash what the outcome hangs on: source, configuration, the code of the checks."""
    digest = hashlib.sha256(fingerprint(source).encode())
    digest.update((course.root / CONFIG).read_bytes())
    for name in course.options.checks:
        spec = importlib.util.find_spec(name.partition(".")[0])
        if spec and spec.origin:
            digest.update(fingerprint(Path(spec.origin).parent, "*.py").encode())
    return digest.hexdigest()


def _troubles(course: Course, kind: str, path: Path) -> Iterator[Trouble]:
    notebook = read(path)
    executor = import_item(course.options.executor)(config=course.config)
    if executor.has_trait("sandbox") and executor.sandbox == "auto":
        executor.sandbox = "if there"  # the instructor's own code
    try:
        notebook, _ = executor.preprocess(notebook, {"metadata": {"path": str(path.parent)}})
    except Exception as error:  # a dead kernel, or none of that name
        if kind == "reference":
            said = one_line(f"{type(error).__name__}: {error}")
            yield Trouble("", "reference-fails", f"the reference solution can't be run ({said})")
        return
    for number, cell in enumerate(notebook.cells):
        where = name_of(cell, number)
        if utils.is_grade(cell) and not utils.is_solution(cell):
            yield from _verdict(kind, where, cell)
        elif kind == "reference" and any(name in _error(cell) for name in LOST):
            yield Trouble(
                where, "reference-fails", f"the reference solution can't be run: {why(cell)}"
            )
        elif kind == "reference" and _error(cell) and "raises-exception" not in _tags(cell):
            said = f"it stops with {_error(cell)}; mend it, or tag it raises-exception"
            yield Trouble(where, "given-stops", said)


def _verdict(kind: str, where: str, cell: NotebookNode) -> Iterator[Trouble]:
    """Compare what a test gave with what it should give."""
    try:
        points, most = utils.determine_grade(cell)
    except ValueError as error:  # more than there are
        yield Trouble(where, f"{kind}-fails", f"nbgrader can't score it: {one_line(str(error))}")
        return
    if kind == "reference" and points is not None and points < most:
        said = f"the reference solution gets {points:g} of {most:g} points: {why(cell)}"
        yield Trouble(where, "reference-fails", said)
    if kind == "stub" and points:
        said = f"the untouched release gets {points:g} of {most:g} points; let the test ask for"
        yield Trouble(where, "stub-earns", f"{said} something that isn't there yet")


def _error(cell: NotebookNode) -> str:
    errors = [each for each in cell.get("outputs", []) if each.output_type == "error"]
    return one_line(f"{errors[0].ename}: {errors[0].evalue}", 200).rstrip(": ") if errors else ""


def _tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))
