"""The command ``coursegrader``: one module per command, imported when it is called."""

from coursegrader.cli.program import COMMANDS, Lazy, main, run

__all__ = ["COMMANDS", "Lazy", "main", "run"]
