"""Pictures of latent factors: two thin matrices, tastes in a plane, the ends of a factor."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from numpy.typing import ArrayLike, NDArray

from recsys_course.plots.style import BLUE, INK, ORANGE, new_axes, tidy

_SIGNED = LinearSegmentedColormap.from_list("signed", [ORANGE, "#7a7a7a00", BLUE])  # 0: the page


def taste_map(
    user_factors: ArrayLike,
    item_factors: ArrayLike,
    users: Sequence[str],
    items: Sequence[str],
    ax: Axes | None = None,
) -> Axes:
    """Draw users and items as points in the plane of their first two factors.

    Parameters
    ----------
    user_factors : array-like of float, shape (users, 2 or more)
        A row per user.
    item_factors : array-like of float, shape (items, 2 or more)
        A row per item.
    users, items : sequence of str
        The names of the rows.

    Returns
    -------
    Axes
        Users as orange dots, items as blue squares. Points in one place share one label.

    Examples
    --------
    >>> ax = taste_map([[1, 0]], [[0, 1], [0, 1]], ["you"], ["Storm", "Island"])
    >>> [text.get_text() for text in ax.texts]
    ['you', 'Storm, Island']
    """
    ax = ax or new_axes()
    labels: dict[tuple[float, float], tuple[str, str]] = {}
    for factors, names, color, marker, kind in (
        (user_factors, users, ORANGE, "o", "users"),
        (item_factors, items, BLUE, "s", "items"),
    ):
        points = np.asarray(factors, dtype=float)[:, :2]
        ax.scatter(points[:, 0], points[:, 1], color=color, marker=marker, label=kind, zorder=2)
        for (x, y), name in zip(points.round(6).tolist(), names, strict=True):
            before = labels[x, y][0] + ", " if (x, y) in labels else ""
            labels[x, y] = (before + name, color)
    ax.axhline(0, color=INK, linewidth=0.6)
    ax.axvline(0, color=INK, linewidth=0.6)
    ax.margins(0.35, 0.3)
    ax.set(xlabel="first factor", ylabel="second factor")
    ax.legend(frameon=False, loc="best")
    _label(ax, labels)
    return tidy(ax)


def thin_times_thin(
    user_factors: ArrayLike,
    item_factors: ArrayLike,
    users: Sequence[str],
    items: Sequence[str],
    ax: Axes | None = None,
) -> Axes:
    """Draw that two thin matrices make the whole table of scores; arguments as for `taste_map`.

    Returns
    -------
    Axes
        The users' factors, the items' factors lying on their side, and the scores of all pairs.
        The title counts the numbers.

    Examples
    --------
    >>> ax = thin_times_thin([[1, 2]], [[0, 3]], ["you"], ["Storm"])
    >>> [text.get_text() for text in ax.texts]
    ['1', '2', 'you', '×', '0', '3', 'Storm', '=', '6', 'you', 'Storm']
    >>> ax.get_title()
    '2 + 2 numbers make 1 score'
    """
    ax = ax or new_axes()
    left, right = np.asarray(user_factors, dtype=float), np.asarray(item_factors, dtype=float)
    gap = 1.6 + max(map(len, users)) / 5
    at = left.shape[1] + gap  # where the second block begins
    _block(ax, left, 0, 0, users, ())
    _sign(ax, "×", at - gap / 2, len(left) / 2)
    _block(ax, right.T, at, (len(left) - right.shape[1]) / 2, (), items)
    _sign(ax, "=", at + len(right) + 0.5, len(left) / 2)
    _block(ax, left @ right.T, at + len(right) + gap, 0, users, items)
    ax.set(xlim=(-gap, at + 2 * len(right) + gap + 0.2), ylim=(len(left) + 0.2, -2.2))
    scores = len(left) * len(right)
    numbers = f"{left.size} + {right.size} numbers"
    ax.set_title(f"{numbers} make {scores} score{'s' if scores != 1 else ''}")
    ax.set_aspect("equal")
    ax.set_axis_off()
    return ax


def factor_ends(
    values: ArrayLike, titles: Sequence[str], n: int = 6, name: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the items at both ends of a factor.

    Parameters
    ----------
    values : array-like of float, shape (items,)
        The factor's value for each item.
    titles : sequence of str
        The items' names.
    n : int, default 6
        How many at each end.
    name : str
        Of the factor, for the title.

    Returns
    -------
    Axes
        One bar per item: the highest on top in blue, the lowest below in orange. The title names
        the first and the last.

    Examples
    --------
    >>> ax = factor_ends([0.1, -2.0, 3.0], ["A", "B", "C"], n=1)
    >>> [tick.get_text() for tick in ax.get_yticklabels()], ax.get_title().split()
    (['C', 'B'], ['C', 'against', 'B'])
    """
    ax = ax or new_axes()
    values = np.asarray(values, dtype=float)
    order = np.argsort(-values, kind="stable")
    shown = np.concatenate([order[:n], order[max(n, len(order) - n) :]])
    colors = [BLUE if values[item] >= 0 else ORANGE for item in shown]
    ax.barh(range(len(shown)), values[shown], color=colors)
    ax.axvline(0, color=INK, linewidth=0.6)
    ax.set_yticks(range(len(shown)), [titles[item] for item in shown], fontsize="small")
    ends = f"{textwrap.shorten(titles[shown[0]], 30, placeholder='…')}\n"
    ends += f"against {textwrap.shorten(titles[shown[-1]], 30, placeholder='…')}"
    ax.set_title(f"{name}: {ends}" if name else ends, fontsize="medium")
    ax.set(xlabel="value of the factor")
    ax.invert_yaxis()
    return tidy(ax)


