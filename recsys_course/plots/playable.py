"""Pictures to play with: Vega-Lite where it is shown, offline, and a picture everywhere else."""

from collections.abc import Sequence
from typing import Any, cast

import altair as alt
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.core.pylabtools import print_figure
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recsys_course.plots.alt import alt_text
from recsys_course.plots.learning import tuning_curve
from recsys_course.plots.style import BLUE, INK, ORANGE, PALE, new_axes, tidy

# Altair writes Vega-Lite 6. JupyterLab and the renderers of VS Code know 5, which has all that is
# used here, so these charts are given out as what they are as well: 5.
MIME = "application/vnd.vegalite.v5+json"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_DIGITS = 4  # of stored numbers: more would not be seen


class Playable:
    """A picture that one can play with, and how it looks where one can't.

    Attributes
    ----------
    spec : dict
        The Vega-Lite specification, its data within.
    figure : Figure
        The picture for paper, for web pages and for editors that don't know Vega-Lite.
    """

    def __init__(self, chart: alt.TopLevelMixin, ax: Axes) -> None:
        quiet = chart.configure(background="transparent").configure_view(stroke=None)
        quiet = quiet.configure_axis(
            labelColor=INK, titleColor=INK, tickColor=INK, domainColor=INK, gridColor=PALE,
            labelLimit=260, labelPadding=6,
        ).configure_title(color=INK, subtitleColor=INK, fontWeight="normal")  # fmt: skip
        quiet = quiet.configure_text(color=INK)
        self.spec: dict[str, Any] = quiet.to_dict() | {"$schema": _SCHEMA}
        self.figure = cast(Figure, ax.get_figure(root=True))
        plt.close(self.figure)  # else it would be shown a second time, below
        self.spec["description"] = alt_text(self.figure)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict, dict]:
        words = self.spec["description"]
        png = print_figure(self.figure, base64=True, bbox_inches="tight", facecolor="none")
        return (
            # of an output that is folded, some editors show this line: it gives nothing away
            {MIME: self.spec, "image/png": png, "text/plain": "(a picture to play with)"},
            {"image/png": {"alt": words}, MIME: {"embed_options": {"actions": False}}},
        )


def setting(
    quality: pd.Series,
    lists: dict[float, Sequence[str]],
    marked: dict[float, Sequence[bool]],
    mark: str,
    baseline: float | None = None,
) -> Playable:
    """Let a reader choose a setting, and see its quality and one user's list change.

    Parameters
    ----------
    quality : Series
        As for `tuning_curve`: quality along a setting, both named.
    lists : dict of float to sequence of str
        The titles that one user gets with each setting, the best first.
    marked : dict of float to sequence of bool
        Which of them are to be seen at once.
    mark : str
        What these are, such as "watched afterwards".
    baseline : float, optional
        As for `tuning_curve`.

    Returns
    -------
    Playable
        A row of buttons, one for each setting. On the left the curve with the chosen point in
        orange, on the right the list with the marked titles in orange.

    Examples
    --------
    >>> quality = pd.Series({5: 0.1, 10: 0.3}, name="recall@10").rename_axis("K")
    >>> shown = setting(quality, {5: ["A", "B"], 10: ["B", "C"]}, {5: [0, 1], 10: [1, 0]}, "hit")
    >>> shown.spec["params"][0]["bind"]["options"]
    [5.0, 10.0]
    """
    values = [float(value) for value in quality.index]
    start = values[int(np.argmax(quality))]
    bind = alt.binding_radio(options=values, name=f"{quality.index.name}: ")
    chosen = alt.param("chosen", value=start, bind=bind)
    is_chosen = alt.datum.setting == chosen
    curve = pd.DataFrame({"setting": values, "quality": quality.to_numpy(float).round(_DIGITS)})
    rows = [
        {"setting": value, "rank": rank, "title": title, "marked": bool(flag)}
        for value in values
        for rank, (title, flag) in enumerate(zip(lists[value], marked[value], strict=True), start=1)
    ]
    x = alt.X("setting:O").axis(labelAngle=0).title(str(quality.index.name))
    y = alt.Y("quality:Q").scale(zero=True).title(str(quality.name))
    base = alt.Chart(curve).encode(x, y)
    points = base.mark_point(filled=True, opacity=1).encode(
        color=alt.condition(is_chosen, alt.value(ORANGE), alt.value(BLUE)),
        size=alt.condition(is_chosen, alt.value(160), alt.value(40)),
        tooltip=[alt.Tooltip("setting:O", title="setting"), alt.Tooltip("quality:Q")],
    )
    left = base.mark_line(color=BLUE) + points
    if baseline is not None:
        simple = alt.Chart(pd.DataFrame({"quality": [round(baseline, _DIGITS)]}))
        left += simple.mark_rule(color=INK, strokeDash=[4, 4]).encode(y="quality:Q")
    ranks = alt.Axis(title=None, ticks=False, domain=False)
    longest = max(map(len, lists.values()))  # a short list keeps its lines at the top
    listed = alt.Chart(pd.DataFrame(rows)).transform_filter(is_chosen)
    right = listed.mark_text(align="left", fontSize=12).encode(
        alt.Y("rank:O", axis=ranks).scale(domain=list(range(1, longest + 1))),
        alt.X(value=0),
        text="title:N",
        color=alt.condition(alt.datum.marked, alt.value(ORANGE), alt.value(INK)),
    )
    still = tuning_curve(quality, baseline)
    lines = [f"dashed: {label}" for label in still.get_legend_handles_labels()[1]]
    said = alt.Title(still.get_title(), subtitle=lines)
    left = left.properties(width=260, height=230, title=said)
    right = right.properties(width=260, height=230, title=f"The list; in orange: {mark}")
    return Playable((left | right).add_params(chosen), still)


