"""A finding: hard on the embedded cinema where the course is tested, a sentence elsewhere."""

import os

import numpy as np
import pandas as pd
import pytest

from recsys_course.findings import TooLittle, at_hand, finding


@pytest.mark.parametrize("holds", [True, np.True_, [0]])
@pytest.mark.parametrize("data", ["", "some/folder"])
def test_what_holds_is_said(monkeypatch, capsys, holds, data):
    monkeypatch.setenv("DATA_DIR", data)
    finding(holds, "as expected: 2", "otherwise: 2")
    assert capsys.readouterr().out == "as expected: 2\n"


@pytest.mark.parametrize(
    ("data", "findings"), [("some/folder", "hard"), ("some/folder", ""), ("", ""), ("", "soft")]
)
def test_what_does_not_hold_is_said_on_other_data_and_to_a_student(
    monkeypatch, capsys, data, findings
):
    monkeypatch.setenv("DATA_DIR", data)
    monkeypatch.setenv("RECSYS_COURSE_FINDINGS", findings)
    finding(False, "as expected: 2", "otherwise: 1")
    assert capsys.readouterr().out == "otherwise: 1\n"


def test_what_does_not_hold_on_the_embedded_cinema_fails_the_tests(monkeypatch):
    monkeypatch.delenv("DATA_DIR", raising=False)
    monkeypatch.setenv("RECSYS_COURSE_FINDINGS", "hard")
    with pytest.raises(AssertionError, match="the embedded cinema says otherwise: one is one"):
        finding(np.array([]).size, "one is two", "one is one")


def test_the_suite_is_hard():
    assert os.environ["RECSYS_COURSE_FINDINGS"] == "hard"


def views(pairs, times="spread"):
    """Make views: their moments spread, all the same, user by user, or unknown."""
    made = pd.DataFrame(pairs, columns=["user_id", "content_id"])
    place = np.arange(len(made))
    hours = {"spread": place * 7919 % len(made), "same": place * 0}.get(times, place)
    moments = pd.Timestamp("2019-04-09", tz="UTC") + pd.to_timedelta(hours, "h")
    made["view_ts"] = pd.Series(moments, made.index).astype("datetime64[us, UTC]")
    if times == "unknown":
        made["view_ts"] = pd.Series(pd.NaT, made.index, dtype="datetime64[us, UTC]")
    made["dt"] = made["view_ts"].dt.tz_localize(None).dt.floor("D")
    return made


def square(users, items):
    """Everybody watched everything."""
    return [(user, item) for user in range(users) for item in range(items)]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (250_000, "under a minute"),
        (300_000, "under a minute"),
        (310_000, "about 2 minutes"),
        (1_500_001, "about 6 minutes"),
    ],
)
def test_what_is_at_hand_is_said_with_the_time_that_it_takes(capsys, seconds, said):
    given = views(square(10, 20))
    pd.testing.assert_frame_equal(at_hand(given, 10, 20, seconds), given)
    time = f"All cells together take {said} on so many.\n"
    assert capsys.readouterr().out == "200 views, 10 users, 20 items. " + time


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (square(4, 9), "4 of 4 users have 5 items or more (5 are needed), 0 of 9 items have 5"),
        (square(9, 4), "0 of 9 users have 5 items or more (5 are needed), 4 of 4 items have 5"),
        (square(1, 300), "1 of 1 users have 5 items or more (5 are needed), 0 of 300 items"),
        ([(1, 1)] * 400, "0 of 1 users have 5 items or more (5 are needed), 0 of 1 items"),
    ],
)
def test_too_little_is_one_line(pairs, said):
    with pytest.raises(TooLittle) as stop:
        at_hand(views(pairs), 5, 9, 1)
    assert said in str(stop.value)
    (shown,) = stop.value._render_traceback_()  # what IPython asks for
    assert shown == f"This lesson stops here. {stop.value}"
    assert "\n" not in shown


COMES_BACK = "Too few of these users come back later to be judged by time."


@pytest.mark.parametrize(
    ("times", "said"),
    [("unknown", "This source has no times."), ("same", COMES_BACK), ("by user", COMES_BACK)],
)
def test_views_that_time_cannot_judge_get_moments_that_are_said_to_be_invented(capsys, times, said):
    given = views(square(50, 20), times)
    ready = at_hand(given, 1, 1, 1)
    assert f"{said} Each view gets a moment at random here" in capsys.readouterr().out
    unchanged = ["user_id", "content_id"]
    pd.testing.assert_frame_equal(ready[unchanged], given[unchanged])
    assert ready.dtypes.astype(str).tolist() == views([(1, 1)]).dtypes.astype(str).tolist()
    assert (ready["view_ts"].dt.tz_localize(None).dt.floor("D") == ready["dt"]).all()
    assert ready["dt"].nunique() == 28
    pd.testing.assert_frame_equal(at_hand(given, 1, 1, 1), ready)  # the same each time
    pd.testing.assert_frame_equal(given, views(square(50, 20), times))


def test_views_of_few_days_keep_them():
    given = views(square(50, 20))
    given["view_ts"] = given["view_ts"].dt.floor("D")
    pd.testing.assert_frame_equal(at_hand(given, 1, 1, 1), given)
