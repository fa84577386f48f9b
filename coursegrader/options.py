"""What a course may set in its ``nbgrader_config.py``, beside what nbgrader reads there."""

from traitlets import Instance, List, Unicode, Union
from traitlets.config import Configurable


class CourseGrader(Configurable):
    """The grader's own options: ``c.CourseGrader.bank = "made_up"``.

    Limits of time are nbgrader's own, such as ``c.Execute.timeout``.

    Examples
    --------
    >>> CourseGrader().bank
    'bank'
    """

    executor = Union(
        [Unicode(), Instance(type)],
        default_value="coursegrader.run.executor.Execute",
        help="How and where student code runs: the class that stands in for nbgrader's Execute.",
    ).tag(config=True)
    bank = Unicode(
        "bank", help="Folder of made-up submissions, one folder per assignment in it."
    ).tag(config=True)
    state = Unicode(".course", help="Folder of what the grader notes for itself.").tag(config=True)
    checks = List(
        Unicode(),
        help="Modules whose expect and check_... a test may end in, as in an assert.",
    ).tag(config=True)
