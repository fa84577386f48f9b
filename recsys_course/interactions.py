"""From a frame of views to the user-item matrix, and between public ids and matrix indices."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from recsys_course.checks.numbers import whole_numbers
from recsys_course.checks.views import check_views, seconds_of
from recsys_course.errors import CourseError, UnknownIdError

Weight = Literal["binary", "count"] | Callable[[NDArray[np.float64]], ArrayLike]


@dataclass(frozen=True, eq=False)
class Interactions:
    """Who watched what, as a sparse matrix with the public ids of its rows and columns.

    Attributes
    ----------
    user_items : csr_matrix of float32, shape (users, items)
        Rows are users, columns are items. Indices are sorted and no pair is stored twice.
    user_ids : ndarray of int64, shape (users,)
        The ``user_id`` of each row, ascending.
    content_ids : ndarray of int64, shape (items,)
        The ``content_id`` of each column, ascending.

    Examples
    --------
    >>> views = pd.DataFrame({"user_id": [70, 70, 70, 30], "content_id": [9, 5, 5, 9]})
    >>> watched = Interactions.from_views(views)
    >>> watched.user_items.toarray()
    array([[0., 1.],
           [1., 1.]], dtype=float32)
    >>> watched.user_index(70)
    1
    >>> watched.content_id([1, 0, -1])
    array([ 9,  5, -1])
    """

    user_items: sparse.csr_matrix
    user_ids: NDArray[np.int64]
    content_ids: NDArray[np.int64]

    @classmethod
    def from_views(
        cls,
        views: pd.DataFrame,
        weight: Weight = "binary",
        *,
        user_ids: ArrayLike | None = None,
        content_ids: ArrayLike | None = None,
        unknown: Literal["raise", "drop"] = "raise",
    ) -> "Interactions":
        """Build the user-item matrix of a frame of views.

        Parameters
        ----------
        views : DataFrame
            Columns ``user_id`` and ``content_id``; ``view_duration`` (seconds) too if `weight`
            is a function. A pair may have any number of rows.
        weight : {"binary", "count"} or callable, default "binary"
            The value of a pair: 1, the number of its views, or what the function makes of the
            pairs' total seconds (float64 array in, array of the same length out). A pair whose
            weight is 0 is left out.
        user_ids, content_ids : array of int, optional
            The rows and columns to lay the matrix out in, ascending; those of `views` by default.
            With the ids of a training matrix, a test matrix gets the same rows and columns.
        unknown : {"raise", "drop"}, default "raise"
            What to do with views outside of `user_ids` and `content_ids`.

        Returns
        -------
        Interactions
            The matrix and the ids of its rows and columns.

        Raises
        ------
        DataError
            If a column is missing, the frame is empty, or a duration is unknown but needed.
        UnknownIdError
            If a view is outside of the given ids and `unknown` is "raise".
        CourseError
            If an argument is unusable, or `weight` returns something other than a finite,
            non-negative number for each pair.

        Examples
        --------
        >>> views = pd.DataFrame(
        ...     {"user_id": [1, 1, 2], "content_id": [7, 7, 8], "view_duration": [60.0, 40.0, 9.0]}
        ... )
        >>> Interactions.from_views(views, "count").user_items.toarray()
        array([[2., 0.],
               [0., 1.]], dtype=float32)
        >>> Interactions.from_views(views, lambda seconds: seconds >= 30).user_items.toarray()
        array([[1., 0.],
               [0., 0.]], dtype=float32)
        """
        if not (callable(weight) or weight in ("binary", "count")):
            raise CourseError(f'weight: expected "binary", "count" or a function, not {weight!r}')
        if unknown not in ("raise", "drop"):
            raise CourseError(f'unknown: expected "raise" or "drop", not {unknown!r}')
        check_views(views, "user_id", "content_id")
        seconds = seconds_of(views) if callable(weight) else None
        rows, users = _encode(views["user_id"], user_ids, unknown)
        columns, contents = _encode(views["content_id"], content_ids, unknown)
        if unknown == "drop":
            known = (rows >= 0) & (columns >= 0)
            rows, columns = rows[known], columns[known]
            seconds = None if seconds is None else seconds[known]
        values = np.ones(len(rows), np.float32) if seconds is None else seconds
        matrix = sparse.csr_matrix((values, (rows, columns)), shape=(len(users), len(contents)))
        if weight == "binary":
            matrix.data[:] = 1
        elif callable(weight):
            matrix.data = _weighted(weight, matrix.data)
            matrix.eliminate_zeros()
        return cls(matrix, users, contents)

    @overload
    def user_index(self, user_id: int) -> int: ...
    @overload
    def user_index(self, user_id: ArrayLike) -> NDArray[np.int64]: ...
    def user_index(self, user_id: Any) -> Any:
        """Rows of public user ids.

        Parameters
        ----------
        user_id : int or array of int
            Public ids.

        Returns
        -------
        int or ndarray of int64
            The row of each, shaped as `user_id`.

        Raises
        ------
        UnknownIdError
            If the matrix has no such user; the message names the first unknown ids.
        """
        return _index(user_id, self.user_ids, "user_id")

    @overload
    def item_index(self, content_id: int) -> int: ...
    @overload
    def item_index(self, content_id: ArrayLike) -> NDArray[np.int64]: ...
    def item_index(self, content_id: Any) -> Any:
        """Columns of public content ids.

        Parameters
        ----------
        content_id : int or array of int
            Public ids.

        Returns
        -------
        int or ndarray of int64
            The column of each, shaped as `content_id`.

        Raises
        ------
        UnknownIdError
            If the matrix has no such item; the message names the first unknown ids.
        """
        return _index(content_id, self.content_ids, "content_id")

    @overload
    def content_id(self, index: int) -> int: ...
    @overload
    def content_id(self, index: ArrayLike) -> NDArray[np.int64]: ...
    def content_id(self, index: Any) -> Any:
        """Public content ids of columns, as for the lists that a model recommends.

        Parameters
        ----------
        index : int or array of int
            Columns. -1, a model's "no recommendation", stays -1; ``content_ids[-1]`` would be
            the last item of the catalogue.

        Returns
        -------
        int or ndarray of int64
            The content id of each, shaped as `index`.

        Raises
        ------
        UnknownIdError
            If an index is below -1 or beyond the last column.
        """
        columns = whole_numbers(index, "index")
        items = len(self.content_ids)
        outside = columns[(columns < -1) | (columns >= items)]
        if outside.size:
            raise UnknownIdError(
                f"index {outside.flat[0]}: expected a column of the matrix, 0 to {items - 1}"
            )
        found = np.append(self.content_ids, -1)[columns]
        return int(found) if found.ndim == 0 else found


def _encode(
    column: pd.Series, ids: ArrayLike | None, unknown: str
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Index of each value among the ids, -1 where it is none of them; and the ids."""
    values = column.to_numpy(np.int64)
    if ids is None:
        return cast("tuple[Any, Any]", pd.factorize(values, sort=True))
    given = whole_numbers(ids, f"{column.name}s")
    if given.ndim != 1 or (given[1:] <= given[:-1]).any():
        raise CourseError(
            f"{column.name}s: expected ascending ids, each once; pass numpy.unique(ids)"
        )
    if given.size and given[0] < 0:
        raise CourseError(f"{column.name}s: found {given[0]}, expected ids from 0 up")
    index = pd.Index(given).get_indexer(pd.Index(values))
    if unknown == "raise" and (index < 0).any():
        message = _unknown(values[index < 0], len(given), str(column.name))
        raise UnknownIdError(f'{message}; unknown="drop" leaves their views out')
    return index, given


