"""The run slot by slot: the metric's value under the arm of each slot, where arms changed, and all regions at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from decision_widgets.views import numbers
from decision_widgets.views.markup import card, count_of, escape
from decision_widgets.views.plot import Scale, line_path, plot_html, scale_over
from decision_widgets.views.schemas import Payload
from decision_widgets.views.slots import (
    MARKS,
    NOTHING,
    Clock,
    Window,
    arm_names,
    counts_of,
    date_text,
    lane_cells,
    left_out_text,
    legend_html,
    length_text,
    thin_lane,
    ticks_html,
    treatment_colour,
)
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import fold
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.timeline/1"
_TITLE: Final = "Timeline by slot"
WITHHELD: Final = "Values are withheld: the comparison is invalid, and the values under two arms are an uplift."
_MOST_CELLS: Final = 6000


def to_html(payload: Payload) -> str:
    """Show the timeline card: the first region's first days drawn, every region's arms, and every value in a table."""
    state = state_of(payload)
    if not payload.get("regions") or not any(payload.get("served") or ()):
        return card("timeline", _TITLE, state.note or '<p class="dw-say">No slot has data yet.</p>')
    clock = Clock.of(payload)
    window = clock.windows()[0]
    changes = any("1" in text for text in payload.get("switch") or ())
    legend = legend_html(payload, changes=changes, off=_mismatches(payload) > 0, gaps=_has_gaps(payload))
    caption = f'<p class="muted small" data-slot="caption">{escape(_caption(payload, 0, window))}</p>'
    body = (
        f'{state.note}<div class="bar"><div class="row" data-slot="picks"></div>{legend}</div>{caption}'
        f"{_chart(payload, window)}{_notes(payload, window)}{_lanes(payload, clock)}{_tables(payload, clock)}"
    )
    aside = f"balanced: {payload['balance']}" if payload.get("balance") else _sizes(payload)
    plan = escape(json.dumps(_plan(payload, clock), ensure_ascii=False, separators=(",", ":")))
    opened = card("timeline", _TITLE, body, aside=aside, css="dw-timeline long" + state.css)
    return opened.replace("<article ", f'<article data-plan="{plan}" ', 1)


def to_text(payload: Payload) -> str:
    """Write how many slots each region had under each arm, and what is left out."""
    if not payload.get("regions") or not any(payload.get("served") or ()):
        return f"{_TITLE}: no slot has data yet."
    clock, (control, treatment) = Clock.of(payload), arm_names(payload)
    begin = f"{clock.start:%Y-%m-%d %H:%M}"
    lines = [f"{_TITLE}: slots of {length_text(clock.slot)} from {begin}. {_all_of(payload, clock)}."]
    changed = [text.count("1") for text in payload.get("switch") or ["" for _ in payload["regions"]]]
    rows = [
        [region, *(numbers.integer(served.count(arm)) for arm in "01."), numbers.integer(n)]
        for region, served, n in zip(payload["regions"], payload["served"], changed, strict=True)
    ]
    lines.append(table(["Region", control, treatment, "Without data", "Changes"], rows))
    lines += [text for text in (left_out_text(payload), _mismatch_text(payload)) if text]
    lines += [WITHHELD] if payload.get("withheld") else []
    return "\n".join(lines)


def metrics_of(payload: Payload) -> Sequence[Payload]:
    """List the metrics that have values, the primary one first."""
    known = payload.get("metrics") or [{key: payload.get(key) for key in ("metric", "label", "kind")}]
    return [each for each in known if each["metric"] in (payload.get("values") or {})] or known[:1]


def values_of(payload: Payload, metric: Payload) -> Sequence[Sequence[float | None]]:
    """Return a metric's value in each region and slot; None where there is none, or where it is withheld."""
    values = None if payload.get("withheld") else (payload.get("values") or {}).get(metric["metric"])
    return values or [[None] * len(served) for served in payload["served"]]


