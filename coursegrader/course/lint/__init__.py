"""What an instructor notebook must be like before it is released: each rule closes a trap."""

from coursegrader.course.lint.notebook import lint
from coursegrader.course.lint.rules import RULES, Rule, Trouble, table

__all__ = ["RULES", "Rule", "Trouble", "lint", "table"]