def title_map(places: pd.DataFrame, titles: pd.DataFrame, named: int = 8) -> Playable:
    """Draw items in a plane, for a reader to hover over, move and enlarge.

    Parameters
    ----------
    places : DataFrame of float, shape (items, 2)
        Where each item lies; the columns name the axes.
    titles : DataFrame
        A row per item, in the same order; columns ``title``, ``genre`` and ``users``. The rows
        that have most users come first.
    named : int, default 8
        How many are named where nobody can hover.

    Returns
    -------
    Playable
        A dot for each item, the larger the more users; the genre that the reader chooses is in
        orange.

    Examples
    --------
    >>> titles = pd.DataFrame({"title": ["A", "B"], "genre": ["drama", ""], "users": [9, 4]})
    >>> places = pd.DataFrame({"factor 2": [0.5, 1], "factor 3": [1, 0]})
    >>> title_map(places, titles).figure.axes[0].get_title()
    'drama is the most frequent genre: 1 of 2'
    """
    at, axes = places.to_numpy(float).round(_DIGITS), [str(name) for name in places]
    table = titles.assign(across=at[:, 0], upwards=at[:, 1]).fillna({"genre": ""})
    genres = table.loc[table["genre"] != "", "genre"].value_counts()
    genre = str(genres.index[0]) if len(genres) else ""
    ax = _static_map(table, genre, int(genres.iloc[0]) if len(genres) else 0, named)
    ax.set(xlabel=axes[0], ylabel=axes[1])
    bind = alt.binding_select(options=sorted(genres.index), name="genre in orange: ")
    chosen = alt.param("genre", value=genre, bind=bind)
    dots = (
        alt.Chart(table)
        .mark_circle(opacity=0.75)
        .encode(
            alt.X("across:Q").title(axes[0]),
            alt.Y("upwards:Q").title(axes[1]),
            alt.Size("users:Q").legend(None),
            color=alt.condition(alt.datum.genre == chosen, alt.value(ORANGE), alt.value(BLUE)),
            tooltip=["title:N", "genre:N", "users:Q"],
        )
    )
    # the wheel alone goes on scrolling the page
    moved = alt.selection_interval(bind="scales", zoom="wheel![event.altKey]")
    chart = dots.properties(width=560, height=360, title=ax.get_title())
    return Playable(chart.add_params(chosen, moved), ax)


def _far_apart(table: pd.DataFrame, most: int) -> list:
    """Choose items whose names don't cover each other, the outermost first."""
    places = table[["across", "upwards"]]
    unit = ((places - places.mean()) / (places.max() - places.min()).clip(lower=1e-9)).to_numpy()
    chosen: list[int] = []
    for number in np.argsort(-np.linalg.norm(unit, axis=1), kind="stable"):
        away = np.abs(unit[chosen] - unit[number])
        if len(chosen) < most and not ((away[:, 0] < 0.35) & (away[:, 1] < 0.06)).any():
            chosen.append(int(number))
    return [table.index[number] for number in chosen]


def _static_map(table: pd.DataFrame, genre: str, frequent: int, named: int) -> Axes:
    ax = new_axes()
    for of_genre, color in ((False, BLUE), (True, ORANGE)):
        part = table[(table["genre"] == genre) == of_genre]
        area = 80 * part["users"] / table["users"].max()
        label = genre or "genre not known" if of_genre else "other genres"
        ax.scatter(part["across"], part["upwards"], s=area, color=color, alpha=0.75, label=label)
    for _, row in table.loc[_far_apart(table, named)].iterrows():
        ax.annotate(
            row["title"][:24], (row["across"], row["upwards"]), xytext=(4, 3),
            textcoords="offset points", fontsize="x-small",
        )  # fmt: skip
    ax.set_title(f"{genre or 'None'} is the most frequent genre: {frequent} of {len(table)}")
    ax.legend(frameon=False)
    return tidy(ax)
