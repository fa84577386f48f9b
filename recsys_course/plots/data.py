"""Pictures for a first look at data: what is known, when, where, how unevenly, for how long."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from recsys_course.plots.style import BLUE, INK, ORANGE, PALE, new_axes, percents, tidy


def completeness(frame: pd.DataFrame, name: str = "", ax: Axes | None = None) -> Axes:
    """Draw the share of known values of each column.

    Parameters
    ----------
    frame : DataFrame
        Views or a catalogue; unknown is a missing value.
    name : str
        Of the frame, for the title.

    Returns
    -------
    Axes
        One bar per column, the first column on top; the missing part is in orange. The title
        names the column that lacks the most.

    Examples
    --------
    >>> frame = pd.DataFrame({"user_id": [1, 2], "platform": [None, "Web"]})
    >>> ax = completeness(frame, "views")
    >>> [float(bar.get_width()) for bar in ax.patches], ax.get_title()
    ([1.0, 0.5, 0.0, 0.5], 'views: platform is missing in 50%')
    """
    ax = ax or new_axes()
    share = frame.notna().mean()
    ax.barh(share.index, share, color=BLUE, label="known")
    ax.barh(share.index, 1 - share, left=share, color=ORANGE, label="missing")
    percents(ax.xaxis)
    gaps = f"{share.idxmin()} is missing in {1 - share.min():.0%}"
    found = "nothing is missing" if share.min() == 1 else gaps
    ax.set(title=f"{name}: {found}" if name else found, xlabel="of all rows", xlim=(0, 1))
    ax.invert_yaxis()
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, frameon=False)
    return tidy(ax)


def shares(
    counts: pd.Series | pd.DataFrame,
    title: str = "",
    xlabel: str = "",
    across: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw how a whole divides among groups.

    Parameters
    ----------
    counts : Series or DataFrame
        How many in each group of the index. Each of the one or two
        columns of a frame is a whole of its own.
    title : str
        Over the picture.
    xlabel : str
        What the groups are.
    across : bool
        Bars from left to right, the first on top: for groups with long names.

    Returns
    -------
    Axes
        One bar per group and column: its share of the column's sum.

    Examples
    --------
    >>> ax = shares(pd.Series([3, 1], index=["Web", "TV"]))
    >>> [float(bar.get_height()) for bar in ax.patches]
    [0.75, 0.25]
    """
    table = counts if isinstance(counts, pd.DataFrame) else counts.to_frame("")
    return group_shares(table / table.sum(), title, xlabel, "of all", across, ax)


def group_shares(
    table: pd.DataFrame,
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
    across: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw shares of one or two kinds, group by group.

    Parameters
    ----------
    table : DataFrame
        One row per group, and one or two columns of shares.
    title : str
        Over the picture.
    xlabel, ylabel : str
        What the groups are, and what the shares are.
    across : bool
        Bars from left to right, the first on top: for groups with long names.

    Returns
    -------
    Axes
        One bar per group and column; the columns are named if there are two.

    Examples
    --------
    >>> ax = group_shares(pd.DataFrame({"popular": [0.2, 0.1], "personal": [0.2, 0.3]}))
    >>> [float(bar.get_height()) for bar in ax.patches]
    [0.2, 0.1, 0.2, 0.3]
    """
    ax = ax or new_axes()
    width = 0.8 / table.shape[1]
    for number, (name, column) in enumerate(table.items()):
        middle = np.arange(len(table)) + width * (number - (table.shape[1] - 1) / 2)
        draw = ax.barh if across else ax.bar
        draw(middle, column, width, color=(BLUE, ORANGE)[number], label=name)
    if across:
        ax.set(title=title, xlabel=ylabel, ylabel=xlabel)
        ax.set_yticks(range(len(table)), table.index.astype(str))
        percents(ax.xaxis)
        ax.invert_yaxis()
    else:
        ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
        ax.set_xticks(range(len(table)), table.index.astype(str))
        percents(ax.yaxis)
    if table.shape[1] > 1:
        ax.legend(frameon=False)
    return tidy(ax)


def concentration(views: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw which share of all pairs of user and item the most watched items hold.

    Parameters
    ----------
    views : DataFrame
        Columns ``user_id`` and ``content_id``.

    Returns
    -------
    Axes
        A line that climbs from 0 to 1 over the items, the most watched first; the dotted one is
        what it would be if all were watched alike. The title tells what the first tenth holds.

    Examples
    --------
    >>> views = pd.DataFrame({"user_id": [1, 2, 3, 3], "content_id": [7, 7, 7, 8]})
    >>> concentration(views).lines[0].get_ydata().tolist()
    [0.0, 0.75, 1.0]
    """
    ax = ax or new_axes()
    pairs = views[["user_id", "content_id"]].drop_duplicates()
    users = np.sort(pairs["content_id"].value_counts().to_numpy())[::-1]
    held = np.append(0, np.cumsum(users)) / users.sum()
    ax.plot(np.linspace(0, 1, len(held)), held, color=BLUE)
    ax.plot([0, 1], [0, 1], color=INK, linestyle=":", linewidth=1)
    for part in (0.01, 0.1):
        there = float(held[round(part * len(users))])
        ax.plot([part], [there], "o", color=ORANGE)
        label = f"top {part:.0%}: {there:.0%}"
        ax.annotate(label, (part, there), xytext=(8, -4), textcoords="offset points")
    for axis in (ax.xaxis, ax.yaxis):
        percents(axis)
    ax.set(xlabel="items, the most watched first", ylabel="of all user-item pairs", ylim=(0, 1.02))
    ax.set_title(f"A tenth of the items holds {there:.0%}")
    return tidy(ax)


def durations(seconds: ArrayLike, ax: Axes | None = None) -> Axes:
    """Draw how long views last, on a logarithmic axis.

    Parameters
    ----------
    seconds : array-like of float
        Length of each view; missing and non-positive ones are left out.

    Returns
    -------
    Axes
        Share of the views in each bin, those under five seconds in the first; dotted lines mark
        half a minute, five minutes, an hour.

    Examples
    --------
    >>> ax = durations([20, 400, 500, 5000])
    >>> round(float(sum(bar.get_height() for bar in ax.patches)), 6), ax.get_title()
    (1.0, '25% of the views end within five minutes')
    """
    ax = ax or new_axes()
    seconds = np.asarray(seconds, dtype=float)
    seconds = seconds[seconds > 0]
    # whole seconds leave gaps between bins this short, so the shortest views share one
    bins = np.geomspace(5, seconds.max(initial=7200.0) * 1.001, 40).tolist()
    weights = np.full(len(seconds), 1 / max(len(seconds), 1))
    ax.hist(np.maximum(seconds, 5), bins=bins, weights=weights, color=PALE, edgecolor=BLUE)
    ax.set_xscale("log")
    marks = {30: "30 s", 300: "5 min", 3600: "1 h"}
    for mark in marks:
        ax.axvline(mark, color=ORANGE, linestyle=":", linewidth=1.5)
    ax.set_xticks(list(marks), list(marks.values()))
    ax.minorticks_off()
    percents(ax.yaxis)
    soon = np.mean(seconds < 300) if len(seconds) else 0.0
    ax.set(xlabel="length of a view", ylabel="of all views")
    ax.set_title(f"{soon:.0%} of the views end within five minutes")
    return tidy(ax)
