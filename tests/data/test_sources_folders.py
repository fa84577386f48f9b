"""Which folder is read, and what is said when none can be."""

import os
from pathlib import Path

import pandas as pd
import pytest
import requests

from recsys_course.data import DataError, describe, load_catalogue, load_views, source_name


def said(folder):
    with pytest.raises(DataError) as caught:
        load_views(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_without_a_folder_it_is_the_embedded_cinema_and_nothing_is_downloaded(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("something was downloaded")

    monkeypatch.setattr(requests.Session, "request", refuse)
    assert len(load_views()) == 70_430
    assert len(load_catalogue()) == 14_132
    assert source_name() == "embedded synthetic cinema"


def test_the_embedded_cinema_speaks_both_languages(monkeypatch):
    english, russian = load_catalogue(lang="en"), load_catalogue(lang="ru")
    assert english["title"].str.contains("[а-я]").sum() == 0
    assert russian["genre"].str.contains("[а-я]").all()
    monkeypatch.setenv("RECSYS_COURSE_LANG", "ru")
    pd.testing.assert_frame_equal(load_catalogue(), russian)
    pd.testing.assert_frame_equal(load_catalogue(lang="en"), english)


def test_what_is_done_to_a_loaded_frame_does_not_come_back():
    frame = load_views()
    frame.loc[:, "user_id"] = 0
    assert load_views()["user_id"].nunique() == 6_213


def test_another_language_is_an_error(ivi, monkeypatch):
    with pytest.raises(DataError, match="no language 'de'; choose one of en, ru"):
        load_catalogue(ivi(), lang="de")
    monkeypatch.setenv("RECSYS_COURSE_LANG", "de")
    with pytest.raises(DataError, match="no language 'de'"):
        load_catalogue()


def test_data_dir_is_read_unless_a_folder_is_given(ivi, files, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(ivi()))
    assert load_views()["user_id"].tolist() == [42, 42, 7]
    other = files({"u.data": "5\t10\t4\t964982703\n"})
    assert load_views(other)["user_id"].tolist() == [5]
    assert load_views(str(other))["user_id"].tolist() == [5]
    monkeypatch.setenv("DATA_DIR", "")
    assert len(load_views()) == 70_430


def test_a_tilde_is_the_home_folder(ivi, monkeypatch):
    folder = ivi()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(folder.parent))
    assert len(load_views("~/ivi")) == 3


@pytest.mark.parametrize("path", ["~nosuchuser", "~nosuchuser/ml", "~0/ml"])
def test_a_home_that_nobody_knows_is_told(path, monkeypatch):
    expected = f"{path}: no such home folder; give the whole path"
    with pytest.raises(DataError) as caught:
        load_views(path)
    assert str(caught.value) == expected
    monkeypatch.setenv("DATA_DIR", path)
    with pytest.raises(DataError) as caught:
        load_catalogue()
    assert str(caught.value).startswith(expected)


def test_a_folder_whose_name_is_no_text(tmp_path, ivi):
    folder = tmp_path / os.fsdecode(b"\xc8\xe2\xe0\xed")
    try:
        ivi().rename(folder)
    except OSError:
        pytest.skip("this file system takes only names that are text")
    assert len(load_views(folder)) == 3


def test_no_such_folder(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    assert said(gone) == f"{gone}: no such folder; check the path"
    monkeypatch.setenv("DATA_DIR", str(gone))
    expected = f"{gone}: no such folder; check the path (the folder comes from DATA_DIR)"
    assert said(None) == expected


def test_a_file_is_no_folder(files):
    path = files({"u.data": ""}) / "u.data"
    assert said(path) == f"{path}: a file; give the folder that it is in"


def test_an_unknown_source_says_what_is_there_and_what_is_known(files):
    folder = files({".hidden": "", "clicks.csv": "a,b\n", "users.csv": ""})
    message = said(folder)
    assert f"{folder}: not a data set the course knows; found clicks.csv, users.csv" in message
    for name in (
        "content_views.csv.gz",
        "u.data",
        "ratings.dat",
        "ratings.csv",
        "interactions.csv",
    ):
        assert name in message
    assert "found nothing" in said_of_empty(folder)


def said_of_empty(folder):
    for path in folder.iterdir():
        path.unlink()
    return said(folder)


def test_data_one_folder_deeper_is_pointed_at(ivi):
    folder = ivi()
    expected = f"{folder.parent}: no data here, but {folder} holds ivi; give that folder"
    assert said(folder.parent) == expected


def test_an_archive_is_to_be_unpacked(files):
    assert "unpack ml-1m.zip first" in said(files({"ml-1m.zip": b"PK"}))


def test_two_sources_in_one_folder(files):
    folder = files({"u.data": "", "ratings.csv": ""})
    message = said(folder)
    assert "files of MovieLens 100k and MovieLens 20M, 25M, 32M or latest; keep each in" in message


@pytest.mark.parametrize(
    ("there", "load", "missing"),
    [
        ("content_views.csv", load_catalogue, "content_description.csv.gz or content_description"),
        ("content_description.csv", load_views, "content_views.csv.gz or content_views.csv"),
        ("u.data", load_catalogue, "u.item"),
        ("ratings.dat", load_catalogue, "movies.dat"),
        ("movies.csv", load_views, "ratings.csv"),
        ("interactions.csv", load_catalogue, "items_en.csv or items.csv"),
    ],
)
def test_a_missing_file_is_named(files, there, load, missing):
    folder = files({there: "x"})
    with pytest.raises(DataError) as caught:
        load(folder)
    assert str(caught.value).startswith(f"{folder}: {missing}")
    assert "is missing" in str(caught.value)


def test_a_file_that_may_not_be_read(ivi, monkeypatch):
    folder = ivi()  # as root nothing is forbidden, so the refusal is played

    def refuse(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    path = folder / "content_views.csv.gz"
    expected = f"{path}: cannot be opened (Permission denied); see that you may read it"
    assert said(folder) == expected


def test_views_of_unknown_content_are_kept_and_counted(ivi):
    folder = ivi()
    summary = describe(load_views(folder), load_catalogue(folder))
    assert summary == {
        "rows": 3,
        "users": 2,
        "items": 2,
        "pairs": 3,
        "catalogue": 2,
        "first": "2019-04-09T03:34:51+00:00",
        "last": "2019-04-10T02:30:00+00:00",
        "missing": ["title"],
        "unknown_views": 2,
        "unknown_items": 1,
    }
