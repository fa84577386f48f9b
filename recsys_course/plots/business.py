"""Pictures for decisions: shelves side by side, money, prices."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text
from numpy.typing import ArrayLike

from recsys_course.plots.style import BLUE, INK, ORANGE, PALE, PALE_ORANGE, new_axes, percents, tidy

_LONGEST_TITLE = 36  # characters; longer ones would run into the next shelf


def shelves(lists: Mapping[str, Sequence[str]], ax: Axes | None = None) -> Axes:
    """Draw ranked lists side by side, and a line between the places of the same item.

    Parameters
    ----------
    lists : mapping of str to sequence of str
        Name of each list, and its items, the best first.

    Returns
    -------
    Axes
        One column per list. Items that no other list has are in orange. The title counts what
        two lists have in common; of more lists, the different first places.

    Examples
    --------
    >>> ax = shelves({"Ann": ["Storm", "Island"], "Bob": ["Island", "Cactus"]})
    >>> [text.get_text() for text in ax.texts]
    ['1  Storm', '2  Island', '1  Island', '2  Cactus']
    >>> len(ax.patches), ax.get_title()  # Island moved up
    (1, '1 of 2 in common')
    """
    ax = ax or new_axes()
    columns = list(lists.values())
    boxes: list[list[Text]] = []
    ends = []
    for column, items in enumerate(columns):
        boxes.append([])
        elsewhere = {item for other in columns[:column] + columns[column + 1 :] for item in other}
        for place, item in enumerate(items):
            short = item if len(item) <= _LONGEST_TITLE else item[: _LONGEST_TITLE - 1] + "…"
            box = ax.text(
                column, place, f"{place + 1}  {short}", ha="center", va="center", fontsize=9,
                bbox={"boxstyle": "round", "facecolor": PALE if item in elsewhere else PALE_ORANGE,
                      "edgecolor": BLUE if item in elsewhere else ORANGE},
            )  # fmt: skip
            if column and item in columns[column - 1]:
                ends.append((boxes[-2][columns[column - 1].index(item)], box))
            boxes[-1].append(box)
    if len(columns) == 2:
        ax.set_title(f"{len(set(columns[0]) & set(columns[1]))} of {len(columns[0])} in common")
    else:
        firsts = {items[0] for items in columns if items}
        ax.set_title(f"{len(columns)} lists, {len(firsts)} different first places")
    ax.set_xticks(range(len(columns)), list(lists))
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.set(xlim=(-0.5, len(columns) - 0.5), ylim=(max(map(len, columns)) - 0.4, -0.6), yticks=[])
    ax.spines[:].set_visible(False)
    cast(Figure, ax.get_figure(root=True)).draw_without_rendering()  # now the boxes have a width
    for left, right in ends:
        line = FancyArrowPatch(
            _side(ax, left, 1), _side(ax, right, 0),
            arrowstyle="-", color=BLUE, alpha=0.5, shrinkA=0, shrinkB=0,
        )  # fmt: skip
        ax.add_patch(line)
    return ax


def _side(ax: Axes, box: Text, corner: int) -> tuple[float, float]:
    """Return where the middle of a box's left (0) or right (1) side lies."""
    around: Any = box.get_bbox_patch()
    width = around.get_window_extent().x1 if corner else around.get_window_extent().x0
    return float(ax.transData.inverted().transform((width, 0))[0]), float(box.get_position()[1])