def scale_of(payload: Payload, metric: Payload) -> Scale:
    """Choose one axis for all regions and days, so that windows can be compared."""
    known = [value for region in values_of(payload, metric) for value in region if value is not None]
    return scale_over(known, str(metric.get("kind")))


def _plan(payload: Payload, clock: Clock) -> dict[str, object]:
    """Say what the script needs to draw another window: no date and no number is written by it."""
    scales = []
    for metric in metrics_of(payload):
        scale = scale_of(payload, metric)
        ticks = [[round(scale.top(tick), 2), scale.label(tick)] for tick in scale.ticks]
        scales.append({"low": scale.low, "high": scale.high, "ticks": [] if payload.get("withheld") else ticks})
    return {
        "metrics": [[metric["metric"], one_line(metric["label"])] for metric in metrics_of(payload)],
        "scales": scales,
        "windows": [[each.first, each.size, each.label, each.ticks] for each in clock.windows()],
        "colour": treatment_colour(payload),
    }


def _caption(payload: Payload, region: int, window: Window) -> str:
    metric = metrics_of(payload)[0]
    return f"{one_line(metric['label'])}, {one_line(payload['regions'][region])}. {window.label}"


def _chart(payload: Payload, window: Window) -> str:
    label = _caption(payload, 0, window)
    under = f'<div class="under">{_lane(payload, window, label)}{ticks_html(window.ticks)}</div>'
    return under if payload.get("withheld") else _plot(payload, window, label) + under


def _plot(payload: Payload, window: Window, label: str) -> str:
    metric, served = metrics_of(payload)[0], payload["served"][0]
    shown = range(window.first, window.first + window.size)
    values, scale = values_of(payload, metric)[0], scale_of(payload, metric)
    points: list[tuple[float, float] | None] = []
    for at, slot in enumerate(shown):
        value = None if served[slot] == NOTHING else values[slot]
        points.append(None if value is None else ((at + 0.5) / window.size * 100, scale.top(value)))
    dots = "".join(
        f'<span class="dw-dot {_dot(served[slot], payload)}" style="left:{point[0]:.2f}%;top:{point[1]:.2f}%"></span>'
        for slot, point in zip(shown, points, strict=True)
        if point is not None
    )
    ticks = [(scale.top(tick), scale.label(tick)) for tick in scale.ticks]
    return plot_html(label, marks=f'<path class="line" d="{line_path(points)}"/>', y_ticks=ticks, over=dots)


def _lane(payload: Payload, window: Window, label: str) -> str:
    shown = slice(window.first, window.first + window.size)
    arms, colour = payload["served"][0][shown], treatment_colour(payload)
    hatched = [mark == "1" for mark in _switch(payload, 0)[shown]]
    share = min(100.0, 100 * (payload.get("burn_in_min") or 0) / payload["slot_min"])
    said = escape(f"{label}: {counts_of(arms)}")
    return (
        f'<div class="dw-lane" style="--b:{share:.4g}%" role="img" aria-label="{said}">'
        f"{lane_cells(arms, hatched, colour, _off(payload, 0)[shown])}</div>"
    )


def _dot(arm: str, payload: Payload) -> str:
    return treatment_colour(payload) if arm == "1" else "hollow a0"


def _switch(payload: Payload, region: int) -> str:
    return str((payload.get("switch") or ["0" * len(text) for text in payload["served"]])[region])


def _off(payload: Payload, region: int) -> list[bool]:
    served, planned = payload["served"][region], (payload.get("planned") or payload["served"])[region]
    return [a != b and NOTHING not in (a, b) for a, b in zip(served, planned, strict=True)]


def _mismatches(payload: Payload) -> int:
    return sum(sum(_off(payload, region)) for region in range(len(payload["regions"])))


def _has_gaps(payload: Payload) -> bool:
    return any(NOTHING in served for served in payload["served"])


