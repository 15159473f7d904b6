"""A design as a page to read: what it states, word by word, whatever kind of design it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from decision_widgets.views.markup import card, escape
from decision_widgets.views.styles import stylesheet
from decision_widgets.views.tables import Cell, table_html, words
from decision_widgets.views.text import one_line
from decision_widgets.vocabulary import readable

LONGEST: Final = 12
KINDS: Final = {"between-subject": "Between-subject", "switchback": "Switchback"}


def design_page(plain: Mapping[str, Any]) -> str:
    """Show a design, given as plain values (``design.to_dict()``), as one fragment with its style.

    Metrics are a table, everything else a list of words and what they are set to; what is left at its default is not
    stated and not shown.
    """
    kind = KINDS.get(str(plain.get("design")), readable(str(plain.get("design"))))
    metrics = [metric for metric in plain.get("metrics", ()) if isinstance(metric, Mapping)]
    stated = {word: value for word, value in plain.items() if word not in ("design", "name", "metrics")}
    sheet = card("design", str(plain.get("name") or "Design"), _list(stated), aside=f"{kind} design")
    measured = card("design-metrics", "Metrics", _metrics(metrics)) if metrics else ""
    return (
        f'<div class="dw"><style>{stylesheet(("result",))}</style><div class="dw-column">{sheet}{measured}</div></div>'
    )


def _list(stated: Mapping[str, Any]) -> str:
    rows = [(words(readable(word)), Cell(_value(value), "name")) for word, value in stated.items()]
    return table_html("What the design states", [Cell("Word"), Cell("Set to")], rows)


def _metrics(metrics: Sequence[Mapping[str, Any]]) -> str:
    columns = list(dict.fromkeys(key for metric in metrics for key in metric))
    rows = [[Cell(_value(metric.get(key))) for key in columns] for metric in metrics]
    return table_html("Metrics", [Cell(escape(readable(key))) for key in columns], rows)


def _value(value: Any) -> str:
    if value is None:
        return '<span class="muted">default</span>'
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return _several([f"{one_line(key)}: {_short(each)}" for key, each in value.items()])
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _several([_short(each) for each in value])
    return escape(one_line(value))


def _several(items: Sequence[str]) -> str:
    rest = f" and {len(items) - LONGEST:,} more" if len(items) > LONGEST else ""
    return "<br>".join(escape(item) for item in items[:LONGEST]) + escape(rest)


def _short(value: Any) -> str:
    if isinstance(value, Sequence | Mapping) and not isinstance(value, str) and len(value) > LONGEST:
        return f"{len(value):,} values"
    text = one_line(value)
    return text if len(text) <= 200 else f"{text[:199]}…"
