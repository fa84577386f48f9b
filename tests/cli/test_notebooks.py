"""The command ``recsys-course notebooks``: committed outputs are those of a fresh run."""

import json
import os
import sys
from base64 import b64decode

import nbformat
import pytest
from nbformat import v4

from coursegrader.files import write

# a picture of one pixel, with a text chunk such as matplotlib's, which holds its version
PICTURE = """
import struct, zlib
from IPython.display import Image

def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

start = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
end = chunk(b"IDAT", zlib.compress(b"\\0\\0")) + chunk(b"IEND", b"")
notes = [chunk(b"tEXt", b"Software\\0Matplotlib version3.9"), chunk(b"tIME", bytes(7))]
notes += [chunk(b"iTXt", b"Title\\0\\0\\0\\0\\0now"), chunk(b"zTXt", b"a\\0\\0")]
Image(start + b"".join(notes) + end)
"""
PLACE = """
import os, time
x = 1
print(os.path.basename(os.getcwd()), os.environ["RECSYS_COURSE_LANG"])
"""
INTERRUPT = f"""
import os, signal, time
os.kill({os.getpid()}, signal.SIGINT)
time.sleep(9)
"""


def notebook(*cells, **tags):
    made = [v4.new_markdown_cell("# Title", id="title")]
    for number, source in enumerate(cells):
        name = f"part-{number}"
        metadata = {"tags": [tags[f"part_{number}"]]} if f"part_{number}" in tags else {}
        made.append(v4.new_code_cell(source, id=name, metadata=metadata))
    return v4.new_notebook(cells=made)


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """Write a lesson from the sources of its cells; return its path from the current folder."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "nbgrader_config.py", "c = get_config()\n")

    def make(*cells, **tags):
        path = tmp_path / "lessons" / "en" / "01_sums.ipynb"
        write(path, nbformat.writes(notebook(*cells, **tags)))
        return path.relative_to(tmp_path)

    return make


def outputs(path, number):
    (cell,) = [cell for cell in nbformat.read(path, 4).cells if cell.id == f"part-{number}"]
    return cell.outputs


def test_executed_normalised_and_the_second_run_changes_no_byte(lesson, run):
    path = lesson(
        PLACE,
        "x + 1",
        PICTURE,
        "time.time()",
        "1 / 0",
        "raise SystemError('not executed')",
        part_3="nbval-ignore-output",
        part_4="raises-exception",
        part_5="nbval-skip",
    )
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["metadata"] = {
        "language_info": {"name": "python", "version": "3.9.1"},
        "colab": {"provenance": []},
    }
    raw["cells"][1]["metadata"] = {"execution": {"iopub.status.busy": "2026"}, "collapsed": True}
    raw["cells"][2]["metadata"] = {"jupyter": {"source_hidden": True}}
    raw["cells"][2]["execution_count"] = 42
    write(path, json.dumps(raw))

    code, out, err = run("notebooks")
    assert (err, code) == ("", 0)
    assert out.startswith("lessons/en/01_sums.ipynb: written, cell part-0: ")
    text = path.read_text(encoding="utf-8")
    read = nbformat.reads(text, 4)
    nbformat.validate(read)
    assert read.metadata == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    assert [cell.id for cell in read.cells][:3] == ["title", "part-0", "part-1"]
    assert [cell.get("execution_count") for cell in read.cells] == [None, 1, 2, 3, 4, 5, None]
    assert read.cells[1].metadata == {}
    assert read.cells[2].metadata == {"jupyter": {"source_hidden": True}}
    assert outputs(path, 0) == [{"name": "stdout", "output_type": "stream", "text": "en en\n"}]
    assert outputs(path, 1)[0]["data"] == {"text/plain": "2"}
    assert outputs(path, 1)[0]["execution_count"] == 2
    assert outputs(path, 4)[0]["traceback"] == [
        "\x1b[31mZeroDivisionError\x1b[39m: division by zero"
    ]
    assert outputs(path, 5) == []
    picture = b64decode(outputs(path, 2)[0]["data"]["image/png"])
    kinds = (b"IHDR", b"tEXt", b"iTXt", b"zTXt", b"tIME", b"IDAT", b"IEND")
    assert [kind for kind in kinds if kind in picture] == [b"IHDR", b"IDAT", b"IEND"]

    assert run("notebooks")[1].startswith("lessons/en/01_sums.ipynb: unchanged")
    assert path.read_text(encoding="utf-8") == text
    assert run("notebooks", "--check", path)[0] == 0

    # the clock's cell is fresh as soon as anything else has changed
    clock = outputs(path, 3)
    write(path, text.replace('"x + 1"', '"x + 2"'))
    before = path.read_bytes()
    code, out, err = run("notebooks", "--check")
    assert code == 1
    assert out.startswith("lessons/en/01_sums.ipynb: differs: cell part-1: outputs")
    assert err == "recsys-course: 1 of 1 notebooks need a person: run recsys-course notebooks\n"
    assert path.read_bytes() == before
    assert run("notebooks")[0] == 0
    assert outputs(path, 1)[0]["data"] == {"text/plain": "3"}
    assert outputs(path, 3) != clock


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1\nprint(y)", "cell part-0: NameError: name 'y' is not defined"),
        ("import os\nos._exit(1)", "cell part-0: the kernel died"),
        ("import sys\nprint('careful', file=sys.stderr)", "cell part-0 writes to stderr (careful)"),
        ("object()", "cell part-0 shows an object's address, which differs in each run"),
        ("import sys\nsys.prefix", "cell part-0 shows a path of this machine"),
    ],
)
def test_what_cannot_be_committed_is_one_line_and_the_file_stays(lesson, run, source, message):
    path = lesson(source)
    before = path.read_bytes()
    code, out, err = run("notebooks", path)
    assert (code, out) == (1, "")
    first, last = err.splitlines()
    assert first.startswith("recsys-course: lessons/en/01_sums.ipynb")
    assert message in first
    assert last == "recsys-course: 1 of 1 notebooks need a person: mend the cells named above"
    assert path.read_bytes() == before


def test_the_data_of_a_developer_decide_nothing(lesson, run, monkeypatch):
    path = lesson("import os\n'DATA_DIR' in os.environ, os.environ.get('MPLBACKEND', '')[:6]")
    monkeypatch.setenv("DATA_DIR", "elsewhere")
    monkeypatch.setenv("MPLBACKEND", "agg")
    assert run("notebooks", path)[0] == 0
    assert outputs(path, 0)[0]["data"] == {"text/plain": "(False, 'module')"}


def test_one_failure_does_not_stop_the_others(lesson, run):
    path = lesson("1 + 1")
    broken = path.with_name("00_broken.ipynb")
    write(broken, "{")
    code, out, err = run("notebooks")
    assert code == 1
    assert out.startswith("lessons/en/01_sums.ipynb: written")
    assert "00_broken.ipynb, line 1, column 2: not a notebook, for it is not JSON" in err
    assert broken.read_text(encoding="utf-8") == "{"


@pytest.mark.skipif(sys.platform == "win32", reason="one process cannot press another's Ctrl-C")
def test_an_interrupted_run_leaves_the_file_whole(lesson, run):
    path = lesson(INTERRUPT)
    before = path.read_bytes()
    code, out, err = run("notebooks", path)
    assert (code, out) == (130, "")
    assert err.strip() == "recsys-course: interrupted; nothing half-written was kept"
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["x.ipynb"], "x.ipynb: no such notebook"), (["lessons"], "lessons: not a file")],
)
def test_bad_input_is_named(lesson, run, arguments, message):
    lesson("1")
    code, _, err = run("notebooks", *arguments)
    assert code == 1
    assert err.startswith(f"recsys-course: {message}")


def test_a_course_without_notebooks(lesson, run):
    code, _, err = run("notebooks")
    assert code == 1
    assert "no notebooks in lessons/ or solutions/" in err


LOADS = """
from recsys_course.data import load_views
views = load_views()
print(len(views), file=open("runs.txt", "a"))
"""


@pytest.fixture
def data(tmp_path):
    """Write data in the form of MovieLens; return the folder, from the current one."""

    def make(name, rows=2):
        folder = tmp_path / name
        lines = "".join(f"{user},10,4.0,964965103\n" for user in range(rows))
        write(folder / "ratings.csv", "userId,movieId,rating,timestamp\n" + lines)
        write(folder / "movies.csv", "movieId,title,genres\n10,Solaris,Drama\n")
        return folder.relative_to(tmp_path)

    return make


class TestOnOtherData:
    def test_each_lesson_on_each_folder(self, lesson, run, data):
        path = lesson(LOADS, "assert len(views) > 2, 'only two'")
        before = path.read_bytes()
        code, out, err = run("notebooks", "--data", data("two"), "--data", data("three", rows=3))
        lines = out.splitlines()
        assert lines[0] == ("01_sums on two: stopped at cell part-1: AssertionError: only two")
        assert lines[1].startswith("01_sums on three: clean (")
        assert lines[3].split() == ["01_sums"]
        assert lines[4].split() == ["two", "stopped", "at", "cell", "part-1"]
        assert lines[5].split()[:2] == ["three", "clean"]
        assert (code, err) == (
            1,
            "recsys-course: 1 of 2 runs need a person: mend the cells above\n",
        )
        assert path.read_bytes() == before

    def test_what_is_known_is_not_run_again(self, lesson, run, data):
        path, folder = lesson(LOADS), data("two")
        runs = path.parent / "runs.txt"
        arguments = ["notebooks", "--data", folder]
        assert run(*arguments)[0] == 0
        code, out, _ = run(*arguments)
        assert (code, runs.read_text()) == (0, "2\n")
        assert out.splitlines()[0].endswith(", known")
        data("two", rows=4)  # the data have changed; a notebook that has is run again, too, below
        assert run(*arguments)[0] == 0
        assert runs.read_text() == "2\n4\n"
        assert run(*arguments, "--again")[0] == 0
        assert runs.read_text() == "2\n4\n4\n"

    def test_a_lesson_that_says_there_is_too_little_needs_nobody(self, lesson, run, data):
        need = "from recsys_course.findings import at_hand\nat_hand(views, 100, 100, 1)"
        lesson(LOADS, need, "1 / 0")
        code, out, err = run("notebooks", "--data", data("two"))
        assert (code, err) == (0, "")
        assert out.startswith("01_sums on two: too little data at cell part-1: ")
        assert "0 of 2 users have 5 items or more (100 are needed)" in out

    def test_a_warning_needs_a_person(self, lesson, run, data):
        lesson("import warnings\nwarnings.warn('mean of an empty slice')")
        code, out, _ = run("notebooks", "--data", data("two"))
        assert code == 1
        assert "01_sums on two: warns at cell part-0: " in out
        assert "UserWarning: mean of an empty slice" in out

    @pytest.mark.skipif(sys.platform == "win32", reason="one process cannot press another's Ctrl-C")
    def test_an_interrupted_run_goes_on_where_it_was(self, lesson, run, data):
        path = lesson(LOADS)
        later = path.with_name("02_later.ipynb")
        write(later, nbformat.writes(notebook(INTERRUPT)))
        arguments = ["notebooks", "--data", data("two")]
        code, _, err = run(*arguments)
        assert (code, err.splitlines()[-1][:26]) == (130, "recsys-course: interrupted")
        write(later, nbformat.writes(notebook("1")))
        code, out, _ = run(*arguments)
        assert code == 0
        assert [line.endswith(", known") for line in out.splitlines()[:2]] == [True, False]
        assert (path.parent / "runs.txt").read_text() == "2\n"

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--data", "nowhere"], "nowhere: "),
            (["--data", "two", "x.ipynb"], "x.ipynb: no such notebook"),
        ],
    )
    def test_bad_input_is_named_before_anything_runs(self, lesson, run, data, arguments, message):
        path = lesson(LOADS)
        data("two")
        code, out, err = run("notebooks", *arguments)
        assert (code, out) == (1, "")
        assert err.startswith(f"recsys-course: {message}")
        assert not (path.parent / "runs.txt").exists()

    def test_options_that_do_not_go_together(self, lesson, run, data):
        lesson("1")
        assert run("notebooks", "--check", "--data", data("two"))[0] == 2
        assert run("notebooks", "--again")[0] == 2
