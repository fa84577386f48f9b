"""The course root for nbgrader's own commands, formgrader and ``recsys-course``.

solutions/<lang> -> homework/<lang> -> submitted/ -> autograded/ -> feedback/
"""

import os
from pathlib import Path

c = get_config()  # noqa: F821  (traitlets gives this name to configuration files)

root = Path(__file__).resolve().parent
language = os.environ.get("RECSYS_COURSE_LANG", "en")

c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "recsys-course"
# "/" on Windows too: nbgrader puts these names into regular expressions
c.CourseDirectory.source_directory = f"solutions/{language}"
c.CourseDirectory.release_directory = f"homework/{language}"
c.CourseGrader.bank = "bank"  # made-up submissions, for the tests and for ``recsys-course demo``
# what a test may end in besides an assert: expect and check_... of these modules
c.CourseGrader.checks = ["recsys_course.homework"]

# nothing of the course lies in a home folder or in /usr/local; nbgrader asks that the folder exists
exchange = root / ".course" / "exchange"
exchange.mkdir(parents=True, exist_ok=True)
c.Exchange.root = str(exchange)
c.Exchange.cache = str(root / ".course" / "cache")

# nbgrader's own steps, but for the first: what was handed in is put into the release
c.Autograde.sanitize_preprocessors = [
    "coursegrader.intake.sanitise.Canonical",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# nbgrader's own steps, but for the first: so its commands and formgrader's button, too, run
# student code as c.CourseGrader.executor does
c.Autograde.autograde_preprocessors = [
    "coursegrader.run.executor.Execute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Execute.timeout = 60  # seconds per cell
c.Execute.variables = ["RECSYS_COURSE_*"]  # what student code sees in its sandbox besides language
c.Execute.shutdown_kernel = "immediate"  # saves half a second per submission
c.Execute.extra_arguments = ["--log-level=ERROR"]  # quiet about its own transport

# nbgrader's own page for students shows hidden tests; "recsys-course feedback" writes this one
c.GenerateFeedback.exporter_class = "coursegrader.report.page.Page"
c.GenerateFeedback.preprocessors = []
c.ExchangeFactory.release_feedback = "coursegrader.report.exchange.ReleaseFeedback"

# what a student wrote or displayed must not run in formgrader; beside it stands the model answer
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {"clean_html": "coursegrader.report.html.clean"}  # it keeps tables
c.HTMLExporter.preprocessors = ["coursegrader.report.for_graders.ForGraders"]
