"""Pictures of a model that learns: what it costs, how its loss falls, how a setting is chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from recsys_course.plots.style import BLUE, INK, ORANGE, PALE, new_axes, tidy


def model_growth(sizes: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw the bytes of several models as their users grow, both axes logarithmic.

    Parameters
    ----------
    sizes : DataFrame
        The index is the number of users, each column a model's bytes.

    Returns
    -------
    Axes
        One line per model, in megabytes; the legend is in the order of the lines' ends.

    Examples
    --------
    >>> ax = model_growth(pd.DataFrame({"kNN": [1e6, 2e6]}, index=[10, 20]))
    >>> ax.lines[0].get_ydata().tolist(), ax.get_title()
    ([1.0, 2.0], 'At 20 users: 2 MB or 2 MB')
    """
    ax = ax or new_axes()
    styles = [(color, line) for line in ("-", "--", ":") for color in (BLUE, ORANGE, INK)]
    by_size = (sizes / 1e6).sort_values(sizes.index[-1], axis=1, ascending=False)
    for (name, column), (color, line) in zip(by_size.items(), styles, strict=False):
        ax.loglog(
            sizes.index, column, color=color, linestyle=line, marker="o", markersize=3, label=name
        )
    ax.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
    ax.set(xlabel="users", ylabel="megabytes")
    most, least = by_size.iloc[-1, [0, -1]]
    ax.set_title(f"At {sizes.index[-1]:,} users: {_short(most)} MB or {_short(least)} MB", pad=10)
    return tidy(ax)


def spectrum(singular_values: ArrayLike, total: float, ax: Axes | None = None) -> Axes:
    """Draw how much of a matrix its first factors hold.

    Parameters
    ----------
    singular_values : array-like of float, shape (factors,)
        Descending.
    total : float
        The sum of the squares of all cells of the matrix.

    Returns
    -------
    Axes
        The singular values as bars, and as a line the share of `total` that the first k hold.

    Examples
    --------
    >>> spectrum([2.0, 1.0], total=10).figure.axes[1].lines[0].get_ydata().tolist()
    [0.4, 0.5]
    """
    ax = ax or new_axes()
    values = np.asarray(singular_values, dtype=float)
    places = np.arange(1, len(values) + 1)
    ax.bar(places, values, color=PALE, edgecolor=BLUE, linewidth=0.5)
    ax.set(xlabel="factor", ylabel="singular value")
    held = np.cumsum(values**2) / total
    first = min(10, len(held))
    ax.set_title(
        f"The first {first} factors hold {held[first - 1]:.0%}, all {len(held)} {held[-1]:.0%}"
    )
    share = ax.twinx()
    share.plot(places, held, color=ORANGE)
    share.set_ylim(0, 1)
    share.set_ylabel("share held so far", color=ORANGE)
    share.yaxis.set_major_formatter("{x:.0%}")
    share.spines["top"].set_visible(False)
    return tidy(ax)


def pruning(user: ArrayLike, item_factors: ArrayLike, k: int = 10, ax: Axes | None = None) -> Axes:
    """Draw why the best k can be found without computing every score.

    Parameters
    ----------
    user : array-like of float, shape (factors,)
        One user's factors.
    item_factors : array-like of float, shape (items, factors)
        A row per item.
    k : int, default 10
        How many are wanted.

    Returns
    -------
    Axes
        Items by descending length, their scores as dots, the bound that no score can pass as a
        line, and the place where the bound falls below the k-th best score.

    Examples
    --------
    >>> ax = pruning([1.0, 0.0], [[3.0, 0.0], [0.0, 2.0], [1.0, 0.0]], k=1)
    >>> ax.get_title()
    '1 of 3 scores is enough for the best 1'
    """
    ax = ax or new_axes()
    user, item_factors = np.asarray(user, dtype=float), np.asarray(item_factors, dtype=float)
    lengths = np.linalg.norm(item_factors, axis=1)
    order = np.argsort(-lengths, kind="stable")
    scores = (item_factors @ user)[order]
    bound = lengths[order] * np.linalg.norm(user)
    best = np.argsort(-scores, kind="stable")[:k]
    kth = scores[best[-1]]
    # the scan ends when it has met the best k, and no bound that follows beats the last of them
    enough = max(int(best.max()) + 1, int((bound > kth).sum()))
    places = np.arange(1, len(scores) + 1)
    ax.scatter(places[:enough], scores[:enough], s=4, color=BLUE, label="scores, computed")
    ax.scatter(places[enough:], scores[enough:], s=2, color=INK, label="scores, not needed")
    ax.plot(places, bound, color=ORANGE, label="no score can be higher")
    ax.axhline(kth, color=INK, linewidth=0.8, linestyle="--")
    ax.annotate(
        f"best of place {k}", (places[-1], kth), xytext=(0, 3), textcoords="offset points",
        ha="right", fontsize="small",
    )  # fmt: skip
    ax.axvline(enough, color=INK, linewidth=0.8)
    ax.set(
        xlabel="items, the longest first",
        ylabel="score",
        title=f"{enough:,} of {len(scores):,} scores {'is' if enough == 1 else 'are'} enough "
        f"for the best {k}",
    )
    ax.legend(frameon=False, fontsize="small")
    return tidy(ax)


