"""How good a list of recommendations is."""

from recsys_course.metrics.ranking import hit_rate, precision, recall

__all__ = ["hit_rate", "precision", "recall"]
