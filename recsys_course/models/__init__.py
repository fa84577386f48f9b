"""Recommenders behind one protocol, whose calls are those of `implicit`."""

from recsys_course.models.als import ALS
from recsys_course.models.base import Recommender
from recsys_course.models.factors import Factors
from recsys_course.models.files import load, save
from recsys_course.models.implicit import Implicit
from recsys_course.models.memory import model_bytes
from recsys_course.models.neighbours import ItemKNN, UserKNN
from recsys_course.models.popular import Popular
from recsys_course.models.svd import SVD
from recsys_course.ranking.factors import top_from_factors

__all__ = [
    "ALS",
    "SVD",
    "Factors",
    "Implicit",
    "ItemKNN",
    "Popular",
    "Recommender",
    "UserKNN",
    "load",
    "model_bytes",
    "save",
    "top_from_factors",
]
