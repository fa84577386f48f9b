"""course.py: refusing, noticing what is stale, mending, handing over."""

import ast
import ctypes
import importlib.util
import ntpath
import os
import runpy
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def course(tmp_path):
    """course.py in a folder of its own, with a space and other letters in its name."""
    folder = tmp_path / "my курс"
    folder.mkdir()
    shutil.copy(ROOT / "course.py", folder)
    (folder / "requirements.lock").write_text("uv==1.0 \\\n    --hash=sha256:aa\n", "utf-8")
    (folder / "pyproject.toml").write_text("[project]\n", "utf-8")
    (folder / "tests").mkdir()
    return load(folder / "course.py")


@pytest.fixture
def set_ups(course, monkeypatch):
    """Run main() without building anything; list the set-ups that it asked for."""
    asked = []

    def set_up(wanted):
        asked.append(wanted)
        write(course.PYTHON, "")
        write(course.STAMP, wanted)

    monkeypatch.setattr(course, "set_up", set_up)
    monkeypatch.setattr(course, "hand_over", lambda command, environ: None)
    return asked


def write(path, text):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10), (3, 15)])
def test_other_pythons_are_refused_in_one_line(version, monkeypatch):
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit) as refusal:
        runpy.run_path(str(ROOT / "course.py"), run_name="__main__")
    message = str(refusal.value)
    assert "this is Python {}.{}".format(*version) in message
    assert "3.11 to 3.14" in message
    assert "\n" not in message


def test_its_syntax_is_as_old_as_the_pythons_that_it_refuses():
    source = (ROOT / "course.py").read_bytes()
    assert source.isascii()
    younger = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.Await, ast.YieldFrom)
    for node in ast.walk(ast.parse(source)):
        assert not isinstance(node, younger), ast.unparse(node)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None, node.name
            assert not node.args.kwonlyargs, node.name
            assert not any(argument.annotation for argument in node.args.args), node.name
        if isinstance(node, (ast.List, ast.Tuple)):
            assert not any(isinstance(item, ast.Starred) for item in node.elts), ast.unparse(node)
        if isinstance(node, ast.Raise):
            assert node.cause is None, ast.unparse(node)


def test_it_sets_up_once(course, set_ups):
    for _ in range(3):
        course.main(["lab"])
    assert len(set_ups) == 1


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_is_set_up_again_in_the_same_environment(
    course, set_ups, changed
):
    course.main([])
    with open(Path(course.ROOT, changed), "a", encoding="utf-8") as file:
        file.write("# another\n")
    course.main([])
    place, packages = zip(*(wanted.split("\n") for wanted in set_ups), strict=True)
    assert place[0] == place[1]
    assert packages[0] != packages[1]


def test_another_python_asks_for_another_environment(course, set_ups, monkeypatch):
    course.main([])
    monkeypatch.setattr(course.sys, "version", "3.12.99 (made up)")
    course.main([])
    assert set_ups[0].split("\n")[0] != set_ups[1].split("\n")[0]


