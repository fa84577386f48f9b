"""Pictures of quality: a list against what was watched, weights, splits, models as points."""

from collections.abc import Collection, Sequence
from typing import cast

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from recsys_course.plots.style import BLUE, INK, ORANGE, PALE, new_axes, tidy
from recsys_course.splits import Split


def shown_and_watched(
    shown: Sequence[str], watched: Collection[str], ax: Axes | None = None
) -> Axes:
    """Draw a recommended list, what was watched afterwards, and where the two meet.

    Parameters
    ----------
    shown : sequence of str
        Names of the recommended items, the best first.
    watched : collection of str
        Names of the items that the user watched.

    Returns
    -------
    Axes
        The list in one row, its hits in orange; below it what was watched and not shown.

    Examples
    --------
    >>> shown_and_watched(["A", "B", "C"], ["B", "X"]).get_title()
    '3 shown, 2 watched, 1 hit'
    """
    ax = ax or plt.subplots(figsize=(6, 2.4), layout="constrained")[1]
    hits = [name in watched for name in shown]
    missed = [name for name in watched if name not in shown]
    for rank, (name, hit) in enumerate(zip(shown, hits, strict=True), start=1):
        _box(ax, rank, 1, name, ORANGE if hit else PALE)
        ax.text(rank, 1.62, f"rank {rank}", ha="center", fontsize="small")
    for place, name in enumerate(missed, start=1):
        _box(ax, place, -0.4, name, BLUE)
    ax.text(0.3, 1, "shown", ha="right", va="center")
    ax.text(0.3, -0.4, "watched,\nnot shown", ha="right", va="center")
    ax.set(
        xlim=(-0.6, len(shown) + 0.6),
        ylim=(-1, 2),
        title=f"{len(shown)} shown, {sum(hits) + len(missed)} watched, {sum(hits)} hit"
        + ("s" if sum(hits) != 1 else ""),
    )
    ax.set_axis_off()
    return ax


def rank_weights(k: int = 10, ax: Axes | None = None) -> Axes:
    """Draw what a hit at each rank is worth, relative to a hit at rank 1.

    Precision counts every rank alike, NDCG discounts by 1 / log2(rank + 1), the reciprocal rank by
    1 / rank.

    Parameters
    ----------
    k : int, default 10
        How many ranks.

    Returns
    -------
    Axes
        Three lines.

    Examples
    --------
    >>> ax = rank_weights(3)
    >>> [line.get_ydata().round(2).tolist() for line in ax.lines]
    [[1.0, 1.0, 1.0], [1.0, 0.63, 0.5], [1.0, 0.5, 0.33]]
    >>> ax.get_title()
    'At rank 3 a hit is worth 100%, 50% or 33%'
    """
    ax = ax or new_axes()
    ranks = np.arange(1, k + 1)
    ax.plot(ranks, np.ones(k), "o:", color=INK, label="precision: every rank alike")
    ax.plot(ranks, 1 / np.log2(ranks + 1), "o-", color=BLUE, label="NDCG: 1 / log2(rank + 1)")
    ax.plot(ranks, 1 / ranks, "o-", color=ORANGE, label="1 / rank")
    ax.set(xlabel="rank of the hit", ylabel="weight", ylim=(0, 1.08))
    ax.set_title(f"At rank {k} a hit is worth 100%, {1 / np.log2(k + 1):.0%} or {1 / k:.0%}")
    ax.set_xticks(ranks)
    ax.legend(frameon=False, loc="upper right", bbox_to_anchor=(1, 0.93))
    return tidy(ax)


def timeline(split: Split, users: Sequence[int], name: str = "", ax: Axes | None = None) -> Axes:
    """Draw who watched when, and on which side of a split each view lies.

    Parameters
    ----------
    split : Split
        Two frames with the columns ``user_id`` and ``view_ts``.
    users : sequence of int
        The user ids to show, the lowest first.
    name : str
        Of the split, for the title.

    Returns
    -------
    Axes
        One row of dots per user: blue to learn from, orange to be judged on. The title tells how
        much of the whole test part is older than the last view of the train part.

    Examples
    --------
    >>> days = pd.to_datetime(["2019-03-01", "2019-03-02", "2019-03-03"], utc=True)
    >>> views = pd.DataFrame({"user_id": [1, 2, 1], "view_ts": days})
    >>> ax = timeline(Split(views[:2], views[2:]), [1, 2])
    >>> [len(dots.get_offsets()) for dots in ax.collections], ax.get_title()
    ([2, 1], 'test before the end of train: 0%')
    """
    ax = ax or new_axes()
    row = {user: place for place, user in enumerate(users)}
    for part, color, label in zip(split, (BLUE, ORANGE), ("train", "test"), strict=True):
        chosen = part[part["user_id"].isin(row)]
        moments = chosen["view_ts"].dt.tz_localize(None).to_numpy()
        ax.scatter(moments, chosen["user_id"].map(row), s=14, color=color, label=label, alpha=0.8)
    early = (split.test["view_ts"] < split.train["view_ts"].max()).mean()
    told = f"test before the end of train: {early:.0%}"
    title = f"{name}\n{told}" if name else told
    ax.set(xlabel="time", ylabel="users", title=title, xticks=[], yticks=[])
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)
    return tidy(ax)


