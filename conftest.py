"""Which tests run, and in which order: the whole suite shares these rules.

``python3 course.py test`` runs the first tier, ``python3 course.py test --all`` the long tests
too: those marked ``long``, and more examples for each property.
"""

import atexit
import os
import sys
from collections.abc import Iterator
from typing import Any

import nbval.kernel
import pytest
from hypothesis import Phase, settings
from jupyter_client.manager import KernelManager

from coursegrader.environment import cleaned
from coursegrader.kernel import servers
from coursegrader.kernel.forked import fork
from coursegrader.sandbox import bwrap, landlock
from coursegrader.sandbox.options import InSandbox

# Seconds of the scopes that take longest (a class, a module or a notebook runs on one worker, with
# its fixtures or its kernel). They start first, so that no worker ends long after the others.
# A scope that isn't here counts as short; renew it from --durations=0 when the suite's end drags.
HEAVY = {
    "tests/grading/test_class.py": 33,
    "tests/grading/test_bank.py::TestByNbgrader": 25,
    "lessons/en/08_judgement.ipynb": 24,
    "tests/grading/test_bank.py::TestAls": 24,
    "lessons/en/05_als.ipynb": 22,
    "lessons/en/06_ranking_losses.ipynb": 21,
    "tests/grading/test_kernel.py": 19,
    "tests/grading/test_sandbox.py": 15,
    "tests/grading/test_bank.py::TestKnn": 17,
    "tests/lessons/test_other_data.py::TestTheLeast": 14,
    "tests/grading/test_stopped.py": 12,
    "tests/cli/test_grade.py": 10,
    "lessons/en/04_latent_factors.ipynb": 10,
    "lessons/en/03_choosing.ipynb": 10,
    "tests/grading/test_several.py": 8,
    "tests/cli/test_gradebook.py": 8,
    "tests/grading/test_bank.py::TestSimilarItems": 8,
    "tests/cli/test_notebooks.py::TestOnOtherData": 6,
    "solutions/en/als/als.ipynb": 6,
    "tests/grading/test_intake.py": 6,
    "tests/benchmarks/test_tiny.py": 6,
    "tests/cli/test_feedback.py": 5,
    "tests/grading/test_landlock.py": 5,
    "tests/cli/test_bundle.py": 5,
    "tests/grading/test_formgrader.py": 5,
    "lessons/en/02_knn.ipynb": 5,
    "lessons/en/01_why_recommenders.ipynb": 4,
    "tests/cli/test_release.py": 4,
    "tests/lessons/test_other_data.py::TestTooLittle": 4,
    "tests/coursegrader/intake/test_archives.py": 4,
    "tests/data/test_synthetic.py": 4,
    "tests/data/test_synthetic_titles.py": 4,
    "tests/grading/test_bank.py::TestStartHere": 4,
    "tests/models/test_protocol.py": 4,
    "tests/setup/test_lab.py": 4,
    "tests/cli/test_notebooks.py": 3,
    "tests/setup/test_types.py": 3,
    "tests/grading/test_settings.py": 3,
    "tests/cli/test_environment.py": 3,
    "tests/coursegrader/intake/test_names.py": 3,
    "tests/coursegrader/intake/test_real.py": 3,
    "tests/data/test_synthetic_behaviour.py": 3,
    "tests/lessons/test_other_data.py": 3,
    "tests/metrics/test_properties.py": 3,
    "tests/models/test_imports.py": 3,
    "lessons/en/07_metrics.ipynb": 2,
    "lessons/en/extra_mistakes.ipynb": 2,
    "lessons/en/extra_rules_and_value.ipynb": 2,
    "solutions/en/knn/knn.ipynb": 2,
    "lessons/en/extra_top_n.ipynb": 1,
    "solutions/en/similar_items/similar_items.ipynb": 1,
    "solutions/en/start_here/start_here.ipynb": 1,
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


# what only Linux has, and nobody imports elsewhere or asks for anything
_OF_LINUX = ["kernel/apart.py", "sandbox/bwrap.py", "sandbox/memory.py", "sandbox/readable.py"]
collect_ignore = [f"coursegrader/{name}" for name in _OF_LINUX if sys.platform != "linux"]

nbval.kernel.KernelManager = LessonKernel
# lessons run between tests with servers of their own, and would have theirs started again
servers._MOST = 6


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
    # student code in tests is our own, and is run where there is no sandbox, too
    if bwrap.trouble() and landlock.trouble():
        InSandbox.class_traits()["sandbox"].default_value = "if there"
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


@pytest.fixture(autouse=True)
def no_picture_is_left() -> Iterator[None]:
    """Close the pictures of a test, whichever draws them: pyplot warns of more than twenty."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long tests unless they are asked for, and put the slowest scopes first."""
    if not config.getoption("all"):
        long = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in set(long)]

    def order(item: pytest.Item) -> tuple[bool, int]:
        # notebooks before others' kernels take the place of what theirs are forked from
        scope = item.nodeid.rpartition("::")[0]
        return not scope.endswith(".ipynb"), -HEAVY.get(scope, 0)

    items.sort(key=order)
