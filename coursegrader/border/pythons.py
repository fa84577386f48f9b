"""The kinds of values that Python itself has."""

import datetime
import decimal
import fractions
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any

from coursegrader.border.codec import Kind, Making, Taking, part

_DIGITS = 4_000  # of a number; Python itself reads no more
_EXPONENT = 5_000  # of a decimal number: as a whole one it would have so many digits


def _whole(parts: list[Any], _: Making) -> int:
    (text,) = parts
    if len(part(str, text)) > _DIGITS:
        raise ValueError("a number of too many digits")
    return int(text)


def _decimal(parts: list[Any], _: Making) -> decimal.Decimal:
    (text,) = parts
    if len(part(str, text)) > _DIGITS:
        raise ValueError("a number of too many digits")
    number = decimal.Decimal(text)
    if number.is_finite() and abs(number.adjusted()) > _EXPONENT:
        raise ValueError("a number of too many digits")
    return number


def _many(tag: str, kind: Callable[[Iterable[Any]], Any], *types: type) -> Kind:
    """Return the kind of a container that is made from its items."""

    def take(thing: Any, taking: Taking) -> list[Any]:
        return [taking.parts(each) for each in thing]

    def make(parts: list[Any], making: Making) -> Any:
        return kind([making.made(each) for each in parts])

    return Kind(tag, types or (kind,), take, make)  # pyrefly: ignore


def _map(tag: str, kind: Callable[[dict[Any, Any]], Any], *types: type) -> Kind:
    """Return the kind of a container that is made from its pairs."""

    def take(thing: Any, taking: Taking) -> list[Any]:
        return [taking.parts(each) for pair in thing.items() for each in pair]

    def make(parts: list[Any], making: Making) -> Any:
        found = [making.made(each) for each in parts]
        return kind(dict(zip(found[::2], found[1::2], strict=True)))

    return Kind(tag, types or (kind,), take, make)  # pyrefly: ignore


def _of(tag: str, kind: Any, plain: type, *names: str) -> Kind:
    """Return the kind of what is made from plain attributes."""

    def take(thing: Any, taking: Taking) -> list[Any]:
        return [taking.parts(getattr(thing, name)) for name in names]

    def make(parts: list[Any], making: Making) -> Any:
        found = map(making.made, parts)
        return kind(*(each if plain is object else part(plain, each) for each in found))

    return Kind(tag, (kind,), take, make)


def _iso(tag: str, kind: Any) -> Kind:
    """Return the kind of a moment."""

    def make(parts: list[Any], _: Making) -> Any:
        (text,) = parts
        return kind.fromisoformat(part(str, text))

    return Kind(tag, (kind,), lambda thing, _: [thing.isoformat()], make)


#: Containers, numbers that aren't plain, moments. A defaultdict comes without its factory.
KINDS = [
    _many("list", list),
    _many("tuple", tuple),
    _many("set", set),
    _many("frozenset", frozenset),
    _many("deque", deque),
    _map("dict", dict),
    _map("ordered", OrderedDict),
    _map("counter", Counter),
    _map("default", lambda pairs: defaultdict(None, pairs), defaultdict),
    Kind("whole", (int,), lambda thing, _: [str(thing)], _whole),
    _of("complex", complex, float, "real", "imag"),
    Kind(
        "bytearray",
        (bytearray,),
        lambda thing, _: [bytes(thing)],
        lambda parts, _: bytearray(part(bytes, *parts)),
    ),
    _of("range", range, int, "start", "stop", "step"),
    _of("slice", slice, object, "start", "stop", "step"),
    Kind("decimal", (decimal.Decimal,), lambda thing, _: [str(thing)], _decimal),
    _of("fraction", fractions.Fraction, int, "numerator", "denominator"),
    _iso("date", datetime.date),
    _iso("time", datetime.time),
    _iso("datetime", datetime.datetime),
    _of("timedelta", datetime.timedelta, int, "days", "seconds", "microseconds"),
    Kind("ellipsis", (type(...),), lambda _, __: [], lambda _, __: ...),
]
