"""What could mislead, worst first, each with what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from decision_widgets.views.markup import card, count_of, escape, message
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of

SCHEMA = "dw.warnings/1"
_ORDER = ("error", "warning", "info")
_NOUNS = {"error": "error", "warning": "warning", "info": "note"}


def to_html(payload: Payload) -> str:
    """Show the warnings card."""
    state = state_of(payload)
    items = _sorted(payload)
    if not items:
        say = f'<p class="dw-say">No warnings. {escape(_ran(payload))}.</p>'
        return card("warnings", "Warnings", state.note + say, css="dw-warnings" + state.css)
    messages = "".join(
        f"<li>{message(item['severity'], item['title'], item.get('text') or '', item.get('do'), item.get('code'))}</li>"
        for item in items
    )
    body = f'{state.note}<ul class="dw-messages">{messages}</ul>'
    return card("warnings", "Warnings", body, aside=_counts(payload, items), css="dw-warnings" + state.css)


def to_text(payload: Payload) -> str:
    """Write one line per warning, and what to do."""
    items = _sorted(payload)
    if not items:
        return f"No warnings. {_ran(payload)}."
    lines = [f"Warnings: {_counts(payload, items)}"]
    for item in items:
        do = f" Do: {item['do']}." if item.get("do") else ""
        lines.append(f"{item['code']}  {item['title']} {item.get('text') or ''}{do}".rstrip())
    return "\n".join(lines)


def _sorted(payload: Payload) -> list[Payload]:
    return sorted(
        payload.get("items") or (),
        key=lambda item: _ORDER.index(item["severity"]) if item.get("severity") in _ORDER else len(_ORDER),
    )


def _counts(payload: Payload, items: Sequence[Payload]) -> str:
    counts = Counter(item.get("severity") for item in items)
    words = ", ".join(count_of(counts[severity], _NOUNS[severity]) for severity in _ORDER if counts[severity])
    return f"{words} \u00b7 {_ran(payload)}"


def _ran(payload: Payload) -> str:
    return count_of(payload.get("checks_run") or 0, "check") + " ran"
