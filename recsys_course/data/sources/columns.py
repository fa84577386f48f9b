"""What a cell of a source's file may hold: the same rule for reading fast and for explaining."""

import sys
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv


@dataclass(frozen=True)
class Column:
    """A column of a file: its Arrow type, its bounds, and the words for a person.

    Parameters
    ----------
    name : str
        As in the file.
    type : pyarrow.DataType
        What Arrow has to make of each cell.
    expected : str
        The end of a sentence that begins with "expected", with an example.
    low, high : float, optional
        Smallest and largest value, both allowed; given together or not at all.
    filled : bool
        Whether an empty cell is a mistake.
    or_empty : bool
        Whether a filled column may be empty from top to bottom: the source doesn't know it.
    unique : bool
        Whether a value may stand in the column only once.
    whole : bool
        Whether only whole numbers are meant, where the type is that of real numbers.
    loose : pyarrow.DataType, optional
        What to read instead where that type fails: pandas writes whole numbers as ``3519.0`` if
        the column once had a gap.
    """

    name: str
    type: pa.DataType
    expected: str
    low: float | None = None
    high: float | None = None
    filled: bool = False
    or_empty: bool = False
    unique: bool = False
    whole: bool = False
    loose: pa.DataType | None = None

    def settled(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """Turn what was read as `loose` into whole numbers, where those are meant."""
        if values.type != pa.string() or self.type != pa.int64():
            return values
        bare = pc.utf8_trim(values, " \t")  # as Arrow does with numbers
        # by way of floats, those above 2**53 would change
        return pc.replace_substring_regex(bare, r"^(\d+)\.0+$", r"\1").cast(pa.int64())

    def within(self, values: pa.ChunkedArray) -> bool:
        """Tell whether each value by itself keeps to this column's rules."""
        if self.filled and (values.null_count or _has_nan(values)):
            return False
        if self.whole:
            whole = pc.or_(pc.is_nan(values), pc.equal(values, pc.floor(values)))
            if not pc.all(whole, min_count=0).as_py():
                return False
        if self.low is None or self.high is None:
            return True
        bounds = pc.min_max(values).as_py()  # of the known values; None or NaN where there are none
        return bounds["min"] is None or not (bounds["min"] < self.low or bounds["max"] > self.high)

    def accepts(self, values: pa.ChunkedArray) -> bool:
        """Tell whether a whole column keeps to the rules."""
        if self.or_empty and values.null_count == len(values):
            return True
        if self.unique and pc.count_distinct(values).as_py() < len(values):
            return False
        return self.within(values)


def _has_nan(values: pa.ChunkedArray) -> bool:
    return pa.types.is_floating(values.type) and bool(pc.any(pc.is_nan(values)).as_py())


def convert_options(columns: tuple[Column, ...], loose: bool = False) -> csv.ConvertOptions:
    """Give Arrow the types of the columns to read; only an empty cell means unknown."""
    return csv.ConvertOptions(
        column_types={column.name: (loose and column.loose) or column.type for column in columns},
        include_columns=[column.name for column in columns],
        null_values=[""],
        strings_can_be_null=True,
    )


def ident(name: str, unique: bool = False) -> Column:
    """Column of ids. Zero is allowed, KION has a user 0; implicit takes negative ones amiss."""
    expected = "a whole number, 0 or more, such as 64103"
    return _whole(name, expected, 2**63 - 1, pa.string(), filled=True, unique=unique)


def seconds(name: str) -> Column:
    """Column of durations."""
    return _real(name, "seconds as a number, 0 or more, such as 668", low=0)


def moment(name: str) -> Column:
    """Column of points in time with their zone, all of them known or none."""
    expected = "a time with its zone, such as 2019-04-09 03:34:51+00:00"
    return Column(name, pa.timestamp("us", "UTC"), expected, filled=True, or_empty=True)


def epoch(name: str) -> Column:
    """Column of points in time as Unix seconds, up to the year 2106, all known or none.

    A fraction is kept; to the microsecond, a float64 is exact there.
    """
    expected = "seconds since 1970, such as 964982703"
    return _whole(name, expected, 2**32, pa.float64(), filled=True, or_empty=True)


def day(name: str, filled: bool = False, such_as: str = "2017-10-23") -> Column:
    """Column of dates; where they have to be filled, all are known or none."""
    expected = f"a date such as {such_as}"
    return Column(name, pa.timestamp("us"), expected, filled=filled, or_empty=filled)


def year(name: str) -> Column:
    """Column of years."""
    return _real(name, "a year such as 1995", low=1, high=9999, whole=True)


def number(name: str, low: float, high: float) -> Column:
    """Column of numbers between two bounds."""
    return _real(name, f"a number from {low:g} to {high:g}", low=low, high=high)


def reference(name: str) -> Column:
    """Column of ids that may be empty."""
    return _whole(name, "a whole number, 0 or more, or nothing", 2**63 - 1, pa.string())


def text(name: str) -> Column:
    """Column of free text."""
    return Column(name, pa.string(), "UTF-8 text")


def label(name: str) -> Column:
    """Column of a few texts that repeat."""
    return Column(name, pa.dictionary(pa.int32(), pa.string()), "UTF-8 text")


def _whole(
    name: str,
    expected: str,
    high: int,
    loose: pa.DataType,
    filled: bool = False,
    or_empty: bool = False,
    unique: bool = False,
) -> Column:
    return Column(name, pa.int64(), expected, 0, high, filled, or_empty, unique, loose=loose)


def _real(
    name: str, expected: str, low: float, high: float = sys.float_info.max, whole: bool = False
) -> Column:
    # the largest finite number as a bound keeps "inf" out
    return Column(name, pa.float64(), expected, low=low, high=high, whole=whole)
