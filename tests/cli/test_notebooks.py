"""The command ``recsys-course notebooks``: committed outputs are those of a fresh run."""

import json
import sys
from base64 import b64decode

import nbformat
import pytest
from nbformat import v4

from recsys_course.grading.notebooks import write

# a picture of one pixel, with a text chunk such as matplotlib's, which holds its version
PICTURE = """
import struct, zlib
from IPython.display import Image

def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

start = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
end = chunk(b"IDAT", zlib.compress(b"\\0\\0")) + chunk(b"IEND", b"")
Image(start + chunk(b"tEXt", b"Software\\0Matplotlib version3.9") + end)
"""
PLACE = """
import os, time
x = 1
print(os.path.basename(os.getcwd()), os.environ["RECSYS_COURSE_LANG"])
"""
INTERRUPT = """
import os, signal, time
os.kill(os.getppid(), signal.SIGINT)
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
    assert outputs(path, 0) == [{"name": "stdout", "output_type": "stream", "text": "en en\n"}]
    assert outputs(path, 1)[0]["data"] == {"text/plain": "2"}
    assert outputs(path, 1)[0]["execution_count"] == 2
    assert outputs(path, 4)[0]["traceback"] == [
        "\x1b[31mZeroDivisionError\x1b[39m: division by zero"
    ]
    assert outputs(path, 5) == []
    picture = b64decode(outputs(path, 2)[0]["data"]["image/png"])
    assert [kind for kind in (b"IHDR", b"tEXt", b"IDAT", b"IEND") if kind in picture] == [
        b"IHDR", b"IDAT", b"IEND",
    ]  # fmt: skip

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
    assert (code, out) == (1, "")
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
