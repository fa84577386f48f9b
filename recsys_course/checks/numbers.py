"""What counts, amounts, shares and arrays of numbers must be like, or one line that says so."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recsys_course.errors import CourseError

LARGEST = 1e15  # of an amount or a weight: with it, sums of squares fit into a float32


def check_count(value: int, name: str, least: int = 1) -> None:
    """Refuse anything but a whole number from 1, or another least one, up.

    Parameters
    ----------
    value : int
        A count such as N or K, or a seed.
    name : str
        What the message calls it.
    least : int, default 1
        The smallest that is allowed.

    Raises
    ------
    CourseError
        If it isn't one.

    Examples
    --------
    >>> check_count(0, "K")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: K: expected a whole number from 1 up, not 0
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise CourseError(f"{name}: expected a whole number from {least} up, not {value!r}")


def check_amount(value: float, name: str, zero: bool = False) -> None:
    """Refuse anything but a number above 0, and not so large that computing with it fails.

    Parameters
    ----------
    value : float
        A parameter such as alpha.
    name : str
        What the message calls it.
    zero : bool, default False
        Whether 0 is allowed, too.

    Raises
    ------
    CourseError
        If it isn't one.

    Examples
    --------
    >>> check_amount(-1, "alpha")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: alpha: expected a finite number above 0, not -1
    """
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not (number and (0 < value <= LARGEST or (zero and value == 0))):
        range_ = "from 0 up" if zero else "above 0"
        most = f", at most {LARGEST:g}" if number and value > LARGEST else ""
        raise CourseError(f"{name}: expected a finite number {range_}{most}, not {value!r}")


def check_share(value: float, name: str) -> None:
    """Refuse anything but a number above 0 and below 1.

    Parameters
    ----------
    value : float
        A share such as that of the rows to hold out.
    name : str
        What the message calls it.

    Raises
    ------
    CourseError
        If it isn't one.

    Examples
    --------
    >>> check_share(20, "test_share")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: test_share: expected a number above 0 and below 1, not 20; \
for 20 % write 0.2
    """
    if not isinstance(value, float | int | np.number) or not 0 < value < 1:
        hint = f"; for {value} % write {value / 100}" if value in range(2, 100) else ""
        raise CourseError(f"{name}: expected a number above 0 and below 1, not {value!r}{hint}")


def whole_numbers(values: int | ArrayLike, name: str) -> NDArray[np.int64]:
    """Return whole numbers, such as ids or indices, as an array.

    Parameters
    ----------
    values : int or array of int
        Of any shape; nothing at all counts as whole numbers, too.
    name : str
        What the message calls them.

    Returns
    -------
    ndarray of int64
        Without dimensions for a single one.

    Raises
    ------
    CourseError
        If they aren't whole, or too large.

    Examples
    --------
    >>> whole_numbers([0.5], "userid")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: userid: expected whole numbers, found float64
    """
    array = np.asarray(values)
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise CourseError(f"{name}: expected whole numbers, found {array.dtype}")
    if array.dtype == np.uint64 and array.size and array.max() >= 2**63:
        raise CourseError(f"{name}: {array.max()} is too large, ids go up to 2**63 - 1")
    return array.astype(np.int64, copy=False)


def finite_numbers(values: ArrayLike, name: str, dimensions: int | None = None) -> NDArray[Any]:
    """Return finite numbers as an array in single or double precision.

    Parameters
    ----------
    values : array of float
        Such as ratings or factors.
    name : str
        What the message calls them.
    dimensions : int, optional
        How many the array must have.

    Returns
    -------
    ndarray of float32 or float64
        `values` itself if it is such an array already.

    Raises
    ------
    CourseError
        If they aren't numbers, not finite or have another number of dimensions.

    Examples
    --------
    >>> finite_numbers([[1.0, np.nan]], "item_factors")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: item_factors, row 0, column 1: expected a finite number, \
found nan
    """
    try:
        array = np.asarray(values)
    except ValueError:
        array = np.empty(0, object)  # rows of different lengths
    if array.dtype.kind not in "biuf" or dimensions not in (None, array.ndim):
        form = "" if dimensions is None else f" with {dimensions} dimension(s)"
        raise CourseError(
            f"{name}: expected an array of numbers{form}, found {array.dtype} with {array.ndim}"
        )
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    good = np.isfinite(array)
    if not good.all():
        at = np.unravel_index(np.argmin(good), array.shape)
        place = ", row " + ", column ".join(map(str, at)) if at else ""
        raise CourseError(f"{name}{place}: expected a finite number, found {array[at]:g}")
    return array
