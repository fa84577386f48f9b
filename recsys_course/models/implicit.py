"""The models of the library `implicit` behind the course's protocol."""

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys_course.checks.numbers import check_amount, check_count
from recsys_course.errors import CourseError
from recsys_course.models.base import Learned
from recsys_course.models.factors import FACTORS, KNOWN, FactorRecommender
from recsys_course.models.parts import PartsError, registered
from recsys_course.ranking.product import ranked, top_of_product
from recsys_course.ranking.rows import row_of
from recsys_course.ranking.types import Ids, Scores
from recsys_course.threads import one_blas_thread

MODULES = {
    "AlternatingLeastSquares": "implicit.cpu.als",
    "BayesianPersonalizedRanking": "implicit.cpu.bpr",
    "LogisticMatrixFactorization": "implicit.cpu.lmf",
    "CosineRecommender": "implicit.nearest_neighbours",
    "TFIDFRecommender": "implicit.nearest_neighbours",
    "BM25Recommender": "implicit.nearest_neighbours",
}
# parameters that have to be whole numbers, and the least that they may be
COUNTS = {"K": 1, "factors": 1, "iterations": 1, "num_threads": 0}
AMOUNTS = {"regularization", "alpha", "learning_rate", "K1", "B"}
SIMILARITY = {"similarity": Learned(("items", "items"), sparse=True)}
# columns of the factors beside those that were asked for
BIASES = {
    "AlternatingLeastSquares": 0,
    "BayesianPersonalizedRanking": 1,
    "LogisticMatrixFactorization": 2,
}


