"""The guideline of a switchback: numbered steps with evidence, what is recommended, what was answered, and the code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from decision_widgets.views.markup import card, count_of, escape, heading, icon, plain, rich, tone_class
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import fold
from decision_widgets.views.text import one_line

SCHEMA = "dw.guideline/1"
_TITLE: Final = "How to run this switchback"
_STATUSES: Final = {
    "done": ("good", "check", "Done"),
    "open": ("wait", "info", "Open"),
    "warning": ("warn", "triangle", "Warning"),
    "error": ("bad", "alert", "Blocks"),
}
_EMPTY: Final = "Give a design and its history to see the steps."


def to_html(payload: Payload) -> str:
    """Show the guideline card."""
    state = state_of(payload)
    steps: Sequence[Payload] = payload.get("steps") or ()
    if not steps:
        return card(
            "guideline", _TITLE, state.note or f'<p class="dw-say">{_EMPTY}</p>', css="dw-guideline" + state.css
        )
    say = f'<p class="dw-say">{rich(payload.get("sentence") or ())}</p>'
    items = "".join(_step(step) for step in steps)
    code = "".join(
        fold(
            f"guideline/{key}", escape(title), f'<pre data-copy="{key}"><code>{escape(text)}</code></pre>', opened=False
        )
        for key, title, text in _code(payload)
    )
    body = f'{state.note}{say}<ol class="steps">{items}</ol>{code}'
    return card("guideline", _TITLE, body, aside=_counts(steps), css="dw-guideline long" + state.css)


def to_text(payload: Payload) -> str:
    """Write the sentence, then every step with its evidence, recommendation and answer."""
    steps: Sequence[Payload] = payload.get("steps") or ()
    if not steps:
        return f"{_TITLE}: {_EMPTY}"
    said = "".join(str(piece.get("text", "")) for piece in payload.get("sentence") or ())
    lines = [f"{_TITLE}: {_counts(steps)}", said] if said else [f"{_TITLE}: {_counts(steps)}"]
    for step in steps:
        mark = f" {step['code']}" if step.get("code") else ""
        lines.append(f"{step['n']}. {one_line(step['title'])} [{_status(step)[2]}{mark}]")
        facts = ", ".join(f"{one_line(fact['label'])} {one_line(fact['value'])}" for fact in step.get("facts") or ())
        said_of = [("", step.get("evidence")), ("", facts), ("Recommended: ", step.get("recommendation"))]
        answer = step.get("answer")
        said_of.append(("Answer: ", answer if answer is not None else "open"))
        lines += [f"   {word}{one_line(text)}" for word, text in said_of if text]
    lines += [f"\n{title}\n{text.rstrip()}" for _, title, text in _code(payload)]
    return "\n".join(lines)


def _status(step: Payload) -> tuple[str, str, str]:
    return _STATUSES.get(str(step.get("status")), _STATUSES["open"])


def _step(step: Payload) -> str:
    tone, sign, word = _status(step)
    facts = "".join(
        f"<div><dt>{escape(fact['label'])}{plain(': ')}</dt><dd>{escape(fact['value'])}</dd></div>"
        for fact in step.get("facts") or ()
    )
    code = f' <code class="muted">{escape(step["code"])}</code>' if step.get("code") else ""
    title = heading(f'<span class="n">{escape(step["n"])}.</span> {escape(step["title"])}', 4, "title")
    question = f'<p class="muted">{escape(step["question"])}</p>' if step.get("question") else ""
    evidence = f"<p>{escape(step['evidence'])}</p>" if step.get("evidence") else ""
    advised = (
        f'<p><span class="strong">Recommended:</span> {escape(step["recommendation"])}</p>'
        if step.get("recommendation")
        else ""
    )
    answer = escape(step["answer"]) if step.get("answer") is not None else '<span class="muted">open</span>'
    return (
        f'<li class="{tone_class(tone)}"><div class="mark tone">{icon(sign)}<span>{word}</span></div>'
        f'<div class="what">{title}{question}{evidence}{f"<dl>{facts}</dl>" if facts else ""}{advised}'
        f'<p><span class="strong">Answer:</span> {answer}{code}</p></div></li>'
    )


def _counts(steps: Sequence[Payload]) -> str:
    counts = Counter(_status(step)[2].lower() for step in steps)
    said = {"blocks": "blocked", "warning": "with a warning", "open": "open", "done": "done"}
    parts = [f"{counts[word]} {said[word]}" for word in said if counts[word]]
    return f"{count_of(len(steps), 'step')}: {', '.join(parts)}"


def _code(payload: Payload) -> list[tuple[str, str, str]]:
    given = [("yaml", "Design, to register", payload.get("design_yaml")), ("python", "Python", payload.get("code"))]
    return [(key, title, text if isinstance(text, str) else "\n".join(text)) for key, title, text in given if text]
