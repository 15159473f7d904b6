"""``%%decision``: a design in YAML, a verb and the data in the line above it."""

from __future__ import annotations

from inspect import getdoc
from keyword import iskeyword
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, needs_local_scope, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from decision_widgets.analysis.between import analyze
from decision_widgets.design.yaml import read_design
from decision_widgets.errors import InputError, did_you_mean, listed

VERBS = ("analyze", "design")


@magics_class
class DecisionMagics(Magics):
    """The magics of decision_widgets."""

    @magic_arguments()
    @argument("verb", help="analyze: give the result of the data; design: read the design alone")
    @argument("-d", "--data", help="the name of a DataFrame in this notebook (for analyze)")
    @argument("-a", "--as", dest="name", help="the name that receives the result")
    @argument("-q", "--quiet", action="store_true", help="assign without showing")
    @no_var_expand
    @needs_local_scope
    @cell_magic
    def decision(self, line: str, cell: str, local_ns: dict[str, Any] | None = None) -> Any:
        """Analyse an experiment whose design is written in the cell as YAML.

        %%decision analyze --data df --as result
        participant: rider_id
        arm: variant
        control: control
        metrics: [booked, fare]
        """
        try:
            asked = parse_argstring(self.decision, line)
        except ValueError as problem:
            raise UsageError(
                f"The line cannot be read: {problem}. Is a quotation mark missing? {line.strip()}"
            ) from None
        data, name = _unquoted(asked.data), _unquoted(asked.name)
        if asked.verb not in VERBS:
            raise UsageError(
                f"%%decision has no verb {asked.verb!r}.{did_you_mean(asked.verb, VERBS)} It knows: {listed(VERBS)}."
            )
        if name is not None:
            _check_name(name, data)
        try:
            design = read_design(cell, first_line=2)
            answer = design if asked.verb == "design" else analyze(self._table(data, local_ns or {}), design)
        except InputError as problem:
            raise UsageError(str(problem)) from None
        if name is not None:
            self._names()[name] = answer
        return None if asked.quiet else answer

    @line_magic("decision")  # type: ignore[arg-type]  # its stub forbids a name other than the method's
    def how_to(self, line: str) -> None:
        """%%decision works on a whole cell, with two percent signs. For example:

        %%decision analyze --data df --as result
        participant: rider_id
        arm: variant
        control: control
        metrics:
          - booked
          - {name: wait_minutes, role: guardrail, direction: decrease, limit: 0.02}

        %%decision? lists its options.
        """
        print(getdoc(DecisionMagics.how_to))

    def _names(self) -> dict[str, Any]:
        assert self.shell is not None
        names: dict[str, Any] = self.shell.user_ns
        return names

    def _table(self, name: str | None, local_ns: dict[str, Any]) -> Any:
        known = {**self._names(), **local_ns}
        frames = sorted(key for key, value in known.items() if not key.startswith("_") and hasattr(value, "columns"))
        here = f" DataFrames here: {listed(frames)}." if frames else " There is no DataFrame in this notebook yet."
        if name is None:
            raise InputError("Say which data to analyse: --data followed by the name of a DataFrame." + here)
        if name not in known:
            raise InputError(f"There is no variable {name!r} in this notebook.{did_you_mean(name, frames)}{here}")
        return known[name]


def _unquoted(word: str | None) -> str | None:
    # IPython splits the line as Windows would, and leaves the quotation marks on.
    if word and len(word) > 1 and word[0] == word[-1] and word[0] in "'\"":
        return word[1:-1]
    return word


def _check_name(name: str, data: str | None) -> None:
    if not name.isidentifier() or iskeyword(name):
        raise UsageError(f"--as needs a name that Python can assign to, for example --as result; got {name!r}.")
    if name == data:
        raise UsageError(
            f"--as {name} would overwrite the data; give the result another name, for example --as result."
        )


def load(shell: InteractiveShell) -> None:
    """Register the magics; a second call replaces the first."""
    shell.register_magics(DecisionMagics)


def unload(shell: InteractiveShell) -> None:
    """Take the magics away."""
    for kind in ("cell", "line"):
        shell.magics_manager.magics[kind].pop("decision", None)
