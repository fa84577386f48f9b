"""Python as it stands in cells: parsed with its magics, asked for what it asserts and names."""

import ast
import importlib
import re
from collections.abc import Iterator
from contextlib import suppress
from types import ModuleType

from IPython.core.inputtransformer2 import TransformerManager
from nbgrader.preprocessors import InstantiateTests
from traitlets.config import Config

from coursegrader.errors import UserError
from coursegrader.options import CourseGrader

# IPython goes through all of a cell again for each of its magics: a second for so many characters
_MAGICS = re.compile(r"^[ \t]*[%!,;/?]|=[ \t]*[%!]|\?[ \t]*$", re.MULTILINE)
_MOST = 200_000
_CATCH_ALL = {"AssertionError", "Exception", "BaseException", "Hint"}


def parsed(source: str) -> ast.Module | SyntaxError:
    """Parse a cell; magics are turned into Python first.

    Parameters
    ----------
    source : str
        A cell's.

    Returns
    -------
    ast.Module or SyntaxError
        The error is returned, for it is an answer, too.

    Examples
    --------
    >>> parsed("2 +").msg
    'invalid syntax'
    """
    try:
        with suppress(SyntaxError):
            return ast.parse(source)
        if len(_MAGICS.findall(source)) * len(source) > _MOST:
            raise ValueError("more magics than anybody writes")
        return ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError) as error:  # a NUL, or nested too deeply
        return SyntaxError(str(error), ("", 1, 0, ""))


def imports(source: str) -> list[str]:
    r"""Return the statements of a cell that import something.

    Parameters
    ----------
    source : str
        The cell's code, with magics or without.

    Returns
    -------
    list of str
        Those that no condition stands before.

    Examples
    --------
    >>> imports("%matplotlib inline\nimport numpy as np\nx = np.zeros(3)")
    ['import numpy as np']
    """
    tree = parsed(source)
    statements = [] if isinstance(tree, SyntaxError) else tree.body
    return [
        ast.unparse(each) for each in statements if isinstance(each, ast.Import | ast.ImportFrom)
    ]


def called(node: ast.AST | None) -> str:
    """Return the last name of what a node calls; empty if it calls nothing that has a name."""
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def definitions(tree: ast.Module) -> dict[str, ast.stmt]:
    """Return the functions and classes that stand in a cell itself, by name."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {node.name: node for node in tree.body if isinstance(node, kinds)}


def names(tree: ast.AST) -> set[str]:
    """Return the names that a piece of code reads."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def bound(tree: ast.Module) -> set[str]:
    """Return the names that a cell binds."""
    stored = ast.Store
    plain = {
        each.id
        for each in ast.walk(tree)
        if isinstance(each, ast.Name) and isinstance(each.ctx, stored)
    }
    return plain | definitions(tree).keys()


def imported(tree: ast.AST) -> set[str]:
    """Return the names that imports in a piece of code bind."""
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


