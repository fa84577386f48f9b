"""A Jupyter server extension: formgrader's buttons do what the commands do.

It is switched on as ``coursegrader.server``, beside nbgrader's own extension.
"""

import subprocess
import sys
from typing import Any

from nbgrader.apps.api import NbGraderAPI
from nbgrader.server_extensions.formgrader import base


class Api(NbGraderAPI):
    """What formgrader calls; a step that the grader has a command for is left to that command.

    nbgrader's own step gives 0 points to what can't be graded, and marks by hand anew whatever
    was marked; see the command ``grade``.
    """

    def autograde(
        self, assignment_id: str, student_id: str, force: bool = True, create: bool = True
    ) -> dict[str, Any]:
        """Grade one submission; see nbgrader for the parameters."""
        return self._run("grade", assignment_id, f"--student={student_id}", "--force")

    def generate_assignment(
        self, assignment_id: str, force: bool = True, create: bool = True
    ) -> dict[str, Any]:
        """Check an assignment and write what students get; see nbgrader for the parameters."""
        return self._run("release", assignment_id)

    def _run(self, *arguments: str) -> dict[str, Any]:
        """Run a command in a process of its own; answer as nbgrader does."""
        root = self.coursedir.root
        code = "from coursegrader.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code, *arguments, "--course-dir", root],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
        )
        return {"success": done.returncode == 0, "log": done.stdout + done.stderr, "error": ""}


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "coursegrader.server"}]


def _load_jupyter_server_extension(app: Any) -> None:
    base.NbGraderAPI = Api  # formgrader makes one for each request
