"""Basic statistics: how many, how much, and how scattered, for every metric and arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from decision_widgets.views import numbers
from decision_widgets.views.markup import card, escape
from decision_widgets.views.readings import labelled, units_name
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import Cell, arm_html, number, table_html, words
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.basics/1"
_UNITS = "n_participants"
_COUNTS = {_UNITS: "Participants", "n_observations": "Observations", "n_missing": "Missing"}
_VALUES = {"mean": "Mean", "std_dev": "Std. dev.", "variance": "Variance"}
_WITHHELD = "Means are withheld: the comparison is invalid, and the means of two arms are an uplift."


def to_html(payload: Payload) -> str:
    """Show the basic statistics card."""
    state = state_of(payload)
    rows, columns = labelled(payload.get("rows") or ()), _columns(payload)
    if not rows:
        return card("basics", "Basic statistics", state.note + '<p class="dw-say">No metric could be read.</p>')
    head = [Cell("Metric"), Cell("Arm"), *(Cell(escape(name), "num") for name in columns.values())]
    lines = [
        [
            words(row["label"]),
            Cell(arm_html(row["arm"], row["arm_index"]), raw=one_line(row["arm"])),
            *(number(texts[key], row[key]) for key in columns),
        ]
        for row, texts in zip(rows, _written(rows), strict=True)
    ]
    note = f'<p class="muted small">{_WITHHELD}</p>' if payload.get("withheld") else ""
    body = state.note + table_html("Basic statistics by metric and arm", head, lines) + note
    return card("basics", "Basic statistics", body, css="dw-basics long" + state.css)


def to_text(payload: Payload) -> str:
    """Write one line per metric and arm."""
    rows, columns = labelled(payload.get("rows") or ()), _columns(payload)
    if not rows:
        return "Basic statistics: no metric could be read."
    lines = [
        [row["label"], row["arm"], *(texts[key] for key in columns)]
        for row, texts in zip(rows, _written(rows), strict=True)
    ]
    note = f"\n{_WITHHELD}" if payload.get("withheld") else ""
    return f"Basic statistics\n{table(['Metric', 'Arm', *columns.values()], lines)}{note}"


def _columns(payload: Payload) -> dict[str, str]:
    rows = payload.get("rows") or ()
    named = _COUNTS | {_UNITS: units_name(payload)}
    counts = {key: name for key, name in named.items() if key != "n_missing" or any(row[key] for row in rows)}
    return counts if payload.get("withheld") else counts | _VALUES


def _written(rows: Sequence[Payload]) -> list[Mapping[str, str]]:
    written: list[Mapping[str, str]] = []
    for _, group in groupby(rows, key=lambda row: row["metric"]):
        arms = list(group)
        known = [row["mean"] for row in arms if row["mean"] is not None]
        means = iter(numbers.levels_of_arms(known, str(arms[0].get("kind"))) if known else ())
        written += [_numbers(row, numbers.NOT_AVAILABLE if row["mean"] is None else next(means)) for row in arms]
    return written


def _numbers(row: Payload, mean: str) -> Mapping[str, str]:
    kind = str(row.get("kind"))
    missing, std_dev, variance = numbers.NOT_AVAILABLE, row["std_dev"], row["variance"]
    return {key: numbers.integer(row[key]) for key in _COUNTS} | {
        "mean": mean,
        "std_dev": missing if std_dev is None else numbers.spread(std_dev, kind),
        "variance": missing if variance is None else numbers.level(variance, "continuous"),
    }
