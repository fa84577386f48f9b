"""The one protocol of all recommenders, and what every model of the course checks."""

import inspect
from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from recsys_course.checks.matrices import checked_matrix
from recsys_course.checks.numbers import check_count
from recsys_course.errors import CourseError
from recsys_course.models.asked import check_columns, check_range, checked_indices
from recsys_course.progress import shown
from recsys_course.ranking.types import Ids, Items, Scores


class Recommender(Protocol):
    """What a model can do: `implicit`'s calls, so that models of any origin are interchangeable.

    Rows are users and columns are items, always. A class needs no base class to be a
    `Recommender`; the models of the course and those of `implicit` all are, and `implicit`'s own
    evaluation takes both. What else `implicit`'s have stays out: `filter_items` and `items` are
    rules that come after the ranking (ask for more and filter), `explain`, `similar_users` and
    `partial_fit` are not for every kind of model.
    """

    def fit(self, user_items: sparse.csr_matrix) -> Any:
        """Learn from the user-item matrix."""
        ...

    def recommend(
        self,
        userid: Any,
        user_items: sparse.csr_matrix,
        N: int = 10,
        filter_already_liked_items: bool = True,
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Find items for one user or many: indices and scores, best first."""
        ...

    def similar_items(self, itemid: Any, N: int = 10) -> tuple[NDArray[Any], NDArray[Any]]:
        """Find similar items: indices and scores, best first, beginning with the item itself."""
        ...


class Learned(NamedTuple):
    """An array in which a model keeps what it has learned.

    Parameters
    ----------
    sides : tuple of str
        What there is one of in each direction: "users", "items", or another name that arrays of
        one model share.
    sparse : bool
        Whether it is a CSR matrix.
    """

    sides: tuple[str, ...]
    sparse: bool = False


class CourseRecommender(ABC):
    """Base of the course's models: it checks what comes in and shapes what goes out.

    A model supplies `_fit`, `_recommend` and `_similar_items`, all on checked CSR matrices and
    arrays. At equal scores the smaller index comes first, on every machine. `_learned` names the
    attributes in which `_fit` keeps what it has learned, arrays and CSR matrices: with them and
    the constructor's parameters a model can be saved, and `_complete` derives the rest from them.
    """

    _learned: ClassVar[dict[str, Learned]] = {}
    _shape: tuple[int, int] | None = None  # users and items of the matrix it was fitted on

    def fit(self, user_items: sparse.csr_matrix, show_progress: bool = True) -> None:
        """Learn from the user-item matrix.

        Parameters
        ----------
        user_items : sparse matrix, shape (users, items)
            Finite weights from 0 up; a stored 0 is no interaction.
        show_progress : bool, default True
            Show a bar in a terminal if it takes longer than two seconds.

        Raises
        ------
        CourseError
            If it isn't a sparse matrix of such weights, or has no interactions.
        """
        matrix = checked_matrix(user_items)
        if not matrix.nnz:
            raise CourseError(
                f"user_items: {matrix.shape[0]:,} users, {matrix.shape[1]:,} items and no "
                "interactions: nothing to learn from"
            )
        with shown(show_progress):
            self._fit(matrix)
            self._complete()
        self._shape = matrix.shape

    def recommend(
        self,
        userid: int | ArrayLike,
        user_items: sparse.csr_matrix,
        N: int = 10,
        filter_already_liked_items: bool = True,
        recalculate_user: bool = False,
    ) -> tuple[Items, Scores]:
        """Recommend items to one user or to many.

        Parameters
        ----------
        userid : int or array of int
            Rows of the matrix that the model was fitted on.
        user_items : sparse matrix, shape (1 or len(userid), items)
            The rows of exactly those users: ``user_items[userid]``.
        N : int, default 10
            How many items for each user.
        filter_already_liked_items : bool, default True
            Leave out what the rows of `user_items` hold.
        recalculate_user : bool, default False
            The users are unknown to the model and known by their rows of `user_items` alone;
            `userid` then only says whether one list is wanted or many.

        Returns
        -------
        ids : ndarray of int32, shape (N,) or (len(userid), N)
            Item indices, best first. Where a user has fewer than N candidates the rest is -1.
        scores : ndarray of float64, same shape
            Their scores, descending; 0 beside -1, also where scores are negative.

        Raises
        ------
        CourseError
            If the model isn't fitted, the rows aren't those of the users, or the matrix is
            transposed.
        UnknownIdError
            If a user is outside of the fitted matrix (a negative number is, too).
        """
        users, items = self._fitted_shape()
        check_count(N, "N")
        rows = checked_matrix(user_items)
        check_columns(rows, users, items)
        wanted = checked_indices(userid, "userid")
        if rows.shape[0] != wanted.size:
            raise CourseError(
                f"user_items: {rows.shape[0]:,} rows for {wanted.size:,} user(s); "
                "pass the rows of exactly those users, user_items[userid]"
            )
        if not recalculate_user:
            check_range(
                wanted,
                users,
                "userid",
                "user_index of Interactions turns a user_id into a row, and "
                "recalculate_user=True is for users whom the model hasn't seen",
            )
        known = None if recalculate_user else wanted.ravel()
        liked = rows if filter_already_liked_items else None
        ids, scores = self._recommend(known, rows, N, liked)
        return _as_asked(ids, scores, wanted)

    def similar_items(self, itemid: int | ArrayLike, N: int = 10) -> tuple[Items, Scores]:
        """Items similar to an item, beginning with the item itself.

        Parameters
        ----------
        itemid : int or array of int
            Columns of the matrix that the model was fitted on.
        N : int, default 10
            How many items, the item itself included.

        Returns
        -------
        ids : ndarray of int32, shape (N,) or (len(itemid), N)
            Item indices, best first; -1 where there are no more.
        scores : ndarray of float64, same shape
            Their similarities, descending; 0 beside -1.

        Raises
        ------
        CourseError
            If the model isn't fitted.
        UnknownIdError
            If an item is outside of the fitted matrix (a negative number is, too).
        """
        _, items = self._fitted_shape()
        check_count(N, "N")
        wanted = checked_indices(itemid, "itemid")
        check_range(
            wanted, items, "itemid", "item_index of Interactions turns a content_id into a column"
        )
        ids, scores = self._similar_items(wanted.ravel(), N)
        return _as_asked(ids, scores, wanted)

    @classmethod
    def _of(cls, parameters: dict[str, Any]) -> Self:
        """Make a model as a saved one was made."""
        return cls(**parameters)

    def _parameters(self) -> dict[str, Any]:
        """Tell what `_of` needs to make such a model again."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def _to_learn(self) -> dict[str, Learned]:
        """Name the arrays that are learned."""
        return self._learned

    def _state(self) -> dict[str, Any]:
        """Tell what was learned: arrays and CSR matrices."""
        return {name: getattr(self, name) for name in self._learned}

    def _restore(self, state: dict[str, Any], shape: tuple[int, int]) -> None:
        """Take up what another such model has learned."""
        for name in self._learned:
            setattr(self, name, state[name])
        self._complete()
        self._shape = shape

    def _fitted_shape(self) -> tuple[int, int]:
        if self._shape is None:
            raise CourseError(f"{type(self).__name__}: not fitted yet; call fit(user_items) first")
        return self._shape

    @abstractmethod
    def _fit(self, user_items: sparse.csr_matrix) -> None: ...

    def _complete(self) -> None:  # noqa: B027 - a model may have nothing to add
        """Derive what is quicker to have at hand from what was learned."""

    @abstractmethod
    def _recommend(
        self, users: Ids | None, rows: sparse.csr_matrix, N: int, liked: sparse.csr_matrix | None
    ) -> tuple[Ids, Scores]: ...

    @abstractmethod
    def _similar_items(self, items: Ids, N: int) -> tuple[Ids, Scores]: ...


def _as_asked(ids: Ids, scores: Scores, wanted: NDArray[np.int64]) -> tuple[Items, Scores]:
    """One list for one index, else all; ids as implicit's own evaluation takes them."""
    items = ids.astype(np.int32)
    return (items, scores) if wanted.ndim else (items[0], scores[0])
