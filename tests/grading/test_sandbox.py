"""Student code in a sandbox: what it can't see, reach, write to, keep or use up."""

import os
import re
import resource
import socket
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest
from traitlets.config import Config

from coursegrader.errors import UserError
from coursegrader.kernel import servers
from coursegrader.sandbox import bwrap, landlock
from coursegrader.sandbox.choose import choose
from tests.executed import FORKS, MEMORY, shown

pytestmark = pytest.mark.skipif(bool(bwrap.trouble()), reason=f"no sandbox: {bwrap.trouble()}")
ROOT = Path(__file__).resolve().parents[2]
NO_FILE = "[Errno 2] No such file or directory: {!r}"


@pytest.fixture
def course(tmp_path):
    """A course with all that students must not see; notebooks lie in its folder "work"."""
    for name in ("gradebook.db", "solutions/knn.ipynb", "submitted/bob/knn/knn.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("secret")
    (tmp_path / "work").mkdir()
    return tmp_path


def inside(course, *sources, **options):
    config = Config({"CourseDirectory": {"root": str(course)}})
    return shown(course / "work", *sources, config=config, **options)


def test_nothing_is_there_but_python_and_what_lies_beside_the_notebook(course, monkeypatch):
    monkeypatch.setenv("TOKEN", "secret")
    monkeypatch.setenv("COURSE_OF", "ann")
    (course / "data").mkdir()
    (course / "data" / "views.csv").write_text("user_id\n7\n")
    work = course / "work"
    (work / "mine.py").write_text("answer = 42\n")
    (work / "graded.ipynb").write_text('{"grade_id": "a hidden test"}')
    (work / "plain.ipynb").write_text("{}")
    (work / "theirs").symlink_to(course / "submitted")
    os.mkfifo(work / "pipe")
    cells = {
        "import os\nsorted(os.listdir())": "['mine.py', 'plain.ipynb']",
        "import mine\nmine.answer": "42",
        f"open({str(course / 'gradebook.db')!r})": NO_FILE.format(str(course / "gradebook.db")),
        f"os.listdir({str(course)!r})": "['data']",
        f"open({str(course / 'data' / 'views.csv')!r}).read()": "'user_id\\n7\\n'",
        f"open({str(course / 'data' / 'views.csv')!r}, 'w')": "[Errno 30] Read-only file system: "
        f"{str(course / 'data' / 'views.csv')!r}",
        f"open({str(ROOT / 'bank' / 'knn' / 'transposed.toml')!r})": NO_FILE.format(
            str(ROOT / "bank" / "knn" / "transposed.toml")
        ),
        "import recsys_course.metrics, coursegrader.hints": "",
        "os.listdir(os.path.dirname(os.path.dirname(coursegrader.__file__)))[:9]": None,
        "os.environ.get('TOKEN'), os.environ['COURSE_OF'], os.environ['HOME']": (
            "(None, 'ann', '/scratch')"
        ),
        "open('/proc/1/environ').read().count('secret')": "0",
        "open('/etc/passwd')": NO_FILE.format("/etc/passwd"),
    }
    told = inside(course, *cells, readable=["data"], variables=["COURSE_*"])
    beside = told[list(cells).index(next(cell for cell, value in cells.items() if value is None))]
    assert set(re.findall(r"'(.*?)'", beside)) <= {".venv", "coursegrader", "recsys_course"}
    assert {k: v for k, v in zip(cells, told, strict=True) if cells[k] is not None} == {
        k: v for k, v in cells.items() if v is not None
    }


def test_nothing_can_be_written_but_in_a_folder_that_goes_with_the_kernel(course):
    places = ["/", "/usr", "/dev", "/work", "/proc/sys/kernel", str(ROOT), str(course), "/scratch"]
    places += ["/dev/shm", "."]
    cell = f"""import os
for place in {places}:
    try:
        with open(os.path.join(place, "left"), "w") as file:
            print(place)
    except OSError:
        pass"""
    again = "[os.path.exists(f'{each}/left') for each in ('/scratch', '/dev/shm')]"
    assert inside(course, cell) == ["/scratch\n/dev/shm\n.\n"]
    assert inside(course, "import os", again) == ["", "[False, False]"]
    assert not (course / "work" / "left").exists()
    # real root may write the system's settings even without any rights
    setting = "open('/proc/sys/kernel/core_pattern', 'w')"
    read_only = "[Errno 30] Read-only file system: '/proc/sys/kernel/core_pattern'"
    assert inside(course, setting) == [read_only]


def test_nobody_can_be_reached(course):
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        connect = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)"
        away = "socket.create_connection(('192.0.2.1', 80), 2)"
        told = inside(course, connect, away)
    assert told == ["[Errno 111] Connection refused", "[Errno 101] Network is unreachable"]


def test_it_has_no_rights_and_gets_none(course):
    cells = [
        "import ctypes, os\nlibc = ctypes.CDLL(None)\nlibc.unshare(0x10000000)",  # a user namespace
        "libc.mount(b'mine', b'/usr', b'tmpfs', 0, None)",
        "libc.mount(None, b'/usr', None, 32 | 4096, None)",  # writable again
        "sorted(set(line.split()[1] for line in open('/proc/self/status') if 'CapEff' in line))",
        "import subprocess\nsubprocess.getoutput('grep CapEff /proc/self/status')",
        "os.kill(-1, 9)",
        "[name for name in os.listdir('/proc') if name.isdigit()]",
    ]
    none = "0000000000000000"
    assert inside(course, *cells) == [
        "-1", "-1", "-1", f"['{none}']", rf"'CapEff:\t{none}'", "[Errno 3] No such process",
        "['1']",
    ]  # fmt: skip


