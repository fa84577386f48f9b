"""The command ``recsys-course``: the grader's commands, and those of the course itself."""

from recsys_course.cli.program import main

__all__ = ["main"]
