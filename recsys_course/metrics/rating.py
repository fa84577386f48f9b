"""How far predicted ratings are from given ones."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recsys_course.checks.numbers import finite_numbers
from recsys_course.errors import CourseError


def rmse(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Root of the mean squared error: ``sqrt(mean((predicted - actual)^2))``.

    One error of 4 weighs as much as sixteen errors of 1. It was the measure of the Netflix Prize;
    it says nothing of items that nobody rated, which are those that a recommender chooses from.

    Parameters
    ----------
    predicted : array of float
        What the model says.
    actual : array of float, same shape
        What the users gave.

    Returns
    -------
    float
        From 0 up, in units of the rating.

    Raises
    ------
    CourseError
        If the shapes differ, there is nothing, or a value isn't a finite number.

    References
    ----------
    Bennett, Lanning (2007), The Netflix Prize.

    Examples
    --------
    >>> rmse([3, 4, 5, 1], [3, 4, 5, 5])
    2.0
    """
    return float(np.sqrt(np.mean(_errors(predicted, actual) ** 2)))


def mae(predicted: ArrayLike, actual: ArrayLike) -> float:
    """Mean absolute error: ``mean(|predicted - actual|)``.

    Parameters
    ----------
    predicted : array of float
        What the model says.
    actual : array of float, same shape
        What the users gave.

    Returns
    -------
    float
        From 0 up, in units of the rating; never above `rmse`.

    Raises
    ------
    CourseError
        If the shapes differ, there is nothing, or a value isn't a finite number.

    Examples
    --------
    >>> mae([3, 4, 5, 1], [3, 4, 5, 5])
    1.0
    """
    return float(np.mean(np.abs(_errors(predicted, actual))))


def _errors(predicted: ArrayLike, actual: ArrayLike) -> NDArray[np.float64]:
    left, right = finite_numbers(predicted, "predicted"), finite_numbers(actual, "actual")
    if left.shape != right.shape:
        raise CourseError(
            f"predicted and actual: expected one shape, found {left.shape} and {right.shape}"
        )
    if not left.size:
        raise CourseError("predicted and actual: no ratings, so there is nothing to measure")
    return np.subtract(left, right, dtype=np.float64)
