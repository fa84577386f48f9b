"""What metrics cost at the original's full size, side by side with RecTools.

    python benchmarks/metrics.py [--rounds 5] [--rectools PYTHON]

The full synthetic cinema is split in half by each user's time, and item neighbours recommend 10 to
all 124,262 users. From these lists the course computes nine metrics and RecTools eight of the same,
each in the form that it takes: arrays and sparse matrices, or frames. RecTools asks for an older
numpy, so it may live in an environment of its own, whose Python is given. Each measurement is a
process of its own, contenders take turns; a process runs once to warm up and then three times.
The figures are medians of CPU seconds over all threads.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from scipy import sparse

K = 10
EIGHT = (
    "hit_rate",
    "precision",
    "recall",
    "average_precision",
    "ndcg",
    "reciprocal_rank",
    "novelty",
    "serendipity",
)
PACKAGES = {"course": ("numpy", "scipy", "pandas"), "rectools": ("numpy", "pandas", "RecTools")}
Figures = dict[str, float]


def course_table(ids: np.ndarray, test: sparse.csr_matrix, train: sparse.csr_matrix) -> Figures:
    from recsys_course.metrics import per_user

    return per_user(ids, test, K, train=train).mean().to_dict()


def course_functions(ids: np.ndarray, test: sparse.csr_matrix, train: sparse.csr_matrix) -> Figures:
    from recsys_course import metrics

    ranking = {name: getattr(metrics, name)(ids, test, K) for name in EIGHT[:6]}
    return ranking | {
        "novelty": metrics.novelty(ids, train, K),
        "serendipity": metrics.serendipity(ids, test, train, K),
        "popularity_bias": metrics.popularity_bias(ids, train, K),
    }


def with_diversity(ids: np.ndarray, test: sparse.csr_matrix, train: sparse.csr_matrix) -> Figures:
    from recsys_course.metrics import per_user

    draw = np.random.default_rng(0)
    genres = sparse.csr_matrix(draw.random((test.shape[1], 20)) < 0.1)  # two of twenty each
    return per_user(ids, test, K, train=train, genres=genres).mean().to_dict()


def rectools(ids: np.ndarray, test: sparse.csr_matrix, train: sparse.csr_matrix) -> Figures:
    from rectools import metrics

    made = {
        "hit_rate": metrics.HitRate(K),
        "precision": metrics.Precision(K),
        "recall": metrics.Recall(K),
        "average_precision": metrics.MAP(K),
        "ndcg": metrics.NDCG(K, divide_by_achievable=True),
        "reciprocal_rank": metrics.MRR(K),
        "novelty": metrics.MeanInvUserFreq(K),
        "serendipity": metrics.Serendipity(K),
    }
    reco, interactions, before = rectools.frames
    return metrics.calc_metrics(made, reco, interactions, before, catalog=range(test.shape[1]))


def as_frames(ids: np.ndarray, test: sparse.csr_matrix, train: sparse.csr_matrix) -> None:
    """Bring everything into RecTools' form, which isn't measured."""
    import pandas as pd

    users, places = np.nonzero(ids >= 0)
    columns = {"user_id": users, "item_id": ids[users, places], "rank": places + 1}
    pairs = [
        pd.DataFrame(dict(zip(("user_id", "item_id"), matrix.nonzero(), strict=True)))
        for matrix in (test, train)
    ]
    rectools.frames = pd.DataFrame(columns), *pairs


WAYS: dict[str, Callable[..., Figures]] = {
    "course, 9 metrics: per_user": course_table,
    "course, 9 metrics: function by function": course_functions,
    "course, 10 metrics: per_user with diversity": with_diversity,
    "RecTools, 8 metrics: calc_metrics": rectools,
}
OURS, THEIRS = "course, 9 metrics: per_user", "RecTools, 8 metrics: calc_metrics"


def prepare(folder: Path, tiny: bool) -> None:
    """Write the lists, what was relevant, and what was known before."""
    from recsys_course.data.synthetic import FULL, SMALL, make
    from recsys_course.interactions import Interactions
    from recsys_course.models import ItemKNN
    from recsys_course.splits import leave_last_share

    views = make(SMALL if tiny else FULL).views
    both = Interactions.from_views(views)
    ids = {"user_ids": both.user_ids, "content_ids": both.content_ids}
    parts = [
        Interactions.from_views(part, **ids).user_items for part in leave_last_share(views, 0.5)
    ]
    model = ItemKNN()
    model.fit(parts[0], show_progress=False)
    users = np.arange(parts[0].shape[0])
    np.save(folder / "ids.npy", model.recommend(users, parts[0], K)[0])
    for name, part in zip(("train", "test"), parts, strict=True):
        sparse.save_npz(folder / f"{name}.npz", part, compressed=False)
    judged = np.count_nonzero(np.diff(parts[1].indptr))
    print(f"data      {parts[1].shape} with {parts[1].nnz:,} relevant pairs of {judged:,} users")


def measure(folder: Path, name: str) -> dict:
    """Run one contender in this process; return its seconds and figures."""
    given = (
        np.load(folder / "ids.npy"),
        *(sparse.load_npz(folder / f"{part}.npz") for part in ("test", "train")),
    )
    run = WAYS[name]
    import_module("rectools.metrics" if run is rectools else "recsys_course.metrics")
    if run is rectools:
        as_frames(*given)
    seconds = []
    for _ in range(4):
        started = time.process_time()
        figures = run(*given)
        seconds.append(time.process_time() - started)
    return {"first": seconds[0], "cpu": seconds[1:], "figures": figures}


def versions(names: tuple[str, ...]) -> str:
    """Versions in this environment, or the empty string if one is missing."""
    try:
        found = ", ".join(f"{name} {version(name)}" for name in names)
    except PackageNotFoundError:
        return ""
    return f"Python {platform.python_version()}, {found}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rectools", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--tiny", action="store_true", help="small data, to see that it runs")
    parser.add_argument("--prepare", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--versions", choices=PACKAGES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepare:
        prepare(options.prepare, options.tiny)
        return
    if options.measure:
        print(json.dumps(measure(Path(options.measure[0]), options.measure[1])))
        return
    if options.versions:
        print(versions(PACKAGES[options.versions]))
        return

    def call(python: str, *arguments: str) -> str:
        command = [python, "-W", "ignore", __file__, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def measured(way: str) -> dict:
        if options.tiny:
            return measure(folder, way)
        return json.loads(call(pythons[way], "--measure", str(folder), way))

    print(f"machine   {platform.machine()}, {os.cpu_count()} CPUs, {platform.system()}")
    print(f"versions  {versions(PACKAGES['course'])}")
    other = "" if options.tiny else call(options.rectools, "--versions", "rectools")
    print(f"RecTools  {other or 'is not installed there and left out; see --rectools'}")
    pythons = {way: options.rectools if way == THEIRS else sys.executable for way in WAYS}
    if not other:
        del pythons[THEIRS]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.tiny:
            prepare(folder, options.tiny)
        else:
            print(call(sys.executable, "--prepare", name))
        print(f"command   python {' '.join(sys.argv)}   ({options.rounds} rounds, medians)\n")
        runs: dict[str, list[dict]] = {way: [] for way in pythons}
        for _ in range(options.rounds):
            for way in pythons:
                runs[way].append(measured(way))
    cpu = {
        way: statistics.median(seconds for run in found for seconds in run["cpu"])
        for way, found in runs.items()
    }
    print("| what | CPU s | first call | ratio |\n|---|---|---|---|")
    for way, found in runs.items():
        first = statistics.median(run["first"] for run in found)
        print(f"| {way} | {cpu[way]:.3f} | {first:.3f} | {cpu[way] / cpu[OURS]:.1f} |")
    if other:
        ours, theirs = (runs[way][0]["figures"] for way in (OURS, THEIRS))
        same = [name for name in EIGHT if name not in ("average_precision", "serendipity")]
        off = max(abs(ours[name] / theirs[name] - 1) for name in same)
        print(f"\nlargest relative difference in {', '.join(same)}: {off:.1e}")


if __name__ == "__main__":
    main()
