"""What a fitted model takes in memory."""

from typing import Any

import numpy as np


def model_bytes(model: Any) -> int:
    """Count the bytes of all arrays that a fitted model holds.

    Parameters
    ----------
    model : object
        A model of the course or of `implicit`, or any object whose attributes hold numpy arrays,
        scipy's sparse matrices, or lists, tuples, dicts and objects of them.

    Returns
    -------
    int
        Bytes of the arrays' memory. An array that is there under two names, or as a view of
        another, counts once.

    Examples
    --------
    >>> from recsys_course.models import Factors
    >>> model = Factors(np.zeros((10, 4), np.float32), np.zeros((5, 4), np.float32))
    >>> model_bytes(model) - 10 - 5  # a byte for each that says whether it is known
    240
    """
    owners: dict[int, np.ndarray] = {}
    seen: dict[int, Any] = {}  # holds on to what is made on the way: an id is free after it
    waiting = [model]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen[id(thing)] = thing
        if isinstance(thing, np.ndarray):
            while isinstance(thing.base, np.ndarray):
                thing = thing.base
            owners[id(thing)] = thing
        elif isinstance(thing, dict):
            waiting += thing.values()
        elif isinstance(thing, list | tuple):
            waiting += thing
        elif hasattr(thing, "__dict__") and not isinstance(thing, type):
            waiting += vars(thing).values()
    return sum(owner.nbytes for owner in owners.values())
