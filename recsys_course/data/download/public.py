"""Public data sets that can be fetched: addresses, checksums, known numbers of rows, terms."""

from dataclasses import dataclass

from recsys_course.errors import DataError, nearest

_GROUPLENS = "files.grouplens.org/datasets/movielens"
# pinned to a commit: the file behind this address can't change
_KION = "github.com/irsafilo/KION_DATASET/raw/f69775be31fa5779907cf0a92ddedb70037fb5ae"

_MOVIELENS_TERMS = "research use; see its README"
_KION_TERMS = "no licence stated; cite it"


@dataclass(frozen=True)
class PublicData:
    """An archive that its publisher lets everybody fetch.

    Parameters
    ----------
    name : str
        What is typed to fetch it.
    addresses : tuple of str
        Where it is, tried in order.
    checksum : str
        ``sha256:`` and hex digits, or ``git:`` and the id of the Git blob that the publisher's
        repository records for the file (SHA-1 over its size and content).
    rows : dict of str to int
        Files in it and how many rows each has, without a header.
    megabytes : int
        Size of the download, rounded up.
    terms : str
        What its publisher asks.
    """

    name: str
    addresses: tuple[str, ...]
    checksum: str
    rows: dict[str, int]
    megabytes: int
    terms: str

    @property
    def archive(self) -> str:
        """Name of the archive at its publisher."""
        return self.addresses[0].rsplit("/", 1)[-1]


def _movielens(name: str, sha256: str, rows: dict[str, int], megabytes: int) -> PublicData:
    # the publisher's certificate lapses again and again; the checksum makes plain http as safe
    addresses = (f"https://{_GROUPLENS}/{name}.zip", f"http://{_GROUPLENS}/{name}.zip")
    return PublicData(name, addresses, f"sha256:{sha256}", rows, megabytes, _MOVIELENS_TERMS)


def _kion(name: str, archive: str, blob: str) -> PublicData:
    rows = {"interactions.csv": 5_476_251}
    return PublicData(name, (f"https://{_KION}/{archive}",), f"git:{blob}", rows, 80, _KION_TERMS)


PUBLIC = {
    data.name: data
    for data in (
        _movielens(
            "ml-latest-small",
            "696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
            {"ratings.csv": 100_836, "movies.csv": 9_742},
            1,
        ),
        _movielens(
            "ml-100k",
            "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
            {"u.data": 100_000, "u.item": 1_682},
            5,
        ),
        _movielens(
            "ml-1m",
            "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
            {"ratings.dat": 1_000_209, "movies.dat": 3_883},
            6,
        ),
        _movielens(
            "ml-10m",
            "813c411ccb6122564edfe752e7f80c4dcc5aa25fa94c93622f6877a7ba252862",
            {"ratings.dat": 10_000_054, "movies.dat": 10_681},
            66,
        ),
        _movielens(
            "ml-20m",
            "96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3",
            {"ratings.csv": 20_000_263, "movies.csv": 27_278},
            199,
        ),
        _movielens(
            "ml-25m",
            "8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa",
            {"ratings.csv": 25_000_095, "movies.csv": 62_423},
            262,
        ),
        _movielens(
            "ml-32m",
            "e4a68655d7386b8f95f2f2424b2ff975dfdd15ffd59e0d864a14dca43e99d6ee",
            {"ratings.csv": 32_000_204, "movies.csv": 87_585},
            239,
        ),
        _kion("kion", "data_original.zip", "a9cc66b9a24efed690472577b7fece61877520c4"),
        _kion("kion-en", "data_en.zip", "e17ce7994b5e5cc12d3bae5c56eff1eb7bb01d5c"),
    )
}


def find(name: str) -> PublicData:
    """Look a data set up by name.

    Parameters
    ----------
    name : str

    Returns
    -------
    PublicData

    Raises
    ------
    DataError
        When there is none of that name; says which there are.

    Examples
    --------
    >>> find("ml-100k").rows["u.data"]
    100000
    """
    if name in PUBLIC:
        return PUBLIC[name]
    close = nearest(name, PUBLIC)
    hint = f"did you mean {close}? " if close else ""
    raise DataError(f"no public data set {name!r}; {hint}there are {', '.join(PUBLIC)}")
