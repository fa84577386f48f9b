"""Formgrader: what is on a submission's page, and what its buttons do."""

import re
from html import unescape
from types import SimpleNamespace

import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_output
from nbgrader.server_extensions.formgrader import base, handlers

from coursegrader import server
from coursegrader.course.gradebook import opened
from coursegrader.course.notebook import read, to_text
from coursegrader.files import write
from coursegrader.intake.submission import Submission
from coursegrader.report.page import page
from coursegrader.run.one import grade
from tests.released import release

ANSWER = """*Mine* <script>steal()</script><img src="x" onerror="steal()">

```python
if a < b:

    [x](javascript:steal())
```
$x^2$"""


@pytest.fixture
def course(toy, quick):
    return quick(toy.root)


def shown(course, path):
    """A page as formgrader makes it; see its formgrader.py."""
    config = course.config.copy()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    known = {"assignment_id": "sums", "notebook_id": "sums", "submission_id": "1", "student": "ann"}
    known |= {"index": 0, "total": 1, "base_url": "", "notebook_path": "", "last_name": None}
    return HTMLExporter(config=config).from_filename(
        str(path), resources=known | {"first_name": None}
    )[0]


def test_the_model_answer_stands_beside_what_a_person_marks(course, hand_in):
    release(course, "sums")
    hand_in(course, "ann", explain=ANSWER)
    submission = Submission(course, "sums", "ann")
    grade(submission)
    notebook = read(submission.autograded)
    table = "<table><thead><tr><th>n</th></tr></thead></table><style>p{}</style>"
    notebook.cells[2].outputs = [
        new_output("display_data", data={"text/html": f"{table}<script>steal()</script>"}),
        new_output("display_data", data={"application/javascript": "steal()"}),
    ]
    write(submission.autograded, to_text(notebook))
    made = shown(course, submission.autograded)
    assert made.count("Model answer") == 1  # of code that tests look at there is none
    assert made.index("<em>Mine</em>") < made.index("Model answer")
    assert "Because." in made.partition("Model answer")[2]
    body = made[made.index('id="notebook-container"') :]
    assert "steal" not in re.sub(r"<pre>.*?</pre>", "", body, flags=re.DOTALL)
    assert not re.search(r"<script|<style|onerror|href=.javascript", body)
    assert "<th>n</th>" in body
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in body
    text = unescape(re.sub(r"<[^>]*>", "", body))
    assert "if a < b:\n\n    [x](javascript:steal())" in text
    assert "Model answer" not in page(submission, "sums")  # nor does the student read it


def test_a_source_that_is_being_worked_on_has_no_answers(course, hand_in):
    release(course, "sums")
    hand_in(course, "ann")
    submission = Submission(course, "sums", "ann")
    grade(submission)
    write(course.source("sums"), "{")
    assert "Model answer" not in shown(course, submission.autograded)


@pytest.fixture
def buttons(toy, monkeypatch):
    monkeypatch.setattr(base, "NbGraderAPI", base.NbGraderAPI)  # it is put back at the end
    server._load_jupyter_server_extension(SimpleNamespace())
    return base.NbGraderAPI(toy.directory())


def test_autograde_is_the_command_grade(toy, hand_in, buttons):
    release(toy, "sums")
    write(Submission(toy, "sums", "ann").submitted, "{")
    refused = buttons.autograde("sums", "ann")
    assert not refused["success"]
    assert "not JSON" in refused["log"]
    with opened(toy) as gradebook:  # and nothing is a green 0
        (notebook,) = gradebook.find_submission("sums", "ann").notebooks
        assert notebook.needs_manual_grade
        assert {mark.auto_score for mark in notebook.grades} == {None}


def test_generate_is_the_command_release(toy, buttons):
    source = toy.source("sums")
    write(source, source.read_text("utf-8").replace("two and three make five", "of", 1))
    write(source, source.read_text("utf-8").replace("assert add(2, 3) == 5", "assert True", 1))
    refused = buttons.generate_assignment("sums")
    assert not refused["success"]
    assert "[test-always-true]" in refused["log"]
    assert not toy.release("sums").exists()


def test_the_extension_is_found_by_its_name():
    assert server._jupyter_server_extension_points() == [{"module": "coursegrader.server"}]
