"""A tiny made-up cinema whose right recommendations are known before any model is trained."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recsys_course.interactions import Interactions

TASTES = "harbour", "mountain"
EACH = 12  # titles of a taste
SEEN = 8  # of them a user has watched


class Planted(NamedTuple):
    """Two tastes, one title that everybody knows, and what nobody knows yet.

    Parameters
    ----------
    views : DataFrame
        Columns ``user_id``, ``content_id`` and ``view_ts``. Each user watched 8 of the 12 titles
        of one taste, and most of them the news, which says nothing about taste.
    catalogue : DataFrame
        ``content_id`` and ``title`` of all titles, one of which nobody has watched.
    interactions : Interactions
        The matrix of `views`, with a row for one user more, who has watched nothing.
    taste : Series of str
        The taste of each ``content_id``; "news" and "unseen" for the two others.
    newcomer : int
        The ``user_id`` that has a row and no history.
    stranger : int
        A ``user_id`` that has no row.
    """

    views: pd.DataFrame
    catalogue: pd.DataFrame
    interactions: Interactions
    taste: pd.Series
    newcomer: int
    stranger: int


def planted(seed: int = 0, users: int = 40) -> Planted:
    """Make a tiny cinema with two tastes.

    Parameters
    ----------
    seed : int
        Another one gives other ids, another order and other gaps.
    users : int
        How many, half of each taste.

    Returns
    -------
    Planted
        Views, catalogue and matrix.

    Examples
    --------
    >>> tiny = planted()
    >>> tiny.interactions.user_items.shape
    (41, 25)
    >>> watched = tiny.views.loc[tiny.views["user_id"] == 7, "content_id"]
    >>> tiny.taste[watched].value_counts().to_dict()
    {'mountain': 8, 'news': 1}
    """
    dice = np.random.default_rng(seed)
    ids = np.sort(dice.choice(np.arange(100, 1000), 2 * EACH + 2, replace=False))
    kinds: NDArray[np.str_] = dice.permutation([*TASTES * EACH, "news", "unseen"])
    names = pd.Series(kinds).str.capitalize()
    number = (names.groupby(names).cumcount() + 1).astype(str)
    catalogue = pd.DataFrame({"content_id": ids, "title": names + " " + number})
    taste = pd.Series(kinds, index=pd.Index(ids, name="content_id"), name="taste")
    user_ids = np.arange(users + 1) * 3 + 4
    rows = []
    for place, user_id in enumerate(user_ids[:-1].tolist()):
        own = ids[kinds == TASTES[place % 2]]
        watched = dice.permutation(own)[:SEEN].tolist()
        if dice.random() < 0.8:
            watched.append(int(ids[kinds == "news"][0]))
        rows += [(user_id, content_id) for content_id in watched]
    views = pd.DataFrame(rows, columns=["user_id", "content_id"])
    minutes = pd.to_timedelta(dice.permutation(len(views)), unit="min")
    views["view_ts"] = pd.Timestamp("2026-03-01", tz="UTC") + minutes
    views = views.sort_values("view_ts", ignore_index=True)
    interactions = Interactions.from_views(
        views, user_ids=user_ids, content_ids=ids[kinds != "unseen"]
    )
    return Planted(views, catalogue, interactions, taste, int(user_ids[-1]), int(user_ids[-1]) + 1)
