"""Every lesson runs to its end on other sources than the embedded cinema, or says why it can't.

In the first tier: the least that a source may hold, users, items and times, of most lessons, and
too little of that, of two. What lacks less waits for ``--all``: ivi's two files (no titles, and
here no genres either), MovieLens's (no durations, no series), and many more.
Set RECSYS_TEST_DATA to folders with real data, separated as in PATH, to run them too.
"""

import os
import re
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from recsys_course.data import synthetic
from tests.warm import CAN_FORK

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "lessons" / "en").glob("*.ipynb"))
NO_DATA = {"extra_glossary", "extra_notation", "extra_what_comes_after"}
LESSONS = [lesson for lesson in LESSONS if lesson.stem not in NO_DATA]
REAL = [folder for folder in os.environ.get("RECSYS_TEST_DATA", "").split(os.pathsep) if folder]
pytestmark = pytest.mark.skipif(
    not CAN_FORK, reason="Windows has no fork; there the lessons run on the embedded cinema only"
)
WAIT = {"04_latent_factors", "05_als", "06_ranking_losses"}  # what they train, 08 trains, too
FULL = {"memory", "memory-slope", "cost"}  # they look at the full cinema, whatever the data
EXCUSE = re.compile(r"go on\.|doesn't know")  # where a cell leaves its picture out


def small_cinema(seed=0, share=0.008):
    """Make a cinema that is just large enough for the lessons, to save time."""
    return synthetic.make(synthetic.FULL.scaled(share), seed=seed)


def write_ivi(folder, views, catalogue):
    """Write frames as ivi's files, whatever they hold."""
    folder.mkdir(exist_ok=True)
    views.to_csv(folder / "content_views.csv", index=False)
    columns = [column for column in catalogue if column != "title"]
    catalogue[columns].to_csv(folder / "content_description.csv", index=False)


def invented_stars(pairs):
    """Half stars as real ones: by the film, a little better if many watched it, and by the mood."""
    dice = np.random.default_rng(3)
    audience = pairs.groupby("movieId")["userId"].transform("size")
    stars = 3.2 + 0.1 * np.log(audience.to_numpy()) + dice.normal(scale=0.8, size=len(pairs))
    for ids, scale in ((pairs["movieId"], 0.5), (pairs["userId"], 0.4)):
        places, distinct = ids.factorize()
        stars += dice.normal(scale=scale, size=len(distinct))[places]
    return np.clip(np.round(2 * stars) / 2, 0.5, 5)


def movielens(cinema):
    """Turn a cinema into MovieLens's two tables."""
    pairs = cinema.views.drop_duplicates(["user_id", "content_id"])
    ratings = pairs[["user_id", "content_id"]].set_axis(["userId", "movieId"], axis=1)
    ratings["rating"] = invented_stars(ratings)
    ratings["timestamp"] = pairs["view_ts"].astype("datetime64[s, UTC]").astype("int64")
    movies = cinema.catalogue[["content_id", "title", "genre"]]
    return ratings, movies.set_axis(["movieId", "title", "genres"], axis=1)


def write_movielens(folder, ratings, movies):
    folder.mkdir(exist_ok=True)
    ratings.to_csv(folder / "ratings.csv", index=False)
    movies.to_csv(folder / "movies.csv", index=False)


def write_100k(folder, ratings, movies):
    whole = ratings.assign(rating=ratings["rating"].clip(1).round().astype(int))
    whole.to_csv(folder / "u.data", sep="\t", header=False, index=False)
    names = ["Action", "Comedy", "Drama", "War"]
    lines = []
    for number, (film, title) in enumerate(zip(movies["movieId"], movies["title"], strict=True)):
        flags = "|".join(str(int(number % 4 == names.index(name))) for name in names)
        lines.append(f"{film}|{title}|01-Jan-1995||http://x|{flags}{'|0' * 15}\n")
    (folder / "u.item").write_text("".join(lines), encoding="latin-1")


