"""Pictures for decisions: what they show is what they were given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from recsys_course import plots
from recsys_course.plots.style import ORANGE


def boxes(ax):
    """Text of each item, and whether it is marked as one that no other list has."""
    return {
        text.get_text(): text.get_bbox_patch().get_edgecolor() == to_rgba(ORANGE)
        for text in ax.texts
    }


def test_shelves_mark_what_only_one_list_has():
    ax = plots.shelves({"morning": ["Storm", "Island"], "evening": ["Island", "Cactus"]})
    assert boxes(ax) == {
        "1  Storm": True,
        "2  Island": False,
        "1  Island": False,
        "2  Cactus": True,
    }
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["morning", "evening"]


def test_shelves_join_the_places_of_the_same_item():
    ax = plots.shelves({"one": ["a", "b", "c"], "two": ["c", "a", "d"], "three": ["d", "e", "f"]})
    joins = [line._posA_posB for line in ax.patches]
    places = sorted([(round(x), round(y)) for x, y in ends] for ends in joins)
    assert places == [[(0, 0), (1, 1)], [(0, 2), (1, 0)], [(1, 2), (2, 0)]]
    for (start, _), (end, _) in joins:  # from one box's side to the other's, through no name
        assert start - round(start) > 0 > end - round(end)


def test_equal_lists_are_all_shared():
    same = ["a", "b"]
    ax = plots.shelves({"one": same, "two": same})
    assert len(ax.patches) == 2
    marked = {text.get_bbox_patch().get_edgecolor() == to_rgba(ORANGE) for text in ax.texts}
    assert marked == {False}


def test_shelves_shorten_a_long_title():
    ax = plots.shelves({"one": ["x" * 80]})
    shown = ax.texts[0].get_text()
    assert shown.startswith("1  xxx")
    assert shown.endswith("…")
    assert len(shown) < 45


def test_chance_draws_shares_of_the_lots():
    ax = plots.against_chance(3, [8, 8, 8, 9], "in common")
    drawn = {
        bar.get_x() + bar.get_width() / 2: bar.get_height()
        for bar in ax.patches
        if bar.get_height()
    }
    assert drawn == {8: 0.75, 9: 0.25}
    assert ax.lines[0].get_xdata() == [3, 3]
    assert ax.get_xlabel() == "in common"


def test_unheard_shows_the_mean_of_all_and_of_those_who_speak():
    ax = plots.unheard([1.0, 2.0, 9.0], [False, False, True], "Marmite")
    assert [line.get_xdata()[0] for line in ax.lines] == [4, 9]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "everybody: mean 4.0",
        "who rated: mean 9.0",
    ]
    assert sum(bar.get_height() for bar in ax.patches) == 3 + 1


def test_outcomes_part_losses_from_gains_at_zero():
    money = np.array([-30.0, -10.0, 5.0, 20.0, 40.0])
    ax = plots.gains_and_losses(money, "EUR")
    assert ax.get_title() == "In 40% of the futures we lose money"
    orange = [bar for bar in ax.patches if bar.get_facecolor() == to_rgba(ORANGE)]
    assert sum(bar.get_height() for bar in orange) == pytest.approx(0.4)
    assert all(bar.get_x() + bar.get_width() <= 1e-9 for bar in orange if bar.get_height())
    assert ax.lines[0].get_xdata()[0] == 5  # the median


def test_outcomes_that_are_all_the_same():
    assert plots.gains_and_losses([7.0, 7.0]).get_title() == "In 0% of the futures we lose money"


def test_tornado_puts_the_widest_on_top_and_draws_from_the_base():
    swings = pd.DataFrame(
        {"low": [4.0, 9.0, 5.0], "high": [6.0, -3.0, 5.5]}, index=["price", "effect", "rent"]
    )
    ax = plots.tornado(swings, 5, "EUR")
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["effect", "price", "rent"]
    assert ax.yaxis_inverted()
    ends = [round(float(bar.get_x() + bar.get_width()), 6) for bar in ax.patches]
    assert ends == [9, 4, 5, -3, 6, 5.5]  # the low ends, then the high ends
    assert {float(bar.get_x()) for bar in ax.patches} == {5}


def test_trade_off_names_the_strength_beside_each_point():
    table = pd.DataFrame({"new": [0.1, 0.2, 0.6], "recall": [0.2, 0.19, 0.1]}, index=[0, 0.5, 4])
    ax = plots.trade_off(table)
    assert ax.lines[0].get_xydata().tolist() == [[0.1, 0.2], [0.2, 0.19], [0.6, 0.1]]
    assert [(text.get_text(), text.xy) for text in ax.texts] == [
        ("0", (0.1, 0.2)),
        ("0.5", (0.2, 0.19)),
        ("4", (0.6, 0.1)),
    ]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("new; beside each point: the rule", "recall")
    assert ax.get_title() == "new: 10% to 60%; recall: 20% to 10%"


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plots.shelves({"one": ["a"]}, ax=ax),
        lambda ax: plots.against_chance(1, [1, 2], ax=ax),
        lambda ax: plots.unheard([1, 2], [True, False], ax=ax),
        lambda ax: plots.gains_and_losses([-1, 1], ax=ax),
        lambda ax: plots.tornado(pd.DataFrame({"low": [1], "high": [2]}, index=["a"]), 1, ax=ax),
        lambda ax: plots.trade_off(pd.DataFrame({"a": [0.1], "b": [0.2]}), ax=ax),
    ],
)
def test_a_plot_goes_where_it_is_told(draw):
    _, axes = plt.subplots(1, 2)
    assert draw(axes[1]) is axes[1]
    assert not axes[0].has_data()
