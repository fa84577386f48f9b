"""Kernels are forks of a process that has imported what they need, and nobody can tell."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from coursegrader.kernel import servers
from coursegrader.kernel.forked import CAN_FORK
from coursegrader.run.reasons import DIED
from tests.executed import executed, shown

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not CAN_FORK, reason="only Linux forks kernels")
OPEN = {"sandbox": "none"}  # there alone the processes that a kernel comes from are seen
LIBRARIES = """import matplotlib.pyplot as plt
import no_such_module
import numpy as np, pandas as pd, tqdm.auto"""


FORKED = "import sys\n'numpy' in sys.modules"
CHANCE = "import random\nprint(np.random.rand(), random.random())"
WATCHER = "import os\nwatcher = os.getppid()\n"
SERVER = (
    WATCHER + "server = int(open(f'/proc/{watcher}/stat').read().rpartition(')')[2].split()[1])\n"
)


def test_what_locked_cells_import_is_there_already(tmp_path):
    shows_errors = "'stack_data' in sys.modules"
    assert shown(tmp_path, FORKED, shows_errors, "import wave") == ["True", "True", ""]
    # what a student imports is not there for the next one
    assert shown(tmp_path, FORKED, "'wave' in sys.modules") == ["True", "False"]
    assert shown(tmp_path, FORKED, fork=False) == ["False"]


def test_what_tests_import_is_not_there_before_them(tmp_path):
    """For the arguments of a process can be read by others: a hidden test would be told."""
    assert shown(tmp_path, FORKED, test=True) == ["False"]


@pytest.mark.parametrize("sandbox", [pytest.param("none", marks=pytest.mark.long), "if there"])
def test_all_is_as_in_a_process_of_its_own(tmp_path, monkeypatch, sandbox):
    monkeypatch.setenv("COURSE_OF", "ann")
    (tmp_path / "mine.py").write_text("answer = 42\n")
    cells = {
        FORKED: "True",
        "import mine\nmine.answer": "42",
        "import os, subprocess\nos.environ['COURSE_OF']": "'ann'",
        "os.path.samefile(os.getcwd(), os.path.dirname(mine.__file__))": "True",
        "[os.path.basename(sys.argv[0]), sys.argv[1]]": "['ipykernel_launcher.py', '-f']",
        "subprocess.run(['false']).returncode": "1",
        "from multiprocessing import Pool\nwith Pool(2) as two: print(two.map(abs, [-1]))": "[1]\n",
        "import tqdm.auto\ntqdm.auto.tqdm.__mro__[1].__name__": "'tqdm_notebook'",
        "import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])": "text/plainimage/png",
        "import numpy as np\n(np.ones((300, 300)) @ np.ones((300, 300))).sum() == 300**3": (
            "np.True_"
        ),
        "import pandas as pd\npd.options.display.max_columns": "20",  # 0 outside of a notebook
        "input()": "raw_input was called, but this frontend does not support input requests.",
        "import no_such_module": "No module named 'no_such_module'",
        "np.mine = 1": "",
        CHANCE: "another one each time",
        "hasattr(np, 'mine')": "True",
    }
    first, second = (
        shown(tmp_path, *cells, locked=LIBRARIES, sandbox=sandbox, variables=["COURSE_OF"])
        for _ in range(2)
    )
    assert first != second
    for each in (first, second):
        each[list(cells).index(CHANCE)] = "another one each time"
        assert dict(zip(cells, each, strict=True)) == cells
    mine = "import numpy as np\nhasattr(np, 'mine')"
    assert shown(tmp_path, mine, locked=LIBRARIES) == ["False"]


@pytest.mark.parametrize("whom", ["os.getpid()", "watcher", "server"])
def test_who_kills_a_kernel_or_what_it_comes_from_has_died_there(tmp_path, whom):
    kill = SERVER + f"import signal, time\nos.kill({whom}, signal.SIGKILL)\ntime.sleep(1)\n'alive'"
    died = "the kernel died here: a crash, too little memory or an exit"
    # the server has nothing to do with a kernel any longer, once it is there
    assert shown(tmp_path, kill, "1 + 1", **OPEN) == ["'alive'" if whom == "server" else died, "2"]
    assert shown(tmp_path, FORKED, **OPEN) == ["True"]


@pytest.mark.parametrize("fork", [True, False])
def test_what_was_shown_before_a_death_is_kept(tmp_path, fork):
    dies = "import os, time\nprint('still here')\ntime.sleep(0.5)\nos._exit(1)"
    (outputs,) = executed(tmp_path, dies, fork=fork)
    assert [each.get("text", each.get("ename")) for each in outputs] == ["still here\n", DIED]


def test_kernels_end_with_the_grader(tmp_path):
    note = tmp_path / "pids"
    cell = (
        SERVER + f"print(os.getpid(), watcher, server, file=open({str(note)!r}, 'w'), flush=True)"
    )
    grader = textwrap.dedent(
        f"""
        from pathlib import Path
        from tests.executed import shown
        shown(Path({str(tmp_path)!r}), {cell!r}, "import time; time.sleep(60)",
              sandbox="none")
        """
    )
    process = subprocess.Popen([sys.executable, "-c", grader], cwd=ROOT)
    ends = time.monotonic() + 60
    while not (note.exists() and note.read_text().endswith("\n")):
        assert time.monotonic() < ends
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for pid in note.read_text().split():
        while os.path.exists(f"/proc/{pid}"):
            assert time.monotonic() < ends, f"process {pid} is still there"
            time.sleep(0.05)


def test_another_kernel_starts_as_always(tmp_path, monkeypatch):
    folder = tmp_path / "jupyter" / "kernels" / "other"
    folder.mkdir(parents=True)
    command = [sys.executable, "-X", "utf8", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = f'{{"argv": {command}, "display_name": "O", "language": "python"}}'.replace("'", '"')
    (folder / "kernel.json").write_text(spec)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    assert shown(tmp_path, FORKED, kernel="other", **OPEN) == ["False"]


def test_imports_without_an_end_are_waited_for_once(tmp_path, monkeypatch):
    started = []
    start = servers.subprocess.Popen

    def noted(command, **options):
        started.append(any("forkserver" in part for part in command))
        return start(command, **options)

    monkeypatch.setattr(servers.subprocess, "Popen", noted)
    monkeypatch.setattr(servers, "_SECONDS", 0.001)
    for _ in range(2):
        assert shown(tmp_path, FORKED, locked="import numpy, wave", **OPEN) == ["False"]
    assert started.count(True) == 1


def test_two_notebooks_in_turn_have_what_they_are_forked_from_each(tmp_path):
    whose, locked = SERVER + "print(server)", ["import csv", "import wave"]
    first, second, third, fourth = (
        shown(tmp_path, whose, locked=each, **OPEN) for each in [*locked, *locked]
    )
    assert (first, second) == (third, fourth)
    assert first != second


def test_no_more_than_a_few_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(servers, "_MOST", 3)
    whose = SERVER + "print(server)"
    told = [
        int(shown(tmp_path, whose, locked=f"import {name}", **OPEN)[0])
        for name in ("csv", "wave", "gzip", "bz2", "lzma")
    ]
    assert [os.path.exists(f"/proc/{server}") for server in told] == [False] * 2 + [True] * 3


def test_threads_share_what_kernels_are_forked_from(tmp_path):
    whose = SERVER + "print(server)"
    with ThreadPoolExecutor(3) as pool:
        ask = lambda _: shown(tmp_path, whose, locked="import numpy, csv", **OPEN)  # noqa: E731
        told = list(pool.map(ask, "abc"))
    assert len({server for (server,) in told}) == 1
