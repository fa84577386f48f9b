"""Which cells a test hangs on: those that bind what it reads, and not those that only look so."""

import pytest
from nbformat.v4 import new_code_cell, new_output

from coursegrader.run.names import causes
from coursegrader.run.reasons import verdict


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["rates = 1"], [0]),
        (["x = 1", "def rates(): return x"], [0, 1]),
        (["x = 1", "class Rates:\n    def of(self): return x", "rates = Rates()"], [0, 1, 2]),
        (["import numpy as rates"], [0]),
        (["for rates in range(3): pass"], [0]),
        (["with open('rates') as rates: pass"], [0]),
        (["def f():\n    global rates\n    rates = 2"], [0]),
        (["print((rates := 2))"], [0]),
        (["%matplotlib inline\nrates = 1"], [0]),
        (["rates = await later()"], [0]),
        (["rates = 3\nreturn rates"], [0]),  # it parses, and does not compile
        (["def rates(:"], [0]),
        (["rates = 0x" + "f" * 20_000], [0]),  # more digits than Python writes
        (["rates = " + "+".join("1" * 900)], [0]),
        (["rates = " + "+".join("1" * 50_000)], [0]),  # deeper than Python goes
        (["rates = f" + "()" * 900], [0]),
        # a name of the same letters is another one
        (["def f():\n    rates = []"], []),
        (["def f(rates): return rates"], []),
        (["def f():\n    def rates(): pass"], []),
        (["def f():\n    import numpy as rates"], []),
        (["[rates for rates in 'abc']"], []),
        (["{rates for rates in 'abc'}"], []),
        (["{rates: rates for rates in 'abc'}"], []),
        (["[[rates for rates in row] for row in {}]"], []),
        (["def f():\n    return [rates for rates in 'abc']"], []),
        (["class Model:\n    rates = 1"], []),
        (["model.rates = 1"], []),
        (["rates = 1", "def f():\n    rates = []"], [0]),
        # what a function reads of its own is not the notebook's
        (["x = 1", "def rates(x): return x"], [1]),
        (["x = 1", "rates = [x for x in 'abc']"], [1]),
        (["x = 1", "rates = {x: 1 for x in 'abc'}"], [1]),
        (["x = 1", "rates = [y for y in x]"], [0, 1]),
        (["x = 1", "rates = {y: x for y in 'abc'}"], [0, 1]),
        (["x = [(rates := y) for y in 'abc']"], [0]),
        # what is bound anew is no longer what it was
        (["rates = 1", "rates = 2"], [1]),
        (["rates = 1", "rates = rates + 1"], [0, 1]),
        (["rates = 1", "rates += 1"], [0, 1]),
        (["rates = 1", "if later: rates = 2"], [0, 1]),
        (["def rates(): pass", "rates = max"], [1]),
        (["rates = 1", "def f():\n    global rates\n    rates = 2"], [0, 1]),
        (["x = 1", "x = 2\nrates = x"], [1]),
        (["x = 1", "rates = x\nx = 2"], [0, 1]),
        (["x = 1", "def rates(): return x\nx = 2"], [1]),
        (["x = 1", "rates = x", "x = 2"], [0, 1]),
        # a function reads what there is when it is called
        (["x = 1", "def rates(): return x", "x = 2"], [1, 2]),
        (["x = 1", "x = 2\ndef rates(): return x", "x = 3"], [1, 2]),
        (["def help(): pass", "def rates(): return help()", "help = max"], [1, 2]),
        (["x = 1", "def f(): return x", "rates = f()", "x = 2"], [0, 1, 2]),
        (["x = 1", "def rates(a=x): return a", "x = 2"], [0, 1]),
        (["x = 1", "@x\ndef rates(): pass", "x = 2"], [0, 1]),
        (["x = 1", "def f(): return x\nrates = f()", "x = 2"], [0, 1, 2]),
        (["x = 1", "import x\nrates = x"], [1]),
        (["x = 1", "for x in range(3): pass\nrates = x"], [0, 1]),
    ],
)
def test_a_test_hangs_on_what_binds_the_names_that_it_reads(sources, expected):
    cells = [new_code_cell(source) for source in [*sources, "assert rates"]]
    assert causes(cells, len(sources)) == expected


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "cell",
    [
        "; ".join(f"x{n} = x{n} + y{n}" for n in range(600)),
        "if later: " + "; ".join(f"x{n} = sum(x0, x{n})" for n in range(600)),
        "".join(f"def x{n}(): return " + ", ".join(f"x{m}" for m in range(40)) + "\n"
                for n in range(300)),
    ],
    ids=["sure", "perhaps", "functions"],
)  # fmt: skip
def test_who_binds_all_names_everywhere_stops_nobody(cell):
    cells = [new_code_cell(cell) for _ in range(300)]
    assert set(causes([*cells, new_code_cell("assert x0")], 300)) <= set(range(300))


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "magics",
    ["!a\n" * 6_000, "%time 1\n" * 50 + "x = 1\n" * 20_000, "a?\n" * 600],
    ids=["thousands", "fifty in a long cell", "hundreds of questions"],
)
def test_who_writes_magics_everywhere_stops_nobody(magics):
    cells = [new_code_cell(f"rates = {n}\n{magics}") for n in range(20)]
    assert causes([*cells, new_code_cell("assert rates")], 20) == list(range(20))


