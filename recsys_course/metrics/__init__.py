"""How good recommendations are: their ranking, what is beyond accuracy, models side by side."""

from recsys_course.metrics.beyond import coverage, novelty, popularity_bias, serendipity
from recsys_course.metrics.evaluation import evaluate
from recsys_course.metrics.genres import diversity, genre_matrix
from recsys_course.metrics.per_user import per_user
from recsys_course.metrics.ranking import (
    average_precision,
    hit_rate,
    ndcg,
    precision,
    recall,
    reciprocal_rank,
)
from recsys_course.metrics.rating import mae, rmse
from recsys_course.statistics import paired_difference

__all__ = [
    "average_precision",
    "coverage",
    "diversity",
    "evaluate",
    "genre_matrix",
    "hit_rate",
    "mae",
    "ndcg",
    "novelty",
    "paired_difference",
    "per_user",
    "popularity_bias",
    "precision",
    "recall",
    "reciprocal_rank",
    "rmse",
    "serendipity",
]
