"""Fetch public data sets: verified before they get their name, unpacked ready to use."""

import errno
import hashlib
import os
import shutil
import tempfile
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath

import requests

from coursegrader.files import expanded
from recsys_course.data import cache
from recsys_course.data.download.public import PublicData, find
from recsys_course.data.download.transfer import mark, transfer
from recsys_course.data.sources import SOURCES, present
from recsys_course.errors import DataError
from recsys_course.progress import bar


def fetch(name: str, folder: str | os.PathLike[str]) -> Path:
    """Fetch a public data set and unpack it.

    The archive is kept beside the course's cache, so that a second folder needs no second
    download. The environment variable RECSYS_COURSE_MIRROR, the address of a folder with copies
    of the archives, is tried before the publisher.

    Parameters
    ----------
    name : str
        One of `recsys_course.data.download.public.PUBLIC`.
    folder : path
        Where its files go; made if it isn't there.

    Returns
    -------
    pathlib.Path
        The folder, good for DATA_DIR.

    Raises
    ------
    DataError
        When no address gives the right file, or there is no room; says what to do. What has
        come so far is kept, and the next call goes on from there.
    """
    data = find(name)
    target = expanded(folder)
    _see_that_free(data, target)
    archive = cache.folder() / "downloads" / data.archive
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        if not (archive.exists() and matches(archive, data.checksum)):
            _download(data, archive)
        target.mkdir(parents=True, exist_ok=True)
        _unpack(data, archive, target)
    except OSError as error:
        where = error.filename or archive.parent
        if error.errno == errno.ENOSPC:
            needs = f"{data.name} is {data.megabytes} MB packed, about four times that unpacked"
            mend = "make room, the same command goes on from where it was"
            raise DataError(f"{where}: the disk is full; {needs}; {mend}") from None
        raise DataError(f"{where}: {error.strerror or error}") from None
    return target


def matches(path: Path, checksum: str) -> bool:
    """Tell whether a file has a checksum.

    Parameters
    ----------
    path : pathlib.Path
    checksum : str
        ``sha256:`` or ``git:`` (the id of a Git blob), and hex digits.

    Returns
    -------
    bool

    Examples
    --------
    >>> empty = Path(tempfile.mkdtemp()) / "empty"
    >>> empty.touch()
    >>> matches(empty, "git:e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
    True
    """
    kind, expected = checksum.split(":")
    size = path.stat().st_size
    digest = hashlib.sha1(b"blob %d\0" % size) if kind == "git" else hashlib.new(kind)
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: digest).hexdigest() == expected


def _download(data: PublicData, archive: Path) -> None:
    part = archive.with_name(archive.name + ".part")
    mirror = os.environ.get("RECSYS_COURSE_MIRROR")
    first = (f"{mirror.rstrip('/')}/{data.archive}",) if mirror else ()
    failed = []
    for url in first + data.addresses:
        try:
            resumed = part.exists()
            transfer(url, part)
            if resumed and not matches(part, data.checksum):
                part.unlink()  # the two pieces may be of two versions
                transfer(url, part)
        except requests.RequestException as error:
            failed.append(f"{url}: {_reason(error)}")
            continue
        right = matches(part, data.checksum)
        mark(part).unlink(missing_ok=True)
        if right:
            os.replace(part, archive)
            return
        part.unlink()
        failed.append(f"{url}: another file than expected (wrong checksum), thrown away")
    by_hand = f"get {data.archive} by hand and put it at {archive}, it will be verified"
    mend = f"set RECSYS_COURSE_MIRROR to an address that has {data.archive}, or {by_hand}"
    raise DataError(f"{data.name} could not be fetched: {'; '.join(failed)}. Try later, {mend}")


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return (
            "the server's certificate isn't valid (the publisher's lapses at times, and a proxy"
            " or a wrong clock has the same effect)"
        )
    if isinstance(error, requests.HTTPError) and error.response is not None:
        code = error.response.status_code
        return "not found there (404)" if code == 404 else f"the server answers {code}"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off again and again; what has come is kept"
    if isinstance(error, requests.ConnectionError):
        return "no connection (is there a network?)"
    return str(error).splitlines()[0]


def _see_that_free(data: PublicData, target: Path) -> None:
    """Refuse a folder whose files the new ones would be mixed up with."""
    if target.exists() and not target.is_dir():
        raise DataError(f"{target}: a file; give a folder for {data.name}")
    for source in SOURCES:
        if not set(source.views) & set(data.rows):
            there = present(target, source.views + source.catalogue)
            if there:
                other = f"{there.name} of {source.name} is there"
                raise DataError(f"{target}: {other}; give another folder for {data.name}")


def _unpack(data: PublicData, archive: Path, target: Path) -> None:
    with (
        zipfile.ZipFile(archive) as packed,
        tempfile.TemporaryDirectory(dir=target, prefix=".unpacking-") as temporary,
    ):
        members = _members(archive, packed)
        for path, member in bar(members.items(), desc="unpacking", unit=" files", leave=True):
            place = Path(temporary) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(member) as source, place.open("wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
        for name, rows in data.rows.items():
            _see_complete(data, archive, Path(temporary) / name, rows)
        for path in members:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(Path(temporary) / path, target / path)


def _members(archive: Path, packed: zipfile.ZipFile) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """List what is to be unpacked, without the one folder that usually holds all."""
    members = {}
    for member in packed.infolist():
        path = PurePosixPath(member.filename.replace("\\", "/"))
        parts = path.parts
        if path.is_absolute() or not parts or ".." in parts or ":" in parts[0]:
            raise DataError(f"{archive}: would write outside its folder ({member.filename})")
        if not member.is_dir() and parts[0] != "__MACOSX" and path.name != ".DS_Store":
            members[path] = member
    tops = Counter(path.parts[0] for path in members)
    if len(tops) == 1 and all(len(path.parts) > 1 for path in members):
        return {PurePosixPath(*path.parts[1:]): member for path, member in members.items()}
    return members


def _see_complete(data: PublicData, archive: Path, path: Path, rows: int) -> None:
    if not path.exists():
        raise DataError(f"{archive}: holds no {path.name}, which {data.name} should have")
    last = b"\n"
    lines = 0
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            lines += block.count(b"\n")
            last = block[-1:]
    found = lines + (last != b"\n") - (path.suffix == ".csv")
    if found != rows:
        kind = f"{path.name} in it has {found:,} rows, {data.name} is known to have {rows:,}"
        raise DataError(f"{archive}: {kind}; delete it and fetch again")
