"""What the metric's own history promises: false alarms, the smallest effect by days, and other schedules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from decision_widgets.views import numbers
from decision_widgets.views.markup import card, count_of, escape, message, plain, rich, tag
from decision_widgets.views.plot import line_path, plot_html, scale_over
from decision_widgets.views.schemas import Payload
from decision_widgets.views.slots import length_text
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import Cell, fold, number, table_html, words
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.simulation/1"
_TITLE: Final = "What your own history promises"
_EMPTY: Final = "No experiment was simulated yet."
_TAGS: Final = {
    "holds": ("Errors hold", "good", "check"),
    "fails": ("Too many false alarms", "bad", "alert"),
    "conservative": ("Cautious", "wait", "info"),
}
_ASSIGNMENTS: Final = {
    "pairs": "randomised pairs",
    "slots": "a coin per slot",
    "day-balanced": "balanced within the day",
    "days": "a coin per day",
    "minimax": "minimax stretches",
}
_OPTION_HEAD: Final = ("Option", "Slot", "Burn-in", "Drawn", "Time effects", "Days", "Detects", "False alarms")


def to_html(payload: Payload) -> str:
    """Show the simulation card."""
    state, working = state_of(payload), _working(payload)
    css = "dw-simulation" + (" working" if working else "") + state.css
    if not payload.get("aa"):
        body = state.note or f'<p class="dw-say">{_EMPTY}</p>'
        return card("simulation", _title(payload), body, css=css)
    notes = "".join(_notes(payload))
    say = f'<p class="dw-say">{rich(_sentence(payload))}</p><p class="said">{escape(_aa_sentence(payload))}</p>'
    mark = tag("partial answer") if working else tag(*_TAGS.get(str(payload["aa"].get("status")), ("", "", "")))
    body = f"{state.note}{notes}{say}{_curve(payload)}{_checks(payload)}{_options(payload)}"
    return card("simulation", _title(payload), body, mark=mark, css=css)


def to_text(payload: Payload) -> str:
    """Write the promise in a sentence, then the curve, the injected effects and the options."""
    if not payload.get("aa"):
        return f"{_title(payload)}: {_EMPTY}"
    said = "".join(str(piece["text"]) for piece in _sentence(payload))
    parts = [f"{_title(payload)}: {said} {_aa_sentence(payload)}"]
    parts += [f"Cancelled after {_done(payload)}; what is shown is what they say."] if payload.get("cancelled") else []
    if payload.get("curve"):
        parts.append(table(["Days", "Detects", "in its unit"], list(_curve_rows(payload))))
    if payload.get("checks"):
        parts.append(table(["Injected effect", "Found in", "95% interval", "Bias"], list(_check_rows(payload))))
    if payload.get("options"):
        parts.append(table(_OPTION_HEAD, [_option_texts(payload, option) for option in payload["options"]]))
    return "\n\n".join(parts)


def _title(payload: Payload) -> str:
    label = one_line(payload.get("label") or payload.get("metric") or "")
    return f"{_TITLE}: {label}" if label else _TITLE


def _working(payload: Payload) -> bool:
    return isinstance(payload.get("state"), dict) and "progress" in payload["state"]


def _notes(payload: Payload) -> Iterator[str]:
    if payload.get("cancelled"):
        text = f"{_done(payload)} were simulated; what is shown is what they say."
        yield message("info", "Cancelled.", text)


def _done(payload: Payload) -> str:
    return f"{numbers.integer(payload.get('done') or 0)} of {numbers.integer(payload.get('draws') or 0)} experiments"


def _detects(effect: float | None, relative: float | None, kind: str) -> str:
    """Write a smallest effect: relative where there is one, else in the metric's unit."""
    if relative is not None:
        return numbers.lift(relative)
    return numbers.NOT_AVAILABLE if effect is None else _in_unit(effect, kind)


def _in_unit(effect: float | None, kind: str) -> str:
    return numbers.NOT_AVAILABLE if effect is None else numbers.spread(abs(effect), kind)


def _kind(payload: Payload) -> str:
    return str(payload.get("kind") or "continuous")


def _sentence(payload: Payload) -> list[dict[str, object]]:
    found = payload.get("detectable") or {}
    power = numbers.fixed(100 * payload["power"], 0)
    label = one_line(payload.get("label") or payload.get("metric") or "The metric")
    if found.get("effect") is None and found.get("relative") is None:
        return [_piece(f"{label}: no smallest effect could be told.")]
    shown = _detects(found.get("effect"), found.get("relative"), _kind(payload))
    own = _in_unit(found.get("effect"), _kind(payload)) if found.get("relative") is not None else numbers.NOT_AVAILABLE
    also = "" if own == numbers.NOT_AVAILABLE else f" ({own})"
    return [
        _piece(f"{_in_days(payload)} detects a change of "),
        _piece(shown, strong=True),
        _piece(
            f"{also} in {label} with {power}% power, simulated {numbers.integer(payload['done'])} times on its history."
        ),
    ]


def _in_days(payload: Payload) -> str:
    days = payload.get("days")
    return "This schedule" if days is None else f"This schedule, for {count_of(int(days), 'day')},"


def _aa_sentence(payload: Payload) -> str:
    aa = payload["aa"]
    said = numbers.unsigned(aa["rate"], aa.get("lower"), aa.get("upper"), percent=True)
    alpha = numbers.fixed(100 * payload["alpha"], 1).removesuffix(".0")
    text = f" {one_line(aa['text'])}" if aa.get("text") else ""
    return f"Without any effect it raised an alarm in {said.effect} of them ({said.interval}; promised {alpha}%).{text}"


