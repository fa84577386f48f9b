"""What a fitted model takes in memory, and models in files."""

import json
import os
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from coursegrader.files import writing
from recsys_course.errors import CourseError
from recsys_course.models.als import ALS
from recsys_course.models.base import CourseRecommender
from recsys_course.models.factors import Factors
from recsys_course.models.implicit import Implicit
from recsys_course.models.neighbours import ItemKNN, UserKNN
from recsys_course.models.popular import Popular
from recsys_course.models.svd import SVD

FORMAT = 1  # raised whenever files can't be read by what read them before
HEADER = "recsys_course_model"
CLASSES = {each.__name__: each for each in (ALS, SVD, Factors, Implicit, ItemKNN, Popular, UserKNN)}
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    RuntimeError,
    MemoryError,
)


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


def save(model: CourseRecommender, path: str | os.PathLike[str]) -> None:
    """Write a fitted model to a file.

    The file is numpy's ``.npz``: arrays, and one entry of JSON with the class, its parameters and
    the version of the format. There is no pickle in it. It comes into being complete or not at
    all.

    Parameters
    ----------
    model : Popular, UserKNN, ItemKNN, Factors, SVD, ALS or Implicit
        Fitted.
    path : path
        Where to; the name is taken as it is, and a file that is there is replaced.

    Raises
    ------
    CourseError
        If the model is of another class or isn't fitted, a parameter of it can't be written, or
        the file can't.

    Examples
    --------
    >>> model = Popular()
    >>> model.fit(sparse.csr_matrix([[1, 0, 1], [0, 0, 1]]))
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(model, Path(folder) / "popular.npz")
    ...     load(Path(folder) / "popular.npz").recommend(0, sparse.csr_matrix([[0, 0, 0]]), N=2)
    (array([2, 0], dtype=int32), array([2., 1.]))
    """
    name = type(model).__name__
    if CLASSES.get(name) is not type(model):
        raise CourseError(f"{name}: can't be saved; only {', '.join(CLASSES)} can")
    header: dict[str, Any] = {"format": FORMAT, "class": name, "shape": model._fitted_shape()}
    parameters = model._parameters()
    arrays = {key: value for key, value in parameters.items() if _is_array(value)}
    header["parameters"] = {key: parameters[key] for key in parameters if key not in arrays}
    header["arrays"] = list(arrays)  # of the parameters
    try:
        entries = {HEADER: np.array(json.dumps(header, default=_plain))}
    except TypeError as error:
        raise CourseError(f"{name}: can't be saved with the parameter {error}") from None
    for key, value in {**arrays, **model._state()}.items():
        entries |= _packed(key, value)
    try:
        _write(Path(path), entries)
    except OSError as error:
        raise CourseError(f"{path}: can't be written ({error.strerror or error})") from None


def load(path: str | os.PathLike[str]) -> CourseRecommender:
    """Read a model that was written by `save`.

    Nothing in the file is ever run: the class is one of those that `save` knows, all the rest is
    numbers and text.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    Popular, UserKNN, ItemKNN, Factors, SVD, ALS or Implicit
        A model that recommends what the saved one did.

    Raises
    ------
    CourseError
        If the file isn't there, isn't such a file, is damaged, or is of a newer format.

    Examples
    --------
    >>> load("no-such-model.npz")
    Traceback (most recent call last):
    recsys_course.errors.CourseError: no-such-model.npz: No such file or directory
    """
    try:
        with open(path, "rb") as stream:
            with zipfile.ZipFile(stream) as archive:
                if archive.testzip():
                    raise zipfile.BadZipFile
            stream.seek(0)
            with np.load(stream, allow_pickle=False) as entries:
                header = json.loads(str(entries[HEADER]))
                if header["format"] > FORMAT:
                    raise CourseError(
                        f"{path}: written by a newer version of the course (format "
                        f"{header['format']}, this one reads up to {FORMAT}); update the course"
                    )
                state = _unpacked(entries)
        parameters = {**header["parameters"], **{key: state.pop(key) for key in header["arrays"]}}
        model = CLASSES[header["class"]]._of(parameters)
        model._restore(state, tuple(header["shape"]))
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror or error}") from None
    except DAMAGE:
        raise CourseError(
            f"{path}: damaged, or not a model that recsys_course.models.save has written; "
            "save the model again"
        ) from None
    return model


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) or sparse.issparse(value)


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(repr(value))


def _packed(name: str, value: Any) -> dict[str, np.ndarray]:
    if not sparse.issparse(value):
        return {name: value}
    parts = {part: getattr(value, part) for part in ("data", "indices", "indptr")}
    return {f"{name}/{part}": each for part, each in (parts | {"shape": value.shape}).items()}


def _unpacked(entries: Any) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for entry in entries:
        name, _, part = entry.partition("/")
        if part == "shape":
            parts = (entries[f"{name}/{each}"] for each in ("data", "indices", "indptr"))
            matrix = sparse.csr_matrix(tuple(parts), shape=tuple(entries[entry]))
            matrix.check_format(full_check=True)  # an index out of range would crash Python
            state[name] = matrix
        elif not part and name != HEADER:
            state[name] = entries[entry]
    return state


def _write(path: Path, entries: dict[str, np.ndarray]) -> None:
    with writing(path) as stream:
        np.savez(stream, allow_pickle=False, **entries)
