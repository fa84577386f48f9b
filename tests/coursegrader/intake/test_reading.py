"""The cells of a file in whatever state are read within limits, or refused in one line."""

import codecs
import contextlib
import json
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursegrader.errors import UserError
from coursegrader.intake.reading import SMALL, Cell, read_cells
from tests.coursegrader.intake.builders import ADD, again, release


def notebook(*cells, **more):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | more


def code(source=ADD, **more):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": []} | more


def named(**nbgrader):
    return {"metadata": {"nbgrader": nbgrader}}


def read(raw, encoding="utf-8"):
    """The texts of the cells, and the codes of the records."""
    text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
    cells, records = read_cells(text if isinstance(text, bytes) else text.encode(encoding))
    return [cell.source for cell in cells], [each.code for each in records]


ONE = json.dumps(notebook(code()))
READ = {
    "as it is": (ONE, [ADD], []),
    "lines as a list": (notebook(code(ADD.splitlines(keepends=True))), [ADD], []),
    "line ends of Windows": (notebook(code(ADD.replace("\n", "\r\n"))), [ADD], []),
    "line ends of an old Mac": (notebook(code(ADD.replace("\n", "\r"))), [ADD], []),
    "no source": (notebook({"cell_type": "code", "metadata": {}}), [""], []),
    "source of another type": (notebook(code({"a": 1})), [""], []),
    "lines of other types": (notebook(code(["a = 1", None, 3])), ["a = 1"], []),
    "keys twice": ('{"cells": [], ' + ONE[1:], [ADD], []),
    "a raw line break in a text": (ONE.replace("\\n", "\n"), [ADD], []),
    "NaN and Infinity": (notebook(code(), metadata={"a": float("nan"), "b": 1e999}), [ADD], []),
    "a number of a million digits": (ONE[:-1] + f', "m": {"9" * 10**6}}}', [ADD], []),
    "half a character": (ONE.replace("a + b", "a + b # \\ud83d"), [f"{ADD} # ?"], ["damaged-text"]),
    "a future minor format": (notebook(code(), nbformat_minor=17), [ADD], []),
    "a future format": (notebook(code(), nbformat=5), [ADD], ["other-format"]),
    "a format that is none": (notebook(code(), nbformat="4"), [ADD], ["other-format"]),
    "no format": ({"cells": [code()]}, [ADD], ["other-format"]),
    "format 3": (
        {"nbformat": 3, "worksheets": [{"cells": [
            {"cell_type": "heading", "level": 1, "source": ["Sums"]},
            {"cell_type": "code", "input": ADD, "language": "python"},
        ]}]},
        ["# Sums", ADD],
        ["other-format"],
    ),
    "format 3 without sheets that are any": (
        {"nbformat": 3, "worksheets": [None, {"cells": 3}, {"cells": [code()]}]},
        [ADD],
        ["other-format"],
    ),
    "things that are no cells": (notebook(None, "x", [], 3, code()), [ADD], ["odd-cell"]),
    "a cell of no kind": (notebook({"source": ADD, "outputs": []}), [ADD], []),
    "a kind that nobody knows": (notebook(code(cell_type="sql")), [ADD], []),
    "a kind that is a list": (notebook(code(cell_type=[])), [ADD], []),
    "metadata of another type": (notebook(code(metadata=[])), [ADD], []),
    "nbgrader's of another type": (notebook(code(metadata={"nbgrader": "x"})), [ADD], []),
    "outputs of every size": (notebook(code(outputs=[{"text": "x" * 10**6}])), [ADD], []),
    "outputs that are none": (notebook(code(outputs="many")), [ADD], []),
    "metadata of Colab": (notebook(code(metadata={"colab": {"id": "x"}}), metadata={}), [ADD], []),
    "metadata of VS Code": (notebook(code(metadata={"vscode": {"languageId": "x"}})), [ADD], []),
    "metadata of Deepnote": (notebook(code(metadata={"cell_id": 7, "owner": []})), [ADD], []),
    "metadata of Kaggle": (notebook(code(metadata={"trusted": True, "_uuid": "1"})), [ADD], []),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "sources", "codes"), READ.values(), ids=READ)
