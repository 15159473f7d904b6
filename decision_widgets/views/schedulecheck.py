"""Whether slots were served as planned: mismatches, what was lost, the hours of the day, and the volume."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from decision_widgets.views import numbers
from decision_widgets.views.markup import card, count_of, escape, plain, rich, tag
from decision_widgets.views.numbers import NBSP
from decision_widgets.views.schemas import Payload
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import Cell, arm_html, number, table_html, words
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.schedulecheck/1"
_TITLE: Final = "Served as planned?"
_NOTHING: Final = "Nothing was served yet."
_TAGS: Final = {
    "as-planned": ("As planned", "good", "check"),
    "mismatch": ("Mismatch", "bad", "alert"),
    "unknown": ("No schedule", "", ""),
}


def to_html(payload: Payload) -> str:
    """Show the schedule check card."""
    state = state_of(payload)
    if payload.get("status") is None:
        body = state.note or f'<p class="dw-say">{_NOTHING}</p>'
        return card("schedulecheck", _TITLE, body, css="dw-schedulecheck" + state.css)
    mark = tag(*_TAGS.get(str(payload.get("status")), _TAGS["unknown"]))
    say = f'<p class="dw-say">{rich(_sentence(payload))}</p>'
    facts = "".join(
        f"<div><dt>{escape(label)}{plain(': ')}</dt><dd>{escape(value)}</dd>"
        f'<dd class="note muted small">{escape(note)}</dd></div>'
        for label, value, note in _facts(payload)
    )
    units = list(payload.get("units") or ())
    shown = ""
    if units:
        head = [Cell("Drawn together"), Cell(arm_html("control", 0), "num"), Cell(arm_html("treatment", 1), "num")]
        rows = [
            [words(unit["label"]), number(_count(unit, "control")), number(_count(unit, "treatment"))] for unit in units
        ]
        shown = table_html("Units by arm", head, rows)
    examples = "".join(f"<li>{escape(one_line(example))}</li>" for example in payload.get("examples") or ())
    listed = f'<p class="strong small">For example</p><ul class="small examples">{examples}</ul>' if examples else ""
    body = f'{state.note}{say}<div class="parts"><dl class="lines">{facts}</dl><div>{listed}{shown}</div></div>'
    return card("schedulecheck", _TITLE, body, mark=mark, css="dw-schedulecheck" + state.css)


def to_text(payload: Payload) -> str:
    """Write the sentence, then one line per check."""
    if payload.get("status") is None:
        return f"{_TITLE} {_NOTHING}"
    said = "".join(str(piece["text"]) for piece in _sentence(payload))
    lines = [f"{_TITLE} {_TAGS.get(str(payload.get('status')), _TAGS['unknown'])[0]}. {said}"]
    lines.append(table(["Check", "Result", ""], [list(fact) for fact in _facts(payload)]))
    units: Sequence[Payload] = payload.get("units") or ()
    if units:
        rows = [[unit["label"], _count(unit, "control"), _count(unit, "treatment")] for unit in units]
        lines.append(table(["Drawn together", "control", "treatment"], rows))
    lines += [f"For example: {one_line(example)}" for example in payload.get("examples") or ()]
    return "\n".join(lines)


def _count(unit: Payload, arm: str) -> str:
    return numbers.NOT_AVAILABLE if unit.get(arm) is None else numbers.integer(unit[arm])


def _sentence(payload: Payload) -> list[dict[str, object]]:
    total = count_of(payload.get("n_slots") or 0, "slot")
    wrong = payload.get("n_mismatched")
    if payload.get("status") == "unknown" or wrong is None:
        return [_piece("No schedule was given, so what was served cannot be compared with a plan.")]
    if not wrong:
        return [_piece(f"All {total} were served the arm that was planned.")]
    share = (
        f" ({numbers.level_percent(payload['mismatch_share'])})" if payload.get("mismatch_share") is not None else ""
    )
    said = f"{numbers.integer(wrong)} of {total}{share} served another arm than planned."
    if payload.get("status") != "mismatch":
        return [_piece(said)]
    return [_piece(said, strong=True), _piece(" Results can’t be trusted until the cause is found.")]


def _facts(payload: Payload) -> Iterator[tuple[str, str, str]]:
    lost = payload.get("lost") or {}
    if lost:
        said = ", ".join(f"{one_line(arm)} {numbers.integer(n)}" for arm, n in lost.items())
        yield "Lost slots", said, "planned, but without any row"
    if payload.get("broken_blocks") is not None:
        yield "Broken draws", numbers.integer(payload["broken_blocks"]), "with arms that their coin cannot have given"
    hours = payload.get("hour_balance")
    if hours:
        balanced = hours["p_value"] is None or hours["p_value"] >= _ALARM
        note = "arms are spread evenly over the day" if balanced else "arms are not spread evenly over the day"
        yield "Hours of the day", f"p{NBSP}{numbers.p_value(hours['p_value'])}", f"{note}; {one_line(hours['method'])}"
    volume = payload.get("volume")
    if volume:
        shift = numbers.relative(volume["effect_share"], volume.get("effect_lower"), volume.get("effect_upper"))
        p = f"p{NBSP}{numbers.p_value(volume.get('p_value'))}"
        when = (
            "before exposure: it should not move"
            if volume.get("before_exposure")
            else "after exposure: it may be an effect"
        )
        yield "Rows per slot", f"{shift.effect} ({shift.interval}), {p}", f"counted {when}"


_ALARM: Final = 0.001


def _piece(text: str, *, strong: bool = False) -> dict[str, object]:
    return {"text": text, "strong": strong}
