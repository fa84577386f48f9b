"""After a mistake is named the process ends as it should, whatever Arrow's threads still do."""

import os
import subprocess
import sys

import pytest

CODE = "from recsys_course.cli import main; main()"


@pytest.mark.long
@pytest.mark.parametrize("cell", ["x", "-1", '"1', ""])
def test_it_never_aborts(files, cell):
    folder = files({"ratings.csv": f"userId,movieId,rating,timestamp\n{cell},1,4,9\n"})
    command = [sys.executable, "-c", CODE, "data", "info", str(folder)]
    for _ in range(50):
        running = [
            subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ, text=True)
            for _ in range(3)
        ]
        told = [process.communicate()[1] for process in running]
        assert [process.returncode for process in running] == [1, 1, 1], told
