"""How varied a list is, by genre."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse

from recsys_course.checks.views import check_columns
from recsys_course.errors import DataError
from recsys_course.metrics.formulas import mean_of
from recsys_course.metrics.lists import Lists


def genre_matrix(catalogue: pd.DataFrame, content_ids: ArrayLike) -> sparse.csr_matrix:
    """Lay out which items have which genres, in the order of a user-item matrix's columns.

    Parameters
    ----------
    catalogue : DataFrame
        Columns ``content_id``, each once, and ``genre``, several joined by "|".
    content_ids : array of int, shape (items,)
        ``content_ids`` of `Interactions`.

    Returns
    -------
    csr_matrix of float32, shape (items, genres)
        1 where the item has the genre; genres in alphabetical order. The row of an item whose
        genre isn't known, or that the catalogue lacks, is empty.

    Raises
    ------
    DataError
        If a column is missing or there twice, or a content id stands twice in the catalogue.

    Examples
    --------
    >>> catalogue = pd.DataFrame({"content_id": [7, 8], "genre": ["Comedy|Drama", "Drama"]})
    >>> genre_matrix(catalogue, [8, 7, 9]).toarray()
    array([[0., 1.],
           [1., 1.],
           [0., 0.]], dtype=float32)
    """
    check_columns(catalogue, "catalogue", "content_id", "genre")
    twice = catalogue["content_id"].duplicated()
    if twice.any():
        raise DataError(
            f"catalogue, column content_id: {catalogue['content_id'][twice].iloc[0]} stands twice"
        )
    by_id = catalogue.set_index("content_id")["genre"]
    known = by_id.reindex(np.asarray(content_ids)).reset_index(drop=True).dropna().astype(str)
    single = known.str.split("|").explode().str.strip()
    single = single[single != ""]
    columns, names = pd.factorize(single, sort=True)
    shape = (np.size(content_ids), len(names))
    rows = single.index.to_numpy()
    cells = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    return cells.minimum(1)  # an item may name a genre twice


def diversity(recommended: ArrayLike, genres: sparse.csr_matrix, k: int | None = None) -> float:
    """Intra-list diversity: in how many genres two items of a list differ.

    The mean over all pairs of a list, then over the lists: the Hamming distance of their genres,
    that is the number of genres that one has and the other has not. A list of one item has 0.

    Parameters
    ----------
    recommended : array of int, shape (users, N)
        Item indices; -1 is no recommendation.
    genres : sparse matrix, shape (items, genres)
        Which genres each item has; `genre_matrix` makes it.
    k : int, optional
        How many of the list count; all N by default.

    Returns
    -------
    float
        From 0, where all items have the same genres, to the number of genres.

    Raises
    ------
    CourseError
        If the shapes don't fit, an index is unknown or twice in a list, k is beyond the list,
        there are no recommendations, or no item has a genre.

    References
    ----------
    Castells, Hurley, Vargas (2015), Novelty and diversity in recommender systems.

    Examples
    --------
    >>> genres = sparse.csr_matrix([[1, 0], [1, 1], [0, 1]])  # comedy, comedy and drama, drama
    >>> diversity([[0, 1], [0, 2]], genres)  # 1 genre, and 2
    1.5
    """
    return mean_of("diversity", Lists(recommended, k, genres=genres))
