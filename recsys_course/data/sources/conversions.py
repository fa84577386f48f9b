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


def moments(seconds: pa.ChunkedArray) -> pa.ChunkedArray:
    """Turn Unix seconds, with a fraction or without, into moments.

    Parameters
    ----------
    seconds : pyarrow.ChunkedArray of int64 or float64

    Returns
    -------
    pyarrow.ChunkedArray of timestamp[us, UTC]

    Examples
    --------
    >>> moments(pa.chunked_array([[1748442206.923316, None]])).to_pylist()[0].isoformat()
    '2025-05-28T14:23:26.923316+00:00'
    """
    microseconds = pc.round(pc.multiply(seconds, 1_000_000))
    return microseconds.cast(pa.int64()).cast(pa.timestamp("us", "UTC"))
