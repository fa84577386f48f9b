"""Pictures of the lessons: each function draws on one Axes and returns it."""

from recsys_course.plots.business import (
    chance,
    outcomes,
    shelves,
    tornado,
    trade_off,
    unheard,
)
from recsys_course.plots.factors import factor_ends, taste_map, thin_times_thin
from recsys_course.plots.first_look import bars, concentration, durations, known, shares
from recsys_course.plots.learning import curve, growth, losses, pruning, spectrum
from recsys_course.plots.quality import (
    intervals,
    plane,
    rank_weights,
    resampled,
    shown_and_watched,
    timeline,
)
from recsys_course.plots.views import activity, overlap, popularity, recommendations, sparsity

__all__ = [
    "activity",
    "bars",
    "chance",
    "concentration",
    "curve",
    "durations",
    "factor_ends",
    "growth",
    "intervals",
    "known",
    "losses",
    "outcomes",
    "overlap",
    "plane",
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
    "unheard",
]
