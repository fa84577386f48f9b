"""Values of other libraries for a random case, written to reference.csv.

The case has what libraries treat differently: more than K relevant items, short lists, items and
users of which training or the model knows nothing, users with nothing relevant.

    python make_reference.py

Made in environments of their own, since the libraries ask for different versions of numpy:

    python3.11 -m venv one && one/bin/pip install rectools==0.19.0 ranx==0.3.21
    python3.11 -m venv two && two/bin/pip install replay-rec==0.22.0 implicit==0.7.3
    one/bin/python make_reference.py && two/bin/python make_reference.py

Each run replaces the rows of the libraries that it finds and leaves the others.
"""

import csv
import math
import random
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pandas as pd

FILE = Path(__file__).with_name("reference.csv")
COLUMNS = ["library", "version", "metric", "options", "value"]
K, USERS, ITEMS, GENRES = 10, 300, 150, 6
COLD = 12  # the last items, which nobody took up in training


def make():
    """Return lists of items by user (train, relevant, recommended), and of genres by item.

    Only `random.random` is used, whose stream Python promises to keep: the case is the same in the
    environments of the libraries and in that of the tests, without a file.
    """
    draw = random.Random(20).random

    def some(count, weights):
        """Distinct numbers, likely ones first."""
        waits = [-math.log(draw()) / weight for weight in weights]
        return sorted(range(len(weights)), key=waits.__getitem__)[:count]

    popular = [1 / (1 + item) ** 0.7 for item in range(ITEMS - COLD)]
    train = [some(1 + int(12 * draw()), popular) for _ in range(USERS)]
    tilts = [1 / (1 + (item + 12) % 30) ** 2 for item in range(ITEMS)]
    relevant, recommended = [], []
    for user in range(USERS):
        left = [(0.02 if item in train[user] else 0.2) * tilt for item, tilt in enumerate(tilts)]
        sizes = 0, 1, 2, 3, 5, 8, 10, 14, 25  # none, fewer than K, K, more than K
        relevant.append(some(sizes[int(len(sizes) * draw())], left))
        good = [0.2 if item in relevant[user] else left[item] for item in range(ITEMS)]
        lengths = 0, 1, 4, 9, *[K] * 8  # none, short, full
        recommended.append(some(lengths[int(len(lengths) * draw())], good))
    genres = [some(int(4 * draw()), [1] * GENRES) for _ in range(ITEMS)]
    return train, relevant, recommended, genres


TRAIN, RELEVANT, RECOMMENDED, GENRES_OF = make()


def frame(lists):
    rows = [
        (user, item, rank) for user, row in enumerate(lists) for rank, item in enumerate(row, 1)
    ]
    return pd.DataFrame(rows, columns=["user_id", "item_id", "rank"])


def rectools():
    from rectools import metrics

    features = pd.DataFrame(
        [[int(genre in row) for genre in range(GENRES)] for row in GENRES_OF], index=range(ITEMS)
    )
    distances = metrics.PairwiseHammingDistanceCalculator(features)
    wanted = {
        ("hit_rate", ""): metrics.HitRate(K),
        ("precision", ""): metrics.Precision(K),
        ("precision", "r_precision=True"): metrics.Precision(K, r_precision=True),
        ("recall", ""): metrics.Recall(K),
        ("average_precision", ""): metrics.MAP(K),
        ("average_precision", "divide_by_k=True"): metrics.MAP(K, divide_by_k=True),
        ("ndcg", ""): metrics.NDCG(K),
        ("ndcg", "divide_by_achievable=True"): metrics.NDCG(K, divide_by_achievable=True),
        ("reciprocal_rank", ""): metrics.MRR(K),
        ("novelty", ""): metrics.MeanInvUserFreq(K),
        ("popularity_bias", ""): metrics.AvgRecPopularity(K),
        ("serendipity", ""): metrics.Serendipity(K),
        ("coverage", "normalize=True"): metrics.CatalogCoverage(K, normalize=True),
        ("diversity", "Hamming"): metrics.IntraListDiversity(K, distances),
    }
    values = metrics.calc_metrics(
        wanted,
        reco=frame(RECOMMENDED),
        interactions=frame(RELEVANT)[["user_id", "item_id"]],
        prev_interactions=frame(TRAIN)[["user_id", "item_id"]],
        catalog=range(ITEMS),
    )
    return {name: values[name] for name in wanted}


def ranx():
    from ranx import Qrels, Run, evaluate

    judged = {
        f"u{user}": {f"i{item}": 1 for item in row} for user, row in enumerate(RELEVANT) if row
    }
    ranked = {
        f"u{user}": {f"i{item}": float(-place) for place, item in enumerate(row)}
        for user, row in enumerate(RECOMMENDED)
        if row
    }
    names = {
        "hit_rate": "hit_rate",
        "precision": "precision",
        "recall": "recall",
        "average_precision": "map",
        "ndcg": "ndcg",
        "reciprocal_rank": "mrr",
    }
    theirs = [f"{name}@{K}" for name in names.values()]
    values = evaluate(Qrels(judged), Run(ranked), theirs, make_comparable=True)
    return {(ours, ""): values[f"{name}@{K}"] for ours, name in names.items()}


def replay():
    from replay import metrics

    judged = {user: row for user, row in enumerate(RELEVANT) if row}
    everybody = dict(enumerate(TRAIN))
    ranked = {
        user: [(item, float(-place)) for place, item in enumerate(row)]
        for user, row in enumerate(RECOMMENDED)
    }
    names = {
        "hit_rate": metrics.HitRate,
        "precision": metrics.Precision,
        "recall": metrics.Recall,
        "average_precision": metrics.MAP,
        "ndcg": metrics.NDCG,
        "reciprocal_rank": metrics.MRR,
    }
    values = {(ours, ""): metric(K)(ranked, judged) for ours, metric in names.items()}
    values["novelty", "Surprisal"] = metrics.Surprisal(K)(ranked, everybody)
    return {name: next(iter(value.values())) for name, value in values.items()}


def implicit():
    from implicit.evaluation import ranking_metrics_at_k
    from scipy.sparse import csr_matrix

    def matrix(lists):
        dense = np.zeros((USERS, ITEMS), np.float32)
        for user, row in enumerate(lists):
            dense[user, row] = 1
        return csr_matrix(dense)

    class Given:
        """Answers with the lists of the case, the empty places as implicit's own models do."""

        def recommend(self, users, rows, N):
            ids = [RECOMMENDED[user] + [-1] * (N - len(RECOMMENDED[user])) for user in users]
            return np.array(ids, np.int32), np.zeros((len(ids), N), np.float32)

    values = ranking_metrics_at_k(Given(), matrix(TRAIN), matrix(RELEVANT), K, show_progress=False)
    names = {"precision": "precision", "average_precision": "map", "ndcg": "ndcg"}
    return {(ours, ""): values[name] for ours, name in names.items()}


LIBRARIES = {"implicit": implicit, "ranx": ranx, "rectools": rectools, "replay-rec": replay}


def main():
    rows = []
    if FILE.exists():
        with FILE.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    for name, values_of in LIBRARIES.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            continue
        rows = [row for row in rows if row["library"] != name]
        for (metric, options), value in values_of().items():
            row = name, found, metric, options, f"{value:.12g}"
            rows.append(dict(zip(COLUMNS, row, strict=True)))
    rows.sort(key=lambda row: [row[column] for column in COLUMNS])
    with FILE.open("w", encoding="utf-8", newline="\n") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
