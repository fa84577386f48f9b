"""Bars are switched off in one place, whoever makes them."""

import pytest
import tqdm
from scipy import sparse

from recsys_course.metrics import evaluate
from recsys_course.models import ItemKNN, UserKNN
from recsys_course.progress import bar, shown

USER_ITEMS = sparse.csr_matrix([[1, 1, 0], [0, 1, 1], [1, 0, 1]])


@pytest.fixture
def switched_off(monkeypatch):
    """Whether each bar that is made is off for good; None lets the terminal decide."""
    made = []

    class Noted(tqdm.tqdm):
        def __init__(self, *args, **options):
            made.append(options["disable"])
            super().__init__(*args, **options)

    monkeypatch.setattr(tqdm, "tqdm", Noted)
    return made


def test_fit_shows_bars_unless_told_not_to(switched_off):
    ItemKNN().fit(USER_ITEMS)
    assert set(switched_off) == {None}
    switched_off.clear()
    ItemKNN().fit(USER_ITEMS, show_progress=False)
    assert set(switched_off) == {True}


def test_recommend_can_be_silenced(switched_off):
    model = UserKNN()
    model.fit(USER_ITEMS, show_progress=False)
    switched_off.clear()
    with shown(False):
        model.recommend([0, 1], USER_ITEMS[:2])
    assert set(switched_off) == {True}


def test_what_is_silenced_around_stays_silent(switched_off):
    with shown(False):
        evaluate({"item kNN": ItemKNN()}, USER_ITEMS, USER_ITEMS, k=2)
    assert set(switched_off) == {True}
    list(bar("ab"))
    assert switched_off[-1] is None