def _index(values: ArrayLike, ids: NDArray[np.int64], name: str) -> int | NDArray[np.int64]:
    wanted = whole_numbers(values, name)
    index = np.searchsorted(ids, wanted)
    known = np.zeros(wanted.shape, bool)
    if len(ids):
        known = ids[np.minimum(index, len(ids) - 1)] == wanted
    if not known.all():
        raise UnknownIdError(_unknown(wanted[~known], len(ids), name))
    return int(index) if index.ndim == 0 else index.astype(np.int64, copy=False)


def _unknown(values: NDArray[np.int64], size: int, name: str) -> str:
    """Say which ids are unknown: the first three, in the order given, and how many there are."""
    ids = pd.unique(values.ravel())
    if len(ids) == 1:
        return f"{name} {ids[0]} is not among the {size:,} that the matrix knows"
    first = ", ".join(map(str, ids[:3])) + (", ..." if len(ids) > 3 else "")
    return f"{len(ids):,} {name}s are not among the {size:,} that the matrix knows: {first}"


def _weighted(
    weight: Callable[[NDArray[np.float64]], ArrayLike], seconds: NDArray[np.float64]
) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        weights = np.asarray(weight(seconds)).astype(np.float32)
    if weights.shape != seconds.shape:
        raise CourseError(
            f"weight: expected one number for each of {len(seconds):,} pairs, "
            f"got an array of shape {weights.shape}"
        )
    bad = ~(np.isfinite(weights) & (weights >= 0))
    if bad.any():
        raise CourseError(
            f"weight: expected finite numbers from 0 up, "
            f"got {weights[bad][0]} for {seconds[bad][0]:g} seconds"
        )
    return weights
