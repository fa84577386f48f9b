"""Models side by side: a literal case, what models are asked, what is refused."""

import random
import time
import warnings

import numpy as np
import pytest
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import CosineRecommender
from scipy import sparse
from threadpoolctl import threadpool_limits

from recsys_course.errors import CourseError
from recsys_course.metrics import evaluate
from recsys_course.models import Factors, ItemKNN, Popular, UserKNN
from recsys_course.statistics import intervals

FILLER = np.finfo(np.float32).min

TRAIN = sparse.csr_matrix(
    np.array([[1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0], [1, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, 0]]),
    dtype=np.float32,
)
TEST = sparse.csr_matrix(
    np.array([[0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1]]),
    dtype=np.float32,
)
GENRES = sparse.csr_matrix([[1, 0], [1, 0], [0, 1], [1, 1], [0, 0], [0, 1]])


class Given:
    """A model of one's own, as in a lesson: fixed lists, nothing but the two calls."""

    def __init__(self, lists, scores=None):
        self.lists = np.array(lists)
        self.scores = np.ones(self.lists.shape) if scores is None else np.array(scores, float)
        self.asked = None

    def fit(self, user_items):
        self.memory = np.zeros(1000)
        self.shape = user_items.shape

    def recommend(self, userid, user_items, N=10):
        self.asked = np.asarray(userid).tolist(), user_items.toarray().tolist(), N
        return self.lists, self.scores


def test_a_literal_case():
    # users 0, 2 and 3 have something relevant: hits at 2; none; 1
    model = Given([[4, 2], [3, 5], [5, 0]])
    table = evaluate({"given": model}, TRAIN, TEST, k=2, genres=GENRES)
    row = table.loc["given"]
    assert row["hit_rate"] == pytest.approx(2 / 3)
    assert row["precision"] == pytest.approx((1 / 2 + 0 + 1 / 2) / 3)
    assert row["recall"] == pytest.approx((1 / 2 + 0 + 1) / 3)
    assert row["average_precision"] == pytest.approx((1 / 2 / 2 + 0 + 1) / 3)
    assert row["reciprocal_rank"] == pytest.approx((1 / 2 + 0 + 1) / 3)
    # audiences 3, 2, 1, 0, 1, 0 of 4 users
    assert row["novelty"] == pytest.approx((4 + 4 + (2 + np.log2(4 / 3))) / 2 / 3)
    assert row["popularity_bias"] == pytest.approx(((1 + 1) / 4 + 0 + (0 + 3) / 4) / 2 / 3)
    # user 0: item 2 is third in popularity, second here; user 3: a new item first
    assert row["serendipity"] == pytest.approx(((3 - 2) / 6 / 2 + 0 + 6 / 6 / 2) / 3)
    assert row["diversity"] == pytest.approx((1 + 1 + 2) / 3)
    assert row["coverage"] == 5 / 6
    assert row["megabytes"] >= 0.008
    assert row["fit_seconds"] >= 0
    assert row["recommend_seconds"] >= 0


def test_megabytes_of_a_model_of_known_size():
    model = Factors(np.ones((4, 250), np.float32), np.ones((6, 250), np.float32))
    megabytes = evaluate({"factors": model}, TRAIN, TEST, k=2)["megabytes"].item()
    assert megabytes == pytest.approx((4 * 250 * (4 + 6) + 4 + 6) / 1e6, rel=1e-12)


def test_time_is_that_of_the_processor_and_not_of_the_clock():
    class Sleeper(Given):
        def fit(self, user_items):
            time.sleep(0.3)
            super().fit(user_items)

        def recommend(self, *args, **options):
            time.sleep(0.3)
            return super().recommend(*args, **options)

    row = evaluate({"sleeper": Sleeper([[4, 2], [3, 5], [5, 0]])}, TRAIN, TEST, k=2).iloc[0]
    assert row["fit_seconds"] < 0.2
    assert row["recommend_seconds"] < 0.2


