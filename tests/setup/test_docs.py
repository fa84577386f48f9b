"""README and docs name only commands, options and files that exist."""

import json
import re
import tomllib
from pathlib import Path

import click
import pytest

from coursegrader.intake.records import SENTENCES
from recsys_course.cli.program import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


def code(page):
    """The page's code: lines of fenced blocks, and what stands between backticks."""
    text = page.read_text("utf-8")
    fenced = re.findall(r"(?ms)^```\w*\n(.*?)^```", text)
    inline = re.findall(r"`([^`]+)`", re.sub(r"(?ms)^```.*?^```", "", text))
    lines = "\n".join(fenced).replace("\\\n", " ").splitlines()
    return lines + [" ".join(span.split()) for span in inline]


def calls(page):
    """Each call of the course's command on the page: its name and its options."""
    pattern = r"(?:course\.py|recsys-course) (?!recsys-course)([a-z]+)((?: [^\s#]+)*)"
    for line in code(page):
        for name, rest in re.findall(pattern, line):
            yield name, re.findall(r"--[a-z-]+", rest)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_command_and_option_exists(page):
    found = list(calls(page))
    assert found or page.stem == "reference"  # it is about Python alone
    for name, options in found:
        assert name in {*COMMANDS, "test"}
        if name not in {"lab", "test"}:  # what follows these goes on to JupyterLab or pytest
            known = {
                option
                for parameter in cli.get_command(click.Context(cli), name).params
                for option in parameter.opts
            }
            assert set(options) <= known, f"{name} {options}"


def test_the_readme_starts_with_the_two_commands():
    first = re.search(r"(?ms)^```bash\n(.*?)^```", PAGES[0].read_text("utf-8"))[1]
    assert [line.split("#")[0].strip() for line in first.splitlines()] == [
        "python3 course.py lab",
        "python3 course.py test",
    ]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_link_and_notebook_exists(page):
    text = page.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (page.parent / target).exists(), target
    for notebook in re.findall(r"\b(?:lessons|homework|solutions)/[\w/]+\.ipynb", text):
        assert (ROOT / notebook).exists(), notebook


def test_ci_runs_the_readmes_test_command():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert 'exec "$python" course.py test\n' in script


ROW = re.compile(r"(?m)^\| [^|]+ \| `((?:lessons|homework)/\S+)` \| ([^|]*?) ?\| ")


def cells_of(name):
    return json.loads((ROOT / name).read_text("utf-8"))["cells"]


def test_the_readme_tells_how_long_each_notebook_takes_as_the_notebook_does():
    rows = dict(ROW.findall(PAGES[0].read_text("utf-8")))
    there = {
        path.relative_to(ROOT).as_posix()
        for path in [*ROOT.glob("lessons/en/*.ipynb"), *ROOT.glob("homework/en/*/*.ipynb")]
    }
    assert set(rows) == there
    for name, takes in rows.items():
        said = re.search(r"takes about (.*?)(?: to read)?\.", "".join(cells_of(name)[0]["source"]))
        assert takes == (said[1] if said else ""), name


def test_the_figures_on_the_readmes_front_are_counted():
    front = PAGES[0].read_text("utf-8").partition("\n## ")[0]
    lessons = list(ROOT.glob("lessons/en/[0-9]*.ipynb"))
    pages = [*lessons, *ROOT.glob("lessons/en/extra*.ipynb")]
    quizzes = (ROOT / "recsys_course" / "quiz" / "en").glob("*.toml")
    counted = {
        "lessons": len(lessons),
        "exercises": sum(
            cell["cell_type"] == "code" and cell["id"].startswith("turn-")
            for page in pages
            for cell in cells_of(page.relative_to(ROOT))
        ),
        "quiz questions": sum(file.read_text("utf-8").count("[[question]]") for file in quizzes),
        "homeworks": len(list(ROOT.glob("homework/en/*/"))),
    }
    for what, count in counted.items():
        assert f"`{count} {what}`" in front
    assert front.count("41 exercises") == 2  # in a sentence, too
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.15"
    assert "`Python 3.11 to 3.14`" in front
    assert f"`{project['license']} licence`" in front


def test_the_instructors_page_has_every_repair_in_its_words():
    page = (ROOT / "docs" / "instructor.md").read_text("utf-8")
    section = page.partition("### What happens to odd submissions")[2].partition("\n### ")[0]
    told = {code: said.replace("{", "<").replace("}", ">") for code, said in SENTENCES.items()}
    assert dict(re.findall(r"(?m)^\| `([a-z-]+)` \| (.+) \|$", section)) == told
