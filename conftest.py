"""Which tests run, and in which order: the whole suite shares these rules.

``python3 course.py test`` runs the first tier, ``python3 course.py test --all`` the long tests
too: those marked ``long``, and more examples for each property.
"""

import atexit
import gc
import os
from typing import Any

import nbval.kernel
import pytest
from hypothesis import Phase, settings
from jupyter_client.manager import KernelManager

from coursegrader.environment import cleaned
from coursegrader.kernel import forked
from coursegrader.kernel.forked import fork

# Seconds of the scopes that take longest (a class, a module or a notebook runs on one worker, with
# its fixtures or its kernel). They start first, so that no worker ends long after the others.
# A scope that isn't here counts as short; renew it from --durations=0 when the suite's end drags.
HEAVY = {
    "tests/grading/test_class.py": 54,
    "tests/grading/test_bank.py::TestByNbgrader": 29,
    "lessons/en/08_judgement.ipynb": 27,
    "tests/grading/test_bank.py::TestAls": 27,
    "tests/lessons/test_other_data.py::TestTheLeast": 25,
    "lessons/en/06_ranking_losses.ipynb": 24,
    "tests/grading/test_bank.py::TestKnn": 22,
    "tests/grading/test_kernel.py": 20,
    "tests/grading/test_stopped.py": 19,
    "lessons/en/05_als.ipynb": 18,
    "tests/cli/test_grade.py": 17,
    "tests/grading/test_several.py": 16,
    "lessons/en/04_latent_factors.ipynb": 16,
    "tests/cli/test_notebooks.py::TestOnOtherData": 13,
    "tests/cli/test_notebooks.py": 13,
    "lessons/en/03_choosing.ipynb": 13,
    "tests/cli/test_gradebook.py": 12,
    "tests/setup/test_types.py": 12,
    "tests/grading/test_bank.py::TestSimilarItems": 11,
    "lessons/en/01_why_recommenders.ipynb": 9,
    "solutions/en/als/als.ipynb": 9,
    "tests/cli/test_release.py": 8,
    "tests/grading/test_settings.py": 8,
    "tests/grading/test_intake.py": 7,
    "tests/lessons/test_other_data.py::TestTooLittle": 7,
    "tests/cli/test_feedback.py": 7,
    "tests/benchmarks/test_tiny.py": 6,
    "tests/cli/test_bundle.py": 6,
}

# What lessons and solutions import, some of them
IMPORTS = [
    "import implicit.als, implicit.bpr, implicit.lmf, implicit.nearest_neighbours",
    "import altair, matplotlib.pyplot, pandas, scipy.sparse.linalg, sklearn.linear_model",
]


class LessonKernel(KernelManager):
    """The kernel of a notebook under test, forked as those of submissions are."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        fork(self, IMPORTS)


nbval.kernel.KernelManager = LessonKernel
# lessons run between tests with servers of their own, and would have theirs started again
forked._MOST = 6


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the option --all."""
    parser.addoption("--all", action="store_true", help="run the long tests too")


def pytest_configure(config: pytest.Config) -> None:
    """Keep settings in HOME out; choose how many examples hypothesis tries for each property."""
    clean = cleaned()
    clean.__enter__()
    # registered before IPython's own, which runs first then and finds its folder still there
    atexit.register(clean.__exit__, None, None, None)
    os.environ["RECSYS_COURSE_FINDINGS"] = "hard"  # of lessons, on the embedded cinema
    # The same examples each time: what chance finds on a bad day is for --all. As many as the
    # changes of tests/mutants need to be noticed.
    settings.register_profile("first", deadline=None, max_examples=50, derandomize=True)
    settings.register_profile("all", deadline=None, max_examples=3000)
    # one example that fails is enough: to look for the smallest takes minutes
    found = {"phases": [Phase.explicit, Phase.generate], "report_multiple_bugs": False}
    settings.register_profile("mutants", deadline=None, max_examples=50, derandomize=True, **found)
    profile = "all" if config.getoption("all") else "first"
    # of tests/mutants, which runs the tests a thousand times
    settings.load_profile("mutants" if "MUTANT_UNDER_TEST" in os.environ else profile)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what is loaded by now: it would look at it again and again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long tests unless they are asked for, and put the slowest scopes first."""
    if not config.getoption("all"):
        long = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in set(long)]
    items.sort(key=lambda item: -HEAVY.get(item.nodeid.rpartition("::")[0], 0))
