#!/usr/bin/env python3
"""The one entry to the course.

    python3 course.py lab       JupyterLab on the first lesson
    python3 course.py test      style, types, tests, doctests and notebooks; --all: long ones too
    python3 course.py ANYTHING  the command ``recsys-course ANYTHING``

Before that it makes ``.venv`` from requirements.lock, if it is missing or stale. Only the standard
library is used, and the syntax is as old as Python 2.7's: an old Python is refused in one line.
"""
# ruff: noqa: UP031, RUF005, SIM105

import hashlib
import os
import subprocess
import sys
import time

if not (3, 11) <= sys.version_info[:2] < (3, 15):
    sys.exit(
        "course.py: this is Python %d.%d, the course needs 3.11 to 3.14; start it with one of"
        " those, for example python3.13 course.py lab (Windows: py -3.13 course.py lab)"
        % sys.version_info[:2]
    )

ROOT = os.path.dirname(os.path.abspath(__file__))
LOCK = os.path.join(ROOT, "requirements.lock")
VENV = os.path.join(ROOT, ".venv")
BIN, EXE = (os.path.join(VENV, "Scripts"), ".exe") if os.name == "nt" else (VENV + "/bin", "")
PYTHON = os.path.join(BIN, "python" + EXE)
STAMP = os.path.join(VENV, "course-stamp")
OPENMP = os.path.join(VENV, "openmp")

# What `course.py test` runs when it is given no pytest arguments of its own. A notebook's cells
# share one kernel, and "loadscope" keeps them on one worker.
STATIC = ["ruff check", "ruff format --check"]  # types are a test, beside the others
# Scopes start in the order of conftest.py, the longest first.
SUITE = (
    "-n auto --dist loadscope --no-loadscope-reorder --durations=10 --nbval --nbval-current-env"
    " tests recsys_course coursegrader lessons solutions"
)


def say(text):
    """Tell on stderr, so that what a command prints on stdout stays its own."""
    sys.stderr.write("course.py: " + text + "\n")
    sys.stderr.flush()


def stop(text):
    """End with one line that says what to do."""
    say(text)
    sys.exit(1)


def true_name(path, flavour=os.path):
    """Return the one name of a folder that may be entered by several.

    They are a symbolic link, a mapped drive, and a drive letter or folder in other letter case.
    """
    return flavour.normcase(flavour.realpath(path))


