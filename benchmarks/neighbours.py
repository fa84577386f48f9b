"""What neighbours cost at the original's full size, side by side.

    python benchmarks/neighbours.py [--rounds 3]

The full synthetic cinema is made, a fifth of its users are held out, and every contender looks for
their 20 nearest among the others. Each measurement is a process of its own, so that peak memory is
the contender's; contenders take turns, so that a busy moment of the machine hits all of them.
Slow ones run once, and sparse_dot_topn takes part where it is installed. The figures are medians of
CPU seconds over all threads, and the largest peak.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from scipy import sparse

K = 20
Task = Callable[[], object]


def bare_product(train: sparse.csr_matrix, test: sparse.csr_matrix) -> Task:
    """The products alone, in blocks, thrown away: the price that scipy asks of everybody."""
    transposed = train.T.tocsr()

    def run() -> None:
        for start in range(0, test.shape[0], 500):
            test[start : start + 500] @ transposed

    return run


def user_knn(train: sparse.csr_matrix, test: sparse.csr_matrix) -> Task:
    from recsys_course.models import UserKNN

    model = UserKNN(K)
    model.fit(train)
    return lambda: model.nearest_users(test)[1]


def sklearn_brute(train: sparse.csr_matrix, test: sparse.csr_matrix) -> Task:
    from sklearn.neighbors import NearestNeighbors

    model = NearestNeighbors(n_neighbors=K, metric="cosine", algorithm="brute").fit(train)
    return lambda: 1 - model.kneighbors(test)[0]


def dot_topn(train: sparse.csr_matrix, test: sparse.csr_matrix) -> Task:
    from sparse_dot_topn import sp_matmul_topn

    others, asking = (sparse.csr_matrix(unit_rows(each)) for each in (train, test))
    transposed = others.T.tocsr()
    return lambda: sp_matmul_topn(asking, transposed, top_n=K, sort=True).data


def unit_rows(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    lengths = np.sqrt(matrix.multiply(matrix).sum(axis=1)).A1.astype(np.float64)
    return sparse.diags(1 / np.maximum(lengths, 1e-300)) @ matrix


def user_knn_recommend(train: sparse.csr_matrix, test: sparse.csr_matrix) -> Task:
    from recsys_course.models import UserKNN

    model = UserKNN(K)
    model.fit(train)
    users = np.arange(test.shape[0])
    return lambda: model.recommend(users, test, recalculate_user=True)[1]


def item_knn_fit(train: sparse.csr_matrix, test: sparse.csr_matrix) -> Task:
    from recsys_course.models import ItemKNN

    everybody = sparse.vstack([train, test]).tocsr()
    return lambda: ItemKNN(K).fit(everybody)


def implicit_fit(train: sparse.csr_matrix, test: sparse.csr_matrix) -> Task:
    from implicit.nearest_neighbours import CosineRecommender

    everybody = sparse.vstack([train, test]).tocsr()
    return lambda: CosineRecommender(K + 1).fit(everybody, show_progress=False)


def item_product(train: sparse.csr_matrix, test: sparse.csr_matrix) -> Task:
    from implicit.nearest_neighbours import CosineRecommender

    everybody = sparse.vstack([train, test]).tocsr()
    model = CosineRecommender(K + 1)
    model.fit(everybody, show_progress=False)

    def run() -> None:
        for start in range(0, everybody.shape[0], 500):
            everybody[start : start + 500] @ model.similarity

    return run


def item_knn_recommend(train: sparse.csr_matrix, test: sparse.csr_matrix) -> Task:
    from recsys_course.models import ItemKNN

    everybody = sparse.vstack([train, test]).tocsr()
    model = ItemKNN(K)
    model.fit(everybody)
    return lambda: model.recommend(np.arange(everybody.shape[0]), everybody)[1]


def implicit_recommend(train: sparse.csr_matrix, test: sparse.csr_matrix) -> Task:
    from implicit.nearest_neighbours import CosineRecommender

    everybody = sparse.vstack([train, test]).tocsr()
    model = CosineRecommender(K + 1)
    model.fit(everybody, show_progress=False)
    return lambda: model.recommend(np.arange(everybody.shape[0]), everybody)[1]


# name -> (what to run, run it in every round?, which other it is compared with)
WAYS: dict[str, tuple[Callable[..., Task], bool, str]] = {
    "neighbours: the bare sparse product": (bare_product, True, ""),
    "neighbours: UserKNN.nearest_users": (
        user_knn,
        True,
        "neighbours: the bare sparse product",
    ),
    "neighbours: sparse_dot_topn": (dot_topn, True, "neighbours: UserKNN.nearest_users"),
    "neighbours: sklearn, cosine, brute": (
        sklearn_brute,
        False,
        "neighbours: UserKNN.nearest_users",
    ),
    "neighbours and top 10: UserKNN.recommend": (
        user_knn_recommend,
        True,
        "neighbours: the bare sparse product",
    ),
    "item neighbours: ItemKNN.fit": (item_knn_fit, True, ""),
    "item neighbours: implicit": (implicit_fit, True, "item neighbours: ItemKNN.fit"),
    "top 10 for all users: the bare sparse product": (item_product, True, ""),
    "top 10 for all users: ItemKNN": (
        item_knn_recommend,
        True,
        "top 10 for all users: the bare sparse product",
    ),
    "top 10 for all users: implicit": (
        implicit_recommend,
        True,
        "top 10 for all users: ItemKNN",
    ),
}
if find_spec("sparse_dot_topn") is None:
    del WAYS["neighbours: sparse_dot_topn"]
SAME = "neighbours: UserKNN.nearest_users", "neighbours: sklearn, cosine, brute"


def prepare(folder: Path, tiny: bool) -> None:
    """Write the matrices of the users who stay and of those held out."""
    from recsys_course.data.synthetic import FULL, SMALL, make
    from recsys_course.interactions import Interactions
    from recsys_course.splits import by_user

    views = make(SMALL if tiny else FULL).views
    items = Interactions.from_views(views).content_ids
    for name, part in zip(("train", "test"), by_user(views), strict=True):
        matrix = Interactions.from_views(part, content_ids=items).user_items
        sparse.save_npz(folder / f"{name}.npz", matrix, compressed=False)
        print(f"data      {name}: {matrix.shape} with {matrix.nnz:,} pairs", flush=True)


def measure(folder: Path, name: str) -> dict[str, float]:
    """Run one contender in this process; return its seconds and peak."""
    parts = [sparse.load_npz(folder / f"{part}.npz") for part in ("train", "test")]
    run = WAYS[name][0](*parts)
    started = time.process_time()
    result = run()
    seconds = time.process_time() - started
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage counts bytes there, KiB elsewhere
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    if name in SAME:
        np.save(folder / f"{SAME.index(name)}.npy", np.asarray(result))
    return {"cpu": seconds, "peak": peak}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tiny", action="store_true", help="small data, to see that it runs")
    parser.add_argument("--prepare", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepare:
        prepare(options.prepare, options.tiny)
        return
    if options.measure:
        print(json.dumps(measure(Path(options.measure[0]), options.measure[1])))
        return

    def measured(way: str) -> dict[str, float]:
        if options.tiny:
            return measure(folder, way)
        command = [sys.executable, __file__, "--measure", str(folder), way]
        output = subprocess.run(command, check=True, capture_output=True, text=True)
        return json.loads(output.stdout)

    packages = ("numpy", "scipy", "scikit-learn", "implicit")
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    print(f"machine   {platform.machine()}, {os.cpu_count()} CPUs, {platform.system()}")
    print(f"versions  Python {platform.python_version()}, {versions}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.tiny:
            prepare(folder, options.tiny)
        else:  # in a process of its own, too: Linux hands down a parent's peak to its children
            subprocess.run([sys.executable, __file__, "--prepare", str(folder)], check=True)
        print(f"command   python {' '.join(sys.argv)}   ({options.rounds} rounds, medians)\n")
        figures: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for number in range(options.rounds):
            for way, (_, often, _) in WAYS.items():
                if often or number == 0:
                    figures[way].append(measured(way))
        ours, theirs = (np.load(folder / f"{number}.npy") for number in range(2))
    print("| what | CPU s | peak MB | ratio |\n|---|---|---|---|")
    cpu = {way: statistics.median(one["cpu"] for one in runs) for way, runs in figures.items()}
    for way, (_, _, other) in WAYS.items():
        peak = max(one["peak"] for one in figures[way]) / 2**20
        ratio = f"{cpu[way] / cpu[other]:.2f} x {other.partition(': ')[2]}" if other else ""
        print(f"| {way} | {cpu[way]:.2f} | {peak:.0f} | {ratio} |")
    print(f"\nlargest difference of a similarity to sklearn's: {abs(ours - theirs).max():.1e}")


if __name__ == "__main__":
    main()
