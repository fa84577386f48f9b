"""Whether a sandbox can be had on this machine: a small program is run in it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_NEEDED = ("/usr", "/bin", "/lib", "/lib64")  # what the program is made of


def trial(command: Callable[[list[str], list[Path]], list[str]]) -> str:
    """Say why there can't be a sandbox on this machine; nothing if there can.

    Parameters
    ----------
    command : callable
        Takes what to run and the places that it reads; returns what runs it in the sandbox.

    Returns
    -------
    str
        One line.
    """
    if sys.platform != "linux":
        return f"only on Linux, and this is {sys.platform}"
    places = [Path(place) for place in _NEEDED if Path(place).exists()]
    try:
        done = subprocess.run(
            command(["/usr/bin/env", "true"], places),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
        )
    except ImportError as error:
        return f"the package {error.name} is missing"
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"it can't be started ({error})"
    said = done.stderr.strip().splitlines() or [f"it ends with status {done.returncode}"]
    return said[-1] if done.returncode else ""