class Assertions:
    """What counts as an assertion in a course.

    Parameters
    ----------
    config : Config or None
        The course's configuration; ``c.CourseGrader.checks`` names modules whose ``expect`` and
        ``check_...`` are assertions, ``c.InstantiateTests`` how tests are made from a comment.
    given : dict of str to ast.stmt, optional
        Functions that the notebook itself gives; those that assert are assertions when called.

    Raises
    ------
    UserError
        If a module of checks can't be imported.
    """

    def __init__(self, config: Config | None, given: dict[str, ast.stmt] | None = None) -> None:
        self.modules = [_module(name) for name in CourseGrader(config=config).checks]
        self.from_comment = InstantiateTests(config=config).autotest_delimiter
        self.helpers: set[str] = set()
        for name, node in (given or {}).items():
            if any(self.is_one(each) for each in ast.walk(node)):
                self.helpers.add(name)

    def are_made(self, source: str) -> bool:
        """Tell whether nbgrader makes a test from a comment in this cell."""
        mark = rf"^\s*#+.*\b{re.escape(self.from_comment)}\b"
        return re.search(mark, source, re.MULTILINE) is not None

    def is_one(self, node: ast.AST) -> bool:
        """Tell whether a node raises if an answer is wrong."""
        if isinstance(node, ast.With | ast.AsyncWith):
            return any(_is_raises(item.context_expr) for item in node.items)
        if isinstance(node, ast.Call):
            return self.is_check(called(node)) or _is_raises(node)
        return isinstance(node, ast.Assert | ast.Raise)

    def is_check(self, name: str) -> bool:
        """Tell whether what is called by a name asserts, and returns nothing."""
        if name.lower().startswith("assert") or name in self.helpers:
            return True
        known = any(hasattr(module, name) for module in self.modules)
        return known and (name == "expect" or name.startswith("check_"))

    def of(self, tree: ast.Module) -> Iterator[ast.AST]:
        """Find the assertions that a cell comes by, not those in functions that it never calls."""
        read = [(statement, names(statement)) for statement in tree.body]
        for statement, _ in read:
            own = definitions(ast.Module([statement], []))
            used = any(
                name in other for name in own for each, other in read if each is not statement
            )
            if not own or used:
                yield from (node for node in ast.walk(statement) if self.is_one(node))

    def swallowed(self, tree: ast.Module) -> Iterator[ast.stmt]:
        """Find the blocks in which an assertion may fail and nothing happens."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Try):
                silent = [each for each in node.handlers if not _stops(each)]
                caught = any(_catches(each.type) for each in silent)
            elif isinstance(node, ast.With):
                calls = [item.context_expr for item in node.items]
                caught = any(
                    called(call) == "suppress" and any(map(_catches, call.args))
                    for call in calls
                    if isinstance(call, ast.Call)
                )
            else:
                continue
            body = [inner for statement in node.body for inner in ast.walk(statement)]
            if caught and any(self.is_one(inner) for inner in body):
                yield node


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UserError(
            f"nbgrader_config.py, c.CourseGrader.checks: {name!r} cannot be imported "
            f"({error}); name a module of this environment"
        ) from None


def _is_raises(node: ast.AST) -> bool:
    """Tell ``pytest.raises(...)`` and the like."""
    return called(node) in ("raises", "warns", "deprecated_call")


def _catches(kind: ast.expr | None) -> bool:
    """Tell whether an ``except`` takes failed assertions."""
    if kind is None:
        return True
    if isinstance(kind, ast.Tuple):
        return any(_catches(each) for each in kind.elts)
    name = kind.attr if isinstance(kind, ast.Attribute) else getattr(kind, "id", "")
    return name in _CATCH_ALL


def _stops(handler: ast.ExceptHandler) -> bool:
    ends = ast.Raise | ast.Assert
    inner = [node for statement in handler.body for node in ast.walk(statement)]
    return any(isinstance(node, ends) or called(node) in ("fail", "exit") for node in inner)


def always_true(test: ast.expr) -> bool:
    """Tell an assertion's condition that holds whatever the answer is.

    Parameters
    ----------
    test : ast.expr
        What stands after ``assert``.

    Returns
    -------
    bool

    Examples
    --------
    >>> conditions = ["True", "x == x", "(x == 1, 'one')", "x == 1", "1 + 1 == 2"]
    >>> [always_true(ast.parse(text, mode="eval").body) for text in conditions]
    [True, True, True, False, True]
    """
    if isinstance(test, ast.Tuple | ast.List | ast.Set | ast.Dict):
        return bool(ast.unparse(test) not in ("()", "[]", "{}"))
    if isinstance(test, ast.JoinedStr | ast.Lambda):
        return True
    if isinstance(test, ast.BoolOp):
        each = [always_true(value) for value in test.values]
        return any(each) if isinstance(test.op, ast.Or) else all(each)
    if isinstance(test, ast.Compare) and isinstance(
        test.ops[0], ast.Eq | ast.Is | ast.LtE | ast.GtE
    ):
        sides = [ast.dump(test.left), *map(ast.dump, test.comparators)]
        plain = not any(isinstance(node, ast.Call) for node in ast.walk(test))
        if plain and len(set(sides)) == 1:
            return True
    kinds = ast.Constant | ast.Compare | ast.UnaryOp | ast.BinOp | ast.operator | ast.unaryop
    simple = all(isinstance(node, kinds | ast.cmpop) for node in ast.walk(test))
    power = any(isinstance(node, ast.Pow | ast.LShift | ast.Mult) for node in ast.walk(test))
    if not simple or power:  # powers may take for ever
        return False
    try:
        return bool(eval(compile(ast.Expression(test), "", "eval"), {"__builtins__": {}}))
    except Exception:  # it raises, so it doesn't hold
        return False