def losses(runs: Mapping[str, Sequence[float]], ax: Axes | None = None) -> Axes:
    """Draw how the loss falls from iteration to iteration.

    Parameters
    ----------
    runs : mapping of str to sequence of float
        The losses of each run after iteration 1, 2, ...

    Returns
    -------
    Axes
        One line per run.

    Examples
    --------
    >>> ax = losses({"ours": [3.0, 2.0]})
    >>> ax.lines[0].get_xdata().tolist(), ax.get_title()
    ([1, 2], 'Lower with each iteration: 3 to 2')
    """
    ax = ax or new_axes()
    styles = [(BLUE, "-", "o"), (ORANGE, "--", "x"), (INK, ":", ".")]
    for (name, values), (color, line, marker) in zip(runs.items(), styles, strict=False):
        ax.plot(
            np.arange(1, len(values) + 1), values, color=color, linestyle=line, marker=marker,
            label=name,
        )  # fmt: skip
    ax.set(xlabel="iteration", ylabel="loss", title=_fall(runs))
    ax.legend(frameon=False)
    return tidy(ax)


def tuning_curve(
    quality: pd.Series,
    baseline: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the quality of a model along one of its settings, and mark the best.

    Parameters
    ----------
    quality : Series
        The index holds the values of the setting, its name is the x-axis's, the Series' own name
        the y-axis's.
    baseline : float, optional
        The quality of the most popular items, as a dashed line.

    Returns
    -------
    Axes
        One line over evenly spaced values, its best point in orange.

    Examples
    --------
    >>> ax = tuning_curve(pd.Series({8: 0.1, 16: 0.3, 32: 0.2}, name="recall@10"))
    >>> ax.get_title()
    'best: 16 (0.300)'
    """
    ax = ax or new_axes()
    _curve(ax, quality, BLUE, "o-")
    best = int(np.argmax(quality))
    ax.plot(best, quality.iloc[best], color=ORANGE, marker="o", markersize=9, zorder=3)
    if baseline is not None:
        label = f"popular ({baseline:.3f})"
        ax.axhline(baseline, color=INK, linestyle="--", linewidth=0.8, label=label)
        ax.legend(frameon=False, loc="lower right")
    ax.set_xlabel(str(quality.index.name or ""))
    ax.set_ylabel(str(quality.name or ""))
    ax.set_title(f"best: {quality.index[best]:g} ({quality.iloc[best]:.3f})")
    return tidy(ax)


def tuning_curves(quality: pd.DataFrame, ylabel: str = "", ax: Axes | None = None) -> Axes:
    """Draw the quality along one setting, a line for each value of another.

    Parameters
    ----------
    quality : DataFrame
        The index holds the values of the one setting, the columns those of the other, at most six.
        Both are named.
    ylabel : str
        What the quality is.

    Returns
    -------
    Axes
        Lines over evenly spaced values. The title tells the best of each line.

    Examples
    --------
    >>> grid = pd.DataFrame({1: [0.1, 0.3], 5: [0.2, 0.1]}, index=pd.Index([10, 20], name="K"))
    >>> tuning_curves(grid.rename_axis("minimum", axis=1)).get_title()
    'best K by minimum: 20, 10'
    """
    ax = ax or new_axes()
    styles = [(color, line) for line in ("o-", "s--") for color in (BLUE, ORANGE, INK)]
    setting, other = quality.index.name, quality.columns.name
    best = []
    for (value, column), (color, line) in zip(quality.items(), styles, strict=False):
        _curve(ax, column, color, line, label=f"{value}")
        best.append(f"{column.idxmax():g}")
    ax.set(xlabel=setting, ylabel=ylabel, title=f"best {setting} by {other}: {', '.join(best)}")
    ax.legend(frameon=False, title=other, loc="lower right", ncols=2)
    return tidy(ax)


def _curve(ax: Axes, quality: pd.Series, color: str, line: str, label: str = "") -> None:
    """Draw a line over evenly spaced values, from 0, above all that an axis shows already."""
    places = np.arange(len(quality))
    ax.plot(places, quality, line, color=color, markersize=4, label=label or None)
    ax.set_xticks(places, [f"{value:g}" for value in quality.index])
    heights: list[Any] = [line.get_ydata() for each in _together(ax) for line in each.lines[:1]]
    drawn = max(each.max() for each in heights)
    ax.set_ylim(0, 1.08 * max(drawn, float(quality.max())) or 1)


def _together(ax: Axes) -> list[Axes]:
    """Return the Axes that share their heights with this one, itself among them."""
    return [*ax.get_shared_y_axes().get_siblings(ax)]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _fall(runs: Mapping[str, Sequence[float]]) -> str:
    """Say whether all losses fall, and how far the first of them."""
    falls = all(np.all(np.diff(values) <= 0) for values in runs.values())
    first = next(iter(runs.values()))
    how = "Lower with each iteration" if falls else "Not lower with each iteration"
    return f"{how}: {first[0]:.3g} to {first[-1]:.3g}"
