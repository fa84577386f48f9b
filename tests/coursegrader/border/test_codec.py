"""Data that cross the border: the same on the other side, and harmless whoever has sent them."""

import datetime
import decimal
import fractions
from collections import Counter, OrderedDict, defaultdict, deque

import msgspec
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from scipy import sparse

from coursegrader.border import arrays, codec, pythons
from coursegrader.border.codec import Codec, Foreign

CODEC = Codec([*pythons.KINDS, *arrays.KINDS])
MOSCOW = datetime.timezone(datetime.timedelta(hours=3))


def crossed(thing):
    return CODEC.decode(CODEC.encode(thing))


PLAIN = [
    None, True, 0, -(2**63), 2**64, -(10**30), 0.1, float("inf"), "Ёлка", b"\x00", 1 - 2j,
    [1, [2, (3,)]], (), {1, "a"}, frozenset({2}), deque([1]), {"a": {(1, 2): None}}, range(0, 9, 2),
    range(2**70), slice(None, 3), ..., bytearray(b"x"), decimal.Decimal("1.50"),
    fractions.Fraction(2, 3), OrderedDict(b=1, a=2), Counter("aab"), defaultdict(None, {1: 2}),
    datetime.date(2019, 4, 9), datetime.time(3, 34), datetime.timedelta(1, 2, 3),
    datetime.datetime(2019, 4, 9, 3, 34, 51, tzinfo=MOSCOW),
    pd.Timestamp("2019-04-09 03:34", tz="UTC"), pd.Timedelta("1 day 2 ns"), np.float32(0.1),
    np.int64(3), np.bool_(True), np.str_("x"), np.datetime64("2019-04-09", "D"), np.complex64(1j),
]  # fmt: skip


@pytest.mark.parametrize("thing", PLAIN, ids=lambda thing: type(thing).__name__)
def test_a_value_comes_out_as_it_went_in(thing):
    found = crossed(thing)
    assert type(found) is type(thing)
    assert found == thing


def test_what_compares_with_nothing_comes_out_too():
    assert np.isnan(crossed(float("nan")))
    assert crossed(pd.NaT) is pd.NaT
    assert crossed(pd.NA) is pd.NA
    assert list(crossed(OrderedDict(b=1, a=2))) == ["b", "a"]


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.asfortranarray([[1.5, 2], [3, 4]]),
        np.arange(10)[::-3],
        np.array(5),
        np.empty((0, 3), dtype="f4"),
        np.array(["a", "Ёж"]),
        np.array([b"a", b"bc"]),
        np.array([1, "x", None, [2]], dtype=object),
        np.array(["2019-04-09", "NaT"], dtype="datetime64[s]"),
        np.array([1, 2], dtype=">i4"),
        np.array([True, False]),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_an_array_keeps_type_shape_and_values(array):
    found = crossed(array)
    assert (type(found), found.dtype, found.shape) == (np.ndarray, array.dtype, array.shape)
    np.testing.assert_array_equal(found, array)
    assert found.flags.writeable


DENSE = np.array([[0, 1.5, 0], [2, 0, 0]], dtype="f4")


@pytest.mark.parametrize("shape", ["matrix", "array"])
@pytest.mark.parametrize("name", ["csr", "csc", "coo", "lil", "dok"])
def test_a_sparse_matrix_keeps_its_class_and_values(name, shape):
    matrix = getattr(sparse, f"{name}_{shape}")(DENSE)
    found = crossed(matrix)
    assert type(found) is type(matrix)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found.toarray(), DENSE)


FRAME = pd.DataFrame(
    {
        "user_id": [7, 9],
        "title": ["The Twin", None],
        "genre": pd.Categorical(["drama", "comedy"], ordered=True),
        "view_ts": pd.to_datetime(["2019-04-09 03:34:51", "2019-04-10 00:00:00"], utc=True),
        "seconds": pd.array([668, None], dtype="Int64"),
        "share": [0.5, np.nan],
        "anything": [[1], {"a": 2}],
    },
    index=[5, 3],
)


@pytest.mark.parametrize(
    "frame",
    [
        FRAME,
        FRAME.iloc[:0],
        FRAME.set_index(["user_id", "genre"]),
        FRAME.set_index("view_ts"),
        FRAME.set_index("genre"),
        FRAME.rename_axis("row").rename_axis("column", axis=1),
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pd.DataFrame(index=range(3)),
        pd.DataFrame({"b": [True], "d": pd.to_timedelta(["1 day"])}),
        FRAME.set_index(FRAME["view_ts"].dt.tz_convert("Europe/Moscow")),
    ],
)
def test_a_frame_keeps_types_names_and_values(frame):
    pd.testing.assert_frame_equal(crossed(frame), frame, check_index_type="exact")
    for name in set(frame.columns[:1]):
        column = frame.loc[:, name] if frame.columns.is_unique else frame.iloc[:, 0]
        pd.testing.assert_series_equal(crossed(column), column)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])) | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)  # fmt: skip


