"""What lies in a folder is listed within limits, and nothing outside of it is touched."""

import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursegrader.errors import UserError
from coursegrader.files import write
from coursegrader.intake.bounds import Limits, look, read_plain


def listed(root, **limits):
    found = look(root, Limits(**limits))
    return list(found.files), [str(each) for each in found.records]


def test_files_before_folders_each_level_by_name(tmp_path):
    for name in ("b/x", "a/z/y", "a/x", "c", "a.txt"):
        write(tmp_path / name, "1")
    assert listed(tmp_path) == (["a.txt", "c", "a/x", "b/x", "a/z/y"], [])


@pytest.mark.parametrize(
    "name",
    [".git/config", "x/.ipynb_checkpoints/a.ipynb", "__pycache__/a.pyc", "__MACOSX/._a", "venv/a"],
)
def test_what_editors_and_systems_leave_is_no_file_of_it(tmp_path, name):
    write(tmp_path / name, "1")
    assert listed(tmp_path) == ([], [])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize(
    "name",
    ["a b.txt", "ключ.txt", "[x]*?.txt", "-rf", "x" * 255, "..x", "a..", "con", "%2e%2e", "~"],
)
def test_names_of_any_characters(tmp_path, name):
    write(tmp_path / "folder" / name[:200], "1")
    (tmp_path / name).write_text("1")
    assert listed(tmp_path) == ([name, f"folder/{name[:200]}"], [])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("name", [b"\xff.txt", b"a\nb", b"\x1b[2J"])
def test_names_that_no_terminal_can_show_are_left_out(tmp_path, name):
    with open(os.path.join(os.fsencode(tmp_path), name), "w"):
        pass
    files, (said,) = listed(tmp_path)
    assert files == []
    assert said.endswith("was left out: its name is no text")
    assert said.isprintable()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
def test_nothing_but_plain_files(tmp_path, monkeypatch):
    outside = tmp_path / "outside"
    write(outside / "secret", "x")
    root = tmp_path / "in"
    root.mkdir()
    (root / "a link").symlink_to(outside / "secret")
    (root / "a linked folder").symlink_to(outside)
    (root / "itself").symlink_to(root)
    os.mkfifo(root / "pipe")
    monkeypatch.chdir(root)  # for the length of a socket's name
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        assert listed(root) == (
            [],
            [
                "a link was left out: a link",
                "a linked folder was left out: a link",
                "itself was left out: a link",
                "pipe was left out: a pipe",
                "socket was left out: a socket",
            ],
        )


def test_what_became_another_thing_meanwhile_is_not_read(tmp_path):
    write(tmp_path / "a", "1")
    found = look(tmp_path, Limits())
    (tmp_path / "a").unlink()
    (tmp_path / "a").symlink_to("/etc/hostname")
    with pytest.raises(UserError, match="a: a link, where a file is expected"):
        found.read("a", 100)


def test_limits_of_number_and_size(tmp_path):
    for number in range(4):
        write(tmp_path / f"{number}", "x" * 10)
    assert listed(tmp_path, files=3) == (
        ["0", "1", "2"],
        ["3 was left out: there are more than 3 files"],
    )
    assert listed(tmp_path, total=25) == (
        ["0", "1"],
        [f"{n} was left out: all files together have more than 2.5e-05 MB" for n in (2, 3)],
    )
    with pytest.raises(UserError, match="more than 5e-06 MB, too large"):
        read_plain(tmp_path / "0", 5)


def test_there_is_an_end_to_it(tmp_path):
    for number in range(40):
        write(tmp_path / f"{number:02}", "")
    files, said = listed(tmp_path, files=1)
    assert files == ["00"]
    assert len(said) == 12  # ten and one of the forty, and that there is more
    assert said[-1] == "the rest was left out: there is no end of it"


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1), max_size=5
    )
)
def test_any_names_end_with_files_or_a_line(tmp_path_factory, names):
    root = tmp_path_factory.mktemp("any")
    made = set()
    for name in names:
        if name not in (".", "..") and len(os.fsencode(name)) < 256:
            (root / name).write_text("1")
            made.add(name)
    files, said = listed(root)
    assert set(files) <= made
    assert len(files) + len(said) == len(made)
    assert all(line.isprintable() for line in said)
