"""The cells of a notebook, run in a fork of an interpreter that has the slow part behind it.

A kernel for each submission and each lesson on other data, with its imports, would cost most of
the suite's time. Here one process imports what they import, and forks for the rest; of several
notebooks, those that go on alike share a fork until they part. ``Warm`` talks to that process,
which is this file run as a program: a line of JSON for notebooks, another for what their cells have
shown, as a kernel would have sent it.
"""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from importlib import import_module

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat.v4 import new_output
from traitlets.config import Config

CAN_FORK = hasattr(os, "fork")  # Windows can't
IMPORTS = (
    "implicit.als", "implicit.bpr", "implicit.lmf", "implicit.nearest_neighbours",
    "sklearn.linear_model", "recsys_course.data", "recsys_course.homework",
    "recsys_course.metrics", "recsys_course.models", "recsys_course.plots", "remembered",
)  # fmt: skip
SECONDS = 120  # for cells between one fork and the next


class Warm:
    """The process with the warm interpreter.

    A notebook that begins with the cell `remember` takes from a folder what other such notebooks
    have computed, and puts there what it computes.
    """

    def __init__(self, memory):
        self.remember = f"import remembered; remembered.remember({str(memory)!r}); del remembered"
        self.process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=os.environ
            | {
                "OMP_NUM_THREADS": "1",  # a fork would wait for the other threads, which it lacks
                "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as in a kernel
            },
        )

    def run(self, sources):
        """Return the outputs of each cell, or None if the process died."""
        return self.run_all([sources])[0]

    def run_all(self, notebooks):
        """Return for each notebook what `run` does; cells before a difference are run once."""
        self.process.stdin.write(json.dumps(notebooks) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class _Hook(DisplayHook):
    def write_output_prompt(self):
        """Say nothing: the number of an output is not looked at."""

    def write_format_data(self, format_dict, md_dict=None):
        self.shell.shown.append(new_output("execute_result", data=format_dict))

    def finish_displayhook(self):
        """Say nothing, not even a line break."""


class _Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, **_):
        self.shell.shown.append(new_output("display_data", data=data))


class _Stream(io.TextIOBase):
    def __init__(self, name, shown):
        self.name, self.shown = name, shown

    def write(self, text):
        last = self.shown[-1] if self.shown else {}
        if last.get("name") == self.name:
            last["text"] += text
        else:
            self.shown.append(new_output("stream", name=self.name, text=text))
        return len(text)


class _Shell(InteractiveShell):
    """A shell that notes what a kernel would send."""

    displayhook_class = _Hook
    display_pub_class = _Publisher

    def _showtraceback(self, etype, evalue, stb):
        self.shown.append(
            new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb)
        )

    def outputs(self, source):
        self.shown = []
        with (
            contextlib.redirect_stdout(_Stream("stdout", self.shown)),
            contextlib.redirect_stderr(_Stream("stderr", self.shown)),
        ):
            self.run_cell(source, store_history=True)
        return self.shown


def _in_a_fork(shell, notebooks, start=0, before=()):
    """Run cells in a process of their own; return for each notebook their outputs, None if it died.

    The notebooks are alike up to cell number `start`, and before it is what these cells have shown.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        shown = json.dumps(_run(shell, notebooks, start, list(before)))
        with os.fdopen(write, "w", encoding="utf-8") as file:
            file.write(shown)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as file:
        shown = file.read()
    os.waitpid(child, 0)
    return json.loads(shown) if shown else [None] * len(notebooks)


def _run(shell, notebooks, at, shown):
    """Run cells here as long as the notebooks are alike, and then in a fork for each kind."""
    signal.alarm(SECONDS)
    while all(each[at : at + 1] == notebooks[0][at : at + 1] for each in notebooks):
        if at == len(notebooks[0]):
            return [shown] * len(notebooks)
        shown.append(shell.outputs(notebooks[0][at]))
        at += 1
    signal.alarm(0)  # each fork sets its own
    kinds = {}
    for number, each in enumerate(notebooks):
        kinds.setdefault(tuple(each[at : at + 1]), []).append(number)
    found = {}
    for numbers in kinds.values():
        parts = _in_a_fork(shell, [notebooks[number] for number in numbers], at, shown)
        found.update(zip(numbers, parts, strict=True))
    return [found[number] for number in range(len(notebooks))]


def slow_first():
    """Do what is slow the first time, in nearly every notebook."""
    import pandas
    from matplotlib import pyplot
    from matplotlib.backend_bases import FigureCanvasBase

    for name in IMPORTS:
        import_module(name)
    # A picture is drawn once, without pixels, to be described; to draw it twice more, for a PNG
    # that nobody looks at, would cost more than the rest of a lesson.
    FigureCanvasBase.print_figure = lambda canvas, file, **_: file.write(b"PNG")
    pandas.Series([1]).plot()
    pyplot.close()


def main():
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nowhere, standard)
    shell = _Shell.instance(config=Config(HistoryManager={"enabled": False}))
    shell.InteractiveTB.set_mode("Minimal")  # nobody looks at tracebacks, which take half a second
    slow_first()
    for line in requests:
        answers.write(json.dumps(_in_a_fork(shell, json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
