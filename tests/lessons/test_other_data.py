"""Every lesson runs to its end on other sources than the embedded cinema.

One folder holds ivi's two files (no titles), the other one MovieLens's (no durations, no series).
Set RECSYS_TEST_DATA to folders with real data, separated as in PATH, to run them too.
"""

import os
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from recsys_course.data import synthetic

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "lessons" / "en").glob("*.ipynb"))
REAL = [folder for folder in os.environ.get("RECSYS_TEST_DATA", "").split(os.pathsep) if folder]


def write_ivi(folder):
    synthetic.write(synthetic.SMALL, folder)


def invented_stars(pairs):
    """Half stars as real ones: by the film, a little better if many watched it, and by the mood."""
    dice = np.random.default_rng(3)
    audience = pairs.groupby("movieId")["userId"].transform("size")
    stars = 3.2 + 0.1 * np.log(audience.to_numpy()) + dice.normal(scale=0.8, size=len(pairs))
    for ids, scale in ((pairs["movieId"], 0.5), (pairs["userId"], 0.4)):
        places, distinct = ids.factorize()
        stars += dice.normal(scale=scale, size=len(distinct))[places]
    return np.clip(np.round(2 * stars) / 2, 0.5, 5)


def write_movielens(folder):
    cinema = synthetic.make(seed=3)
    pairs = cinema.views.drop_duplicates(["user_id", "content_id"])
    ratings = pairs[["user_id", "content_id"]].set_axis(["userId", "movieId"], axis=1)
    ratings["rating"] = invented_stars(ratings)
    ratings["timestamp"] = pairs["view_ts"].astype("datetime64[s, UTC]").astype("int64")
    ratings.to_csv(folder / "ratings.csv", index=False)
    movies = cinema.catalogue[["content_id", "title", "genre"]]
    movies.set_axis(["movieId", "title", "genres"], axis=1).to_csv(
        folder / "movies.csv", index=False
    )


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("source", [write_ivi, write_movielens, *REAL])
def test_lesson_runs_to_its_end(lesson, source, tmp_path, monkeypatch):
    folder = tmp_path / "data"
    if callable(source):
        folder.mkdir()
        source(folder)
    else:
        folder = Path(source).resolve()
    monkeypatch.setenv("DATA_DIR", str(folder))
    monkeypatch.setenv("RECSYS_COURSE_CACHE", str(tmp_path / "cache"))
    notebook = nbformat.read(lesson, as_version=4)
    NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": lesson.parent}},
    ).execute()
    assert all(
        output.output_type != "error"
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )
