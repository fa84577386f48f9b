"""The ten best items for every user from 64 factors, beside the bare product of all scores.

    python benchmarks/top_factors.py [--rounds 3]

124,262 users and 44,053 items of the full synthetic cinema, what each user watched left out.
The factors are those of implicit's ALS, of the course's SVD, and random rows of length 1, whose
norms say nothing and leave nothing to prune. The bare product computes all scores in float32, in
blocks, and throws them away. CPU seconds, one BLAS thread, medians; contenders take turns.
"""

import argparse
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
from threadpoolctl import threadpool_limits

from recsys_course.data import synthetic
from recsys_course.interactions import Interactions
from recsys_course.models import SVD, Implicit, top_from_factors

K = 10


def cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def bare_product(users: np.ndarray, items: np.ndarray) -> None:
    transposed = np.ascontiguousarray(items.T)
    for start in range(0, len(users), 500):
        users[start : start + 500] @ transposed


def factor_pairs(user_items) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    from implicit.als import AlternatingLeastSquares

    als = Implicit(AlternatingLeastSquares, factors=64, random_state=0)
    als.fit(user_items)
    svd = SVD(factors=64)
    svd.fit(user_items)
    dice = np.random.default_rng(0)
    flat = [dice.normal(size=(length, 64)) for length in user_items.shape]
    flat = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in flat]
    pairs = {
        "ALS": (als.user_factors, als.item_factors),
        "SVD": (svd.user_factors, svd.item_factors),
        "random rows of length 1": tuple(flat),
    }
    return {
        name: tuple(np.ascontiguousarray(side, dtype=np.float32) for side in pair)
        for name, pair in pairs.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tiny", action="store_true", help="small data, to see that it runs")
    options = parser.parse_args()
    rounds, size = options.rounds, synthetic.SMALL if options.tiny else synthetic.FULL
    threadpool_limits(1, "blas")
    user_items = Interactions.from_views(synthetic.make(size).views).user_items
    print(
        f"{platform.machine()}, {platform.system()}; Python {platform.python_version()}, ", end=""
    )
    print(f"numpy {version('numpy')}; medians of {rounds} rounds\n")
    print("| factors | bare product, CPU s | top_from_factors, CPU s | ratio |\n|---|---|---|---|")
    for name, (users, items) in factor_pairs(user_items).items():
        products, ours = [], []
        for _ in range(rounds):
            products.append(cpu_seconds(lambda: bare_product(users, items)))  # noqa: B023
            ours.append(
                cpu_seconds(lambda: top_from_factors(users, items, K, user_items))  # noqa: B023
            )
        product, own = statistics.median(products), statistics.median(ours)
        print(f"| {name} | {product:.2f} | {own:.2f} | {own / product:.2f} |", flush=True)


if __name__ == "__main__":
    main()
