"""The properties of real data that lessons rely on, with bounds written down beforehand."""

import numpy as np
import pandas as pd
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender
from scipy import sparse
from threadpoolctl import threadpool_limits

from recsys_course.data.synthetic import make

pytestmark = pytest.mark.filterwarnings("ignore:Method expects CSR input")


@pytest.fixture(
    scope="module",
    params=[0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 22))],
)
def cinema(request):
    return make(seed=request.param)


@pytest.fixture(scope="module")
def views(cinema):
    return cinema.views


@pytest.fixture(scope="module")
def catalogue(cinema):
    return cinema.catalogue


def viewers_by_item(views):
    pairs = views[["user_id", "content_id"]].drop_duplicates()
    return np.sort(pairs["content_id"].value_counts().to_numpy())


def items_by_user(views):
    return views.groupby("user_id")["content_id"].nunique()


def gini(ascending):
    rank = np.arange(1, len(ascending) + 1)
    return (2 * rank - len(ascending) - 1) @ ascending / (len(ascending) * ascending.sum())


def test_gini_of_the_test_itself():
    assert gini(np.array([1, 1, 1, 1])) == 0
    assert gini(np.array([0, 0, 0, 8])) == 0.75


def test_a_few_items_are_most_of_the_viewing(views):
    viewers = viewers_by_item(views)
    assert 0.63 < gini(viewers) < 0.79
    top = viewers[-len(viewers) // 100 :].sum() / viewers.sum()
    assert 0.07 < top < 0.30


def test_popularity_falls_as_a_power_of_the_rank(views):
    viewers = viewers_by_item(views)[::-1][9:999]
    slope, _ = np.polyfit(np.log(np.arange(10, 1000)), np.log(viewers), 1)
    assert -0.9 < slope < -0.6


def test_most_users_watch_little_and_some_a_lot(views):
    items = items_by_user(views)
    assert items.median() == 5
    assert items.mean() == pytest.approx(8.8, abs=0.05)
    assert 0.13 < (items == 1).mean() < 0.22
    assert items.max() > 150
    assert 50 < items.quantile(0.99) < 80


def test_evenings_in_moscow_are_busiest(views):
    hour = (views["view_ts"].dt.hour + 3) % 24
    share = hour.value_counts(normalize=True).sort_index()
    assert share.idxmax() in (20, 21, 22)
    assert share.loc[18:23].sum() > 1 / 3
    assert share.loc[2:5].sum() < 0.1


def test_the_window_is_march_and_april_in_moscow(views):
    assert views["view_ts"].min() >= pd.Timestamp("2019-03-01", tz="Europe/Moscow")
    assert views["view_ts"].max() < pd.Timestamp("2019-05-01", tz="Europe/Moscow")
    assert views["dt"].nunique() == 62


def test_users_come_and_go(views):
    last_week = views["view_ts"] >= views["view_ts"].max() - pd.Timedelta(days=7)
    known = views.loc[~last_week, "user_id"].unique()
    assert 0.15 < (~views.loc[last_week, "user_id"].isin(known)).mean() < 0.35


def test_series_are_watched_in_a_row(views, catalogue):
    series = catalogue.set_index("content_id")["compilation_id"]
    content = views["content_id"].to_numpy()
    of_series = series.loc[content].fillna(0).to_numpy(int)
    user = views["user_id"].to_numpy()
    within = (user[1:] == user[:-1]) & (of_series[1:] == of_series[:-1]) & (of_series[1:] > 0)
    step = np.diff(content)[within]
    assert within.sum() > 10_000
    assert 0.65 < (step == 1).mean() < 0.85


def test_nothing_is_watched_before_its_release(views, catalogue):
    released = catalogue.set_index("content_id")["release_date"]
    assert (views["dt"] >= views["content_id"].map(released)).all()
    assert catalogue["release_date"].max() < pd.Timestamp("2019-05-01")


def test_episodes_are_released_in_their_order(catalogue):
    assert catalogue.groupby("compilation_id")["release_date"].is_monotonic_increasing.all()


def test_a_series_is_one_run_of_ids_and_one_genre(catalogue):
    series = catalogue.dropna(subset="compilation_id").groupby("compilation_id")
    ids = series["content_id"].agg(["min", "max", "size"])
    assert (ids["max"] - ids["min"] == ids["size"] - 1).all()
    assert (ids["size"] >= 4).all()
    assert (series["genre"].nunique() == 1).all()


@pytest.mark.parametrize(
    "seeds", [[0], [1], pytest.param(range(20), marks=pytest.mark.long, id="mean of 20")], ids=str
)
def test_some_is_unknown(seeds):
    """Whole series lack a value, so the share of one cinema moves with its seed."""
    catalogue = pd.concat([make(seed=seed).catalogue for seed in seeds])
    unknown = catalogue.isna().mean()
    assert 0.55 < unknown["kinopoisk_rating"] < 0.70
    assert 0.10 < unknown["compilation_id"] < 0.17
    assert 0.02 < unknown["origin_country"] < 0.10
    assert unknown[["content_id", "release_date", "genre", "title"]].sum() == 0
    assert catalogue["kinopoisk_rating"].dropna().between(1, 9.6).all()
    assert catalogue["genre"].nunique() == 24


def test_platforms(views):
    share = views["platform"].value_counts(normalize=True)
    assert len(share) == 10
    assert share.index[0] == "Android"
    assert share.filter(like="TV").sum() > 0.25


def test_watched_share_is_u_shaped(views):
    by_item = views.groupby("content_id")["view_duration"]
    often = views["content_id"].map(by_item.size()) >= 20
    share = (views["view_duration"] / views["content_id"].map(by_item.max()))[often]
    begun, middle, ended = np.histogram(share, [0, 0.2, 0.8, 1.001])[0] / len(share)
    assert begun > 0.35
    assert ended > 0.25
    assert middle < 0.30


def test_users_keep_to_their_tastes(views, catalogue):
    genre = views["content_id"].map(catalogue.set_index("content_id")["genre"])
    counts = pd.crosstab(views["user_id"], genre)
    active = counts[counts.sum(axis=1) >= 10]
    favourite = (active.max(axis=1) / active.sum(axis=1)).mean()
    assert favourite > 0.45
    assert genre.value_counts(normalize=True).max() < 0.25


def test_some_pairs_are_watched_again(views):
    assert views.duplicated(["user_id", "content_id"]).mean() == pytest.approx(0.226, abs=0.001)


def held_out(views):
    """Matrices of the first four fifths of each user's items, and of the rest."""
    pairs = views.drop_duplicates(["user_id", "content_id"])
    place = pairs.groupby("user_id").cumcount()
    size = pairs.groupby("user_id")["content_id"].transform("size")
    is_test = place >= size - size // 5
    user, item = pairs["user_id"].factorize()[0], pairs["content_id"].factorize(sort=True)[0]
    shape = user.max() + 1, item.max() + 1

    def matrix(chosen):
        ones = np.ones(chosen.sum(), np.float32)
        return sparse.csr_matrix((ones, (user[chosen], item[chosen])), shape)

    return matrix(~is_test.to_numpy()), matrix(is_test.to_numpy())


def recall(recommended, test):
    shares = []
    for user, ids in recommended:
        relevant = test.indices[test.indptr[user] : test.indptr[user + 1]]
        shares.append(np.isin(relevant, ids).mean())
    return np.mean(shares)


def test_models_rank_as_on_real_data(views):
    train, test = held_out(views)
    users = np.flatnonzero(np.diff(test.indptr))
    assert len(users) > 3000
    by_popularity = np.argsort(-np.asarray(train.sum(axis=0)).ravel(), kind="stable")
    popular = []
    for user in users:
        seen = train.indices[train.indptr[user] : train.indptr[user + 1]]
        head = by_popularity[: 10 + len(seen)]
        popular.append(head[~np.isin(head, seen)][:10])
    base = recall(zip(users, popular, strict=True), test)

    with threadpool_limits(1, "blas"):
        cosine = CosineRecommender(K=20, num_threads=1)
        als = AlternatingLeastSquares(factors=64, num_threads=1, random_state=0)
        for model, times in ((cosine, 1.5), (als, 1.3)):
            model.fit(train, show_progress=False)
            ids, _ = model.recommend(users, train[users], N=10)
            assert recall(zip(users, ids, strict=True), test) > times * base
