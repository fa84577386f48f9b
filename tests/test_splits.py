"""Splits: by hand, and that nothing leaks whatever the views."""

import math
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from recsys_course.errors import CourseError, DataError
from recsys_course.splits import by_time, by_user, leave_last_n, leave_last_share

START = pd.Timestamp("2019-03-01", tz="UTC")


def frame(rows):
    """Views of (user, content, hours after the start)."""
    views = pd.DataFrame(rows, columns=["user_id", "content_id", "hour"])
    views["view_ts"] = START + pd.to_timedelta(views.pop("hour"), unit="h")
    return views


frames = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 8), st.integers(0, 12)), min_size=1, max_size=50
).map(frame)
shares = st.integers(1, 99).map(lambda percent: Fraction(percent, 100))  # exact, unlike floats
VIEWS = frame([(1, 10, 0), (1, 11, 1), (2, 10, 2), (1, 10, 3), (3, 12, 4), (2, 11, 5)])


def pairs(views):
    return set(zip(views.user_id, views.content_id, strict=True))


def assert_partition(split, views):
    """Each row is on one side, in its old order, untouched."""
    together = pd.concat([split.train, split.test]).sort_index()
    pd.testing.assert_frame_equal(together, views)
    assert split.train.index.is_monotonic_increasing
    assert split.test.index.is_monotonic_increasing


@settings(deadline=None)
@given(frames, shares, st.integers(0, 5), st.randoms())
def test_by_user_parts_users(views, share, seed, random):
    users = views.user_id.nunique()
    count = math.ceil(share * users)
    assume(count < users)
    split = by_user(views, float(share), seed)
    assert_partition(split, views)
    assert set(split.train.user_id).isdisjoint(split.test.user_id)
    assert split.test.user_id.nunique() == count
    # the same users are held out whatever the rows are and however they are ordered
    fewer = views.drop_duplicates("user_id").sample(frac=1, random_state=random.randrange(99))
    assert set(by_user(fewer, float(share), seed).test.user_id) == set(split.test.user_id)


def test_by_user_is_fixed_by_its_seed():
    # the PCG64 stream of seed 0 begins .64 .27 .04 .02 .81 .91 .61 .73 .54 .94
    views = pd.DataFrame({"user_id": range(100, 110)})
    assert by_user(views).test.user_id.tolist() == [102, 103]
    assert by_user(views, 0.3).test.user_id.tolist() == [101, 102, 103]
    assert by_user(views, seed=1).test.user_id.tolist() != [102, 103]


def test_rounding_errors_do_not_add_a_user():
    views = pd.DataFrame({"user_id": range(100)})
    assert 0.07 * 100 > 7
    assert len(by_user(views, 0.07).test) == 7


@settings(deadline=None)
@given(frames, shares)
def test_by_time_is_strict(views, share):
    held_out = math.ceil(share * len(views))
    moment = sorted(views.view_ts)[-held_out]
    assume(moment > views.view_ts.min())
    split = by_time(views, float(share))
    assert_partition(split, views)
    assert split.train.view_ts.max() < split.test.view_ts.min() == moment
    assert len(split.test) >= held_out
    assert (split.test.view_ts > moment).sum() < held_out  # larger only by those of one instant


@settings(deadline=None)
@given(frames, st.integers(-1, 13))
def test_by_time_at_a_moment(views, hour):
    moment = START + pd.Timedelta(hours=hour)
    if views.view_ts.min() < moment <= views.view_ts.max():
        split = by_time(views, moment=moment)
        assert_partition(split, views)
        assert split.train.view_ts.max() < moment <= split.test.view_ts.min()
    else:
        with pytest.raises(CourseError, match="outside of the views' period"):
            by_time(views, moment=moment)


def test_by_time_understands_other_time_zones():
    moscow = pd.Timestamp("2019-03-01 06:00", tz="Europe/Moscow")  # 03:00 UTC
    assert by_time(VIEWS, moment=moscow).train.content_id.tolist() == [10, 11, 10]


def test_by_time_holds_out_a_fifth_by_default():
    assert by_time(VIEWS).test.index.tolist() == [4, 5]  # ceil(.2 * 6)


@settings(deadline=None)
@given(frames, st.integers(1, 4))
def test_leave_last_n_never_parts_a_pair(views, n):
    if views.groupby("user_id").content_id.nunique().max() <= n:
        with pytest.raises(DataError, match=f"no user has more than {n} item"):
            leave_last_n(views, n)
        return
    split = leave_last_n(views, n)
    assert_partition(split, views)
    assert pairs(split.train).isdisjoint(pairs(split.test))
    first = {pair: min(group.view_ts) for pair, group in views.groupby(["user_id", "content_id"])}
    for user in set(views.user_id):
        mine = sorted(pair for pair in first if pair[0] == user)
        mine.sort(key=first.get)  # ties stay by content id
        expected = mine[-n:] if len(mine) > n else []
        assert {pair for pair in pairs(split.test) if pair[0] == user} == set(expected)


@settings(deadline=None)
@given(frames, shares)
def test_leave_last_share_never_parts_a_pair(views, share):
    items = views.groupby("user_id").content_id.nunique()
    if math.floor(share * items.max()) == 0:
        with pytest.raises(DataError, match="nothing to hold out"):
            leave_last_share(views, float(share))
        return
    split = leave_last_share(views, float(share))
    assert_partition(split, views)
    assert pairs(split.train).isdisjoint(pairs(split.test))
    held_out = split.test.groupby("user_id").content_id.nunique()
    for user, count in items.items():
        assert held_out.get(user, 0) == math.floor(share * count)
        if user in held_out:
            begin = views[views.user_id == user].groupby("content_id").view_ts.min()
            test = split.test[split.test.user_id == user].content_id
            assert begin.drop(test).max() <= begin[test].min()


