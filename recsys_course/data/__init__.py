"""Views and catalogue in one schema, from the embedded cinema or from a folder of real files."""

from recsys_course.data.describe import describe
from recsys_course.data.loading import load_catalogue, load_views, source_name
from recsys_course.errors import DataError

__all__ = ["DataError", "describe", "load_catalogue", "load_views", "source_name"]
