"""Models in files."""

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
from recsys_course.models.base import CourseRecommender
from recsys_course.models.parts import Parts, PartsError, put_together, take_apart

FORMAT = 1  # raised whenever files can't be read by what read them before
HEADER = "recsys_course_model"
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
    >>> from recsys_course.models import Popular
    >>> model = Popular()
    >>> model.fit(sparse.csr_matrix([[1, 0, 1], [0, 0, 1]]))
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(model, Path(folder) / "popular.npz")
    ...     load(Path(folder) / "popular.npz").recommend(0, sparse.csr_matrix([[0, 0, 0]]), N=2)
    (array([2, 0], dtype=int32), array([2., 1.]))
    """
    parts = take_apart(model)
    given = parts.parameters
    arrays = {key: value for key, value in given.items() if _is_array(value)}
    header = {
        "format": FORMAT,
        "class": parts.name,
        "shape": parts.shape,
        "parameters": {key: given[key] for key in given if key not in arrays},
        "arrays": list(arrays),  # of the parameters
    }
    try:
        entries = {HEADER: np.array(json.dumps(header, default=_plain))}
    except TypeError as error:
        raise CourseError(f"{parts.name}: can't be saved with the parameter {error}") from None
    for key, value in {**arrays, **parts.learned}.items():
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
    broken = CourseError(
        f"{path}: damaged, or not a model that recsys_course.models.save has written; "
        "save the model again"
    )
    try:
        parts = _read(path)
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror or error}") from None
    except DAMAGE:
        raise broken from None
    try:
        return put_together(parts)
    except PartsError as error:
        raise broken from error


def _read(path: str | os.PathLike[str]) -> Parts:
    """Read what a file holds; of what it means nothing is known yet."""
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
            learned = _unpacked(entries)
    parameters = {**header["parameters"], **{key: learned.pop(key) for key in header["arrays"]}}
    users, items = header["shape"]
    return Parts(str(header["class"]), (int(users), int(items)), parameters, learned)


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
            state[name] = sparse.csr_matrix(tuple(parts), shape=tuple(entries[entry]))
        elif not part and name != HEADER:
            state[name] = entries[entry]
    return state


def _write(path: Path, entries: dict[str, np.ndarray]) -> None:
    with writing(path) as stream:
        np.savez(stream, allow_pickle=False, **entries)
