"""What is checked of a test: that it can fail, and that nothing but its verdict is the score."""

import ast
import builtins
from collections.abc import Iterator

from coursegrader.course.lint.marks import Marks, heading, lines_inside, without
from coursegrader.course.lint.rules import Trouble
from coursegrader.course.lint.source import (
    Assertions,
    always_true,
    called,
    names,
    parsed,
)

# calls that return a truth, which is no verdict: nbgrader gives full points for False, too
_TRUTHS = {
    "all", "allclose", "any", "array_equal", "array_equiv", "bool", "callable", "equals", "hasattr",
    "isclose", "isinstance", "issubclass", "issubset", "endswith", "startswith",
}  # fmt: skip
_QUIET = {"print", "display"}  # return nothing


def test(
    where: str,
    source: str,
    hidden: Marks,
    students: set[str],
    secret: set[str],
    asserts: Assertions,
) -> list[Trouble]:
    """Check a test as it is graded, and as students see it.

    Parameters
    ----------
    where : str
        How to name the cell.
    source : str
        The cell's, hidden tests and all.
    hidden : Marks
        What begins and ends a hidden test.
    students : set of str
        Names that solution cells bind: to show one asserts nothing.
    secret : set of str
        Names that nothing but hidden tests binds.
    asserts : Assertions
        What counts as an assertion.

    Returns
    -------
    list of Trouble
    """
    tree, visible = parsed(source), parsed(without(source, hidden))
    if isinstance(tree, SyntaxError):
        said = f"it is not Python (line {tree.lineno}: {tree.msg}); mend it"
        return [Trouble(where, "test-not-python", said)]
    says = any(sign.isalnum() for sign in heading(source, {"hidden test": hidden}))
    found = [*_shape(where, says, tree), *_verdict(where, source, tree, students, asserts)]
    if isinstance(visible, SyntaxError):
        said = f"without its hidden tests, it is not Python ({visible.msg}); hide whole blocks"
        found.append(Trouble(where, "test-not-python", said))
    else:
        found += _apart(where, tree, set(lines_inside(source, hidden)))
        for name in sorted(secret & names(visible)):
            if not hasattr(builtins, name):
                said = f"what students see of it reads {name}, which only a hidden test binds"
                found.append(Trouble(where, "hidden-needed", f"{said}; bind it in what they see"))
    return found


def _apart(where: str, tree: ast.Module, inside: set[int]) -> Iterator[Trouble]:
    """Check that no statement is hidden in part: what it says would show what is hidden."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            lines = set(range(node.lineno, _ends(node) + 1))
            if lines & inside and lines - inside:
                said = f"the statement in line {node.lineno} is hidden in part; hide all of it"
                yield Trouble(where, "hidden-cuts", said)


def _ends(statement: ast.stmt) -> int:
    """Return the last line of a statement, of a block that of what it begins with."""
    if not hasattr(statement, "body"):
        return statement.end_lineno or statement.lineno
    blocks = ast.stmt | ast.ExceptHandler | ast.match_case
    first = [each for each in ast.iter_child_nodes(statement) if not isinstance(each, blocks)]
    lines = [getattr(node, "end_lineno", 0) for each in first for node in ast.walk(each)]
    return max([statement.lineno, *lines])


def _shape(where: str, says: bool, tree: ast.Module) -> Iterator[Trouble]:
    """Check how it begins, and what it shows and does on the way."""
    opening = None if says or not tree.body else tree.body[0]
    if not says:
        if _is_text(opening):
            said = "its first line is a text, which some settings show; make it a comment: # ..."
            yield Trouble(where, "test-shows-value", said)
        else:
            said = "it doesn't say what it checks; begin it with a comment that does: # ..."
            yield Trouble(where, "test-says-nothing", said)
    bare = [each for each in tree.body if _is_bare(each) and each is not opening]
    shown = [each for each in bare if each is not tree.body[-1] or _is_text(each)]
    if shown:
        said = f"line {shown[0].lineno} is a value on its own, which some settings show and "
        said += "nbgrader would read as the score; take it out, or make a text a comment"
        yield Trouble(where, "test-shows-value", said)
    if any(called(node) == "fit" for node in ast.walk(tree)):
        said = "it trains a model; train it in a cell of its own, outside the test"
        yield Trouble(where, "test-trains", said)


def _verdict(
    where: str, source: str, tree: ast.Module, students: set[str], asserts: Assertions
) -> Iterator[Trouble]:
    """Check that it can fail, and what nbgrader would read as its score."""
    if asserts.are_made(source):
        return
    value = _value(tree, asserts)
    call = called(value)
    counts = value is not None and not call and not _is_truth(value)  # such as points, summed up
    for node in asserts.of(tree):
        if isinstance(node, ast.Assert) and always_true(node.test):
            said = f"line {node.lineno} holds whatever the answer is: {ast.unparse(node)}"
            yield Trouble(where, "test-always-true", f"{said}; compare the answer with something")
    for each in [] if counts else asserts.swallowed(tree):
        said = f"line {each.lineno} lets a failed assertion pass; name the exception that is "
        yield Trouble(where, "test-swallows", f"{said}expected, or raise it again")
    checks = [f"a check of {module.__name__}" for module in asserts.modules]
    mend = f"end it with {' or '.join(['an assert', *checks])}"
    shows = "it ends in a bare expression, whose value nbgrader would read as the score"
    if _is_truth(value):
        yield Trouble(where, "test-ends-in-truth", f"{shows}, and False as full points; {mend}")
        return
    answer = bool(names(value) & students) if value is not None and not call else call in students
    nothing = value is None or answer or hasattr(builtins, call)
    if nothing and not any(asserts.of(tree)):
        said = "it asserts nothing, so that everyone gets full points"
        yield Trouble(where, "test-asserts-nothing", f"{said}; {mend}")
    elif value is not None and call not in _QUIET and not asserts.is_check(call):
        returns = (
            f"it ends in a call of {call}, and nbgrader would read what that returns as the score"
        )
        yield Trouble(where, "test-returns", f"{returns if call else shows}; {mend}")


def _value(tree: ast.Module, asserts: Assertions) -> ast.expr | None:
    """Return the expression that a cell ends in, if it does; a text is none."""
    last = tree.body[-1] if tree.body else None
    while isinstance(last, ast.With):  # what stands in it is not shown, but was meant
        last = last.body[-1] if not asserts.is_one(last) else None
    return last.value if isinstance(last, ast.Expr) and not _is_text(last) else None


def _is_truth(value: ast.expr | None) -> bool:
    """Tell an expression whose value is True or False."""
    if isinstance(value, ast.UnaryOp):
        return isinstance(value.op, ast.Not)
    return isinstance(value, ast.Compare | ast.BoolOp) or called(value) in _TRUTHS


def _is_bare(statement: ast.stmt) -> bool:
    """Tell whether a statement is a value that nothing is done with; a call may do something."""
    return isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Call)


def _is_text(statement: ast.stmt | None) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
