import errno
import os
import sys
import warnings

import pyarrow as pa
import pytest
from pandas.testing import assert_frame_equal

from recsys_course.data import cache, load_catalogue, load_views


class Reader:
    """Turns a file into a table of its length, and counts how often it is asked."""

    def __init__(self):
        self.calls = 0

    def __call__(self, path):
        self.calls += 1
        return pa.table({"length": [len(path.read_bytes())]})


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source.csv"
    path.write_bytes(b"12345")
    return path


@pytest.fixture
def reader():
    return Reader()


def length(source, reader, kind="views"):
    return cache.cached(kind, source, reader)["length"].to_pylist()


def kept(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_second_read_needs_no_reader(source, reader, cache_folder):
    assert length(source, reader) == length(source, reader) == [5]
    assert reader.calls == 1
    assert len(kept(cache_folder)) == 1


def test_a_copy_elsewhere_is_the_same_source_under_another_name_it_is_not(source, reader):
    length(source, reader)
    copy = source.parent / "copy" / source.name
    copy.parent.mkdir()
    copy.write_bytes(source.read_bytes())
    assert length(copy, reader) == [5]
    assert reader.calls == 1
    length(source.rename(source.with_name("other.csv")), reader)
    assert reader.calls == 2


def test_views_and_catalogue_of_one_content_are_kept_apart(source, reader):
    length(source, reader)
    length(source, reader, "catalogue")
    assert reader.calls == 2


def test_other_content_of_the_same_size_and_date_is_read_anew(source, reader):
    before = source.stat()
    length(source, reader)
    source.write_bytes(b"54321")
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    length(source, reader)
    assert reader.calls == 2


def test_a_new_version_of_the_readers_reads_anew(source, reader, monkeypatch):
    length(source, reader)
    monkeypatch.setattr(cache, "VERSION", cache.VERSION + 1)
    length(source, reader)
    assert reader.calls == 2


def truncate(data):
    return data[:-7]


def empty(_):
    return b""


def flip(at):
    def flipped(data):
        position = int(at * (len(data) - 1))
        return data[:position] + bytes([data[position] ^ 16]) + data[position + 1 :]

    return flipped


@pytest.mark.parametrize(
    "damage", [truncate, empty, *[flip(at / 20) for at in range(21)]], ids=lambda _: ""
)
def test_a_damaged_cache_is_made_anew_and_never_believed(source, reader, cache_folder, damage):
    length(source, reader)
    (path,) = cache_folder.iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert length(source, reader) == [5]
    assert reader.calls == 2
    assert [left.read_bytes() for left in cache_folder.iterdir()] == [whole]


def test_a_forged_cache_of_another_table_is_not_believed(source, reader, cache_folder):
    length(source, reader)
    (path,) = cache_folder.iterdir()
    source.write_bytes(b"1")
    length(source, reader)
    (other,) = set(cache_folder.iterdir()) - {path}
    path.write_bytes(other.read_bytes())
    source.write_bytes(b"12345")
    assert length(source, reader) == [5]


def test_a_cache_that_cannot_be_written_is_told_in_one_line(source, reader, cache_folder):
    cache_folder.write_text("a file where the folder should be", encoding="utf-8")
    for _ in range(2):
        with pytest.warns(UserWarning, match="can't be written") as told:
            assert length(source, reader) == [5]
        assert len(told) == 1
        message = str(told[0].message)
        assert message.startswith(f"{cache_folder} can't be written (")
        assert message.endswith("set RECSYS_COURSE_CACHE to a folder with room")
        assert "\n" not in message


def test_the_warning_points_at_who_loads(ivi, cache_folder):
    cache_folder.write_text("", encoding="utf-8")
    with pytest.warns(UserWarning, match="can't be written") as told:
        load_views(ivi())
    assert told[0].filename == __file__


def test_a_full_disk_is_told_and_leaves_nothing(source, reader, cache_folder, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.warns(UserWarning, match="No space left on device"):
        assert length(source, reader) == [5]
    assert kept(cache_folder) == []


def test_an_interruption_leaves_nothing(source, reader, cache_folder, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        length(source, reader)
    assert kept(cache_folder) == []


def test_a_file_that_changes_while_it_is_read_is_not_kept(source, cache_folder):
    def meanwhile(path):
        path.write_bytes(b"1234567")
        return pa.table({"length": [7]})

    assert length(source, meanwhile) == [7]
    assert kept(cache_folder) == []


def test_a_file_that_changes_meanwhile_and_keeps_its_size_is_not_kept(source, cache_folder):
    before = source.stat()

    def meanwhile(path):
        path.write_bytes(bytes(before.st_size))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000_000))
        return pa.table({"length": [7]})

    assert length(source, meanwhile) == [7]
    assert kept(cache_folder) == []


def test_frames_from_the_cache_equal_those_that_were_read(ivi, cache_folder):
    folder = ivi()
    first = load_views(folder), load_catalogue(folder)
    assert [name.split("-")[0] for name in kept(cache_folder)] == ["catalogue", "views"]
    dates = [path.stat().st_mtime_ns for path in sorted(cache_folder.iterdir())]
    for read, again in zip(first, (load_views(folder), load_catalogue(folder)), strict=True):
        assert_frame_equal(read, again)
    assert [path.stat().st_mtime_ns for path in sorted(cache_folder.iterdir())] == dates


def test_a_mistake_is_not_kept(ivi, cache_folder):
    with pytest.raises(Exception, match="no column user_id"):
        load_views(ivi("a,b\n1,2\n"))
    assert kept(cache_folder) == []


def test_where_the_cache_is(monkeypatch, cache_folder):
    assert cache.folder() == cache_folder
    monkeypatch.delenv("RECSYS_COURSE_CACHE")
    assert cache.folder().name == "recsys-course"


@pytest.mark.parametrize("given", ["~nosuchuser", "~nosuchuser/cache"])
def test_without_a_place_for_the_cache_files_are_read_anew(source, reader, monkeypatch, given):
    monkeypatch.setenv("RECSYS_COURSE_CACHE", given)
    for _ in range(2):
        with pytest.warns(UserWarning, match=f"^{given}: no such home folder; give the whole path"):
            assert length(source, reader) == [5]
    assert reader.calls == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a list of such folders itself")
def test_a_user_without_a_home_works_without_a_cache(source, reader, monkeypatch, tmp_path):
    monkeypatch.delenv("RECSYS_COURSE_CACHE")
    for name in ("HOME", "USERPROFILE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda _: {}["nobody"])
    monkeypatch.chdir(tmp_path)
    with pytest.warns(
        UserWarning, match="^no home folder to keep files in; set RECSYS_COURSE_CACHE"
    ):
        assert length(source, reader) == [5]
    assert not (tmp_path / "~").exists()