def _label(ax: Axes, labels: Mapping[tuple[float, float], tuple[str, str]]) -> None:
    """Write a text beside each point, on the side where it is the farthest from the others."""
    ax.autoscale_view()
    taken = [ax.transData.transform(point) for point in labels]  # points and texts, in pixels
    for point, (text, color) in labels.items():
        here, half = ax.transData.transform(point), 3.5 * len(text)
        sides = {
            (0, 1): ("center", "bottom"),
            (0, -1): ("center", "top"),
            (1, 0): ("left", "center"),
            (-1, 0): ("right", "center"),
        }
        middles = {side: here + side * np.array([half + 8, 13]) for side in sides}
        away = {
            side: np.sort((np.abs(middle - taken) / (half + 15, 16)).max(axis=1))[0]
            for side, middle in middles.items()
        }
        side = max(sides, key=lambda side, away=away: away[side])
        ha, va = sides[side]
        ax.annotate(
            text, point, xytext=(6 * side[0], 5 * side[1]), textcoords="offset points",
            ha=ha, va=va, fontsize="small", color=color,
        )  # fmt: skip
        taken.append(middles[side])


def _block(
    ax: Axes,
    values: NDArray[np.float64],
    x: float,
    y: float,
    rows: Sequence[str],
    columns: Sequence[str],
) -> None:
    """Draw a matrix with its upper left corner at a point."""
    height, width = values.shape
    largest = max(float(np.abs(values).max()), 1e-9)
    ax.pcolormesh(
        x + np.arange(width + 1), y + np.arange(height + 1), values,
        cmap=_SIGNED, vmin=-largest, vmax=largest, edgecolors=INK,
    )  # fmt: skip
    for (row, column), value in np.ndenumerate(values):
        where = (x + column + 0.5, y + row + 0.5)
        color = "white" if abs(value) > 0.6 * largest else INK
        text = f"{round(value, 2):g}"
        ax.text(*where, text, ha="center", va="center", fontsize=8, color=color)
    for row, name in enumerate(rows):
        ax.text(x - 0.2, y + row + 0.5, name, ha="right", va="center", fontsize=9)
    for column, name in enumerate(columns):
        where = (x + column + 0.5, y - 0.2)
        ax.text(*where, name, ha="left", va="bottom", rotation=45, fontsize=9)


def _sign(ax: Axes, sign: str, x: float, y: float) -> None:
    ax.text(x, y, sign, ha="center", va="center", fontsize=16)
