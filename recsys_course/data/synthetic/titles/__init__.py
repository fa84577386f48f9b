"""Titles of the synthetic cinema, in both languages at once."""

from recsys_course.data.synthetic.titles.naming import make_titles

__all__ = ["make_titles"]
