"""Broken files: one line that names file, line, column and text, and says what to do."""

import gzip
import re

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from recsys_course.data import DataError, load_catalogue, load_views

HEAD = "user_id,content_id,view_duration,view_ts,dt,platform"
ROW = "42,64103,668,2019-04-09 03:34:51+00:00,2019-04-09,iPhone"
ITEM_HEAD = "content_id,origin_country,release_date,kinopoisk_rating,compilation_id,genre"
ITEM = "{},1.0,2017-10-23,7.2,3519,Drama"


def said(load, folder):
    with pytest.raises(DataError) as caught:
        load(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message


def views(*rows):
    return "\n".join([HEAD, *rows]) + "\n"


def cells(row, **changes):
    found = dict(zip(HEAD.split(","), row.split(","), strict=True))
    return ",".join((found | changes).values())


ID = "expected a whole number, 0 or more, such as 64103"
SECONDS = "expected seconds as a number, 0 or more, such as 668"
TIME = "expected a time with its zone, such as 2019-04-09 03:34:51+00:00"
BAD_CELLS = {
    "text as id": ("user_id", "Ivan", f"found 'Ivan', {ID}"),
    "negative id": ("content_id", "-3", f"found '-3', {ID}"),
    "fraction as id": ("content_id", "3.5", f"found '3.5', {ID}"),
    "huge id": ("user_id", "9" * 19, f"found '{'9' * 19}', {ID}"),
    "no id": ("user_id", "", f"the cell is empty, {ID}"),
    "text as duration": ("view_duration", "long", f"found 'long', {SECONDS}"),
    "negative duration": ("view_duration", "-5", f"found '-5', {SECONDS}"),
    "endless duration": ("view_duration", "inf", f"found 'inf', {SECONDS}"),
    "time without zone": (
        "view_ts",
        "2019-04-09 03:34:51",
        f"'2019-04-09 03:34:51' has no time zone, {TIME}",
    ),
    "no such day": ("view_ts", "2019-02-30 03:34:51Z", f"found '2019-02-30 03:34:51Z', {TIME}"),
    "no time": ("view_ts", "", f"the cell is empty, {TIME}"),
    "long text": ("user_id", "x" * 100, f"found '{'x' * 40}...', {ID}"),
}


@pytest.mark.parametrize(("column", "cell", "reason"), BAD_CELLS.values(), ids=BAD_CELLS)
def test_a_bad_cell_of_views(ivi, column, cell, reason):
    folder = ivi(views(ROW, ROW, cells(ROW, **{column: cell}), cells(ROW, user_id="later")))
    assert said(load_views, folder) == (
        f"{folder / 'content_views.csv.gz'}, line 4, column {column}: {reason};"
        " correct it, or copy or fetch the file again"
    )


def test_the_line_is_that_of_the_file_however_long_and_with_blank_lines(ivi):
    rows = [ROW] * 70_000
    rows[68_000] = f"\n\n{ROW}"
    rows[69_000] = cells(ROW, view_duration="-1")
    assert ", line 69004, column view_duration: found '-1'" in said(load_views, ivi(views(*rows)))


BAD_ITEMS = {
    "same id": ([ITEM.format(1), ITEM.format(2), ITEM.format("01")], "line 4", "line 2"),
    "text as rating": (["1,,,good,,"], "line 2, column kinopoisk_rating", "found 'good'"),
    "rating of 100": (["1,,,100,,"], "line 2, column kinopoisk_rating", "from 0 to 10"),
    "German date": (["1,,23.10.2017,,,"], "line 2, column release_date", "found '23.10.2017'"),
    "half a series": (["1,,,,3.5,"], "line 2, column compilation_id", "found '3.5'"),
}


@pytest.mark.parametrize(("rows", "where", "what"), BAD_ITEMS.values(), ids=BAD_ITEMS)
def test_a_bad_cell_of_the_catalogue(ivi, rows, where, what):
    message = said(load_catalogue, ivi(catalogue="\n".join([ITEM_HEAD, *rows])))
    assert f"content_description.csv.gz, {where}" in message
    assert what in message


def test_an_id_that_is_there_twice_far_apart(ivi):
    rows = [ITEM.format(at) for at in range(70_000)] + [ITEM.format(5)]
    message = said(load_catalogue, ivi(catalogue="\n".join([ITEM_HEAD, *rows])))
    assert (
        "line 70002, column content_id: 5 is already in line 7, expected each only once" in message
    )


def test_text_that_is_not_utf8(ivi):
    content = f"{ITEM_HEAD}\n1,,,,,Драма\n2,,,,,".encode() + "Драма".encode("cp1251")
    message = said(load_catalogue, ivi(catalogue=gzip.compress(content)))
    assert r"line 3, column genre: found b'\xc4\xf0\xe0\xec\xe0', expected UTF-8 text" in message


BAD_ROWS = {
    "a cell too few": ("1,2,3", "line 3: found 3 fields, expected 6 separated by ','"),
    "a cell too many": (ROW + ",x", "line 3: found 7 fields, expected 6 separated by ','"),
    "two rows in one": (ROW + ROW, "line 3: found 11 fields"),
    "a quote that never closes": (cells(ROW, platform='"TV'), "is a quote never closed?"),
    "a quote that closes lines later": (
        cells(ROW, platform='"TV') + f"\n{ROW}\n" + cells(ROW, platform='TV"'),
        "line 3: a quote is opened and not closed in the same line",
    ),
}


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_torn_row(ivi, row, reason):
    # enough rows after it for Arrow to drop some of them silently
    assert reason in said(load_views, ivi(views(ROW, row, *[ROW] * 30_000)))


def test_a_stray_quote_in_a_column_that_is_not_read_loses_no_row(ivi):
    rows = [ROW, cells(ROW, dt='"2019'), ROW, cells(ROW, dt='2019"'), ROW]
    assert len(load_views(ivi(views(*rows)))) == 5


def test_a_cell_over_several_lines_where_none_is_meant(ivi):
    catalogue = f'{ITEM_HEAD}\n1,,,,,"Dra\nma"\n'
    reason = "line 2: a quote is opened and not closed in the same line"
    assert reason in said(load_catalogue, ivi(catalogue=catalogue))


def test_kion_quotes_that_swallow_rows(files):
    rows = "".join(f"{at},Film {at},,,\n" for at in range(40_000))
    catalogue = "item_id,title,release_year,genres,countries\n" + rows.replace(
        "Film 9,", '"Film 9,', 1
    )
    folder = files({"interactions.csv": "", "items.csv": catalogue})
    assert (
        "items.csv, line 11: found 2 fields over several lines (is a quote never closed?)"
        in said(load_catalogue, folder)
    )


@pytest.mark.parametrize("written", ["30-Feb-1971", "0-Jan-1995", "4-Fev-1971", "4.Feb.1971"])
def test_a_day_of_movielens_100k_that_never_was(files, written):
    film = f"1|One|{written}||x|0" + "|0" * 18 + "\n"
    message = said(load_catalogue, files({"u.data": "1\t1\t4\t9\n", "u.item": film}))
    expected = f"line 1, column release date: found {written!r}, expected a date such as"
    assert f"{expected} 04-Feb-1971" in message


RATINGS, MOVIES = "userId,movieId,rating,timestamp", "movieId,title,genres"
KION_VIEWS = "user_id,item_id,last_watch_dt,total_dur,watched_pct"
KION_ITEMS = "item_id,title,release_year,genres,countries"
NOTHING_BELOW = {
    "ivi, views": (load_views, {"content_views.csv": HEAD}),
    "ivi, catalogue": (load_catalogue, {"content_description.csv": ITEM_HEAD}),
    "MovieLens, views": (load_views, {"ratings.csv": RATINGS}),
    "MovieLens, catalogue": (load_catalogue, {"movies.csv": MOVIES}),
    "KION, views": (load_views, {"interactions.csv": KION_VIEWS}),
    "KION, catalogue": (load_catalogue, {"items.csv": KION_ITEMS}),
}


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n\n", "\r\n\r\n"])
@pytest.mark.parametrize(("load", "contents"), NOTHING_BELOW.values(), ids=NOTHING_BELOW)
def test_a_header_and_nothing_below(files, load, contents, end):
    message = said(load, files({name: head + end for name, head in contents.items()}))
    assert message.endswith(": no rows below the header; copy or fetch the file again")


@pytest.mark.parametrize("head", [HEAD, HEAD + "\n", HEAD + "\n\n"])
def test_a_packed_header_and_nothing_below(ivi, head):
    assert "no rows below the header" in said(load_views, ivi(head))


@pytest.mark.parametrize(
    ("load", "name"),
    [
        (load_views, "u.data"),
        (load_catalogue, "u.item"),
        (load_views, "ratings.dat"),
        (load_catalogue, "movies.dat"),
    ],
)
@pytest.mark.parametrize("content", ["", "\n", "\r\n\r\n", "\ufeff", "\ufeff\n"])
def test_a_file_without_header_and_without_rows(files, load, name, content):
    message = said(load, files({name: content}))
    assert "the file is empty" in message or message.endswith(
        ": no rows; copy or fetch the file again"
    )


HEADS = {
    "renamed a little": ("userid", "no column user_id; rename userid if that is meant (found: "),
    "other capitals": ("USER_ID", "no column user_id; rename USER_ID if that is meant"),
    "another name": ("viewer", "no column user_id in the first line; found: viewer, content_id"),
    "twice": ("content_id", "no column user_id in the first line"),
    "there twice": ("user_id,user_id", "two columns are named user_id; keep one"),
}


@pytest.mark.parametrize(("name", "reason"), HEADS.values(), ids=HEADS)
def test_a_header_that_is_wrong(ivi, name, reason):
    assert reason in said(load_views, ivi(views(ROW).replace("user_id", name, 1)))


def test_a_column_of_the_format_itself_is_not_taken_for_a_renamed_one(ivi):
    content = "\n".join(",".join(line.split(",")[:2] + line.split(",")[3:]) for line in (HEAD, ROW))
    message = said(load_views, ivi(content))
    assert (
        "no column view_duration in the first line; found: user_id, content_id, view_ts" in message
    )


@pytest.mark.parametrize("delimiter", [";", "\t", "|", " "])
def test_a_wrong_delimiter(ivi, delimiter):
    content = f"{HEAD}\n1,2,3,4,5,6\n".replace(",", delimiter)
    expected = f"columns are separated by {delimiter!r}, expected ','; save it so"
    assert expected in said(load_views, ivi(content))


PACKED = gzip.compress(views(*[ROW] * 3000).encode())
FLIPPED = PACKED[:60] + bytes([PACKED[60] ^ 8]) + PACKED[61:]
BYTES = {
    "empty": (b"", "the file is empty; copy or fetch the file again"),
    "gzip of nothing": (gzip.compress(b""), "the file is empty"),
    "gzip of blanks": (gzip.compress(b"\n \n"), "the file is empty"),
    "no rows": (gzip.compress(HEAD.encode()), "no rows below the header; copy or fetch"),
    "cut in the middle": (PACKED[: len(PACKED) // 2], "the compressed data ends too early"),
    "last byte gone": (PACKED[:-1], "the compressed data ends too early"),
    "a bit flipped": (FLIPPED, "damaged gzip data"),
    "something behind": (PACKED + b"garbage", "damaged gzip data"),
    "UTF-16": (gzip.compress(views(ROW).encode("utf-16")), "UTF-16, expected text; save it as"),
    "UTF-16 without a mark": (views(ROW).encode("utf-16-le"), "not text (byte 1 is a zero); save"),
    "an archive": (b"PK\x03\x04\x1b]0;title\x07", "a zip archive or a spreadsheet, expected text"),
    "a spreadsheet": (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old spreadsheet, expected text; save it as"),
    "Parquet": (b"PAR1\x15\x04", "a Parquet file, expected text; save it as CSV"),
    "a page": (
        b"<!DOCTYPE html>\n<p>404",
        "a web page, expected text; copy or fetch the file again",
    ),
    "a packed archive": (
        gzip.compress(b"ml/\0\0\0"),
        "not text (byte 3 is a zero); save it as UTF-8",
    ),
    "no header": (gzip.compress(f"{ROW}\n{ROW}".encode()), "no column user_id in the first line"),
}


@pytest.mark.parametrize(("content", "reason"), BYTES.values(), ids=BYTES)
def test_a_damaged_file(ivi, content, reason):
    folder = ivi(content)
    assert said(load_views, folder).startswith(f"{folder / 'content_views.csv.gz'}: {reason}")


def test_a_message_is_safe_to_show(files):
    # the header holds a colour, a bell and a title for the window
    header = "userId,mo\x1b[31mvie,\x07rating,\x1b]0;mine\x07" + "x" * 500
    message = said(load_views, files({"ratings.csv": f"{header}\n1,2,3,4\n"}))
    assert "no column movieId" in message
    assert message.isprintable()
    assert len(message) < 400


def test_a_cell_longer_than_any_that_can_be_read(files):
    films = {"movies.csv": "movieId,title,genres\n1," + "A" * 3_000_000 + ",War\n2,B,\n"}
    message = said(load_catalogue, files({"ratings.csv": "", **films}))
    assert "movies.csv, line 2: a cell of more than 1,048,576 characters; copy" in message


def test_a_long_cell_is_not_blamed_for_the_mistake_of_another(files):
    films = "movieId,title,genres\n1," + "A" * 200_000 + ",War\nx,B (1995),War\n"
    message = said(load_catalogue, files({"ratings.csv": "", "movies.csv": films}))
    assert "movies.csv, line 3, column movieId: found 'x'" in message


OTHERS = {
    "100k": (
        {"u.data": "1\t10\t4\t964982703\n1\t10\t4\n"},
        r"u.data, line 2: found 3 fields, expected 4 separated by '\t'",
    ),
    "100k stars": ({"u.data": "1\t10\t6\t964982703\n"}, "line 1, column rating: found '6'"),
    "1M": (
        {"ratings.dat": "1::10::4::964982703\n1,10,4,964982703\n"},
        "ratings.dat, line 2: found 1 field, expected 4 separated by '::'",
    ),
    "1M lines lost": (
        {"ratings.dat": "1::10::4::9649827031::11::5::964982703\n"},
        "ratings.dat, line 1: found 7 fields, expected 4 separated by '::'",
    ),
    "25M milliseconds": (
        {"ratings.csv": "userId,movieId,rating,timestamp\n1,10,4,964982703000\n"},
        "line 2, column timestamp: found '964982703000', expected seconds since 1970",
    ),
    "25M id": (
        {"ratings.csv": "userId,movieId,rating,timestamp\n1,x,4,964982703\n"},
        "line 2, column movieId: found 'x'",
    ),
    "KION share": (
        {
            "interactions.csv": "user_id,item_id,last_watch_dt,total_dur,watched_pct\n"
            "0,1,2021-05-11,10,101\n"
        },
        "line 2, column watched_pct: found '101', expected a number from 0 to 100",
    ),
    "KION day": (
        {
            "interactions.csv": "user_id,item_id,last_watch_dt,total_dur,watched_pct\n"
            "0,1,11.05.2021,10,100\n"
        },
        "line 2, column last_watch_dt: found '11.05.2021', expected a date such as",
    ),
}


@pytest.mark.parametrize(("contents", "reason"), OTHERS.values(), ids=OTHERS)
def test_mistakes_in_other_sources(files, contents, reason):
    assert reason in said(load_views, files(contents))


CATALOGUES = {
    "100k": (
        {"u.data": "", "u.item": f"1|A|01-Foo-1995|||0|{'|'.join('0' * 18)}\n"},
        "u.item, line 1, column release date: found '01-Foo-1995', expected a date",
    ),
    "1M": (
        {"ratings.dat": "", "movies.dat": "1::A (1995)::War\n2::B (1995)\n"},
        "movies.dat, line 2: found 1 field, expected 3 separated by '::'",
    ),
    "25M": (
        {"ratings.csv": "", "movies.csv": 'movieId,title,genres\n1,"A, The (1995)",War\n1,B,\n'},
        "movies.csv, line 3, column movieId: 1 is already in line 2",
    ),
}


@pytest.mark.parametrize(("contents", "reason"), CATALOGUES.values(), ids=CATALOGUES)
def test_mistakes_in_other_catalogues(files, contents, reason):
    assert reason in said(load_catalogue, files(contents))


WHOLE = re.compile(r"[ \t]*(-?[0-9]+|0[xX][0-9a-fA-F]+)[ \t]*")
# no delimiter, quote or line end; what a person or a program might leave in a cell
CELL = st.text(alphabet="0123456789-+.eExXnaif_ '\t:TZ", max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cell=CELL, row=st.integers(0, 4))
@example(cell="9223372036854775808", row=0)
@example(cell="-0", row=1)
@example(cell="1.0", row=2)
def test_any_cell_of_an_id_is_either_read_as_python_reads_it_or_named(ivi, cell, row):
    """Fast and slow way agree: what isn't loaded is found, on its line and in its column."""
    written, cell = cell, re.sub(r"^([ \t]*[0-9]+)\.0+([ \t]*)$", r"\1\2", cell)  # as pandas has it
    rows = [ROW] * 5
    rows[row] = cells(ROW, user_id=written)
    folder = ivi(views(*rows))
    if WHOLE.fullmatch(cell):
        value = int(cell, 16) if "x" in cell.lower() else int(cell)
        assume("x" not in cell.lower() or value < 2**31)  # Arrow takes more digits as a mistake
        if 0 <= value < 2**63:
            assert load_views(folder)["user_id"][row] == value
            return
    message = said(load_views, folder)
    assert f"line {row + 2}, column user_id: " in message
    assert message.endswith(f"{ID}; correct it, or copy or fetch the file again")


NO_TIMES = {
    "content_views.csv": views(cells(ROW, view_ts=""), cells(ROW, view_ts="", user_id="7")),
    "u.data": "42\t64103\t4\t\n7\t64103\t3\t\n",
    "ratings.dat": "42::64103::4::\n7::64103::3::\n",
    "ratings.csv": "userId,movieId,rating,timestamp\n42,64103,4,\n7,64103,3,\n",
    "interactions.csv": (
        "user_id,item_id,last_watch_dt,total_dur,watched_pct\n42,64103,,9,8\n7,64103,,9,8\n"
    ),
}
CATALOGUES = {
    "content_views.csv": "content_description.csv",
    "u.data": "u.item",
    "ratings.dat": "movies.dat",
    "ratings.csv": "movies.csv",
    "interactions.csv": "items.csv",
}


@pytest.mark.parametrize("name", NO_TIMES)
class TestTimesThatNobodyKnows:
    def test_they_may_be_empty_from_top_to_bottom(self, files, name):
        found = load_views(files({name: NO_TIMES[name], CATALOGUES[name]: "x"}))
        assert found["user_id"].tolist() == [42, 7]
        assert found[["view_ts", "dt"]].isna().all(axis=None)
        assert str(found["view_ts"].dtype) == "datetime64[us, UTC]"

    def test_they_hide_no_other_mistake(self, files, name):
        folder = files({name: NO_TIMES[name].replace("\n7", "\n-7"), CATALOGUES[name]: "x"})
        assert "Id: found '-7'" in said(load_views, folder).replace("user_id", "userId")


def test_a_column_that_is_not_there_may_be_added_empty(ivi):
    head = HEAD.replace("view_ts,", "")
    message = said(load_views, ivi(f"{head}\n42,64103,668,2019-04-09,iPhone"))
    assert message.endswith("dt, platform; add it with empty cells if it isn't known")
    assert "add it" not in said(load_views, ivi(views(ROW).replace("user_id", "viewer", 1)))