def test_what_can_be_understood_is(raw, sources, codes):
    assert read(raw) == (sources, codes)


@pytest.mark.parametrize(
    ("encoding", "codes"),
    [
        ("utf-8", []),
        ("utf-8-sig", ["recoded"]),
        ("utf-16", ["recoded"]),
        ("utf-16-le", ["recoded"]),
        ("utf-16-be", ["recoded"]),
        ("utf-32", ["recoded"]),
    ],
)
def test_encodings(encoding, codes):
    assert read(notebook(code("один = 1")), encoding) == (["один = 1"], codes)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("a = 1  # ё", "cp1251"),
        ("Потому что сумма коммутативна", "cp1251"),
        ("Weil es größer ist, sagte Zoë", "cp1252"),
        ("Porque la suma es más rápida", "cp1252"),
    ],
)
def test_another_code_page_is_told_by_its_letters(text, encoding):
    assert read(notebook(code(text)), encoding) == ([text], ["recoded"])


def test_utf_8_that_is_spoilt_in_one_place_keeps_its_other_letters():
    data = json.dumps(notebook(code("a = 'сумма'  # ?")), ensure_ascii=False).encode()
    cells, records = read_cells(data.replace(b"?", b"\xff"))
    assert [cell.source for cell in cells] == ["a = 'сумма'  # ?"]
    assert [each.code for each in records] == ["damaged-text"]


WITHIN = {
    "an API's answer": ({"type": "notebook", "content": notebook(code("a"))}, "other JSON"),
    "a list of one": ([notebook(code("a"))], "other JSON"),
    "JSON written twice": (json.dumps(notebook(code("a"))), "other JSON"),
    "an API's answer, written twice": ({"content": json.dumps(notebook(code("a")))}, "other JSON"),
}


@pytest.mark.parametrize(("raw", "found"), WITHIN.values(), ids=WITHIN)
def test_a_notebook_within_other_json_is_taken_out(raw, found):
    cells, records = read_cells(json.dumps(raw).encode())
    assert [cell.source for cell in cells] == ["a"]
    assert [str(each) for each in records] == [
        f"the notebook lay within {found}, and was taken out of it"
    ]


def test_a_list_of_cells_is_a_notebook_without_a_format():
    cells, records = read_cells(json.dumps([code("a"), code("b")]).encode())
    assert [cell.source for cell in cells] == ["a", "b"]
    assert [each.code for each in records] == ["other-format"]


