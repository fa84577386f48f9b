"""One thread for linear algebra, where more of them would burn time and gain none."""

import sys
from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def one_blas_thread() -> AbstractContextManager[object]:
    """Give the libraries behind numpy and scipy one thread each, while a ``with`` block lasts.

    Returns
    -------
    context manager
        At its end they have as many as before.

    Examples
    --------
    >>> import numpy as np
    >>> with one_blas_thread():
    ...     product = np.ones((2, 3)) @ np.ones(3)
    >>> product
    array([3., 3.])
    """
    # scipy may bring a library of its own, once its linear algebra is imported
    return _libraries("scipy.linalg" in sys.modules).limit(limits=1, user_api="blas")


@cache
def _libraries(with_scipy: bool) -> ThreadpoolController:
    return ThreadpoolController()  # to look for the libraries takes longer than to limit them
