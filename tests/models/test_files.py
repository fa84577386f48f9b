"""Models in files and their size in memory."""

import contextlib
import io
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from implicit.cpu.bpr import BayesianPersonalizedRanking
from implicit.cpu.lmf import LogisticMatrixFactorization
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender
from scipy import sparse

from recsys_course.errors import CourseError
from recsys_course.models import (
    ALS,
    SVD,
    Factors,
    Implicit,
    ItemKNN,
    Popular,
    UserKNN,
    load,
    model_bytes,
    save,
)

RANDOM = np.random.default_rng(0)
MATRIX = sparse.csr_matrix((RANDOM.random((40, 30)) < 0.2).astype(np.float32))
HEADER = "recsys_course_model"


def implicit(model_class, **parameters):
    return lambda: Implicit(model_class, num_threads=1, **parameters)


FACTORIES = {
    "Popular": Popular,
    "recent": lambda: Popular(recent=MATRIX[:10]),
    "UserKNN": lambda: UserKNN(K=3),
    "ItemKNN": lambda: ItemKNN(K=4),
    "Factors": lambda: Factors(RANDOM.random((40, 3)), RANDOM.random((30, 3))),
    "bias": lambda: Factors(RANDOM.random((40, 3)), RANDOM.random((30, 3)), RANDOM.random(30)),
    "SVD": lambda: SVD(factors=np.int64(5)),
    "ALS": lambda: ALS(factors=4, alpha=3, iterations=2),
    "Implicit ALS": implicit(AlternatingLeastSquares, factors=4, alpha=2.0, random_state=0),
    "Implicit BPR": implicit(BayesianPersonalizedRanking, factors=4, random_state=0),
    "Implicit LMF": implicit(LogisticMatrixFactorization, factors=4, random_state=0),
    "Cosine": implicit(CosineRecommender, K=5),
    "TFIDF": implicit(TFIDFRecommender, K=5),
    "BM25": implicit(BM25Recommender, K=5, B=0.5),
}
CLOSED = ("Factors", "bias", "Implicit BPR", "Implicit LMF")  # to users they haven't seen


def fitted(name):
    model = FACTORIES[name]()
    model.fit(MATRIX)
    return model


@pytest.mark.parametrize("name", FACTORIES)
def test_a_loaded_model_recommends_the_same(name, tmp_path):
    model = fitted(name)
    path = tmp_path / "deep" / "model.file"
    save(model, path)
    assert [each.name for each in path.parent.iterdir()] == ["model.file"]  # nothing left over
    again = load(str(path))
    assert type(again) is type(model)
    users, items = np.arange(40), np.arange(30)
    pairs = [
        (model.recommend(users, MATRIX, N=8), again.recommend(users, MATRIX, N=8)),
        (model.similar_items(items, N=8), again.similar_items(items, N=8)),
    ]
    if name not in CLOSED:
        pairs += [
            tuple(
                each.recommend(users, MATRIX[::-1], N=8, recalculate_user=True)
                for each in (model, again)
            )
        ]
    for one, other in pairs:
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])


def test_a_loaded_model_can_learn_again(tmp_path):
    for name in ("UserKNN", "SVD", "Implicit ALS", "Cosine"):
        save(fitted(name), tmp_path / name)
        again, fresh = load(tmp_path / name), FACTORIES[name]()
        for model in (again, fresh):
            model.fit(MATRIX[:20])
        np.testing.assert_array_equal(
            again.recommend(np.arange(20), MATRIX[:20])[0],
            fresh.recommend(np.arange(20), MATRIX[:20])[0],
        )


def test_what_was_learned_and_set_comes_back(tmp_path):
    model = ALS(factors=4, regularization=0.5, alpha=3, iterations=2, seed=7)
    model.fit(MATRIX)
    save(model, tmp_path / "als.npz")
    again = load(tmp_path / "als.npz")
    assert (again.factors, again.regularization, again.alpha) == (4, 0.5, 3)
    assert (again.iterations, again.seed) == (2, 7)
    np.testing.assert_array_equal(again.losses, model.losses)
    assert again.user_factors.dtype == np.float32
    wrapped = fitted("Implicit ALS")
    save(wrapped, tmp_path / "implicit.npz")
    again = load(tmp_path / "implicit.npz")
    assert again.parameters == wrapped.parameters
    assert isinstance(again.model, AlternatingLeastSquares)
    assert again.model.alpha == 2.0


