"""Colours that can be told apart on a white page and on a dark one, by every kind of eyes."""

import base64
import io
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from recsys_course import plots
from recsys_course.plots.style import BLUE, INK, ORANGE

LESSONS = sorted((Path(__file__).resolve().parents[2] / "lessons").glob("*/*.ipynb"))
PAGES = {"light": "#ffffff", "dark": "#111111"}  # of JupyterLab's two themes
# what the three kinds of colour blindness make of linear RGB (Machado and others, 2009)
EYES = {
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def linear(colour):
    """Undo the gamma of sRGB."""
    values = np.array(to_rgb(colour))
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """The contrast of two colours as the Web Content Accessibility Guidelines define it."""
    light = sorted(linear(colour) @ [0.2126, 0.7152, 0.0722] + 0.05 for colour in (one, other))
    return light[1] / light[0]


def test_contrast_by_its_known_ends():
    assert contrast("white", "black") == pytest.approx(21)
    assert contrast("#767676", "white") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize(("colour", "least"), [(BLUE, 3), (ORANGE, 3), (INK, 4)])
def test_colours_stand_out_on_both_pages(colour, least, page):
    assert contrast(colour, page) >= least


@pytest.mark.parametrize("matrix", EYES.values(), ids=EYES)
def test_the_two_colours_differ_to_all_eyes(matrix):
    blue, orange = (np.clip(np.array(matrix) @ linear(each), 0, 1) for each in (BLUE, ORANGE))
    # in Lab, where 2.3 is a difference that one just sees
    assert np.linalg.norm(lab(blue) - lab(orange)) > 40


def lab(rgb):
    """Turn linear RGB into CIE Lab."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.array(to_xyz) @ rgb / [0.9505, 1, 1.089]
    f = [t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def corner(png):
    """How opaque a picture is where nothing is drawn."""
    pixel = plt.imread(io.BytesIO(png))[0, 0]
    return pixel[3] if len(pixel) == 4 else 1


def test_a_picture_has_no_ground_of_its_own():
    ax = plots.rank_weights(5)
    file = io.BytesIO()
    ax.get_figure().savefig(file)
    assert corner(file.getvalue()) == 0
    assert ax.xaxis.label.get_color() == INK


def test_nobody_waits_for_a_picture_that_is_not_shown(warm):
    count = """
from matplotlib.backend_bases import FigureCanvasBase
from recsys_course import plots
drawn = []
FigureCanvasBase.draw_idle = lambda canvas: drawn.append(canvas)
"""
    *_, said = warm.run([count, "_ = plots.rank_weights(5)", "print(len(drawn))"])
    assert said[0]["text"] == "0\n"  # the notebook draws what it shows


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_no_picture_in_a_lesson_has_one(lesson):
    for cell in nbformat.read(lesson, 4).cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                assert corner(base64.b64decode(output.data["image/png"])) == 0, cell.id
                assert "needs_background" not in output.metadata, cell.id  # a slab, too
