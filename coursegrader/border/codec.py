"""Values as bytes and back: a closed list of types, of bounded size; nothing is ever unpickled.

What comes in has been made by a program that may want to do harm. It is read as MessagePack, and
each thing in it is made anew from plain parts: whoever sends may choose its value, not its code.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

MOST_BYTES = 400_000_000  # of a value
MOST_STRUCTURE = 20_000_000  # of them outside of arrays: each may take a hundred in memory
MOST_DEPTH = 60  # of lists in lists
_PLAIN = {type(None), bool, float, str, bytes}
_WHOLE = range(-(2**63), 2**64)  # numbers that MessagePack has


class Foreign(Exception):
    """Something that is no data, or not of a kind that may cross.

    Examples
    --------
    >>> Codec([]).encode(print)
    Traceback (most recent call last):
    coursegrader.border.codec.Foreign: builtin_function_or_method: no data of a known kind
    """


class Kind(NamedTuple):
    """One kind of thing that may cross.

    Parameters
    ----------
    tag : str
        What its parts begin with.
    types : tuple of type
        The very types that are sent so; not those made from them, which may do something else.
    take : callable
        ``take(thing, taking)`` returns its parts: plain values, or what `Taking` makes of others.
    make : callable
        ``make(parts, making)`` makes it again, whatever the parts are: what it raises means that
        they don't fit together. It must not do anything else, and check all that it hands on to
        code that trusts what it gets.
    """

    tag: str
    types: tuple[type, ...]
    take: "Callable[[Any, Taking], list[Any]]"
    make: "Callable[[list[Any], Making], Any]"


class Taking:
    """A value that is being taken apart."""

    def __init__(self, by_type: dict[type, Kind], other: Kind | None) -> None:
        self._by_type, self._other = by_type, other
        self._depth = 0
        self.buffers: list[bytes] = []

    def parts(self, thing: Any) -> Any:
        """Return the parts of something: a list that begins with its tag, or a plain value."""
        kind = type(thing)
        if kind in _PLAIN or (kind is int and thing in _WHOLE):
            return thing
        known = self._by_type.get(kind, self._other)
        if known is None:
            raise Foreign(f"{kind.__name__}: no data of a known kind")
        if self._depth > MOST_DEPTH:
            raise Foreign(f"{kind.__name__}: lies in itself, or in too many others")
        self._depth += 1
        found = [known.tag, *known.take(thing, self)]
        self._depth -= 1
        return found

    def buffer(self, data: bytes) -> int:
        """Send bytes beside the parts; return how they are asked for."""
        self.buffers.append(data)
        return len(self.buffers) - 1


class Making:
    """A value that is being put together."""

    def __init__(self, by_tag: dict[str, Kind], buffers: Sequence[bytes]) -> None:
        self._by_tag = by_tag
        self._buffers = buffers
        self._depth = 0

    def made(self, parts: Any) -> Any:
        """Return what has these parts."""
        kind = type(parts)
        if kind in _PLAIN or kind is int:
            return parts
        if kind is not list or not parts or self._depth > MOST_DEPTH:
            raise Foreign(f"{kind.__name__}: not what a value is sent as")
        tag, *rest = parts
        known = self._by_tag.get(tag) if type(tag) is str else None
        if known is None:
            raise Foreign("no data of a known kind")
        self._depth += 1
        found = known.make(rest, self)
        self._depth -= 1
        return found

    def buffer(self, number: Any) -> bytes:
        """Return bytes that were sent beside the parts."""
        if type(number) is not int or number < 0:
            raise TypeError("a buffer has a number")
        return self._buffers[number]


def part(kind: type, thing: Any) -> Any:
    """Return a part, which must be of that very type.

    Parameters
    ----------
    kind : type
        A plain one.
    thing : object
        What was sent.

    Returns
    -------
    object

    Raises
    ------
    TypeError
        If it isn't.

    Examples
    --------
    >>> part(int, True)
    Traceback (most recent call last):
    TypeError: bool in place of int
    """
    if type(thing) is not kind:
        raise TypeError(f"{type(thing).__name__} in place of {kind.__name__}")
    return thing


class Codec:
    """Turn values of known kinds into bytes and back.

    Parameters
    ----------
    kinds : iterable of Kind
        What may cross, besides numbers and texts.
    other : Kind, optional
        What everything else crosses as; by default it may not.

    Examples
    --------
    >>> from coursegrader.border.pythons import KINDS
    >>> codec = Codec(KINDS)
    >>> codec.decode(codec.encode({"recall": [0.25, None], (1, 2): {3}}))
    {'recall': [0.25, None], (1, 2): {3}}
    """

    def __init__(self, kinds: Iterable[Kind], other: Kind | None = None) -> None:
        kinds = [*kinds, *([other] if other else [])]
        self._other = other
        self._by_tag = {kind.tag: kind for kind in kinds}
        self._by_type = {each: kind for kind in kinds for each in kind.types}
        if len(self._by_tag) < len(kinds):
            raise ValueError("two kinds have one tag")

    def encode(self, thing: Any) -> list[bytes]:
        """Return a value as bytes.

        Parameters
        ----------
        thing : object
            Of a known kind, and so all that is in it.

        Returns
        -------
        list of bytes
            Its structure, and then the data of arrays.

        Raises
        ------
        Foreign
            If it, or something in it, may not cross, or it is too large or too deep.
        """
        taking, name = Taking(self._by_type, self._other), type(thing).__name__
        try:
            structure = msgspec.msgpack.encode(taking.parts(thing))
        except (ValueError, OverflowError) as error:  # a text that is none, for one
            raise Foreign(f"{name}: cannot be sent ({error})") from error
        data = [structure, *taking.buffers]
        _see_size(data, f"{name}: ")
        return data

    def decode(self, data: Sequence[bytes]) -> Any:
        """Make a value from bytes that anybody may have sent.

        Parameters
        ----------
        data : sequence of bytes
            From `encode`, or not.

        Returns
        -------
        object
            It shares no memory with `data`.

        Raises
        ------
        Foreign
            If they are not what `encode` makes.
        """
        _see_size(data)
        try:
            structure, *buffers = data
            return Making(self._by_tag, buffers).made(msgspec.msgpack.decode(structure))
        except Foreign:
            raise
        except Exception as error:  # of any type, for parts may be put together in any way
            raise Foreign(f"no value ({type(error).__name__}: {error!s:.200})") from error


def _see_size(data: Sequence[bytes], name: str = "") -> None:
    whole = sum(map(len, data))
    if whole > MOST_BYTES:
        raise Foreign(f"{name}{whole / 1e6:.0f} MB, and {MOST_BYTES / 1e6:.0f} may cross")
    if data and len(data[0]) > MOST_STRUCTURE:
        most = MOST_STRUCTURE / 1e6
        raise Foreign(
            f"{name}{len(data[0]) / 1e6:.0f} MB outside of arrays, and {most:.0f} may cross"
        )
