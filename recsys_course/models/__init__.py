"""Recommenders behind one protocol, whose calls are those of `implicit`."""

from recsys_course.models.base import Recommender
from recsys_course.models.neighbours import ItemKNN, UserKNN
from recsys_course.models.popular import Popular

__all__ = ["ItemKNN", "Popular", "Recommender", "UserKNN"]
