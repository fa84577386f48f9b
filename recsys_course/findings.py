"""What a lesson finds in the data at hand: said as it is there, and not asserted."""

import os

HARD = "RECSYS_COURSE_FINDINGS"  # set to "hard" where the embedded cinema must say what is expected


def finding(holds: object, expected: str, otherwise: str) -> None:
    """Say which of two things the data show.

    What holds by construction or by mathematics is asserted. What is true of one data set is a
    finding: the embedded cinema says one thing, and the data that a user brings may say another.
    Then the lesson says so, and goes on.

    Parameters
    ----------
    holds : object
        Anything with a truth value: whether the data show what is expected.
    expected : str
        What to say then, with the figure in it.
    otherwise : str
        What to say if they don't.

    Raises
    ------
    AssertionError
        If it doesn't hold on the embedded cinema (no ``DATA_DIR``), and the environment variable
        ``RECSYS_COURSE_FINDINGS`` is "hard", as it is where the course is tested.

    Examples
    --------
    >>> ratio = 1.7
    >>> finding(
    ...     ratio > 1,
    ...     f"The neighbours find {ratio:.1f} times as much as popularity.",
    ...     f"The neighbours find {ratio:.1f} times as much as popularity: no gain here.",
    ... )
    The neighbours find 1.7 times as much as popularity.
    """
    if not holds and os.environ.get(HARD) == "hard" and not os.environ.get("DATA_DIR"):
        raise AssertionError(f"the embedded cinema says otherwise: {otherwise}")
    print(expected if holds else otherwise)
