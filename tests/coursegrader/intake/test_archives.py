"""A notebook that was packed, in whatever way, counts; what can't be unpacked is a reason."""

import gzip
import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursegrader.errors import UserError
from coursegrader.files import write
from coursegrader.intake.archives import unpacked
from coursegrader.intake.bounds import Limits, look
from coursegrader.intake.canonical import rebuild
from coursegrader.intake.finding import find
from tests.coursegrader.intake.builders import ADD, FULL, handed_in, points, release
from tests.coursegrader.intake.test_whole import saved

TEXT = saved(handed_in()).encode()


def zipped(files, how=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def tarred(files, mode="w:gz"):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            if isinstance(data, bytes):
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
            else:
                entry.type, entry.linkname = data, "/etc/passwd"
                archive.addfile(entry)
    return made.getvalue()


def graded(folder, files):
    """Points, and what is said, of files that were handed in."""
    for name, data in files.items():
        write(folder / name, data)
    found = find(look(folder, Limits()), "sums", release(), Limits())
    notebook, records = rebuild(release(), list(found.cells))
    return points(notebook), [str(each) for each in (*found.records, *records)]


PACKED = {
    "hw.zip": zipped({"hw/sums.ipynb": TEXT}),
    "stored.zip": zipped({"hw/sums.ipynb": TEXT}, zipfile.ZIP_STORED),
    "hw.tar.gz": tarred({"./hw/sums.ipynb": TEXT}),
    "hw.tgz": tarred({"hw/sums.ipynb": TEXT, "hw/data.csv": b"1"}),
    "hw.tar": tarred({"hw/sums.ipynb": TEXT}, "w"),
    "sums.ipynb.gz": gzip.compress(TEXT),
    "sums.ipynb": zipped({"sums.ipynb": TEXT}),  # an archive under the notebook's name
    "a tar file called.zip": tarred({"sums.ipynb": TEXT}),
    "all.zip": zipped({"ann.zip": zipped({"sums.ipynb": TEXT})}),
    "both.tar.gz": tarred({"ann.zip": zipped({"sums.ipynb": TEXT}), "a.txt": b"{"}),
    "with what a Mac adds.zip": zipped({"__MACOSX/._sums.ipynb": b"\0\5", "sums.ipynb": TEXT}),
    "with links.tar": tarred(
        {"a.ipynb": tarfile.SYMTYPE, "b.ipynb": tarfile.LNKTYPE, "c.ipynb": tarfile.CHRTYPE,
         "sums.ipynb": TEXT}, "w"
    ),
    "in Cyrillic.zip": zipped({"дз/суммы.ipynb": TEXT}),
}  # fmt: skip


@pytest.mark.parametrize("name", PACKED)
def test_what_was_packed_is_found_and_said(tmp_path, name):
    earned, said = graded(tmp_path, {name: PACKED[name]})
    assert earned == FULL
    (line,) = said
    assert line.endswith(f" was graded, out of {name}")


@pytest.mark.parametrize(
    "name", ["s\udcfcms.ipynb", "a\nb.ipynb", "\x1b[31m.ipynb", "x" * 999 + ".ipynb"]
)
def test_a_name_in_a_tar_file_that_is_no_text_is_told_as_text(tmp_path, name):
    earned, (said,) = graded(tmp_path, {"hw.tar": tarred({name: TEXT}, "w")})
    assert earned == FULL
    write(tmp_path / "hw.tar", tarred({name: b"{"}, "w"))
    with pytest.raises(UserError) as refused:
        find(look(tmp_path, Limits()), "sums", release(), Limits())
    for told in (said, str(refused.value)):
        assert told.isprintable()
        assert told.encode()


def locked():
    """A zip file whose only file has a password, or says so."""
    made = bytearray(zipped({"sums.ipynb": TEXT}))
    for at in (6, made.rindex(b"PK\1\2") + 8):
        made[at] |= 1
    return bytes(made)


ZEROS = bytes(19_000_000)
UNPACKABLE = {
    "hw.rar": (b"Rar!\x1a\x07\x01\0" + bytes(99), "no sums.ipynb, only hw.rar; hand in"),
    "hw.7z": (b"7z\xbc\xaf'\x1c" + bytes(99), "no sums.ipynb, only hw.7z; hand in"),
    "hw.zip": (b"PK", "hw.zip: cannot be unpacked; hand in the notebook itself"),
    "cut.zip": (PACKED["hw.zip"][:-30], "cut.zip: cannot be unpacked"),
    "cut.tar.gz": (PACKED["hw.tar.gz"][:40], "no sums.ipynb; "),
    "hw.tar.xz": (tarred({"sums.ipynb": TEXT}, "w:xz"), "no sums.ipynb, only hw.tar.xz; hand in"),
    "locked.zip": (locked(), "locked.zip: it has a password; hand in the notebook itself"),
    "deep.zip": (
        zipped({"a.zip": zipped({"b.zip": zipped({"sums.ipynb": TEXT})})}),
        "no sums.ipynb, only deep.zip",
    ),
    "bomb.gz": (lambda: gzip.compress(bytes(200_000_000), 1), "bomb is too large"),
    "bomb.tar.gz": (lambda: tarred({"sums.ipynb": bytes(70_000_000)}), "is too large"),
    "bombs.zip": (
        lambda: zipped(dict.fromkeys((f"{n}.gz" for n in range(40)), gzip.compress(ZEROS))),
        "is too large",
    ),
    "much.tar": (tarred({f"{n}.md": b"" for n in range(2_000)}, "w"), "more than 1000 files"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNPACKABLE)
def test_what_can_not_be_unpacked_is_one_line_within_the_limits(tmp_path, name):
    data, reason = UNPACKABLE[name]
    write(tmp_path / name, data() if callable(data) else data)
    with pytest.raises(UserError) as refused:
        find(look(tmp_path, Limits()), "sums", release(), Limits())
    assert reason in str(refused.value)
    assert str(refused.value).isprintable()


@given(
    st.sampled_from(["hw.zip", "hw.tar.gz", "hw.tar", "both.tar.gz", "all.zip"]),
    st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=9)), max_size=5),
)
def test_a_spoilt_archive_ends_with_files_or_a_reason(name, edits):
    data = PACKED[name]
    for at, new in edits:
        at %= len(data)
        data = data[:at] + new + data[at + len(new) :]
    told = ""
    try:
        for inside, raw in unpacked(data, name, 100_000):
            assert isinstance(inside, str)
            assert len(raw) <= 100_000
    except UserError as error:
        told = str(error)
    assert told.isprintable()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize("name", ["sums (1).ipynb.txt", "deep/in/sums.TXT", "sums.ipynb.json", "z"])
