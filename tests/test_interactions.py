"""Ids, indices and the user-item matrix."""

import re
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_course.errors import CourseError, DataError, UnknownIdError
from recsys_course.interactions import Interactions

VIEWS = pd.DataFrame(
    {
        "user_id": [70, 30, 70, 70],
        "content_id": [9, 9, 5, 9],
        "view_duration": [60.0, 5.0, 100.0, 40.0],
    }
)
ids = st.integers(0, 10) | st.integers(0, 2**63 - 1)
frames = st.lists(
    st.tuples(ids, ids, st.integers(0, 10_000).map(float)), min_size=1, max_size=40
).map(lambda rows: pd.DataFrame(rows, columns=["user_id", "content_id", "view_duration"]))


def test_matrix_by_hand():
    watched = Interactions.from_views(VIEWS)
    assert watched.user_ids.tolist() == [30, 70]
    assert watched.content_ids.tolist() == [5, 9]
    assert watched.user_items.toarray().tolist() == [[0, 1], [1, 1]]
    assert Interactions.from_views(VIEWS, "count").user_items.toarray().tolist() == [[0, 1], [1, 2]]
    summed = Interactions.from_views(VIEWS, lambda seconds: seconds)
    assert summed.user_items.toarray().tolist() == [[0, 5], [100, 100]]


def test_unknown_ids_are_shown_up_to_three():
    watched = Interactions.from_views(VIEWS)
    with pytest.raises(UnknownIdError, match=r"^3 content_ids are not .* knows: 1, 2, 3$"):
        watched.item_index([1, 2, 3])
    with pytest.raises(UnknownIdError, match=r"^4 content_ids are not .* knows: 1, 2, 3, \.\.\.$"):
        watched.item_index([1, 2, 3, 4])


def test_given_ids_are_laid_out_as_they_are_or_refused():
    watched = Interactions.from_views(VIEWS, user_ids=[0, 30, 70], content_ids=[5, 9])
    assert watched.user_items.toarray().tolist() == [[0, 0], [0, 1], [1, 1]]
    with pytest.raises(UnknownIdError, match=r"^user_id 30 is not among the 1 that .*drop"):
        Interactions.from_views(VIEWS, user_ids=[70])
    with pytest.raises(CourseError, match=r"^content_ids: expected ascending ids, each once"):
        Interactions.from_views(VIEWS, content_ids=[5, 11, 9])


def test_where_nothing_is_known_everything_is_unknown():
    nothing = Interactions.from_views(VIEWS, content_ids=[], unknown="drop")
    with pytest.raises(UnknownIdError, match=r"^content_id 5 is not among the 0 that the matrix"):
        nothing.item_index(5)


def test_an_index_that_is_no_whole_number_is_named():
    with pytest.raises(CourseError, match=r"^index: expected whole numbers, found float64$"):
        Interactions.from_views(VIEWS).content_id([0.5])


def test_weight_is_a_function_of_the_seconds_of_the_pair_and_zero_leaves_the_pair_out():
    watched = Interactions.from_views(VIEWS, lambda seconds: seconds > 5)
    assert watched.user_items.toarray().tolist() == [[0, 0], [1, 1]]
    assert watched.user_items.nnz == 2


@settings(deadline=None)
@given(frames, st.sampled_from(["binary", "count", "duration"]))
def test_matrix_equals_a_dictionary_of_pairs(views, weight):
    seconds, count = defaultdict(float), defaultdict(int)
    for user, content, duration in views.itertuples(index=False):
        seconds[user, content] += duration
        count[user, content] += 1
    expected = {
        "binary": dict.fromkeys(count, 1),
        "count": count,
        "duration": {pair: value + 1 for pair, value in seconds.items()},
    }[weight]
    built = Interactions.from_views(
        views, (lambda total: total + 1) if weight == "duration" else weight
    )
    matrix = built.user_items
    assert matrix.format == "csr"
    assert matrix.dtype == np.float32
    assert matrix.has_canonical_format  # sorted, no duplicates
    rows, columns = matrix.nonzero()
    pairs = zip(built.user_ids[rows].tolist(), built.content_ids[columns].tolist(), strict=True)
    assert dict(zip(pairs, matrix.data.tolist(), strict=True)) == expected
    assert sorted(set(views.user_id)) == built.user_ids.tolist()
    assert sorted(set(views.content_id)) == built.content_ids.tolist()


