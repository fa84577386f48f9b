"""Copies of the course's files that are somebody's own: what is newer comes in, work stays."""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from coursegrader.files import write


@dataclass(frozen=True)
class Taken:
    """What became of one file.

    Parameters
    ----------
    name : str
        The file, with ``/``.
    state : str
        "new", "renewed", "yours" (it was changed here, and stays) or "gone" (the newer course no
        longer has it; it stays, too).
    """

    name: str
    state: str


def renew(theirs: dict[str, Path], folder: Path, notes: Path, missed: bool = False) -> list[Taken]:
    """Copy files to a folder, or bring those that were copied there earlier up to date.

    What was not changed since it was copied is replaced; what was, and what nobody copied there,
    stays as it is. A notebook that was only run is not changed: its text and code count.

    Parameters
    ----------
    theirs : dict of str to Path
        The files of the course as they are now, by their names in the folder, with ``/``.
    folder : Path
        Where the copies lie.
    notes : Path
        The file in which it is noted what was copied.
    missed : bool
        Copy once more what was copied and then deleted; by default it stays deleted.

    Returns
    -------
    list of Taken
        A line for each file that is not as it was; empty if there was nothing newer.

    Examples
    --------
    >>> import tempfile
    >>> here = Path(tempfile.mkdtemp())
    >>> write(here / "a.txt", "old")
    >>> renew({"a.txt": here / "a.txt"}, here / "own", here / "notes")
    [Taken(name='a.txt', state='new')]
    >>> write(here / "own" / "a.txt", "mine")
    >>> write(here / "a.txt", "newer")
    >>> renew({"a.txt": here / "a.txt"}, here / "own", here / "notes")
    [Taken(name='a.txt', state='yours')]
    """
    before = _read(notes)
    done, after = [], {}
    for name, path in theirs.items():
        mine, content = folder / name, path.read_bytes()
        after[name] = _said(name, content)
        own = _said(name, mine.read_bytes()) if mine.is_file() else ""
        if not mine.exists() and (missed or name not in before):
            write(mine, content)
            done.append(Taken(name, "new"))
        elif own not in (before.get(name), after[name]):
            if before.get(name) != after[name]:  # said once for each newer one
                done.append(Taken(name, "yours"))
        elif own != after[name]:
            write(mine, content)
            done.append(Taken(name, "renewed"))
    gone = [name for name in before if name not in theirs and (folder / name).is_file()]
    done += [Taken(name, "gone") for name in gone]
    write(notes, json.dumps(after, indent=0, sort_keys=True))
    return done


def _read(notes: Path) -> dict[str, str]:
    try:
        found = json.loads(notes.read_text("utf-8"))
    except (OSError, ValueError):  # not there, or damaged: then all that differs is the user's own
        return {}
    return found if isinstance(found, dict) else {}


def _said(name: str, content: bytes) -> str:
    """Hash a file; of a notebook, what is written in it and not what it shows."""
    with suppress(ValueError, KeyError, TypeError):  # then its bytes count, as of any file
        if name.endswith(".ipynb"):
            cells = json.loads(content)["cells"]
            texts = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
            content = json.dumps(texts).encode()
    return hashlib.sha256(content).hexdigest()