@given(VALUES)
def test_any_nest_of_values_comes_out_as_it_went_in(thing):
    assert repr(crossed(thing)) == repr(thing)


@given(arrays_of.arrays(arrays_of.scalar_dtypes(), arrays_of.array_shapes(min_dims=0, min_side=0)))
def test_any_array_comes_out_as_it_went_in(array):
    found = crossed(array)
    assert (found.dtype, found.shape, found.tobytes()) == (
        array.dtype,
        array.shape,
        array.tobytes(),
    )


class Mine(list):
    """A list that is another each time it is looked at."""


class Sly:
    """What pickle would run."""

    def __reduce__(self):
        return eval, ("1/0",)


@pytest.mark.parametrize(
    "thing",
    [
        print, lambda: 0, Sly(), Sly, Mine([1]), [1, {"a": Sly()}], np, object(), iter([1]),
        type("Number", (int,), {})(3), type("Frame", (pd.DataFrame,), {})({"a": [1]}),
        np.ma.array([1], mask=[True]), np.matrix([[1]]), np.array([Sly()], dtype=object),
        np.array([(1, 2)], dtype="i4,i4"), sparse.dia_matrix(DENSE), pd.Series([Sly()]),
        pd.period_range("2019", periods=2), Exception("x"), memoryview(b"x"), "\ud800",
    ],
    ids=lambda thing: type(thing).__name__,
)  # fmt: skip
def test_what_is_no_plain_data_does_not_cross(thing):
    with pytest.raises(Foreign):
        CODEC.encode(thing)


def test_what_lies_in_itself_or_is_too_large_does_not_cross(monkeypatch):
    endless = []
    endless.append(endless)
    with pytest.raises(Foreign, match=r"^list: lies in itself, or in too many others$"):
        CODEC.encode(endless)
    monkeypatch.setattr(codec, "MOST_BYTES", 3_000_000)
    monkeypatch.setattr(codec, "MOST_STRUCTURE", 1_000_000)
    assert crossed(np.zeros(300_000)).size == 300_000
    with pytest.raises(Foreign, match=r"^ndarray: 8 MB, and 3 may cross$"):
        CODEC.encode(np.zeros(1_000_000))
    with pytest.raises(Foreign, match=r"^list: 2 MB outside of arrays, and 1 may cross$"):
        CODEC.encode([0] * 2_000_000)
    with pytest.raises(Foreign, match=r"^2 MB outside of arrays, and 1 may cross$"):
        CODEC.decode([msgspec.msgpack.encode([0] * 2_000_000)])


def test_each_kind_has_a_tag_of_its_own():
    with pytest.raises(ValueError, match="two kinds have one tag"):
        Codec([pythons.KINDS[0], pythons.KINDS[0]])


def sent(*parts, buffers=()):
    return [msgspec.msgpack.encode(list(parts)), *buffers]


def number(value, kind="<i4"):
    """The parts of an array, with the buffer that comes first."""
    return ["array", kind, [len(value)], 0]


