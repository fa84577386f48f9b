"""From what a student returned to content ids, or a hint that says what else it is."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recsys_course.homework.hints import Hint, expect
from recsys_course.interactions import Interactions


def content_ids_of(answer: Any, interactions: Interactions) -> NDArray[np.int64]:
    """Take an answer for content ids.

    Parameters
    ----------
    answer : array-like of int
        What the student returned.
    interactions : Interactions
        Which content ids there are.

    Returns
    -------
    ndarray of int
        Known content ids, or -1, in the answer's shape.

    Raises
    ------
    Hint
        If it is something else: nothing, a pair, scores, column numbers, rows of several lengths.

    Examples
    --------
    >>> views = pd.DataFrame({"user_id": [1, 1], "content_id": [7, 8]})
    >>> content_ids_of([8, -1], Interactions.from_views(views))
    array([ 8, -1])
    """
    expect(answer is not None, "got None: is there a return at the end?")
    expect(
        not (
            isinstance(answer, tuple)
            and len(answer) == 2
            and all(isinstance(part, np.ndarray | list) for part in answer)
        ),
        "got a pair, as implicit returns it (ids, scores): return the content ids alone",
    )
    expect(
        isinstance(answer, list | tuple | np.ndarray | pd.Series | pd.DataFrame | pd.Index),
        f"expected content ids, got {type(answer).__name__}",
    )
    try:
        given = np.asarray(answer)
    except ValueError as error:
        raise Hint(
            "rows of different length: fill short ones with -1 up to N, so that all have N columns"
        ) from error
    if given.size == 0:
        return given.astype(np.int64)
    if np.issubdtype(given.dtype, np.floating) and np.isnan(given).any():
        raise Hint(
            "nan stands where nothing is recommended, and turns all ids into floats: "
            "fill with -1, which is a whole number"
        )
    if np.issubdtype(given.dtype, np.floating):
        raise Hint(
            f"content ids are whole numbers, got {given.dtype} such as {given.flat[0]:g}: "
            + (
                "ids turned into floats; keep them int"
                if np.all(given == np.floor(given))
                else "are these the scores? recommend returns (ids, scores), in this order"
            )
        )
    expect(
        not np.issubdtype(given.dtype, np.str_) and not isinstance(given.flat[0], str),
        f"expected content ids, which are whole numbers, got texts such as {str(given.flat[0])!r}",
    )
    expect(
        np.issubdtype(given.dtype, np.integer),
        f"expected whole numbers (content ids), got {given.dtype}",
    )
    real = given[given != -1]
    unknown = real[~np.isin(real, interactions.content_ids)]
    if unknown.size and not unknown.any():
        raise Hint(
            "0 is not a content id of this data: does it stand where nothing is recommended? "
            "There, the answer holds -1"
        )
    if unknown.size:
        raise Hint(
            f"{unknown[0]} is not a content id of this data: are these the model's column numbers? "
            "Translate them with interactions.content_ids"
        )
    return given


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
    expect(answer is not None, "got None: is there a return at the end?")
    expect(
        isinstance(answer, list | tuple | np.ndarray | pd.Series | pd.Index),
        f"expected a list of titles, got {type(answer).__name__}",
    )
    titles = list(answer)
    odd = [title for title in titles if not isinstance(title, str)]
    if odd:
        raise Hint(
            f"expected titles, got {odd[0]!r}: look the content ids up in the catalogue; "
            "a list of numbers is not what a person can judge"
        )
    expect(len(titles) <= N, f"got {len(titles)} titles, {N} were asked for: pass N on")
    known = catalogue.drop_duplicates("title").set_index("title")["content_id"]
    strange = [title for title in titles if title not in known.index]
    if strange:
        raise Hint(f'"{strange[0]}" is not a title of the catalogue')
    return known.reindex(titles).to_numpy(np.int64)
