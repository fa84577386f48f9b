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


def views(pairs, times=True):
    made = pd.DataFrame(pairs, columns=["user_id", "content_id"])
    made["view_ts"] = pd.Series("2019-04-09", index=made.index) if times else pd.NaT
    made["view_ts"] = pd.to_datetime(made["view_ts"], utc=True).astype("datetime64[us, UTC]")
    made["dt"] = made["view_ts"].dt.tz_localize(None).dt.floor("D")
    return made


def square(users, items):
    """Everybody watched everything."""
    return [(user, item) for user in range(users) for item in range(items)]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1_000_000, "under a minute"),
        (1_250_000, "about 2 minutes"),
        (1_200_000, "under a minute"),
        (6_000_001, "about 6 minutes"),
    ],
)
def test_what_is_at_hand_is_said_with_the_time_that_it_takes(capsys, seconds, said):
    given = views(square(5, 10))
    given["view_ts"] += pd.to_timedelta(given.index, unit="s")
    pd.testing.assert_frame_equal(at_hand(given, 5, 10, seconds), given)
    time = f"All cells together take {said} on so many.\n"
    assert capsys.readouterr().out == "50 views, 5 users, 10 items. " + time


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


@pytest.mark.parametrize(
    ("times", "said"),
    [(False, "has no times. Each"), (True, "have one and the same time. Each")],
)
def test_views_without_an_order_get_moments_that_are_said_to_be_invented(capsys, times, said):
    given = views(square(50, 20), times)
    ready = at_hand(given, 1, 1, 1)
    assert said in capsys.readouterr().out
    unchanged = ["user_id", "content_id"]
    pd.testing.assert_frame_equal(ready[unchanged], given[unchanged])
    assert ready.dtypes.astype(str).tolist() == views([(1, 1)]).dtypes.astype(str).tolist()
    assert (ready["view_ts"].dt.tz_localize(None).dt.floor("D") == ready["dt"]).all()
    assert ready["dt"].nunique() == 28
    pd.testing.assert_frame_equal(at_hand(given, 1, 1, 1), ready)  # the same each time
    pd.testing.assert_frame_equal(given, views(square(50, 20), times))


def test_views_of_a_few_days_keep_them(capsys):
    given = views(square(5, 10))
    given["view_ts"] += pd.to_timedelta(given.index % 2, unit="D")
    pd.testing.assert_frame_equal(at_hand(given, 1, 1, 1), given)