def test_a_model_of_implicit_itself_still_answers_after_loading(tmp_path):
    save(fitted("Cosine"), tmp_path / "model.npz")
    loaded = load(tmp_path / "model.npz").model
    ids, _ = loaded.recommend(0, MATRIX[0], N=3)
    assert len(ids) == 3


def test_the_same_model_makes_the_same_file(tmp_path):
    for name in ("one", "two"):
        save(fitted("SVD"), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("name", FACTORIES)
def test_there_is_no_pickle_in_a_file(name, tmp_path):
    save(fitted(name), tmp_path / "model")
    with zipfile.ZipFile(tmp_path / "model") as archive:
        for entry in archive.namelist():
            array = np.load(io.BytesIO(archive.read(entry)), allow_pickle=False)
            assert array.dtype.kind in "biufU"


def test_a_pickle_put_into_a_file_is_refused_and_not_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return Path.touch, (tmp_path / "run",)

    path = tmp_path / "model"
    save(fitted("Popular"), path)
    rewritten(path, lambda header, arrays: arrays.update(_counts=np.array([Trap()], object)))
    refused(path)
    assert not (tmp_path / "run").exists()


def test_an_older_file_is_replaced_and_kept_when_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / "model.npz"
    path.write_text("older", "utf-8")
    save(fitted("Popular"), path)
    before = path.read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(CourseError, match=r"model.npz: can't be written \(No space left"):
        save(fitted("SVD"), path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["model.npz"]


def test_what_cannot_be_saved(tmp_path):
    class Mine(Popular):
        pass

    mine = Mine()
    mine.fit(MATRIX)
    with pytest.raises(CourseError, match=r"Mine: can't be saved; only ALS, Factors, .* can"):
        save(mine, tmp_path / "model")
    with pytest.raises(CourseError, match="SVD: not fitted yet"):
        save(SVD(2), tmp_path / "model")
    generator = Implicit(
        AlternatingLeastSquares, factors=2, random_state=np.random.default_rng(0), num_threads=1
    )
    generator.fit(MATRIX)
    with pytest.raises(CourseError, match=r"can't be saved with the parameter Generator"):
        save(generator, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


DAMAGED = "model: damaged, or not a model that .*save has written; save the model again"


def refused(path, message=DAMAGED):
    with pytest.raises(CourseError, match=message) as error:
        load(path)
    assert "\n" not in str(error.value)


def test_files_that_are_no_models(tmp_path):
    path = tmp_path / "model"
    refused(path, "model: No such file")
    refused(tmp_path, "Is a directory|Permission denied")
    path.write_bytes(b"")
    refused(path)
    path.write_text("user_id,content_id\n1,2\n", "utf-8")
    refused(path)
    path.write_bytes(pickle.dumps({"a": 1}))
    refused(path)
    np.save(path.with_suffix(".npy"), np.arange(3))
    refused(path.with_suffix(".npy"), "model.npy: damaged")
    with path.open("wb") as stream:
        np.savez(stream, user_factors=np.zeros((2, 2)))
    refused(path)
    with path.open("wb") as stream:  # numpy writes objects with pickle
        np.savez(stream, **{HEADER: np.array([{"format": 1}], dtype=object)})
    refused(path)


@pytest.mark.parametrize("name", ["UserKNN", "SVD", "Implicit ALS"])
def test_damage_is_noticed(name, tmp_path):
    path = tmp_path / "model"
    model = fitted(name)
    save(model, path)
    whole = path.read_bytes()
    for cut in (1, 30, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        refused(path)
    random = np.random.default_rng(1)
    expected = model.recommend(np.arange(40), MATRIX)[0]
    for at in random.integers(0, len(whole), 300):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << random.integers(8)
        path.write_bytes(flipped)
        with contextlib.suppress(CourseError):
            loaded = load(path)  # a date was hit, or another thing of no weight
            np.testing.assert_array_equal(loaded.recommend(np.arange(40), MATRIX)[0], expected)


def rewritten(path, change):
    """Let a change loose on the header and arrays of a saved model."""
    with np.load(path) as entries:
        arrays = dict(entries)
    header = json.loads(str(arrays[HEADER]))
    change(header, arrays)
    arrays[HEADER] = np.array(json.dumps(header))
    with path.open("wb") as stream:
        np.savez(stream, **arrays)


def test_a_fault_of_our_own_is_not_called_damage(tmp_path, monkeypatch):
    save(fitted("Popular"), tmp_path / "model")

    def faulty(self):
        raise AttributeError("a typing error")

    monkeypatch.setattr(Popular, "_complete", faulty)
    with pytest.raises(AttributeError, match="a typing error"):
        load(tmp_path / "model")


def test_a_newer_file_says_so(tmp_path):
    path = tmp_path / "model"
    save(fitted("SVD"), path)
    rewritten(path, lambda header, arrays: header.update(format=2))
    refused(path, r"model: written by a newer version of the course \(format 2, .* update the")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("SVD", lambda header, arrays: header.update({"class": "Popen"})),
        ("SVD", lambda header, arrays: header.update(parameters={"rank": 3})),
        ("SVD", lambda header, arrays: header.update(shape=[41, 30])),
        ("SVD", lambda header, arrays: arrays.pop("user_factors")),
        ("Cosine", lambda header, arrays: header["parameters"].update(model_class="Popen")),
        ("Cosine", lambda header, arrays: arrays["similarity/indices"].fill(10**6)),
        ("UserKNN", lambda header, arrays: arrays["_user_items/indices"].fill(-3)),
        ("UserKNN", lambda header, arrays: arrays["_user_items/indptr"].fill(10**6)),
        ("UserKNN", lambda header, arrays: header.update(shape=[41, 30])),
        ("UserKNN", lambda header, arrays: header.update(shape=[40])),
        ("ItemKNN", lambda header, arrays: arrays["_similarity/shape"].fill(31)),
        ("Popular", lambda header, arrays: arrays.update(_counts=arrays["_counts"][:, None])),
        ("Popular", lambda header, arrays: arrays.update(_counts=arrays["_counts"].astype(str))),
        ("Popular", lambda header, arrays: arrays.update(more=np.zeros(3))),
        ("Factors", lambda header, arrays: header.update(shape=[30, 40])),
        ("ALS", lambda header, arrays: header["parameters"].update(alpha=-1)),
        ("ALS", lambda header, arrays: arrays.update(losses=np.zeros((2, 2)))),
        ("Implicit ALS", lambda header, arrays: header["parameters"].update(factors=5)),
        (
            "Implicit ALS",
            lambda header, arrays: arrays.update(item_factors=arrays["item_factors"][:3]),
        ),
        (
            "Implicit ALS",
            lambda header, arrays: arrays.update(item_factors=arrays["item_factors"][:, :2]),
        ),
    ],
)
def test_files_made_by_hand_that_would_harm(name, change, tmp_path):
    path = tmp_path / "model"
    save(fitted(name), path)
    rewritten(path, change)
    refused(path)


def test_bytes_of_factors():
    model = Factors(np.zeros((100, 8), np.float32), np.zeros((50, 8), np.float32))
    assert model_bytes(model) == 4 * 8 * 150 + 150  # and a byte for each: is it known?
    with_bias = Factors(np.ones((100, 8)), np.ones((50, 8)), np.ones(50))
    assert model_bytes(with_bias) == 8 * (8 * 150 + 50) + 150


def test_bytes_of_sparse_matrices_and_of_implicit():
    cosine = fitted("Cosine")
    similarity = cosine.model.similarity
    three = similarity.data.nbytes + similarity.indices.nbytes + similarity.indptr.nbytes
    assert model_bytes(cosine.model) == three
    assert model_bytes(cosine) == three + 40 + 30
    als = fitted("Implicit ALS")
    assert model_bytes(als.model) == 4 * 4 * 70


def test_each_buffer_counts_once():
    class Model:
        pass

    model = Model()
    model.table = np.zeros(1000)
    model.again = model.table
    model.view = model.table[::2].reshape(10, -1)
    model.inside = {"list": [model.table[3:4], (model.table,)]}
    model.itself = model
    assert model_bytes(model) == 8000
    model.other = np.zeros(1000)
    assert model_bytes(model) == 16_000


def test_memory_based_models_grow_with_users_and_factors_by_one_row_each():
    twice = sparse.vstack([MATRIX, MATRIX]).tocsr()
    small, large = UserKNN(), UserKNN()
    small.fit(MATRIX)
    large.fit(twice)
    assert model_bytes(large) > 1.8 * model_bytes(small)
    few, many = SVD(4), SVD(4)
    few.fit(MATRIX)
    many.fit(twice)
    assert model_bytes(many) - model_bytes(few) == 40 * (4 * 4 + 1)
