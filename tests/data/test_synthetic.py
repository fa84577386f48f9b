"""Exact totals, the schema, and the same bytes on every computer."""

import hashlib
import math
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_course.data.synthetic import (
    FULL,
    SIZES,
    SMALL,
    Size,
    audience,
    catalogue,
    chance,
    make,
    repertoire,
)
from recsys_course.errors import DataError

# of the small cinema of seed 0; they may change only with a good reason, for lessons show the data
VIEWS_DIGEST = "f56c4e9fb563398496108a250c77fd8f9230479fd554ec58fe4c8a8b6d3f8bc2"
CATALOGUE_DIGEST = "5f5c921b433ca16a2b21553b5b6b0cf54de3533d935ec2a27a45ef4466a1effd"
TITLES_DIGEST = "f4792699000c43c194aadf69da59ab90c67780366251f24426507e5cd7a3f67e"


def sha256(*columns):
    digest = hashlib.sha256()
    for column in columns:
        digest.update(np.asarray(column).astype("<i8").tobytes())
    return digest.hexdigest()


def views_digest(views):
    return sha256(
        views["user_id"],
        views["content_id"],
        views["view_duration"],
        views["view_ts"].dt.tz_localize(None),
        views["platform"].cat.codes,
    )


def catalogue_digest(catalogue):
    return sha256(
        catalogue["content_id"],
        catalogue["origin_country"].fillna("0").astype(int),
        catalogue["release_date"],
        (catalogue["kinopoisk_rating"].fillna(0) * 1000).round(),
        catalogue["compilation_id"].fillna(0),
    )


def titles_digest(catalogue):
    lines = catalogue["genre"] + "|" + catalogue["title"]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def totals(cinema):
    views = cinema.views
    return Size(
        rows=len(views),
        users=views["user_id"].nunique(),
        items=views["content_id"].nunique(),
        pairs=len(views[["user_id", "content_id"]].drop_duplicates()),
        catalogue=len(cinema.catalogue),
    )


@pytest.fixture(scope="module")
def small():
    return make()


def test_small_has_its_totals(small):
    assert totals(small) == Size(70_430, 6_213, 4_405, 54_543, 14_132)


def test_full_has_the_totals_of_the_original():
    cinema = make(FULL)
    assert totals(cinema) == Size(1_408_597, 124_262, 44_053, 1_090_851, 141_321)
    assert cinema.views["content_id"].isin(cinema.catalogue["content_id"]).all()
    assert cinema.catalogue["content_id"].is_unique


def test_sizes_by_name():
    assert SIZES == {"small": SMALL, "full": FULL}
    assert FULL.scaled(1 / 20) == SMALL
    assert FULL.scaled(1) == FULL


@st.composite
def sizes(draw):
    users, items = draw(st.integers(1, 40)), draw(st.integers(1, 60))
    pairs = draw(st.integers(max(users, items), users * items))
    rows = pairs + draw(st.integers(0, 200))
    return Size(rows, users, items, pairs, catalogue=items + draw(st.integers(0, 300)))


