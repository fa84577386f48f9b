"""Whatever bytes are handed in: cells or a reason, soon, and nothing is written elsewhere."""

import io
import json
import zipfile

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursegrader.errors import UserError
from coursegrader.files import write
from coursegrader.intake.bounds import Limits, look
from coursegrader.intake.canonical import rebuild
from coursegrader.intake.finding import find
from tests.coursegrader.intake.builders import FULL, SOLVED, points, release

TEXT = json.dumps(
    release()
    | {
        "cells": [
            cell | {"source": SOLVED.get(cell.id, cell.source), "outputs": []}
            for cell in release().cells
        ]
    }
).encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "in"


def taken(folder, name, data):
    """The notebook that is graded, or the reason why there is none; no code of it is run."""
    for path in folder.glob("*"):
        path.unlink()
    write(folder / name, data)
    try:
        found = find(look(folder, Limits()), "sums", release(), Limits())
    except UserError as error:
        return str(error)
    finally:
        assert [path.name for path in folder.iterdir()] == [name]
        assert list(folder.parent.iterdir()) == [folder]
    notebook, records = rebuild(release(), list(found.cells))
    nbformat.validate(notebook)
    assert all(str(each).isprintable() for each in (*found.records, *records))
    return notebook


def packed(data):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sums.ipynb", data)
    return file.getvalue()


def test_unspoilt_it_is_all_there(folder):
    assert points(taken(folder, "sums.ipynb", TEXT)) == FULL
    assert points(taken(folder, "a.zip", packed(TEXT))) == FULL


def ends(told, with_a_reason=False):
    """A reason is one line; a notebook has all of the release's cells."""
    if isinstance(told, str):
        assert told.isprintable()
    else:
        assert not with_a_reason
        assert {cell.id for cell in release().cells} <= {cell.id for cell in told.cells}


edits = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 30), st.binary(max_size=12)), max_size=6
)


def spoilt(data, cuts):
    for at, length, new in cuts:
        at %= len(data) + 1
        data = data[:at] + new + data[at + length :]
    return data


@given(edits, st.sampled_from(["sums.ipynb", "other.ipynb"]))
def test_a_spoilt_notebook(folder, cuts, name):
    ends(taken(folder, name, spoilt(TEXT, cuts)))


@given(edits)
def test_a_spoilt_archive(folder, cuts):
    ends(taken(folder, "work.zip", spoilt(packed(TEXT), cuts)))


@given(st.binary(max_size=3_000), st.sampled_from(["sums.ipynb", "sums.zip", "x.json", "x.tar.gz"]))
def test_any_bytes(folder, data, name):
    ends(taken(folder, name, data), with_a_reason=True)


@pytest.mark.parametrize(
    "data",
    [b"\0" * 10**6, bytes(range(256)) * 4_000, b"[" * 10**6, b'"' * 10**6, b'{"a":' * 200_000],
    ids=["zeros", "all bytes", "brackets", "quotes", "things within each other"],
)
def test_a_million_bytes(folder, data):
    for name in ("sums.ipynb", "sums.zip"):
        ends(taken(folder, name, data), with_a_reason=True)
