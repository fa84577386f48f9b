"""Release, grading and reports on top of nbgrader; nothing below knows this package."""
