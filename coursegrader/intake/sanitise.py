"""The same repairs for nbgrader's own command and formgrader's button, of what they can read."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from coursegrader.course.gradebook import release_digest
from coursegrader.course.present import present
from coursegrader.course.root import of_nbgrader
from coursegrader.intake.canonical import rebuild
from coursegrader.intake.reading import read_notebook


class Canonical(NbGraderPreprocessor):
    """Put a submitted notebook into the release, before nbgrader looks at it.

    One line in ``nbgrader_config.py`` has ``nbgrader autograde`` do so:
    ``c.Autograde.sanitize_preprocessors = ["coursegrader.intake.sanitise.Canonical", ...]``.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Rebuild a notebook; see nbconvert for the parameters."""
        told = resources["nbgrader"]
        course = of_nbgrader(self.config)
        if release_digest(course, told["assignment"]) is None:
            return nb, resources
        released = present(course, told["assignment"]).notebook(told["notebook"])
        if released is None:
            return nb, resources
        notebook, records = rebuild(released, read_notebook(nb))
        for each in records:
            self.log.warning("%s: %s", told["student"], each)
        return notebook, resources
