"""Each source's own format, in literal files, against the frames worked out by hand."""

import gzip

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from recsys_course.data import DataError, load_catalogue, load_views, source_name


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


RATINGS = "userId,movieId,rating,timestamp\n"


def test_whole_numbers_as_pandas_writes_them_after_a_gap(files):
    ratings = RATINGS + "1.0,10.0,3.0,964982400.0\n 2.00,9007199254740993.0,4.0,964982703\n"
    views = load_views(files({"ratings.csv": ratings}))
    assert views["user_id"].tolist() == [1, 2]
    assert views["content_id"].tolist() == [10, 2**53 + 1]  # a float would have made it 2**53
    assert_frame_equal(
        views[["view_ts"]], times("2000-07-30 18:40", "2000-07-30 18:45:03").to_frame("view_ts")
    )


def test_unix_seconds_with_a_fraction_are_kept_to_the_microsecond(files):
    ratings = RATINGS + "1,10,3,1748442206.923316\n1,20,4,0.5\n1,30,5,1748442206\n"
    moments = load_views(files({"ratings.csv": ratings}))["view_ts"]
    assert moments.dt.strftime("%Y-%m-%d %H:%M:%S.%f").tolist() == [
        "2025-05-28 14:23:26.923316",
        "1970-01-01 00:00:00.500000",
        "2025-05-28 14:23:26.000000",
    ]


@pytest.mark.parametrize("cell", ["1.5", "1.0e3", "1.", ".0", "-1.0", "nan", "1.0.0", "1,0"])
def test_a_true_fraction_in_an_id_stays_a_mistake(files, cell):
    ratings = f'{RATINGS}1.0,10,3,964982400\n"{cell}",10,3,964982400\n'
    with pytest.raises(DataError, match="line 3, column userId: found"):
        load_views(files({"ratings.csv": ratings}))


@pytest.mark.parametrize("moment", ["nan", "inf", "-0.5", "964982703000.5", "now"])
def test_no_moment_is_not_a_moment(files, moment):
    ratings = f"{RATINGS}1,10,3,964982400.5\n1,10,3,{moment}\n"
    with pytest.raises(DataError, match="line 3, column timestamp: found"):
        load_views(files({"ratings.csv": ratings}))


@pytest.mark.parametrize("number", [2**53 + 1, 2**63 - 1])
@pytest.mark.parametrize("end", ["", ".0"])
def test_a_large_compilation_id_is_kept_to_the_last_digit(ivi, number, end):
    head = "content_id,origin_country,release_date,kinopoisk_rating,compilation_id,genre\n"
    catalogue = load_catalogue(
        ivi(catalogue=f"{head}1,,,,{number}{end},\n2,,,,,\n3,,,,3519{end},\n")
    )
    assert catalogue["compilation_id"].tolist() == [number, pd.NA, 3519]


PACKED = {
    "100k": (
        {"u.data": "1\t10\t4\t964982703\n"},
        {"u.item": "10|Storm (1995)|04-FEB-1995||x|0" + "|0" * 18},
    ),
    "1M": ({"ratings.dat": "1::10::4::964982703\n"}, {"movies.dat": "10::Storm (1995)::War"}),
    "25M": (
        {"ratings.csv": RATINGS + "1,10,4,964982703"},
        {"movies.csv": "movieId,title,genres\n10,Storm (1995),"},
    ),
    "KION": (
        {
            "interactions.csv": "user_id,item_id,last_watch_dt,total_dur,watched_pct\n"
            "1,10,2021-05-11,10,100"
        },
        {"items.csv": "item_id,title,release_year,genres,countries\n10,Storm (1995),1995,,"},
    ),
}


@pytest.mark.parametrize("end", ["", ".gz"], ids=["plain name", "name of an archive"])
@pytest.mark.parametrize("packs", [gzip.compress, bytes], ids=["packed", "not packed"])
@pytest.mark.parametrize("contents", PACKED.values(), ids=PACKED)
def test_any_file_may_be_packed_whatever_its_name(files, contents, packs, end):
    views, catalogue = contents
    folder = files(
        {name + end: packs(content.encode()) for name, content in (views | catalogue).items()}
    )
    assert load_views(folder)["content_id"].tolist() == [10]
    assert load_catalogue(folder)["title"].tolist() == ["Storm (1995)"]


TITLES = {
    "Солярис (1972)": "cp1251",
    "Ёлки (2010)": "cp1251",
    "Москва слезам не верит; 12 (1979)": "cp1251",
    "La Cité des enfants perdus (1995)": "latin-1",
    "Les Créées (1966)": "latin-1",
    "Zażółć gęślą jaźń (1999)": "utf-8",
}


@pytest.mark.parametrize("title", TITLES)
def test_the_letters_tell_how_an_old_catalogue_is_encoded(files, title):
    films = f"1::Alien (1979)::Horror\n2::{title}::Drama\n".encode(TITLES[title])
    catalogue = load_catalogue(files({"ratings.dat": "", "movies.dat": films}))
    assert catalogue["title"].tolist() == ["Alien (1979)", title]


@pytest.mark.parametrize("title", ["A\tB (1995)", "\tC (1995)", "D::E (1995)", 'F "G" (1995)'])
def test_a_title_of_the_1m_format_may_hold_tabs_colons_and_quotes(files, title):
    films = f"1::{title}::War\n2::Z (1969)::War\n"
    catalogue = load_catalogue(files({"ratings.dat": "", "movies.dat": films}))
    assert catalogue["title"].tolist() == [title, "Z (1969)"]