def two_qualities(
    table: pd.DataFrame,
    accuracy: str,
    other: str,
    less_is_better: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw models as points: accuracy upwards, another quality to the right.

    Parameters
    ----------
    table : DataFrame
        One row per model, named by the index. Models without a value are left out.
    accuracy, other : str
        Columns of the table.
    less_is_better : bool, default False
        `other` is a cost.

    Returns
    -------
    Axes
        One named point per model. Orange ones are beaten by none: no model has more of one
        quality without less of the other. The title counts them.

    Examples
    --------
    >>> table = pd.DataFrame({"recall": [0.1, 0.2, 0.1], "novelty": [9, 5, 4]}, index=list("ABC"))
    >>> ax = two_qualities(table, "recall", "novelty")
    >>> [text.get_text() for text in ax.texts if text.get_color() == ORANGE], ax.get_title()
    (['A', 'B'], '2 of 3 are beaten by none')
    """
    ax = ax or new_axes()
    known = table.dropna(subset=[accuracy, other])
    x, y = known[other].to_numpy(float), known[accuracy].to_numpy(float)
    worth = -x if less_is_better else x
    at_least = (worth >= worth[:, None]) & (y >= y[:, None])
    more = (worth > worth[:, None]) | (y > y[:, None])
    beaten = (at_least & more).any(axis=1)
    colors = np.where(beaten, BLUE, ORANGE)
    ax.scatter(x, y, color=colors, zorder=3)
    room = np.ptp(x) or 1.0  # names stand to the right of their dots
    ax.set_xlim(x.min() - 0.06 * room, x.max() + 0.35 * room)
    ax.margins(y=0.15)
    ax.locator_params(axis="x", nbins=6)
    ax.ticklabel_format(axis="x", scilimits=(-2, 4))
    names = list(known.index)
    lifts, sides = _lifts(ax, names, x, y)
    for name, lift, side, a, b, color in zip(names, lifts, sides, x, y, colors, strict=True):
        ax.annotate(
            name, (a, b), xytext=(7 * side, lift), textcoords="offset points", va="center",
            ha="left" if side > 0 else "right", fontsize="small", color=str(color),
        )  # fmt: skip
    note = " (less is better)" if less_is_better else ""
    ax.set(xlabel=other.replace("_", " ") + note, ylabel=accuracy.replace("_", " "))
    ax.set_title(f"{np.sum(~beaten)} of {beaten.size} are beaten by none")
    return tidy(ax)


def _box(ax: Axes, x: float, y: float, text: str, color: str) -> None:
    ax.add_patch(Rectangle((x - 0.45, y - 0.45), 0.9, 0.9, color=color))
    ax.text(x, y, text, ha="center", va="center", color=INK if color == PALE else "white")


def _lifts(
    ax: Axes, names: list[str], x: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How many points to lift each label, and on which side, so that it covers nothing else."""
    figure = cast(Figure, ax.get_figure(root=True))
    figure.draw_without_rendering()  # lays the figure out: only then is the scale known
    across, up = ax.transData.transform(np.column_stack([x, y])).T * 72 / figure.get_dpi()
    label, dot = 11.0, 10.0  # heights in points
    width = 7 + 5.5 * np.array([len(name) for name in names])
    beside = np.abs(up[:, None] - up) < dot
    away = across - across[:, None]
    right = (beside & (away > 0) & (away < width[:, None])).any(axis=1)
    left = (beside & (away < 0) & (-away < width[:, None])).any(axis=1)
    edge = ax.get_window_extent().x0 * 72 / figure.get_dpi()
    side = np.where(right & ~left & (across - width > edge), -1, 1)
    start = np.where(side > 0, across + 7, across - width)
    end = start + width - 7
    over_dot = (start[:, None] < across + dot / 2) & (across - dot / 2 < end[:, None])
    over_label = (start[:, None] < end) & (start < end[:, None])
    np.fill_diagonal(over_dot, False)
    np.fill_diagonal(over_label, False)
    # in a tie the one that stands higher goes up, and of two at one place the first
    order = np.argsort(np.argsort(-up, kind="stable"))
    upwards = np.where(order[:, None] < order, 1.0, -1.0)
    lift = np.zeros(len(names))
    for _ in range(300):
        height = up + lift
        gap = np.abs(height[:, None] - height)
        push = np.where(over_label, np.maximum(label - gap, 0), 0) * upwards
        near = np.abs(height[:, None] - up)
        push += np.where(over_dot, np.maximum((label + dot) / 2 - near, 0), 0) * upwards
        if not push.any():
            break
        lift += push.sum(axis=1) / 4
    return lift, side
