"""What lies in a folder that was handed in: plain files within limits, and nothing behind links."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from traitlets import Integer
from traitlets.config import Configurable

from coursegrader.errors import UserError, one_line
from coursegrader.intake.records import Record, record

_DEEPEST = 12  # folders within each other
_MOST_NAMED = 20  # records; of more there is one line
# what editors and systems leave behind, which is nobody's work
_LEFT = {".git", ".ipynb_checkpoints", "__pycache__", "__macosx", "node_modules", ".venv", "venv"}


class Limits(Configurable):
    """How much of a submission is looked at: ``c.Limits.files = 500``.

    Examples
    --------
    >>> Limits().files
    200
    """

    notebook = Integer(20_000_000, help="Bytes of a notebook.").tag(config=True)
    files = Integer(200, help="Files of a submission.").tag(config=True)
    total = Integer(100_000_000, help="Bytes of all files of a submission.").tag(config=True)


@dataclass(frozen=True)
class Folder:
    """The plain files of a submission.

    Parameters
    ----------
    root : Path
        Where they lie.
    files : tuple of str
        Paths from there, with ``/``, in order.
    records : tuple of Record
        What was left out, and why.
    """

    root: Path
    files: tuple[str, ...]
    records: tuple[Record, ...]

    def read(self, name: str, most: int) -> bytes:
        """Read one of the files, which may have become another thing meanwhile.

        Parameters
        ----------
        name : str
            One of `files`.
        most : int
            Bytes.

        Returns
        -------
        bytes

        Raises
        ------
        UserError
            If it is no plain file, or larger.
        """
        return read_plain(self.root / name, most)


def read_plain(path: Path, most: int) -> bytes:
    """Read a plain file; no link is followed, no pipe or device waited for.

    Parameters
    ----------
    path : Path
        Where it lies.
    most : int
        Bytes that it may have.

    Returns
    -------
    bytes

    Raises
    ------
    UserError
        If it is something else, or larger.
    OSError
        If it can't be read.
    """
    odd = _oddness(path.lstat())
    if odd:
        raise UserError(f"{path.name}: {odd}, where a file is expected; hand in the file itself")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
        data = file.read(most + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    if len(data) > most:
        raise UserError(
            f"{path.name}: more than {most / 1e6:g} MB, too large; clear all outputs of a notebook"
        )
    return data


def look(root: Path, limits: Limits) -> Folder:
    """List what was handed in.

    Parameters
    ----------
    root : Path
        The folder ``submitted/<student>/<assignment>``.
    limits : Limits
        What is too much is left out, the deepest and the last by name first.

    Returns
    -------
    Folder

    Raises
    ------
    OSError
        If the folder itself can't be read.
    """
    kept: list[str] = []
    left: list[tuple[str, str]] = []
    total = 0
    seen: set[str] = set()
    if _oddness(root.lstat(), folder=True):
        raise UserError(
            f"{root.name}: a link, where a folder is expected; hand in the folder itself"
        )
    for name, size, odd in _walk(root):
        if odd:
            left.append((name, odd))
        elif name.casefold() in seen:
            left.append((name, "but for capital letters there are two of that name"))
        elif len(kept) >= limits.files:
            left.append((name, f"there are more than {limits.files} files"))
        elif total + size > limits.total:
            left.append((name, f"all files together have more than {limits.total / 1e6:g} MB"))
        else:
            kept.append(name)
            seen.add(name.casefold())
            total += size
        if len(left) > 10 * limits.files:
            left.append(("the rest", "there is no end of it"))
            break
    records = [record("left-out", found=name, why=why) for name, why in left[:_MOST_NAMED]]
    if len(left) > _MOST_NAMED:
        more = len(left) - _MOST_NAMED
        records.append(
            record("left-out", found=f"{more} more", why=f"as {left[-1][0]}: {left[-1][1]}")
        )
    return Folder(root, tuple(kept), tuple(records))


def _walk(root: Path) -> Iterator[tuple[str, int, str]]:
    """Yield path, size and what is odd about it; files before folders, each level by name."""
    folders = [("", 0)]
    while folders:
        inside, depth = folders.pop(0)
        try:
            with os.scandir(root / inside) as entries:
                listed = sorted(entries, key=lambda each: each.name)
        except OSError as error:
            if not inside:
                raise
            yield inside, 0, f"it cannot be read ({error.strerror})"
            continue
        for entry in listed:
            name = f"{inside}/{entry.name}" if inside else entry.name
            if not _is_text(entry.name):
                yield one_line(name.encode("utf-8", "replace").decode()), 0, "its name is no text"
                continue
            try:
                found = entry.stat(follow_symlinks=False)
            except OSError as error:
                yield name, 0, f"it cannot be read ({error.strerror})"
                continue
            if stat.S_ISDIR(found.st_mode):
                if entry.name.lower() in _LEFT:
                    continue
                if depth + 1 >= _DEEPEST:
                    yield name, 0, f"more than {_DEEPEST} folders lie within each other"
                else:
                    folders.append((name, depth + 1))
            else:
                yield name, found.st_size, _oddness(found)


def _oddness(found: os.stat_result, folder: bool = False) -> str:
    """Say what something is that is no plain file, or no folder; empty if it is."""
    mode = found.st_mode
    if stat.S_ISLNK(mode):
        return "a link"
    if stat.S_ISDIR(mode) if folder else stat.S_ISREG(mode):
        return ""
    kinds = {
        stat.S_ISDIR: "a folder",
        stat.S_ISFIFO: "a pipe",
        stat.S_ISSOCK: "a socket",
        stat.S_ISCHR: "a device",
        stat.S_ISBLK: "a device",
    }
    return next((name for test, name in kinds.items() if test(mode)), "no plain file")


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return name.isprintable()
