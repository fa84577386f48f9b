"""Messages over a socket, whole or not at all, and none larger than may cross."""

import socket
import struct
from collections.abc import Sequence

from coursegrader.border import codec
from coursegrader.border.codec import Foreign

_COUNT, _LENGTH = struct.Struct("<I"), struct.Struct("<Q")
_MOST_PIECES = 100_000  # arrays of a message, and a few


class Closed(Exception):
    """Nobody is at the other end any longer.

    Examples
    --------
    >>> ours, theirs = socket.socketpair()
    >>> theirs.close()
    >>> Channel(ours).receive()
    Traceback (most recent call last):
    coursegrader.border.channel.Closed: nobody is at the other end
    """

    def __init__(self) -> None:
        super().__init__("nobody is at the other end")


class Channel:
    """One end of a socket that carries messages; each is a few pieces of bytes.

    Parameters
    ----------
    end : socket.socket
        Connected, of a kind that loses nothing.

    Examples
    --------
    >>> ours, theirs = socket.socketpair()
    >>> Channel(ours).send([b"recall", b"0.25"])
    >>> Channel(theirs).receive()
    [b'recall', b'0.25']
    """

    def __init__(self, end: socket.socket) -> None:
        self.end = end

    def send(self, pieces: Sequence[bytes]) -> None:
        """Send a message.

        Parameters
        ----------
        pieces : sequence of bytes
            As `Codec.encode` returns them.

        Raises
        ------
        Closed
            If nobody is there to take it.
        """
        head = [_COUNT.pack(len(pieces)), *(_LENGTH.pack(len(piece)) for piece in pieces)]
        try:
            for piece in (b"".join(head), *pieces):
                self.end.sendall(piece)
        except ConnectionError:
            raise Closed from None

    def receive(self) -> list[bytes]:
        """Wait for a message, and return its pieces.

        Returns
        -------
        list of bytes

        Raises
        ------
        Closed
            If there will be none.
        Foreign
            If it is larger than may cross: nothing of it is read, and nothing can be read after it.
        """
        (count,) = _COUNT.unpack(self._read(_COUNT.size))
        if count > _MOST_PIECES:
            raise Foreign(f"a message of {count:,} pieces")
        lengths = [length for (length,) in _LENGTH.iter_unpack(self._read(count * _LENGTH.size))]
        if sum(lengths) > codec.MOST_BYTES:
            raise Foreign(f"a message of {sum(lengths) / 1e6:,.0f} MB")
        return [self._read(length) for length in lengths]

    def _read(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            try:
                more = self.end.recv(min(length - len(data), 2**20))
            except ConnectionError:
                more = b""
            if not more:
                raise Closed
            data += more
        return bytes(data)
