"""Check of a trained item-to-item model."""

import warnings
from typing import Any

import numpy as np
from implicit.nearest_neighbours import CosineRecommender
from scipy.sparse import csr_matrix

from recsys_course.homework.hints import expect

TOLERANCE = 1e-4  # implicit sums in float32 or float64, in an order of its own


class _Checked(CosineRecommender):
    """implicit's model, with a word where implicit would end the kernel."""

    def recommend(self, userid: Any, user_items: csr_matrix, *args: Any, **options: Any) -> Any:
        """Recommend, from rows that have a column per item of the model."""
        columns, items = user_items.shape[1], self.similarity.shape[0]
        if columns != items:
            raise ValueError(
                f"user_items has {columns} columns, and the model knows {items} items: pass rows "
                "of the matrix that it was trained on, user_items[row]"
            )
        return super().recommend(userid, user_items, *args, **options)


def trained_cosine(user_items: csr_matrix, K: int = 20) -> CosineRecommender:
    """Train implicit's item-to-item cosine model without a word on stderr.

    Assignments use it where a question is about what comes after training, so that a slip in
    training costs nothing there.

    Parameters
    ----------
    user_items : csr_matrix of float32, shape (users, items)
        One row per user.
    K : int
        Neighbours kept per item, the item itself included.

    Returns
    -------
    CosineRecommender
        The trained model.

    Examples
    --------
    >>> import numpy as np
    >>> trained_cosine(csr_matrix(np.eye(3, 2, dtype=np.float32)), K=1).similarity.shape
    (2, 2)
    """
    model = _Checked(K=K)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(user_items, show_progress=False)
    return model


def check_model(model: Any, user_items: csr_matrix, K: int) -> None:
    """Check a ``CosineRecommender`` that a student trained.

    Parameters
    ----------
    model : object
        The student's answer.
    user_items : csr_matrix, shape (users, items)
        What it should have been trained on.
    K : int
        The number of neighbours that was asked for.

    Raises
    ------
    Hint
        With the first thing that is wrong: type, training, orientation, K, values.

    Examples
    --------
    >>> import numpy as np
    >>> user_items = csr_matrix(np.array([[1, 1, 0], [0, 1, 1]], dtype=np.float32))
    >>> check_model(trained_cosine(user_items, K=2), user_items, K=2)
    >>> check_model(trained_cosine(user_items.T.tocsr(), K=2), user_items, K=2)
    Traceback (most recent call last):
    coursegrader.hints.Hint: the model compares 2 things, and there are 2 users and 3 items: it was trained on a transposed matrix. Rows are users, columns are items
    """  # noqa: E501
    check_kind(model, CosineRecommender, "implicit.nearest_neighbours", learned="similarity")
    users, items = user_items.shape
    size = model.similarity.shape[0]
    expect(
        size != users or users == items or _off(model, user_items.T.tocsr()),
        f"the model compares {size} things, and there are {users} users and {items} items: "
        "it was trained on a transposed matrix. Rows are users, columns are items",
        "transposed-matrix",
    )
    expect(
        size == items,
        f"the model knows {size} items, the matrix has {items} columns: "
        "train on the whole matrix that is passed in",
        "other-matrix",
    )
    expect(
        model.K != K + 1,
        f"the model keeps K={model.K} neighbours, {K} were asked for: implicit counts the item "
        "itself as one of the K, and so does the question; pass K on as it is",
        "k-off-by-one",
    )
    expect(
        model.K == K,
        f"the model keeps K={model.K} neighbours, {K} were asked for: pass K on to the model",
        "k-not-passed",
    )
    wrong, stored = _off(model, user_items), model.similarity.nnz
    expect(
        not wrong,
        f"{wrong} of the {stored} similarities in the model are not cosines of columns of this "
        "matrix: train on the matrix as it is passed in, weights unchanged",
        "other-weights",
    )


def _off(model: CosineRecommender, user_items: csr_matrix) -> int:
    """Count similarities that are not the cosines of columns."""
    stored = model.similarity.tocoo()
    stored.eliminate_zeros()  # implicit fills up short lists with zeros in the corner (0, 0)
    true = cosines(user_items, stored.row, stored.col)
    return int((np.abs(stored.data - true) > TOLERANCE).sum())


def check_kind(model: Any, kind: type, module: str, learned: str) -> None:
    """Check that an answer is a trained model of one of implicit's classes.

    Parameters
    ----------
    model : object
        The student's answer.
    kind : type
        The class that was asked for.
    module : str
        Where it is imported from.
    learned : str
        The attribute that is None until the model is trained.

    Raises
    ------
    Hint
        If it is nothing, a class, a model of another class, or not trained.

    Examples
    --------
    >>> check_kind(CosineRecommender(), CosineRecommender, "implicit", learned="similarity")
    Traceback (most recent call last):
    coursegrader.hints.Hint: the model is not trained: call its fit with the user-item matrix
    """
    expect(
        model is not None,
        "got None instead of a model. implicit's fit() returns nothing: fit first, then return "
        "the model itself",
        "no-return",
    )
    expect(
        not isinstance(model, type),
        f"got a class, not a model: create one with {kind.__name__}(...)",
        "class-for-model",
    )
    expect(
        isinstance(model, kind),
        f"expected {kind.__name__} from {module}, got {type(model).__name__}"
        + ("" if hasattr(model, "fit") else ": return the model itself, and nothing else"),
        "other-kind",
    )
    expect(
        getattr(model, learned, None) is not None,
        "the model is not trained: call its fit with the user-item matrix",
        "not-trained",
    )


def cosines(user_items: csr_matrix, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Cosine of each pair of columns, computed without the model.

    Parameters
    ----------
    user_items : csr_matrix, shape (users, items)
        The matrix.
    left, right : ndarray of int, shape (pairs,)
        Columns.

    Returns
    -------
    ndarray of float64, shape (pairs,)
        ``x . y / (|x| |y|)``, 0 where a column is empty.

    Examples
    --------
    >>> both = csr_matrix(np.array([[1, 1], [0, 1]], dtype=np.float32))
    >>> cosines(both, np.array([0, 0]), np.array([0, 1])).round(3).tolist()
    [1.0, 0.707]
    """
    columns = user_items.tocsc().astype(np.float64)
    norms = np.sqrt(np.asarray(columns.multiply(columns).sum(axis=0)).ravel())
    products = np.asarray(columns[:, left].multiply(columns[:, right]).sum(axis=0)).ravel()
    lengths = norms[left] * norms[right]
    return np.divide(products, lengths, out=np.zeros(len(products)), where=lengths > 0)
