"""Checks of what is similar to an item: column numbers with cosines, and titles."""

from typing import Any

import numpy as np
import pandas as pd
from implicit.nearest_neighbours import ItemItemRecommender
from scipy.sparse import csr_matrix

from recsys_course.homework.hints import Hint, expect
from recsys_course.homework.models import TOLERANCE, cosines
from recsys_course.homework.titles import titles_of
from recsys_course.interactions import Interactions


def check_similar(ids: Any, scores: Any, user_items: csr_matrix, item: int, N: int = 10) -> None:
    """Check the item numbers and scores that ``similar_items`` gave for one item.

    Parameters
    ----------
    ids : array-like of int, shape (N,)
        Column numbers, most similar first, the item itself among them.
    scores : array-like of float, shape (N,)
        Their cosines with the item.
    user_items : csr_matrix, shape (users, items)
        What the model was trained on.
    item : int
        The column that was asked about.
    N : int
        How many were asked for.

    Raises
    ------
    Hint
        With the first thing that is wrong: type, shape, meaning, order, values. Tied items may
        stand in any order.

    Examples
    --------
    >>> import numpy as np
    >>> user_items = csr_matrix(np.array([[1, 1, 0], [1, 1, 1]], dtype=np.float32))
    >>> check_similar([0, 1, 2], [1.0, 1.0, 0.70710678], user_items, item=1, N=3)
    """
    expect(
        ids is not None and ids is not ... and (scores is not None or isinstance(ids, tuple)),
        "the two names hold nothing yet: similar_items returns a pair, (ids, scores)",
        "nothing-yet",
    )
    expect(
        not (isinstance(ids, tuple) and len(ids) == 2),
        "the first name holds a pair: similar_items returns two things, ids and scores; take them "
        "apart, as in: ids, scores = ...",
        "pair-returned",
    )
    ids, scores = np.asarray(ids), np.asarray(scores)
    expect(
        ids.size or ids.ndim != 1,
        f"the list is empty: is there such a column? The matrix has {user_items.shape[1]}, and "
        "a content id is no column",
        "empty-list",
    )
    expect(
        ids.ndim == scores.ndim == 1,
        f"expected two flat arrays of size {N}, got shapes {ids.shape} and {scores.shape}"
        + (": pass one item number, not a list of them" if ids.shape[:1] == (1,) else "")
        + (
            ": are these pairs of id and score? Keep the two apart" if ids.shape[1:] == (2,) else ""
        ),
        "other-shape",
    )
    expect(
        np.issubdtype(ids.dtype, np.number),
        f"expected column numbers, got {str(ids[0])!r}: the question wants neighbours just as the "
        "model gives them",
        "titles-for-columns",
    )
    expect(
        np.issubdtype(ids.dtype, np.integer),
        f"the ids are {ids.dtype}, whole numbers were expected: similar_items returns ids first, "
        "then scores; did the two change places?",
        "scores-for-ids",
    )
    expect(
        len(ids) == len(scores) == N,
        f"got {len(ids)} ids and {len(scores)} scores, {N} were asked for: look at the argument N",
        "n-not-passed",
    )
    expect(
        ids.min() >= 0 and ids.max() < user_items.shape[1],
        f"{ids.max()} is not a column of the matrix, which has {user_items.shape[1]}: "
        "the question wants column numbers, not content ids, and no users",
        "no-column",
    )
    expect(
        item in ids,
        f"the list doesn't hold item {item} itself, though nothing is closer to it: "
        "did you ask about another item, or leave it out already?",
        "itself-missing",
    )
    expect(
        len(set(ids.tolist())) == len(ids),
        "an item stands in the list twice",
        "twice",
    )
    expect(
        (np.diff(scores) <= TOLERANCE).all(),
        "the scores do not fall: the most similar goes first",
        "wrong-order",
    )
    columns = np.arange(user_items.shape[1])
    true = cosines(user_items, np.full_like(columns, item), columns)
    expect(
        np.allclose(scores, true[ids], atol=TOLERANCE),
        "the scores are not the cosines between these items' columns: "
        "are they from the model that was trained above, in the order of the ids?",
        "other-scores",
    )
    expect(
        np.allclose(np.sort(scores), np.sort(true)[-N:], atol=TOLERANCE),
        f"some item that is not in the list is closer to item {item} than one that is",
        "other-items",
    )