def test_what_it_has_started_ends_with_it(course):
    """Even what has left its group, and what ignores being asked."""
    daemon = "import os\nos.system('setsid sleep 4711 &')"
    assert inside(course, daemon, "os._exit(1)", "2")[::2] == ["0", "2"]
    commands = subprocess.run(["ps", "-ef"], capture_output=True, check=True).stdout
    assert b"4711" not in commands


def test_memory_processes_and_files_have_a_limit(course):
    limits = {"memory_bytes": 500_000_000, "processes": 310, "scratch_bytes": 10_000_000}
    fills = "open('large', 'wb').write(b'x' * 20_000_000)"
    alone = "import numpy as np\nnp.ones(10**9)"
    forks, full, after = inside(course, FORKS, fills, "1 + 1", **limits)
    assert re.fullmatch(r"(2[5-9]\d|30\d) \[Errno 11\] Resource temporarily unavailable\n", forks)
    assert (full, after) == ("[Errno 28] No space left on device", "2")
    array, died, after = inside(course, alone, MEMORY, "1 + 1", **limits)
    assert array.startswith("Unable to allocate 7.45 GiB")
    assert (died, after) == ("it used more than 0.5 GB of memory, and was ended", "2")


def test_a_message_takes_no_memory_here(course):
    """Whatever is sent: the grader is not to grow by what a kernel sends."""
    flood = """kernel = get_ipython().kernel
kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": "x"},
                    parent=kernel.get_parent(), buffers=[b"x" * 300_000_000])"""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert inside(course, f"{flood}\n2", "1 + 1", iopub_timeout=1) == [
        "it showed more than 50 MB at once, and was ended",
        "2",
    ]
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100_000  # kilobytes


def test_processes_that_share_their_memory_have_it_once(course):
    cell = """import numpy as np
from multiprocessing import Pool
shared = np.ones(5_000_000)
def total(_):
    __import__("time").sleep(0.5)
    return shared.sum()
with Pool(8) as pool:
    print(sum(pool.map(total, range(8), chunksize=1)))"""
    assert inside(course, cell, memory_bytes=400_000_000) == ["40000000.0\n"]


def test_what_takes_too_long_is_interrupted(course):
    assert inside(course, "import time\ntime.sleep(60)", "1 + 1", timeout=1) == ["", "2"]


def test_threads_have_kernels_side_by_side(course):
    told = []
    threads = [
        threading.Thread(target=lambda n=n: told.append((n, inside(course, f"print({n})"))))
        for n in range(2)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(told) == [(0, ["0\n"]), (1, ["1\n"])]


def test_without_one_it_is_refused_unless_told_so(course, monkeypatch):
    monkeypatch.setattr(bwrap, "trouble", lambda: "no user namespaces")
    monkeypatch.setattr(landlock, "trouble", lambda: "an old kernel")
    said = {
        "bwrap": "(bubblewrap: no user namespaces)",
        "auto": "(bubblewrap: no user namespaces; Landlock: an old kernel)",
    }
    for wanted, why in said.items():
        whole = (
            f"no sandbox for student code here {why}. Grade on another machine, or only code that "
            "you trust, with --sandbox none (c.Execute.sandbox = 'none')"
        )
        with pytest.raises(UserError, match=re.escape(whole)):
            inside(course, "1 + 1", sandbox=wanted)
    assert choose("if there", course) is None
    assert inside(course, "import os\nos.getpid() > 1", sandbox="none") == ["True"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"readable": ["nowhere"]}, "c.Execute.readable: .*nowhere: no such file or folder"),
        ({"kernel": "other"}, "kernel 'other' can't be kept in a sandbox, it isn't the grader's "),
    ],
)
def test_what_cannot_be_is_one_line(course, monkeypatch, options, said):
    folder = course / "jupyter" / "kernels" / "other"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(
        '{"argv": ["octave", "{connection_file}"], "display_name": "O", "language": "octave"}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(course / "jupyter"))
    with pytest.raises(UserError, match=said):
        inside(course, "1 + 1", **options)


def test_a_sandbox_that_does_not_come_up_is_no_fault_of_a_student(course, monkeypatch):
    monkeypatch.setattr(servers, "_SECONDS", 0.001)
    with pytest.raises(UserError, match="no kernel starts in the sandbox"):
        inside(course, "1 + 1", locked="import numpy, sched")


def test_what_one_course_shows_is_not_seen_in_the_next(tmp_path):
    seen = []
    for name in ("first", "second"):
        data = tmp_path / name / "data.csv"
        (data.parent / "work").mkdir(parents=True)
        data.write_text(name)
        cells = [
            f"open({str(tmp_path / each / 'data.csv')!r}).read()" for each in ("first", "second")
        ]
        seen.append(inside(data.parent, *cells, readable=["data.csv"], locked="import os"))
    missing = [NO_FILE.format(str(tmp_path / name / "data.csv")) for name in ("first", "second")]
    assert seen == [["'first'", missing[1]], [missing[0], "'second'"]]
