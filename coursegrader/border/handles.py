"""Things that stay where they are: who asks for one gets a handle, and asks it for the rest.

Functions, models of a class of one's own, whatever is no data. The process that has them keeps them
in a table; the other one has a `Remote`, which sends what it is asked and returns what comes back.
"""

import builtins
import re
import traceback
from collections.abc import Callable
from functools import cache
from typing import Any

from coursegrader.border.codec import Foreign, Kind, Making, Taking, part

_TAG = "handle"
_MOST = 2_000  # characters of what is told of a thing or an error
_FRAMES = 50  # lines of code that an error came through
#: What a handle can be asked for, if the thing has it, besides attributes and how it is shown.
_ASKED = ("__call__", "__len__", "__getitem__", "__next__", "__iter__", "__contains__")

#: Asks for something of a thing by its number: ``ask(what, number, arguments, options)``.
Ask = Callable[[str, int, tuple[Any, ...], dict[str, Any]], Any]


class Table:
    """What stays here, by numbers that others know it by.

    Examples
    --------
    >>> table = Table()
    >>> table.kept[table.number(print)] is print
    True
    """

    def __init__(self) -> None:
        self.kept: list[Any] = []
        self._numbers: dict[int, int] = {}

    def number(self, thing: Any) -> int:
        """Return the number of a thing, which is kept from now on."""
        number = self._numbers.get(id(thing))
        if number is None:
            number = self._numbers[id(thing)] = len(self.kept)
            self.kept.append(thing)
        return number

    def kind(self) -> Kind:
        """Return the kind that everything crosses as that isn't data."""
        return Kind(_TAG, (), self._take, self._make)

    def _take(self, thing: Any, _: Taking) -> list[Any]:
        kind = type(thing)
        own = {name for each in kind.__mro__ for name in vars(each)}  # not those of its metaclass
        has = [name for name in _ASKED if name in own]
        name = getattr(thing, "__name__", "")
        return [self.number(thing), kind.__name__, name if type(name) is str else "", has]

    def _make(self, parts: list[Any], _: Making) -> Any:
        return self.kept[part(int, parts[0])]


class Remote:
    """A thing that is somewhere else.

    Parameters
    ----------
    ask : callable
        Asks it something.
    number : int
        Which one it is there.
    name : str
        What a function or a class is called.
    """

    def __init__(self, ask: Ask, number: int, name: str) -> None:
        vars(self).update(_ask=ask, _number=number)
        if name:
            vars(self)["__name__"] = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):  # what Python itself looks for
            raise AttributeError(name)
        return self._ask("attribute", self._number, (name,), {})

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__}: {name} can't be set from here")

    def __repr__(self) -> str:
        return str(self._ask("repr", self._number, (), {}))[:_MOST]


def _asking(method: str) -> Callable[..., Any]:
    def asked(self: Remote, *arguments: Any, **options: Any) -> Any:
        return self._ask(method, self._number, arguments, options)

    return asked


@cache
def _like(name: str, has: frozenset[str]) -> type[Remote]:
    """Return a class of that name, whose things can be asked for this."""
    return type(name, (Remote,), {method: _asking(method) for method in has})


def remote_kind(ask: Ask) -> Kind:
    """Return the kind that handles of the other process's things come as.

    Parameters
    ----------
    ask : callable
        Asks that process.

    Returns
    -------
    Kind
        For `Codec`'s ``other``, where nothing else of its own may cross.
    """

    def take(thing: Any, _: Taking) -> list[Any]:
        if not isinstance(thing, Remote):
            raise Foreign(f"{type(thing).__name__}: no data of a known kind")
        return [vars(thing)["_number"]]

    def make(parts: list[Any], _: Making) -> Remote:
        number, kind, name, has = parts
        called = re.sub(r"\W", "_", part(str, kind))[:100] or "thing"
        known = frozenset(part(str, each) for each in has) & frozenset(_ASKED)
        return _like(called, known)(ask, part(int, number), part(str, name)[:_MOST])

    return Kind(_TAG, (), take, make)


def told(error: BaseException) -> list[Any]:
    """Return what is told of an error in the process that raised it.

    Parameters
    ----------
    error : BaseException
        With its traceback.

    Returns
    -------
    list
        Names of its class and of those above, its words, and the lines that it came through:
        file, number, function and text of each.
    """
    lines = [
        [frame.filename, frame.lineno or 0, frame.name, (frame.line or "")[:_MOST]]
        for frame in traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    ]
    try:
        said = str(error)[:_MOST]
    except Exception:  # of a class of the student's own
        said = ""
    return [[each.__name__ for each in type(error).__mro__], said, lines]


def raised(parts: Any) -> Exception:
    """Return an error like one that was raised elsewhere.

    Parameters
    ----------
    parts : object
        What `told` returned, or somebody says that it has.

    Returns
    -------
    Exception
        Of Python's own class, or of one like it; ``frames`` are its lines, as
        ``traceback.extract_tb`` returns them. What would end a process is a RuntimeError.

    Raises
    ------
    Exception
        If the parts don't fit together.
    """
    names, said, lines = parts
    known = (getattr(builtins, part(str, name), None) for name in names)
    above = next(
        (each for each in known if isinstance(each, type) and issubclass(each, Exception)),
        RuntimeError,
    )
    own = re.sub(r"\W", "_", names[0])[:100] or "Error"
    words = part(str, said)
    error: Exception = type(own, (above,), {"__str__": lambda _: words})()
    frames = [
        traceback.FrameSummary(
            part(str, file), part(int, line), part(str, name), lookup_line=False, line=text
        )
        for file, line, name, text in lines[-_FRAMES:]
        if type(text) is str
    ]
    vars(error)["frames"] = traceback.StackSummary.from_list(frames)
    return error
