"""What a process or its sibling has computed before, from the same data and settings.

A mistake somewhere in the homework leaves most models and lists as they are, and to compute these
again for each submission of a bank would cost most of its time. What must not be the same is never
remembered: a fit without a seed, or one that says something.
"""

import inspect

import joblib
import numpy as np
from implicit import nearest_neighbours
from implicit._nearest_neighbours import all_pairs_knn
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

from recsys_course import homework
from recsys_course.data import synthetic
from recsys_course.homework import rates

fit = AlternatingLeastSquares.fit
make = synthetic.make
OTHER = 11  # seed of the cinema that hidden tests look at


def after(before, user_items):
    """The state of a model after its fit."""
    model = AlternatingLeastSquares.__new__(AlternatingLeastSquares)
    vars(model).update(before)
    fit(model, user_items, show_progress=False)
    return vars(model)


def neighbours(items, K, num_threads):
    """The neighbours of items that implicit finds."""
    return all_pairs_knn(items, K, num_threads=num_threads, show_progress=False)


def remember(folder):
    """Keep what is computed from now on in a folder, and take it from there."""
    memory = joblib.Memory(folder, verbose=0)
    homework.neighbour_lists = rates.neighbour_lists = memory.cache(rates.neighbour_lists)
    rates._places = memory.cache(rates._places)
    kept = memory.cache(after)
    found = memory.cache(neighbours)
    other = make(seed=OTHER)

    def fit_or_remember(self, user_items, show_progress=True, callback=None):
        usual = isinstance(user_items, csr_matrix) and user_items.dtype == np.float32
        if usual and isinstance(self.random_state, int) and not show_progress and not callback:
            vars(self).update(kept(vars(self), user_items))
        else:
            fit(self, user_items, show_progress, callback)

    def find_or_remember(items, K=100, num_threads=0, show_progress=True):
        if show_progress:
            return all_pairs_knn(items, K, num_threads, show_progress)
        return found(items, K, num_threads)

    def make_or_remember(size=synthetic.SMALL, seed=0, lang="en"):
        usual = (size, seed, lang) == (synthetic.SMALL, OTHER, "en")
        return other if usual else make(size, seed, lang)

    assert inspect.signature(fit_or_remember) == inspect.signature(fit)
    AlternatingLeastSquares.fit = fit_or_remember
    synthetic.make = make_or_remember
    nearest_neighbours.all_pairs_knn = find_or_remember
