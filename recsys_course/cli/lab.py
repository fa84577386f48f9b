"""The command ``recsys-course lab``: JupyterLab on the first lesson, with settings of its own."""

import json
import os
import sysconfig
from pathlib import Path
from urllib.parse import quote

import click

from coursegrader.cli.options import course_dir
from coursegrader.environment import clean
from coursegrader.files import CONFIG, write
from recsys_course.edition import LANGUAGES, VARIABLE, WORK, course_root, first_lesson, language
from recsys_course.errors import CourseError
from recsys_course.student.own_copies import renew

# what nbgrader adds to JupyterLab for instructors: in the browser, and in the server
IN_THE_BROWSER = ("course-list", "create-assignment", "formgrader")
IN_THE_SERVER = ("course_list", "formgrader")
# hints wrap between words, in a cell and in Validate's dialog; a locked cell looks locked; of an
# answer that is folded away JupyterLab would show the first line
STYLE = """\
.jp-OutputArea-output.jp-RenderedText pre, .jp-Dialog pre {
  white-space: pre-wrap;
  word-break: normal;
  overflow-wrap: anywhere;
}
.jp-Cell:has(.cm-content[aria-readonly="true"]) .jp-InputArea-editor {
  border-style: dashed;
}
.jp-CodeCell:has(.cm-content[aria-readonly="true"]) .jp-InputPrompt::after {
  content: "locked";
  display: block;
  font-size: 10px;
  line-height: 1;
}
.jp-OutputPlaceholder .jp-PlaceholderText {
  display: none;
}
.jp-OutputPlaceholder .jp-Placeholder-contentContainer::before {
  content: "folded: click to see";
  color: var(--jp-ui-font-color2);
}
"""


def _own_settings(folder: Path, instructor: bool) -> dict[str, str]:
    """Make JupyterLab's settings folder; return the variables for a server that uses it alone."""
    settings = folder / "settings"
    names = {f"@jupyter/nbgrader:{name}": not instructor for name in IN_THE_BROWSER}
    page = {"disabledExtensions": names}
    write(folder / "config" / "custom" / "custom.css", STYLE)
    servers = {f"nbgrader.server_extensions.{name}": instructor for name in IN_THE_SERVER}
    if instructor:  # formgrader's buttons then do what the commands do
        servers["coursegrader.server"] = True
    write(folder / "config" / "labconfig" / "page_config.json", json.dumps(page))
    server = {"ServerApp": {"jpserver_extensions": servers}}
    write(folder / "config" / "jupyter_server_config.json", json.dumps(server))
    news = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    if not news.exists():  # without it JupyterLab asks about news first, and then fetches them
        news.parent.mkdir(parents=True, exist_ok=True)
        news.write_text('{"fetchNews": "false"}\n', encoding="utf-8", newline="\n")
    return clean(folder) | {
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }


def _copy_to_work(root: Path) -> None:
    """Bring the copies of lessons and homework up to date; say what is the student's own."""
    theirs = {
        path.relative_to(root).as_posix(): path
        for part in ("lessons", "homework")
        for path in sorted((root / part).rglob("*"))
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }
    for taken in renew(theirs, root / WORK, root / ".course" / "work.json", missed=True):
        if taken.state == "yours":
            said = f"{WORK}/{taken.name} is yours and stays; the newer one is {taken.name}"
            click.echo(said, err=True)


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--lang",
    envvar=VARIABLE,
    help=f"Edition of the lessons and of the synthetic data: {', '.join(LANGUAGES)} "
    f"[default: {LANGUAGES[0]}, or the one there is].",
)
@course_dir
@click.argument("jupyter_options", nargs=-1, type=click.UNPROCESSED)
def lab(lang: str | None, course_dir: Path | None, jupyter_options: tuple[str, ...]) -> None:
    """Open JupyterLab on the first lesson, or on the notebooks of --course-dir.

    Lessons and homework are opened as copies in work/, which a newer course leaves alone. What is
    for instructors, Formgrader for example, is shown with --course-dir only.
    JUPYTER_OPTIONS go to JupyterLab as they are, for example --no-browser or --port=8890.
    """
    root = course_root() if course_dir is None else course_dir.resolve()
    if not (root / CONFIG).is_file():
        raise CourseError(f"{root}: not a course, it has no {CONFIG}; see recsys-course begin")
    has_lessons = (root / "lessons").is_dir()  # a course folder of one's own has none
    instructor = (root / "solutions").is_dir() and (course_dir is not None or not has_lessons)
    lesson = first_lesson(root, lang) if has_lessons or not instructor else None
    page = "/lab"
    if lesson is not None:
        _copy_to_work(root)
        page = f"/lab/tree/{WORK}/{quote(lesson.as_posix())}"
    edition = language(lang) if lesson is None else lesson.parent.name
    settings = _own_settings(root / ".course" / "lab", instructor)
    os.environ.update(settings | {VARIABLE: edition})
    # nbgrader calls `alembic` by name
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    os.chdir(root)  # where nbgrader looks for nbgrader_config.py

    options = [
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url={page}",
        "--LabApp.custom_css=True",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container one often is root. The server answers this machine only, with a token.
        options.append("--allow-root")

    from jupyterlab.labapp import LabApp  # heavy, and it reads the variables set above

    LabApp.launch_instance([*options, *jupyter_options])
