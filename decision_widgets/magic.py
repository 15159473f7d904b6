"""``%%decision``: a design in YAML, a verb and the data in the line above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import getdoc
from keyword import iskeyword
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, needs_local_scope, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from decision_widgets.analysis.verbs import advise, analyze
from decision_widgets.design import BetweenSubject, Switchback
from decision_widgets.design.yaml import read_design
from decision_widgets.errors import InputError, did_you_mean, listed

VERBS = ("analyze", "advise", "design")
QUESTION = ("effect", "participants", "days", "traffic", "draws")
COUNTS = ("participants", "days", "draws")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRequest:
    """What the line of a cell asks for; `question` is what ``advise`` takes beside the design and the history."""

    verb: str
    data: str | None
    name: str | None
    quiet: bool
    question: Mapping[str, Any]

    @classmethod
    def of(cls, asked: Any) -> CellRequest:
        """Read the parsed options of a line; every problem is a UsageError."""
        if asked.verb not in VERBS:
            raise UsageError(
                f"%%decision has no verb {asked.verb!r}.{did_you_mean(asked.verb, VERBS)} It knows: {listed(VERBS)}."
            )
        question = {name: _number(name, given) for name in QUESTION if (given := getattr(asked, name)) is not None}
        if asked.absolute:
            question["relative"] = False
        if question and asked.verb != "advise":
            word = next(iter(question)).replace("relative", "absolute")
            raise UsageError(f"--{word} belongs to advise; {asked.verb} does not take it.")
        data, name = _unquoted(asked.data), _unquoted(asked.name)
        if name is not None:
            _check_name(name, data)
        return cls(verb=asked.verb, data=data, name=name, quiet=asked.quiet, question=question)


@magics_class
class DecisionMagics(Magics):
    """The magics of decision_widgets."""

    @magic_arguments()
    @argument(
        "verb", help="analyze: give the result of the data; advise: how many participants; design: read the design"
    )
    @argument("-d", "--data", help="the name of a DataFrame in this notebook; for advise of the past, or a summary")
    @argument("-e", "--effect", help="advise: the smallest change to find, 2%% or 0.02")
    @argument("--absolute", action="store_true", help="advise: the effect is in the metric's own unit")
    @argument("--participants", help="advise: participants of all arms; the smallest effect follows")
    @argument("--days", help="advise: days; the smallest effect follows")
    @argument("--traffic", help="advise: share of the traffic in the experiment")
    @argument("--draws", help="advise, a switchback: schedules that are tried on the history")
    @argument("-a", "--as", dest="name", help="the name that receives the result")
    @argument("-q", "--quiet", action="store_true", help="assign without showing")
    @no_var_expand
    @needs_local_scope
    @cell_magic
    def decision(self, line: str, cell: str, local_ns: dict[str, Any] | None = None) -> Any:
        """Analyse an experiment, or size it, whose design is written in the cell as YAML.

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
        request = CellRequest.of(asked)
        try:
            answer = self._answer(request, read_design(cell, first_line=2), local_ns or {})
        except InputError as problem:
            raise UsageError(str(problem)) from None
        if request.name is not None:
            self._names()[request.name] = answer
        return None if request.quiet else answer

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

        Before the experiment, `%%decision advise --data past --effect 2% --as advice` says how many participants it
        needs. %%decision? lists its options.
        """
        print(getdoc(DecisionMagics.how_to))

    def _answer(self, request: CellRequest, design: BetweenSubject | Switchback, local_ns: dict[str, Any]) -> Any:
        if request.verb == "design":
            return design
        known = self._table(request, local_ns)
        return analyze(known, design) if request.verb == "analyze" else advise(design, known, **request.question)

    def _names(self) -> dict[str, Any]:
        assert self.shell is not None
        names: dict[str, Any] = self.shell.user_ns
        return names

    def _table(self, request: CellRequest, local_ns: dict[str, Any]) -> Any:
        known, name = {**self._names(), **local_ns}, request.data
        frames = sorted(key for key, value in known.items() if not key.startswith("_") and hasattr(value, "columns"))
        here = f" DataFrames here: {listed(frames)}." if frames else " There is no DataFrame in this notebook yet."
        if name is None:
            what = "which data to analyse" if request.verb == "analyze" else "what is known of the past"
            raise InputError(f"Say {what}: --data followed by the name of a DataFrame.{here}")
        if name not in known:
            raise InputError(f"There is no variable {name!r} in this notebook.{did_you_mean(name, frames)}{here}")
        return known[name]


def _unquoted(word: str | None) -> str | None:
    # IPython splits the line as Windows would, and leaves the quotation marks on.
    if word and len(word) > 1 and word[0] == word[-1] and word[0] in "'\"":
        return word[1:-1]
    return word


def _number(name: str, text: str) -> float:
    written = str(_unquoted(text)).strip()
    try:
        value = float(written.removesuffix("%").replace(",", "")) / (100 if written.endswith("%") else 1)
    except ValueError:
        raise UsageError(f"--{name} must be a number, for example 0.02 or 2%; got {text!r}.") from None
    return int(value) if value == int(value) and name in COUNTS else value


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
