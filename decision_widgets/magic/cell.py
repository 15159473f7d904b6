"""The magics: a cell is read, one verb is called, its answer is shown and assigned."""

from __future__ import annotations

import re
from collections.abc import Mapping
from inspect import getdoc
from typing import Any, Final

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, needs_local_scope, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

from decision_widgets.analysis.monitoring import monitor
from decision_widgets.analysis.verbs import advise, analyze
from decision_widgets.design import BetweenSubject, Switchback
from decision_widgets.design.yaml import read_design
from decision_widgets.errors import InputError, did_you_mean, listed
from decision_widgets.magic.examples import EXAMPLES
from decision_widgets.magic.request import CellRequest, split_assignment

_FILE: Final = re.compile(r"[/\\*?]|\.(parquet|csv|tsv|gz)$", re.IGNORECASE)


@magics_class
class DecisionMagics(Magics):
    """The magics of decision_widgets."""

    @magic_arguments()
    @argument(
        "verb",
        help="analyze: give the result of the data; advise: how many participants; monitor: may a running experiment "
        "stop; design: read the design",
    )
    @argument(
        "-d",
        "--data",
        help="the name of a table in this notebook, a path, or connection:table of DuckDB (duckdb:rides is the "
        "connection of DuckDB itself); for advise of the past, or a summary",
    )
    @argument("-e", "--effect", help="advise: the smallest change to find, 2%% or 0.02")
    @argument("--absolute", action="store_true", help="advise: the effect is in the metric's own unit")
    @argument("--participants", help="advise: participants of all arms; the smallest effect follows")
    @argument("--days", help="advise: days; the smallest effect follows")
    @argument("--traffic", help="advise: share of the traffic in the experiment")
    @argument("--draws", help="advise, a switchback: schedules that are tried on the history")
    @argument("--looks", help="monitor: the days on which somebody looked, 2026-11-09,2026-11-16")
    @argument("-a", "--as", dest="name", help="the name that receives the result, as in: result << analyze …")
    @argument("-q", "--quiet", action="store_true", help="assign without showing")
    @no_var_expand
    @needs_local_scope
    @cell_magic
    def decision(self, line: str, cell: str, local_ns: dict[str, Any] | None = None) -> Any:
        """Analyse an experiment, size it, or look at it while it runs; its design is written in the cell as YAML.

        %%decision result << analyze --data df
        participant: rider_id
        arm: variant
        control: control
        metrics: [booked, fare]
        """
        if line.split()[:1] == ["--example"]:
            return self._example(line, replace=True)
        assigned, rest = split_assignment(line)
        try:
            asked = parse_argstring(self.decision, rest)
        except ValueError as problem:
            raise UsageError(
                f"The line cannot be read: {problem}. Is a quotation mark missing? {line.strip()}"
            ) from None
        request = CellRequest.of(asked, assigned)
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

        %%decision result << analyze --data df
        participant: rider_id
        arm: variant
        control: control
        metrics:
          - booked
          - {name: wait_minutes, role: guardrail, direction: decrease, limit: 0.02}

        Before the experiment, `%%decision advice << advise --data past --effect 2%` says how many participants it
        needs; while it runs, `%%decision monitor --data df` says whether it may stop. `%decision --example` puts a
        filled cell below, also of: between-subject, switchback, advise, monitor. %%decision? lists its options.
        """
        if line.split()[:1] == ["--example"]:
            self._example(line, replace=False)
        else:
            print(getdoc(DecisionMagics.how_to))

    def _example(self, line: str, *, replace: bool) -> None:
        wanted = [*line.split()[1:], "between-subject"][0]
        if wanted not in EXAMPLES:
            raise UsageError(
                f"There is no example {wanted!r}.{did_you_mean(wanted, EXAMPLES)} There is: {listed([*EXAMPLES])}."
            )
        assert self.shell is not None
        self.shell.set_next_input(EXAMPLES[wanted], replace=replace)

    def _answer(self, request: CellRequest, design: BetweenSubject | Switchback, local_ns: dict[str, Any]) -> Any:
        if request.verb == "design":
            return design
        known = find_data(request, {**self._names(), **local_ns})
        if request.verb == "advise":
            return advise(design, known, **request.question)
        # What is wrong with a design for this verb, the verb itself says.
        verb: Any = {"analyze": analyze, "monitor": monitor}[request.verb]
        return verb(known, design, **request.question)

    def _names(self) -> dict[str, Any]:
        assert self.shell is not None
        names: dict[str, Any] = self.shell.user_ns
        return names


def find_data(request: CellRequest, known: Mapping[str, Any]) -> Any:
    """Return what ``--data`` names: a variable of the notebook, a table of a DuckDB connection, or a path.

    Raises
    ------
    InputError
        It names nothing; the nearest table is named.
    """
    name, frames = request.data, tables(known)
    here = f" DataFrames here: {listed(frames)}." if frames else " There is no DataFrame in this notebook yet."
    if name is None:
        what = "what is known of the past" if request.verb == "advise" else "which data to analyse"
        raise InputError(f"Say {what}: --data followed by the name of a DataFrame, or by a path.{here}")
    if name in known:
        return known[name]
    connection, colon, table = name.partition(":")
    if colon and table and connection in known:
        return known[connection], table
    if colon and table and connection == "duckdb":
        import duckdb

        return duckdb.default_connection(), table
    if _FILE.search(name):
        return name
    raise InputError(f"There is no variable {name!r} in this notebook.{did_you_mean(name, frames)}{here}")


def tables(known: Mapping[str, Any]) -> list[str]:
    """Return the names of the tables in a notebook."""
    return sorted(key for key, value in known.items() if not key.startswith("_") and hasattr(value, "columns"))