def write_1m(folder, ratings, movies):
    whole = ratings.assign(rating=ratings["rating"].clip(1).round().astype(int))
    for name, table in {"ratings.dat": whole, "movies.dat": movies.fillna("")}.items():
        lines = ["::".join(map(str, row)) + "\n" for row in table.itertuples(index=False)]
        (folder / name).write_text("".join(lines), encoding="utf-8")


def write_kion(folder, cinema):
    """Write days without hours, as KION has them."""
    days = cinema.views["view_ts"].dt.strftime("%Y-%m-%d")
    seconds = cinema.views["view_duration"].round().astype(int)
    table = cinema.views[["user_id"]].assign(
        item_id=cinema.views["content_id"], last_watch_dt=days, total_dur=seconds
    )
    table = table.drop_duplicates(["user_id", "item_id"])
    table.assign(watched_pct=table["total_dur"] % 101).to_csv(
        folder / "interactions.csv", index=False
    )
    items = cinema.catalogue.rename(columns={"content_id": "item_id", "genre": "genres"})
    items = items.assign(release_year=items["release_date"].dt.year, countries="Россия")
    items[["item_id", "title", "release_year", "genres", "countries"]].to_csv(
        folder / "items.csv", index=False
    )


def noise(users=1000, items=400, rows=15_000):
    """Make views in which there is nothing to find."""
    dice = np.random.default_rng(0)
    views = pd.DataFrame(
        {
            "user_id": dice.integers(users, size=rows),
            "content_id": dice.integers(items, size=rows),
            "view_duration": dice.integers(60, 7000, size=rows),
            "view_ts": pd.Timestamp("2019-03-01", tz="UTC")
            + pd.to_timedelta(dice.integers(5_000_000, size=rows), unit="s"),
            "platform": "TV",
        }
    )
    catalogue = pd.DataFrame({"content_id": range(items)})
    wanted = ("origin_country", "release_date", "kinopoisk_rating", "compilation_id", "genre")
    return views, catalogue.assign(**dict.fromkeys(wanted, ""))


