"""Each source's own format, in literal files, against the frames worked out by hand."""

import gzip

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from recsys_course.data import load_catalogue, load_views, source_name


def times(*moments):
    return pd.Series(pd.to_datetime(moments, utc=True, format="ISO8601").as_unit("us"))


def days(*dates):
    return pd.Series(pd.to_datetime(dates).as_unit("us"))


def names(*labels):
    return pd.Series(pd.Categorical(labels, categories=sorted({x for x in labels if x})))


def no_names(rows):
    return pd.Series(pd.Categorical([None] * rows, categories=pd.Index([], dtype="str")))


def text(*cells):
    return pd.Series(cells, dtype="str")


def no_text(rows):
    return pd.Series([None] * rows, dtype="str")


@pytest.fixture
def ivi_views():
    return pd.DataFrame(
        {
            "user_id": [42, 42, 7],
            "content_id": [64103, 64104, 64103],
            "view_duration": [668.0, float("nan"), 12.0],
            "view_ts": times("2019-04-09 03:34:51", "2019-04-10 02:30", "2019-04-09 03:34:52"),
            "dt": days("2019-04-09", "2019-04-10", "2019-04-09"),
            "platform": names("iPhone", None, "Android"),
        }
    )


def test_ivi(ivi, ivi_views):
    folder = ivi()
    assert source_name(folder) == "ivi"
    assert_frame_equal(load_views(folder), ivi_views)
    catalogue = pd.DataFrame(
        {
            "content_id": [64104, 39261],
            "origin_country": text("1", None),
            "release_date": days("2017-10-23", None),
            "kinopoisk_rating": [float("nan"), 7.25],
            "compilation_id": pd.array([3519, None], dtype="Int64"),
            "genre": text("Боевики", None),
            "title": no_text(2),
        }
    )
    assert_frame_equal(load_catalogue(folder), catalogue)


def each_line(change):
    return lambda views: "\n".join(",".join(change(line.split(","))) for line in views.splitlines())


VARIANTS = {
    "line ends of Windows": lambda views: views.replace("\n", "\r\n"),
    "a byte order mark": lambda views: "\ufeff" + views,
    "no line end at the end": lambda views: views.rstrip("\n"),
    "blank lines": lambda views: views.replace("\n", "\n\n"),
    "texts in quotes": lambda views: views.replace("iPhone", '"iPhone"'),
    "everything in quotes": each_line(lambda cells: [f'"{cell}"' for cell in cells]),
    "quotes and blank lines": lambda views: views.replace("iPhone", '"iPhone"\n\r\n'),
    "another order of columns": each_line(lambda cells: cells[::-1]),
    "one more column": each_line(lambda cells: ["x", *cells]),
    "no column dt": each_line(lambda cells: cells[:4] + cells[5:]),
}


@pytest.mark.parametrize("change", VARIANTS.values(), ids=VARIANTS)
def test_ivi_as_other_programs_write_it(ivi, ivi_views, change):
    plain = gzip.decompress((ivi() / "content_views.csv.gz").read_bytes()).decode()
    assert_frame_equal(load_views(ivi(change(plain))), ivi_views)


def test_ivi_unpacked_and_in_several_gzip_members(ivi, ivi_views):
    folder = ivi()
    packed = folder / "content_views.csv.gz"
    plain = gzip.decompress(packed.read_bytes())
    packed.write_bytes(gzip.compress(plain[:70]) + gzip.compress(plain[70:]))
    assert_frame_equal(load_views(folder), ivi_views)
    packed.unlink()
    (folder / "content_views.csv").write_bytes(plain)
    assert_frame_equal(load_views(folder), ivi_views)


def ratings(rating):
    return pd.DataFrame(
        {
            "user_id": [1, 2],
            "content_id": [10, 267],
            "view_duration": [float("nan")] * 2,
            "view_ts": times("2000-07-30 13:51:43", "1970-01-01 00:00:01"),
            "dt": days("2000-07-30", "1970-01-01"),
            "platform": no_names(2),
            "rating": rating,
        }
    )


def movies(ids, title, released, genre):
    rows = len(ids)
    return pd.DataFrame(
        {
            "content_id": ids,
            "origin_country": no_text(rows),
            "release_date": days(*released),
            "kinopoisk_rating": [float("nan")] * rows,
            "compilation_id": pd.array([None] * rows, dtype="Int64"),
            "genre": text(*genre),
            "title": text(*title),
        }
    )


def test_movielens_100k(files):
    film = f"10|Été (1995)|14-Feb-1995||http://x/?a|0|1|0|1{'|0' * 15}\n"
    unknown = f"267|unknown||||1{'|0' * 18}\n"
    folder = files(
        {
            "u.data": "1\t10\t4\t964965103\n2\t267\t3\t1\n",
            "u.item": (film + unknown).encode("latin-1"),
        }
    )
    assert source_name(folder) == "MovieLens 100k"
    assert_frame_equal(load_views(folder), ratings([4.0, 3.0]))
    genres = ["Action|Animation", None]
    expected = movies([10, 267], ["Été (1995)", "unknown"], ["1995-02-14", None], genres)
    assert_frame_equal(load_catalogue(folder), expected)


