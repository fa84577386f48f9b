import gzip
import json
import os

import pytest

from recsys_course.cli import main
from recsys_course.data import cache, load_views

VIEWS = """\
user_id,content_id,view_duration,view_ts,dt,platform
42,64103,668,2019-04-09 03:34:51+00:00,2019-04-09,iPhone
42,64104,,2019-04-09 04:34:51+00:00,2019-04-09,
"""
CATALOGUE = """\
content_id,origin_country,release_date,kinopoisk_rating,compilation_id,genre
64104,1.0,2017-10-23,7.1,3519,Боевики
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    for name in ("DATA_DIR", "RECSYS_COURSE_LANG", "RECSYS_COURSE_MIRROR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RECSYS_COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys):
    """Run a command; returns its status, what it printed, and what it complained of."""

    def command(*args):
        with pytest.raises(SystemExit) as ended:
            main(["data", *map(str, args)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return ended.value.code, said.out, said.err

    return command


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "ivi"
    path.mkdir()
    (path / "content_views.csv.gz").write_bytes(gzip.compress(VIEWS.encode()))
    (path / "content_description.csv.gz").write_bytes(gzip.compress(CATALOGUE.encode()))
    return path


def test_list_names_sources_files_and_terms(run):
    status, out, err = run("list")
    assert (status, err) == (0, "")
    for word in ("content_views.csv.gz", "u.item", "KION", "ml-32m", "32,000,204", "README"):
        assert word in out


def test_list_for_a_program(run):
    status, out, _ = run("list", "--json")
    found = json.loads(out)
    assert status == 0
    assert found["recognised"][1] == {
        "name": "MovieLens 100k",
        "views": ["u.data"],
        "catalogue": ["u.item"],
    }
    assert {"ml-latest-small", "kion-en"} < {item["name"] for item in found["public"]}


def test_info_for_a_person(run, folder):
    status, out, err = run("info", folder)
    assert (status, err) == (0, "")
    lines = {
        line.split("│")[1].strip(): line.split("│")[2].strip()
        for line in out.splitlines()
        if "│" in line
    }
    assert "ivi" in out.splitlines()[0]
    assert lines["views"] == "2"
    assert lines["distinct user-item pairs"] == "2"
    assert lines["first view"] == "2019-04-09T03:34:51+00:00"
    assert lines["columns without a value"] == "title"
    assert lines["not in the catalogue (kept)"] == "1 views of 1 items"


def test_info_for_a_program_takes_data_dir(run, folder, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(folder))
    status, out, _ = run("info", "--json")
    assert status == 0
    assert json.loads(out) == {
        "source": "ivi",
        "rows": 2,
        "users": 1,
        "items": 2,
        "pairs": 2,
        "catalogue": 1,
        "first": "2019-04-09T03:34:51+00:00",
        "last": "2019-04-09T04:34:51+00:00",
        "missing": ["title"],
        "unknown_views": 1,
        "unknown_items": 1,
    }


def test_info_without_a_folder_is_of_the_embedded_cinema(run):
    _, out, _ = run("info", "--json")
    assert json.loads(out)["source"] == "embedded synthetic cinema"
    assert json.loads(out)["rows"] == 70_430


def test_info_tells_a_mistake_in_one_line(run, folder):
    broken = gzip.compress(VIEWS.replace("668", "-1").encode())
    (folder / "content_views.csv.gz").write_bytes(broken)
    status, out, err = run("info", folder)
    assert (status, out) == (1, "")
    assert err.startswith(f"recsys-course: {folder / 'content_views.csv.gz'}, line 2, column")
    assert err.count("\n") == 1


def test_info_tells_of_an_unwritable_cache_in_one_line_and_goes_on(run, folder):
    cache.folder().write_text("", encoding="utf-8")
    status, out, err = run("info", folder)
    assert status == 0
    assert "2019-04-09" in out
    assert err.count("\n") == 1
    assert "can't be written" in err


def test_make_writes_what_is_loaded_again(run, tmp_path):
    status, out, _ = run("make", "--json", tmp_path / "made")
    assert status == 0
    assert json.loads(out) == {
        "rows": 70_430,
        "users": 6_213,
        "items": 4_405,
        "pairs": 54_543,
        "catalogue": 14_132,
    }
    assert len(load_views(tmp_path / "made")) == 70_430


def test_make_takes_a_share_and_a_seed(run, tmp_path):
    assert run("make", "--size", "0.01", tmp_path / "one")[0] == 0
    status, out, _ = run("make", "--size", "0.01", "--seed", "1", tmp_path / "two")
    assert status == 0
    assert "14,086 rows" in out
    assert f"DATA_DIR={tmp_path / 'two'}" in out
    one, two = load_views(tmp_path / "one"), load_views(tmp_path / "two")
    assert len(one) == len(two) == 14_086
    assert not one.equals(two)


def test_make_overwrites_only_when_forced(run, folder):
    status, _, err = run("make", "--size", "0.01", folder)
    assert status == 1
    assert err == (
        f"recsys-course: {folder / 'content_views.csv.gz'}: is there already;"
        " --force overwrites it\n"
    )
    assert len(load_views(folder)) == 2
    assert run("make", "--size", "0.01", "--force", folder)[0] == 0
    assert len(load_views(folder)) == 14_086


def test_make_on_a_full_disk_names_the_folder(run, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("recsys_course.data.synthetic.write", full)
    status, _, err = run("make", "--size", "0.01", tmp_path)
    assert status == 1
    assert err == f"recsys-course: {tmp_path}: No space left on device; nothing was written\n"


@pytest.mark.parametrize("size", ["tiny", "0", "-1", "nan"])
def test_make_refuses_a_size_that_is_none(run, tmp_path, size):
    status, _, err = run("make", f"--size={size}", tmp_path / "made")
    assert status == 2
    assert "give small, full or a share of full, such as 0.1" in err
    assert not (tmp_path / "made").exists()


def test_fetch_names_what_there_is(run):
    status, _, err = run("fetch", "ml-100")
    assert status == 1
    assert "no public data set 'ml-100'; did you mean ml-100k?" in err


def test_fetch_goes_into_a_folder_of_that_name_unless_told(run, monkeypatch):
    asked = []

    def fetch(name, folder):
        asked.append((name, str(folder)))
        return folder

    monkeypatch.setattr("recsys_course.data.download.fetch", fetch)
    status, out, err = run("fetch", "ml-1m")
    assert (status, out) == (0, "ml-1m: complete; DATA_DIR=ml-1m\n")
    assert "terms: research use" in err
    run("fetch", "ml-1m", "elsewhere")
    assert asked == [("ml-1m", "ml-1m"), ("ml-1m", "elsewhere")]


def test_fetch_interrupted_says_what_is_kept(run, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("recsys_course.data.download.fetch", interrupted)
    status, _, err = run("fetch", "ml-1m")
    assert status == 130
    assert "interrupted; what has come is kept, the same command goes on" in err


@pytest.mark.parametrize("args", [["nonsense"], ["make"], ["info", "a", "b"], ["fetch"]])
def test_wrong_use_is_status_2(run, args):
    assert run(*args)[0] == 2


@pytest.mark.parametrize("command", [["info"], ["make"], ["fetch", "ml-100k"]])
@pytest.mark.parametrize("path", ["~nosuchuser", "~nosuchuser/deep/er"])
def test_a_home_that_nobody_knows_is_one_line(run, command, path):
    status, out, err = run(*command, path)
    expected = f"recsys-course: {path}: no such home folder; give the whole path"
    assert (status, out, err.splitlines()[-1]) == (1, "", expected)


def test_make_knows_what_a_tilde_stands_for(run, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    assert run("make", "~/cinema", "--size", "0.01")[0] == 0
    assert (tmp_path / "home" / "cinema" / "content_views.csv.gz").is_file()
    status, _, err = run("make", "~/cinema", "--size", "0.01", "--seed", "9")
    assert status == 1
    assert err.endswith("content_views.csv.gz: is there already; --force overwrites it\n")


@pytest.mark.parametrize("size", ["1e308", "1e306", "1e15", "1e6", "nan", "inf", "-inf", "0", "-1"])
def test_no_size_is_too_odd_for_one_line(run, size):
    status, _, err = run("make", "x", f"--size={size}")
    assert status == 2
    assert f"{size!r} is no size; give small, full or a share of full" in err


def test_a_folder_whose_name_is_no_text(run, folder, tmp_path):
    odd = tmp_path / os.fsdecode(b"\xc8\xe2\xe0\xed")
    try:
        folder.rename(odd)
    except OSError:
        pytest.skip("this file system takes only names that are text")
    assert run("info", odd)[0] == 0
    assert run("make", odd)[0] == 1  # it is there already
    status, _, err = run("fetch", "ml-100k", odd)
    assert (status, "of ivi is there; give another folder" in err) == (1, True)


def test_a_file_of_another_kind_sends_nothing_odd_to_the_terminal(run, folder):
    (folder / "content_views.csv.gz").write_bytes(b"user_id,\x1b]0;mine\x07\x9b31m\xff\n1,2\n")
    status, _, err = run("info", folder)
    assert (status, err.count("\n")) == (1, 1)
    assert err[:-1].isprintable()
