"""The kinds of values that numpy, scipy and pandas have."""

import math
import re
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from coursegrader.border.codec import Foreign, Kind, Making, Taking, part

_NUMBERS = "biufcmMSU"  # kinds of numpy's types whose bytes are their value
_SPARSE = {
    f"{format}_{shape}": getattr(sparse, f"{format}_{shape}")
    for format in ("csr", "csc", "coo", "lil", "dok")  # others may take more than they are made of
    for shape in ("array", "matrix")
}
_ZONE = re.compile(r"(?!dateutil)[A-Za-z]\w*([/+:-]\w+)*")  # no file of ours
_COMPRESSED = ("csr", "csc")
#: Types of pandas' own that are made again from their name, and how their values are sent.
_OF_PANDAS = (
    "str", "string", "boolean", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32",
    "UInt64", "Float32", "Float64",
)  # fmt: skip


def _type(name: Any) -> np.dtype[Any]:
    """Return one of numpy's types, by its name."""
    found = np.dtype(part(str, name))
    if found.kind not in _NUMBERS or found.names or found.subdtype:
        raise TypeError(f"{name}: not a type of numbers, moments or texts")
    return found


def _take_array(array: Any, taking: Taking) -> list[Any]:
    if array.dtype.kind == "O":
        return ["O", list(array.shape), *(taking.parts(each) for each in array.ravel())]
    if array.dtype.kind not in _NUMBERS or array.dtype.names:
        raise Foreign(f"{array.dtype}: an array of no data of a known kind")
    return [array.dtype.str, list(array.shape), taking.buffer(array.tobytes())]


def _make_array(parts: list[Any], making: Making) -> Any:
    kind, lengths, *data = parts
    shape = tuple(part(int, each) for each in part(list, lengths))
    if any(each < 0 for each in shape) or len(shape) > 32:
        raise ValueError("an array of no shape")
    if kind == "O":
        if math.prod(shape) != len(data):
            raise ValueError("an array of another size")
        array = np.empty(len(data), dtype=object)
        for place, each in enumerate(data):
            array[place] = making.made(each)
        return array.reshape(shape)
    (buffer,) = data
    return np.frombuffer(making.buffer(buffer), _type(kind)).reshape(shape).copy()


def _made_array(parts: Any, making: Making) -> Any:
    array = making.made(parts)
    if type(array) is not np.ndarray:
        raise TypeError(f"{type(array).__name__} in place of an array")
    return array


def _take_scalar(scalar: Any, taking: Taking) -> list[Any]:
    return [taking.parts(np.asarray(scalar))]


def _make_scalar(parts: list[Any], making: Making) -> Any:
    (array,) = (_made_array(each, making) for each in parts)
    return array[()]  # an array without axes has one value


def _take_sparse(matrix: Any, taking: Taking) -> list[Any]:
    # a copy where need be: a matrix that says what isn't so must not be asked to do anything
    plain = matrix if matrix.format in _COMPRESSED else matrix.tocsr()
    arrays = plain.data, plain.indices, plain.indptr
    name = f"{matrix.format}_{'array' if isinstance(matrix, sparse.sparray) else 'matrix'}"
    return [name, plain.format, list(plain.shape), *(taking.parts(each) for each in arrays)]


def _make_sparse(parts: list[Any], making: Making) -> Any:
    name, plain, shape, *arrays = parts
    kind = _SPARSE[part(str, name)]
    data, indices, indptr = (_made_array(each, making) for each in arrays)
    if plain not in _COMPRESSED or data.dtype.kind not in "biufc":
        raise ValueError("not a sparse matrix")
    if indices.dtype.kind != "i" or indptr.dtype.kind != "i":
        raise TypeError("places that are no whole numbers")
    rows, columns = (part(int, each) for each in part(list, shape))
    through = _SPARSE[f"{plain}_{name.partition('_')[2]}"]
    matrix = through((data, indices, indptr), shape=(rows, columns))
    matrix.check_format(full_check=True)  # code that isn't Python believes these numbers
    return matrix if type(matrix) is kind else matrix.asformat(name.partition("_")[0])


def _take_values(values: Any, taking: Taking) -> list[Any]:
    """Take apart what a column or an index of pandas holds."""
    kind = values.dtype
    if isinstance(kind, np.dtype):
        return ["numpy", taking.parts(np.asarray(values))]
    if isinstance(kind, pd.CategoricalDtype):
        codes = np.asarray(values.codes if hasattr(values, "codes") else values.cat.codes)
        return ["category", taking.parts(codes), taking.parts(kind.categories), kind.ordered]
    if isinstance(kind, pd.DatetimeTZDtype):
        moments = np.asarray(pd.DatetimeIndex(values).tz_convert(None))
        return ["moments", taking.parts(moments), str(kind.tz)]
    if str(kind) in _OF_PANDAS:
        return [str(kind), taking.parts(np.asarray(values.astype(object), dtype=object))]
    raise Foreign(f"{kind}: a column of no data of a known kind")


