import numpy as np
import pandas as pd
import pytest

from recsys_course.data.schema import (
    catalogue_frame,
    catalogue_table,
    views_frame,
    views_table,
)

VIEWS_DTYPES = {
    "user_id": "int64",
    "content_id": "int64",
    "view_duration": "float64",
    "view_ts": "datetime64[us, UTC]",
    "dt": "datetime64[us]",
    "platform": "category",
}
CATALOGUE_DTYPES = {
    "content_id": "int64",
    "origin_country": "str",
    "release_date": "datetime64[us]",
    "kinopoisk_rating": "float64",
    "compilation_id": "Int64",
    "genre": "str",
    "title": "str",
}


def views(**columns):
    return views_frame(views_table({"user_id": [1, 2], "content_id": [5, 5], **columns}))


def dtypes(frame):
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


def test_views_always_have_all_columns_in_order_and_unknown_ones_are_missing():
    frame = views()
    assert list(dtypes(frame).items()) == list(VIEWS_DTYPES.items())
    assert frame.drop(columns=["user_id", "content_id"]).isna().all(axis=None)


def test_catalogue_always_has_all_columns_in_order_and_unknown_ones_are_missing():
    frame = catalogue_frame(catalogue_table({"content_id": [3, 4]}))
    assert list(dtypes(frame).items()) == list(CATALOGUE_DTYPES.items())
    assert frame.drop(columns="content_id").isna().all(axis=None)


def test_what_a_source_has_beyond_the_schema_comes_last():
    assert list(views(rating=[1, 5]).columns) == [*VIEWS_DTYPES, "rating"]
    assert str(views(rating=[1, 5])["rating"].dtype) == "float64"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2019-04-09 00:00:00+00:00", "2019-04-09"),
        ("2019-04-09 23:59:59.999999+00:00", "2019-04-09"),
        ("2019-04-09 23:30:00-03:00", "2019-04-10"),
        ("2019-04-09 01:30:00+03:00", "2019-04-08"),
        ("1969-12-31 23:00:00+00:00", "1969-12-31"),
    ],
)
def test_dt_is_the_day_in_utc(moment, day):
    frame = views(view_ts=pd.to_datetime([moment, None], utc=True))
    assert frame["dt"][0] == pd.Timestamp(day)
    assert frame["dt"].isna().tolist() == [False, True]


def test_platforms_are_in_alphabetical_order_whatever_came_first():
    first, second = views(platform=["iPad", "Android"]), views(platform=["Android", None])
    assert first["platform"].cat.categories.tolist() == ["Android", "iPad"]
    assert first["platform"].tolist() == ["iPad", "Android"]
    assert second["platform"].isna().tolist() == [False, True]
    assert str(views()["platform"].cat.categories.dtype) == "str"


def test_missing_numbers_and_texts():
    frame = catalogue_frame(
        catalogue_table(
            {
                "content_id": [3, 4],
                "compilation_id": [None, 9],
                "kinopoisk_rating": np.array([np.nan, 7.5]),
                "title": [None, "Солярис"],
            }
        )
    )
    assert frame["compilation_id"].tolist() == [pd.NA, 9]
    assert frame["kinopoisk_rating"].isna().tolist() == [True, False]
    assert frame["title"].isna().tolist() == [True, False]
    assert frame["title"][1] == "Солярис"


def test_a_student_may_write_into_the_frames():
    frame = views(view_duration=[1.0, 2.0])
    frame.loc[0, "user_id"] = 9
    frame.loc[1, "view_duration"] *= 2
    assert frame["user_id"].tolist() == [9, 2]
    assert frame["view_duration"].tolist() == [1, 4]