@settings(max_examples=settings.default.max_examples // 5)
@given(size=sizes(), seed=st.integers(0, 2**64))
def test_any_size_is_met_exactly(size, seed):
    cinema = make(size, seed)
    assert totals(cinema) == size
    assert cinema.views["content_id"].isin(cinema.catalogue["content_id"]).all()
    assert (cinema.views["view_duration"] >= 1).all()


@pytest.mark.parametrize(
    ("changed", "advice"),
    [
        ({"rows": 0}, "rows is 0; give a whole number of at least 1"),
        ({"users": -1}, "users is -1; give a whole number of at least 1"),
        ({"items": 2.5}, "items is 2.5; give a whole number of at least 1"),
        ({"catalogue": "50"}, "catalogue is '50'; give a whole number of at least 1"),
        ({"pairs": True}, "pairs is True; give a whole number of at least 1"),
        ({"users": 95}, "give at least 95 pairs"),
        ({"items": 95, "catalogue": 95}, "give at least 95 pairs"),
        ({"users": 3}, "only 60 different pairs, not 90; give fewer pairs"),
        ({"rows": 80}, "give at least 90 rows"),
        ({"catalogue": 19}, "give a catalogue of at least 20"),
        ({"rows": 10**9, "users": 10**6, "items": 10**6, "pairs": 10**8}, "catalogue"),
    ],
)
def test_nonsensical_sizes_are_refused_in_one_line(changed, advice):
    good = {"rows": 120, "users": 10, "items": 20, "pairs": 90, "catalogue": 50}
    with pytest.raises(DataError) as refused:
        Size(**(good | changed))
    assert advice in str(refused.value)
    assert str(refused.value).startswith("size: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("share", [0, -1, math.nan, math.inf])
def test_nonsensical_shares_are_refused(share):
    with pytest.raises(DataError, match="give a number above 0"):
        FULL.scaled(share)


def test_a_share_of_nothing_is_refused():
    with pytest.raises(DataError, match="users is 0"):
        FULL.scaled(1e-6)


def test_what_does_not_fit_into_memory_is_refused():
    with pytest.raises(DataError, match="too big"):
        Size(rows=10**9, users=10**6, items=10**6, pairs=10**8, catalogue=10**6)


@pytest.mark.parametrize("seed", [-1, 0.5, "0", None])
def test_seeds_are_whole_numbers(seed):
    with pytest.raises(DataError, match="give a whole number from 0"):
        make(SMALL, seed=seed)


def test_unknown_languages_are_refused():
    with pytest.raises(DataError, match="give 'en' or 'ru'"):
        make(SMALL, lang="de")


def test_schema(small):
    assert small.views.dtypes.astype(str).to_dict() == {
        "user_id": "int64",
        "content_id": "int64",
        "view_duration": "float64",
        "view_ts": "datetime64[us, UTC]",
        "dt": "datetime64[us]",
        "platform": "category",
    }
    assert small.catalogue.dtypes.astype(str).to_dict() == {
        "content_id": "int64",
        "origin_country": "str",
        "release_date": "datetime64[us]",
        "kinopoisk_rating": "float64",
        "compilation_id": "Int64",
        "genre": "str",
        "title": "str",
    }


def test_order_of_rows(small):
    views = small.views
    assert views[["user_id", "view_ts"]].apply(tuple, axis=1).is_monotonic_increasing
    assert small.catalogue["content_id"].is_monotonic_increasing
    assert (views["dt"] == views["view_ts"].dt.tz_localize(None).dt.floor("D")).all()


def test_ids_are_sparse_and_positive(small):
    users, contents = small.views["user_id"].unique(), small.catalogue["content_id"]
    assert small.catalogue["content_id"].is_unique
    assert users.min() >= 1
    assert 4 * len(users) < users.max() < 6 * len(users)
    assert contents.min() >= 1
    assert len(contents) < contents.max() < 1.5 * len(contents)


def test_the_small_cinema_is_always_the_same(small):
    assert views_digest(small.views) == VIEWS_DIGEST
    assert catalogue_digest(small.catalogue) == CATALOGUE_DIGEST
    assert titles_digest(small.catalogue) == TITLES_DIGEST


def test_another_seed_is_another_cinema(small):
    other = make(seed=1)
    assert totals(other) == totals(small)
    assert views_digest(other.views) != VIEWS_DIGEST
    assert catalogue_digest(other.catalogue) != CATALOGUE_DIGEST
    assert titles_digest(other.catalogue) != TITLES_DIGEST


def test_languages_differ_in_words_only(small):
    russian = make(lang="ru")
    pd.testing.assert_frame_equal(russian.views, small.views)
    words = ["genre", "title"]
    pd.testing.assert_frame_equal(
        russian.catalogue.drop(columns=words), small.catalogue.drop(columns=words)
    )


def test_no_vector_unit_and_no_hash_seed_changes_a_bit():
    found = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    script = (
        "import importlib.util, sys;"
        f"spec = importlib.util.spec_from_file_location('digests', {__file__!r});"
        "digests = importlib.util.module_from_spec(spec); spec.loader.exec_module(digests);"
        "cinema = digests.make(); print(digests.views_digest(cinema.views),"
        " digests.catalogue_digest(cinema.catalogue), digests.titles_digest(cinema.catalogue))"
    )
    plain = {"NPY_DISABLE_CPU_FEATURES": " ".join(found), "PYTHONHASHSEED": "7"}
    path = os.pathsep.join(entry for entry in sys.path if entry)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **plain, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [VIEWS_DIGEST, CATALOGUE_DIGEST, TITLES_DIGEST]


@pytest.mark.parametrize("error", [-4, -1, 1, 4])
def test_the_last_bits_of_a_mathematical_library_change_nothing(monkeypatch, error):
    def inexact(function, arguments):
        return chance_tabulated(lambda x: function(x) * (1 + error * 2**-52), arguments)

    chance_tabulated = chance.tabulated
    for room in (chance, catalogue, repertoire, audience):
        monkeypatch.setattr(room, "tabulated", inexact)
    chance._normal_quantiles.cache_clear()
    chance._exponential_quantiles.cache_clear()
    try:
        assert views_digest(make().views) == VIEWS_DIGEST
    finally:
        chance._normal_quantiles.cache_clear()
        chance._exponential_quantiles.cache_clear()