def _make_values(parts: list[Any], making: Making) -> Any:
    name, values, *more = parts
    found = _made_array(values, making)
    if found.ndim != 1:
        raise ValueError("a column has one axis")
    if name == "numpy":
        return found
    if name == "category":
        categories, ordered = making.made(more[0]), part(bool, more[1])
        if not isinstance(categories, pd.Index):
            raise TypeError("categories are an index")
        return pd.Categorical.from_codes(found, categories=categories, ordered=ordered)
    if name == "moments":
        (zone,) = more
        if not _ZONE.fullmatch(part(str, zone)):
            raise ValueError("no time zone")
        return pd.DatetimeIndex(found).tz_localize("UTC").tz_convert(zone).array
    if name in _OF_PANDAS:
        return pd.array(found, dtype=name)
    raise ValueError("a column of no known type")


def _take_index(index: Any, taking: Taking) -> list[Any]:
    if type(index) is pd.RangeIndex:
        return ["range", taking.parts(index.name), index.start, index.stop, index.step]
    if type(index) is pd.MultiIndex:
        levels = [taking.parts(index.get_level_values(at)) for at in range(index.nlevels)]
        return ["levels", taking.parts(list(index.names)), *levels]
    return ["values", taking.parts(index.name), *_take_values(index, taking)]


def _make_index(parts: list[Any], making: Making) -> Any:
    how, name, *rest = parts
    called = making.made(name)
    if how == "range":
        return pd.RangeIndex(*(part(int, each) for each in rest), name=called)
    if how == "levels":
        return pd.MultiIndex.from_arrays([_index(each, making) for each in rest], names=called)
    return pd.Index(_make_values(rest, making), name=called)


def _index(parts: Any, making: Making) -> Any:
    index = making.made(parts)
    if not isinstance(index, pd.Index):
        raise TypeError(f"{type(index).__name__} in place of an index")
    return index


def _take_series(series: Any, taking: Taking) -> list[Any]:
    values = series.array if not isinstance(series.dtype, np.dtype) else series.to_numpy()
    return [
        taking.parts(series.name), taking.parts(series.index), *_take_values(values, taking)
    ]  # fmt: skip


def _make_series(parts: list[Any], making: Making) -> Any:
    name, index, *values = parts
    return pd.Series(
        _make_values(values, making), index=_index(index, making), name=making.made(name)
    )


def _take_frame(frame: Any, taking: Taking) -> list[Any]:
    columns = [taking.parts(frame.iloc[:, at]) for at in range(frame.shape[1])]
    return [taking.parts(frame.columns), taking.parts(frame.index), *columns]


def _make_frame(parts: list[Any], making: Making) -> Any:
    columns, index, *series = parts
    found = [making.made(each) for each in series]
    rows = _index(index, making)
    if not all(type(each) is pd.Series and len(each) == len(rows) for each in found):
        raise TypeError("columns are series, as long as the index")
    frame = pd.DataFrame({at: each.array for at, each in enumerate(found)}, index=rows)
    frame.columns = _index(columns, making)
    return frame


def _moment(kind: Any) -> Kind:
    """Return the kind of a moment or span of pandas."""
    return Kind(
        f"pandas {kind.__name__}",
        (kind,),
        lambda thing, _: [thing.isoformat()],
        lambda parts, _: kind(part(str, *parts)),
    )


def _one(tag: str, thing: Any) -> Kind:
    """Return the kind of what there is only one of."""
    return Kind(tag, (type(thing),), lambda _, __: [], lambda _, __: thing)


_SCALARS = tuple(
    kind for kind in {np.dtype(letter).type for letter in np.typecodes["All"] if letter not in "OV"}
)
_INDEXES = (
    pd.Index, pd.RangeIndex, pd.MultiIndex, pd.DatetimeIndex, pd.TimedeltaIndex, pd.CategoricalIndex
)  # fmt: skip
#: Arrays, their scalars, sparse matrices, series, frames, indexes, moments.
KINDS = [
    Kind("array", (np.ndarray,), _take_array, _make_array),
    Kind("scalar", _SCALARS, _take_scalar, _make_scalar),
    Kind("sparse", tuple(_SPARSE.values()), _take_sparse, _make_sparse),
    Kind("index", _INDEXES, _take_index, _make_index),
    Kind("series", (pd.Series,), _take_series, _make_series),
    Kind("frame", (pd.DataFrame,), _take_frame, _make_frame),
    _moment(pd.Timestamp),
    _moment(pd.Timedelta),
    _one("nat", pd.NaT),
    _one("na", pd.NA),
]
