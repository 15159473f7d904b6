"""A whole result: its cards in the order given, then where the numbers came from."""

from __future__ import annotations

from datetime import datetime

from decision_widgets.views import html, text
from decision_widgets.views.markup import card, escape
from decision_widgets.views.numbers import integer
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of

SCHEMA = "dw.result/1"


def to_html(payload: Payload) -> str:
    """Show the column of cards; while there are none, what is being done."""
    state = state_of(payload)
    if not payload["cards"]:
        return f'<section data-card="result" aria-label="Result">{card("state", "Result", state.note)}</section>'
    cards = "\n".join(html.part(each) for each in payload["cards"])
    foot = f'<div class="dw-foot muted small"><span>{escape(_origin(payload))}</span></div>'
    body = f'{state.note}<div class="dw-column">{cards}</div>{foot}'
    return f'<section data-card="result" aria-label="Result" class="dw-result{state.css}">{body}</section>'


def to_text(payload: Payload) -> str:
    """Write the cards under one another."""
    return "\n\n".join(text.to_text(each) for each in payload["cards"])


def _origin(payload: Payload) -> str:
    source = payload.get("source") or {}
    facts = [payload.get("id"), source.get("name")]
    if source.get("rows") is not None:
        facts.append(f"{integer(source['rows'])} rows")
    if source.get("fingerprint"):
        facts.append(f"fingerprint {source['fingerprint']}")
    if payload.get("version"):
        facts.append(f"decision_widgets {payload['version']}")
    facts.append(_when(payload.get("created")))
    return " · ".join(str(fact) for fact in facts if fact)


def _when(created: object) -> str:
    """Say when the cards were made, in the time zone of who made them.

    >>> _when("2026-11-22T14:02:11+08:00")
    '22 Nov 2026, 14:02 (UTC+08:00)'
    """
    try:
        made = datetime.fromisoformat(str(created))
    except ValueError:
        return ""
    return f"{made.day} {made:%b %Y, %H:%M}" + (f" ({made.tzname()})" if made.tzinfo else "")
