"""The small pieces of HTML that cards are made of: escaped text, icons, tags, messages and the card itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape as _escape
from typing import Any

from decision_widgets.vocabulary import GLOSSARY

_RING = "M9 1.8a7.2 7.2 0 1 0 0 14.4A7.2 7.2 0 0 0 9 1.8z"
_OCTAGON = "M6 1.8h6l4.2 4.2v6L12 16.2H6L1.8 12V6z"
_ICONS = {
    "check": "M4 9.5l3.2 3.2L14 5.5",
    "cross": "M5 5l8 8M13 5l-8 8",
    "dash": "M4 9h10",
    "alert": _OCTAGON + "M9 5.4v4M9 12.4v.1",
    "triangle": "M9 2.2l7.2 13H1.8zM9 7.2v3.6M9 13v.1",
    "info": _RING + "M9 8.2v4.4M9 5.4v.1",
    "renew": "M15.3 6.5A6.8 6.8 0 0 0 3 6M2.7 11.5A6.8 6.8 0 0 0 15 12M3 2.6V6h3.4M15 15.4V12h-3.4",
    "ship": _RING + "M5.8 9.3l2.3 2.3 4.3-4.8",
    "stop": _OCTAGON + "M6.4 6.4l5.2 5.2M11.6 6.4l-5.2 5.2",
    "hourglass": "M4.5 2h9M4.5 16h9M5.5 2v2.5L9 8.5l3.5-4V2M5.5 16v-2.5L9 9.5l3.5 4V16",
    "barred": _RING + "M4 4l10 10",
    "level": _RING + "M5.6 7.4h6.8M5.6 10.6h6.8",
}
_CODE_LIKE = re.compile(r"[A-Za-z_][\w.]*(\[|\(|\s*=)")
TONES = frozenset({"good", "bad", "wait", "void", "warn", "none"})


def escape(value: object) -> str:
    """Make any value safe as HTML text and as a quoted attribute.

    >>> escape('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    return _escape(str(value), quote=True)


def tone_class(tone: object) -> str:
    """Name the class of a tone; a tone that we do not know is neutral."""
    return f"t-{tone}" if tone in TONES else "t-none"


def plain(text: str) -> str:
    """Text for readers without styles: shown when CSS is dropped, hidden otherwise."""
    return f'<span class="dw-plain">{escape(text)}</span>'


def icon(name: str, label: str = "") -> str:
    """Draw an icon; with a label it is an image for assistive technology, without one it is decoration."""
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return f'<svg class="dw-ico" viewBox="0 0 18 18" {role}><path d="{_ICONS[name]}"/></svg>'


def term(text: str, name: str) -> str:
    """Write a word of the glossary; its meaning is a tooltip.

    >>> term("Burn-in", "burn-in")[:37]
    '<dfn class="dw-term" title="The first'
    """
    return f'<dfn class="dw-term" title="{escape(GLOSSARY[name])}">{escape(text)}</dfn>'


def tag(text: str, tone: str = "", sign: str = "") -> str:
    """Draw a rounded label, with an icon where a sign is named."""
    toned = f" toned {tone_class(tone)}" if tone else ""
    return f'<span class="dw-tag{toned}">{icon(sign) if sign else ""}{escape(text)}</span>'


def rich(pieces: Sequence[dict[str, object]]) -> str:
    """Write a sentence whose strong pieces are emphasised."""
    return "".join(
        f"<b>{escape(piece.get('text', ''))}</b>" if piece.get("strong") else escape(piece.get("text", ""))
        for piece in pieces
    )


def remedy(text: str) -> str:
    """Write what to do: a line of code as code, prose as prose with `ticked` words as code."""
    if _CODE_LIKE.match(text):
        return f"<code>{escape(text)}</code>"
    parts = escape(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))


_SEVERITIES = {
    "error": ("bad", "alert", "Error"),
    "warning": ("warn", "triangle", "Warning"),
    "info": ("wait", "info", "Note"),
    "stale": ("warn", "renew", "Out of date"),
}


def message(severity: object, title: object, text: object, do: object = "", code: object = "") -> str:
    """Write a message: fact, consequence, what to do, and the code."""
    tone, name, word = _SEVERITIES.get(str(severity), _SEVERITIES["info"])
    action = f'<span><span class="strong">Do:</span> {remedy(str(do))}</span> ' if do else ""
    mark = f'<code class="muted">{escape(code)}</code>' if code else ""
    foot = f'<div class="do">{action}{mark}</div>' if action or mark else ""
    return (
        f'<div class="dw-msg t-{tone}">{icon(name, word)}<div class="body">{plain(word + ": ")}'
        f"<b>{escape(title)}</b> {escape(text)}</div>{foot}</div>"
    )


def heading(html: str, level: int, css: str) -> str:
    """Write a heading; JupyterLab puts numbers into real h1 to h6 of an output, so it is a paragraph with a role."""
    return f'<p class="{css}" role="heading" aria-level="{level}"><b>{html}</b></p>'


def card(stem: str, title: str, body: str, *, aside: str = "", mark: str = "", css: str = "") -> str:
    """Wrap a card's body with its heading line: `stem` tells the script which card this is, `mark` is a tag."""
    head = heading(escape(title), 3, "dw-title")
    note = (f'<span class="muted small">{escape(aside)}</span>' if aside else "") + mark
    return (
        f'<article class="dw-card {css}" data-card="{stem}" aria-label="{escape(title)}">'
        f'<header class="dw-head">{head}<span class="grow"></span>{note}</header>{body}</article>'
    )


def count_of(count: int, noun: str) -> str:
    """Count a thing in words.

    >>> count_of(1, "note"), count_of(2, "note")
    ('1 note', '2 notes')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def facts_html(facts: Sequence[Mapping[str, Any]]) -> str:
    """Write facts as boxes: a label, a value and a detail; nothing where there are none."""
    rows = "".join(
        f"<div><dt>{escape(fact['label'])}</dt><dd>{_toned(fact)}"
        + (f"<small>{plain(' (')}{escape(fact['detail'])}{plain(')')}</small>" if fact.get("detail") else "")
        + "</dd></div>"
        for fact in facts
    )
    return f'<dl class="dw-facts">{rows}</dl>' if rows else ""


def _toned(fact: Mapping[str, Any]) -> str:
    value = escape(fact["value"])
    if fact.get("tone") in (None, "none"):
        return value
    return f'<span class="tone {tone_class(fact["tone"])}">{value}</span>'
