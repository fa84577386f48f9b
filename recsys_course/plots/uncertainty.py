"""Pictures of what could be otherwise: chance, intervals, those who were not heard."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from recsys_course.plots.style import BLUE, INK, ORANGE, PALE, new_axes, percents, tidy


def against_chance(seen: float, lots: ArrayLike, xlabel: str = "", ax: Axes | None = None) -> Axes:
    """Draw what was seen among what chance gives.

    Parameters
    ----------
    seen : float
        The value of the data as they are.
    lots : array-like of float
        The same value where chance alone is at work, many times.
    xlabel : str
        What the value is.

    Returns
    -------
    Axes
        How often chance gave each value, and a line at what was seen.

    Examples
    --------
    >>> ax = against_chance(2, [7, 8, 8, 9])
    >>> ax.lines[0].get_xdata(), ax.get_title()
    ([2, 2], '2 as it is, 7 to 9 at random')
    """
    ax = ax or new_axes()
    values, times = np.unique(np.asarray(lots, dtype=float), return_counts=True)
    ax.bar(values, times / times.sum(), color=PALE, edgecolor=BLUE, label="at random")
    ax.axvline(seen, color=ORANGE, linewidth=3, label="as it is")
    percents(ax.yaxis)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel=xlabel, ylabel="of all draws")
    ax.set_title(f"{seen:g} as it is, {values[0]:g} to {values[-1]:g} at random")
    ax.legend(frameon=False)
    return tidy(ax)


def unheard(opinions: ArrayLike, heard: ArrayLike, name: str = "", ax: Axes | None = None) -> Axes:
    """Draw what everybody thinks, and the part of it that anybody gets to hear.

    Parameters
    ----------
    opinions : array-like of float
        What each person thinks, say from 0 to 10.
    heard : array-like of bool
        Who says it.
    name : str
        What they think of, for the title.

    Returns
    -------
    Axes
        Two histograms with the same bins; dashed lines are the two means, which the title tells.

    Examples
    --------
    >>> ax = unheard([2, 4, 9], [False, False, True], "Storm")
    >>> [float(line.get_xdata()[0]) for line in ax.lines], ax.get_title()
    ([5.0, 9.0], 'Storm: 9.0 in ratings, 5.0 in truth')
    """
    ax = ax or new_axes()
    opinions, heard = np.asarray(opinions, dtype=float), np.asarray(heard, dtype=bool)
    bins = np.arange(np.floor(opinions.min()), opinions.max() + 0.25, 0.25).tolist()
    for values, color, edge, label in (
        (opinions, PALE, BLUE, "everybody"),
        (opinions[heard], ORANGE, ORANGE, "who rated"),
    ):
        mean = float(values.mean())
        ax.hist(values, bins=bins, color=color, edgecolor=edge, label=f"{label}: mean {mean:.1f}")
        ax.axvline(mean, color=edge, linestyle="--", linewidth=1.5)
    told = f"{opinions[heard].mean():.1f} in ratings, {opinions.mean():.1f} in truth"
    ax.set(
        xlabel="what they think of it", ylabel="people", title=f"{name}: {told}" if name else told
    )
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), frameon=False)
    return tidy(ax)


def intervals(table: pd.DataFrame, metric: str, ax: Axes | None = None) -> Axes:
    """Draw a metric of several models with the interval of each.

    Parameters
    ----------
    table : DataFrame
        One row per model, named by the index; columns `metric`, ``<metric>_low`` and
        ``<metric>_high``, as `recsys_course.metrics.evaluate` gives them. Models without a value
        are left out.
    metric : str
        The metric to draw.

    Returns
    -------
    Axes
        One point and one bar per model, the best on top.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"recall": [0.1, 0.2], "recall_low": [0.08, 0.17], "recall_high": [0.12, 0.23]},
    ...     index=["Popular", "ALS"],
    ... )
    >>> ax = intervals(table, "recall")
    >>> [label.get_text() for label in ax.get_yticklabels()], ax.get_title()
    (['ALS', 'Popular'], 'ALS leads: 0.200 (0.170 to 0.230)')
    """
    ax = ax or new_axes()
    known = table.dropna(subset=metric).sort_values(metric, ascending=False, kind="stable")
    places = np.arange(len(known))
    ax.hlines(places, known[f"{metric}_low"], known[f"{metric}_high"], color=BLUE, linewidth=2)
    ax.plot(known[metric], places, "o", color=BLUE)
    ax.set_yticks(places, known.index)
    name = metric.replace("_", " ")
    ax.set(xlabel=f"{name}, with 95 % intervals", ylabel="model")
    if len(known):
        best, low, high = known.iloc[0][[metric, f"{metric}_low", f"{metric}_high"]]
        ax.set_title(f"{known.index[0]} leads: {best:.3f} ({low:.3f} to {high:.3f})")
    ax.set_xlim(left=0)
    ax.invert_yaxis()
    return tidy(ax)


def resampled(
    means: ArrayLike, interval: tuple[float, float], name: str = "", ax: Axes | None = None
) -> Axes:
    """Draw the means of bootstrap resamples, and the interval that holds most of them.

    Parameters
    ----------
    means : array-like of float, shape (resamples,)
        One mean, or one mean difference, per resample.
    interval : tuple of float
        Its two ends.
    name : str
        How they were drawn, for the title.

    Returns
    -------
    Axes
        A histogram; dotted lines at the interval's ends, a full one at 0 if it is in sight.

    Examples
    --------
    >>> ax = resampled([0.1, 0.2, 0.2, 0.3], (0.1, 0.3), "means")
    >>> len(ax.lines), ax.get_title()
    (2, 'means: 0.100 to 0.300')
    """
    ax = ax or new_axes()
    means = np.asarray(means, dtype=float)
    ax.hist(means, bins=40, color=PALE, edgecolor=BLUE, linewidth=0.5)
    for end in interval:
        ax.axvline(end, color=ORANGE, linestyle=":")
    if means.min() <= 0 <= means.max():
        ax.axvline(0, color=INK)
    told = f"{interval[0]:.3f} to {interval[1]:.3f}"
    ax.set(ylabel="resamples", title=f"{name}: {told}" if name else told, yticks=[])
    return tidy(ax)