def test_another_name_and_another_encoding_at_once(tmp_path, name, encoding):
    text = TEXT.decode().encode(encoding)
    files = {"hw.zip": zipped({"sums.txt": text})} if name == "z" else {name: text}
    earned, records = graded(tmp_path, {**files, "README.txt": b"My homework."})
    assert earned == FULL
    assert any("utf" in said for said in records)


UNTOUCHED = saved(handed_in({})).encode()


class TestTwoFiles:
    def test_a_better_copy_beside_one_that_cannot_be_read(self, tmp_path):
        assert graded(tmp_path, {"sums.ipynb": TEXT[:-9], "sums (1).ipynb": TEXT}) == (
            FULL,
            ["sums.ipynb cannot be read; sums (1).ipynb was graded"],
        )

    def test_an_archive_beside_one_that_cannot_be_read(self, tmp_path):
        assert graded(tmp_path, {"sums.ipynb": b"", "hw.zip": PACKED["hw.zip"]}) == (
            FULL,
            ["hw/sums.ipynb was graded, out of hw.zip",
             "sums.ipynb cannot be read; hw/sums.ipynb was graded"],
        )  # fmt: skip

    def test_an_untouched_copy_under_the_right_name(self, tmp_path):
        assert graded(tmp_path, {"sums.ipynb": UNTOUCHED, "my sums.ipynb": TEXT}) == (
            FULL,
            ["my sums.ipynb was graded: of 2 notebooks it is most like sums"],
        )

    def test_an_untouched_copy_alone_stays_what_it_is(self, tmp_path):
        earned, said = graded(tmp_path, {"sums.ipynb": UNTOUCHED, "a.md": b"x"})
        assert (earned, said) == (0, [])

    def test_what_was_begun_under_the_right_name_counts_whatever_lies_beside_it(self, tmp_path):
        begun = saved(handed_in({"add": ADD})).encode()
        assert graded(tmp_path, {"sums.ipynb": begun, "better.ipynb": TEXT}) == (2, [])


def test_what_lies_there_instead_is_named(tmp_path):
    for name in ("sums.py", "sums.html", "a.csv", "b.csv"):
        write(tmp_path / name, "x = 1")
    with pytest.raises(UserError) as refused:
        find(look(tmp_path, Limits()), "sums", release(), Limits())
    assert str(refused.value) == (
        "no sums.ipynb, only a.csv, b.csv, sums.html and 1 more; hand in the notebook itself"
    )