# a change of an ivi folder's (views, catalogue)
CHANGES = {
    "a tenth of the rows": lambda v, c: (v.sample(frac=0.1, random_state=0), c),
    "no times": lambda v, c: (v.assign(view_ts=""), c),
    "no durations": lambda v, c: (v.assign(view_duration=""), c),
    "no series": lambda v, c: (v, c.assign(compilation_id="")),
    "no devices": lambda v, c: (v.assign(platform=""), c),
    "nothing but pairs": lambda v, c: (
        v.assign(view_ts="", view_duration="", platform=""),
        c[["content_id"]].assign(**dict.fromkeys(set(c.columns) - {"content_id", "title"}, "")),
    ),
    "hours for seconds": lambda v, c: (v.assign(view_duration=v["view_duration"] / 3600), c),
    "one moment": lambda v, c: (v.assign(view_ts="2019-04-09 12:00:00+00:00"), c),
    "one genre": lambda v, c: (v, c.assign(genre="Drama")),
    "one series": lambda v, c: (v, c.assign(compilation_id=7)),
    "all in series": lambda v, c: (v, c.assign(compilation_id=c["content_id"] // 20)),
    "nearly all at one moment": lambda v, c: (
        v.assign(view_ts=v["view_ts"].dt.floor("365D").mask(v.index % 10 == 0, v["view_ts"].min())),
        c,
    ),
    "one visit for each user": lambda v, c: (
        v.assign(view_ts=v.groupby("user_id")["view_ts"].transform("min")),
        c,
    ),
    "some durations": lambda v, c: (
        v.assign(view_duration=v["view_duration"].mask(v.index % 7 == 0)),
        c,
    ),
    "durations of nothing": lambda v, c: (v.assign(view_duration=0), c),
    "a catalogue of ten": lambda v, c: (v, c.head(10)),
    "short histories": lambda v, c: noise(users=2000, items=200, rows=8000),
    "noise": lambda v, c: noise(),
    "nearly everything watched": lambda v, c: noise(users=300, items=120, rows=60_000),
}
TOO_LITTLE = {
    "300 rows": lambda views: views.head(300),
    "one user": lambda views: views[views["user_id"] == views["user_id"].mode()[0]],
    "one item": lambda views: views[views["content_id"] == views["content_id"].mode()[0]],
}
FORMS = {
    "100k": lambda folder, cinema: write_100k(folder, *movielens(cinema)),
    "1M": lambda folder, cinema: write_1m(folder, *movielens(cinema)),
    "KION": write_kion,
}


@pytest.fixture(scope="module")
def cinema():
    """The least that all lessons can learn from, to be left as it is."""
    return small_cinema(share=0.005)


@pytest.fixture(scope="module")
def least(cinema, tmp_path_factory):
    """Users, items and times, in the form of ivi; all lessons share what is cached of them."""
    folder = tmp_path_factory.mktemp("least")
    nothing = dict.fromkeys(cinema.catalogue.columns.difference(["content_id"]), "")
    views = cinema.views.assign(view_duration="", platform="")
    write_ivi(folder, views, cinema.catalogue.assign(**nothing))
    return folder


def outputs_of(warm, lesson, folder, cache, last=None):
    """Run the code of a lesson, down to a cell; return the outputs of each."""
    settings = {"DATA_DIR": str(folder), "RECSYS_COURSE_CACHE": str(cache)}
    here = f"import os; os.environ.update({settings}); os.chdir({str(lesson.parent)!r})"
    notebook = nbformat.read(lesson, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.id not in FULL]
    if last:
        code = code[: [cell.id for cell in code].index(last) + 1]
    shown = warm.run([here, *(cell.source for cell in code)])
    assert shown, "the process died"
    return {cell.id: outputs for cell, outputs in zip(code, shown[1:], strict=True)}


def failures(shown):
    """Name the cells that raised an error or wrote to stderr, with what they said."""
    return [
        (cell, output.get("ename", output.get("text")), output.get("evalue"))
        for cell, outputs in shown.items()
        for output in outputs
        if output["output_type"] == "error" or output.get("name") == "stderr"
    ]


def pictures(outputs_of_cells):
    outputs = [output for outputs in outputs_of_cells for output in outputs]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def run_to_its_end(warm, lesson, folder, cache, lacking=2):
    """Run the code of a lesson: nothing fails, and it has the pictures of the embedded cinema.

    A few may need what the data lack; the cell says so then.
    """
    shown = outputs_of(warm, lesson, folder, cache)
    assert failures(shown) == []
    committed = [cell for cell in nbformat.read(lesson, as_version=4).cells if cell.id in shown]
    silent = [
        cell.id
        for cell in committed
        if pictures([shown[cell.id]]) < pictures([cell.outputs])
        and not any(EXCUSE.search(output.get("text", "")) for output in shown[cell.id])
    ]
    assert silent == []
    expected = pictures(cell.outputs for cell in committed)
    assert pictures(shown.values()) >= min(expected, max(1, expected - lacking))


each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)


@pytest.mark.parametrize(
    "lesson",
    [
        pytest.param(each, id=each.stem, marks=[pytest.mark.long] * (each.stem in WAIT))
        for each in LESSONS
    ],
)
class TestTheLeast:
    def test_it_runs_to_its_end(self, warm, lesson, least):
        run_to_its_end(warm, lesson, least, least / "cache")


@pytest.mark.long
@each_lesson
class TestIvi:
    def test_it_runs_to_its_end(self, warm, lesson, tmp_path):
        cinema = small_cinema()
        cinema.catalogue["genre"] = pd.Series(pd.NA, cinema.catalogue.index, dtype="string")
        synthetic.write(cinema, tmp_path)
        run_to_its_end(warm, lesson, tmp_path, tmp_path / "cache")


@pytest.mark.long
@each_lesson
class TestMovieLens:
    def test_it_runs_to_its_end(self, warm, lesson, tmp_path):
        write_movielens(tmp_path, *movielens(small_cinema(seed=3)))
        run_to_its_end(warm, lesson, tmp_path, tmp_path / "cache")


class TestTooLittle:
    @pytest.mark.parametrize(
        ("lesson", "few"),
        [
            pytest.param(lesson, few, id=f"{lesson.stem}, {name}", marks=[pytest.mark.long] * wait)
            for number, lesson in enumerate(LESSONS)
            for name, few in TOO_LITTLE.items()
            for wait in [number > 1 or (number > 0 and name != "300 rows")]
        ],
    )
    def test_it_stops_in_one_line_where_the_data_are_loaded(
        self, warm, lesson, few, cinema, tmp_path
    ):
        write_ivi(tmp_path, few(cinema.views), cinema.catalogue)
        shown = outputs_of(warm, lesson, tmp_path, tmp_path / "cache", last="load")
        ((cell, error, said),) = failures(shown)
        assert (cell, error) == ("load", "TooLittle")
        assert "Too little to learn from: " in said


def test_a_folder_that_is_not_there_is_one_line_without_a_traceback(warm, tmp_path):
    shown = outputs_of(
        warm, LESSONS[0], tmp_path / "nowhere", tmp_path / "cache", last="reading-time"
    )
    (error,) = shown["reading-time"]
    (line,) = error["traceback"]
    assert line.startswith(f"DataError: {tmp_path / 'nowhere'}: ")
    assert line.endswith("(the folder comes from DATA_DIR)")


def test_a_picture_that_can_not_be_drawn_is_a_failure(warm):
    sound = "import matplotlib; axis = matplotlib.pyplot.plot([1, 2])[0].axes.xaxis"
    spoilt = f"{sound}; axis.set_major_formatter(lambda *_: 1 / 0)"
    plain, broken = warm.run([sound, spoilt])
    assert pictures([plain]) == 1
    assert failures({"plain": plain}) == []
    assert ("broken", "ZeroDivisionError", "division by zero") in failures({"broken": broken})


@pytest.mark.long
def test_the_command_runs_them_all(run, tmp_path):
    synthetic.write(small_cinema(seed=4), tmp_path)
    code, out, err = run("notebooks", "--again", "--data", tmp_path, *LESSONS)
    assert (code, err) == (0, "")
    assert out.count(": clean (") == len(LESSONS)


@pytest.mark.long
@each_lesson
class TestOddSets:
    @pytest.mark.parametrize("name", CHANGES)
    def test_an_odd_set_in_the_form_of_ivi(self, warm, lesson, name, tmp_path):
        cinema = small_cinema(seed=1, share=0.05 if name.startswith("a tenth") else 0.02)
        write_ivi(tmp_path, *CHANGES[name](cinema.views, cinema.catalogue))
        few = name == "nearly everything watched"  # no hours, lengths or groups of its 300 users
        run_to_its_end(warm, lesson, tmp_path, tmp_path / "cache", lacking=3 if few else 2)


@pytest.mark.long
@each_lesson
class TestOtherForms:
    @pytest.mark.parametrize("write", FORMS.values(), ids=FORMS)
    def test_another_form(self, warm, lesson, write, tmp_path):
        write(tmp_path, small_cinema(seed=2, share=0.02))
        run_to_its_end(warm, lesson, tmp_path, tmp_path / "cache")


@pytest.mark.long
@each_lesson
class TestOtherSeeds:
    @pytest.mark.parametrize("seed", range(20))
    def test_a_cinema_of_another_seed(self, warm, lesson, seed, tmp_path):
        synthetic.write(synthetic.make(seed=seed), tmp_path)
        run_to_its_end(warm, lesson, tmp_path, tmp_path / "cache")


if REAL:

    @each_lesson
    @pytest.mark.parametrize("folder", REAL)
    def test_real_data(warm, folder, lesson, tmp_path):
        run_to_its_end(warm, lesson, Path(folder).resolve(), tmp_path / "cache")
