"""A whole result: its cards in the order given, then where the numbers came from."""

from __future__ import annotations

from decision_widgets.views import html, text
from decision_widgets.views.markup import escape
from decision_widgets.views.numbers import integer
from decision_widgets.views.schemas import Payload

SCHEMA = "dw.result/1"


def to_html(payload: Payload) -> str:
    """Show the column of cards."""
    cards = "\n".join(html.part(card) for card in payload["cards"])
    foot = f'<div class="dw-foot muted small"><span>{escape(_origin(payload))}</span></div>'
    return f'<section data-card="result" aria-label="Result"><div class="dw-column">{cards}</div>{foot}</section>'


def to_text(payload: Payload) -> str:
    """Write the cards under one another."""
    return "\n\n".join(text.to_text(card) for card in payload["cards"])


def _origin(payload: Payload) -> str:
    source = payload.get("source") or {}
    facts = [payload.get("id"), source.get("name")]
    if source.get("rows") is not None:
        facts.append(f"{integer(source['rows'])} rows")
    if source.get("fingerprint"):
        facts.append(f"fingerprint {source['fingerprint']}")
    if payload.get("version"):
        facts.append(f"decision_widgets {payload['version']}")
    return " · ".join(str(fact) for fact in facts if fact)
