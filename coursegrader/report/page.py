"""A student's feedback as one HTML file, for nbgrader's converter and for the grader's own."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from coursegrader.course.root import of_nbgrader
from coursegrader.errors import UserError
from coursegrader.files import write
from coursegrader.intake.submission import Submission
from coursegrader.report import html
from coursegrader.report.feedback import Feedback, feedback

# beside a page, nbgrader's release_feedback needs to know which submission it belongs to
OF_THE_EXCHANGE = ("timestamp.txt", "submission_secret.txt")


class Page(Exporter):
    """Write a student's feedback: ``c.GenerateFeedback.exporter_class`` makes nbgrader use it.

    nbgrader's own page shows hidden tests, and lets what a student displayed run.
    """

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Write the page of an executed notebook; see nbconvert for the parameters."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        known = resources["nbgrader"]
        submission = Submission(of_nbgrader(self.config), known["assignment"], known["student"])
        return page(submission, known["notebook"]), resources


def give_back(submission: Submission) -> list[Path]:
    """Write the pages of a submission to the course's feedback folder, each whole or not at all.

    Parameters
    ----------
    submission : Submission
        One that was graded.

    Returns
    -------
    list of Path
        A page for each notebook that was executed.

    Raises
    ------
    UserError
        If it was not graded.
    """
    course, whose = submission.course, (submission.assignment, submission.student)
    folder = course.folder("feedback_directory", *whose)
    written = []
    for notebook in submission.notebooks:
        if (submission.executed_in / f"{notebook}.ipynb").is_file():
            written.append(folder / f"{notebook}.html")
            write(written[-1], page(submission, notebook))
    if not written:
        raise UserError(f"{submission}: not graded yet; run grade")
    for name in OF_THE_EXCHANGE:
        if (submission.executed_in / name).is_file():
            write(folder / name, (submission.executed_in / name).read_bytes())
    return written


def page(submission: Submission, notebook: str) -> str:
    """Write what a student gets back of one notebook.

    Parameters
    ----------
    submission : Submission
        One that was graded.
    notebook : str
        The name of one of its notebooks.

    Returns
    -------
    str
        HTML without scripts, whole in itself.

    Raises
    ------
    UserError
        If it was not graded.
    """
    pictures = submission.course.folder("release_directory", submission.assignment)
    return render(feedback(submission, notebook), pictures)


def render(given: Feedback, pictures: Path | None = None) -> str:
    """Write a page; see `page`.

    Parameters
    ----------
    given : Feedback
        What is on it.
    pictures : Path, optional
        The folder of the pictures in the assignment's text.

    Returns
    -------
    str
        HTML.
    """
    return _template().render(feedback=given, html=html, pictures=pictures)


@lru_cache(1)
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("coursegrader.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")
