"""Bars in a terminal for what takes long; none in a notebook, whose outputs are compared.

All bars of the package come from here, and here they are switched off.
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_shown = ContextVar("shown", default=True)


def bar(steps: Iterable[Any] | None = None, **options: Any) -> Any:
    """Show how far long work is: a `tqdm.tqdm` that leaves no line when done.

    Parameters
    ----------
    steps : iterable, optional
        What is gone through; without it, count with ``update``.
    **options
        Those of tqdm; ``delay=2`` shows nothing of what takes less than two seconds.

    Returns
    -------
    tqdm.tqdm

    Examples
    --------
    >>> [step for step in bar("ab")]
    ['a', 'b']
    """
    from tqdm import tqdm  # takes longer to load than the rest of the package

    options = {"leave": False, "disable": None if _shown.get() else True, **options}
    return tqdm(steps, **options)


@contextmanager
def shown(yes: bool = True) -> Generator[None, None, None]:
    """Show bars for a while, or none; nothing brings back what is switched off around it.

    Parameters
    ----------
    yes : bool
        Whether to show them.

    Yields
    ------
    None

    Examples
    --------
    >>> with shown(False):
    ...     bar("ab").disable
    True
    """
    before = _shown.set(_shown.get() and yes)
    try:
        yield
    finally:
        _shown.reset(before)
