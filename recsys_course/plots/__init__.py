"""Pictures of the lessons: each function draws on `ax`, or on a new Axes, and returns it."""

from recsys_course.plots.business import gains_and_losses, shelves, tornado, trade_off
from recsys_course.plots.data import completeness, concentration, durations, group_shares, shares
from recsys_course.plots.factors import factor_ends, taste_map, thin_times_thin
from recsys_course.plots.interactions import (
    activity,
    overlap,
    popularity,
    recommendations,
    sparsity,
)
from recsys_course.plots.learning import (
    losses,
    model_growth,
    pruning,
    spectrum,
    tuning_curve,
    tuning_curves,
)
from recsys_course.plots.quality import rank_weights, shown_and_watched, timeline, two_qualities
from recsys_course.plots.uncertainty import against_chance, intervals, resampled, unheard

__all__ = [
    "activity",
    "against_chance",
    "completeness",
    "concentration",
    "durations",
    "factor_ends",
    "gains_and_losses",
    "group_shares",
    "intervals",
    "losses",
    "model_growth",
    "overlap",
    "popularity",
    "pruning",
    "rank_weights",
    "recommendations",
    "resampled",
    "shares",
    "shelves",
    "shown_and_watched",
    "sparsity",
    "spectrum",
    "taste_map",
    "thin_times_thin",
    "timeline",
    "tornado",
    "trade_off",
    "tuning_curve",
    "tuning_curves",
    "two_qualities",
    "unheard",
]
