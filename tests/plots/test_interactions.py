"""Each picture shows the numbers it was given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import sparse

from recsys_course import plots

# user 1 watched 7 twice: it counts once
VIEWS = pd.DataFrame({"user_id": [1, 1, 1, 2, 3], "content_id": [7, 7, 8, 7, 7]})


def test_popularity_counts_each_user_of_an_item_once():
    line = plots.popularity(VIEWS).lines[0]
    assert line.get_xdata().tolist() == [1, 2]
    assert line.get_ydata().tolist() == [3, 1]


def test_activity_counts_each_item_of_a_user_once_and_marks_the_median():
    ax = plots.activity(VIEWS)
    assert ax.lines[0].get_ydata().tolist() == [2, 1, 1]
    assert [text.get_text() for text in ax.texts] == ["median 1"]


def test_both_axes_of_the_tails_are_logarithmic():
    for draw in (plots.popularity, plots.activity):
        ax = draw(VIEWS)
        assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_sparsity_draws_a_dot_per_filled_cell():
    matrix = sparse.csr_matrix(np.array([[0, 1, 0], [1, 0, 0]]))
    ax = plots.sparsity(matrix)
    dots = ax.collections[0].get_offsets()
    assert sorted(dots.tolist()) == [[0, 1], [1, 0]]
    assert ax.get_title() == "33.3% of the matrix is filled"


def test_sparsity_keeps_digits_where_little_is_filled():
    matrix = sparse.csr_matrix(([1.0], ([0], [0])), shape=(1000, 100))
    assert plots.sparsity(matrix).get_title() == "0.001% of the matrix is filled"


def test_overlap_puts_what_is_shared_before_what_is_new():
    own = sparse.csr_matrix([[0, 1, 1, 0]])
    others = sparse.csr_matrix([[1, 1, 0, 0], [1, 0, 1, 0]])
    ax = plots.overlap(own, others, labels=["a", "b", "c", "d"])
    # columns b, c (the user's own), then a (new, wanted by both); d was watched by nobody
    assert ax.get_images()[0].get_array().tolist() == [[1, 1, 0], [1, 0, 2], [0, 1, 2]]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["b", "c", "a"]


def test_recommendations_put_the_best_on_top():
    ax = plots.recommendations(["first", "second"], [0.9, 0.4], ["drama", "crime"], "For you")
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["first", "second"]
    assert ax.yaxis_inverted()
    assert [text.get_text().strip() for text in ax.texts] == ["drama", "crime"]
    assert ax.get_title() == "For you: 1 of 2 are drama"


def test_a_plot_goes_where_it_is_told():
    _, axes = plt.subplots(1, 2)
    assert plots.popularity(VIEWS, ax=axes[1]) is axes[1]
    assert not axes[0].lines


def test_recommendations_cut_long_texts_and_leave_out_missing_genres():
    title, genres = "Dr. Strangelove or: How I Learned to Stop Worrying", "Action|" * 9
    ax = plots.recommendations(["Up", title], [0.9, 0.4], [np.nan, genres])
    assert [text.get_text() for text in ax.get_yticklabels()] == [
        "Up",
        "Dr. Strangelove or: How I Learned to St…",
    ]
    assert [text.get_text() for text in ax.texts] == [" Action|Action|Action|Action|Action|Acti…"]