@pytest.mark.parametrize(
    "source",
    [
        "answer = f()\nassert answer",
        "for answer in f():\n    assert answer",
        "for n, (answer, m) in f():\n    assert answer",
        "for n in f():\n    answer = n\n    assert answer",
        "for n in f():\n    with g(n) as (m, answer):\n        assert answer",
        "with f() as answer, g(answer):\n    assert answer",
        "if f():\n    answer = 1\nelif g():\n    answer = 2\nelse:\n    answer = 3\nassert answer",
        "while f():\n    answer = 1\n    assert answer",
        "try:\n    answer = f()\nexcept ValueError as answer:\n    assert answer",
        "try:\n    answer = f()\nexcept ValueError:\n    pass\nelse:\n    assert answer",
    ],
)  # fmt: skip
def test_what_a_test_binds_itself_it_has_of_nobody(source):
    cells = [new_code_cell("answer = 1"), new_code_cell(source)]
    assert causes(cells, 1) == []


@pytest.mark.parametrize(
    "source",
    [
        "for n in f():\n    answer = n\nassert answer",
        "for n in f():\n    assert answer\n    answer = n",
        "for answer in f():\n    pass\nelse:\n    assert answer",
        "for answer in answer:\n    pass",
        "for answer[0] in f():\n    pass",
        "with answer as n:\n    pass",
        "with suppress(ValueError):\n    answer = f()\nassert answer",
        "if f():\n    answer = 1\nassert answer",
        "if answer:\n    pass",
        "while answer:\n    answer = f()",
        "while f():\n    answer = 1\nassert answer",
        "try:\n    answer = f()\nexcept ValueError:\n    pass\nassert answer",
        "try:\n    answer = f()\nfinally:\n    assert answer",
        "try:\n    f()\nexcept answer:\n    pass",
        "def twice():\n    return 2 * answer\nassert twice()",
        "if f():\n    def twice():\n        return 2 * answer\n    assert twice()",
    ],
)
def test_what_it_may_not_have_bound_it_may_have_of_another(source):
    cells = [new_code_cell("answer = 1"), new_code_cell(source)]
    assert causes(cells, 1) == [0]


def test_a_reason_is_the_tests_own_though_another_cell_that_stopped_used_its_names():
    broken = new_output("error", ename="KeyError", evalue="3")
    wrong = new_output("error", ename="AssertionError", evalue="three and two make five")
    cells = [
        new_code_cell("def add(a, b): return a"),
        new_code_cell("answer = other(3)", outputs=[broken]),
        new_code_cell("answer = add(3, 2)\nassert answer == 5", outputs=[wrong]),
        new_code_cell("assert answer == 5", outputs=[wrong]),
    ]
    assert verdict(cells, 2) == "three and two make five"
    assert verdict(cells[:2] + cells[3:], 2) == "cell number 2 stopped: KeyError: 3"


def test_a_cell_that_stopped_may_have_left_things_as_they_were():
    stopped = new_output("error", ename="KeyError", evalue="3")
    cells = [new_code_cell("x = 1"), new_code_cell("x = rates[3]", outputs=[stopped])]
    assert causes([*cells, new_code_cell("assert x")], 2) == [0, 1]