@settings(deadline=None)
@given(frames)
def test_indices_lead_back_to_ids(views):
    watched = Interactions.from_views(views)
    assert watched.user_ids[watched.user_index(views.user_id)].tolist() == views.user_id.tolist()
    assert watched.content_id(watched.item_index(views.content_id)).tolist() == list(
        views.content_id
    )


def test_one_id_gives_an_int_and_many_give_an_array_of_their_shape():
    watched = Interactions.from_views(VIEWS)
    assert watched.user_index(70) == 1
    assert isinstance(watched.user_index(70), int)
    assert isinstance(watched.content_id(np.int32(1)), int)
    assert watched.item_index([[9, 5]]).tolist() == [[1, 0]]
    assert watched.item_index([]).tolist() == []


def test_no_recommendation_is_not_the_last_item():
    watched = Interactions.from_views(VIEWS)
    assert watched.content_id([[1, -1], [0, 1]]).tolist() == [[9, -1], [5, 9]]
    assert watched.content_id(-1) == -1
    for index in (-2, 2):
        with pytest.raises(UnknownIdError, match=rf"^index {index}: .* 0 to 1$"):
            watched.content_id(index)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (31, "user_id 31 is not among the 2 that the matrix knows"),
        ([30, 8, 8, 70, 2, 99], "3 user_ids are not among the 2 that the matrix knows: 8, 2, 99"),
        (range(5), "5 user_ids are not among the 2 that the matrix knows: 0, 1, 2, ..."),
    ],
)
def test_unknown_ids_are_named_and_counted(asked, message):
    with pytest.raises(UnknownIdError) as error:
        Interactions.from_views(VIEWS).user_index(asked)
    assert str(error.value) == message


def test_ids_must_be_whole():
    with pytest.raises(CourseError, match="content_id: expected whole numbers, found float64"):
        Interactions.from_views(VIEWS).item_index(9.0)


def test_given_ids_set_the_layout():
    watched = Interactions.from_views(VIEWS, user_ids=[10, 30, 70], content_ids=[1, 5, 9])
    assert watched.user_items.toarray().tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 1]]
    assert watched.user_ids.tolist() == [10, 30, 70]


def test_views_outside_of_the_given_ids():
    with pytest.raises(UnknownIdError, match=r'^content_id 5 is not among .* unknown="drop"'):
        Interactions.from_views(VIEWS, content_ids=[9])
    kept = Interactions.from_views(VIEWS, "count", content_ids=[9, 11], unknown="drop")
    assert kept.user_items.toarray().tolist() == [[1, 0], [2, 0]]
    kept = Interactions.from_views(VIEWS, np.sqrt, user_ids=[70], unknown="drop")
    assert kept.user_items.toarray().tolist() == [[10, 10]]
    nobody = Interactions.from_views(VIEWS, user_ids=[], unknown="drop")
    assert nobody.user_items.shape == (0, 2)


@pytest.mark.parametrize("given_ids", [[70, 30], [30, 30, 70], [[30], [70]]])
def test_given_ids_must_ascend(given_ids):
    with pytest.raises(CourseError, match="user_ids: expected ascending ids, each once"):
        Interactions.from_views(VIEWS, user_ids=given_ids)


