"""Bootstrap intervals: exact cases, a hand-written bootstrap, and how often they cover."""

import random

import numpy as np
import pytest

from recsys_course import statistics
from recsys_course.errors import CourseError
from recsys_course.metrics import paired_difference
from recsys_course.statistics import intervals


def test_many_equal_users_leave_nothing_uncertain():
    assert paired_difference([3.0] * 30, [1.0] * 30) == (2.0, 2.0, 2.0)


def test_three_equal_users_are_not_many():
    # -3, 2, 2, 2 and 3 are drawn from: the mean of five is at most 3, at least -3
    mean, low, high = paired_difference([3.0, 3.0, 3.0], [1.0, 1.0, 1.0])
    assert (mean, low < 0, 2 < high <= 3) == (2.0, True, True)


def test_two_users_can_only_be_drawn_in_three_ways():
    # means 0, 1/2 and 1 with chances 1/4, 1/2, 1/4
    assert intervals(np.array([[0.0], [1.0]]), 1000, 0).ravel().tolist() == [0, 1]


def test_the_difference_is_of_the_same_users():
    tastes = np.linspace(0, 1, 200)  # some users are easy to please, by any model
    mean, low, high = paired_difference(tastes + 0.01, tastes)
    assert (mean, low, high) == pytest.approx((0.01, 0.01, 0.01))
    one, other = intervals(np.column_stack([tastes + 0.01, tastes]), 1000, 0).T
    assert one[0] < other[1]  # the intervals of both overlap widely


def test_users_without_a_value_on_either_side_are_left_out():
    first = [1.0, 2.0, np.nan, 4.0]
    second = [0.0, np.nan, 7.0, 1.0]
    assert paired_difference(first, second)[0] == (1 + 3) / 2
    # the 7 of a user who has no other value is no value that could have been
    assert paired_difference(first, second) == paired_difference([1.0, 4.0], [0.0, 1.0])


def by_hand(values, resamples):
    """Draw the users again and again with the standard library."""
    generator = random.Random(1)
    means = sorted(
        sum(generator.choices(values, k=len(values))) / len(values) for _ in range(resamples)
    )
    return means[int(0.025 * resamples)], means[int(0.975 * resamples)]


def test_against_a_bootstrap_written_by_hand():
    values = [random.Random(number).expovariate(1) for number in range(80)]  # skewed
    low, high = by_hand(values, 8000)
    found = intervals(np.array(values)[:, None], 8000, 0).ravel()
    assert found == pytest.approx([low, high], abs=0.05 * (high - low))


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    # 400 experiments of 100 users each, the true mean is 1
    values = np.random.default_rng(2).exponential(1, size=(100, 400))
    low, high = intervals(values, 1000, 0)
    assert 0.91 < ((low < 1) & (high > 1)).mean() < 0.97


@pytest.mark.parametrize("users", [30, 60, 120, 400])
@pytest.mark.parametrize("rate", [0.01, 0.03, 0.1])
@pytest.mark.parametrize("worth", [[1.0], [0.1, 0.2, 1 / 3, 0.5, 1.0]], ids=["hits", "recalls"])
def test_intervals_cover_the_truth_where_few_users_have_a_hit(users, rate, worth):
    # 300 experiments; without the two users more, as few as 28 in 100 would cover it
    draw = np.random.default_rng(6)
    values = (draw.random((users, 300)) < rate) * draw.choice(worth, size=(users, 300))
    ends = np.tile([[0.0], [1.0]], 300)
    low, high = intervals(values, 400, 0, ends)
    truth = rate * np.mean(worth)
    assert ((low <= truth) & (truth <= high)).mean() > 0.91


@pytest.mark.parametrize("users", [60, 200])
@pytest.mark.parametrize("rate", [0.03, 0.1])
def test_two_models_that_are_equally_good_are_seldom_told_apart(users, rate):
    draw = np.random.default_rng(7)
    told_apart = 0
    for _ in range(200):
        recalls = (draw.random((2, users)) < rate) * draw.choice([0.2, 0.5, 1], size=(2, users))
        _, low, high = paired_difference(*recalls, resamples=400)
        told_apart += low > 0 or high < 0
    assert told_apart <= 0.06 * 200  # without the two users more, up to 11 in 100


@pytest.mark.parametrize("seed", [-1, 1.5, None, True, "0"])
def test_a_seed_that_is_none_is_named(seed):
    with pytest.raises(CourseError, match=r"^seed: expected a whole number from 0 up, not "):
        paired_difference([1.0], [0.0], seed=seed)


def test_a_user_who_does_not_count_in_one_column_counts_in_the_others():
    values = np.random.default_rng(3).random((60, 2))
    partly = values.copy()
    partly[:20, 0] = np.nan
    found = intervals(partly, 2000, 0)
    assert found[:, 1].tolist() == intervals(values, 2000, 0)[:, 1].tolist()
    alone = intervals(values[20:, :1], 2000, 0).ravel()
    width = alone[1] - alone[0]
    assert found[:, 0] == pytest.approx(alone, abs=0.1 * width)


def test_a_column_in_which_nobody_counts_has_no_interval():
    found = intervals(np.array([[np.nan, 1.0], [np.nan, 3.0]]), 100, 0)
    assert np.isnan(found[:, 0]).all()
    assert found[:, 1].tolist() == [1, 3]


def test_a_column_in_which_hardly_anybody_counts_warns_of_nothing():
    values = np.full((30, 1), np.nan)
    values[0] = 5.0  # a third of the resamples miss this user
    assert intervals(values, 200, 0).ravel().tolist() == [5, 5]


def test_all_columns_see_the_same_draws_and_the_seed_fixes_them():
    values = np.random.default_rng(4).random(50)
    found = intervals(np.column_stack([values, -values]), 500, 7)
    assert found[0, 0] == pytest.approx(-found[1, 1])
    assert found[1, 0] == pytest.approx(-found[0, 1])
    again = intervals(np.column_stack([values, -values]), 500, 7)
    other = intervals(np.column_stack([values, -values]), 500, 8)
    assert again.tolist() == found.tolist()
    assert other.tolist() != found.tolist()


def test_the_size_of_the_blocks_does_not_show(monkeypatch):
    values = np.random.default_rng(5).random((50, 2))
    whole = intervals(values, 101, 0)
    monkeypatch.setattr(statistics, "BLOCK_CELLS", 350)
    assert intervals(values, 101, 0) == pytest.approx(whole, rel=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "resamples", "message"),
    [
        ([1.0, 2.0], [1.0], 10, r"for the same users, found shapes \(2,\) and \(1,\)"),
        ([[1.0]], [[1.0]], 10, "one value per user"),
        ([np.nan], [1.0], 10, "no user has a value in both"),
        ([], [], 10, "no user has a value in both"),
        ([1.0], [2.0], 0, "resamples: expected a whole number from 1 up, not 0"),
    ],
)
def test_unusable_input_is_refused_in_one_line(first, second, resamples, message):
    with pytest.raises(CourseError, match=message) as error:
        paired_difference(first, second, resamples)
    assert "\n" not in str(error.value)
