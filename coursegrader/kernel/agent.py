"""The student's side of the border: it answers what a test asks of names, functions and models."""

import contextlib
import io
import warnings
from collections.abc import Iterable
from typing import Any

from coursegrader.border.channel import Channel, Closed
from coursegrader.border.codec import Codec, Foreign, Kind
from coursegrader.border.handles import Table, told


class Agent:
    """Answer questions until nobody asks any longer.

    Parameters
    ----------
    channel : Channel
        Where questions come from.
    names : dict
        What the student's cells have bound.
    kinds : iterable of Kind
        What crosses as data.
    """

    def __init__(self, channel: Channel, names: dict[str, Any], kinds: Iterable[Kind]) -> None:
        self._channel, self._names = channel, names
        self._table = Table()
        self._codec = Codec(kinds, self._table.kind())

    def serve(self) -> None:
        """Answer until it is told that this was all, or nobody is there any longer."""
        while True:
            try:
                question = self._codec.decode(self._channel.receive())
            except Closed:
                return
            if question is None:
                self._channel.send(self._codec.encode(None))
                return
            self._channel.send(self._answer(*question))

    def _answer(self, what: str, *more: Any) -> list[bytes]:
        """Do what is asked; whatever comes of it is an answer."""
        # a library's warning or progress bar is nobody's answer, and no failure
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            try:
                return self._codec.encode(["value", self._value(what, *more)])
            except Foreign as error:
                said = f"what your code returns can't be looked at ({error})"
                return self._codec.encode(["raised", [["ValueError"], said, []]])
            except BaseException as error:  # an exit, too, is something that the code has done
                return self._codec.encode(["raised", told(error)])

    def _value(self, what: str, *more: Any) -> Any:
        if what == "name":
            (name,) = more
            if name not in self._names:
                raise NameError(f"name {name!r} is not defined")
            return self._names[name]
        number, arguments, options = more
        thing = self._table.kept[number]
        if what == "repr":
            return repr(thing)
        if what == "attribute":
            return getattr(thing, *arguments)
        return getattr(type(thing), what)(thing, *arguments, **options)
