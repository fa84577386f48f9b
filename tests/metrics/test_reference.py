"""Our figures beside those of other libraries, and where theirs differ, by which convention.

`BY_CONVENTION` says how a library's figure follows from our values by user. It must hold for the
toy, whose figures are widely seen, and for the random case of reference/make_reference.py.
"""

import csv
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recsys_course import metrics
from recsys_course.metrics import coverage, per_user

FOLDER = Path(__file__).parent / "reference"
with (FOLDER / "reference.csv").open(encoding="utf-8", newline="") as file:
    REFERENCE = list(csv.DictReader(file))


def matrix(lists, items):
    dense = np.zeros((len(lists), items), np.float32)
    for row, columns in enumerate(lists):
        dense[row, list(columns)] = 1
    return sparse.csr_matrix(dense)


def padded(lists, k):
    return np.array([row + [-1] * (k - len(row)) for row in lists])


class Case:
    """Our values by user, with what conventions are made of."""

    def __init__(self, recommended, relevant, k, items, train=None, genres=None):
        self.k, self.items = k, items
        self.ids = padded(recommended, k)
        self.relevant = matrix(relevant, items)
        self.train = train and matrix(train, items)
        self.genres = genres and matrix(genres, 6)
        self.values = per_user(self.ids, self.relevant, k, train=self.train, genres=self.genres)
        self.wanted = pd.Series([len(row) for row in relevant])
        self.reachable = self.wanted.clip(upper=k)  # min(K, |R|)
        self.shown = pd.Series([len(row) for row in recommended])

    def ideal(self, places):
        return np.cumsum(1 / np.log2(np.arange(2, self.k + 2)))[np.maximum(places, 1) - 1]


# the libraries whose figure is the plain mean of ours need no entry
BY_CONVENTION = {
    # average precision over |R| or K, where ours has min(K, |R|)
    ("rectools", "average_precision", ""): lambda case, ours: ours * case.reachable / case.wanted,
    ("ranx", "average_precision", ""): lambda case, ours: ours * case.reachable / case.wanted,
    ("rectools", "average_precision", "divide_by_k=True"): (
        lambda case, ours: ours * case.reachable / case.k
    ),
    # the ideal list has K hits, even where fewer items are relevant
    ("rectools", "ndcg", ""): (
        lambda case, ours: ours * case.ideal(case.reachable) / case.ideal(case.k)
    ),
    # precision over min(K, |R|)
    ("rectools", "precision", "r_precision=True"): (
        lambda case, ours: ours * case.k / case.reachable
    ),
    # all hits of all users over all that could be reached: no mean over users
    ("implicit", "precision", ""): (
        lambda case, ours: ours * case.k * ours.count() / case.reachable[ours.notna()].sum()
    ),
    # numbers of users instead of shares
    ("rectools", "popularity_bias", ""): (
        lambda case, ours: ours * np.count_nonzero(case.train.getnnz(axis=1))
    ),
    # all users who were recommended something count, and only filled places do
    ("rectools", "serendipity", ""): (
        lambda case, ours: (ours.fillna(0) * case.k / case.shown)[case.shown > 0]
    ),
    # a share of the largest value that there can be, and empty places count as 0
    ("replay-rec", "novelty", "Surprisal"): (
        lambda case, ours: (
            (ours.fillna(0) * case.shown / case.k)
            / np.log2(np.count_nonzero(case.train.getnnz(axis=1)))
        )
    ),
    # users without recommendations don't count, and average precision may go by |R|
    **{
        ("recommenders", metric, ""): (lambda case, ours: ours[case.shown > 0])
        for metric in ("precision", "recall", "ndcg", "average_precision")
    },
    ("recommenders", "average_precision", "|R|"): (
        lambda case, ours: (ours * case.reachable / case.wanted)[case.shown > 0]
    ),
}


def figure(case, library, metric, options):
    ours = case.values[metric]
    convert = BY_CONVENTION.get((library, metric, options))
    return (convert(case, ours) if convert else ours).mean()


TOY = Case(
    [[3, 4, 5], [2, 4, 6], [3, 5, 6], [2, 3], []],
    [[3, 5, 6, 7], [4], [7, 8], [2, 3], [1]],
    k=3,
    items=9,
)