@pytest.mark.parametrize(
    ("written", "released"),
    [
        ("4-Feb-1971", "1971-02-04"),
        ("04-FEB-1971", "1971-02-04"),
        ("4-feb-71", "1971-02-04"),
        ("31-dec-98", "1998-12-31"),
        ("01-Jan-22", "1922-01-01"),  # Nosferatu: the data set is of 1998
        (" 29-Feb-1996 ", "1996-02-29"),
        ("", None),
        ("1971-02-04", "1971-02-04"),
    ],
)
def test_movielens_100k_dates(files, written, released):
    film = "{}|4-Feb-1972 (1971)|{}|1-Jan-1999|http://x/4-Feb-1973|0" + "|0" * 18 + "\n"
    folder = files({"u.data": "1\t1\t4\t9\n", "u.item": film.format(1, written)})
    expected = movies([1], ["4-Feb-1972 (1971)"], [released], [None])
    assert_frame_equal(load_catalogue(folder), expected)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"], ids=["1M", "10M"])
def test_movielens_1m_and_10m(files, encoding):
    dat = '10::Star Wars: Épisode :: IV (1977)::Action|Sci-Fi\n267::Bug\'s "Life" (1998)::War\n'
    folder = files(
        {
            "ratings.dat": "1::10::4::964965103\n2::267::3.5::1\n",
            "movies.dat": dat.encode(encoding),
        }
    )
    assert source_name(folder) == "MovieLens 1M or 10M"
    assert_frame_equal(load_views(folder), ratings([4.0, 3.5]))
    titles = ["Star Wars: Épisode :: IV (1977)", 'Bug\'s "Life" (1998)']
    expected = movies([10, 267], titles, ["1977-01-01", "1998-01-01"], ["Action|Sci-Fi", "War"])
    assert_frame_equal(load_catalogue(folder), expected)


def test_movielens_20m_and_later(files):
    rows = """\
movieId,title,genres
10,"American ""Prez"", The (1995) ",Comedy|Drama|Romance
267,Babylon 5,(no genres listed)
11,Blue (2016–2017),Drama
12,Sit (1994- ),Comedy
13,Nine (9) Lives 1999,War
"""
    views = "userId,movieId,rating,timestamp\n1,10,4.0,964965103\n2,267,3.5,1\n"
    folder = files({"ratings.csv": views, "movies.csv": rows})
    assert source_name(folder) == "MovieLens 20M, 25M, 32M or latest"
    assert_frame_equal(load_views(folder), ratings([4.0, 3.5]))
    expected = movies(
        [10, 267, 11, 12, 13],
        [
            'American "Prez", The (1995) ',
            "Babylon 5",
            "Blue (2016–2017)",
            "Sit (1994- )",
            "Nine (9) Lives 1999",
        ],
        ["1995-01-01", None, "2016-01-01", "1994-01-01", None],
        ["Comedy|Drama|Romance", None, "Drama", "Comedy", "War"],
    )
    assert_frame_equal(load_catalogue(folder), expected)


KION_VIEWS = """\
user_id,item_id,last_watch_dt,total_dur,watched_pct
0,9506,2021-05-11,4250,72.0
5,0,2021-08-22,8317,
"""


@pytest.mark.parametrize("catalogue", ["items.csv", "items_en.csv"])
def test_kion(files, catalogue):
    items = """\
,item_id,content_type,title,title_orig,release_year,genres,countries,description
0,9506,film,"Run, Lola",Lola rennt,1998.0,"драмы, триллеры","Германия, США","Тел.
Мани, двадцать минут ""и всё""."
1,0,series,Дом,,,,,
"""
    folder = files({"interactions.csv": KION_VIEWS, catalogue: items})
    assert source_name(folder) == "KION"
    views = pd.DataFrame(
        {
            "user_id": [0, 5],
            "content_id": [9506, 0],
            "view_duration": [4250.0, 8317.0],
            "view_ts": times("2021-05-11", "2021-08-22"),
            "dt": days("2021-05-11", "2021-08-22"),
            "platform": no_names(2),
            "watched_share": [0.72, float("nan")],
        }
    )
    assert_frame_equal(load_views(folder), views)
    genres = ["драмы|триллеры", None]
    expected = movies([9506, 0], ["Run, Lola", "Дом"], ["1998-01-01", None], genres)
    expected["origin_country"] = text("Германия|США", None)
    assert_frame_equal(load_catalogue(folder), expected)


def test_of_kions_two_catalogues_in_one_folder_the_english_one_is_read(files):
    head = "item_id,title,release_year,genres,countries\n"
    folder = files(
        {
            "interactions.csv": KION_VIEWS,
            "items.csv": head + "1,Дом,,,\n",
            "items_en.csv": head + "1,Home,,,\n",
        }
    )
    assert load_catalogue(folder)["title"].tolist() == ["Home"]
