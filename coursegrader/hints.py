"""A hint instead of a traceback: how every check talks to a student."""

import contextlib
import io
import traceback
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple


class Meaning(NamedTuple):
    """What a library's message means to a student: the code of the mistake, and a sentence."""

    code: str
    sentence: str


#: Words of a library's message -> what they mean; a course adds its own.
MEANINGS: dict[str, Meaning] = {
    "'float' object cannot be interpreted as an integer": Meaning(
        "float-for-whole",
        "a number of things was given as a float: make it a whole one, with int()",
    ),
}


class Hint(AssertionError):
    """What is wrong with an answer and what to look at, in one sentence.

    Parameters
    ----------
    sentence : str
        What the student reads, with their own numbers in it.
    code : str
        What kind of mistake it is, whatever the language of the sentence: ``"transposed-matrix"``.

    Examples
    --------
    >>> raise Hint("you returned None: is there a return at the end?")
    Traceback (most recent call last):
    coursegrader.hints.Hint: you returned None: is there a return at the end?
    """

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code

    def _render_traceback_(self) -> list[str]:
        """Show sentence and code alone: a notebook asks for this in place of a traceback."""
        return [f"Hint: {self}" + (f" [{self.code}]" if self.code else "")]


def expect(condition: object, hint: str, code: str = "") -> None:
    """Raise a `Hint` unless the condition holds.

    Parameters
    ----------
    condition : object
        Anything with a truth value.
    hint : str
        What the student should hear if it doesn't hold.
    code : str
        What kind of mistake that is.

    Raises
    ------
    Hint
        If the condition is false.

    Examples
    --------
    >>> expect(2 > 1, "two is more than one")
    """
    if not condition:
        raise Hint(hint, code)


def call(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Call a student's function; an exception inside it becomes a hint.

    Warnings and progress bars of libraries are kept off stderr, because nbgrader takes anything
    on stderr for a failure.

    Parameters
    ----------
    function : callable
        What the student wrote.
    *args, **options
        Handed on as they are.

    Returns
    -------
    object
        What the function returned.

    Raises
    ------
    Hint
        If it isn't a function, isn't written yet, or raises.

    Examples
    --------
    >>> call(max, 2, 3)
    3
    >>> call(int, "three")
    Traceback (most recent call last):
    coursegrader.hints.Hint: int raised ValueError: invalid literal for int() with base 10: 'three'
    """
    expect(
        callable(function),
        f"expected a function, got {type(function).__name__}: keep the `def` line of the stub",
        "not-a-function",
    )
    name = getattr(function, "__name__", type(function).__name__)
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        try:
            return function(*args, **options)
        except Hint:  # what the test forbids meanwhile says enough
            raise
        except Exception as error:
            if isinstance(error, NotImplementedError) and not str(error):  # as a stub raises it
                *_, last = traceback.extract_tb(error.__traceback__)  # the written may call a stub
                raise Hint(
                    f"{last.name} is not written yet: "
                    "put your code in place of `raise NotImplementedError`",
                    "not-written",
                ) from error
            said = f"{name} raised {type(error).__name__}: {error}{_where(function, error)}"
            # what a library's message means here, where its own words don't help
            known = [meant for words, meant in MEANINGS.items() if words in str(error)]
            said += "".join(f". It means: {meant.sentence}" for meant in known)
            raise Hint(said, known[0].code if known else "raised") from error


def _where(function: Callable[..., Any], error: Exception) -> str:
    """Quote the last line of the function's own cell that the error came through."""
    code = getattr(function, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.line for frame in frames if code and frame.filename == code.co_filename]
    return f", in the line `{lines[-1]}`" if lines and lines[-1] else ""