def test_a_rewatched_item_counts_from_its_first_view():
    # user 1 takes up 10, then 11, then returns to 10: the last one taken up is 11
    assert leave_last_n(VIEWS).test.index.tolist() == [1, 5]
    assert leave_last_n(VIEWS).train.index.tolist() == [0, 2, 3, 4]


def test_items_begun_at_one_moment_are_ordered_by_content_id():
    views = frame([(1, 12, 0), (1, 10, 0), (1, 11, 0)])
    assert leave_last_n(views).test.content_id.tolist() == [12]
    assert leave_last_n(views, 2).test.content_id.tolist() == [12, 11]


def test_a_fifth_of_five_items_is_one():
    views = frame([(1, item, item) for item in range(5)] + [(2, item, item) for item in range(4)])
    assert pairs(leave_last_share(views).test) == {(1, 4)}


def test_the_users_held_out_do_not_depend_on_the_order_of_rows():
    views = frame([(user, user, user) for user in range(40)])
    users = {frozenset(by_user(part).test["user_id"]) for part in (views, views[::-1])}
    assert len(users) == 1


def test_the_last_moment_can_be_held_out_alone_and_not_the_first():
    stamps = VIEWS["view_ts"]
    assert by_time(VIEWS, moment=stamps.max()).test["view_ts"].tolist() == [stamps.max()]
    with pytest.raises(CourseError, match="give one after"):
        by_time(VIEWS, moment=stamps.min())
    with pytest.raises(CourseError, match=r"^by_time: give test_share or moment, not both$"):
        by_time(VIEWS, 0.2, moment=stamps.max())


@pytest.mark.parametrize(("share", "hidden"), [(0.29, 29), (0.07, 7), (0.299, 29), (0.5, 50)])
def test_leave_last_share_rounds_down_but_for_what_is_an_error_of_rounding(share, hidden):
    stamps = pd.Timestamp("2026-03-01", tz="UTC") + pd.to_timedelta(range(100), unit="min")
    views = pd.DataFrame({"user_id": 1, "content_id": range(100), "view_ts": stamps})
    split = leave_last_share(views, share)
    assert split.test["content_id"].tolist() == list(range(100 - hidden, 100))


@pytest.mark.parametrize("split", [by_user, by_time, leave_last_share])
@pytest.mark.parametrize("share", [0, 1, 1.5, -0.1, math.nan, "0.2", None])
def test_unusable_shares(split, share):
    if split is by_time and share is None:
        share = 2.0
    with pytest.raises(CourseError, match="test_share: expected a number above 0 and below 1"):
        split(VIEWS, share)


def test_a_share_in_percent_is_understood_and_refused():
    with pytest.raises(CourseError, match=r"not 20; for 20 % write 0\.2"):
        by_user(VIEWS, 20)


@pytest.mark.parametrize("n", [0, -1, 1.0, True, None])
def test_unusable_n(n):
    with pytest.raises(CourseError, match="n: expected a whole number from 1 up"):
        leave_last_n(VIEWS, n)


@pytest.mark.parametrize("seed", [-1, 0.5, None])
def test_unusable_seeds(seed):
    with pytest.raises(CourseError, match="seed: expected a whole number from 0 up"):
        by_user(VIEWS, seed=seed)


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        (pd.Timestamp("2019-03-01 02:00"), r"no time zone; write pandas.Timestamp\(.*tz='UTC'\)"),
        (START, "outside of the views' period; give one after 2019-03-01"),
        (START + pd.Timedelta(days=9), "outside of the views' period"),
        ("soon", "expected a pandas.Timestamp, not 'soon'"),
        (pd.NaT, "expected a pandas.Timestamp, not NaT"),
    ],
)
def test_unusable_moments(moment, message):
    with pytest.raises(CourseError, match=message):
        by_time(VIEWS, moment=moment)


def test_a_moment_and_a_share_are_too_much():
    with pytest.raises(CourseError, match="not both"):
        by_time(VIEWS, 0.2, moment=START)


@pytest.mark.parametrize(
    ("split", "views", "message"),
    [
        (by_user, VIEWS[:0], "no rows"),
        (by_user, VIEWS[VIEWS.user_id == 1], "leave nobody to learn from"),
        (by_user, VIEWS.drop(columns="user_id"), "no column user_id"),
        (leave_last_n, VIEWS.drop(columns="user_id"), "no column user_id"),
        (leave_last_n, VIEWS.drop(columns="view_ts"), "no column view_ts"),
        (leave_last_n, VIEWS[:0], "no rows"),
        (
            lambda views: leave_last_share(views, 0.1),
            VIEWS,
            r"views: no user has the 10 items that test_share=0\.1 needs; nothing to hold out",
        ),
        (
            lambda views: leave_last_share(views, 0.29),
            VIEWS,
            r"views: no user has the 4 items that test_share=0\.29 needs; nothing to hold out",
        ),
        (by_time, VIEWS.drop(columns="view_ts"), "no column view_ts"),
        (by_time, VIEWS.assign(view_ts=VIEWS.view_ts.dt.tz_localize(None)), "with a time zone"),
        (by_time, VIEWS.assign(view_ts=VIEWS.view_ts.where(VIEWS.user_id > 1)), "3 moments are"),
        (by_time, VIEWS.assign(view_ts=START), "would hold out all rows"),
        (leave_last_n, VIEWS.drop(columns="content_id"), "no column content_id"),
        (leave_last_n, VIEWS.assign(view_ts="2019-03-01"), "with a time zone"),
    ],
)
def test_unusable_views_are_refused_in_one_line(split, views, message):
    with pytest.raises(DataError, match=message) as error:
        split(views)
    assert "\n" not in str(error.value)
