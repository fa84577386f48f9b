"""What a command line says to somebody who mistypes."""

import pytest


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("gade", "grade"), ("reprot", "report"), ("labs", "lab"), ("Bundle", "bundle")],
)
def test_the_nearest_command_is_named(run, typed, meant):
    code, _, err = run(typed)
    assert code == 2
    assert err.splitlines()[-1] == f"Error: no such command '{typed}'; did you mean {meant}?"


def test_of_a_command_like_none_only_that_is_said(run):
    code, _, err = run("zzzz")
    assert (code, err.splitlines()[-1]) == (2, "Error: No such command 'zzzz'.")
