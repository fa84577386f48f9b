"""One file over HTTP: goes on where it was cut, by a connection or by Ctrl-C."""

import re
import time
from pathlib import Path

import requests

from recsys_course.progress import bar

#: Tries in a row that bring not a single byte before an address is given up.
TRIES = 3
#: Seconds before the second try; each further wait is twice as long.
PAUSE = 1.0

_TIMEOUT = (15, 60)  # seconds to connect, and between two packets
_BLOCK = 1 << 14  # a block that a cut leaves incomplete is lost
_PASSING = (429, 500, 502, 503, 504)


def transfer(url: str, part: Path) -> None:
    """Download an address into a file, or the rest of it if a part is there already.

    Parameters
    ----------
    url : str
        Where from.
    part : pathlib.Path
        Where to. Stays as it is when the transfer fails or is interrupted; next to it lies the
        server's mark of the version (ETag or date) that it belongs to.

    Raises
    ------
    requests.RequestException
        When the server can't be reached, refuses, or breaks off `TRIES` times in a row.
    """
    failures = 0
    while True:
        before = _size(part)
        try:
            _once(url, part)
            return
        except requests.RequestException as error:
            failures = 1 if _size(part) > before else failures + 1
            if failures == TRIES or not _passing(error):
                raise
        time.sleep(PAUSE * 2 ** (failures - 1))


def mark(part: Path) -> Path:
    """Tell where the version of a part is noted."""
    return part.with_name(part.name + "-version")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _passing(error: requests.RequestException) -> bool:
    if isinstance(error, requests.HTTPError):
        return error.response is not None and error.response.status_code in _PASSING
    if isinstance(error, requests.exceptions.SSLError):
        return False
    cut = requests.exceptions.ChunkedEncodingError
    return isinstance(error, requests.ConnectionError | requests.Timeout | cut)


def _once(url: str, part: Path) -> None:
    have = _size(part)
    with requests.get(url, headers=_headers(part, have), stream=True, timeout=_TIMEOUT) as answer:
        if answer.status_code == requests.codes.requested_range_not_satisfiable:
            if answer.headers.get("Content-Range") == f"bytes */{have}":
                return  # it was complete
            part.unlink()
            raise requests.ConnectionError("the part that was there is of no use")
        answer.raise_for_status()
        start = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
        resumed = answer.status_code == requests.codes.partial_content
        if resumed and (start is None or int(start[1]) != have):
            part.unlink()
            raise requests.ConnectionError("the server sent another part than asked for")
        have = have if resumed else 0
        mark(part).write_text(_version(answer), encoding="utf-8", newline="\n")
        length = answer.headers.get("Content-Length")
        with (
            part.open("ab" if resumed else "wb") as stream,
            bar(
                desc=url.rsplit("/", 1)[-1],
                total=have + int(length) if length else None,
                initial=have,
                unit="B",
                unit_scale=True,
                leave=True,
            ) as progress,
        ):
            for block in answer.iter_content(_BLOCK):
                stream.write(block)
                progress.update(len(block))


def _headers(part: Path, have: int) -> dict[str, str]:
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        version = mark(part).read_text(encoding="utf-8") if mark(part).exists() else ""
        if version:  # the whole file comes if it is another one by now
            headers["If-Range"] = version
    return headers


def _version(answer: requests.Response) -> str:
    etag = answer.headers.get("ETag", "")
    if etag and not etag.startswith("W/"):
        return etag
    return answer.headers.get("Last-Modified", "")
