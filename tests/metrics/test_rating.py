"""RMSE and MAE by hand, and what they refuse."""

import numpy as np
import pytest

from recsys_course.errors import CourseError
from recsys_course.metrics import mae, rmse


def test_by_hand():
    predicted, actual = [1.0, 2.0, 3.0], [2, 2, 5]  # off by 1, 0, 2
    assert rmse(predicted, actual) == pytest.approx((5 / 3) ** 0.5)
    assert mae(predicted, actual) == pytest.approx(1)
    assert rmse(actual, actual) == mae(actual, actual) == 0


def test_one_large_error_weighs_more_in_rmse():
    few, many = [4, 0, 0, 0], [1, 1, 1, 1]
    assert mae(few, [0] * 4) == mae(many, [0] * 4) == 1
    assert rmse(few, [0] * 4) == 2
    assert rmse(many, [0] * 4) == 1


def test_errors_are_those_of_double_precision():
    predicted, actual = np.array([0.1], np.float32), np.array([0.3], np.float32)
    assert mae(predicted, actual) == abs(float(predicted[0]) - float(actual[0]))


def test_arrays_of_any_shape():
    assert rmse(np.zeros((2, 2)), np.full((2, 2), 3)) == 3


@pytest.mark.parametrize("metric", [rmse, mae])
@pytest.mark.parametrize(
    ("predicted", "actual", "message"),
    [
        ([1, 2], [1, 2, 3], r"expected one shape, found \(2,\) and \(3,\)"),
        ([[1], [2]], [1, 2], r"expected one shape, found \(2, 1\) and \(2,\)"),
        ([], [], "^predicted and actual: no ratings, so there is nothing to measure$"),
        ([1, np.nan], [1, 2], "predicted, row 1: expected a finite number, found nan"),
        ([[1, 2]], [[1, np.inf]], "actual, row 0, column 1: expected a finite number, found inf"),
        (["good"], [1], "predicted: expected an array of numbers"),
        ([1, 2], [[1], [2, 3]], "actual: expected an array of numbers"),
    ],
)
def test_unusable_ratings_are_refused_in_one_line(metric, predicted, actual, message):
    with pytest.raises(CourseError, match=message) as error:
        metric(predicted, actual)
    assert "\n" not in str(error.value)
