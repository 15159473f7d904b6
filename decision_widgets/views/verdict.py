"""The first card: what to do, in one sentence, with the facts and the rules behind it."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from decision_widgets.views.markup import count_of, escape, facts_html, heading, icon, plain, rich
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of

SCHEMA = "dw.verdict/1"


class _Look(NamedTuple):
    tone: str
    icon: str


_LOOKS = {
    "ship": _Look("good", "ship"),
    "dont-ship": _Look("bad", "stop"),
    "keep-running": _Look("wait", "hourglass"),
    "inconclusive": _Look("none", "level"),
    "invalid": _Look("void", "barred"),
}
_RULES = {
    "pass": ("good", "check", "Passed"),
    "fail": ("bad", "cross", "Failed"),
    "note": ("wait", "info", "Note"),
    "not_run": ("none", "dash", "Not run"),
}


def to_html(payload: Payload) -> str:
    """Show the verdict card."""
    state = state_of(payload)
    look = _LOOKS.get(str(payload.get("verdict")), _Look("none", "level"))
    badge = f'<div class="badge">{icon(look.icon)}</div>'
    kicker = f'<p class="kick">{escape(payload["kicker"])}</p>' if payload.get("kicker") else ""
    title = heading(_title(payload), 2, "dw-verdict-title")
    top = f'<div class="top">{badge}<div>{kicker}{title}</div></div>'
    say = f'<p class="dw-say">{rich(payload.get("sentence") or ())}</p>'
    return (
        f'<article class="dw-card dw-verdict t-{look.tone}{state.css}" data-card="verdict" aria-label="Verdict">'
        f"{state.note}{top}{say}{facts_html(payload.get('facts') or ())}{_rules(payload)}</article>"
    )


def to_text(payload: Payload) -> str:
    """Write the verdict and its sentence."""
    object_ = _object(payload)
    headline = str(payload.get("headline") or "") + (f" {object_}" if object_ else "")
    sentence = "".join(str(piece.get("text", "")) for piece in payload.get("sentence") or ())
    return f"{headline}\n{sentence}"


def _title(payload: Payload) -> str:
    object_ = _object(payload)
    return f'<span class="tone">{escape(payload.get("headline") or "")}</span>' + (
        f" {escape(object_)}" if object_ else ""
    )


def _object(payload: Payload) -> str:
    days = payload.get("days_more")
    if payload.get("verdict") == "keep-running" and days:
        return count_of(days, "more day")
    return str(payload.get("object") or "")


def _rules(payload: Payload) -> str:
    rules = payload.get("rules") or ()
    if not rules:
        return ""
    items = "".join(_rule(rule) for rule in rules)
    basis = ", always-valid interval" if payload.get("basis") == "always_valid" else ""
    policy = f"policy \u201c{payload['policy']}\u201d" if payload.get("policy") else ""
    aside = escape((policy + basis).removeprefix(", "))
    score = f'<span class="strong">{escape(_score(payload))}</span>'
    return (
        f'<details class="dw-why" data-key="rules" open><summary>{score}{plain("; ")}'
        f'<span class="muted small">{aside}</span></summary><ul class="dw-checks">{items}</ul></details>'
    )


def _rule(rule: Payload) -> str:
    tone, name, word = _RULES.get(str(rule.get("status")), _RULES["not_run"])
    return f'<li class="t-{tone}">{icon(name, word)}<span>{plain(word + ": ")}{escape(rule["text"])}</span></li>'


def _score(payload: Payload) -> str:
    counts = Counter(rule.get("status") for rule in payload["rules"])
    judged = counts["pass"] + counts["fail"]
    more = f", {counts['not_run']} not run" if counts["not_run"] else ""
    return f"Why: {counts['pass']} of {count_of(judged, 'rule')} passed{more}"