def test_the_columns_and_their_order():
    table = evaluate({"a": Given([[4, 2]] * 3)}, TRAIN, TEST, 2, metrics=["ndcg", "coverage"])
    assert table.index.name == "model"
    assert table.columns.tolist() == [
        "ndcg",
        "coverage",
        "ndcg_low",
        "ndcg_high",
        "coverage_low",
        "coverage_high",
        "fit_seconds",
        "recommend_seconds",
        "megabytes",
    ]
    assert table[["coverage_low", "coverage_high"]].isna().all(axis=None)
    everything = evaluate({"a": Given([[4, 2]] * 3)}, TRAIN, TEST, 2).columns
    assert everything[:10].tolist() == [
        "hit_rate",
        "precision",
        "recall",
        "average_precision",
        "ndcg",
        "reciprocal_rank",
        "novelty",
        "serendipity",
        "popularity_bias",
        "coverage",
    ]


def test_only_users_with_something_relevant_are_asked_with_their_own_rows():
    model = Given([[4, 2]] * 3)
    evaluate({"given": model}, TRAIN, TEST, k=2)
    assert model.shape == (4, 6)
    assert model.asked == ([0, 2, 3], TRAIN.toarray()[[0, 2, 3]].tolist(), 2)


def test_newcomers_are_asked_by_what_is_visible_of_them():
    class Open(Given):
        def recommend(self, userid, user_items, N=10, recalculate_user=False):
            assert recalculate_user
            return super().recommend(userid, user_items, N)

    visible = sparse.csr_matrix([[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]])
    test = sparse.csr_matrix([[0, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]])
    model = Open([[2, 0]])
    table = evaluate({"open": model}, TRAIN, test, k=2, visible=visible)
    assert model.asked == ([1], [[0, 1, 0, 0, 0, 0]], 2)
    assert table.loc["open", "recall"] == 1


def test_places_that_are_no_recommendation_count_as_empty():
    # user 0 has items 0 and 1 already; a filler; ids and scores of different kinds of nothing
    lists = [[0, 2], [1, 3], [-1, 5]]
    scores = [[9, 1], [1, FILLER], [np.nan, 1]]
    table = evaluate({"given": Given(lists, scores)}, TRAIN, TEST, k=2)
    row = table.loc["given"]
    assert row["precision"] == pytest.approx((1 / 2 + 1 / 2 + 1 / 2) / 3)
    assert row["reciprocal_rank"] == pytest.approx((1 / 2 + 1 + 1 / 2) / 3)
    assert row["coverage"] == 3 / 6


def test_fewer_or_more_places_than_asked_for():
    short = evaluate({"a": Given([[2], [1], [0]])}, TRAIN, TEST, k=2).loc["a"]
    assert short["precision"] == pytest.approx((1 + 1 + 0) / 2 / 3)
    long = evaluate({"a": Given([[3, 4, 2], [3, 5, 1], [0, 2, 5]])}, TRAIN, TEST, k=2).loc["a"]
    assert long["precision"] == pytest.approx((1 + 0 + 0) / 2 / 3)


def test_a_model_that_recommends_nothing():
    row = evaluate({"mute": Given(np.full((3, 2), -1))}, TRAIN, TEST, k=2).loc["mute"]
    assert row["recall"] == row["recall_low"] == row["coverage"] == 0
    assert row["recall_high"] > 0.2  # three users without a hit don't prove that there is none
    assert np.isnan(row[["novelty", "novelty_low", "novelty_high", "popularity_bias"]]).all()


def test_coverage_alone():
    table = evaluate(
        {"a": Given([[4, 2]] * 3), "b": Given([[5]] * 3)}, TRAIN, TEST, 2, metrics="coverage"
    )
    assert table["coverage"].tolist() == [2 / 6, 1 / 6]


@pytest.mark.parametrize("size", [6, 20])
def test_coverage_of_a_catalogue_as_large_as_the_matrix_or_larger(size):
    table = evaluate({"a": Given([[4, 2]] * 3)}, TRAIN, TEST, 2, catalogue=size)
    assert table.loc["a", "coverage"] == 2 / size


def test_what_a_user_has_is_no_recommendation_whoever_it_is():
    # the last one of three has item 1; the second has neither
    table = evaluate({"a": Given([[4, 2], [3, 5], [1, 5]])}, TRAIN, TEST, 2)
    assert table.loc["a", "coverage"] == 4 / 6
    train, test = sparse.csr_matrix([[1, 0, 0]]), sparse.csr_matrix([[0, 1, 0]])
    assert evaluate({"a": Given([[1]])}, train, test, 1).loc["a", "recall"] == 1


