"""Ranking metrics on lists of recommendations, with the course's conventions.

Libraries differ in their conventions, so the same lists get different figures. Ours: the mean is
over users with at least one relevant item; a user without recommendations counts 0; precision
divides by k even where a list is shorter; recall divides by the number of relevant items; average
precision, and the ideal list of NDCG, go by min(k, number of relevant items).

All take the same three:

recommended : array of int, shape (users, N)
    Item indices, best first; -1 is no recommendation.
relevant : sparse matrix, shape (users, items)
    What each user took up afterwards: the stored values that aren't 0.
k : int, optional
    How many of the list count; all N by default.

They raise a CourseError if the shapes don't fit, an index is unknown or twice in a list, k is
beyond the list, or no user has a relevant item.
"""

from numpy.typing import ArrayLike
from scipy import sparse

from recsys_course.metrics.formulas import mean_of
from recsys_course.metrics.lists import Lists


def hit_rate(recommended: ArrayLike, relevant: sparse.csr_matrix, k: int | None = None) -> float:
    """Share of users with at least one relevant item among their first k recommendations.

    Parameters
    ----------
    recommended, relevant, k
        Lists, what was relevant, how many places count; see `recsys_course.metrics.ranking`.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> hit_rate([[0, 1], [2, -1]], sparse.csr_matrix([[1, 0, 1], [0, 1, 0]]))
    0.5
    """
    return mean_of("hit_rate", Lists(recommended, k, relevant=relevant))


def precision(recommended: ArrayLike, relevant: sparse.csr_matrix, k: int | None = None) -> float:
    """Mean share of relevant items among the first k places: ``hits / k``.

    A list shorter than k has empty places, and they count as misses.

    Parameters
    ----------
    recommended, relevant, k
        Lists, what was relevant, how many places count; see `recsys_course.metrics.ranking`.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> precision([[0, 2], [1, -1]], sparse.csr_matrix([[1, 0, 1], [0, 1, 0]]))  # 2/2 and 1/2
    0.75
    """
    return mean_of("precision", Lists(recommended, k, relevant=relevant))


def recall(recommended: ArrayLike, relevant: sparse.csr_matrix, k: int | None = None) -> float:
    """Mean share of a user's relevant items that the first k recommendations found.

    ``hits / |W|``, where W are all relevant items of the user, even if more than k.

    Parameters
    ----------
    recommended, relevant, k
        Lists, what was relevant, how many places count; see `recsys_course.metrics.ranking`.

    Returns
    -------
    float
        From 0 to 1.

    Examples
    --------
    >>> recall([[0, 1], [1, -1]], sparse.csr_matrix([[1, 0, 1], [0, 1, 0]]))  # 1/2 and 1/1
    0.75
    """
    return mean_of("recall", Lists(recommended, k, relevant=relevant))


def average_precision(
    recommended: ArrayLike, relevant: sparse.csr_matrix, k: int | None = None
) -> float:
    """Mean average precision (MAP): precision at the rank of each hit, added up, over min(k, |W|).

    ``sum(precision@r for the rank r of each hit) / min(k, |W|)``, so that k hits in k places
    make 1 even where more than k items are relevant. Other libraries divide by ``|W|`` or by ``k``;
    that is why published figures of "MAP@10" can't be compared before one knows which.

    Parameters
    ----------
    recommended, relevant, k
        Lists, what was relevant, how many places count; see `recsys_course.metrics.ranking`.

    Returns
    -------
    float
        From 0 to 1.

    References
    ----------
    Manning, Raghavan, Schütze (2008), Introduction to Information Retrieval, section 8.4.

    Examples
    --------
    >>> relevant = sparse.csr_matrix([[0, 1, 1, 0, 0, 1]])
    >>> average_precision([[0, 1, 2]], relevant)  # hits at ranks 2 and 3: (1/2 + 2/3) / 3
    0.38888888888888884
    """
    return mean_of("average_precision", Lists(recommended, k, relevant=relevant))


def ndcg(recommended: ArrayLike, relevant: sparse.csr_matrix, k: int | None = None) -> float:
    """Mean normalised discounted cumulative gain, with relevance 0 or 1.

    A hit at rank r gains ``1 / log2(r + 1)``. The gains are added up and divided by those of an
    ideal list, whose first min(k, |W|) places are all hits.

    Parameters
    ----------
    recommended, relevant, k
        Lists, what was relevant, how many places count; see `recsys_course.metrics.ranking`.

    Returns
    -------
    float
        From 0 to 1.

    References
    ----------
    Järvelin, Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques.

    Examples
    --------
    >>> relevant = sparse.csr_matrix([[0, 1, 1]])
    >>> round(ndcg([[0, 1]], relevant), 4)  # 1 / log2(3) of 1 + 1 / log2(3)
    0.3869
    """
    return mean_of("ndcg", Lists(recommended, k, relevant=relevant))


def reciprocal_rank(
    recommended: ArrayLike, relevant: sparse.csr_matrix, k: int | None = None
) -> float:
    """Mean reciprocal rank (MRR): 1 / rank of the first hit, 0 where there is none.

    Parameters
    ----------
    recommended, relevant, k
        Lists, what was relevant, how many places count; see `recsys_course.metrics.ranking`.

    Returns
    -------
    float
        From 0 to 1.

    References
    ----------
    Voorhees (1999), The TREC-8 question answering track report.

    Examples
    --------
    >>> relevant = sparse.csr_matrix([[1, 0, 1], [0, 1, 0]])
    >>> reciprocal_rank([[0, 2], [0, 1]], relevant)  # 1/1 and 1/2
    0.75
    """
    return mean_of("reciprocal_rank", Lists(recommended, k, relevant=relevant))
