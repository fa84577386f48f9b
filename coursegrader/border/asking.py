"""The side of the border that judges: it asks for names, and gets data and handles."""

from collections.abc import Iterable
from typing import Any

from coursegrader.border.channel import Channel
from coursegrader.border.codec import Codec, Foreign, Kind, part
from coursegrader.border.handles import raised, remote_kind


class Asking:
    """Ask the process that runs a student's code; believe nothing but that an answer is data.

    Parameters
    ----------
    channel : Channel
        To an ``Agent``, or to what a student has put in its place.
    kinds : iterable of Kind
        What crosses as data.
    """

    def __init__(self, channel: Channel, kinds: Iterable[Kind]) -> None:
        self._channel = channel
        self._codec = Codec(kinds, remote_kind(self._ask))

    def name(self, name: str) -> Any:
        """Return what a name is bound to there.

        Parameters
        ----------
        name : str
            Of a variable or a function.

        Returns
        -------
        object
            Data by value, anything else as a handle.

        Raises
        ------
        NameError
            If it isn't bound.
        Closed
            If the other process has ended.
        Foreign
            If what comes back is no answer.
        """
        return self._asked("name", name)

    def end(self) -> None:
        """Tell the other side that this was all; it goes on with what it did before."""
        self._channel.send(self._codec.encode(None))
        self._channel.receive()

    def _ask(
        self, what: str, number: int, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        return self._asked(what, number, arguments, options)

    def _asked(self, *question: Any) -> Any:
        self._channel.send(self._codec.encode(list(question)))
        answer = self._codec.decode(self._channel.receive())
        if type(answer) is not list or len(answer) != 2 or answer[0] not in ("value", "raised"):
            raise Foreign("no answer")
        how, what = answer
        if how == "value":
            return what
        try:
            error = raised(part(list, what))
        except Exception as wrong:
            raise Foreign(f"no error ({type(wrong).__name__})") from wrong
        raise error
