"""Bytes in memory of Arrow's own, for its readers to read from."""

import pyarrow as pa


def arrows_own(data: bytes) -> pa.BufferReader:
    """Copy bytes into memory of Arrow's.

    A thread of Arrow's may still hold what it read when Python's interpreter ends; giving memory of
    Python's back then would abort the process.

    Parameters
    ----------
    data : bytes
        What is to be read.

    Returns
    -------
    pyarrow.BufferReader
        At the first byte.

    Examples
    --------
    >>> arrows_own(b"a,b").read()
    b'a,b'
    """
    copy = pa.BufferOutputStream()
    copy.write(data)
    return pa.BufferReader(copy.getvalue())
