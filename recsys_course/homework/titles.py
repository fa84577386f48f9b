"""Checks of titles: that they are some, what a factor model finds similar, why it recommends."""

from typing import Any

import numpy as np
import pandas as pd
from implicit.cpu.als import AlternatingLeastSquares
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recsys_course.homework.answers import are_best, check_order, kind_of
from recsys_course.homework.hints import Hint, expect
from recsys_course.interactions import Interactions


def titles_of(answer: Any, catalogue: pd.DataFrame, N: int) -> NDArray[np.int64]:
    """Take an answer for titles of the catalogue.

    Parameters
    ----------
    answer : list of str
        What the student returned.
    catalogue : DataFrame
        Holds ``content_id`` and ``title``.
    N : int
        The most titles that were asked for.

    Returns
    -------
    ndarray of int64, shape (titles,)
        The content id of each.

    Raises
    ------
    Hint
        If it is something else: nothing, numbers, too many, what is no title.

    Examples
    --------
    >>> titles_of(["Harbour"], pd.DataFrame({"content_id": [7], "title": ["Harbour"]}), N=10)
    array([7])
    """
    expect(
        answer is not None,
        "got None: is there a return at the end?",
        "no-return",
    )
    expect(
        isinstance(answer, list | tuple | np.ndarray | pd.Series | pd.Index),
        f"expected a list of titles, got {kind_of(answer)}",
        "not-a-list",
    )
    titles = list(answer)
    odd = [title for title in titles if not isinstance(title, str)]
    if odd and isinstance(odd[0], list | tuple | np.ndarray | pd.Series):
        raise Hint(
            f"expected a flat list of titles, got a list of lists, the first of size {len(odd[0])}:"
            " return the titles alone",
            "nested-list",
        )
    if odd:
        raise Hint(
            f"expected titles, got {odd[0]!r}: look the content ids up in the catalogue; "
            "a list of numbers is not what a person can judge",
            "ids-for-titles",
        )
    expect(
        len(titles) <= N,
        f"got {len(titles)} titles, and N is {N}: pass N on",
        "n-not-passed",
    )
    named = catalogue[catalogue["title"].isin(titles)].drop_duplicates("title")
    known = dict(zip(named["title"], named["content_id"], strict=True))
    strange = [title for title in titles if title not in known]
    if strange:
        raise Hint(
            f'"{strange[0]}" is not a title of the catalogue that was handed in'
            + (": a content id is not looked up yet" if strange[0].isdigit() else ""),
            "no-title",
        )
    return np.array([known[title] for title in titles], np.int64)


def check_similar_tastes(
    answer: Any,
    interactions: Interactions,
    catalogue: pd.DataFrame,
    model: AlternatingLeastSquares,
    content_id: int,
    N: int = 10,
) -> None:
    """Check the titles that a factor model finds most similar to one, itself left out.

    Parameters
    ----------
    answer : list of str, at most N
        The student's titles, most similar first.
    interactions, model, N
        As for `check_taste`.
    catalogue : DataFrame
        Holds ``content_id`` and ``title``.
    content_id : int
        What was asked about.

    Raises
    ------
    Hint
        With the first thing that is wrong: type, the title itself, number, order, value.

    Examples
    --------
    >>> from recsys_course.homework import planted, trained_als
    >>> tiny = planted()
    >>> model = trained_als(tiny.interactions.user_items, factors=3)
    >>> first = tiny.catalogue.loc[0]
    >>> check_similar_tastes([first.title], tiny.interactions, tiny.catalogue, model, first.content_id)
    Traceback (most recent call last):
    coursegrader.hints.Hint: "Mountain 1" is the title that was asked about: leave it out, wherever it stands
    """  # noqa: E501
    own = catalogue.loc[catalogue["content_id"] == content_id, "title"].item()
    ids = titles_of(answer, catalogue, N)
    titles = list(answer)
    expect(
        own not in titles,
        f'"{own}" is the title that was asked about: leave it out, wherever it stands',
        "itself-kept",
    )
    item = interactions.item_index(content_id)
    expect(
        len(set(titles)) == len(titles),
        "a title stands in the list twice",
        "twice",
    )
    known = np.isin(ids, interactions.content_ids)
    unseen = [title for title, watched in zip(titles, known, strict=True) if not watched]
    if unseen:
        raise Hint(
            f'nobody watched "{unseen[0]}", so the model can\'t have named it: are column numbers '
            "taken for content ids?",
            "columns-for-ids",
        )
    factors = np.asarray(model.item_factors, np.float64)
    lengths = np.maximum(np.linalg.norm(factors, axis=1), 1e-12)
    near = factors @ factors[item] / (lengths * lengths[item])
    wanted = min(N, len(near) - 1)
    expect(
        len(titles) == wanted,
        f"got {len(titles)} titles, expected {wanted}: implicit counts the title itself as one of "
        "the N, so ask for one more before leaving it out",
        "itself-counted",
    )
    columns = interactions.item_index(ids)
    products = factors @ factors[item]
    if are_best(columns, products, [item], wanted) and not are_best(columns, near, [item], wanted):
        raise Hint(
            f'the titles like "{own}" have the largest products with its factors, which favour '
            "what is popular: similarity is the cosine, the product divided by both lengths",
            "products-for-cosines",
        )
    check_order(near, columns, [item], f'the titles like "{own}"', wanted)


