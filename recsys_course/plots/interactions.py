"""Pictures of the data: views, the user-item matrix, neighbours, a recommended list."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch
from numpy.typing import ArrayLike
from scipy.sparse import csr_matrix

from recsys_course.plots.style import BLUE, INK, ORANGE, PALE, new_axes, tidy


def popularity(views: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw how many users watched each item, items ranked, both axes logarithmic.

    Parameters
    ----------
    views : DataFrame
        Columns ``user_id`` and ``content_id``.

    Returns
    -------
    Axes
        One line that falls from the most watched item to the least.

    Examples
    --------
    >>> views = pd.DataFrame({"user_id": [1, 2, 2], "content_id": [7, 7, 8]})
    >>> ax = popularity(views)
    >>> ax.lines[0].get_ydata().tolist(), ax.get_title()
    ([2, 1], 'Half of the items have at most 1 user')
    """
    ax = ax or new_axes()
    users = _distinct(views, "content_id", "user_id")
    ax.loglog(np.arange(1, len(users) + 1), users, color=BLUE)
    ax.set(xlabel="rank of the item", ylabel="users", title=_half(users, "items", "user"))
    return tidy(ax)


def activity(views: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw how many items each user watched, users ranked, both axes logarithmic.

    Parameters
    ----------
    views : DataFrame
        Columns ``user_id`` and ``content_id``.

    Returns
    -------
    Axes
        One line that falls from the most active user to the least, and the median as a dotted one.

    Examples
    --------
    >>> views = pd.DataFrame({"user_id": [1, 2, 2], "content_id": [7, 7, 8]})
    >>> ax = activity(views)
    >>> ax.lines[0].get_ydata().tolist(), ax.get_title()
    ([2, 1], 'Half of the users have at most 1 item')
    """
    ax = ax or new_axes()
    items = _distinct(views, "user_id", "content_id")
    median = float(np.median(items))
    ax.loglog(np.arange(1, len(items) + 1), items, color=ORANGE)
    ax.axhline(median, color=INK, linestyle=":", linewidth=1)
    ax.annotate(f"median {median:g}", (1, median), xytext=(2, 3), textcoords="offset points")
    ax.set(xlabel="rank of the user", ylabel="items", title=_half(items, "users", "item"))
    return tidy(ax)


def sparsity(user_items: csr_matrix, size: int = 300, ax: Axes | None = None) -> Axes:
    """Draw a corner of the user-item matrix: a dot where a user watched an item.

    Parameters
    ----------
    user_items : csr_matrix, shape (users, items)
        The matrix.
    size : int
        Rows and columns to show, spread evenly over the matrix.

    Returns
    -------
    Axes
        The dots, with the share of filled cells of the whole matrix in the title.

    Examples
    --------
    >>> sparsity(csr_matrix(np.eye(4, dtype=np.float32))).get_title()
    '25.0% of the matrix is filled'
    """
    ax = ax or new_axes()
    rows, columns = (
        np.unique(np.linspace(0, length - 1, min(size, length)).astype(int))
        for length in user_items.shape
    )
    sample = user_items[rows][:, columns].tocoo()
    ax.scatter(sample.col, sample.row, s=3, color=BLUE, linewidths=0)
    filled = user_items.nnz / np.prod(user_items.shape, dtype=float)
    ax.set(
        xlabel=f"{len(columns)} of {user_items.shape[1]:,} items",
        ylabel=f"{len(rows)} of {user_items.shape[0]:,} users",
        title=f"{filled:.{1 if filled > 0.01 else 3}%} of the matrix is filled",
        xlim=(-1, len(columns)),
        ylim=(len(rows), -1),
        xticks=[],
        yticks=[],
    )
    return ax


def overlap(
    own: csr_matrix, neighbours: csr_matrix, labels: list[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw what a user and the neighbours watched, and what only the neighbours did.

    Parameters
    ----------
    own : csr_matrix, shape (1, items)
        The user's row.
    neighbours : csr_matrix, shape (K, items)
        The neighbours' rows, the nearest first.
    labels : list of str, optional
        Names of the columns that anybody watched, in the order of the matrix.

    Returns
    -------
    Axes
        A grid: the user's row on top, then the neighbours'. Candidates are in orange.

    Examples
    --------
    >>> own, others = csr_matrix([[1, 1, 0, 0]]), csr_matrix([[1, 0, 1, 0]])
    >>> overlap(own, others).get_images()[0].get_array().tolist()
    [[1, 1, 0], [1, 0, 2]]
    """
    ax = ax or new_axes()
    rows = np.vstack([own.toarray(), neighbours.toarray()]) > 0
    columns = np.flatnonzero(rows.any(axis=0))
    # the user's own items first, the most shared candidates next: the eye finds the two blocks
    columns = columns[np.lexsort((-rows[:, columns].sum(axis=0), ~rows[0, columns]))]
    grid = rows[:, columns] * np.where(rows[0, columns], 1, 2)
    ax.imshow(
        grid, cmap=ListedColormap([PALE, BLUE, ORANGE]), vmin=0, vmax=2, aspect="auto"
    )  # fmt: skip
    ax.set(xlabel="items that anybody here watched")
    new = int((~rows[0, columns]).sum())
    ax.set_title(f"The neighbours add {new} candidate{'s' if new != 1 else ''}", loc="left")
    ax.set_yticks(range(len(rows)), ["the user", *(f"neighbour {k}" for k in range(1, len(rows)))])
    if labels is None:
        ax.set_xticks([])
    else:
        ax.set_xticks(
            range(len(columns)), [_cut(labels[c], 24) for c in columns], rotation=60, ha="right"
        )
    ax.legend(
        handles=[Patch(color=BLUE, label="watched by the user"), Patch(color=ORANGE, label="new")],
        loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False,
    )  # fmt: skip
    return ax


def recommendations(
    titles: list[str],
    scores: ArrayLike,
    genres: list[str] | None = None,
    title: str = "Recommended",
    ax: Axes | None = None,
) -> Axes:
    """Draw a recommended list that a person can judge: titles, genres and scores.

    Parameters
    ----------
    titles : list of str
        The best first.
    scores : array-like of float, shape (len(titles),)
        The model's scores.
    genres : list of str, optional
        Written behind the bars; one that is missing is left out.
    title : str
        Over the picture; where genres are given, the most frequent one joins it.

    Returns
    -------
    Axes
        One bar per item, the best on top.

    Examples
    --------
    >>> ax = recommendations(["A", "B", "C"], [2.0, 1.5, 1.0], ["drama", "comedy", "drama"])
    >>> [float(bar.get_width()) for bar in ax.patches], ax.get_title()
    ([2.0, 1.5, 1.0], 'Recommended: 2 of 3 are drama')
    """
    ax = ax or new_axes()
    scores = np.asarray(scores, dtype=float)
    ax.barh(range(len(titles)), scores, color=PALE, edgecolor=BLUE)
    for place, genre in enumerate(genres or []):
        if not pd.isna(genre):
            ax.text(scores[place], place, f" {_cut(genre)}", va="center", fontsize="small")
    ax.set_yticks(range(len(titles)), [_cut(title) for title in titles])
    named = pd.Series(genres or [], dtype=object).replace("", None).value_counts()
    if len(named):
        title += f": {named.iloc[0]} of {len(titles)} are {_cut(str(named.index[0]), 20)}"
    ax.set(xlabel="score", title=title)
    ax.invert_yaxis()
    return tidy(ax)


def _cut(text: str, length: int = 40) -> str:
    """Cut a long text: it would leave no room for the picture."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _half(counts: np.ndarray, of: str, what: str) -> str:
    """Say what half of the counts do not exceed."""
    typical = int(np.sort(counts)[(len(counts) - 1) // 2]) if len(counts) else 0
    return f"Half of the {of} have at most {typical} {what}{'s' if typical != 1 else ''}"


def _distinct(views: pd.DataFrame, by: str, count: str) -> np.ndarray:
    """Distinct ``count`` per ``by``, the largest first."""
    pairs = views[[by, count]].drop_duplicates()
    return np.sort(pairs[by].value_counts().to_numpy())[::-1]
