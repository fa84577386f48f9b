"""How a submission's cells are executed: nbgrader's own way, without the settings of a home folder.

``nbgrader_config.py`` makes it the first of ``c.Autograde.autograde_preprocessors``, so that
``nbgrader autograde`` and formgrader's button grade as ``coursegrader grade`` does.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from nbformat import NotebookNode
from nbgrader import preprocessors, utils

from coursegrader.environment import clean

# nbgrader takes the first value that a test shows for its score. With a popular setting each line
# of a cell shows its value, and a test that fails in its last line has shown one before.
ONLY_LAST = "__import__('IPython').get_ipython().ast_node_interactivity = 'last_expr'"


class Execute(preprocessors.Execute):
    """Execute a notebook's cells; each test begins with IPython's default for what is shown."""

    @contextmanager
    def setup_kernel(self, **kwargs: Any) -> Iterator[None]:
        """Start a kernel that no setting in HOME reaches; see nbclient for the parameters."""
        with (
            tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as folder,
            # what a kernel says beside its notebook, of its transport or of a crash, is nobody's
            super().setup_kernel(env=clean(Path(folder)), stderr=DEVNULL, **kwargs),
        ):
            yield

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Execute one cell; see nbconvert for the parameters."""
        if utils.is_grade(cell) and not utils.is_solution(cell):
            request = self.kc.execute(
                ONLY_LAST, silent=True, store_history=False, stop_on_error=False
            )
            self.wait_for_reply(request)
        return super().preprocess_cell(cell, resources, index)
