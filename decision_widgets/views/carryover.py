"""Whether treatment acts beyond the burn-in: the effect with none, the planned and twice it, and the order test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from decision_widgets.views import numbers
from decision_widgets.views.axis import Axis, Interval, absolute_axis, shared_axis
from decision_widgets.views.forest import axis_html, bar_html
from decision_widgets.views.markup import card, escape, plain, rich, tag
from decision_widgets.views.numbers import NBSP, EffectText, in_sentence
from decision_widgets.views.schemas import Payload
from decision_widgets.views.slots import length_text
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import Cell, number, table_html
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.carryover/1"
_TITLE: Final = "Does treatment act beyond the burn-in?"
_WITHHELD: Final = "Effects are withheld: the comparison is invalid; the reason stands among the warnings."
_NOTHING: Final = "No burn-in could be compared."
_TAGS: Final = {
    "settled": ("No sign of it", "good", "check"),
    "leaks": ("Carry-over", "warn", "triangle"),
    "cannot-tell": ("Cannot tell", "", ""),
}


class _Line(NamedTuple):
    burn_in: str
    effect: EffectText | None
    interval: Interval | None
    clusters: str
    row: Payload


def to_html(payload: Payload) -> str:
    """Show the card of carry-over."""
    state, css = state_of(payload), "dw-carryover"
    lines, axis = _lines(payload), _axis(payload)
    say = "".join(f'<p class="dw-say">{rich(each)}</p>' for each in _sentences(payload, lines))
    mark = tag(*_TAGS.get(str(payload.get("status")), _TAGS["cannot-tell"]))
    if not lines or payload.get("withheld"):
        body = state.note + say or f'<p class="dw-say">{_NOTHING}</p>'
        shown = "" if payload.get("withheld") or payload.get("status") is None else mark
        return card("carryover", _TITLE, body, mark=shown, css=css + state.css)
    head = [
        Cell("Burn-in"),
        Cell(axis_html(axis) if axis else "Interval", "drawn"),
        Cell("Uplift", "num"),
        Cell("Clusters", "num"),
    ]
    rows = [
        [_name(line), Cell(_drawn(axis, line), "drawn"), _effect_cell(line), number(line.clusters)] for line in lines
    ]
    body = f"{state.note}{say}{table_html('Uplift by burn-in', head, rows)}{_foot(payload)}"
    return card("carryover", _TITLE, body, mark=mark, css=css + state.css)


def to_text(payload: Payload) -> str:
    """Write what the order test says, and one line per burn-in."""
    lines = _lines(payload)
    said = " ".join("".join(str(piece["text"]) for piece in each) for each in _sentences(payload, lines))
    if not lines or payload.get("withheld"):
        return f"{_TITLE} {said or _NOTHING}"
    rows = [
        [
            line.burn_in + (" (planned)" if line.row.get("planned") else ""),
            line.effect.effect if line.effect else numbers.NOT_AVAILABLE,
            line.effect.interval if line.effect else one_line(line.row.get("reason") or numbers.NOT_AVAILABLE),
            line.clusters,
        ]
        for line in lines
    ]
    return f"{_TITLE} {said}\n{table(['Burn-in', 'Uplift', _interval_name(payload), 'Clusters'], rows)}"


def _relative(payload: Payload) -> bool:
    rows = [row for row in payload.get("burn_ins") or () if row.get("effect") is not None]
    return bool(rows) and all(row.get("relative_effect") is not None for row in rows)


def _lines(payload: Payload) -> list[_Line]:
    relative, kind = _relative(payload), str(payload.get("kind"))
    found = []
    for row in payload.get("burn_ins") or ():
        effect = interval = None
        if row.get("effect") is not None:
            key = "relative_effect" if relative else "effect"
            point, lower, upper = row[key], row.get(f"{key}_lower"), row.get(f"{key}_upper")
            effect = numbers.relative(point, lower, upper) if relative else numbers.absolute(point, lower, upper, kind)
            interval = Interval(
                point=point,
                lower=-math.inf if lower is None else lower,
                upper=math.inf if upper is None else upper,
            )
        found.append(_Line(_burn_in(row), effect, interval, _clusters(row), row))
    return found


def _burn_in(row: Payload) -> str:
    return length_text(row["burn_in_min"]) if row["burn_in_min"] else "None"


def _clusters(row: Payload) -> str:
    if row.get("n_clusters") is None:
        return numbers.NOT_AVAILABLE
    df = f" (df{NBSP}{numbers.df_text(row['df'])})" if row.get("df") is not None else ""
    return numbers.integer(row["n_clusters"]) + df


def _axis(payload: Payload) -> Axis | None:
    if _relative(payload):
        return shared_axis(payload["burn_ins"])
    return absolute_axis([line.interval for line in _lines(payload) if line.interval], str(payload.get("kind")))


def _name(line: _Line) -> Cell:
    if not line.row.get("planned"):
        return Cell(escape(line.burn_in), "name")
    return Cell(f'<span class="strong">{escape(line.burn_in)}</span> {tag("planned")}', "name planned")


def _drawn(axis: Axis | None, line: _Line) -> str:
    if axis is None or line.interval is None or line.effect is None:
        return f'<span class="muted small">{escape(line.row.get("reason") or "Not estimated.")}</span>'
    label = f"Burn-in {line.burn_in}: {line.effect.effect}, interval {line.effect.interval}"
    filled = bool(line.row.get("planned"))
    drawing = f'<code class="dw-plain">{axis.drawing(line.interval, "●" if filled else "○")}</code>'
    return bar_html(axis, line.interval, {}, filled=filled, colour="t-none", label=label) + drawing


def _effect_cell(line: _Line) -> Cell:
    if line.effect is None:
        return Cell(numbers.NOT_AVAILABLE, "num")
    return Cell(f'<b>{escape(line.effect.effect)}</b> <span class="iv">{escape(line.effect.interval)}</span>', "num up")


def _interval_name(payload: Payload) -> str:
    level = payload.get("level")
    return "Interval" if level is None else f"{100 * level:g}% interval"


def _foot(payload: Payload) -> str:
    of = f"{one_line(payload['label'])}. " if payload.get("label") else ""
    key = f"{plain('● ')}filled is the planned burn-in"
    return f'<p class="muted small foot">{escape(of + _interval_name(payload))}; {key}.</p>'


def _sentences(payload: Payload, lines: Sequence[_Line]) -> list[list[dict[str, object]]]:
    if payload.get("withheld"):
        return [[_piece(_WITHHELD)]]
    return [each for each in (_order_sentence(payload), _moves_sentence(lines)) if each]


def _order_sentence(payload: Payload) -> list[dict[str, object]]:
    test = payload.get("order_test") or {}
    after = length_text(test["order_min"]) if test.get("order_min") else "the slot itself"
    if test.get("p_value") is None:
        why = one_line(test.get("reason") or "there is too little data")
        return (
            [_piece(f"Whether treatment still acts after {after} cannot be tested: {why.rstrip('.')}.")] if test else []
        )
    p = f"p{NBSP}{numbers.p_value(test['p_value'])}"
    later = ""
    if test.get("effect") is not None:
        said = numbers.absolute(
            test["effect"], test.get("effect_lower"), test.get("effect_upper"), str(payload.get("kind"))
        )
        later = f"{said.effect} ({said.interval})"
    if payload.get("status") == "leaks":
        adds = f": what comes later adds {later}" if later else ""
        return [_piece("Treatment "), _piece(f"still acts after {after}", strong=True), _piece(f" ({p}){adds}.")]
    rest = f" What comes later adds {later}; the interval is what cannot be ruled out." if later else ""
    if payload.get("status") == "settled":
        return [_piece(f"No sign that treatment acts beyond {after} ({p}).{rest}")]
    return [_piece(f"The data cannot tell whether treatment acts beyond {after} ({p}).{rest}")]


def _moves_sentence(lines: Sequence[_Line]) -> list[dict[str, object]]:
    planned = next((line for line in lines if line.row.get("planned")), None)
    longer = [
        line for line in lines if planned and line.effect and line.row["burn_in_min"] > planned.row["burn_in_min"]
    ]
    if planned is None or planned.effect is None or not longer or longer[-1].effect is None:
        return []
    before, after = planned.effect.effect, longer[-1].effect.effect
    to = f"A burn-in of {longer[-1].burn_in} instead of {planned.burn_in}"
    if before == after:
        return [_piece(f"{to} leaves the uplift at {in_sentence(before) if before[:1] == '+' else before}.")]
    return [_piece(f"{to} moves the uplift from {before} to {after}.")]


def _piece(text: str, *, strong: bool = False) -> dict[str, object]:
    return {"text": text, "strong": strong}