def _piece(text: str, *, strong: bool = False) -> dict[str, object]:
    return {"text": text, "strong": strong}


def _curve(payload: Payload) -> str:
    points = [point for point in payload.get("curve") or () if point.get("detectable") is not None]
    if len(points) < 2:
        return ""
    relative = all(point.get("relative") is not None for point in points)
    heights = [abs(point["relative" if relative else "detectable"]) for point in points]
    scale = scale_over([0.0, *heights], "binary" if relative or _kind(payload) == "binary" else "continuous")
    last = points[-1]["days"]
    places = [(point["days"] / last * 100, scale.top(height)) for point, height in zip(points, heights, strict=True)]
    dots = "".join(f'<span class="dw-dot" style="left:{x:.2f}%;top:{y:.2f}%"></span>' for x, y in places)
    chart = plot_html(
        "Smallest effect by length of the run",
        marks=f'<path class="curve" d="{line_path(places)}"/>',
        y_ticks=[(scale.top(tick), scale.label(tick)) for tick in scale.ticks],
        x_ticks=[(point["days"] / last * 100, numbers.integer(point["days"])) for point in points],
        x_label="days",
        over=dots,
        css="mde",
    )
    head = [Cell("Days"), Cell("Detects", "num"), Cell("In its unit", "num")]
    rows = [[Cell(days), number(relative_text), number(own)] for days, relative_text, own in _curve_rows(payload)]
    title = '<p class="strong small">Smallest effect by days</p>'
    told = table_html("Smallest effect by days", head, rows)
    return title + chart + fold("simulation/curve", "Numbers", told, opened=False)


def _curve_rows(payload: Payload) -> Iterator[tuple[str, str, str]]:
    for point in payload.get("curve") or ():
        shown = _detects(point.get("detectable"), point.get("relative"), _kind(payload))
        yield numbers.integer(point["days"]), shown, _in_unit(point.get("detectable"), _kind(payload))


def _checks(payload: Payload) -> str:
    if not payload.get("checks"):
        return ""
    head = [Cell("Injected effect"), Cell("Found in", "num"), Cell("95% interval", "num"), Cell("Bias", "num")]
    rows = [[Cell(first), *(number(text) for text in rest)] for first, *rest in _check_rows(payload)]
    return '<p class="strong small">Effects put into the history</p>' + table_html("Injected effects", head, rows)


def _check_rows(payload: Payload) -> Iterator[list[str]]:
    kind = _kind(payload)
    for check in payload.get("checks") or ():
        power = numbers.unsigned(check["power"], check.get("power_lower"), check.get("power_upper"), percent=True)
        bias = numbers.NOT_AVAILABLE
        if check.get("bias") is not None:
            bias = numbers.absolute(check["bias"], None, abs(check["effect"]) / 10 + check["bias"], kind).effect
        size = _detects(check["effect"], check.get("relative"), kind) + (" (asked for)" if check.get("asked") else "")
        yield [size, power.effect, power.interval, bias]


def _options(payload: Payload) -> str:
    options: Sequence[Payload] = payload.get("options") or ()
    if not options:
        return ""
    head = [Cell(name, "num" if name in ("Days", "Detects", "False alarms") else "") for name in _OPTION_HEAD]
    rows = [_option_cells(payload, option) for option in options]
    return '<p class="strong small">Options side by side</p>' + table_html("Options", head, rows)


def _option_cells(payload: Payload, option: Payload) -> list[Cell]:
    _, slot, burn_in, drawn, effects, days, detects, rate = _option_texts(payload, option)
    first = words(option["name"])
    if option.get("chosen"):
        first = Cell(
            f'<span class="strong">{escape(one_line(option["name"]))}</span> {tag("chosen", "good", "check")}',
            "name chosen",
        )
    if option.get("reason"):
        first = Cell(
            first.html + f'{plain(". ")}<span class="muted small why">{escape(option["reason"])}</span>', first.css
        )
    return [
        first,
        words(slot),
        words(burn_in),
        words(drawn),
        words(effects),
        number(days),
        number(detects),
        number(rate),
    ]


def _effects_text(name: str | None) -> str:
    return one_line(name).replace("-", " ").replace("+", " + ") if name else numbers.NOT_AVAILABLE


def _option_texts(payload: Payload, option: Payload) -> list[str]:
    drawn = _ASSIGNMENTS.get(str(option.get("assignment")), one_line(option.get("assignment") or ""))
    where = {"together": ", regions together", "separate": ", each region"}.get(str(option.get("regions")), "")
    rate = option.get("aa_rate")
    chosen = " (chosen)" if option.get("chosen") else ""
    why = f": {one_line(option['reason'])}" if option.get("reason") else ""
    return [
        one_line(option["name"]) + chosen + why,
        length_text(option["slot_min"]),
        length_text(option["burn_in_min"]) if option["burn_in_min"] else "none",
        drawn + where,
        _effects_text(option.get("time_fe")),
        numbers.NOT_AVAILABLE if option.get("days") is None else numbers.integer(option["days"]),
        _detects(option.get("detectable"), option.get("relative"), _kind(payload)),
        numbers.NOT_AVAILABLE if rate is None else numbers.level_percent(rate),
    ]
