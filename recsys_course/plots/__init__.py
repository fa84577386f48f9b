"""Pictures of the lessons: each function draws on one Axes and returns it."""

from recsys_course.plots.views import activity, overlap, popularity, recommendations, sparsity

__all__ = ["activity", "overlap", "popularity", "recommendations", "sparsity"]