AROUND = {
    "a note before it": b"// my homework\n%s",
    "a note behind it": b"%s\nThat's all.",
    "zeros behind it, as after a crash": b"%s" + bytes(500),
    "the end of a file in DOS": b"%s\x1a",
    "itself once more": b"%s\n{}",
    "the mark of a merge": b"<<<<<<< HEAD\n%s\n=======\n>>>>>>> mine",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_what_stands_around_a_notebook_is_left_out(around):
    cells, records = read_cells(around.replace(b"%s", ONE.encode()))
    assert cells == read_cells(ONE.encode())[0]
    assert [each.code for each in records] == ["wrapped"]


def test_two_marks_of_an_encoding_are_as_good_as_one():
    mark = "\ufeff".encode()
    assert read_cells(mark + mark + ONE.encode()) == read_cells(mark + ONE.encode())


@pytest.mark.parametrize(
    ("meta", "name"),
    [
        (named(grade_id="add"), "add"),
        (named(grade_id="сумма 1"), "сумма 1"),
        (named(grade_id=7), ""),
        (named(grade_id=["add"]), ""),
        (named(grade_id=None), ""),
        (named(grade_id="a\nb"), ""),
        (named(), ""),
    ],
)
def test_names(meta, name):
    cells, _ = read_cells(json.dumps(notebook(code(**meta))).encode())
    assert cells[0].grade_id == name


def test_pictures_in_a_text_come_along_and_nothing_else():
    attached = {
        "a.png": {"image/png": "iVBOR w0KGgo=\n", "text/html": "<script>"},
        "b.svg": {"image/svg+xml": "<svg onload='x'/>"},
        "c.png": {"image/png": "<script>"},
        "d.png": 3,
    }
    cells, _ = read_cells(json.dumps(notebook(code(attachments=attached))).encode())
    assert cells[0].attachments == {"a.png": {"image/png": "iVBOR w0KGgo=\n"}}


REFUSED = {
    "empty": (b"", "it is empty"),
    "blanks": (b" \n\t", "it is empty"),
    "cut off": (ONE[:-20].encode(), "not JSON (line 1, column"),
    "a web page": (b"<html>", "not JSON (line 1, column 1"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "not a notebook"),
    "zeros": (b"\0" * 1_000, "not a notebook"),
    "a merge that was not ended": (
        ONE.replace(",", ",\n<<<<<<< HEAD\n", 1).encode(),
        "git has left two versions of a place in it (line 2); keep one of them, then save it",
    ),
    "a list": (b"[1, 2]", "it has no list of cells"),
    "a notebook too deep within": (b"[[[" + ONE.encode() + b"]]]", "it has no list of cells"),
    "a text": (b'"x"', 'found "x", expected {...}'),
    "no cells": (b"{}", "it has no list of cells"),
    "cells that are none": (b'{"cells": {"a": 1}}', "it has no list of cells"),
    "more cells than anybody reads": (
        b'{"cells": [' + b"{}," * 20_000 + b"{}]}", "more than 10000 cells",
    ),
    "nested too deeply": (b"[" * 200_000, "nested too deeply"),
    "nested too deeply, and large": (b"[" * 3_000_000, "nested too deeply"),
    "nested too deeply in a cell": (
        b'{"cells": [' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]}", "nested too deeply",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_notebook_is_refused_in_one_line(data, reason):
    with pytest.raises(UserError) as refused:
        read_cells(data)
    assert reason in str(refused.value)
    assert str(refused.value).isprintable()
    assert "save it again in JupyterLab" in str(refused.value)


def test_a_large_file_is_read_as_a_small_one_is():
    large = json.dumps(notebook(code(outputs=[{"text": "ж" * SMALL}]), None), ensure_ascii=False)
    assert read(large) == ([ADD], ["odd-cell"])
    assert read(large, "utf-16") == ([ADD], ["recoded", "odd-cell"])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
@pytest.mark.parametrize(
    "data",
    [
        b'{"cells":[{"outputs":[' + b"{}," * 12_000_000 + b"1]}]}",
        b'{"cells":[{"outputs":[' + b"[]," * 12_000_000 + b"1]}]}",
    ],
    ids=["millions of things in an output", "millions of lists in an output"],
)
def test_no_file_takes_more_than_its_share(data):
    before = time.process_time()
    with pytest.raises(UserError, match="take more than 2 s or 500 MB to read; clear all outputs"):
        read_cells(data)
    assert time.process_time() - before < 2  # here; the reader has a limit of its own


def test_a_release_is_read_as_it_is():
    text = json.dumps(release())
    cells, records = read_cells(text.encode())
    assert (cells, records) == (again(release()), [])


@given(st.binary(max_size=200))
def test_any_bytes_end_with_cells_or_a_refusal(data):
    for start in (b"", b'{"cells": [', codecs.BOM_UTF16_LE, codecs.BOM_UTF8):
        with contextlib.suppress(UserError):
            assert all(isinstance(cell, Cell) for cell in read_cells(start + data)[0])


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["source", "cell_type", "metadata", "nbgrader", "grade_id", "id", "input"]
            )
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.lists(values, max_size=5), values, values)
def test_any_cells_end_with_cells(cells, form, sheets):
    raw = {"cells": cells, "nbformat": form, "worksheets": sheets, "metadata": form}
    found, _ = read_cells(json.dumps(raw).encode())
    for cell in found:
        cell.source.encode()  # whole characters only
        assert cell.grade_id.isprintable() or not cell.grade_id