@pytest.mark.parametrize(
    ("views", "message"),
    [
        ([1, 2], "views: expected a pandas DataFrame, not list"),
        (VIEWS.drop(columns="content_id"), "no column content_id; found user_id, view_duration"),
        (pd.DataFrame(), "no column user_id; found no columns at all"),
        (pd.concat([VIEWS, VIEWS[["user_id"]]], axis=1), "two columns are named user_id; keep one"),
        (pd.concat([VIEWS] * 3, axis=1), "3 columns are named user_id; keep one"),
        (VIEWS[:0], "no rows"),
        (VIEWS.assign(user_id=["a", "b", "c", "d"]), "column user_id: expected whole numbers"),
        (VIEWS.assign(content_id=1.5), "column content_id: expected whole numbers, found float64"),
        (
            VIEWS.assign(user_id=pd.array([1, None, 2, None], dtype="Int64")),
            "column user_id: 2 ids are missing",
        ),
        (
            VIEWS.assign(content_id=pd.Categorical(["a", None, "a", "b"]).codes),
            "column content_id: found -1, expected ids from 0 to 2**63 - 1",
        ),
        (VIEWS.assign(user_id=[7, -5, 7, -6]), "column user_id: found -6, expected ids from 0"),
        (
            VIEWS.assign(user_id=np.array([1, 2**63, 3, 4], np.uint64)),
            "column user_id: found 9223372036854775808, expected ids from 0 to 2**63 - 1",
        ),
        (
            VIEWS.assign(content_id=pd.array([2**64 - 1, 2, 3, 4], dtype="UInt64")),
            "column content_id: found 18446744073709551615, expected ids from 0",
        ),
    ],
)
def test_unusable_views_are_refused_in_one_line(views, message):
    with pytest.raises(DataError) as error:
        Interactions.from_views(views)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_ids_of_any_whole_type_up_to_the_largest():
    views = VIEWS.assign(user_id=np.array([0, 2**63 - 1, 0, 5], np.uint64))
    watched = Interactions.from_views(views.astype({"content_id": "UInt8"}))
    assert watched.user_ids.tolist() == [0, 5, 2**63 - 1]
    assert watched.content_ids.tolist() == [5, 9]


@pytest.mark.parametrize(
    ("given_ids", "message"),
    [
        ([-1, 5, 9], "content_ids: found -1, expected ids from 0 up"),
        (np.array([5, 2**63], np.uint64), "content_ids: 9223372036854775808 is too large"),
    ],
)
def test_given_ids_are_ids(given_ids, message):
    with pytest.raises(CourseError, match=re.escape(message)):
        Interactions.from_views(VIEWS, content_ids=given_ids)


def test_an_index_is_asked_for_with_an_id_that_can_be():
    with pytest.raises(CourseError, match="user_id: 18446744073709551615 is too large"):
        Interactions.from_views(VIEWS).user_index(np.uint64(2**64 - 1))


@pytest.mark.parametrize(
    ("durations", "message"),
    [
        (None, "this source has no view_duration"),
        ([np.nan] * 4, "this source has no view_duration"),
        ([1, 2, np.nan, np.nan], "unknown in 2 of 4 rows, first in row 2"),
        (["1", "2", "3", "4"], "expected seconds as numbers"),
    ],
)
def test_a_duration_weight_needs_durations(durations, message):
    views = VIEWS.drop(columns="view_duration")
    if durations is not None:
        views = views.assign(view_duration=durations)
    with pytest.raises(DataError, match=message):
        Interactions.from_views(views, np.log1p)
    assert Interactions.from_views(views, "count").user_items.nnz == 3


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ("duration", 'weight: expected "binary", "count" or a function'),
        (lambda seconds: seconds - 50, "got -45.0 for 5 seconds"),
        (lambda seconds: seconds * np.nan, "got nan for"),
        (lambda seconds: seconds * 1e300, "got inf for"),
        (lambda seconds: 1.0, "expected one number for each of 3 pairs"),
    ],
)
def test_unusable_weights_are_refused(weight, message):
    with pytest.raises(CourseError, match=message):
        Interactions.from_views(VIEWS, weight)


def test_an_unknown_rule_for_unknown_ids_is_refused():
    with pytest.raises(CourseError, match='unknown: expected "raise" or "drop"'):
        Interactions.from_views(VIEWS, unknown="ignore")
