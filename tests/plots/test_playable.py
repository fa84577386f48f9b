"""Pictures to play with: what is in them, and what stands for them elsewhere."""

import base64
import json

import nbformat
import pandas as pd
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output

from recsys_course.plots import playable
from recsys_course.plots.style import BLUE, ORANGE

QUALITY = pd.Series({5: 0.1, 20: 0.3, 100: 0.25}, name="recall@10").rename_axis("K")
LISTS = {5: ["A", "B"], 20: ["B", "C"], 100: ["C"]}
MARKED = {5: [False, True], 20: [True, False], 100: [False]}


@pytest.fixture
def setting():
    return playable.setting(QUALITY, LISTS, MARKED, "watched afterwards", baseline=0.12345678)


def data_of(spec, *columns):
    return next(
        rows for rows in spec["datasets"].values() if set(rows[0]) == set(columns)
    )  # fmt: skip


def test_the_buttons_are_the_settings_and_the_best_is_chosen(setting):
    (chosen,) = setting.spec["params"]
    assert chosen["bind"]["input"] == "radio"
    assert chosen["bind"]["options"] == [5, 20, 100]
    assert chosen["value"] == 20


def test_each_setting_has_its_list_in_order_with_its_marks(setting):
    rows = data_of(setting.spec, "setting", "rank", "title", "marked")
    assert [(row["setting"], row["rank"], row["title"], row["marked"]) for row in rows] == [
        (5, 1, "A", False),
        (5, 2, "B", True),
        (20, 1, "B", True),
        (20, 2, "C", False),
        (100, 1, "C", False),
    ]


def test_what_moves_says_what_the_still_picture_says(setting):
    left = setting.spec["hconcat"][0]
    assert left["title"] == {"text": "best: 20 (0.300)", "subtitle": ["dashed: popular (0.123)"]}


def test_stored_numbers_are_short_so_that_two_machines_agree(setting):
    assert data_of(setting.spec, "quality") == [{"quality": 0.1235}]


def test_nothing_is_fetched(setting):
    text = json.dumps({key: value for key, value in setting.spec.items() if key != "$schema"})
    assert "http" not in text  # the schema is a name, which nobody opens


def test_it_has_no_ground_of_its_own_and_the_colours_of_the_course(setting):
    assert setting.spec["config"]["background"] == "transparent"
    assert {BLUE, ORANGE} <= set(json.dumps(setting.spec).replace('"', " ").split())


def test_the_map_has_a_dot_for_each_item_and_every_genre_to_choose():
    titles = pd.DataFrame(
        {"title": ["A", "B", "C"], "genre": ["drama", None, "comedy"], "users": [9, 5, 1]}
    )
    places = pd.DataFrame({"factor 2": [0.5, 1, 0], "factor 3": [1, 0, 0]})
    spec = playable.title_map(places, titles).spec
    rows = data_of(spec, "title", "genre", "users", "across", "upwards")
    assert [(row["title"], row["across"], row["upwards"]) for row in rows] == [
        ("A", 0.5, 1),
        ("B", 1, 0),
        ("C", 0, 0),
    ]
    chosen = next(param for param in spec["params"] if "bind" in param and param["name"] == "genre")
    assert chosen["bind"]["options"] == ["comedy", "drama"]


def test_a_map_of_a_source_without_genres():
    titles = pd.DataFrame({"title": ["A"], "genre": [None], "users": [1]})
    places = pd.DataFrame({"x": [0.0], "y": [0.0]})
    assert playable.title_map(places, titles).figure.axes[0].get_title().startswith("None is")


def test_where_nobody_can_play_there_is_a_picture_with_words(setting):
    data, metadata = setting._repr_mimebundle_()
    assert data["text/plain"] == "(a picture to play with)"  # what a folded output may show
    assert metadata["image/png"]["alt"].startswith("best: 20 (0.300). Across: K")
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    output = new_output("display_data", data, metadata=metadata)
    notebook = new_notebook(cells=[new_code_cell("", outputs=[output])])
    nbformat.validate(notebook)
    page, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    assert 'alt="best: 20 (0.300).' in page
    assert "vega" not in page
