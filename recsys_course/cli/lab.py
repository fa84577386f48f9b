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
from recsys_course.edition import LANGUAGES, VARIABLE, course_root, first_lesson, language
from recsys_course.errors import CourseError

# what nbgrader adds to JupyterLab for instructors: in the browser, and in the server
IN_THE_BROWSER = ("course-list", "create-assignment", "formgrader")
IN_THE_SERVER = ("course_list", "formgrader")


def _own_settings(folder: Path, instructor: bool) -> dict[str, str]:
    """Make JupyterLab's settings folder; return the variables for a server that uses it alone."""
    settings = folder / "settings"
    names = {f"@jupyter/nbgrader:{name}": not instructor for name in IN_THE_BROWSER}
    page = {"disabledExtensions": names}
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

    Where there are no solutions/ it shows what students need, and nothing for instructors.
    JUPYTER_OPTIONS go to JupyterLab as they are, for example --no-browser or --port=8890.
    """
    root = course_root() if course_dir is None else course_dir.resolve()
    if not (root / CONFIG).is_file():
        raise CourseError(f"{root}: not a course, it has no {CONFIG}; see recsys-course begin")
    instructor = (root / "solutions").is_dir()
    own = instructor and not (root / "lessons").is_dir()  # a course folder of one's own
    lesson = None if own else first_lesson(root, lang)
    page = "/lab" if lesson is None else f"/lab/tree/{quote(lesson.as_posix())}"
    edition = language(lang) if lesson is None else lesson.parent.name
    settings = _own_settings(root / ".course" / "lab", instructor)
    os.environ.update(settings | {VARIABLE: edition})
    # nbgrader calls `alembic` by name
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    os.chdir(root)  # where nbgrader looks for nbgrader_config.py

    options = [
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url={page}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container one often is root. The server answers this machine only, with a token.
        options.append("--allow-root")

    from jupyterlab.labapp import LabApp  # heavy, and it reads the variables set above

    LabApp.launch_instance([*options, *jupyter_options])
