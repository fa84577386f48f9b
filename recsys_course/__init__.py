"""A course on recommender systems for production: data, models, metrics, homework, grading."""

__version__ = "0.1.0"