@pytest.mark.parametrize(
    ("library", "metric", "options", "value"),
    [
        ("rectools", "precision", "", 0.3333),
        ("rectools", "recall", "", 0.5),
        ("rectools", "average_precision", "", 0.3833),
        ("rectools", "average_precision", "divide_by_k=True", 0.2778),
        ("rectools", "ndcg", "", 0.3531),
        ("rectools", "ndcg", "divide_by_achievable=True", 0.4670),
        ("ranx", "precision", "", 0.3333),
        ("ranx", "recall", "", 0.5),
        ("ranx", "average_precision", "", 0.3833),
        ("ranx", "ndcg", "", 0.4670),
        ("recommenders", "precision", "", 0.4167),
        ("recommenders", "recall", "", 0.625),
        ("recommenders", "average_precision", "", 0.5139),
        ("recommenders", "average_precision", "|R|", 0.4792),
        ("implicit", "precision", "", 0.5556),
        ("implicit", "average_precision", "", 0.4111),
        ("implicit", "ndcg", "", 0.4670),
        ("replay-rec", "precision", "", 0.3333),
        ("replay-rec", "recall", "", 0.5),
        ("replay-rec", "average_precision", "", 0.4111),
        ("replay-rec", "ndcg", "", 0.4670),
        ("all that have it", "reciprocal_rank", "", 0.5),
        ("all that have it", "hit_rate", "", 0.6),
    ],
)
def test_the_toy_in_every_convention(library, metric, options, value):
    assert figure(TOY, library, metric, options) == pytest.approx(value, abs=5e-5)


@pytest.fixture(scope="module")
def random_case():
    made = runpy.run_path(str(FOLDER / "make_reference.py"))
    train, relevant, recommended, genres = made["make"]()
    return Case(recommended, relevant, made["K"], made["ITEMS"], train, genres)


def test_the_random_case_has_what_libraries_treat_differently(random_case):
    case, k = random_case, random_case.k
    assert (case.wanted > k).sum() > 30
    assert (case.wanted == 0).sum() > 10
    assert (case.shown == 0).sum() > 10
    assert ((case.shown > 0) & (case.shown < k)).sum() > 30
    cold = np.flatnonzero(case.train.getnnz(axis=0) == 0)
    assert np.isin(case.ids, cold).sum() > 30
    assert case.relevant[:, cold].nnz > 30


@pytest.mark.parametrize(
    "row", REFERENCE, ids=lambda row: "-".join([row["library"], row["metric"], row["options"]])
)
def test_the_random_case_against_the_library(random_case, row):
    case, value = random_case, float(row["value"])
    if row["metric"] == "coverage":
        assert coverage(case.ids, case.items) == pytest.approx(value, rel=1e-9)
        return
    names = row["library"], row["metric"], row["options"]
    tolerance = 1e-6 if row["library"] == "ranx" else 1e-9
    assert figure(case, *names) == pytest.approx(value, rel=tolerance)


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        *[
            (name, ["relevant"])
            for name in (
                "hit_rate",
                "precision",
                "recall",
                "average_precision",
                "ndcg",
                "reciprocal_rank",
            )
        ],
        ("novelty", ["train"]),
        ("popularity_bias", ["train"]),
        ("serendipity", ["relevant", "train"]),
        ("diversity", ["genres"]),
    ],
)
@pytest.mark.parametrize("k", [None, 3])
def test_a_single_function_is_the_mean_of_its_column(random_case, name, inputs, k):
    case = random_case
    table = per_user(case.ids, case.relevant, k, train=case.train, genres=case.genres, metrics=name)
    single = getattr(metrics, name)(case.ids, *[getattr(case, part) for part in inputs], k=k)
    assert list(table) == [name]
    assert single == pytest.approx(table[name].mean(), rel=1e-12)


def test_all_of_the_libraries_that_were_asked_are_there():
    assert {row["library"] for row in REFERENCE} == {"implicit", "ranx", "rectools", "replay-rec"}
    assert all(row["version"] for row in REFERENCE)
