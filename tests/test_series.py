"""Episodes become one item, and items are called by what is known of them."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_course.errors import DataError
from recsys_course.series import fold_series, names_of

HUGE = 2**62


def catalogue(**columns):
    made = pd.DataFrame(columns)
    return made.astype({"compilation_id": "Int64"}) if "compilation_id" in made else made


def test_numbers_that_floats_cannot_hold_stay_as_they_are():
    films = catalogue(content_id=[HUGE + 1, HUGE + 2, HUGE + 3], compilation_id=[None, 4, 4])
    ids = pd.Series([HUGE + 3, HUGE + 1, HUGE + 2, HUGE + 5])
    assert fold_series(ids, films).tolist() == [HUGE + 2, HUGE + 1, HUGE + 2, HUGE + 5]


def test_without_series_nothing_changes():
    films = catalogue(content_id=[1, 2], compilation_id=[None, None])
    assert fold_series(pd.Series([2, 1, 7], index=[5, 5, 6]), films).tolist() == [2, 1, 7]


@given(st.lists(st.none() | st.integers(0, 3), min_size=1, max_size=12))
def test_two_items_are_one_if_they_are_of_one_series(series):
    films = catalogue(content_id=range(1, len(series) + 1), compilation_id=series)
    folded = fold_series(films["content_id"], films).tolist()
    for one, number in enumerate(series):
        for other, of_other in enumerate(series):
            together = one == other or (number is not None and number == of_other)
            assert (folded[one] == folded[other]) == together


def test_an_item_without_title_or_catalogue_is_called_by_its_number():
    films = catalogue(content_id=[HUGE, 2], title=["Solaris", None])
    names = names_of([2, HUGE, 9], films)
    assert names.tolist() == ["content 2", "Solaris", "content 9"]
    assert names.index.tolist() == [2, HUGE, 9]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["content_id"], "catalogue: no column {}; found content_id"),
        (["content_id", "content_id"], "catalogue: two columns are named content_id; keep one"),
        ([], "catalogue: no column content_id; found no columns at all"),
    ],
)
def test_a_catalogue_that_lacks_a_column_or_has_it_twice_is_named(columns, message):
    films = pd.DataFrame([[1] * len(columns)], columns=columns)
    with pytest.raises(DataError) as found:
        fold_series(pd.Series([1]), films)
    assert str(found.value) == message.format("compilation_id")
    with pytest.raises(DataError) as found:
        names_of([1], films)
    assert str(found.value) == message.format("title")
