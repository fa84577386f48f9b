"""Random draws and sorts that give the same result on every computer.

What is guaranteed: the stream is PCG64's ``random`` alone (53 random bits, the same on every
platform and numpy version); between the stream and the data stand only additions, products,
quotients and square roots, which IEEE 754 rounds in one way, comparisons and whole numbers.
Logarithms, exponentials and powers differ in their last bit between C libraries and vector units,
so they are used only in small tables whose entries are rounded far more coarsely than that; a draw
interpolates in the table. Weights are whole numbers, so that sums don't depend on their order, and
sorts are made on keys without ties.
"""

import functools
import math
from collections.abc import Callable, Iterable
from statistics import NormalDist

import numpy as np

_KNOTS = 1024  # knots of a table of quantiles; between them a quantile is nearly straight
_DECIMALS = 6  # kept of every table entry, ten more are computed: a last bit can't be seen


def tabulated(function: Callable[[float], float], arguments: Iterable[float]) -> np.ndarray:
    """Tabulate a function so that its values are the same on every computer.

    Parameters
    ----------
    function : callable
        From a number to a number below about a thousand.
    arguments : iterable of float
        Where to compute it.

    Returns
    -------
    numpy.ndarray of float64
        The values, rounded to six decimals.

    Examples
    --------
    >>> tabulated(math.log, [1, 2]).tolist()
    [0.0, 0.693147]
    """
    return np.array([round(function(argument), _DECIMALS) for argument in arguments])


@functools.cache
def _normal_quantiles() -> np.ndarray:
    outermost = 1 / (4 * _KNOTS)
    shares = [outermost, *(k / _KNOTS for k in range(1, _KNOTS)), 1 - outermost]
    return tabulated(NormalDist().inv_cdf, shares)


@functools.cache
def _exponential_quantiles() -> np.ndarray:
    shares = [*(k / _KNOTS for k in range(_KNOTS)), 1 - 1 / (4 * _KNOTS)]
    return tabulated(lambda share: -math.log(1 - share), shares)


class Dice:
    """A source of random arrays, fixed by its seed.

    Parameters
    ----------
    seed : int
        Any whole number from 0.
    stream : int
        Which of the independent streams of this seed: words drawn for titles must not shift what
        is drawn for views.

    Examples
    --------
    >>> Dice(0).below(6, 5).tolist()
    [3, 1, 0, 0, 4]
    """

    def __init__(self, seed: int, stream: int = 0) -> None:
        self._random = np.random.Generator(np.random.PCG64([seed, stream])).random

    def uniform(self, count: int) -> np.ndarray:
        """Draw numbers uniform in [0, 1).

        Parameters
        ----------
        count : int
            How many.

        Returns
        -------
        numpy.ndarray of float64, shape (count,)
        """
        return self._random(count)

    def below(self, limit: int | np.ndarray, count: int) -> np.ndarray:
        """Draw whole numbers uniform in [0, limit).

        Parameters
        ----------
        limit : int or numpy.ndarray of shape (count,)
            One limit for all, or one for each; below 2**52.
        count : int
            How many.

        Returns
        -------
        numpy.ndarray of int64, shape (count,)
        """
        return (self._random(count) * limit).astype(np.int64)

    def choose(self, weights: np.ndarray, count: int) -> np.ndarray:
        """Draw indices with probabilities proportional to whole-number weights.

        Parameters
        ----------
        weights : numpy.ndarray of integers
            Not negative, not all zero, of a sum below 2**52.
        count : int
            How many.

        Returns
        -------
        numpy.ndarray of int64, shape (count,)
        """
        cumulative = np.cumsum(weights, dtype=np.int64)
        return np.searchsorted(cumulative, self.below(int(cumulative[-1]), count), side="right")

    def shuffled(self, count: int) -> np.ndarray:
        """Draw a random order of the whole numbers below count.

        Parameters
        ----------
        count : int
            How many.

        Returns
        -------
        numpy.ndarray of int64, shape (count,)
        """
        return np.argsort(self._random(count), kind="stable")

    def normal(self, count: int) -> np.ndarray:
        """Draw standard normal numbers, cut at about 3.5 standard deviations.

        Parameters
        ----------
        count : int
            How many.

        Returns
        -------
        numpy.ndarray of float64, shape (count,)
        """
        return self._from_quantiles(_normal_quantiles(), count)

    def exponential(self, count: int) -> np.ndarray:
        """Draw exponential numbers of mean 1, cut at about 8.

        Parameters
        ----------
        count : int
            How many.

        Returns
        -------
        numpy.ndarray of float64, shape (count,)
        """
        return self._from_quantiles(_exponential_quantiles(), count)

    def _from_quantiles(self, quantiles: np.ndarray, count: int) -> np.ndarray:
        # not np.interp: its compiled formula may be fused into one rounding on some processors
        position = self._random(count) * _KNOTS
        knot = position.astype(np.int64)
        position -= knot
        low = quantiles[knot]
        return low + (quantiles[knot + 1] - low) * position


