"""``%%decision``: a design in YAML, a verb and the data in the line above it."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

from decision_widgets.magic.cell import DecisionMagics
from decision_widgets.magic.completion import Completion


def load(shell: InteractiveShell) -> None:
    """Register the magics and their completions; a second call replaces the first."""
    unload(shell)
    shell.register_magics(DecisionMagics)
    shell.Completer.custom_matchers.append(Completion(shell).matcher)


def unload(shell: InteractiveShell) -> None:
    """Take the magics and their completions away."""
    for kind in ("cell", "line"):
        shell.magics_manager.magics[kind].pop("decision", None)
    matchers = shell.Completer.custom_matchers
    matchers[:] = [each for each in matchers if getattr(each, "matcher_identifier", None) != Completion.NAME]