ONES = np.ones(2, dtype="<i4").tobytes()
HOSTILE = {
    "nothing": [],
    "no MessagePack": [b"\xc1"],
    "cut": [b"\xdd\xff\xff\xff\xff"],
    "a map": [msgspec.msgpack.encode({"list": 1})],
    "no tag": sent(),
    "an unknown tag": sent("module", "os"),
    "a tag that is no text": sent(["list"], 1),
    "deeper than a stack": [b"\x92\xa4list" * 100_000 + b"\x90"],
    "a dict of a key": sent("dict", 1),
    "a dict with a key that is a list": sent("dict", ["list"], 1),
    "a number of a million digits": sent("whole", "9" * 1_000_000),
    "a number that is none": sent("whole", "nine"),
    "a decimal number of a billion digits": sent("decimal", "1e999999999"),
    "a fraction by nothing": sent("fraction", 1, 0),
    "a fraction of a text": sent("fraction", "1e999999999", 1),
    "bytes by their number": sent("bytearray", 10**12),
    "a range of texts": sent("range", "a", 1, 1),
    "an array of objects by their bytes": sent("array", "|O", [1], 0, buffers=[b"\x01" * 8]),
    "an array of another size": sent("array", "<f8", [10**12], 0, buffers=[b"\x00" * 8]),
    "an array of less than nothing": sent("array", "<f8", [-1], 0, buffers=[b""]),
    "an array of too many axes": sent("array", "<f8", [1] * 70, 0, buffers=[b"\x00" * 8]),
    "an array of records": sent("array", "i4,i4", [1], 0, buffers=[b"\x00" * 8]),
    "an array without its bytes": sent("array", "<f8", [1], 5),
    "an array from the end": sent("array", "<f8", [1], -1, buffers=[b"\x00" * 8]),
    "objects, less than there should be": sent("array", "O", [3], 1),
    "a scalar that is no array": sent("scalar", 5),
    "a column of two axes": sent("series", None, ["index", "range", None, 0, 1, 1], "numpy",
                                 ["array", "<i4", [1, 2], 0], buffers=[ONES]),
    "a column longer than its index": sent("series", None, ["index", "range", None, 0, 5, 1],
                                           "numpy", ["array", "<i4", [2], 0], buffers=[ONES]),
    "a category that isn't there": sent("series", None, ["index", "range", None, 0, 2, 1],
                                        "category", ["array", "<i4", [2], 0],
                                        ["index", "values", None, "str", ["array", "O", [1], "a"]],
                                        False, buffers=[ONES]),
    "a time zone from a file": sent("series", None, ["index", "range", None, 0, 1, 1], "moments",
                                    ["array", "<M8[ns]", [1], 0], "dateutil//etc/passwd",
                                    buffers=[ONES]),
    "a frame of numbers": sent("frame", ["index", "range", None, 0, 1, 1],
                               ["index", "range", None, 0, 1, 1], 5),
    "a frame whose index is a list": sent("frame", ["list"], ["list"]),
    "a column by the name of any type": sent("series", None, ["index", "range", None, 0, 1, 1],
                                             "period[D]", ["array", "O", [1], 1]),
    "a moment that is none": sent("pandas Timestamp", "now or never"),
    "a matrix of a known kind by another name": sent("sparse", "dia_matrix", "csr", [2, 2]),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_who_sends_something_else_is_refused(name):
    with pytest.raises(Foreign):
        CODEC.decode(HOSTILE[name])


def matrix(indices, indptr, shape, name="csr_matrix", plain="csr", kind="<i4"):
    data = np.ones(len(indices), dtype="<f4")
    places = [np.array(each, dtype=kind) for each in (indices, indptr)]
    parts = [["array", each.dtype.str, [len(each)], at] for at, each in enumerate([data, *places])]
    buffers = [each.tobytes() for each in (data, *places)]
    return sent("sparse", name, plain, list(shape), *parts, buffers=buffers)


def test_a_matrix_is_looked_at_before_any_code_believes_it():
    assert CODEC.decode(matrix([0, 2], [0, 1, 2], (2, 3))).toarray().tolist() == [
        [1, 0, 0],
        [0, 0, 1],
    ]
    for indices, indptr, shape in [
        ([0, 3], [0, 1, 2], (2, 3)),  # a column that isn't there
        ([0, -1], [0, 1, 2], (2, 3)),
        ([0, 1], [0, 2, 1], (2, 3)),  # rows that go back
        ([0, 1], [0, 1, 9], (2, 3)),
        ([0, 1], [1, 1, 2], (2, 3)),
        ([0, 1], [0, 1], (2, 3)),
        ([0, 1], [0, 1, 2], (-2, 3)),
    ]:
        with pytest.raises(Foreign):
            CODEC.decode(matrix(indices, indptr, shape))
    with pytest.raises(Foreign):
        CODEC.decode(matrix([0, 1], [0, 1, 2], (2, 3), kind="<f4"))
    with pytest.raises(Foreign):
        CODEC.decode(matrix([0, 1], [0, 1, 2], (2, 3), plain="coo"))


def look_at(data):
    """Decode what may be anything; what is refused is refused in one way, and a short one."""
    said = ""
    try:
        CODEC.decode(data)
    except Foreign as error:
        said = str(error)
    assert len(said) < 400


TAGS = [kind.tag for kind in (*pythons.KINDS, *arrays.KINDS)]
WORDS = ["O", "<f8", "<U3", "numpy", "str", "csr", "csr_array", "range", "UTC"]
PARTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats()
    | st.binary(max_size=9) | st.sampled_from([*TAGS, *WORDS]),
    lambda inner: st.lists(inner, max_size=5)
    | st.tuples(st.sampled_from(TAGS), st.lists(inner, max_size=5)).map(lambda t: [t[0], *t[1]]),
    max_leaves=30,
)  # fmt: skip


@given(PARTS, st.lists(st.binary(max_size=40), max_size=3))
def test_parts_put_together_in_any_way_are_a_value_or_refused(parts, buffers):
    look_at([msgspec.msgpack.encode(parts), *buffers])


@given(st.lists(st.binary(max_size=200), max_size=3))
def test_any_bytes_are_a_value_or_refused(data):
    look_at(data)


@given(VALUES, st.data())
def test_a_changed_byte_makes_another_value_or_is_refused(thing, data):
    whole = bytearray(CODEC.encode(thing)[0])
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] = data.draw(st.integers(0, 255))
    look_at([bytes(whole)])
