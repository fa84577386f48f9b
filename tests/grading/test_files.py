"""Files are written whole or not at all; a folder's fingerprint is that of its files."""

import os
import stat

import pytest

from coursegrader.errors import nearest
from coursegrader.files import fingerprint, write, writing


def names(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left"), ValueError])
def test_what_stops_in_the_middle_leaves_what_was_there(tmp_path, stop):
    path = tmp_path / "points.csv"
    write(path, "old")

    def stopped():
        with writing(path) as file:
            file.write(b"half of the n")
            raise stop

    with pytest.raises(stop if isinstance(stop, type) else OSError):
        stopped()
    assert path.read_text() == "old"
    assert names(tmp_path) == ["points.csv"]


def test_a_file_is_never_seen_half_written(tmp_path):
    path = tmp_path / "deep" / "er" / "points.csv"
    with writing(path) as file:
        file.write(b"a,")
        assert not path.exists()
        file.write(b"b")
    assert path.read_bytes() == b"a,b"


def test_text_is_utf_8_with_line_feeds(tmp_path):
    write(tmp_path / "a", "Солярис\n")
    assert (tmp_path / "a").read_bytes() == "Солярис\n".encode()


def test_the_longest_name_that_a_file_can_have(tmp_path):
    write(tmp_path / ("x" * 255), "1")
    assert names(tmp_path) == ["x" * 255]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_rights_stay_and_new_files_are_readable_by_all(tmp_path):
    path = tmp_path / "a"
    write(path, "1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    path.chmod(0o600)
    write(path, "2")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


CHANGES = {
    "another content": lambda folder: write(folder / "a.py", "2"),
    "another name": lambda folder: (folder / "a.py").rename(folder / "b.py"),
    "a file more": lambda folder: write(folder / "c.py", ""),
    "a file less": lambda folder: (folder / "a.py").unlink(),
    "deeper": lambda folder: write(folder / "deep" / "a.py", "1"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_fingerprint_changes_with_the_files(tmp_path, change):
    write(tmp_path / "a.py", "1")
    before = fingerprint(tmp_path), fingerprint(tmp_path, "*.py")
    assert before == (fingerprint(tmp_path), fingerprint(tmp_path, "*.py"))
    change(tmp_path)
    now = fingerprint(tmp_path), fingerprint(tmp_path, "*.py")
    assert now[0] != before[0]
    assert now[1] != before[1]


def test_only_the_files_that_are_meant_count(tmp_path):
    write(tmp_path / "a.py", "1")
    before = fingerprint(tmp_path, "*.py")
    write(tmp_path / "a.txt", "1")
    assert fingerprint(tmp_path, "*.py") == before


@pytest.mark.parametrize(
    ("name", "found"),
    [("knn", "KNN"), ("kn", "KNN"), ("ALS ", "als"), ("metrics", None), ("", None)],
)
def test_the_nearest_name(name, found):
    assert nearest(name, ["als", "KNN"]) == found
