"""``recsys-course lab``: which notebook it opens, with which settings, from a HOME in disorder."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from recsys_course.cli import main
from recsys_course.edition import course_root

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path):
    """A course with two lessons in English and one in Russian."""
    course = tmp_path / "my курс"
    for name in ("en/03_latent_factors", "en/02_knn", "ru/02_knn"):
        path = course / "lessons" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "utf-8"
        )
    (course / "nbgrader_config.py").touch()
    return course


@pytest.fixture
def started(folder, monkeypatch):
    """Call the command from the course; return what JupyterLab would get, starting none."""
    from jupyterlab.labapp import LabApp

    def start(*arguments):
        got = {}

        def launch(argv):
            got.update(argv=argv, cwd=Path.cwd(), environ=dict(os.environ))

        monkeypatch.setattr(LabApp, "launch_instance", launch)
        with pytest.raises(SystemExit) as end:
            main(["lab", *arguments])
        got["status"] = end.value.code
        return got

    monkeypatch.chdir(folder)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    os.environ.pop("RECSYS_COURSE_LANG", None)
    return start


def test_it_opens_the_first_lesson_and_passes_options_on(folder, started):
    got = started("--no-browser", "--port=8899")
    assert got["status"] == 0
    assert got["cwd"] == folder
    assert f"--ServerApp.root_dir={folder}" in got["argv"]
    assert "--LabApp.default_url=/lab/tree/work/lessons/en/02_knn.ipynb" in got["argv"]
    assert got["argv"][-2:] == ["--no-browser", "--port=8899"]
    assert got["environ"]["RECSYS_COURSE_LANG"] == "en"


def test_it_finds_the_course_from_a_folder_inside(folder, started, monkeypatch):
    monkeypatch.chdir(folder / "lessons" / "ru")
    assert started()["cwd"] == folder


def test_outside_any_course_it_is_the_one_the_package_lies_in(tmp_path):
    assert course_root(tmp_path) == ROOT


def test_the_edition_is_chosen_by_option_or_variable(started):
    by_option = started("--lang", "ru")
    assert "--LabApp.default_url=/lab/tree/work/lessons/ru/02_knn.ipynb" in by_option["argv"]
    os.environ["RECSYS_COURSE_LANG"] = "ru"
    assert started()["argv"] == by_option["argv"]


def test_an_edition_that_is_not_there_is_one_line(started, capsys):
    assert started("--lang", "de")["status"] == 1
    assert capsys.readouterr().err == (
        "recsys-course: --lang de: no such edition of the lessons; there is: en, ru\n"
    )


def test_no_news_are_fetched_unless_the_user_wants_them(folder, started):
    environ = started()["environ"]
    settings = Path(environ["JUPYTERLAB_SETTINGS_DIR"])
    assert settings.is_relative_to(folder / ".course")
    news = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    assert json.loads(news.read_text("utf-8")) == {"fetchNews": "false"}
    news.write_text('{"fetchNews": "true"}', "utf-8")
    started()
    assert json.loads(news.read_text("utf-8")) == {"fetchNews": "true"}


def test_a_real_server_answers_whatever_lies_in_home(folder, tmp_path):
    home = tmp_path / "home"
    for config in (".jupyter/jupyter_server_config.py", ".jupyter/nbgrader_config.py"):
        (home / config).parent.mkdir(parents=True, exist_ok=True)
        (home / config).write_text("raise SystemExit('another course')\n", "utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    environ.update(HOME=str(home), USERPROFILE=str(home), PYTHONSTARTUP="gone.py")
    code = "from recsys_course.cli import main; main()"
    command = [sys.executable, "-c", code, "lab", "--no-browser", f"--port={port}"]
    with open(tmp_path / "log", "w", encoding="utf-8") as log:
        server = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)
    try:
        info = server_info(folder / ".course" / "lab" / "runtime", server, tmp_path / "log")
        assert fetch(info, "api/contents/work/lessons/en")["content"][0]["type"] == "notebook"
        extensions = fetch(info, "lab/api/extensions")
        enabled = {entry["name"] for entry in extensions if entry["enabled"]}
        assert "jupyter-nbgrader" in enabled  # Validate, formgrader
        fetch(info, "api/shutdown", method="POST")
        assert server.wait(timeout=30) == 0
    finally:
        server.kill()
        server.wait()


def server_info(runtime, server, log):
    """Wait for the file in which a running server leaves its address and token."""
    while True:
        for path in runtime.glob("jpserver-*.json"):
            try:
                info = json.loads(path.read_text("utf-8"))
                fetch(info, "api")
                return info
            except (OSError, json.JSONDecodeError):
                pass  # it is being written, or the server does not listen yet
        assert server.poll() is None, log.read_text("utf-8")
        time.sleep(0.1)


def fetch(info, path, method="GET"):
    request = urllib.request.Request(
        info["url"] + path, method=method, headers={"Authorization": "token " + info["token"]}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read()
    return json.loads(body) if body else None


def shown(folder):
    config = folder / ".course" / "lab" / "config"
    page = json.loads((config / "labconfig" / "page_config.json").read_text("utf-8"))
    server = json.loads((config / "jupyter_server_config.json").read_text("utf-8"))
    return page["disabledExtensions"], server["ServerApp"]["jpserver_extensions"]


def test_instructors_have_their_tools_and_students_have_not(folder, started):
    started()
    hidden, served = shown(folder)
    assert hidden["@jupyter/nbgrader:create-assignment"]
    assert not served["nbgrader.server_extensions.formgrader"]
    assert "coursegrader.server" not in served  # which students' packages don't hold
    (folder / "solutions").mkdir()  # as in a checkout, in which students work, too
    started()
    assert shown(folder) == (hidden, served)
    started("--course-dir", str(folder))
    hidden, served = shown(folder)
    assert not any(hidden.values())
    assert all(served.values())
    assert "coursegrader.server" in served


def test_lessons_are_opened_as_copies_that_a_newer_course_leaves_alone(folder, started, capsys):
    def notebook(source, shows=""):
        output = {"output_type": "stream", "name": "stdout", "text": shows}
        cell = {"cell_type": "code", "source": source, "outputs": [output] * bool(shows)}
        return json.dumps({"cells": [cell], "nbformat": 4})

    original, other = (folder / "lessons" / "en" / f"0{n}.ipynb" for n in (4, 5))
    for path in (original, other):
        path.write_text(notebook("one"), "utf-8")
    started()
    mine, ran = (folder / "work" / "lessons" / "en" / path.name for path in (original, other))
    assert mine.read_text("utf-8") == notebook("one")
    mine.write_text(notebook("my own"), "utf-8")
    ran.write_text(notebook("one", "was run"), "utf-8")
    for path in (original, other):
        path.write_text(notebook("two"), "utf-8")
    capsys.readouterr()
    started()
    assert mine.read_text("utf-8") == notebook("my own")
    assert ran.read_text("utf-8") == notebook("two")
    said = "work/lessons/en/04.ipynb is yours and stays; the newer one is lessons/en/04.ipynb\n"
    assert capsys.readouterr().err == said
    started()
    assert capsys.readouterr().err == ""  # it is said once


def test_a_copy_that_was_deleted_is_there_again_with_the_original_text(folder, started):
    original = folder / "lessons" / "en" / "02_knn.ipynb"
    copy = folder / "work" / "lessons" / "en" / original.name
    started()
    copy.write_text("spoilt", "utf-8")
    started()
    assert copy.read_text("utf-8") == "spoilt"
    copy.unlink()
    started()
    assert copy.read_bytes() == original.read_bytes()


def test_the_one_edition_there_is_needs_no_option(folder, started):
    for lesson in (folder / "lessons" / "en").iterdir():
        lesson.unlink()
    got = started()
    assert "--LabApp.default_url=/lab/tree/work/lessons/ru/02_knn.ipynb" in got["argv"]
    assert got["environ"]["RECSYS_COURSE_LANG"] == "ru"


def test_a_course_folder_of_ones_own_has_no_lessons(folder, started, tmp_path, capsys):
    own = tmp_path / "own"
    (own / "solutions").mkdir(parents=True)
    assert started("--course-dir", str(own))["status"] == 1
    assert "not a course, it has no nbgrader_config.py" in capsys.readouterr().err
    (own / "nbgrader_config.py").touch()
    got = started("--course-dir", str(own))
    assert (got["status"], got["cwd"]) == (0, own)
    assert "--LabApp.default_url=/lab" in got["argv"]
    assert got["environ"]["RECSYS_COURSE_LANG"] == "en"
    os.chdir(own)  # as who works there does
    assert started()["cwd"] == own
