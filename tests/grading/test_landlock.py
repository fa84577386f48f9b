"""The sandbox for where there are no namespaces: what is seen, written, reached and left behind."""

import os
import re
import socket
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from traitlets.config import Config

from coursegrader.errors import UserError
from coursegrader.kernel import servers
from coursegrader.sandbox import bwrap, landlock
from coursegrader.sandbox.choose import choose
from tests.executed import FORKS, MEMORY, shown

pytestmark = pytest.mark.skipif(
    bool(landlock.trouble()), reason=f"no Landlock: {landlock.trouble()}"
)
DENIED, REFUSED = "[Errno 13] Permission denied", "[Errno 1] Operation not permitted"
LIMITS = {"memory_bytes": 800_000_000, "processes": 100, "scratch_bytes": 10_000_000}


def inside(course, *sources, **options):
    config = Config({"CourseDirectory": {"root": str(course)}})
    (course / "work").mkdir(exist_ok=True)
    return shown(course / "work", *sources, config=config, sandbox="landlock", **options)


def test_it_comes_after_bubblewrap_and_before_nothing(tmp_path, monkeypatch):
    if not bwrap.trouble():
        assert choose("auto", tmp_path, **LIMITS).kind == "bwrap"
    monkeypatch.setattr(bwrap, "trouble", lambda: "no namespaces")
    assert choose("auto", tmp_path, **LIMITS).kind == "landlock"
    assert choose("if there", tmp_path, **LIMITS).kind == "landlock"
    monkeypatch.setattr(landlock, "trouble", lambda: "an old kernel")
    both = r"\(bubblewrap: no namespaces; Landlock: an old kernel\)"
    with pytest.raises(UserError, match=both):
        choose("auto", tmp_path, **LIMITS)
    assert choose("if there", tmp_path, **LIMITS) is None


def test_nothing_is_seen_written_reached_or_left_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TOKEN", "secret")
    gradebook, data = (str(tmp_path / name) for name in ("gradebook.db", "data.csv"))
    Path(gradebook).write_text("secret")
    Path(data).write_text("user_id\n7\n")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "mine.py").write_text("answer = 42\n")
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        cells = {
            "import os, mine\nmine.answer": "42",
            f"open({gradebook!r})": f"{DENIED}: {gradebook!r}",
            f"open({data!r}).read()": "'user_id\\n7\\n'",
            f"open({data!r}, 'w')": f"{DENIED}: {data!r}",
            "open('/etc/passwd')": f"{DENIED}: '/etc/passwd'",
            "open('/dev/shm/mine', 'w')": f"{DENIED}: '/dev/shm/mine'",
            "open(os.path.join(os.environ['TMPDIR'], 'mine'), 'w').write('1')": "1",
            "open('large', 'wb').write(b'x' * 20_000_000)": "[Errno 27] File too large",
            "os.listdir('../..')": f"{DENIED}: '../..'",
            "'TOKEN' in os.environ": "False",
            "import joblib": "",
            f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)": DENIED,
            "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)": REFUSED,
            "[line.split()[1] for line in open('/proc/self/status') if 'CapEff' in line]": (
                "['0000000000000000']"
            ),
            "os.kill(os.getppid(), 15)": REFUSED,
            f"os.kill({os.getpid()}, 15)": REFUSED,
            f"open('/proc/{os.getpid()}/environ')": f"{DENIED}: '/proc/{os.getpid()}/environ'",
            "import numpy as np\nnp.ones(10**9).sum()": (
                "Unable to allocate 7.45 GiB for an array with shape (1000000000,) and data type "
                "float64"
            ),
            "os.system('setsid sleep 4712 &')": "0",
        }
        *told, forks = inside(tmp_path, *cells, FORKS, readable=["data.csv"], **LIMITS)
    assert dict(zip(cells, told, strict=True)) == cells
    assert re.fullmatch(r"\d\d \[Errno 11\] Resource temporarily unavailable\n", forks)
    assert b"4712" not in subprocess.run(["ps", "-ef"], capture_output=True, check=True).stdout
    assert not list(landlock.scratch().iterdir())


@pytest.mark.long
def test_what_takes_too_much_memory_together_is_ended(tmp_path):
    died = "the kernel died here: a crash, too little memory or an exit"
    assert inside(tmp_path, MEMORY, "1 + 1", **LIMITS) == [died, "2"]


@pytest.mark.long
def test_the_next_sandbox_is_made_while_a_notebook_runs(tmp_path, monkeypatch):
    """But for the first notebook: it may be the only one."""
    made, start = [], servers.subprocess.Popen

    def noted(command, **options):
        made.append(command)
        return start(command, **options)

    monkeypatch.setattr(servers.subprocess, "Popen", noted)
    for count in (1, 3, 4):
        cells = "import os\nopen('left', 'w').write('1')", "os.listdir()"
        assert inside(tmp_path, *cells, locked="import json") == ["1", "['left']"]
        assert len(made) == count
