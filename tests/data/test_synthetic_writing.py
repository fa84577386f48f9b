"""The original's two files: names, format, and nothing half-written."""

import gzip
import re

import pandas as pd
import pytest

from recsys_course.data import load_catalogue, load_views
from recsys_course.data.synthetic import Size, make, write, writing
from recsys_course.errors import DataError

TINY = Size(rows=300, users=20, items=60, pairs=240, catalogue=200)


def lines(path):
    return gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()


def test_names_and_columns(tmp_path):
    views, catalogue = write(TINY, tmp_path)
    assert views == tmp_path / "content_views.csv.gz"
    assert catalogue == tmp_path / "content_description.csv.gz"
    assert sorted(tmp_path.iterdir()) == [catalogue, views]
    assert lines(views)[0] == "user_id,content_id,view_duration,view_ts,dt,platform"
    assert lines(catalogue)[0] == (
        "content_id,origin_country,release_date,kinopoisk_rating,compilation_id,genre"
    )
    assert len(lines(views)) == 301
    assert len(lines(catalogue)) == 201


def test_rows_look_like_the_original(tmp_path):
    # 42,64103,668,2019-04-09 03:34:51+00:00,2019-04-09,Android
    # 39261,1.0,2017-10-23,,3519,Боевики
    views, catalogue = write(TINY, tmp_path)
    view = re.compile(
        r"\d+,\d+,\d+,(\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d\+00:00,\1,(Android|Web|iPhone|iPad|[A-Z].*)"
    )
    item = re.compile(r"\d+,(\d+\.0)?,\d{4}-\d\d-\d\d,(\d(\.\d+)?)?,\d*,[А-Я][а-яэ ]+")
    assert all(view.fullmatch(line) for line in lines(views)[1:])
    assert all(item.fullmatch(line) for line in lines(catalogue)[1:])


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_what_is_written_is_read_again(tmp_path, lang):
    cinema = make(lang=lang)
    write(cinema, tmp_path)
    pd.testing.assert_frame_equal(load_views(tmp_path), cinema.views)
    read = load_catalogue(tmp_path)
    assert read["title"].isna().all()
    expected = make(lang="ru").catalogue.assign(title=read["title"])
    pd.testing.assert_frame_equal(read, expected)


def test_same_cinema_same_bytes(tmp_path):
    first = [path.read_bytes() for path in write(TINY, tmp_path / "a")]
    again = [path.read_bytes() for path in write(make(TINY), tmp_path / "b")]
    assert first == again
    assert all(content[4:8] == bytes(4) for content in first)  # no time in the gzip header


def test_makes_the_folder_and_replaces_old_files(tmp_path):
    folder = tmp_path / "new" / "folder"
    write(TINY, folder)
    (folder / "content_views.csv.gz").write_bytes(b"old")
    views, _ = write(TINY, str(folder))
    assert len(lines(views)) == 301


@pytest.mark.parametrize("place", ["file", "file/inside"])
def test_a_file_instead_of_a_folder(tmp_path, place):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match=f"{place}: a file is in the way; give a folder"):
        write(TINY, tmp_path / place)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError("no space left on device")])
def test_nothing_half_written_stays(tmp_path, monkeypatch, stop):
    write(TINY, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    other = make(TINY, seed=1)

    def fail(catalogue):
        raise stop

    monkeypatch.setattr(writing, "_catalogue_as_written", fail)
    with pytest.raises((KeyboardInterrupt, OSError)):
        write(other, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