def starts(counts: np.ndarray) -> np.ndarray:
    """Give where each of several consecutive groups begins.

    Parameters
    ----------
    counts : numpy.ndarray of int64, shape (groups,)
        How many entries each group has.

    Returns
    -------
    numpy.ndarray of int64, shape (groups,)

    Examples
    --------
    >>> starts(np.array([2, 3, 1])).tolist()
    [0, 2, 5]
    """
    return np.cumsum(counts) - counts


def expand(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Write groups out entry by entry.

    Parameters
    ----------
    counts : numpy.ndarray of int64, shape (groups,)
        How many entries each group has.

    Returns
    -------
    owner, position : numpy.ndarray of int64, shape (counts.sum(),)
        The group of each entry, and its number within the group, from 0.

    Examples
    --------
    >>> owner, position = expand(np.array([2, 3]))
    >>> owner.tolist(), position.tolist()
    ([0, 0, 1, 1, 1], [0, 1, 0, 1, 2])
    """
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - np.repeat(starts(counts), counts)


def ordered(*columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sort by columns of whole numbers, the first one first; equal entries keep their order.

    Columns and row number are packed into one unique integer and sorted by value: several times
    faster than ``numpy.lexsort``, and without ties that a processor could break its own way.

    Parameters
    ----------
    *columns : numpy.ndarray of integers, shape (n,)
        Not negative; with the row number they must fit into 63 bits.

    Returns
    -------
    order : numpy.ndarray of int64, shape (n,)
        Row numbers in sorted order.
    is_first : numpy.ndarray of bool, shape (n,)
        In sorted order: whether the entry differs from the one before.

    Examples
    --------
    >>> order, is_first = ordered(np.array([2, 1, 2]))
    >>> order.tolist(), is_first.tolist()
    ([1, 0, 2], [True, True, False])
    """
    count = len(columns[0])
    key = np.zeros(count, np.int64)
    for column in columns:
        key <<= int(column.max(initial=0)).bit_length()
        key |= column
    row_bits = max(count - 1, 0).bit_length()
    key <<= row_bits
    key |= np.arange(count)
    key.sort()
    order = key & ((1 << row_bits) - 1)
    key >>= row_bits
    is_first = np.ones(count, bool)
    np.not_equal(key[1:], key[:-1], out=is_first[1:])
    return order, is_first


def first_rows(column: np.ndarray) -> np.ndarray:
    """Give the row of the first appearance of every value.

    Parameters
    ----------
    column : numpy.ndarray of integers, shape (n,)
        Not negative.

    Returns
    -------
    numpy.ndarray of int64
        Ascending row numbers, one for each different value.

    Examples
    --------
    >>> first_rows(np.array([7, 5, 7, 5, 6])).tolist()
    [0, 1, 4]
    """
    order, is_first = ordered(column)
    rows = order[is_first]
    rows.sort()
    return rows
