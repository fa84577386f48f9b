"""A judge asks a student's process: data come by value, the rest as handles, harm not at all."""

import socket
import sys
import threading
import warnings

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursegrader.border import arrays, codec, pythons
from coursegrader.border.asking import Asking
from coursegrader.border.channel import Channel, Closed
from coursegrader.border.codec import Foreign
from coursegrader.border.handles import Remote
from coursegrader.kernel.agent import Agent

KINDS = [*pythons.KINDS, *arrays.KINDS]


class Counts:
    """A student's own model."""

    kind = "popular"

    def __init__(self, items):
        self.items = items

    def recommend(self, n, *, offset=0):
        return self.items[offset : offset + n]

    def __len__(self):
        return len(self.items)

    def __getitem__(self, place):
        return self.items[place]

    def __repr__(self):
        return f"Counts({len(self.items)} items)"


class NotTrained(KeyError):
    """An error of the student's own."""


def hit_rate(ids, items):
    warnings.warn("look out", stacklevel=1)
    print("on the way", file=sys.stderr)
    return (ids == items[:, None]).any(axis=1).mean()


def fails(what):
    if what == "stub":
        raise NotImplementedError
    if what == "own":
        raise NotTrained("fit")
    if what == "exit":
        sys.exit(3)
    return 1 / what


@pytest.fixture
def student():
    """Ask for the names of this module, in another thread instead of another process."""
    ours, theirs = socket.socketpair()
    agent = Agent(Channel(theirs), globals(), KINDS)
    thread = threading.Thread(target=agent.serve)
    thread.start()
    yield Asking(Channel(ours), KINDS)
    ours.close()
    thread.join()


