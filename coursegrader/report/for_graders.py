"""A submission as formgrader shows it: beside what a person marks the answer, and nothing runs."""

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import List

from coursegrader.course.lint.marks import marks
from coursegrader.course.notebook import read
from coursegrader.course.root import Course, of_nbgrader
from coursegrader.errors import UserError
from coursegrader.report import html

PANEL = (
    '<div class="panel panel-info"><div class="panel-heading">Model answer</div>'
    '<div class="panel-body">{}</div></div>'
)


class ForGraders(NbGraderPreprocessor):
    """Prepare a notebook for formgrader: ``c.HTMLExporter.preprocessors`` makes nbgrader use it.

    nbgrader's own page lets a script in a student's text run, with the rights of who reads it.
    """

    display_data_priority: Any = List().tag(config=True)  # what exporters tell each of their steps

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Clean what students wrote, and add the answers; see nbconvert for the parameters."""
        if "submission_id" not in resources:  # not formgrader's page of a submission
            return nb, resources
        course, assignment = of_nbgrader(self.config), resources["assignment_id"]
        answers = _answers(course, assignment, resources["notebook_id"])
        pictures = course.folder("release_directory", assignment)
        cells = []
        for cell in nb.cells:
            if cell.cell_type == "markdown":
                made = html.markdown(cell.source, cell.get("attachments"), pictures)
                cell.source = _as_markdown(made)
            cells.append(cell)
            answer = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
            if answer:
                cells.append(new_markdown_cell(_as_markdown(PANEL.format(answer))))
        nb.cells = cells
        return nb, resources


def _as_markdown(made: str) -> str:
    """Write HTML so that Markdown leaves all of it as it is: one block, on one line."""
    return f"<div>{made.strip()}</div>".replace("\n", "&#10;")


def _answers(course: Course, assignment: str, notebook: str) -> dict[str, str]:
    """Read what the source answers to questions that a person marks, as HTML, by their names."""
    try:
        cells = read(course.source(assignment, notebook)).cells
    except UserError:  # it is being worked on
        return {}
    region = marks(course.config)["solution"]
    found = {}
    for cell in cells:
        if utils.is_solution(cell) and utils.is_grade(cell):
            lines = [
                line
                for line in cell.source.splitlines()
                if not any(mark in line for mark in region)
            ]
            text = "\n".join(lines)
            made = html.markdown(text) if cell.cell_type == "markdown" else html.code(text)
            found[cell.metadata.nbgrader.grade_id] = made
    return found
