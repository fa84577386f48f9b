"""How long the views of the original's full size take to read, side by side.

    python benchmarks/read_views.py [FOLDER] [--rounds 7]

FOLDER holds ``content_views.csv.gz``; without it the full synthetic cinema is made in a temporary
folder. All ways run in turn, round after round in one process, so that a busy moment hits them
alike; the figures are medians of CPU seconds (all threads) and of wall seconds.
"""

import argparse
import gzip
import importlib.util
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as csv

from recsys_course.data import load_views
from recsys_course.data.schema import views_frame
from recsys_course.data.sources import recognise

TYPES = {
    "user_id": pa.int64(),
    "content_id": pa.int64(),
    "view_duration": pa.float64(),
    "view_ts": pa.timestamp("us", "UTC"),
    "dt": pa.date32(),
    "platform": pa.dictionary(pa.int32(), pa.string()),
}


def lecture(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, parse_dates=["view_ts", "dt"])


def pandas_typed(path: Path) -> pd.DataFrame:
    numbers = {"user_id": "int64", "content_id": "int64", "view_duration": "float64"}
    return pd.read_csv(path, dtype={**numbers, "platform": "category"}, parse_dates=["view_ts"])


def arrow(source: object) -> pd.DataFrame:
    options = csv.ConvertOptions(column_types=TYPES)
    return csv.read_csv(source, convert_options=options).to_pandas()


def arrow_isal(path: Path) -> pd.DataFrame:
    from isal import igzip

    return arrow(pa.BufferReader(igzip.decompress(path.read_bytes())))


def polars_typed(path: Path) -> object:
    import polars as pl

    numbers = {"user_id": pl.Int64, "content_id": pl.Int64, "view_duration": pl.Float64}
    return pl.read_csv(path, schema_overrides={**numbers, "platform": pl.Categorical}).with_columns(
        pl.col("view_ts").str.to_datetime("%Y-%m-%d %H:%M:%S%z"), pl.col("dt").str.to_date()
    )


def ours(path: Path) -> pd.DataFrame:
    found = recognise(path.parent)
    return views_frame(found.source.read_views(found.views()))


def ours_cached(path: Path) -> pd.DataFrame:
    return load_views(path.parent)


def unpack(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


WAYS: dict[str, Callable[[Path], object]] = {
    "the lecture: pandas, two dates": lecture,
    "pandas, typed": pandas_typed,
    "pyarrow csv, typed, to pandas": arrow,
    "polars, typed": polars_typed,
    "isal + pyarrow csv": arrow_isal,
    "recsys_course": ours,
    "recsys_course, cached": ours_cached,
    "(unpacking alone: gzip)": unpack,
}
NEEDS = {"polars, typed": "polars", "isal + pyarrow csv": "isal"}


def main(folder: Path, rounds: int) -> None:
    path = folder / "content_views.csv.gz"
    versions = f"Python {platform.python_version()}, numpy {np.__version__}"
    print(f"machine   {platform.machine()}, {os.cpu_count()} CPUs, {platform.system()}")
    print(f"versions  {versions}, pandas {pd.__version__}, pyarrow {pa.__version__}")
    print(f"data      {len(ours(path)):,} views, {path.stat().st_size / 1e6:.1f} MB packed")
    print(f"command   python {' '.join(sys.argv)}   ({rounds} rounds, medians)\n")
    ways = {n: w for n, w in WAYS.items() if importlib.util.find_spec(NEEDS.get(n, "pandas"))}
    ours_cached(path)
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    wall: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            started, clock = time.process_time(), time.perf_counter()
            way(path)
            cpu[name].append(time.process_time() - started)
            wall[name].append(time.perf_counter() - clock)
    typical = {name: statistics.median(values) for name, values in cpu.items()}
    fastest = min(typical[n] for n in ways if "cached" not in n and "alone" not in n)
    for name in ways:
        seconds, real = typical[name], statistics.median(wall[name])
        print(f"{name:32} cpu {seconds:.3f} s  wall {real:.3f} s  ratio {seconds / fastest:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tiny", action="store_true", help="small data, to see that it runs")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["RECSYS_COURSE_CACHE"] = str(Path(temporary) / "cache")
        if options.folder is None:
            from recsys_course.data import synthetic

            size = synthetic.SMALL if options.tiny else synthetic.FULL
            synthetic.write(synthetic.make(size), Path(temporary))
        main(options.folder or Path(temporary), options.rounds)
