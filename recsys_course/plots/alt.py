"""What a picture shows, in words: for those who hear a notebook read, or get no pictures."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryLocator
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

_MANY = 12  # values that one can listen to; of more only the ends are told


def alt_text(figure: Figure) -> str:
    """Describe a figure: each part's title, its axes, and the values of what is drawn.

    Parameters
    ----------
    figure : Figure
        Drawn by this package or by a student.

    Returns
    -------
    str
        One sentence or more for each Axes, in one line.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure, ax = plt.subplots()
    >>> _ = ax.plot([5, 10, 20], [0.1, 0.3, 0.2], label="kNN")
    >>> _ = ax.set(title="best: 10", xlabel="K", ylabel="recall")
    >>> alt_text(figure)
    'best: 10. Across: K, upwards: recall. Line kNN: 5 0.1, 10 0.3, 20 0.2.'
    """
    if figure.stale:  # ticks have their labels when they have been drawn
        figure.draw_without_rendering()
    return " ".join(" ".join(_told(ax)) for ax in figure.axes).strip()


def describe_pictures(shell: InteractiveShell) -> None:
    """Have IPython store this text with each figure that it shows, as its ``alt``.

    Parameters
    ----------
    shell : InteractiveShell
        Of the notebook.
    """
    formatter = shell.display_formatter
    if formatter is None:
        return
    png = formatter.formatters["image/png"]

    def bundle(figure: Figure, **_: object) -> tuple[dict, dict]:
        # words alone: IPython has the picture drawn as the notebook has set it
        drawn = png.enabled and Figure in png  # not in a terminal, nor where all shall be SVG
        return {}, {"image/png": {"alt": alt_text(figure)}} if drawn else {}

    formatter.mimebundle_formatter.for_type(Figure, bundle)


def _told(ax: Axes) -> Iterator[str]:
    title = " ".join(f"{ax.get_title('left')} {ax.get_title()}".split())
    if title:
        yield title if title.endswith("?") else f"{title}."
    if ax.axison:
        named = {"Across": ax.get_xlabel(), "upwards": ax.get_ylabel()}
        axes = ", ".join(
            f"{where}: {' '.join(name.split())}" for where, name in named.items() if name
        )
        if axes:
            yield f"{axes[0].upper()}{axes[1:]}."
        yield from _bars(ax)
        yield from _lines(ax)
        yield from _others(ax)
    texts = [" ".join(text.get_text().split()) for text in ax.texts if text.get_text().strip()]
    if texts:
        yield f"Written in it: {', '.join(texts)}."


def _bars(ax: Axes) -> Iterator[str]:
    for bars in ax.containers:
        if not isinstance(bars, BarContainer) or not len(bars):
            continue
        lying = bars.orientation == "horizontal"
        names = _names(ax.yaxis if lying else ax.xaxis)
        points = []
        for bar in bars:
            middle = np.add(bar.get_xy(), [bar.get_width() / 2, bar.get_height() / 2])[int(lying)]
            near = [name for at, name in names.items() if abs(at - middle) < 0.5]
            value = bar.get_width() if lying else bar.get_height()
            points.append((near[0] if len(near) == 1 else _number(middle), _number(value)))
        yield f"Bars{_called(bars)}: {_some(points)}."


def _lines(ax: Axes) -> Iterator[str]:
    across, upwards = _names(ax.xaxis), _names(ax.yaxis)
    for line in ax.lines:
        x, y = (np.asarray(values) for values in line.get_data())
        points = [
            (across.get(a, _number(a)), upwards.get(b, _number(b)))
            for a, b in zip(x, y, strict=True)
        ]
        if len(points) > 2:
            yield f"Line{_called(line)}: {_some(points)}."
        elif _called(line):  # without a name it is an axis, or helps the eye
            yield f"Mark{_called(line)} at {points[0][0] if x[0] == x[-1] else points[0][1]}."


def _others(ax: Axes) -> Iterator[str]:
    names = _names(ax.yaxis)
    for drawn in ax.collections:
        if isinstance(drawn, PathCollection):
            count = len(np.asarray(drawn.get_offsets()))
            yield f"{count:,} dot{'s' if count != 1 else ''}{_called(drawn)}."
        elif isinstance(drawn, LineCollection):
            ends = [
                (names.get(line[0][1], ""), line[0][0], line[-1][0])
                for line in drawn.get_segments()
            ]
            ranges = [(name, f"{_number(low)} to {_number(high)}") for name, low, high in ends]
            yield f"Ranges: {_some(ranges)}."
    for image in ax.get_images():
        rows, columns = image.get_size()
        yield f"A grid of {rows} rows and {columns} columns."


def _called(drawn: Artist | BarContainer) -> str:
    """Return its name in a legend; matplotlib's own names begin with an underscore."""
    name = str(drawn.get_label())
    return "" if name.startswith("_") else f" {name}"


def _some(points: list[tuple[str, str]]) -> str:
    """All of a few points; of many the first, the last, and how many there are."""
    if len(points) <= _MANY:
        return ", ".join(" ".join(point) for point in points)
    return f"{len(points):,} values, from {' '.join(points[0])} to {' '.join(points[-1])}"


def _names(axis: Axis) -> dict[float, str]:
    """Where an axis has words in place of numbers, these are the names of the places."""
    if not isinstance(axis.get_major_locator(), (FixedLocator, StrCategoryLocator)):
        return {}
    places, labels = axis.get_majorticklocs(), axis.get_majorticklabels()
    return {float(at): label.get_text() for at, label in zip(places, labels, strict=True)}


def _number(value: Any) -> str:
    try:
        return f"{float(value):.3g}"
    except (TypeError, ValueError):  # a date
        return str(value)
