"""What must hold for any lists: against plain loops, bounds, order, padding, moving a hit up."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import sparse

from recsys_course.metrics import coverage, per_user

ITEMS, WIDTH, GENRES = 9, 4, 3
RANKING = ["hit_rate", "precision", "recall", "average_precision", "ndcg", "reciprocal_rank"]


def matrix(lists, items=ITEMS):
    dense = np.zeros((len(lists), items), np.float32)
    for row, columns in enumerate(lists):
        dense[row, list(columns)] = 1
    return sparse.csr_matrix(dense)


@st.composite
def cases(draw):
    """Lists with empty places anywhere, what is relevant, what was taken up before, genres.

    Hypothesis draws what matters for a small counterexample, dice the rest: that is far cheaper.
    """
    users, people = draw(st.integers(1, 6)), draw(st.integers(1, 7))
    gaps, density = draw(st.sampled_from([0, 0.2, 0.6, 1])), draw(st.sampled_from([0.1, 0.5, 0.9]))
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def sets(size, columns):
        marked = dice.random((size, columns)) < density
        if not marked.any():
            marked[dice.integers(size), dice.integers(columns)] = True
        return [set(np.flatnonzero(row).tolist()) for row in marked]

    lists = np.array([dice.permutation(ITEMS)[:WIDTH] for _ in range(users)])
    lists[dice.random(lists.shape) < gaps] = -1
    return lists.tolist(), sets(users, ITEMS), sets(people, ITEMS), sets(ITEMS, GENRES)


def table(case, k=WIDTH, metrics=None):
    lists, relevant, train, genres = case
    return per_user(
        lists,
        matrix(relevant),
        k,
        train=matrix(train),
        genres=matrix(genres, GENRES),
        metrics=metrics,
    )


def by_loop(shown, wanted, k, train, genres):
    """Every metric of one user, straight from its definition."""
    shown = shown[:k]
    hits = [place + 1 for place, item in enumerate(shown) if item in wanted]
    filled = [item for item in shown if item >= 0]
    judged = len(wanted) > 0
    nan = math.nan
    audience = {item: sum(item in row for row in train) for item in range(ITEMS)}
    users = sum(len(row) > 0 for row in train)
    chart = sorted({count for count in audience.values() if count}, reverse=True)
    surprise = []
    for rank in hits:
        count = audience[shown[rank - 1]]
        anybody = (ITEMS + 1 - (chart.index(count) + 1)) / ITEMS if count else 0
        surprise.append(max((ITEMS + 1 - rank) / ITEMS - anybody, 0))
    pairs = [(a, b) for place, a in enumerate(filled) for b in filled[:place]]
    differ = [len(genres[a] ^ genres[b]) for a, b in pairs]
    precisions = [sum(other <= rank for other in hits) / rank for rank in hits]
    best = min(k, len(wanted))
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, best + 1))
    return {
        "hit_rate": float(bool(hits)) if judged else nan,
        "precision": len(hits) / k if judged else nan,
        "recall": len(hits) / len(wanted) if judged else nan,
        "average_precision": sum(precisions) / best if judged else nan,
        "ndcg": sum(1 / math.log2(rank + 1) for rank in hits) / ideal if judged else nan,
        "reciprocal_rank": (1 / hits[0] if hits else 0.0) if judged else nan,
        "novelty": np.mean([-math.log2(max(audience[i], 1) / users) for i in filled])
        if filled
        else nan,
        "serendipity": sum(surprise) / k if judged else nan,
        "popularity_bias": np.mean([audience[i] / users for i in filled]) if filled else nan,
        "diversity": (np.mean(differ) if differ else 0.0) if filled else nan,
    }


@given(cases(), st.integers(1, WIDTH))
def test_equal_to_a_loop_over_users(case, k):
    lists, relevant, train, genres = case
    rows = [
        by_loop(shown, wanted, k, train, genres)
        for shown, wanted in zip(lists, relevant, strict=True)
    ]
    pd.testing.assert_frame_equal(table(case, k), pd.DataFrame(rows), rtol=1e-12, atol=1e-12)
    seen = {item for row in lists for item in row[:k] if item >= 0}
    assert coverage(lists, ITEMS, k) == len(seen) / ITEMS


@given(cases(), st.integers(1, WIDTH))
def test_bounds(case, k):
    values = table(case, k)
    counted = values.fillna(0)
    shares = counted[[*RANKING, "serendipity", "popularity_bias"]]
    assert ((shares >= 0) & (shares <= 1 + 1e-12)).all(axis=None)
    assert (counted["novelty"] >= 0).all()
    assert (counted["novelty"] <= np.log2(len(case[2])) + 1e-12).all()
    assert counted["diversity"].between(0, GENRES).all()
    assert (counted["serendipity"] <= counted["precision"] + 1e-12).all()
    assert (counted["precision"] <= counted["hit_rate"]).all()
    assert (counted["reciprocal_rank"] <= counted["hit_rate"]).all()


@given(cases())
def test_a_longer_list_never_loses_what_was_found(case):
    shorter = table(case, 1)
    for k in range(2, WIDTH + 1):
        longer = table(case, k)
        for metric in ("recall", "hit_rate", "reciprocal_rank"):
            assert (longer[metric].fillna(0) >= shorter[metric].fillna(0) - 1e-12).all()
        shorter = longer


@given(cases(), st.data())
def test_moving_a_hit_up_never_lowers(case, data):
    lists, relevant, train, genres = case
    hits = [
        (row, place)
        for row, shown in enumerate(lists)
        for place, item in enumerate(shown)
        if item in relevant[row] and any(other not in relevant[row] for other in shown[:place])
    ]
    assume(hits)
    row, place = data.draw(st.sampled_from(hits))
    above = [p for p in range(place) if lists[row][p] not in relevant[row]]
    other = data.draw(st.sampled_from(above))
    better = [list(shown) for shown in lists]
    better[row][place], better[row][other] = better[row][other], better[row][place]
    before, after = table(case), table((better, relevant, train, genres))
    for metric in ("average_precision", "ndcg"):
        assert after.loc[row, metric] > before.loc[row, metric]
    for metric in ("reciprocal_rank", "serendipity"):
        assert after.loc[row, metric] >= before.loc[row, metric]
    for metric in ("hit_rate", "precision", "recall"):
        assert after.loc[row, metric] == before.loc[row, metric]


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_users_does_not_matter(case, random):
    lists, relevant, train, genres = case
    order = list(range(len(lists)))
    random.shuffle(order)
    shuffled = [lists[user] for user in order], [relevant[user] for user in order]
    people = train[:]
    random.shuffle(people)
    after = table((*shuffled, people, genres))
    expected = table(case).loc[order].reset_index(drop=True)
    pd.testing.assert_frame_equal(after, expected, rtol=1e-12)


@given(cases(), st.integers(1, 3))
def test_padding_changes_nothing_but_what_divides_by_k(case, more):
    lists, relevant, train, genres = case
    padded = [shown + [-1] * more for shown in lists]
    before = table(case)
    pd.testing.assert_frame_equal(table((padded, relevant, train, genres)), before)
    longer = table((padded, relevant, train, genres), WIDTH + more)
    same = ["hit_rate", "recall", "reciprocal_rank", "novelty", "popularity_bias", "diversity"]
    pd.testing.assert_frame_equal(longer[same], before[same], rtol=1e-12)
    for metric in ("precision", "serendipity"):
        expected = before[metric] * WIDTH / (WIDTH + more)
        pd.testing.assert_series_equal(longer[metric], expected, rtol=1e-12)


@given(cases())
def test_items_that_nobody_met_change_no_ranking(case):
    lists, relevant, _, _ = case
    before = per_user(lists, matrix(relevant), WIDTH, metrics=RANKING)
    after = per_user(lists, matrix(relevant, ITEMS + 5), WIDTH, metrics=RANKING)
    pd.testing.assert_frame_equal(after, before)


@given(cases(), st.floats(0.1, 9))
def test_weights_do_not_matter(case, weight):
    lists, relevant, train, _ = case
    before = per_user(lists, matrix(relevant), WIDTH, train=matrix(train))
    after = per_user(lists, matrix(relevant) * weight, WIDTH, train=matrix(train) * weight)
    pd.testing.assert_frame_equal(after, before)


@pytest.mark.parametrize("k", [1, 5, 200])
def test_long_lists(k):
    """More places than a byte counts; everything is relevant but the last item."""
    lists = np.tile(np.arange(200), (3, 1))
    relevant = matrix([range(199)] * 3, 200)
    values = per_user(lists, relevant, k, metrics=RANKING)
    found = min(k, 199)
    assert values["precision"].tolist() == [found / k] * 3
    assert values["recall"].tolist() == [found / 199] * 3
    assert np.allclose(values["ndcg"], 1)
    assert np.allclose(values["average_precision"], 1)
