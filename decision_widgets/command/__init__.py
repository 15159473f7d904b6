"""The command line: one file per verb."""

from decision_widgets.command.main import main

__all__ = ["main"]
