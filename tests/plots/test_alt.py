"""A picture in words, and that every picture of a lesson has them, a title and named axes."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats

from recsys_course import plots
from recsys_course.plots.alt import alt_text, describe_pictures

TITLE_FIRST = r"(?!Across|Upwards|Bars|Line|Written)\w"
LESSONS = sorted((Path(__file__).resolve().parents[2] / "lessons").glob("*/*.ipynb"))


def told(ax):
    return alt_text(ax.get_figure())


def test_bars_are_told_with_their_names_and_values():
    ax = plots.shares(pd.Series([3, 1], index=["Web", "TV"]), "Web leads", "device")
    assert told(ax) == "Web leads. Across: device, upwards: of all. Bars: Web 0.75, TV 0.25."


def test_lying_bars_and_two_kinds():
    frame = pd.DataFrame({"user_id": [1, 2], "platform": [None, "Web"]})
    assert told(plots.completeness(frame, "views")) == (
        "views: platform is missing in 50%. Across: of all rows. "
        "Bars known: user_id 1, platform 0.5. Bars missing: user_id 0, platform 0.5."
    )


def test_a_line_is_told_by_the_words_of_its_axis():
    quality = pd.Series({8: 0.1, 16: 0.3, 32: 0.2}, name="recall@10").rename_axis("factors")
    assert told(plots.tuning_curve(quality, baseline=0.15)) == (
        "best: 16 (0.300). Across: factors, upwards: recall@10. "
        "Line: 8 0.1, 16 0.3, 32 0.2. Mark popular (0.150) at 0.15."
    )


def test_of_many_values_the_ends_are_told():
    figure, ax = plt.subplots()
    ax.plot(np.arange(100), np.arange(100) ** 2)
    ax.set_title("Up?")
    assert alt_text(figure) == "Up? Line: 100 values, from 0 0 to 99 9.8e+03."


def test_ranges_dots_and_texts():
    table = pd.DataFrame(
        {"recall": [0.1, 0.2], "recall_low": [0.08, 0.17], "recall_high": [0.12, 0.23]},
        index=["Popular", "ALS"],
    )
    assert "Ranges: ALS 0.17 to 0.23, Popular 0.08 to 0.12." in told(
        plots.intervals(table, "recall")
    )
    words = told(plots.taste_map([[1, 0]], [[0, 1], [0, 1]], ["you"], ["Storm", "Island"]))
    assert "1 dot users. 2 dots items. Written in it: you, Storm, Island." in words


def test_each_part_of_a_figure_has_its_turn():
    figure, axes = plt.subplots(1, 2)
    for ax, title in zip(axes, ["left", "right"], strict=True):
        ax.set_title(title)
    assert alt_text(figure) == "left. right."


def test_a_students_own_picture_with_dates_and_an_image():
    figure, axes = plt.subplots(1, 2)
    axes[0].plot(pd.to_datetime(["2019-03-01", "2019-03-02", "2019-03-05"]), [1, 2, 3])
    axes[1].imshow(np.zeros((2, 5)))
    assert alt_text(figure).startswith("Line: 2019-03-01")
    assert alt_text(figure).endswith("A grid of 2 rows and 5 columns.")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_picture_of_a_lesson_is_told(lesson):
    for cell in nbformat.read(lesson, 4).cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                alt = output.metadata.get("image/png", {}).get("alt", "")
                assert re.match(TITLE_FIRST, alt), (cell.id, alt)
                assert re.search("[Aa]cross: |[Uu]pwards: |Written in it: ", alt), (cell.id, alt)


@pytest.mark.parametrize(
    ("makes_png", "stored"), [(True, "Up. Line: 0 1, 1 2, 2 3."), (False, None)]
)
def test_ipython_stores_the_words_with_a_picture(makes_png, stored):
    shell = InteractiveShell()
    if makes_png:
        select_figure_formats(shell, ["png"])
    describe_pictures(shell)
    figure, ax = plt.subplots()
    ax.plot([1, 2, 3])
    ax.set_title("Up")
    data, metadata = shell.display_formatter.format(figure)
    assert ("image/png" in data) == makes_png
    assert metadata.get("image/png", {}).get("alt") == stored
