"""The rules of a release: what each refuses or warns of, and why."""

from dataclasses import dataclass, replace
from typing import NamedTuple


class Rule(NamedTuple):
    """One trap that an instructor notebook can fall into."""

    refuses: bool
    what: str
    why: str


# name -> what costs students points, or gives points away
_ERRORS = {
    "empty": ("no cell holds anything", "there is nothing to hand out"),
    "region-open": (
        "a region without its beginning or its end",
        "nbgrader leaves the solution in, or stops",
    ),
    "region-misspelt": (
        "a marker that nbgrader doesn't know, such as `# begin solution`",
        "the solution or the hidden test is handed out",
    ),
    "region-elsewhere": (
        "a solution outside of solution cells, hidden tests outside of test cells",
        "nbgrader does not look there, and hands it out",
    ),
    "schema": ("metadata of an old nbgrader", "nbgrader refuses the notebook"),
    "id": ("a `grade_id` that is missing or no name", "nbgrader refuses the notebook"),
    "id-twice": ("two cells with one `grade_id`", "points of one would be those of the other"),
    "kind": ("a task that is a test or an answer, too", "nbgrader refuses the notebook"),
    "points": ("points below 0, without end, or none", "the gradebook can't add them up"),
    "test-not-code": ("a test in a markdown cell", "nobody could ever get its points"),
    "skip-execution": ("a test tagged `skip-execution`", "everyone gets full points"),
    "stub-not-python": ("a stub that isn't Python", "every student begins with a syntax error"),
    "test-not-python": ("a test that isn't Python", "nobody gets its points"),
    "test-asserts-nothing": ("a test without an assertion", "everyone gets full points"),
    "test-ends-in-truth": (
        "a test that ends in a comparison: `add(2, 3) == 5`",
        "nbgrader gives full points for `False`, too",
    ),
    "test-always-true": ("an assertion that can't fail: `assert True`", "it checks nothing"),
    "test-swallows": (
        "an assertion inside `try` whose `except` lets it pass",
        "the test can't fail",
    ),
    "hidden-cuts": (
        "a hidden test that begins or ends inside of a statement",
        "what it says can't be told from what a visible test says",
    ),
    "hidden-needed": (
        "a visible test that reads what only a hidden one binds",
        "it stops in the student's notebook, and shows the hidden value when graded",
    ),
    "answer-in-text": (
        "a number that a test expects stands in the student's text",
        "it can be typed in without any work",
    ),
    "reference-fails": ("the reference solution doesn't get full points", "nobody could"),
    "stub-earns": ("the untouched release gets points", "they are given for nothing"),
}
# name -> what makes an assignment harder to read, or hangs on a student's settings
_WARNINGS = {
    "nothing-graded": ("no cell has points", "everyone gets 0 of 0"),
    "points-zero": ("a graded cell with 0 points", "its verdict counts for nothing"),
    "id-says-nothing": (
        "a `grade_id` such as `cell-1a2b3c4d`",
        "reports name questions by it, and nobody knows which one is meant",
    ),
    "stub-complete": (
        "a stub that neither raises nor has a `...` to fill",
        "a student doesn't see that something is missing",
    ),
    "stub-lost-def": (
        "a `def` inside of the solution region, which a test calls",
        "a student would have to guess its name",
    ),
    "test-says-nothing": (
        "a test that doesn't begin with a comment or a text on what it checks",
        "of a hidden test that line is all that a student is told",
    ),
    "test-shows-value": (
        "a value on its own inside a test",
        "with some settings of IPython nbgrader takes it for the score",
    ),
    "test-returns": (
        "a test that ends in a value or in the call of an unknown function",
        "nbgrader takes what it shows for the score; right for partial credit alone",
    ),
    "test-trains": (
        "a test that trains a model",
        "each run of the test takes that long; a cell of its own is run once",
    ),
    "given-stops": (
        "a cell that stops with an error in the reference solution",
        "students see the same error, and wonder whether it is theirs",
    ),
}
#: Name -> rule, what refuses a release first.
RULES = {name: Rule(True, *words) for name, words in _ERRORS.items()} | {
    name: Rule(False, *words) for name, words in _WARNINGS.items()
}


@dataclass(frozen=True)
class Trouble:
    """Where a rule is broken.

    Parameters
    ----------
    where : str
        The notebook, the cell, or both.
    rule : str
        A name from `RULES`.
    text : str
        What is wrong there, and the mend.

    Examples
    --------
    >>> trouble = Trouble("cell test-add", "points-zero", "it has 0 points; give it more")
    >>> print(trouble)
    warning: cell test-add: it has 0 points; give it more [points-zero]
    >>> trouble.refuses
    False
    """

    where: str
    rule: str
    text: str

    @property
    def refuses(self) -> bool:
        """Whether nothing may be released as long as it is there."""
        return RULES[self.rule].refuses

    def __str__(self) -> str:
        degree = "" if self.refuses else "warning: "
        return f"{degree}{self.where}: {self.text} [{self.rule}]"

    def inside(self, notebook: str) -> "Trouble":
        """Return the same one with the notebook's name before the cell's."""
        where = f"{notebook}, {self.where}" if self.where else notebook
        return replace(self, where=where)


def table() -> str:
    """Write the rules as a table in Markdown, for the docs.

    Returns
    -------
    str
        A line for each rule.

    Examples
    --------
    >>> print(table().splitlines()[2])
    | `empty` | no cell holds anything | there is nothing to hand out | refused |
    """
    lines = ["| rule | what | why | |", "|---|---|---|---|"]
    for name, rule in RULES.items():
        degree = "refused" if rule.refuses else "warning"
        lines.append(f"| `{name}` | {rule.what} | {rule.why} | {degree} |")
    return "\n".join(lines) + "\n"
