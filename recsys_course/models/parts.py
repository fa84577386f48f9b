"""A fitted model taken apart into plain data and put together again, for files and processes.

Only classes that are `registered` come back. Nothing is run that the data bring with them, and
what doesn't fit together is refused before a search could read beyond the end of an array.
"""

import inspect
from typing import Any, NamedTuple, TypeVar

import numpy as np
from scipy import sparse

from recsys_course.errors import CourseError
from recsys_course.models.base import CourseRecommender, Learned

#: Name -> class, of all that can be taken apart.
REGISTRY: dict[str, type[CourseRecommender]] = {}
_Kind = TypeVar("_Kind", bound=type[CourseRecommender])


class Parts(NamedTuple):
    """What a fitted model consists of.

    Parameters
    ----------
    name : str
        Of its class.
    shape : tuple of int
        Users and items of the matrix that it was fitted on.
    parameters : dict
        What it was made with: numbers, texts, None, arrays, CSR matrices.
    learned : dict of str to ndarray or csr_matrix
        What it has learned.
    """

    name: str
    shape: tuple[int, int]
    parameters: dict[str, Any]
    learned: dict[str, Any]


class PartsError(CourseError):
    """Parts of which no model can be made."""


def registered(kind: _Kind) -> _Kind:
    """Let the models of a class be taken apart and put together; for use as a decorator.

    Parameters
    ----------
    kind : type
        Its ``_learned`` says what there is to keep.

    Returns
    -------
    type
        The same.
    """
    REGISTRY[kind.__name__] = kind
    return kind


def take_apart(model: CourseRecommender) -> Parts:
    """Take a fitted model apart.

    Parameters
    ----------
    model : CourseRecommender
        Of a registered class; a subclass of one isn't.

    Returns
    -------
    Parts
        They share their arrays with the model.

    Raises
    ------
    CourseError
        If the model is of another class or isn't fitted.

    Examples
    --------
    >>> from recsys_course.models import Popular
    >>> model = Popular()
    >>> model.fit(sparse.csr_matrix([[1, 0, 1], [0, 0, 1]]))
    >>> take_apart(model)
    Parts(name='Popular', shape=(2, 3), parameters={'recent': None}, \
learned={'_counts': array([1, 0, 2])})
    """
    name = type(model).__name__
    if REGISTRY.get(name) is not type(model):
        raise CourseError(f"{name}: can't be saved; only {', '.join(sorted(REGISTRY))} can")
    return Parts(name, model._fitted_shape(), model._parameters(), model._state())


def put_together(parts: Parts) -> CourseRecommender:
    """Make a model of parts, whoever they come from.

    Parameters
    ----------
    parts : Parts
        As `take_apart` returns them.

    Returns
    -------
    CourseRecommender
        It recommends what the model did that was taken apart.

    Raises
    ------
    PartsError
        If there is no such class, or the parts don't fit together.

    Examples
    --------
    >>> parts = Parts("Popular", (2, 3), {"recent": None}, {"_counts": np.array([1, 0])})
    >>> put_together(parts)
    Traceback (most recent call last):
    recsys_course.models.parts.PartsError: Popular, _counts: shape (2,), expected (items,) \
with users=2, items=3
    """
    kind = REGISTRY.get(parts.name)
    if kind is None:
        raise PartsError(f"{parts.name}: no such model; there are {', '.join(sorted(REGISTRY))}")
    for name, value in {**parts.parameters, **parts.learned}.items():
        if sparse.issparse(value):
            try:
                value.check_format(full_check=True)
            except ValueError as error:
                raise PartsError(f"{parts.name}, {name}: no sparse matrix ({error})") from None
    try:
        inspect.signature(kind).bind(**parts.parameters)
    except TypeError as error:
        raise PartsError(f"{parts.name}: {error}") from None
    try:
        model = kind._of(parts.parameters)
    except CourseError as error:
        raise PartsError(str(error)) from None
    if model._shape not in (None, parts.shape):
        raise PartsError(f"{parts.name}: factors of {model._shape} users and items")
    _check_learned(parts, model._to_learn())
    model._restore(parts.learned, parts.shape)
    return model


def _check_learned(parts: Parts, expected: dict[str, Learned]) -> None:
    """Refuse what isn't there, is of another type, or of a size that doesn't belong to the rest."""
    if parts.learned.keys() != expected.keys():
        raise PartsError(f"{parts.name}: found {[*parts.learned]}, expected {[*expected]}")
    sizes: dict[str, int] = dict(zip(("users", "items"), parts.shape, strict=True))
    for name, (sides, is_sparse) in expected.items():
        value = parts.learned[name]
        if sparse.issparse(value) != is_sparse or value.dtype.kind not in "biuf":
            raise PartsError(f"{parts.name}, {name}: found {type(value).__name__} of {value.dtype}")
        fits = len(sides) == value.ndim and all(
            sizes.setdefault(side, size) == size
            for side, size in zip(sides, np.shape(value), strict=True)
        )
        if not fits:
            known = ", ".join(f"{side}={size}" for side, size in sizes.items())
            form = f"({', '.join(sides)}{',' if len(sides) == 1 else ''})"
            raise PartsError(
                f"{parts.name}, {name}: shape {value.shape}, expected {form} with {known}"
            )
