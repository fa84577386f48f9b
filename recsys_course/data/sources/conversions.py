"""Small conversions that several sources need."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def first_of_january(years: np.ndarray) -> np.ndarray:
    """Turn years into dates.

    Parameters
    ----------
    years : array of float64, shape (n,)
        Whole numbers; NaN is unknown.

    Returns
    -------
    array of datetime64[us], shape (n,)

    Examples
    --------
    >>> first_of_january(np.array([1995.0, np.nan])).astype("datetime64[D]")
    array(['1995-01-01',        'NaT'], dtype='datetime64[D]')
    """
    known = ~np.isnan(years)
    dates = np.full(len(years), "NaT", "datetime64[us]")
    dates[known] = (years[known].astype(np.int64) - 1970).astype("datetime64[Y]")
    return dates


def whole(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Turn whole numbers that stand as float64 into int64; NaN is unknown.

    Parameters
    ----------
    values : pyarrow.ChunkedArray of float64

    Returns
    -------
    pyarrow.ChunkedArray of int64

    Examples
    --------
    >>> whole(pa.chunked_array([[3519.0, float("nan"), None]])).to_pylist()
    [3519, None, None]
    """
    return pc.if_else(pc.is_nan(values), None, values).cast(pa.int64())