@registered
class Implicit(FactorRecommender):
    """A model of `implicit`, with the checks, the tie rule and the empty places of the course.

    What is learned and what an item scores is implicit's. From its factors the best items are
    found by `top_from_factors`; from its item neighbours by the product of the rows given with
    the similarities, so that only positive scores count. What implicit fills up with (watched
    items at -3.4e38, others at 0) is -1 here. Each fit trains a new model of implicit's, on the
    processor: fitting one again on a smaller matrix crashes Python.

    Parameters
    ----------
    model_class : class
        `AlternatingLeastSquares`, `BayesianPersonalizedRanking`, `LogisticMatrixFactorization`,
        `CosineRecommender`, `TFIDFRecommender` or `BM25Recommender`. The last three have a
        parameter K, which counts the item itself.
    **parameters
        What to call it with.

    Attributes
    ----------
    model : object
        implicit's own fitted model.
    user_factors, item_factors : ndarray
        The model's, if it has factors. Biases are among them: a column that the other side has 1
        in.

    Raises
    ------
    CourseError
        If `model_class` isn't one of these, doesn't know a parameter, or couldn't be trained with
        it; `fit` says it if training fails, and `recommend` if the model can't serve users it
        hasn't seen.

    References
    ----------
    Frederickson, implicit: fast Python collaborative filtering for implicit datasets,
    https://benfred.github.io/implicit/

    Examples
    --------
    >>> from implicit.nearest_neighbours import CosineRecommender
    >>> user_items = sparse.csr_matrix([[1, 1, 0], [1, 1, 0], [0, 1, 1], [1, 0, 0]])
    >>> model = Implicit(CosineRecommender, K=3)
    >>> model.fit(user_items)
    >>> ids, scores = model.recommend(3, user_items[3], N=2)
    >>> ids, scores.round(2)
    (array([ 1, -1], dtype=int32), array([0.67, 0.  ]))
    """

    _learned: ClassVar = KNOWN
    model: Any

    def __init__(self, model_class: Callable[..., Any], **parameters: Any) -> None:
        name = getattr(model_class, "__name__", "")
        module = getattr(model_class, "__module__", "")
        home = MODULES.get(name, "")
        if not home or module not in (home, home.replace(".cpu.", ".")):
            raise CourseError(
                f"model_class: expected one of implicit's {', '.join(MODULES)}, not {model_class!r}"
            )
        # implicit.als.AlternatingLeastSquares and its like are functions that look for a GPU first
        self.model_class = getattr(import_module(home), name)
        self.parameters = parameters
        self._check_parameters()
        self._new()

    @property
    def user_factors(self) -> NDArray[Any]:  # pyrefly: ignore[bad-override]
        """Those of implicit's model, shape (users, factors)."""
        return self.model.user_factors

    @property
    def item_factors(self) -> NDArray[Any]:  # pyrefly: ignore[bad-override]
        """Those of implicit's model, shape (items, factors)."""
        return self.model.item_factors

    @property
    def _name(self) -> str:
        return self.model_class.__name__

    def _check_parameters(self) -> None:
        """Refuse what implicit takes and then floods the screen, crashes or learns nothing."""
        try:
            for name, value in self.parameters.items():
                if name in COUNTS:
                    check_count(value, name, COUNTS[name])
                elif name in AMOUNTS:
                    check_amount(value, name, zero=name in ("regularization", "K1", "B"))
            seed = self.parameters.get("random_state")
            if seed is not None and not isinstance(seed, np.random.Generator):
                check_count(seed, "random_state", least=0)
        except CourseError as error:
            raise CourseError(f"{self._name}: {error}") from None

    def _new(self) -> Any:
        try:
            with one_blas_thread():  # it warns of more
                return self.model_class(**self.parameters)
        except (TypeError, ValueError) as error:
            raise CourseError(f"{self._name}: {error}") from None

    def _fit(self, user_items: sparse.csr_matrix) -> None:
        from implicit.recommender_base import ModelFitError

        model = self._new()
        with one_blas_thread(), warnings.catch_warnings():
            # item neighbours convert what they are given and warn of their own doing
            warnings.filterwarnings("ignore", message="Method expects CSR input")
            try:
                model.fit(user_items.astype(np.float32), show_progress=False)
            except (ModelFitError, TypeError, ValueError) as error:
                raise CourseError(f"{self._name}: {error}") from None
        self.model = model
        self._remember(user_items)

    def _recommend(
        self, users: Ids | None, rows: sparse.csr_matrix, N: int, liked: sparse.csr_matrix | None
    ) -> tuple[Ids, Scores]:
        if self._name in BIASES:
            return super()._recommend(users, rows, N, liked)
        return top_of_product(rows, self.model.similarity, N, liked)

    def _similar_items(self, items: Ids, N: int) -> tuple[Ids, Scores]:
        if self._name in BIASES:
            return super()._similar_items(items, N)
        near = self.model.similarity[items]
        row = row_of(np.arange(near.nnz), near.indptr)
        # where many tie, an item may be missing among its own K nearest; here it always comes first
        ids = np.where(self._known_items[items], items, -1)[:, None]
        highest = near.max(axis=1).toarray()
        other = near.indices != items[row]
        shape = len(items), N - 1
        others, values = ranked(row[other], near.indices[other], near.data[other], shape)
        return np.column_stack([ids, others]), np.column_stack([highest, values])

    def _fold_in(self, rows: sparse.csr_matrix) -> NDArray[Any]:
        try:
            return self.model.recalculate_user(np.arange(rows.shape[0]), rows.astype(np.float32))
        except NotImplementedError:
            raise CourseError(
                f"{self._name}: can't serve users it hasn't seen; AlternatingLeastSquares and "
                "CosineRecommender can, and so can SVD, UserKNN and Popular"
            ) from None

    @classmethod
    def _of(cls, parameters: dict[str, Any]) -> Self:
        given = dict(parameters)
        name = given.pop("model_class")
        if name not in MODULES:
            raise CourseError(f"model_class: expected one of {', '.join(MODULES)}, not {name!r}")
        return cls(getattr(import_module(MODULES[name]), name), **given)

    def _parameters(self) -> dict[str, Any]:
        return {"model_class": self._name, **self.parameters}

    def _to_learn(self) -> dict[str, Learned]:
        of_its_own = FACTORS if self._name in BIASES else SIMILARITY
        return {**KNOWN, **of_its_own}

    def _state(self) -> dict[str, Any]:
        own = {name: getattr(self.model, name) for name in self._to_learn().keys() - KNOWN.keys()}
        return super()._state() | own

    def _restore(self, state: dict[str, Any], shape: tuple[int, int]) -> None:
        model = self._new()
        if self._name in BIASES:
            if state["user_factors"].shape[1] != model.factors + BIASES[self._name]:
                raise PartsError(f"{self._name}: other factors than {model.factors}")
            model.user_factors, model.item_factors = state["user_factors"], state["item_factors"]
        else:
            model.__setstate__(vars(model) | {"similarity": state["similarity"]})
        self.model = model
        super()._restore(state, shape)