def _notes(payload: Payload, window: Window) -> str:
    served = payload["served"][0][window.first : window.first + window.size]
    gaps = _gap_text(served.count(NOTHING), window.size)
    lines = [WITHHELD] if payload.get("withheld") else []
    lines += [text for text in (left_out_text(payload), _mismatch_text(payload)) if text]
    notes = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f'<div class="muted small notes"><p data-slot="gaps">{escape(gaps)}</p>{notes}</div>'


def _gap_text(gaps: int, size: int) -> str:
    return (
        f"{numbers.integer(gaps)} of these {numbers.integer(size)} slots have no data: gaps in the line."
        if gaps
        else ""
    )


def _mismatch_text(payload: Payload) -> str:
    n = _mismatches(payload)
    return f"{count_of(n, 'slot')} served another arm than planned." if n else ""


def _all_of(payload: Payload, clock: Clock) -> str:
    regions = len(payload["regions"])
    total = numbers.integer(regions * clock.n_slots)
    where = "all regions together" if payload.get("together") or regions == 1 else f"{regions} regions"
    return f"All {clock.days} days, {where} ({total} slots)"


def _sizes(payload: Payload) -> str:
    counts = payload.get("counts") or {}
    return ", ".join(f"{one_line(arm)} {numbers.integer(n)} slots" for arm, n in counts.items())


def _lanes(payload: Payload, clock: Clock) -> str:
    colour = treatment_colour(payload)
    lanes = "".join(
        thin_lane(region, served, colour) for region, served in zip(payload["regions"], payload["served"], strict=True)
    )
    body = f'<div class="dw-lanes">{lanes}<span aria-hidden="true"></span>{ticks_html(clock.day_ticks())}</div>'
    return fold("timeline/all", escape(_all_of(payload, clock)), body, opened=True)


def _tables(payload: Payload, clock: Clock) -> str:
    """Write every value; beyond some thousand cells a page would stall, so the rest is left to the record, and said."""
    metrics, regions = metrics_of(payload), len(payload["regions"])
    per_day = max(1, round(1440 / clock.slot))
    fits = max(per_day, _MOST_CELLS // (regions * len(metrics)) // per_day * per_day)
    shown = min(clock.n_slots, fits)
    return "".join(_table(payload, clock, metric, shown) for metric in metrics)


def _table(payload: Payload, clock: Clock, metric: Payload, shown: int) -> str:
    values, kind = values_of(payload, metric), str(metric.get("kind"))
    head = "".join(f'<th scope="col">{escape(one_line(region))}</th>' for region in payload["regions"])
    rows = []
    for slot in range(shown):
        at = clock.at(slot)
        cells = "".join(
            f"<td>{_value_cell(served[slot], own[slot], kind)}</td>"
            for served, own in zip(payload["served"], values, strict=True)
        )
        rows.append(f'<tr><th scope="row">Day {clock.day(slot)}, {date_text(at)}, {at:%H:%M}</th>{cells}</tr>')
    label = f"{one_line(metric['label'])} by slot"
    rest = clock.n_slots - shown
    note = (
        f'<p class="muted small">{numbers.integer(rest)} later slots are in the record (to_json).</p>' if rest else ""
    )
    control, treatment = (escape(name) for name in arm_names(payload))
    key = f'<p class="muted small">{MARKS["0"]} {control}, {MARKS["1"]} {treatment}</p>'
    body = (
        f'{key}<div class="dw-scroll tall" tabindex="0" role="region" aria-label="{escape(label)}, scrollable">'
        f'<table class="dw-table" aria-label="{escape(label)}"><thead><tr><th scope="col">Slot</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>{note}"
    )
    summary = f"Values of {escape(one_line(metric['label']))}"
    return fold(f"timeline/values/{metric['metric']}", summary, body, opened=False)


def _value_cell(arm: str, value: float | None, kind: str) -> str:
    if arm == NOTHING:
        return numbers.NOT_AVAILABLE
    return f"{MARKS[arm]} {numbers.NOT_AVAILABLE if value is None else escape(numbers.level(value, kind))}"
