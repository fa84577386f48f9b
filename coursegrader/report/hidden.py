"""What a student may read of a test: hidden ones are told from visible ones by their regions."""

import ast
import re
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode

from coursegrader.course.lint.marks import Marks, inside, lines_inside, without
from coursegrader.course.lint.source import parsed
from coursegrader.run.names import lines_of

_PIECE = 16  # characters of code that say enough to be recognised, spaces left out
_SIGN = re.compile(r"[^\w\s]")
_TEXT = 12  # characters of a text, or of a whole line


def is_hidden(cell: NotebookNode, region: Marks) -> bool:
    """Tell whether an executed test ended in its hidden part.

    Parameters
    ----------
    cell : NotebookNode
        A test that failed, with its outputs.
    region : Marks
        What begins and ends hidden tests.

    Returns
    -------
    bool
        Also where nobody can tell and the test has a hidden part.
    """
    hidden = set(lines_inside(cell.source, region))
    errors = [each for each in cell.get("outputs", []) if each.output_type == "error"]
    lines = lines_of(cell, errors[0]) if errors else []
    return bool(hidden) and (not lines or bool(hidden & set(lines)))


class Veil:
    r"""What must not be read anywhere, whatever shows it: pieces of hidden tests.

    Student code that searches the process it runs in can find the tests there, and show them.

    Parameters
    ----------
    tests : iterable of str
        Sources of an assignment's tests, hidden parts and all.
    region : Marks
        What begins and ends hidden tests.

    Examples
    --------
    >>> region = Marks("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
    >>> test = "assert add\n### BEGIN HIDDEN TESTS\nassert add(-1, 1) == 0\n### END HIDDEN TESTS"
    >>> veil = Veil([test], region)
    >>> veil.covers("In[7] was: assert  add(-1,1) == 0"), veil.covers("add(2, 3) is 5")
    (True, False)
    """

    def __init__(self, tests: Iterable[str], region: Marks) -> None:
        pairs = [(inside(source, region), without(source, region)) for source in tests]
        seen = "\n".join(_squeezed(visible) for _, visible in pairs)
        known = set(_pieces(seen))
        self._pieces = {piece for hidden, _ in pairs for piece in _pieces(_squeezed(hidden))}
        self._pieces -= known
        whole = {text for hidden, _ in pairs for text in _telling(hidden)}
        self._whole = {text for text in whole if text not in seen}

    def covers(self, text: str) -> bool:
        """Tell whether a text holds a piece of a hidden test, however it is spaced."""
        shown = _squeezed(text)
        if any(whole in shown for whole in self._whole):
            return True
        starts = range(len(shown) - _PIECE + 1)
        return any(shown[start : start + _PIECE] in self._pieces for start in starts)


def _pieces(code: str) -> Iterator[str]:
    """Cut out each piece that reads like code: lists of numbers and sentences do not."""
    for start in range(len(code) - _PIECE + 1):
        piece = code[start : start + _PIECE]
        letters = sum(sign.isalpha() for sign in piece)
        if letters >= 4 and _PIECE - letters >= 3 and len(_SIGN.findall(piece)) >= 3:
            yield piece


def _telling(source: str) -> Iterator[str]:
    """Find whole lines and texts that say enough to be recognised."""
    found = [line.partition("#")[0] for line in source.splitlines()]
    tree = parsed(source)
    if not isinstance(tree, SyntaxError):
        texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        found += [text for text in texts if isinstance(text, str)]
    for each in map(_squeezed, found):
        if len(each) >= _TEXT and re.search(r"[^\W\d]", each):
            yield each


def _squeezed(text: str) -> str:
    """Take out what changes when code is shown: spaces, and the quotes of a text in a text."""
    return re.sub(r"\\[nt]|[\s\\'\"]+", "", text)
