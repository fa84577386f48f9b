"""The sandbox for where there are no namespaces: what is seen, written, reached and left behind."""

import os
import socket
import subprocess
from contextlib import closing

import pytest
from traitlets.config import Config

from coursegrader.errors import UserError
from coursegrader.sandbox import bwrap, landlock
from coursegrader.sandbox.choose import choose
from tests.executed import shown

pytestmark = pytest.mark.skipif(
    bool(landlock.trouble()), reason=f"no Landlock: {landlock.trouble()}"
)
DENIED = "[Errno 13] Permission denied"


def inside(course, *sources, **options):
    config = Config({"CourseDirectory": {"root": str(course)}})
    (course / "work").mkdir(exist_ok=True)
    return shown(course / "work", *sources, config=config, sandbox="landlock", **options)


def test_it_comes_after_bubblewrap_and_before_nothing(tmp_path, monkeypatch):
    limits = {"memory_bytes": 10**9, "scratch_bytes": 10**8, "processes": 100}
    if not bwrap.trouble():
        assert choose("auto", tmp_path, **limits).kind == "bwrap"
    monkeypatch.setattr(bwrap, "trouble", lambda: "no namespaces")
    assert choose("auto", tmp_path, **limits).kind == "landlock"
    assert choose("if there", tmp_path, **limits).kind == "landlock"
    monkeypatch.setattr(landlock, "trouble", lambda: "an old kernel")
    both = r"\(bubblewrap: no namespaces; Landlock: an old kernel\)"
    with pytest.raises(UserError, match=both):
        choose("auto", tmp_path, **limits)
    assert choose("if there", tmp_path, **limits) is None


def test_nothing_is_seen_written_or_reached(tmp_path, monkeypatch):
    monkeypatch.setenv("TOKEN", "secret")
    (tmp_path / "gradebook.db").write_text("secret")
    (tmp_path / "data.csv").write_text("user_id\n7\n")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "mine.py").write_text("answer = 42\n")
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        cells = {
            "import os, mine\nmine.answer": "42",
            f"open({str(tmp_path / 'gradebook.db')!r})": (
                f"{DENIED}: {str(tmp_path / 'gradebook.db')!r}"
            ),
            f"open({str(tmp_path / 'data.csv')!r}).read()": "'user_id\\n7\\n'",
            f"open({str(tmp_path / 'data.csv')!r}, 'w')": (
                f"{DENIED}: {str(tmp_path / 'data.csv')!r}"
            ),
            "open('/etc/passwd')": f"{DENIED}: '/etc/passwd'",
            "open('/dev/shm/mine', 'w')": f"{DENIED}: '/dev/shm/mine'",
            "open(os.path.join(os.environ['TMPDIR'], 'mine'), 'w').write('1')": "1",
            "os.environ.get('TOKEN')": "",
            f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)": DENIED,
            "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)": "[Errno 1] Operation not permitted",
            "[line.split()[1] for line in open('/proc/self/status') if 'CapEff' in line]": (
                "['0000000000000000']"
            ),
        }
        assert dict(zip(cells, inside(tmp_path, *cells, readable=["data.csv"]), strict=True)) == (
            cells
        )


def test_it_meddles_with_nobody_and_leaves_nobody_behind(tmp_path):
    cells = {
        "import os\nos.kill(os.getppid(), 15)": "[Errno 1] Operation not permitted",
        f"os.kill({os.getpid()}, 15)": "[Errno 1] Operation not permitted",
        f"open('/proc/{os.getpid()}/environ')": f"{DENIED}: '/proc/{os.getpid()}/environ'",
        "os.system('setsid sleep 4712 &')": "0",
        "os.listdir('../..')": f"{DENIED}: '../..'",
    }
    assert dict(zip(cells, inside(tmp_path, *cells), strict=True)) == cells
    assert b"4712" not in subprocess.run(["ps", "-ef"], capture_output=True, check=True).stdout
    assert not list(landlock.scratch().iterdir())


def test_memory_processes_and_files_have_a_limit(tmp_path):
    forks = """import os, time
count = 0
try:
    for _ in range(1000):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        count += 1
except OSError as error:
    print(50 < count < 150, error)"""
    fills = "open('large', 'wb').write(b'x' * 20_000_000)"
    alone = "import numpy as np\nnp.ones(10**9)"
    together = """import os, time
for _ in range(6):
    if os.fork() == 0:
        kept = b"x" * 300_000_000
        time.sleep(60)
        os._exit(0)
time.sleep(30)"""
    limits = {"memory_bytes": 800_000_000, "processes": 100, "scratch_bytes": 10_000_000}
    told = inside(tmp_path, fills, alone, together, forks, "1 + 1", **limits)
    assert told[0] == "[Errno 27] File too large"
    assert told[1].startswith("Unable to allocate 7.45 GiB")
    assert told[2:] == [
        "the kernel died here: a crash, too little memory or an exit",
        "True [Errno 11] Resource temporarily unavailable\n",
        "2",
    ]
