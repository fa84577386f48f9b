"""Submissions are executed and scored: one, and a whole class."""