def check_reasons(
    answer: Any,
    model: AlternatingLeastSquares,
    interactions: Interactions,
    catalogue: pd.DataFrame,
    user_id: int,
    content_id: int,
    N: int = 3,
) -> None:
    """Check which watched titles contributed most to a recommendation, in order.

    The score of an item is a sum over what the user watched, ``y' (Y'CY + l I)^-1 y_j c_j``.

    Parameters
    ----------
    answer : list of str, at most N
        The student's titles, the largest contribution first.
    model, interactions
        As for `check_taste`.
    catalogue : DataFrame
        Holds ``content_id`` and ``title``.
    user_id, content_id : int
        Who got what.
    N : int
        How many titles were asked for; fewer are right for a shorter history.

    Raises
    ------
    Hint
        With the first thing that is wrong: type, titles never watched, number, order, value.

    References
    ----------
    Y. Hu, Y. Koren, C. Volinsky. Collaborative filtering for implicit feedback datasets. ICDM 2008,
    section 5.

    Examples
    --------
    >>> from recsys_course.homework import planted, trained_als
    >>> tiny = planted()
    >>> model = trained_als(tiny.interactions.user_items, factors=3)
    >>> check_reasons(["Unseen 1"], model, tiny.interactions, tiny.catalogue, 7, 120)
    Traceback (most recent call last):
    coursegrader.hints.Hint: user 7 has not watched "Unseen 1": only what was watched can be a reason. Is it the row of this user?
    """  # noqa: E501
    ids = titles_of(answer, catalogue, N)
    titles = list(answer)
    row = interactions.user_items[interactions.user_index(user_id)]
    watched = interactions.content_ids[row.indices]
    strange = [title for title, id_ in zip(titles, ids, strict=True) if id_ not in watched]
    if strange:
        raise Hint(
            f'user {user_id} has not watched "{strange[0]}": only what was watched can be a '
            "reason. Is it the row of this user?",
            "not-watched",
        )
    expect(
        len(set(titles)) == len(titles),
        "a title stands in the list twice",
        "twice",
    )
    wanted = min(N, len(watched))
    expect(
        len(titles) == wanted,
        f"got {len(titles)} titles, expected {wanted}: pass N on",
        "n-not-passed",
    )
    parts = np.full(len(interactions.content_ids), -np.inf)
    parts[row.indices] = _contributions(model, row, int(interactions.item_index(content_id)))
    who = f"user {user_id}'s reasons for content {content_id}"
    check_order(parts, interactions.item_index(ids), [], who, wanted)


def _contributions(
    model: AlternatingLeastSquares, row: csr_matrix, item: int
) -> NDArray[np.float64]:
    """Split an item's score into what each watched item adds."""
    side = np.asarray(model.item_factors, np.float64)
    near, confidence = side[row.indices], model.alpha * row.data.astype(np.float64)
    matrix = side.T @ side + model.regularization * np.eye(side.shape[1])
    matrix += near.T @ ((confidence - 1)[:, None] * near)
    return near @ np.linalg.solve(matrix, side[item]) * confidence