def stamp():
    """Return what .venv must have been made for: the Python and place it is tied to, the packages.

    The two are separate lines, for a new lock alone does not ask for a new environment.
    """
    names = true_name(sys.base_prefix) + true_name(ROOT)
    place = hashlib.sha256(os.fsencode(sys.version + names)).hexdigest()
    packages = hashlib.sha256()
    for name in ("requirements.lock", "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as file:
            packages.update(file.read())
    return place + "\n" + packages.hexdigest()


def stamped():
    """Return the stamp of the environment that is there; empty if there is none that works."""
    if not os.path.exists(PYTHON) or not os.path.exists(STAMP):
        return ""
    with open(STAMP, encoding="ascii", errors="replace") as file:
        return file.read()


def take_turn():
    """Wait until no other process is setting up; the file's lock ends with this process."""
    os.makedirs(os.path.join(ROOT, ".course"), exist_ok=True)
    file = open(os.path.join(ROOT, ".course", "setup.lock"), "w")  # noqa: SIM115
    told = False
    while True:
        try:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except (BlockingIOError, PermissionError):
            if not told:
                say("another set-up is under way; waiting for it")
                told = True
            time.sleep(0.5)
        except OSError:  # a network drive without locks: better unguarded than not at all
            return file


def set_up(wanted):
    """Make or renew .venv; the stamp is written last, so an interrupted set-up is done again."""
    import importlib.util
    import sysconfig
    import venv

    began = time.time()
    if importlib.util.find_spec("ensurepip") is None:
        stop(
            "this Python cannot make environments; on Debian or Ubuntu first run: sudo apt-get"
            " install python%d.%d-venv" % sys.version_info[:2]
        )
    same_place = stamped().split("\n")[0] == wanted.split("\n")[0]
    if os.path.exists(STAMP):
        os.remove(STAMP)
    if same_place:
        say("the packages have changed; updating .venv")
    else:
        say("setting up in .venv, once: about a minute, 0.2 GB to download, 1.1 GB on disk")
        say("1/4 a Python environment")
        venv.EnvBuilder(clear=True, symlinks=os.name != "nt", with_pip=True).create(VENV)
    say("2/4 uv, which installs the rest")
    with open(LOCK, encoding="utf-8") as file:
        pinned = block(file.read(), "uv")
    only_uv = os.path.join(VENV, "uv.txt")
    with open(only_uv, "w", encoding="utf-8") as file:
        file.write(pinned)
    pip("--require-hashes", "--only-binary=:all:", "--requirement", only_uv)
    say("3/4 the packages of requirements.lock")
    if subprocess.call(uv_sync(), env=dict(uv_settings(), **environment())) != 0:
        say("uv could not install them; now with pip, which takes a few minutes")
        pip("--require-hashes", "--only-binary=:all:", "--no-deps", "--requirement", LOCK)
    say("4/4 the course itself")
    pip("--no-index", "--no-deps", "--no-build-isolation", "--editable", ROOT)
    packages = sysconfig.get_path("purelib", "venv", {"base": VENV})
    # Python before 3.13 on Windows cannot read a path in other letters than its own from a .pth
    # file; a relative one is plain ASCII.
    with open(os.path.join(packages, "recsys_course.pth"), "w", encoding="ascii") as file:
        file.write(os.path.relpath(ROOT, packages))
    mend_openmp(packages, OPENMP)
    with open(STAMP, "w", encoding="ascii") as file:
        file.write(wanted)
    say("ready after %.0f s" % (time.time() - began))


def block(lock, name):
    """Return the lines of one package in the lock: its pin and its hashes."""
    import re

    return re.search(r"^%s==.*\n(?:[ ].*\n?)*" % re.escape(name), lock, re.MULTILINE).group()


def pip(*arguments):
    """Run the environment's own pip; end with one line if it fails."""
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--no-input"]
    done = subprocess.run(
        command + list(arguments),
        env=dict(environment(), PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode != 0:
        stop(
            "could not install; is the network there? Behind a proxy or with a package index of"
            " your own, tell pip (pip config set global.proxy, index-url or cert), then start"
            " again. pip said: " + reason(done.stdout)
        )


def reason(output):
    """Return the line of pip's output that says why it failed: a broken connection, else the last.

    A broken connection comes first as a warning; the error after it blames the package.
    """
    import re

    lines = output.strip().splitlines() or ["nothing"]
    broken = [line.split("broken by ")[1] for line in lines if "connection broken by " in line]
    return re.sub(r"<[^>]*>: ?", "", (broken or lines)[-1]).strip()


def uv_sync():
    """Return the command that makes .venv hold exactly what the lock says."""
    command = [os.path.join(BIN, "uv" + EXE), "pip", "sync", "--python", PYTHON]
    command += ["--require-hashes", "--only-binary=:all:", "--compile-bytecode", LOCK]
    return command if sys.stderr.isatty() else command + ["--quiet"]


def uv_settings():
    """Return pip's settings of this machine in uv's words, for uv does not read pip's files."""
    command = [PYTHON, "-m", "pip", "config", "list"]
    listed = subprocess.run(
        command, env=environment(), stdout=subprocess.PIPE, encoding="utf-8", errors="replace"
    )
    return dict(
        translate(listed.stdout),
        UV_PYTHON_DOWNLOADS="never",
        UV_SYSTEM_CERTS="1",  # as pip does: certificates that this machine trusts
        UV_INDEX_STRATEGY="unsafe-best-match",  # safe here: every file is pinned by its hash
    )


def translate(listed):
    """Return uv's environment variables for the lines of ``pip config list``."""
    import ast

    words = {
        "index-url": ("UV_DEFAULT_INDEX", " "),
        "extra-index-url": ("UV_INDEX", " "),
        "find-links": ("UV_FIND_LINKS", ","),
        "trusted-host": ("UV_INSECURE_HOST", " "),
        "no-index": ("UV_NO_INDEX", " "),
        "proxy": ("ALL_PROXY", " "),
        "cert": ("SSL_CERT_FILE", None),  # one file, whose name may hold spaces
    }
    settings = {}
    for section in ("global.", "install.", ":env:."):  # the later one wins, as in pip
        for line in listed.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(section) and key[len(section) :] in words:
                name, separator = words[key[len(section) :]]
                value = ast.literal_eval(value)
                settings[name] = separator.join(value.split()) if separator else value
    return settings


def mend_openmp(packages, folder):
    """Lend scikit-learn's OpenMP to implicit, whose Linux wheel expects the system to have one."""
    import ctypes
    import glob

    if not sys.platform.startswith("linux"):
        return
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        found = glob.glob(os.path.join(glob.escape(packages), "scikit_learn.libs", "libgomp-*.so*"))
        if not found:
            say("libgomp.so.1 is missing, and implicit needs it: sudo apt-get install libgomp1")
            return
        os.makedirs(folder, exist_ok=True)
        link = os.path.join(folder, "libgomp.so.1")
        if os.path.lexists(link):
            os.remove(link)
        os.symlink(found[0], link)


def environment():
    """Return the variables for what is started; nbgrader calls `alembic` by name, hence PATH.

    Python's own stay out: PYTHONPATH and PYTHONHOME would bring another project's modules in.
    """
    kept = ("PYTHONUTF8", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")
    environ = {
        name: value
        for name, value in os.environ.items()
        if name in kept or not name.startswith("PYTHON")
    }
    environ["VIRTUAL_ENV"] = VENV
    environ["PATH"] = os.pathsep.join([BIN, environ.get("PATH", os.defpath)])
    environ.setdefault("PYTHONUTF8", "1")
    if os.path.isdir(OPENMP):
        known = environ.get("LD_LIBRARY_PATH")
        environ["LD_LIBRARY_PATH"] = OPENMP + os.pathsep + known if known else OPENMP
    return environ


def tests(arguments, environ):
    """Run the static checks, unless pytest arguments are given; return pytest's command."""
    os.chdir(ROOT)
    if not os.path.isdir("tests"):
        stop("the tests are not part of what students get; they lie in a checkout of the course")
    for name in ("DATA_DIR", "RECSYS_COURSE_LANG"):  # committed outputs are those of the defaults
        environ.pop(name, None)
    # Each core has a worker of its own, and more threads would wait for each other; but for BLAS,
    # which has several on a student's machine, too: implicit warns of that.
    environ.setdefault("OMP_NUM_THREADS", "1")
    environ.setdefault("OPENBLAS_NUM_THREADS", "2")
    # Linux would take large arrays back at each end, and give them again page by page.
    environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(2**28))
    environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(2**29))
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes would compile the course
    if arguments in ([], ["--all"]):
        calls = [[PYTHON, "-m"] + check.split() for check in STATIC]
        failed = [" ".join(call[2:]) for call in calls if subprocess.call(call, env=environ) != 0]
        if failed:
            stop("failed before the tests: " + ", ".join(failed))
        arguments = SUITE.split() + arguments
    return [PYTHON, "-m", "pytest"] + arguments


def hand_over(command, environ):
    """Become the command; on Windows, wait for it and pass its exit status on."""
    if os.name != "nt":
        os.execve(command[0], command, environ)
    process = subprocess.Popen(command, env=environ)
    while True:
        try:
            sys.exit(process.wait())
        except KeyboardInterrupt:  # the command got it too, and decides
            pass


def main(arguments):
    """Set up if needed, then hand over."""
    try:
        if stamped() != stamp():
            turn = take_turn()
            if stamped() != stamp():
                set_up(stamp())
            turn.close()
        environ = environment()
        if arguments[:1] == ["test"]:
            command = tests(arguments[1:], environ)
        else:
            command = [os.path.join(BIN, "recsys-course" + EXE)] + arguments
        hand_over(command, environ)
    except KeyboardInterrupt:
        stop("interrupted; start it again to go on")
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        stop("could not set up or start: %s" % error)


if __name__ == "__main__":
    main(sys.argv[1:])
