"""Pictures of factors and of learning show the numbers they were given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from recsys_course import plots
from recsys_course.plots.style import BLUE, ORANGE


def texts(ax):
    return [text.get_text() for text in ax.texts]


def ticks(axis):
    return [tick.get_text() for tick in axis.get_ticklabels()]


def test_taste_map_puts_users_and_items_at_their_first_two_factors():
    ax = plots.taste_map(
        [[1, 0, 9], [0, 1, 9]], [[0.5, 0.5, 9]], ["Ann", "Bob"], ["Storm"]
    )  # fmt: skip
    users, items = ax.collections
    assert users.get_offsets().tolist() == [[1, 0], [0, 1]]
    assert items.get_offsets().tolist() == [[0.5, 0.5]]
    assert texts(ax) == ["Ann", "Bob", "Storm"]


def test_taste_map_writes_the_names_of_points_in_one_place_side_by_side():
    ax = plots.taste_map([[1, 1]], [[0, 0], [0, 0], [1, 1]], ["Ann"], ["Reef", "Gale", "Mast"])
    assert texts(ax) == ["Ann, Mast", "Reef, Gale"]


def test_thin_times_thin_writes_both_sides_and_every_score():
    ax = plots.thin_times_thin([[1, 0], [0.5, 2]], [[4, 1]], ["Ann", "Bob"], ["Storm"])
    # two users, one item lying on its side, and 1 * 4 + 0 * 1 and 0.5 * 4 + 2 * 1
    scores = texts(ax)[texts(ax).index("=") + 1 :]
    assert texts(ax)[:4] == ["1", "0", "0.5", "2"]
    assert scores == ["4", "4", "Ann", "Bob", "Storm"]
    assert [block.get_array().tolist() for block in ax.collections[1:]] == [[[4], [1]], [[4], [4]]]


def test_growth_is_in_megabytes_with_the_largest_model_first_in_the_legend():
    sizes = pd.DataFrame({"small": [1e6, 1e6], "large": [2e6, 8e6]}, index=[100, 1000])
    ax = plots.model_growth(sizes)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["large", "small"]
    assert ax.lines[0].get_xydata().tolist() == [[100, 2], [1000, 8]]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_growth_draws_no_two_models_alike():
    sizes = pd.DataFrame({str(model): [1.0, model] for model in range(1, 8)}, index=[1, 2])
    looks = [(line.get_color(), line.get_linestyle()) for line in plots.model_growth(sizes).lines]
    assert len(set(looks)) == 7


def test_spectrum_adds_up_the_squares():
    ax = plots.spectrum([3.0, 1.0], total=20)
    assert [bar.get_height() for bar in ax.patches] == [3, 1]
    (share,) = (other for other in ax.figure.axes if other is not ax)
    assert share.lines[0].get_xydata().tolist() == [[1, 9 / 20], [2, 10 / 20]]
    assert share.get_ylim() == (0, 1)


def test_pruning_counts_the_scores_that_the_bound_does_not_rule_out():
    # lengths 5, 4, 3, 1; scores for (1, 0): 0, 4, 3, 1. The best two are 4 and 3.
    # The third has to be met; the bound of the fourth, 1, does not beat 3.
    items = [[1.0, 0.0], [0.0, 5.0], [3.0, 0.0], [4.0, 0.0]]
    ax = plots.pruning([1.0, 0.0], items, k=2)
    assert ax.get_title() == "3 of 4 scores are enough for the best 2"
    needed, spared = ax.collections
    assert needed.get_offsets()[:, 1].tolist() == [0, 4, 3]
    assert spared.get_offsets()[:, 1].tolist() == [1]
    assert ax.lines[0].get_ydata().tolist() == [5, 4, 3, 1]


def test_pruning_needs_every_score_of_items_of_one_length():
    angles = np.linspace(0, 3, 50)
    items = np.column_stack([np.cos(angles), np.sin(angles)])
    title = plots.pruning([1.0, 0.0], items, k=5).get_title()
    assert title == "50 of 50 scores are enough for the best 5"


def test_losses_start_at_iteration_one():
    ax = plots.losses({"ours": [4.0, 2.0, 1.5], "theirs": [4.1, 2.0]})
    assert [line.get_xydata().tolist() for line in ax.lines] == [
        [[1, 4], [2, 2], [3, 1.5]],
        [[1, 4.1], [2, 2]],
    ]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["ours", "theirs"]


def test_curve_spaces_the_values_evenly_and_marks_the_best():
    quality = pd.Series([0.1, 0.3, 0.2], [0.01, 1.0, 100.0], name="recall").rename_axis("price")
    ax = plots.tuning_curve(quality, baseline=0.15)
    line, best, dashed = ax.lines
    assert line.get_xydata().tolist() == [[0, 0.1], [1, 0.3], [2, 0.2]]
    assert ticks(ax.xaxis) == ["0.01", "1", "100"]
    assert (best.get_xdata()[0], best.get_ydata()[0], ax.get_title()) == (1, 0.3, "best: 1 (0.300)")
    assert dashed.get_ydata()[0] == 0.15
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("price", "recall")


def test_factor_ends_shows_the_highest_on_top_and_the_lowest_at_the_bottom():
    ax = plots.factor_ends([0.5, -1.0, 2.0, 0.1, -3.0], list("ABCDE"), n=2, name="factor 2")
    assert ticks(ax.yaxis) == ["C", "A", "B", "E"]
    assert ax.yaxis_inverted()
    assert [to_hex(bar.get_facecolor()) for bar in ax.patches] == [BLUE, BLUE, ORANGE, ORANGE]
    assert ax.get_title() == "factor 2: C\nagainst E"


def test_factor_ends_shows_no_item_twice_where_there_are_few():
    assert ticks(plots.factor_ends([1.0, -1.0, 0.0], list("ABC"), n=6).yaxis) == ["A", "C", "B"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plots.taste_map([[1, 0]], [[0, 1]], ["you"], ["Storm"], ax=ax),
        lambda ax: plots.thin_times_thin([[1]], [[1]], ["you"], ["Storm"], ax=ax),
        lambda ax: plots.model_growth(pd.DataFrame({"a": [1.0, 2.0]}, index=[1, 2]), ax=ax),
        lambda ax: plots.spectrum([1.0], 2, ax=ax),
        lambda ax: plots.pruning([1.0], [[1.0], [2.0]], k=1, ax=ax),
        lambda ax: plots.losses({"a": [1.0]}, ax=ax),
        lambda ax: plots.tuning_curve(pd.Series({1: 0.5}), ax=ax),
        lambda ax: plots.factor_ends([1.0], ["A"], ax=ax),
    ],
)
def test_a_plot_goes_where_it_is_told(draw):
    _, axes = plt.subplots(1, 2)
    assert draw(axes[1]) is axes[1]
    assert not axes[0].has_data()
