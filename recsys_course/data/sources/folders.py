"""Every kind of files that the course reads, and how a folder is recognised as one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from recsys_course.data.sources import ivi, kion, movielens
from recsys_course.errors import DataError


@dataclass(frozen=True)
class Source:
    """A kind of data set: its files and who reads them.

    Parameters
    ----------
    name : str
        What people call it.
    views, catalogue : tuple of str
        Names that the file may have, of several in one folder the first is read; with ``.gz`` at
        the end they are found too.
    read_views, read_catalogue : callable
        Path of the file -> table of `recsys_course.data.schema`.
    """

    name: str
    views: tuple[str, ...]
    catalogue: tuple[str, ...]
    read_views: Callable[[Path], pa.Table]
    read_catalogue: Callable[[Path], pa.Table]


SOURCES = (
    Source(
        "ivi",
        ("content_views.csv.gz", "content_views.csv"),
        ("content_description.csv.gz", "content_description.csv"),
        ivi.read_views,
        ivi.read_catalogue,
    ),
    Source(
        "MovieLens 100k",
        ("u.data",),
        ("u.item",),
        movielens.read_u_data,
        movielens.read_u_item,
    ),
    Source(
        "MovieLens 1M or 10M",
        ("ratings.dat",),
        ("movies.dat",),
        movielens.read_ratings_dat,
        movielens.read_movies_dat,
    ),
    Source(
        "MovieLens 20M, 25M, 32M or latest",
        ("ratings.csv",),
        ("movies.csv",),
        movielens.read_ratings_csv,
        movielens.read_movies_csv,
    ),
    Source(
        "KION",
        ("interactions.csv",),
        ("items_en.csv", "items.csv"),
        kion.read_views,
        kion.read_catalogue,
    ),
)


@dataclass(frozen=True)
class Folder:
    """A folder that was recognised.

    Parameters
    ----------
    path : pathlib.Path
    source : Source
    """

    path: Path
    source: Source

    def views(self) -> Path:
        """Return the file of views, or raise a DataError that names it."""
        return self._file(self.source.views)

    def catalogue(self) -> Path:
        """Return the file of the catalogue, or raise a DataError that names it."""
        return self._file(self.source.catalogue)

    def _file(self, names: tuple[str, ...]) -> Path:
        found = present(self.path, names)
        if found is None:
            wanted = " or ".join(names)
            about = f"its other files look like {self.source.name}; put the missing one there"
            raise DataError(f"{self.path}: {wanted} is missing, {about}")
        try:
            found.open("rb").close()
        except OSError as error:
            may = "see that you may read it"
            raise DataError(f"{found}: cannot be opened ({error.strerror}); {may}") from None
        return found


def recognise(folder: Path) -> Folder:
    """Tell from a folder's files which source they are.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    Folder

    Raises
    ------
    DataError
        When there is no such folder, or its files are those of no known source or of several.
    """
    if not folder.exists():
        raise DataError(f"{folder}: no such folder; check the path")
    if not folder.is_dir():
        raise DataError(f"{folder}: a file; give the folder that it is in")
    try:
        inside = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise DataError(f"{folder}: cannot be listed ({error.strerror})") from None
    found = _matching(folder)
    if len(found) > 1:
        several = " and ".join(source.name for source in found)
        raise DataError(f"{folder}: holds files of {several}; keep each in a folder of its own")
    if not found:
        raise DataError(_unknown(folder, inside))
    return Folder(folder, found[0])


def present(folder: Path, names: tuple[str, ...]) -> Path | None:
    """Find the first file of these names, packed or not."""
    either = (folder / (name + end) for name in names for end in ("", ".gz"))
    return next((path for path in either if path.is_file()), None)


def _matching(folder: Path) -> list[Source]:
    """Find sources whose views are there, or else those whose catalogue is."""
    views = [source for source in SOURCES if present(folder, source.views)]
    return views or [source for source in SOURCES if present(folder, source.catalogue)]


def _unknown(folder: Path, inside: list[str]) -> str:
    for name in inside:
        if (folder / name).is_dir() and len(_matching(folder / name)) == 1:
            source = _matching(folder / name)[0].name
            return f"{folder}: no data here, but {folder / name} holds {source}; give that folder"
    archive = next((name for name in inside if name.lower().endswith(".zip")), None)
    if archive:
        return f"{folder}: no data files, but an archive; unpack {archive} first"
    shown = ", ".join(inside[:8]) + (", ..." if len(inside) > 8 else "") if inside else "nothing"
    known = "; ".join(
        f"{source.name}: {source.views[0]}, {source.catalogue[0]}" for source in SOURCES
    )
    return f"{folder}: not a data set the course knows; found {shown}; recognised are {known}"
