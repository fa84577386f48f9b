"""Feedback handed out through nbgrader's exchange; one student's files can't stop the others."""

from fnmatch import fnmatchcase
from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.utils import notebook_hash

from coursegrader.course.root import of_nbgrader
from coursegrader.files import write
from coursegrader.report.page import OF_THE_EXCHANGE

SECRET = OF_THE_EXCHANGE[1]


class ReleaseFeedback(ExchangeReleaseFeedback):
    """Copy pages to the exchange: ``c.ExchangeFactory.release_feedback`` makes nbgrader use it.

    nbgrader's own stops at the first student who did not hand in through the exchange, and hands
    out whatever HTML student code has left beside a notebook.
    """

    def copy_files(self) -> None:
        """Copy the pages of those who handed in through the exchange, and name the others."""
        course = of_nbgrader(self.config, self.coursedir.root)
        assignment = self.coursedir.assignment_id
        base = course.root / self.coursedir.feedback_directory
        for student in sorted(each.name for each in base.glob("*") if self._is_meant(each.name)):
            folder = course.folder("feedback_directory", assignment, student)
            pages = [folder / f"{name}.html" for name in course.notebooks(assignment)]
            pages = [page for page in pages if page.is_file()]
            if pages and not (folder / SECRET).is_file():
                named = ", ".join(map(course.shown, pages))
                self.log.warning("%s did not hand in through the exchange; give %s", student, named)
                continue
            for page in pages:
                secret = (folder / SECRET).read_text("utf-8")
                name = notebook_hash(secret=secret, notebook_id=page.stem)
                write(Path(self.dest_path) / f"{name}.html", page.read_bytes())
                self.log.info("Feedback released to %s: %s", student, course.shown(page))

    def _is_meant(self, student: str) -> bool:
        wanted = self.coursedir.student_id or "*"
        left_out = (self.coursedir.student_id_exclude or "").split(",")
        return fnmatchcase(student, wanted) and student not in left_out
