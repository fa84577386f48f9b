"""Each picture of quality shows the numbers it was given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from recsys_course import plots
from recsys_course.plots.style import BLUE, ORANGE, PALE
from recsys_course.splits import Split


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_a_list_has_its_hits_in_orange_and_what_it_missed_in_blue():
    ax = plots.shown_and_watched(["A", "B", "C", "D", "E"], ["B", "C", "X"])
    colours = [PALE, ORANGE, ORANGE, PALE, PALE, BLUE]
    assert [box.get_facecolor() for box in ax.patches] == list(map(to_rgba, colours))
    assert ax.get_title() == "5 shown, 3 watched, 2 hits"
    assert words(ax)[-3] == "X"
    assert "rank 5" in words(ax)


def test_rank_weights_are_those_of_precision_ndcg_and_reciprocal_rank():
    alike, gentle, steep = (line.get_ydata() for line in plots.rank_weights(7).lines)
    assert set(alike) == {1}
    assert gentle[[0, 2, 6]].tolist() == pytest.approx([1, 1 / 2, 1 / 3])  # log2 of 2, 4, 8
    assert steep[[0, 1, 3]].tolist() == pytest.approx([1, 1 / 2, 1 / 4])


VIEWS = pd.DataFrame(
    {
        "user_id": [5, 5, 9, 7],
        "view_ts": pd.to_datetime(
            ["2019-03-01", "2019-03-04", "2019-03-02", "2019-03-03"], utc=True
        ),
    }
)


def test_timeline_draws_the_chosen_users_in_their_order_and_no_others():
    ax = plots.timeline(Split(VIEWS[:1], VIEWS[1:]), [9, 5], "by time")
    train, test = (dots.get_offsets()[:, 1].tolist() for dots in ax.collections)
    assert train == [1]
    assert test == [1, 0]  # user 5, then user 9; user 7 isn't asked for
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["train", "test"]
    # the train part ends with its one view, before all others
    assert ax.get_title() == "by time\ntest before the end of train: 0%"


TABLE = pd.DataFrame(
    {
        "recall": [0.1, 0.3, 0.2, np.nan],
        "recall_low": [0.05, 0.25, 0.1, np.nan],
        "recall_high": [0.15, 0.4, 0.3, np.nan],
        "popularity_bias": [0.5, 0.2, 0.1, 0.1],
    },
    index=["Popular", "ALS", "SVD", "BPR"],
)


def test_intervals_are_sorted_and_leave_out_a_model_without_a_value():
    ax = plots.intervals(TABLE, "recall")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["ALS", "SVD", "Popular"]
    assert ax.lines[0].get_xdata().tolist() == [0.3, 0.2, 0.1]
    ends = [bar[:, 0].tolist() for bar in ax.collections[0].get_segments()]
    assert ends == [[0.25, 0.4], [0.1, 0.3], [0.05, 0.15]]
    assert ax.yaxis_inverted()


@pytest.mark.parametrize(
    ("less_is_better", "best"), [(False, ["Popular", "ALS"]), (True, ["ALS", "SVD"])]
)
def test_a_plane_marks_who_is_beaten_by_none(less_is_better, best):
    ax = plots.two_qualities(TABLE, "recall", "popularity_bias", less_is_better=less_is_better)
    assert [text.get_text() for text in ax.texts if text.get_color() == ORANGE] == best
    assert words(ax) == ["Popular", "ALS", "SVD"]
    assert ("less" in ax.get_xlabel()) == less_is_better


def test_names_in_a_plane_do_not_cover_each_other():
    crowd = pd.DataFrame(
        {"recall": [0.2, 0.2, 0.2001, 0.1], "novelty": [5, 5, 5.001, 9]},
        index=["first", "second", "third", "far away"],
    )
    ax = plots.two_qualities(crowd, "recall", "novelty")
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    heights = sorted(box.y0 for box in boxes[:3])
    assert min(np.diff(heights)) > boxes[0].height * 0.6
    assert boxes[3].x0 > max(box.x1 for box in boxes[:3])


def test_resampled_marks_the_interval_and_zero_where_it_is_in_sight():
    means = [-0.1, 0.1, 0.2, 0.3]
    ends = [line.get_xdata()[0] for line in plots.resampled(means, (-0.1, 0.3)).lines]
    assert ends == [-0.1, 0.3, 0]
    assert len(plots.resampled([0.1, 0.2], (0.1, 0.2)).lines) == 2
    assert sum(bar.get_height() for bar in plots.resampled(means, (0, 1)).patches) == 4


def test_a_picture_of_quality_goes_where_it_is_told():
    _, axes = plt.subplots(1, 6)
    drawn = [
        plots.shown_and_watched(["A"], ["A"], ax=axes[0]),
        plots.rank_weights(ax=axes[1]),
        plots.timeline(Split(VIEWS[:1], VIEWS[1:]), [5], ax=axes[2]),
        plots.intervals(TABLE, "recall", ax=axes[3]),
        plots.two_qualities(TABLE, "recall", "popularity_bias", ax=axes[4]),
        plots.resampled([1, 2], (1, 2), ax=axes[5]),
    ]
    assert drawn == list(axes)