def test_data_come_by_value_and_functions_are_called_there(student, capsys):
    function = student.name("hit_rate")
    assert (function.__name__, type(function).__name__, callable(function)) == (
        "hit_rate", "function", True,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = function(np.array([[1, 2], [3, -1]]), items=np.array([2, 4]))
    assert (type(found), found) == (np.float64, 0.5)
    assert capsys.readouterr().err == ""
    assert student.name("ROOM") == {"rows": [np.int64(2)]}


ROOM = {"rows": [np.int64(2)]}


def test_what_is_no_data_stays_there_and_answers(student):
    model = student.name("Counts")([5, 7, 9])
    assert isinstance(model, Remote)
    assert (type(model).__name__, callable(model), len(model), model[1]) == ("Counts", False, 3, 7)
    assert (model.kind, model.items, repr(model)) == ("popular", [5, 7, 9], "Counts(3 items)")
    assert model.recommend(2, offset=1) == [7, 9]
    assert not hasattr(model, "__array__")
    with pytest.raises(AttributeError, match="'Counts' object has no attribute 'fit'"):
        _ = model.fit
    with pytest.raises(AttributeError, match="Counts: items can't be set from here"):
        model.items = []
    with pytest.raises(TypeError):
        iter(student.name("print"))


def print(*values, **options):
    """A name of Python's own that a student has bound."""
    return __builtins__["print"](*values, **options)


def same(one, another):
    return one is another


def test_a_handle_goes_back_as_the_thing_itself(student):
    model = student.name("Counts")([1])
    asked = student.name("same")
    assert asked(model, model) is True
    assert asked(model, student.name("Counts")([1])) is False
    with pytest.raises(Foreign, match=r"^function: no data of a known kind$"):
        asked(lambda: 0, 1)


@pytest.mark.parametrize(
    ("what", "kind", "name", "said"),
    [
        ("stub", NotImplementedError, "NotImplementedError", ""),
        ("own", KeyError, "NotTrained", "'fit'"),
        ("exit", RuntimeError, "SystemExit", "3"),
        (0, ZeroDivisionError, "ZeroDivisionError", "division by zero"),
    ],
)
def test_an_error_comes_with_its_name_words_and_lines(student, what, kind, name, said):
    with pytest.raises(kind) as caught:
        student.name("fails")(what)
    error = caught.value
    assert (type(error).__name__, str(error)) == (name, said)
    last = error.frames[-1]
    assert last.name == "fails"
    assert last.line in ("raise NotImplementedError", 'raise NotTrained("fit")', "sys.exit(3)",
                         "return 1 / what")  # fmt: skip


def test_a_name_that_is_not_bound_is_told_so(student):
    with pytest.raises(NameError, match=r"^name 'hit_rates' is not defined$"):
        student.name("hit_rates")


def nest():
    nested = []
    for _ in range(100):
        nested = [nested]
    return nested


def test_what_cannot_be_looked_at_is_an_error_of_the_student(student):
    said = r"^what your code returns can't be looked at \(list: lies in itself, or in too many"
    with pytest.raises(ValueError, match=said):
        student.name("nest")()


def test_it_can_be_said_that_this_was_all():
    ours, theirs = socket.socketpair()
    asking, agent = Asking(Channel(ours), KINDS), Agent(Channel(theirs), {"a": 1}, KINDS)
    for _ in range(2):
        thread = threading.Thread(target=agent.serve)
        thread.start()
        assert asking.name("a") == 1
        asking.end()
        thread.join(5)
        assert not thread.is_alive()
    theirs.close()
    with pytest.raises(Closed):
        asking.name("a")


def answered(*pieces):
    """Ask for a name where somebody has put these bytes into the place of an answer."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        if pieces and isinstance(pieces[0], int):
            theirs.sendall(bytes(pieces))
        else:
            Channel(theirs).send(pieces)
        theirs.shutdown(socket.SHUT_WR)
        return Asking(Channel(ours), KINDS).name("a")


def packed(thing):
    return msgspec.msgpack.encode(thing)


FORGED = {
    "no message": [packed(None)],
    "nothing": [],
    "another value": [packed(["list", "true", 1])],
    "half an answer": [packed(["list", "value"])],
    "an error of nothing": [packed(["list", "raised", None])],
    "an error of numbers": [packed(["list", "raised", ["list", ["list", 1], "", ["list"]]])],
    "an error without names": [packed(["list", "raised", ["list", ["list"], "", ["list"]]])],
    "an error with other lines": [
        packed(["list", "raised", ["list", ["list", "ValueError"], "x", ["list", 1]]])
    ],
    "a handle by a name": [packed(["list", "value", ["handle", "0", "x", "x", []]])],
    "a handle that lacks something": [packed(["list", "value", ["handle", 0]])],
    "a group of errors": [
        packed(["list", "raised", ["list", ["list", "ExceptionGroup"], "x", ["list"]]])
    ],
    "a message of a billion pieces": [255, 255, 255, 255],
    "a message of a terabyte": [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0],
}


@pytest.mark.parametrize("name", FORGED)
def test_an_answer_that_is_none_is_refused(name):
    with pytest.raises(Foreign):
        answered(*FORGED[name])


@pytest.mark.parametrize("pieces", [[1, 0], [1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1, 2]])
def test_an_answer_that_is_cut_is_an_end(pieces):
    with pytest.raises(Closed):
        answered(*pieces)


def test_a_forged_handle_is_harmless():
    """It may be called what it likes, and has what a handle may have."""
    told = ["handle", 7, "__class__; import os", "os.system", ["__call__", "__reduce__", "__del__"]]
    handle = answered(packed(["list", "value", told]))
    assert isinstance(handle, Remote)
    assert type(handle).__name__ == "__class____import_os"
    assert "__del__" not in vars(type(handle))
    assert "__reduce__" not in vars(type(handle))


def test_a_forged_error_does_not_end_the_judge():
    for name in ("SystemExit", "KeyboardInterrupt", "GeneratorExit", "type", "exit"):
        forged = ["list", "raised", ["list", ["list", name], "bye", ["list"]]]
        with pytest.raises(RuntimeError, match=r"^bye$") as caught:
            answered(packed(forged))
        assert type(caught.value).__name__ == name


PARTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=5)
    | st.sampled_from(["list", "handle", "value", "raised", "ValueError", "__call__"]),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(PARTS)
def test_any_answer_is_a_value_an_error_or_refused(parts):
    for answer in (parts, ["list", "value", parts], ["list", "raised", parts]):
        said = ""
        try:
            answered(packed(answer))
        except Exception as error:
            said = str(error)
        assert len(said) < 3_000


def test_a_large_value_crosses_whole(student, monkeypatch):
    large = np.arange(2_000_000)
    assert student.name("same")(large, large) is False  # two copies of it
    monkeypatch.setattr(codec, "MOST_BYTES", 1_000_000)
    with pytest.raises(Foreign, match=r"^list: 16 MB, and 1 may cross$"):
        student.name("same")(large, 1)