def gains_and_losses(money: ArrayLike, unit: str = "", ax: Axes | None = None) -> Axes:
    """Draw the outcomes of many futures, losses apart from gains.

    Parameters
    ----------
    money : array-like of float
        What is left in each future.
    unit : str
        Of the money.

    Returns
    -------
    Axes
        A histogram, losses in orange; the dashed line is the median. The title tells how many of
        the futures lose.

    Examples
    --------
    >>> gains_and_losses([-1.0, 1.0, 2.0, 3.0]).get_title()
    'In 25% of the futures we lose money'
    """
    ax = ax or new_axes()
    money = np.asarray(money, dtype=float)
    low, high = np.percentile(money, [0.5, 99.5])  # a few wild futures would squeeze the rest
    width = max(high - low, 1e-9) / 40
    bins = width * np.arange(np.floor(low / width), np.ceil(high / width) + 2)  # 0 is an edge
    for part, color in ((money[money < 0], ORANGE), (money[money >= 0], BLUE)):
        ax.hist(part, bins=bins.tolist(), weights=np.full(len(part), 1 / len(money)), color=color)
    median = float(np.median(money))
    ax.axvline(median, color=INK, linestyle="--", linewidth=1, label=f"median {median:.3g}")
    ax.margins(y=0.2)  # above the bars the line is seen
    percents(ax.yaxis)
    ax.set(xlabel=unit, ylabel="of all futures")
    ax.set_title(f"In {np.mean(money < 0):.0%} of the futures we lose money")
    ax.legend(frameon=False)
    return tidy(ax)


def tornado(swings: pd.DataFrame, base: float, unit: str = "", ax: Axes | None = None) -> Axes:
    """Draw which assumption moves the outcome most.

    Parameters
    ----------
    swings : DataFrame
        One row per assumption, columns ``low`` and ``high``: the outcome with this assumption at
        the lower and at the upper end of its range, and all others at their likely value.
    base : float
        The outcome with all of them at their likely value.
    unit : str
        Of the outcome.

    Returns
    -------
    Axes
        Two bars per assumption, the widest on top.

    Examples
    --------
    >>> swings = pd.DataFrame({"low": [4, 1], "high": [6, 9]}, index=["price", "effect"])
    >>> ax = tornado(swings, 5)
    >>> [tick.get_text() for tick in ax.get_yticklabels()], ax.get_title()
    (['effect', 'price'], 'What matters most: effect')
    """
    ax = ax or new_axes()
    width = (swings["high"] - swings["low"]).abs()
    ordered = swings.loc[width.sort_values(ascending=False, kind="stable").index]
    for end, color in (("low", ORANGE), ("high", BLUE)):
        label = f"{end} end of its range"
        ax.barh(ordered.index, ordered[end] - base, left=base, color=color, label=label)
    ax.axvline(base, color=INK, linewidth=1)
    ax.axvline(0, color=INK, linestyle=":", linewidth=1)
    ax.set(xlabel=unit, ylabel="assumption", title=f"What matters most: {ordered.index[0]}")
    ax.invert_yaxis()
    ax.legend(frameon=False, loc="lower right")
    return tidy(ax)


def trade_off(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw what is paid for what is wanted, as a rule grows stronger.

    Parameters
    ----------
    table : DataFrame
        Index: strength of the rule, the weakest first; its name is written below. Two columns of
        shares: what is wanted, and what is paid with.

    Returns
    -------
    Axes
        A line through one point per strength, each with its strength beside it. The title tells
        both ends.

    Examples
    --------
    >>> ax = trade_off(pd.DataFrame({"new": [0.1, 0.5], "recall": [0.2, 0.1]}, index=[0, 1]))
    >>> [text.get_text() for text in ax.texts], ax.get_xlabel()
    (['0', '1'], 'new; beside each point: the rule')
    >>> ax.get_title()
    'new: 10% to 50%; recall: 20% to 10%'
    """
    ax = ax or new_axes()
    wanted, paid = table.columns
    ax.plot(table[wanted], table[paid], "o-", color=BLUE)
    for strength, row in table.iterrows():
        point = (row[wanted], row[paid])
        ax.annotate(f"{strength:g}", point, xytext=(-4, -14), textcoords="offset points")
    ax.axhline(float(table[paid].iloc[0]), color=INK, linestyle=":", linewidth=1)
    for axis in (ax.xaxis, ax.yaxis):
        percents(axis)
    ends = (f"{name}: {table[name].iloc[0]:.0%} to {table[name].iloc[-1]:.0%}" for name in table)
    ax.set_title("; ".join(ends))
    below = f"{wanted}; beside each point: the {table.index.name or 'rule'}"
    ax.set(xlabel=below, ylabel=paid, ylim=(0, float(table[paid].max()) * 1.15 or 1))
    return tidy(ax)
