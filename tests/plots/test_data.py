"""A first look at data shows the shares that are there, and nothing that isn't."""

import numpy as np
import pandas as pd
import pytest

from recsys_course import plots


def heights(ax):
    return [round(float(bar.get_height()), 6) for bar in ax.patches]


def labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_known_and_missing_add_up_to_everything():
    frame = pd.DataFrame({"user_id": [1, 2, 3, 4], "title": ["a", None, "b", None]})
    ax = plots.completeness(frame)
    assert [float(bar.get_width()) for bar in ax.patches] == [1, 0.5, 0, 0.5]
    assert [float(bar.get_x()) for bar in ax.patches] == [0, 0, 1, 0.5]
    assert labels(ax.yaxis) == ["user_id", "title"]
    assert ax.yaxis_inverted()


def test_shares_of_one_whole():
    ax = plots.shares(pd.Series([6, 3, 1], index=["a", "b", "c"]), "Title", "group")
    assert heights(ax) == [0.6, 0.3, 0.1]
    assert labels(ax.xaxis) == ["a", "b", "c"]
    assert (ax.get_title(), ax.get_xlabel(), ax.get_legend()) == ("Title", "group", None)


def test_each_column_of_a_frame_is_a_whole_of_its_own():
    ax = plots.shares(pd.DataFrame({"titles": [1, 3], "views": [80, 20]}, index=["new", "old"]))
    assert heights(ax) == [0.25, 0.75, 0.8, 0.2]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["titles", "views"]
    new_titles, _, new_views, _ = ax.patches
    assert np.isclose(new_titles.get_x() + new_titles.get_width(), new_views.get_x())


def test_long_names_go_across_with_the_first_on_top():
    ax = plots.shares(pd.Series([3, 1], index=["Web", "Apple TV"]), across=True)
    assert [float(bar.get_width()) for bar in ax.patches] == [0.75, 0.25]
    assert labels(ax.yaxis) == ["Web", "Apple TV"]
    assert ax.yaxis_inverted()


def test_bars_draw_shares_as_they_are():
    table = pd.DataFrame({"popular": [0.2, 0.1], "personal": [0.2, 0.3]}, index=["1", "2+"])
    assert heights(plots.group_shares(table)) == [0.2, 0.1, 0.2, 0.3]


def test_concentration_counts_each_user_of_an_item_once():
    # item 7 has users 1, 2, 3 (user 1 twice), item 8 has user 3
    views = pd.DataFrame({"user_id": [1, 1, 2, 3, 3], "content_id": [7, 7, 7, 7, 8]})
    line = plots.concentration(views).lines[0]
    assert line.get_xdata().tolist() == [0, 0.5, 1]
    assert line.get_ydata().tolist() == [0, 0.75, 1]


def test_concentration_names_the_share_of_the_top():
    # 10 items; one has 11 users, each of the others has 1: the top tenth holds 11 of 20 pairs
    views = pd.DataFrame(
        {"user_id": [*range(11), *range(9)], "content_id": [0] * 11 + list(range(1, 10))}
    )
    assert "top 10%: 55%" in [text.get_text() for text in plots.concentration(views).texts]


def test_durations_of_which_none_is_known():
    assert heights(plots.durations([0.0, np.nan])) == [0.0] * 39


def test_durations_leave_out_what_is_unknown():
    ax = plots.durations([10.0, 10.0, np.nan, 0.0, 4000.0])
    assert sorted(height for height in heights(ax) if height) == [
        pytest.approx(1 / 3, abs=1e-6),
        pytest.approx(2 / 3, abs=1e-6),
    ]
    assert labels(ax.xaxis) == ["30 s", "5 min", "1 h"]


def test_the_shortest_views_share_the_first_bin():
    assert heights(plots.durations([1, 2, 5, 5000]))[0] == 0.75


@pytest.mark.parametrize("top", [0.03, 0.3, 1.0])
def test_per_cents_never_repeat(top):
    ax = plots.group_shares(pd.DataFrame({"share": [0, top]}))
    ticks = [ax.yaxis.get_major_formatter()(tick) for tick in ax.get_yticks()]
    assert len(set(ticks)) == len(ticks)
    assert all(tick.endswith("%") for tick in ticks)
