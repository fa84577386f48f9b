"""README and docs name only commands, options and files that exist."""

import re
from pathlib import Path

import click
import pytest

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
