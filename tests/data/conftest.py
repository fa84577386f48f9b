"""Literal little data sets, each in its source's own format, and a cache of its own per test."""

import gzip

import pytest

IVI_VIEWS = """\
user_id,content_id,view_duration,view_ts,dt,platform
42,64103,668,2019-04-09 03:34:51+00:00,2019-04-09,iPhone
42,64104,,2019-04-09 23:30:00-03:00,2019-04-10,
7,64103,12,2019-04-09 03:34:52+00:00,2019-04-09,Android
"""
IVI_CATALOGUE = """\
content_id,origin_country,release_date,kinopoisk_rating,compilation_id,genre
64104,1.0,2017-10-23,,3519,Боевики
39261,,,7.25,,
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    for name in ("DATA_DIR", "RECSYS_COURSE_LANG", "RECSYS_COURSE_MIRROR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RECSYS_COURSE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def cache_folder(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def ivi(tmp_path):
    """Write ivi's two files into a folder: text is packed, bytes are written as they are."""

    def write(views=IVI_VIEWS, catalogue=IVI_CATALOGUE):
        folder = tmp_path / "ivi"
        folder.mkdir(exist_ok=True)
        for name, content in (("content_views", views), ("content_description", catalogue)):
            packed = gzip.compress(content.encode()) if isinstance(content, str) else content
            (folder / f"{name}.csv.gz").write_bytes(packed)
        return folder

    return write


@pytest.fixture
def files(tmp_path):
    """Write a mapping of file names to text or bytes into a folder."""

    def write(contents):
        folder = tmp_path / "files"
        folder.mkdir(exist_ok=True)
        for name, content in contents.items():
            data = content.encode() if isinstance(content, str) else content
            (folder / name).write_bytes(data)
        return folder

    return write