def load(path):
    spec = importlib.util.spec_from_file_location("course", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only administrators make links")
def test_a_checkout_entered_by_a_link_is_the_same_place(course, tmp_path):
    (tmp_path / "link").symlink_to(course.ROOT)
    (tmp_path / "upper").mkdir()
    (tmp_path / "upper" / "link").symlink_to(tmp_path / "link")
    for folder in ("link", "upper/link", "upper/../link"):
        entered = load(tmp_path / folder / "course.py")
        assert course.ROOT != entered.ROOT
        assert entered.stamp() == course.stamp()


def test_a_moved_or_copied_checkout_is_another_place(course, tmp_path):
    before = course.stamp()
    shutil.copytree(course.ROOT, tmp_path / "copy")
    assert load(tmp_path / "copy" / "course.py").stamp() != before


@pytest.mark.parametrize(
    "entered",
    [
        r"c:\Course",
        r"C:\course",
        "C:/Course",
        r"C:\Course\lessons\..",
        r"Z:\course",  # a drive that was mapped to C:\
        r"z:\COURSE",
    ],
)
def test_a_drive_in_other_letters_or_mapped_is_the_same_place(course, entered):
    def realpath(path):
        path = ntpath.normpath(path)
        return "C" + path[1:] if path[:1] in "Zz" else path

    windows = SimpleNamespace(normcase=ntpath.normcase, realpath=realpath)
    assert course.true_name(entered, windows) == course.true_name(r"C:\Course", windows)
    assert course.true_name(r"D:\Course", windows) != course.true_name(r"C:\Course", windows)


def test_a_lost_interpreter_is_set_up_again(course, set_ups):
    course.main([])
    os.remove(course.PYTHON)
    course.main([])
    assert len(set_ups) == 2


def test_a_set_up_that_failed_half_way_is_not_believed(course, monkeypatch, capsys):
    write(course.PYTHON, "")
    write(course.STAMP, course.stamp().split("\n")[0] + "\nolder packages")

    def pip(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "pip", pip)
    with pytest.raises(SystemExit) as end:
        course.main(["lab"])
    assert end.value.code == 1
    assert capsys.readouterr().err.endswith("course.py: interrupted; start it again to go on\n")
    assert course.stamped() == ""


def test_a_folder_that_cannot_hold_an_environment_is_one_line(course, monkeypatch, capsys):
    def create(self, folder):
        raise PermissionError(13, "Permission denied", folder)

    monkeypatch.setattr(venv.EnvBuilder, "create", create)
    with pytest.raises(SystemExit) as end:
        course.main(["lab"])
    assert end.value.code == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("course.py: could not set up or start: [Errno 13] Permission denied")


def test_debian_without_venv_is_told_what_to_install(course, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit):
        course.main(["lab"])
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "sudo apt-get install python3." in told[0]


def test_only_the_installer_is_cut_from_the_lock(course):
    lock = (
        "tzdata==1 \\\n    --hash=sha256:aa\n    # via pandas\n"
        "uv==0.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n    # via dev\n"
        "uvicorn==2 \\\n    --hash=sha256:dd\n"
    )
    assert course.block(lock, "uv") == (
        "uv==0.9 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n    # via dev\n"
    )


def test_pips_settings_reach_uv_and_the_environment_wins(course):
    listed = (
        ":env:.cert='/etc/my certs/ca.pem'\n"
        ":env:.disable-pip-version-check='1'\n"
        "freeze.index-url='https://never.example/simple'\n"
        "global.cert='/older.pem'\n"
        "global.extra-index-url='\\nhttps://a.example/simple\\nhttps://b.example/simple'\n"
        "global.find-links='/wheels /more'\n"
        "install.index-url='https://mirror.example/simple'\n"
    )
    assert course.translate(listed) == {
        "SSL_CERT_FILE": "/etc/my certs/ca.pem",
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "UV_FIND_LINKS": "/wheels,/more",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
    }


def test_without_a_network_the_reason_is_the_connection(course):
    output = (
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError("
        "'<pip.Connection object at 0x7f>: Temporary failure in name resolution')': /simple/uv/\n"
        "ERROR: No matching distribution found for uv==0.9\n"
    )
    told = course.reason(output)
    assert "Temporary failure in name resolution" in told
    assert "matching" not in told
    assert "0x7f" not in told
    assert course.reason("ERROR: No space left on device\n") == "ERROR: No space left on device"
    assert course.reason("") == "nothing"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux wheels lack OpenMP")
def test_a_missing_openmp_is_lent_by_scikit_learn(course, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(ctypes, "CDLL", missing)
        course.mend_openmp(sysconfig.get_path("purelib"), course.OPENMP)
    loads = "import ctypes; ctypes.CDLL('libgomp.so.1'); print(open('/proc/self/maps').read())"
    maps = subprocess.run(
        [sys.executable, "-c", loads],
        env=course.environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert "scikit_learn.libs/libgomp" in maps


def missing(name):
    raise OSError(name + ": cannot open shared object file")


def test_an_openmp_that_is_there_is_left_alone(course, monkeypatch):
    monkeypatch.setattr(course.sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: None)
    course.mend_openmp(sysconfig.get_path("purelib"), course.OPENMP)
    assert not os.path.exists(course.OPENMP)


def test_an_openmp_that_cannot_be_lent_is_named(course, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(course.sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", missing)
    course.mend_openmp(str(tmp_path), course.OPENMP)
    assert "sudo apt-get install libgomp1" in capsys.readouterr().err


def test_what_is_started_finds_the_environment_first(course, monkeypatch):
    os.makedirs(course.OPENMP)
    monkeypatch.setenv("PATH", "somewhere")
    monkeypatch.setenv("PYTHONHOME", "elsewhere")
    monkeypatch.setenv("LD_LIBRARY_PATH", "mine")
    environ = course.environment()
    assert environ["PATH"].split(os.pathsep) == [course.BIN, "somewhere"]
    assert environ["LD_LIBRARY_PATH"].split(os.pathsep) == [course.OPENMP, "mine"]
    assert "PYTHONHOME" not in environ


def test_tests_with_arguments_are_pytest_alone_on_the_built_in_data(course, monkeypatch):
    monkeypatch.chdir(course.ROOT)
    environ = {"DATA_DIR": "mine", "RECSYS_COURSE_LANG": "ru", "HOME": "home"}
    environ["PYTHONDONTWRITEBYTECODE"] = "1"
    command = course.tests(["-k", "knn"], environ)
    assert command == [course.PYTHON, "-m", "pytest", "-k", "knn"]
    assert environ == {
        "HOME": "home",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "2",
        "MALLOC_MMAP_THRESHOLD_": "268435456",
        "MALLOC_TRIM_THRESHOLD_": "536870912",
    }


def test_all_static_checks_are_shown_before_one_that_fails_stops(course, monkeypatch, capsys):
    monkeypatch.chdir(course.ROOT)
    called = []

    def call(command, env):
        called.append(" ".join(command[2:]))
        return 1 if command[3] == "check" else 0

    monkeypatch.setattr(subprocess, "call", call)
    with pytest.raises(SystemExit) as end:
        course.tests([], {})
    assert end.value.code == 1
    assert called == ["ruff check", "ruff format --check"]
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "course.py: failed before the tests: ruff check"


def test_what_students_get_has_no_tests(course, monkeypatch, capsys):
    monkeypatch.chdir(course.ROOT)
    (Path(course.ROOT) / "tests").rmdir()
    with pytest.raises(SystemExit) as end:
        course.tests([], {})
    assert end.value.code == 1
    assert capsys.readouterr().err == (
        "course.py: the tests are not part of what students get; "
        "they lie in a checkout of the course\n"
    )


def test_all_tests_include_every_notebook(course, monkeypatch):
    monkeypatch.chdir(course.ROOT)
    monkeypatch.setattr(subprocess, "call", lambda command, env: 0)
    command = course.tests([], {})
    assert {"--nbval", "tests", "recsys_course", "coursegrader", "lessons"} < set(command)
    assert "solutions" in command
    assert "--all" not in command
    assert course.tests(["--all"], {}) == [*command, "--all"]


def test_the_exit_status_is_passed_through(course):
    code = (
        "import os, runpy, sys;"
        f"course = runpy.run_path({str(ROOT / 'course.py')!r});"
        "course['hand_over']([sys.executable, '-c', 'raise SystemExit(7)'], dict(os.environ))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 7


def test_pythons_own_variables_stay_out(course, monkeypatch):
    for name in [name for name in os.environ if name.startswith("PYTHON")]:
        monkeypatch.delenv(name)
    for name in ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONOPTIMIZE", "PYTHONWARNINGS"):
        monkeypatch.setenv(name, "elsewhere")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    names = {name for name in course.environment() if name.startswith("PYTHON")}
    assert names == {"PYTHONUTF8", "PYTHONHASHSEED"}