def check_similar_titles(
    answer: Any,
    interactions: Interactions,
    catalogue: pd.DataFrame,
    model: ItemItemRecommender,
    content_id: int,
    N: int = 10,
) -> None:
    """Check the titles that are most similar to one content, itself left out.

    Parameters
    ----------
    answer : list of str, at most N
        The student's titles, most similar first.
    interactions : Interactions
        What the model was trained on.
    catalogue : DataFrame
        Holds ``content_id`` and ``title``.
    model : ItemItemRecommender
        The model that the titles should come from.
    content_id : int
        What was asked about.
    N : int
        How many were asked for; fewer are right when the model keeps fewer neighbours.

    Raises
    ------
    Hint
        With the first thing that is wrong: type, the item itself, order, value.

    Examples
    --------
    >>> import pandas as pd
    >>> from recsys_course.homework import trained_cosine
    >>> views = pd.DataFrame({"user_id": [1, 1, 2], "content_id": [7, 8, 7]})
    >>> catalogue = pd.DataFrame({"content_id": [7, 8], "title": ["Harbour", "Lighthouse"]})
    >>> interactions = Interactions.from_views(views)
    >>> model = trained_cosine(interactions.user_items, K=2)
    >>> check_similar_titles(["Lighthouse"], interactions, catalogue, model, content_id=7)
    >>> check_similar_titles(["Harbour"], interactions, catalogue, model, content_id=7)
    Traceback (most recent call last):
    coursegrader.hints.Hint: "Harbour" is the content that was asked about: leave the item itself out, wherever it stands (tied items can stand before it)
    """  # noqa: E501
    ids = titles_of(answer, catalogue, N)
    titles = list(answer)
    own = catalogue.loc[catalogue["content_id"] == content_id, "title"].item()
    expect(
        own not in titles,
        f'"{own}" is the content that was asked about: leave the item itself out, '
        "wherever it stands (tied items can stand before it)",
        "itself-kept",
    )
    expect(
        len(set(titles)) == len(titles),
        "a title stands in the list twice",
        "twice",
    )
    item = interactions.item_index(content_id)
    near = model.similarity[item].toarray().ravel()
    near[item] = 0
    best = np.sort(near[near > 0])[::-1][:N]
    known = np.isin(ids, interactions.content_ids)
    unseen = [title for title, watched in zip(titles, known, strict=True) if not watched]
    if unseen:
        raise Hint(
            f'nobody watched "{unseen[0]}", so the model can\'t have named it: '
            "are column numbers taken for content ids?",
            "columns-for-ids",
        )
    scores = near[interactions.item_index(ids)]
    if len(titles) != len(best):
        raise Hint(
            f"got {_counted(len(titles), 'title')} for content {content_id}, and the model has "
            f"{_counted(len(best), 'neighbour')} for it (at most {N} were asked for): "
            + _why_so_many(len(titles), len(best), scores),
            "other-length",
        )
    far = [title for title, score in zip(titles, scores, strict=True) if score <= 0]
    if far:
        raise Hint(
            f'"{far[0]}" is not among the model\'s neighbours of content {content_id}: content ids '
            "and column numbers are two numberings; translate with item_index on the way in and "
            "content_ids on the way out",
            "columns-for-ids",
        )
    expect(
        (np.diff(scores) <= TOLERANCE).all(),
        "the titles are not in the order of their similarity, the most similar first: look-ups "
        "with isin or merge lose it, and so does sorting",
        "wrong-order",
    )
    expect(
        np.allclose(scores, best, atol=TOLERANCE),
        "a closer neighbour is missing from the list: take the best N after leaving the item out",
        "other-items",
    )


def check_unknown(answer: Any, content_id: int) -> None:
    """Check what is answered for an item that the model doesn't know: an empty list.

    Parameters
    ----------
    answer : object
        The student's answer.
    content_id : int
        What was asked about.

    Raises
    ------
    Hint
        If it is anything else.

    Examples
    --------
    >>> check_unknown([], content_id=50)
    >>> check_unknown(["Harbour"], content_id=50)
    Traceback (most recent call last):
    coursegrader.hints.Hint: the model doesn't know content 50, and your function answers ['Harbour']: an empty list was expected. Does a look-up take the nearest id, or the column of that number?
    """  # noqa: E501
    said = f"the model doesn't know content {content_id}, and your function answers {answer!r}"
    expect(
        answer is not None,
        f"{said}: return an empty list, which can be looped over as others",
        "not-a-list",
    )
    expect(
        isinstance(answer, list | tuple | np.ndarray | pd.Series | pd.Index),
        f"{said}: an empty list was expected",
        "not-empty",
    )
    expect(
        len(answer) == 0,
        f"{said}: an empty list was expected. Does a look-up take the nearest id, or the column of "
        "that number?",
        "not-empty",
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _why_so_many(titles: int, neighbours: int, scores: np.ndarray) -> str:
    if not titles:
        return "is it taken for an item that the model doesn't know?"
    if titles > neighbours:
        return (
            "what has cosine 0 is like it in nothing"
            if (scores <= 0).any()
            else "cut the list after leaving the item out"
        )
    if titles == neighbours - 1:
        return "leaving the item out must not cost a neighbour"
    return "is N passed on, and does a loop end early?"
