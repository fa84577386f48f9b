"""Every lesson runs to its end on other sources than the embedded cinema.

One folder holds ivi's two files (no titles, and here no genres either), the other one MovieLens's
(no durations, no series).
Set RECSYS_TEST_DATA to folders with real data, separated as in PATH, to run them too.
"""

import os
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from recsys_course.data import synthetic
from tests.warm import CAN_FORK, Warm

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "lessons" / "en").glob("*.ipynb"))
REAL = [folder for folder in os.environ.get("RECSYS_TEST_DATA", "").split(os.pathsep) if folder]
# on less the lessons no longer see what they speak of
SIZES = {"01_why_recommenders": 0.03}
pytestmark = pytest.mark.skipif(
    not CAN_FORK, reason="Windows has no fork; there the lessons run on the embedded cinema only"
)
FULL = {"memory", "memory-slope", "cost"}  # they look at the full cinema, whatever the data
IMPORTS = """
import implicit.als, implicit.bpr, implicit.lmf, implicit.nearest_neighbours
import matplotlib.pyplot, sklearn.linear_model
import recsys_course.data, recsys_course.metrics, recsys_course.models, recsys_course.plots
"""


def invented_stars(pairs):
    """Half stars as real ones: by the film, a little better if many watched it, and by the mood."""
    dice = np.random.default_rng(3)
    audience = pairs.groupby("movieId")["userId"].transform("size")
    stars = 3.2 + 0.1 * np.log(audience.to_numpy()) + dice.normal(scale=0.8, size=len(pairs))
    for ids, scale in ((pairs["movieId"], 0.5), (pairs["userId"], 0.4)):
        places, distinct = ids.factorize()
        stars += dice.normal(scale=scale, size=len(distinct))[places]
    return np.clip(np.round(2 * stars) / 2, 0.5, 5)


def cinema_for(lesson, seed=0):
    return synthetic.make(synthetic.FULL.scaled(SIZES.get(lesson.stem, 0.02)), seed=seed)


def write_movielens(cinema, folder):
    pairs = cinema.views.drop_duplicates(["user_id", "content_id"])
    ratings = pairs[["user_id", "content_id"]].set_axis(["userId", "movieId"], axis=1)
    ratings["rating"] = invented_stars(ratings)
    ratings["timestamp"] = pairs["view_ts"].astype("datetime64[s, UTC]").astype("int64")
    ratings.to_csv(folder / "ratings.csv", index=False)
    movies = cinema.catalogue[["content_id", "title", "genre"]]
    movies.set_axis(["movieId", "title", "genres"], axis=1).to_csv(
        folder / "movies.csv", index=False
    )


@pytest.fixture(scope="class")
def warm():
    interpreter = Warm([IMPORTS])
    yield interpreter
    interpreter.close()


def run_to_its_end(warm, lesson, folder, cache):
    """Run the code of a lesson: nothing fails, and there are pictures to look at."""
    settings = {"DATA_DIR": str(folder), "RECSYS_COURSE_CACHE": str(cache)}
    here = f"import os; os.environ.update({settings}); os.chdir({str(lesson.parent)!r})"
    notebook = nbformat.read(lesson, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.id not in FULL]
    shown = warm.run([IMPORTS, here, *(cell.source for cell in code)])
    assert shown, "the process died"
    outputs = [output for of_cell in shown for output in of_cell]
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 4


each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)


@each_lesson
class TestIvi:
    def test_it_runs_to_its_end(self, warm, lesson, tmp_path):
        cinema = cinema_for(lesson)
        cinema.catalogue["genre"] = pd.Series(pd.NA, cinema.catalogue.index, dtype="string")
        synthetic.write(cinema, tmp_path)
        run_to_its_end(warm, lesson, tmp_path, tmp_path / "cache")


@each_lesson
class TestMovieLens:
    def test_it_runs_to_its_end(self, warm, lesson, tmp_path):
        write_movielens(cinema_for(lesson, seed=3), tmp_path)
        run_to_its_end(warm, lesson, tmp_path, tmp_path / "cache")


if REAL:

    @each_lesson
    @pytest.mark.parametrize("folder", REAL)
    def test_real_data(warm, folder, lesson, tmp_path):
        run_to_its_end(warm, lesson, Path(folder).resolve(), tmp_path / "cache")
