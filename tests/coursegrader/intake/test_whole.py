"""Spoilt cells in an odd file: what was earned counts, and both are said."""

import io
import json
import zipfile

import pytest

from coursegrader.files import write
from coursegrader.intake.bounds import Limits, look
from coursegrader.intake.canonical import rebuild
from coursegrader.intake.finding import find
from tests.coursegrader.intake.builders import handed_in, points, release
from tests.coursegrader.intake.test_canonical import CASES


def saved(cells, form=4):
    """The file that an editor writes."""
    raw = [
        {
            "cell_type": cell.kind,
            "id": cell.id,
            "metadata": {"nbgrader": {"grade_id": cell.grade_id}} if cell.grade_id else {},
            "source": cell.source,
        }
        for cell in cells
    ]
    return json.dumps({"cells": raw, "metadata": {}, "nbformat": form, "nbformat_minor": 5})


def zipped(cells):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("homework/sums.ipynb", saved(cells))
    return file.getvalue()


# name of the file, its bytes, and the code of what is said of it
FILES = {
    "UTF-16": ("sums.ipynb", lambda cells: saved(cells).encode("utf-16"), "recoded"),
    "no format": ("sums.ipynb", lambda cells: saved(cells, None), "other-format"),
    "another name": ("sums (1).ipynb", saved, "other-name"),
    "a zip file": ("homework.zip", zipped, "from-zip"),
}
KNOWN = {name: case for name, case in CASES.items() if case[1] is not None and case[2] is not None}


@pytest.mark.parametrize(("name", "make", "code"), FILES.values(), ids=FILES)
@pytest.mark.parametrize(("spoil", "fair", "codes"), KNOWN.values(), ids=KNOWN)
def test_what_was_earned_counts_and_all_is_said(tmp_path, spoil, fair, codes, name, make, code):
    write(tmp_path / name, make(spoil(handed_in())))
    found = find(look(tmp_path, Limits()), "sums", release(), Limits())
    notebook, records = rebuild(release(), list(found.cells))
    assert points(notebook) == fair
    said = [each.code for each in (*found.records, *records)]
    assert sorted(said) == sorted([code, *codes])
