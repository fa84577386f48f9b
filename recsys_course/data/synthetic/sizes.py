"""How big a synthetic cinema is: five totals that it meets exactly."""

import math
from dataclasses import dataclass, fields

from recsys_course.errors import DataError

# A sample of the rows keeps the history of its users whole but sees fewer different items:
# with a twentieth of the users, a tenth of the items keeps the matrix as learnable as it was.
_ITEMS_EXPONENT = math.log(10, 20)

# Sorting packs a user, an item and a row number into one 63-bit integer; three bits are spare.
_PACKED_LIMIT = 2**60


@dataclass(frozen=True)
class Size:
    """Exact totals of a synthetic cinema.

    Parameters
    ----------
    rows : int
        Views in all: rows of the views frame.
    users : int
        Users with at least one view.
    items : int
        Contents (films and episodes) with at least one view.
    pairs : int
        Distinct pairs of user and content.
    catalogue : int
        Contents in the catalogue, watched or not.

    Raises
    ------
    DataError
        If no cinema can have these totals; the message says which one to change.

    Examples
    --------
    >>> Size(rows=120, users=10, items=20, pairs=90, catalogue=50).pairs
    90
    >>> Size(rows=120, users=100, items=20, pairs=90, catalogue=50)
    Traceback (most recent call last):
    recsys_course.errors.DataError: size: 90 pairs are too few for 100 users, \
each of whom watches something; give at least 100 pairs
    """

    rows: int
    users: int
    items: int
    pairs: int
    catalogue: int

    def __post_init__(self) -> None:
        for field in fields(self):
            total = getattr(self, field.name)
            if not isinstance(total, int) or isinstance(total, bool) or total < 1:
                raise DataError(
                    f"size: {field.name} is {total!r}; give a whole number of at least 1"
                )
        if self.pairs < self.users:
            raise DataError(
                f"size: {self.pairs} pairs are too few for {self.users} users, each of whom"
                f" watches something; give at least {self.users} pairs"
            )
        if self.pairs < self.items:
            raise DataError(
                f"size: {self.pairs} pairs are too few for {self.items} items, each of which"
                f" is watched; give at least {self.items} pairs"
            )
        if self.pairs > self.users * self.items:
            raise DataError(
                f"size: {self.users} users and {self.items} items have only"
                f" {self.users * self.items} different pairs, not {self.pairs}; give fewer pairs"
            )
        if self.rows < self.pairs:
            raise DataError(
                f"size: {self.rows} rows are too few for {self.pairs} different pairs;"
                f" give at least {self.pairs} rows"
            )
        if self.items > self.catalogue:
            raise DataError(
                f"size: {self.items} items are watched but the catalogue has only"
                f" {self.catalogue}; give a catalogue of at least {self.items}"
            )
        if self.rows * self.users * self.items >= _PACKED_LIMIT or self.catalogue >= 2**31:
            raise DataError(
                "size: the cinema is too big to be made in memory; give fewer rows, users or items"
            )

    def scaled(self, share: float) -> "Size":
        """Give the totals of a smaller (or bigger) cinema of the same nature.

        Rows, users and pairs shrink with the share, so that a user keeps as many items; items and
        catalogue shrink slower, with share ** 0.77, as in a sample of users of a real service.

        Parameters
        ----------
        share : float
            Part of the users to keep, above 0; 1 changes nothing.

        Returns
        -------
        Size
            The scaled totals, each rounded to a whole number.

        Raises
        ------
        DataError
            If the share isn't a positive number, or so small that the totals contradict each
            other.

        Examples
        --------
        >>> FULL.scaled(1 / 20) == SMALL
        True
        """
        if not 0 < share < 1e6:  # also where it isn't a number; more would fit no memory
            expected = "a number above 0 and below a million, for example 0.05"
            raise DataError(f"size: share is {share!r}; give {expected}")
        items_share = share**_ITEMS_EXPONENT
        return Size(
            rows=round(self.rows * share),
            users=round(self.users * share),
            items=round(self.items * items_share),
            pairs=round(self.pairs * share),
            catalogue=round(self.catalogue * items_share),
        )


FULL = Size(rows=1_408_597, users=124_262, items=44_053, pairs=1_090_851, catalogue=141_321)
"""The totals of the data that the course was first taught on."""

SMALL = Size(rows=70_430, users=6_213, items=4_405, pairs=54_543, catalogue=14_132)
"""The default: a twentieth of the users, a tenth of the items, ready in a blink."""

SIZES = {"small": SMALL, "full": FULL}