def test_a_warning_of_a_models_own_is_heard():
    class Worried(Given):
        def fit(self, user_items):
            warnings.warn("few users", stacklevel=1)

    with pytest.warns(UserWarning, match="few users"):
        evaluate({"a": Worried([[4, 2]] * 3)}, TRAIN, TEST, 2)


def test_ten_places_and_a_thousand_resamples_where_nothing_is_said():
    train, test = clusters()
    costs = ["fit_seconds", "recommend_seconds", "megabytes"]
    said = evaluate({"a": Popular()}, train, test, 10, resamples=1000).drop(columns=costs)
    assert evaluate({"a": Popular()}, train, test).drop(columns=costs).equals(said)


def test_the_largest_serendipity_is_that_of_the_users_there_are():
    row = evaluate({"given": Given([[4, 2], [3, 5], [5, 0]])}, TRAIN, TEST, k=2).loc["given"]
    values = np.array([[1 / 12], [0], [1 / 2]])  # as in the literal case
    low, high = intervals(values, 1000, 0, ends=np.array([[0.0], [0.5]]))
    assert row["serendipity_low"] == pytest.approx(low.item())
    assert row["serendipity_high"] == pytest.approx(high.item())


def clusters(users=40, items=12, seed=0):
    """Half of the users like the first half of the items, the others the rest; some held out."""
    draw = random.Random(seed)
    dense = np.zeros((users, items), np.float32)
    for user in range(users):
        liked = range(items // 2) if user % 2 else range(items // 2, items)
        dense[user, draw.sample(liked, 4)] = 1
    held_out = np.zeros_like(dense)
    for user in range(0, users, 2):
        item = draw.choice(np.flatnonzero(dense[user]).tolist())
        dense[user, item], held_out[user, item] = 0, 1
    return sparse.csr_matrix(dense), sparse.csr_matrix(held_out)


@pytest.fixture
def one_thread():
    """As implicit's ALS asks for; it warns otherwise."""
    with threadpool_limits(1, "blas"):
        yield


def test_bare_models_of_implicit_beside_those_of_the_course(one_thread, capfd):
    train, test = clusters()
    models = {
        "popular": Popular(),
        "item kNN": ItemKNN(),
        "cosine": CosineRecommender(21),
        "als": AlternatingLeastSquares(4, random_state=0),
        "bpr": BayesianPersonalizedRanking(4, random_state=0, num_threads=1),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = evaluate(models, train, test, k=3)
    assert table.index.tolist() == list(models)
    means = table.loc[:, :"coverage"]
    assert np.allclose(means.loc["item kNN"], means.loc["cosine"], atol=0.1)
    assert table.loc["als", "recall"] > table.loc["popular", "recall"]
    assert (table["megabytes"] > 0).all()
    assert capfd.readouterr() == ("", "")  # no bar where nobody watches


def test_implicits_fillers_never_count(one_thread):
    # three users have all but one item, so places stay empty
    train = sparse.csr_matrix(np.ones((3, 4), np.float32) - np.eye(3, 4, dtype=np.float32))
    test = sparse.csr_matrix(np.eye(3, 4, dtype=np.float32))
    models = {
        "cosine": CosineRecommender(5),
        "als": AlternatingLeastSquares(2, random_state=0),
        "course": ItemKNN(),
    }
    table = evaluate(models, train, test, k=4)
    assert table["precision"].tolist() == [1 / 4] * 3
    assert table["reciprocal_rank"].tolist() == [1] * 3
    assert table["coverage"].tolist() == [3 / 4] * 3


def test_implicit_knows_nothing_of_a_user_without_history(one_thread):
    # it answers with the first items at score 0, which would hit by chance
    train = sparse.vstack([clusters()[0], sparse.csr_matrix((1, 12))]).tocsr().astype(np.float32)
    test = sparse.csr_matrix((np.ones(12, np.float32), ([40] * 12, range(12))), shape=(41, 12))
    models = {"als": AlternatingLeastSquares(4, random_state=0), "cosine": CosineRecommender(21)}
    table = evaluate(models, train, test, k=3)
    assert table["precision"].tolist() == [0, 0]
    assert table["coverage"].tolist() == [0, 0]


def test_newcomers_of_the_clusters(one_thread):
    train, _ = clusters()
    visible, test = clusters(seed=1)
    models = {
        "user kNN": UserKNN(),
        "cosine": CosineRecommender(21),
        "als": AlternatingLeastSquares(4, random_state=0),
    }
    table = evaluate(models, train, test, k=3, visible=visible, metrics=["recall"])
    assert (table["recall"] > 0.6).all()  # of three left in the cluster, all should be shown


def test_the_interval_is_that_of_a_bootstrap_by_hand():
    train, test = clusters()
    row = evaluate({"a": Popular()}, train, test, k=3, resamples=4000).loc["a"]
    users = np.flatnonzero(test.getnnz(axis=1))
    model = Popular()
    model.fit(train)
    ids, _ = model.recommend(users, train[users], N=3)
    hits = [float(test[user, ids[n]].sum()) for n, user in enumerate(users)]
    draw = random.Random(3)
    assert sum(hits) < 30  # so two more users are drawn, one who finds nothing and one who does
    drawn_from = [*hits, 0.0, 1.0]
    means = sorted(np.mean(draw.choices(drawn_from, k=len(drawn_from))) for _ in range(4000))
    assert row["hit_rate"] == pytest.approx(np.mean(hits))
    assert row["hit_rate_low"] == pytest.approx(means[100], abs=0.051)  # a step is 1 / 20
    assert row["hit_rate_high"] == pytest.approx(means[3900], abs=0.051)


def test_the_same_resamples_for_all_models_and_the_seed_fixes_them():
    train, test = clusters()
    costs = ["fit_seconds", "recommend_seconds", "megabytes"]

    def table(**options):
        models = {"one": Popular(), "same": Popular(), "kNN": ItemKNN()}
        return evaluate(models, train, test, k=3, **options).drop(columns=costs)

    first = table()
    assert first.loc["one"].equals(first.loc["same"])
    assert table().equals(first)
    assert not table(seed=1).equals(first)
    assert (first["recall_low"] <= first["recall"]).all()
    assert (first["recall"] <= first["recall_high"]).all()


def test_a_bar_in_a_terminal_only_if_wanted(monkeypatch):
    import io

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    def shown(**options):
        screen = Terminal()
        monkeypatch.setattr("sys.stderr", screen)
        evaluate({"my model": Given([[4, 2]] * 3)}, TRAIN, TEST, 2, **options)
        return screen.getvalue()

    assert "my model" in shown()
    assert shown(show_progress=False) == ""


def fitted_als():
    model = AlternatingLeastSquares(2, random_state=0)
    model.fit(TRAIN, show_progress=False)
    return model


class Broken(Given):
    def fit(self, user_items):
        raise CourseError("nothing to learn from")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Popular, "model 'it': this is the class Popular; make a model of it: Popular"),
        ("popular", "model 'it': expected a model with fit and recommend, found str"),
        (fitted_als, "model 'it': this AlternatingLeastSquares of implicit is fitted already"),
        (Broken([[0]]), "model 'it': nothing to learn from"),
        (Given([[1, 2]]), r"expected ids and scores of shape \(3, 2\).*found \(1, 2\)"),
        (Given([1, 2]), r"found \(2,\) and \(2,\)"),
        (Given([[1, 2]] * 3, [[1]] * 3), r"found \(3, 2\) and \(3, 1\)"),
        (Given(np.ones((3, 2))), r"expected whole numbers as ids.*found float64.*\(ids, scores\)"),
        (Given([[4, 2]] * 3, [[1, 1], [np.nan, 1], [1, 1]]), "a score for user 2 isn't a number"),
        (
            Given([[4, 2], [0, 3], [4, 2]], [[1, 1], [np.nan, 1], [1, 1]]),
            "a score for user 2 isn't a number",
        ),
        (Given([[4, 6]] * 3), "item index 6, but train has columns 0 to 5"),
        (Given([[5, 4], [3, 3], [5, 4]]), "the list of row 1 has item 3 twice"),
    ],
)
def test_an_unusable_model_is_refused_by_name(one_thread, model, message):
    model = model() if model is fitted_als else model
    with pytest.raises(CourseError, match=message) as error:
        evaluate({"fine": Given([[4, 2]] * 3), "it": model}, TRAIN, TEST, k=2)
    assert str(error.value).startswith("model 'it': ")
    assert "\n" not in str(error.value)


