"""Which cells a cell hangs on: the names that it reads, and the cells that bind them."""

import ast
import re
import symtable
from bisect import bisect_left
from collections.abc import Iterator, Set
from functools import lru_cache
from typing import NamedTuple

from nbformat import NotebookNode

from coursegrader.course.lint.source import bound, called, imported, names, parsed

_LONGEST = 200_000  # characters of a cell that is looked into
_MOST = 300_000  # names that are followed; who has more of them only gets a poorer reason
_DEFINES = ast.FunctionDef, ast.Import, ast.ImportFrom
# statements that bind their names whatever happens, unless the cell stops there
_SURE = *_DEFINES, ast.ClassDef, ast.Assign
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class _Known(NamedTuple):
    """What a piece of code binds, for sure or perhaps; what it reads at once, and when called."""

    binds: Set[str] = frozenset()
    surely: Set[str] = frozenset()
    reads: Set[str] = frozenset()
    later: Set[str] = frozenset()
    calls: Set[str] = frozenset()


@lru_cache(4096)
def _known(source: str) -> _Known:
    if len(source) > _LONGEST:
        return _Known()
    tree = parsed(source)
    if isinstance(tree, SyntaxError):  # it binds what it would have bound
        pattern = r"^\s*(?:(?:def|class)\s+(\w+)|(\w+)\s*=[^=])"
        meant = re.findall(pattern, source, re.MULTILINE)
        return _Known({name for pair in meant for name in pair if name})
    calls = {called(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    flow = _Flow()
    try:
        surely = flow.follow(tree.body, set())
    # a return outside of a function, a number of thousands of digits, a sum of thousands of terms
    except (SyntaxError, ValueError, RecursionError):
        return _Known(bound(tree) | imported(tree), reads=set(names(tree)), calls=calls)
    if not all(isinstance(each, _DEFINES) for each in tree.body):
        flow.reads |= flow.later - surely  # what is defined may be called here
    return _Known(flow.binds, surely, flow.reads, flow.later, calls)


class _Flow:
    """What is met on the way through a cell: what it binds, and what it reads without that."""

    def __init__(self) -> None:
        self.binds: set[str] = set()
        self.reads: set[str] = set()
        self.later: set[str] = set()

    def follow(self, body: list[ast.stmt], surely: set[str]) -> set[str]:
        """Go through statements behind which some names are bound; return what is bound then."""
        surely = set(surely)
        for each in body:
            if isinstance(each, ast.For):  # the block is run with its name bound, or not at all
                self.follow(each.body, self._take(_assigned(each.target, each.iter), surely))
                self.follow(each.orelse, surely)
            elif isinstance(each, ast.With):
                inside = surely
                for item in each.items:
                    inside = self._take(_assigned(item.optional_vars, item.context_expr), inside)
                self.follow(each.body, inside)  # it may be left before its end
            elif isinstance(each, ast.If):
                self._take(ast.Expr(each.test), surely)
                surely = self.follow(each.body, surely) & self.follow(each.orelse, surely)
            elif isinstance(each, ast.While):
                self._take(ast.Expr(each.test), surely)
                self.follow(each.body, surely)
                self.follow(each.orelse, surely)
            elif isinstance(each, ast.Try):
                self.follow(each.orelse, self.follow(each.body, surely))
                for handler in each.handlers:
                    self._take(ast.Expr(handler.type or ast.Constant(None)), surely)
                    self.follow(handler.body, surely | {handler.name or ""})
                self.follow(each.finalbody, surely)
            else:
                after = self._take(each, surely)
                surely = after if isinstance(each, _SURE) else surely
        return surely

    def _take(self, statement: ast.stmt, surely: set[str]) -> set[str]:
        """Note what a statement reads and binds; return what is bound if it doesn't stop."""
        source = ast.unparse(_Generators().visit(statement))
        top = symtable.symtable(source, "", "exec")
        own = list(_of_the_notebook(top))
        read = {name.get_name() for name in own if name.is_referenced()}
        at_once = read
        if isinstance(statement, ast.FunctionDef):  # decorators and defaults
            at_once = {name.get_name() for name in top.get_symbols() if name.is_referenced()}
        self.reads |= at_once - surely
        self.later |= read - at_once
        self.binds |= {name.get_name() for name in own if _is_bound(name)}
        return surely | {name.get_name() for name in top.get_symbols() if _is_bound(name)}


class _Generators(ast.NodeTransformer):
    """Make generators of comprehensions, whose names Python 3.12 counts among those around them."""

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp) -> ast.AST:
        return self.generic_visit(ast.GeneratorExp(node.elt, node.generators))

    visit_SetComp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        pair = ast.Tuple([node.key, node.value], ast.Load())
        return self.generic_visit(ast.GeneratorExp(pair, node.generators))


def _assigned(target: ast.expr | None, value: ast.expr) -> ast.stmt:
    return ast.Assign([target], value, lineno=1) if target else ast.Expr(value)


def _of_the_notebook(table: symtable.SymbolTable) -> Iterator[symtable.Symbol]:
    """Go through names that other cells see, not those of a function's own."""
    for name in table.get_symbols():
        if table.get_type() == "module" or name.is_global():
            yield name
    for inner in table.get_children():
        yield from _of_the_notebook(inner)


def _is_bound(name: symtable.Symbol) -> bool:
    return name.is_assigned() or name.is_imported()


class Names:
    """The names that the cells of a notebook bind, as far as it was executed."""

    def __init__(self) -> None:
        self._reads: dict[str, set[str]] = {}

    def add(self, source: str) -> None:
        """Take note of a cell's code; what it binds hangs on what it reads."""
        known = _known(source)
        for name in known.binds:
            self._reads.setdefault(name, set()).update(known.reads | known.later)

    def called(self, source: str) -> set[str]:
        """Return the names that a cell calls and that the notebook binds."""
        return set(_known(source).calls) & self._reads.keys()

    def reached(self, source: str) -> set[str]:
        """Return the names that a cell reads, and those that they hang on."""
        found: set[str] = set()
        new = set(_known(source).reads | _known(source).later)
        while new:
            found |= new
            new = {other for name in new for other in self._reads.get(name, ())} - found
        return found


def binds(cell: NotebookNode) -> Set[str]:
    """Return the names that a cell binds."""
    return _known(cell.source).binds if cell.cell_type == "code" else frozenset()


def causes(cells: list[NotebookNode], number: int) -> list[int]:
    """Find the cells that a cell hangs on.

    Parameters
    ----------
    cells : list of NotebookNode
        Of a notebook, in order.
    number : int
        The place of the one that is meant.

    Returns
    -------
    list of int
        The places of earlier cells that bind a name that it reads, or that those read; in order.
        What is bound anew before it is read counts no longer; functions read when they are called.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell
    >>> sources = ["train = split(views)", "x = 1", "model = fit(train)", "assert model"]
    >>> causes([new_code_cell(source) for source in sources], 3)
    [0, 2]
    """
    binding: dict[str, list[int]] = {}
    for place in range(number):
        for name in binds(cells[place]):
            binding.setdefault(name, []).append(place)
    here = _known(cells[number].source)
    wanted = [(name, number) for name in here.reads | here.later]
    looked_at: set[tuple[str, int]] = set()
    followed: set[tuple[int, int]] = set()
    found: set[int] = set()
    while wanted and len(wanted) + len(looked_at) < _MOST:
        name, end = wanted.pop()
        before = bisect_left(binding.get(name, []), end)
        if not before or (name, end) in looked_at:
            continue
        looked_at.add((name, end))
        place = binding[name][before - 1]
        known = _known(cells[place].source)
        if name not in known.surely or _stopped(cells[place]):
            wanted.append((name, place))
        if (place, end) not in followed:
            followed.add((place, end))
            wanted += [(other, end) for other in known.later]
        if place not in found:
            found.add(place)
            wanted += [(other, place) for other in known.reads]
    return sorted(found)


def _stopped(cell: NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", []))


def in_traceback(traceback: list[str]) -> set[str]:
    """Return the functions of the notebook's own cells that a traceback goes through.

    Parameters
    ----------
    traceback : list of str
        As IPython writes it.

    Returns
    -------
    set of str

    Examples
    --------
    >>> in_traceback(["Cell In[3], line 2, in twice(a)", "File numpy.py, in dot(a, b)"])
    {'twice'}
    """
    text = _ANSI.sub("", "\n".join(traceback))
    return set(re.findall(r"^Cell In\[\d+\], line \d+, in (\w+)\(", text, re.MULTILINE))


def lines_of(cell: NotebookNode, error: NotebookNode) -> list[int]:
    """Return the lines of a cell that an error in its outputs came through.

    Parameters
    ----------
    cell : NotebookNode
        An executed cell.
    error : NotebookNode
        One of its outputs.

    Returns
    -------
    list of int
        Counted from 1, outermost first; empty if the traceback names none of this cell.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_output
    >>> traceback = ["Cell In[3], line 2", "Cell In[1], line 7, in twice(a)"]
    >>> error = new_output("error", ename="E", evalue="", traceback=traceback)
    >>> lines_of(new_code_cell(execution_count=3, outputs=[error]), error)
    [2]
    """
    text = _ANSI.sub("", "\n".join(error.traceback))
    found = re.findall(r"^Cell In\[(\d+)\], line (\d+)", text, re.MULTILINE)
    return [int(line) for count, line in found if int(count) == cell.execution_count]
