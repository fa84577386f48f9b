"""Pictures of a notebook, without what differs from machine to machine."""

import base64
import binascii
import struct
from contextlib import suppress

_PNG = b"\x89PNG\r\n\x1a\n"
_COMMENTS = (b"tEXt", b"iTXt", b"zTXt", b"tIME")


def without_comments(png: str) -> str:
    """Drop a picture's text chunks: matplotlib writes its version there.

    Parameters
    ----------
    png : str
        The file in base64, as a notebook holds it.

    Returns
    -------
    str
        The same picture; what is no PNG as it is.

    Examples
    --------
    >>> without_comments("bm8gcGljdHVyZQ==")
    'bm8gcGljdHVyZQ=='
    """
    with suppress(binascii.Error, struct.error):
        raw = base64.b64decode(png)
        if not raw.startswith(_PNG):
            return png
        kept, at = [_PNG], len(_PNG)
        while at < len(raw):
            (size,) = struct.unpack(">I", raw[at : at + 4])
            if raw[at + 4 : at + 8] not in _COMMENTS:
                kept.append(raw[at : at + size + 12])
            at += size + 12
        return base64.b64encode(b"".join(kept)).decode("ascii") + "\n"
    return png