def test_a_model_that_returns_one_array_is_refused():
    class Ids(Given):
        def recommend(self, userid, user_items, N=10):
            return self.lists

    with pytest.raises(CourseError, match=r"two arrays \(ids, scores\), found ndarray"):
        evaluate({"it": Ids([[4, 2]] * 3)}, TRAIN, TEST, k=2)


@pytest.mark.parametrize("kind", ["Given", "BayesianPersonalizedRanking"])
def test_a_model_that_cannot_serve_newcomers_is_named(one_thread, kind):
    ours = kind == "Given"
    model = Given([[4, 2]]) if ours else BayesianPersonalizedRanking(2, num_threads=1)
    message = f"model 'closed': {kind} can't serve users whom training has not seen"
    with pytest.raises(CourseError, match=message) as error:
        evaluate({"closed": model}, TRAIN, TEST, k=2, visible=TRAIN)
    assert "\n" not in str(error.value)


def test_all_models_are_looked_at_before_the_first_is_fitted():
    first = Given([[4, 2]] * 3)
    with pytest.raises(CourseError, match="model 'last'"):
        evaluate({"first": first, "last": None}, TRAIN, TEST, k=2)
    assert first.asked is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"models": {}}, "models: expected a dict of name -> model"),
        ({"models": [Popular()]}, "models: expected a dict of name -> model"),
        ({"models": dict.fromkeys("ab", Popular())}, "models: two names for one object"),
        ({"k": 0}, "k: expected a whole number from 1 up, not 0"),
        ({"k": 7}, "k: 7 recommendations of 6 items; expected at most 6"),
        ({"metrics": ["ndgc"]}, "'ndgc' is unknown, did you mean 'ndcg'?"),
        ({"metrics": "coverige"}, "did you mean 'coverage'?"),
        ({"metrics": "diversity"}, "diversity needs genres="),
        ({"resamples": 0}, "resamples: expected a whole number from 1 up"),
        ({"catalogue": 5}, "catalogue: 5 items, but train has 6 columns"),
        ({"catalogue": 9.5}, "catalogue: expected a whole number"),
        ({"train": TRAIN.toarray()}, "train: expected a scipy.sparse matrix"),
        ({"train": -TRAIN}, "train, row 0, column 0: expected a finite weight from 0 up"),
        ({"train": TRAIN * np.nan}, "train, row 0, column 0: expected a finite weight"),
        ({"test": TEST.toarray()}, "test: expected a scipy.sparse matrix"),
        ({"test": TEST * 0}, "test: no user has a relevant item"),
        ({"test": TEST.T}, r"test has shape \(6, 4\), but train \(4, 6\).*transposed"),
        ({"test": TEST[:3]}, r"test has shape \(3, 6\), but train \(4, 6\).*pass visible="),
        ({"test": TEST[:, :5]}, r"shape \(4, 5\), but train \(4, 6\): both .* users and items$"),
        ({"visible": TRAIN[:2]}, r"shape \(4, 6\), but visible \(2, 6\): .* users and items$"),
        ({"visible": TRAIN.toarray()}, "visible: expected a scipy.sparse matrix"),
        (
            {"visible": TRAIN[:, :5], "test": TEST[:, :5]},
            "visible: 5 columns, but train has 6",
        ),
        ({"genres": GENRES.toarray()}, "^genres: expected a scipy.sparse matrix"),
        ({"genres": GENRES * 0}, "^genres: no item has a genre"),
        ({"genres": GENRES[:5]}, "^genres: 5 rows, but train has 6 columns; rows are items"),
    ],
)
def test_unusable_input_is_refused_in_one_line(arguments, message):
    given = {"models": {"popular": Popular()}, "train": TRAIN, "test": TEST, "k": 2} | arguments
    with pytest.raises(CourseError, match=message) as error:
        evaluate(**given)
    assert "\n" not in str(error.value)
