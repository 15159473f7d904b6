"""The schedule before it is served: each region's slots on a chosen day, where arms change, and what it adds up to."""

from __future__ import annotations

import json
from typing import Final

from decision_widgets.views import numbers
from decision_widgets.views.markup import card, escape, facts_html, plain
from decision_widgets.views.schemas import Payload
from decision_widgets.views.slots import (
    DAY,
    MARKS,
    Clock,
    Window,
    arm_names,
    counts_of,
    lane_cells,
    left_out_text,
    legend_html,
    length_text,
    ticks_html,
    treatment_colour,
)
from decision_widgets.views.states import state_of
from decision_widgets.views.tables import fold
from decision_widgets.views.text import one_line, table

SCHEMA = "dw.schedule/1"
_TITLE: Final = "Schedule"
_EMPTY: Final = "No schedule was drawn yet."
_MOST_CELLS: Final = 6000


def to_html(payload: Payload) -> str:
    """Show the schedule card: the first day drawn, and every slot in a table."""
    state = state_of(payload)
    if not payload.get("regions") or not any(payload.get("served") or ()):
        return card("schedule", _TITLE, state.note or f'<p class="dw-say">{_EMPTY}</p>', css="dw-schedule" + state.css)
    clock = Clock.of(payload)
    windows = _windows(clock)
    caption = f'<p class="strong small" data-slot="caption">{escape(windows[0].label)}</p>'
    note = left_out_text(payload)
    foot = f'<p class="muted small">{escape(note)} Hatched where arms change.</p>' if note else ""
    bar = f'<div class="bar"><div class="row" data-slot="picks"></div>{legend_html(payload, changes=True)}</div>'
    body = (
        f"{state.note}{bar}{caption}{_lanes(payload, windows[0])}{foot}{facts_html(payload.get('facts') or ())}"
        f"{_table(payload, clock)}"
    )
    plan = {
        "windows": [[each.first, each.size, each.label, each.ticks] for each in windows],
        "colour": treatment_colour(payload),
    }
    shown = card("schedule", _TITLE, body, aside=_aside(payload, clock), css="dw-schedule" + state.css)
    data = escape(json.dumps(plan, ensure_ascii=False, separators=(",", ":")))
    return shown.replace("<article ", f'<article data-plan="{data}" ', 1)


def to_text(payload: Payload) -> str:
    """Write every day of every region as one sign per slot, and the facts."""
    if not payload.get("regions") or not any(payload.get("served") or ()):
        return f"{_TITLE}: {_EMPTY}"
    clock, (control, treatment) = Clock.of(payload), arm_names(payload)
    lines = [f"{_TITLE}: {_aside(payload, clock)}. {MARKS['0']} {control}, {MARKS['1']} {treatment}."]
    for window in _windows(clock)[:_TEXT_WINDOWS]:
        rows = [
            [one_line(region), _signs(served[window.first : window.first + window.size])]
            for region, served in zip(payload["regions"], payload["served"], strict=True)
        ]
        lines.append(f"{window.label}\n{table(['Region', 'Slots'], rows)}")
    rest = len(_windows(clock)) - _TEXT_WINDOWS
    lines += ["… and so on; schedule() gives every slot."] if rest > 0 else []
    lines += [
        f"{one_line(fact['label'])}: {one_line(fact['value'])} {one_line(fact.get('detail') or '')}".rstrip()
        for fact in payload.get("facts") or ()
    ]
    note = left_out_text(payload)
    return "\n".join([*lines, *([note] if note else [])])


_TEXT_WINDOWS: Final = 3


def _windows(clock: Clock) -> list[Window]:
    return clock.windows(days=1 if clock.slot < DAY else None)


def _signs(served: str) -> str:
    return "".join(MARKS[arm] for arm in served)


def _aside(payload: Payload, clock: Clock) -> str:
    seed = "" if payload.get("seed") is None else f", seed {payload['seed']}"
    days = payload.get("days") or clock.days
    return f"{numbers.integer(days)} days of {length_text(clock.slot)} slots from {clock.start:%Y-%m-%d %H:%M}{seed}"


def _changes(served: str) -> list[bool]:
    return [not at or served[at - 1] != arm for at, arm in enumerate(served)]


def _lanes(payload: Payload, window: Window) -> str:
    colour = treatment_colour(payload)
    share = min(100.0, 100 * (payload.get("burn_in_min") or 0) / payload["slot_min"])
    shown = slice(window.first, window.first + window.size)
    lanes = []
    for region, served in zip(payload["regions"], payload["served"], strict=True):
        name, arms = one_line(region), served[shown]
        label = f"{name}, {window.label}: {counts_of(arms)}"
        lanes.append(
            f'<span class="name">{escape(name)}{plain(": " + _signs(arms))}</span>'
            f'<div class="dw-lane" style="--b:{share:.4g}%" role="img" aria-label="{escape(label)}">'
            f"{lane_cells(arms, _changes(served)[shown], colour)}</div>"
        )
    return f'<div class="dw-lanes">{"".join(lanes)}<span aria-hidden="true"></span>{ticks_html(window.ticks)}</div>'


def _table(payload: Payload, clock: Clock) -> str:
    regions = payload["regions"]
    shown = min(clock.n_slots, max(1, _MOST_CELLS // len(regions)))
    arms = dict(zip("01", arm_names(payload), strict=True))
    head = "".join(f'<th scope="col">{escape(one_line(region))}</th>' for region in regions)
    rows = []
    for slot in range(shown):
        cells = "".join(f"<td>{_arm_cell(served[slot], arms)}</td>" for served in payload["served"])
        rows.append(f'<tr><th scope="row">{clock.at(slot):%Y-%m-%d %H:%M}</th>{cells}</tr>')
    rest = clock.n_slots - shown
    note = (
        f'<p class="muted small">{numbers.integer(rest)} later slots are in the table of schedule().</p>'
        if rest
        else ""
    )
    table_of = (
        '<div class="dw-scroll tall" tabindex="0" role="region" aria-label="Every slot, scrollable">'
        f'<table class="dw-table" aria-label="Every slot"><thead><tr><th scope="col">Slot</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>{note}"
    )
    return fold("schedule/all", f"Every slot ({numbers.integer(clock.n_slots * len(regions))})", table_of, opened=False)


def _arm_cell(arm: str, arms: dict[str, str]) -> str:
    return f"{MARKS[arm]} {escape(arms[arm])}" if arm in arms else numbers.NOT_AVAILABLE
