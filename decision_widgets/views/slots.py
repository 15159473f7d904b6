"""Slots of a switchback as rows of boxes, and when each of them is, for cards, text and figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from decision_widgets.views.markup import count_of, escape, plain
from decision_widgets.views.numbers import NBSP, integer
from decision_widgets.views.schemas import Payload
from decision_widgets.views.tables import arm_colour
from decision_widgets.views.text import one_line

DAY: Final = 1440
NOTHING: Final = "."
MARKS: Final = {"0": "○", "1": "●", NOTHING: "·"}
_WINDOW_SLOTS: Final = 48
_MOST_WINDOW_SLOTS: Final = 288
_MOST_TICKS: Final = 14
_TICK_STEPS: Final = (60, 120, 180, 240, 360, 480, 720)
_MOST_HOURS: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of slots that is shown at once: `ticks` are (percent from the left, label, begins a day)."""

    first: int
    size: int
    label: str
    ticks: tuple[tuple[float, str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """When the slots of a payload are."""

    start: datetime
    slot: int
    n_slots: int

    @classmethod
    def of(cls, payload: Payload) -> Clock:
        """Read the clock of a payload."""
        served = payload.get("served") or [""]
        return cls(start=datetime.fromisoformat(payload["start"]), slot=payload["slot_min"], n_slots=len(served[0]))

    @property
    def days(self) -> int:
        """Days from the first slot's to the last slot's, both counted."""
        return (self.at(max(0, self.n_slots - 1)).date() - self.start.date()).days + 1

    def at(self, slot: int) -> datetime:
        """Return the moment at which a slot begins."""
        return self.start + timedelta(minutes=slot * self.slot)

    def day(self, slot: int) -> int:
        """Number the day of a slot, from 1."""
        return (self.at(slot).date() - self.start.date()).days + 1

    def windows(self, days: int | None = None) -> list[Window]:
        """List the windows, one beginning with each day; about 48 slots each unless `days` says how long."""
        length = days or max(1, round(_WINDOW_SLOTS * self.slot / DAY))
        size = min(max(1, length * DAY // self.slot), self.n_slots, _MOST_WINDOW_SLOTS)
        begins = [slot for slot in range(self.n_slots) if not slot or self.day(slot) != self.day(slot - 1)]
        if size < DAY // self.slot:  # a day of very short slots is several windows
            ends = [*begins[1:], self.n_slots]
            begins = [at for begin, end in zip(begins, ends, strict=True) for at in range(begin, end, size)]
        fitting = [slot for slot in begins if slot + size <= self.n_slots] or [0]
        left_over = fitting[-1] + size < self.n_slots
        firsts = [*fitting, *([self.n_slots - size] if left_over and self.n_slots - size not in fitting else [])]
        return [self._window(first, size) for first in firsts]

    def _window(self, first: int, size: int) -> Window:
        begin, end = self.at(first), self.at(first + size - 1)
        label = f"Day {self.day(first)}, {date_text(begin)}"
        if self.day(first) != self.day(first + size - 1):
            label = f"Day {self.day(first)} to {self.day(first + size - 1)}, {date_text(begin)} to {date_text(end)}"
        if size < DAY // self.slot:
            label += f", from {begin:%H:%M}"
        return Window(first=first, size=size, label=label, ticks=tuple(self._ticks(first, size)))

    def _ticks(self, first: int, size: int) -> Iterator[tuple[float, str, bool]]:
        span = size * self.slot
        fitting = (minutes for minutes in _TICK_STEPS if minutes % self.slot == 0 and span / minutes <= _MOST_HOURS)
        step = next(fitting, None)
        begins = self.at(first)
        every = max(1, -(-(span // DAY) // _MOST_TICKS))
        for slot in range(first, first + size):
            at, left = self.at(slot), (slot - first) / size * 100
            midnight = slot == first or at.date() != self.at(slot - 1).date()
            if midnight and (self.day(slot) - self.day(first)) % every == 0:
                yield left, f"Day{NBSP}{self.day(slot)}", True
            elif not midnight and step and (at.hour * 60 + at.minute) % step == 0 and at - begins >= timedelta(hours=1):
                yield left, f"{at:%H:%M}", False

    def day_ticks(self) -> list[tuple[float, str, bool]]:
        """Number the days over the whole run, as many as there is room for."""
        every = max(1, -(-self.days // _MOST_TICKS))
        begins = [slot for slot in range(self.n_slots) if not slot or self.day(slot) != self.day(slot - 1)]
        return [
            (slot / self.n_slots * 100, str(self.day(slot)), False)
            for slot in begins
            if (self.day(slot) - 1) % every == 0
        ]


def date_text(moment: datetime) -> str:
    """Write a day of the year.

    >>> date_text(datetime(2026, 11, 2))
    '2\\xa0Nov'
    """
    return f"{moment.day}{NBSP}{moment:%b}"


def length_text(minutes: float) -> str:
    """Write a length of time: minutes below two hours, then hours or days.

    >>> length_text(15), length_text(120), length_text(2880)
    ('15\\xa0min', '2\\xa0h', '2\\xa0days')
    """
    if minutes >= DAY and minutes % DAY == 0:
        return count_of(int(minutes // DAY), "day").replace(" ", NBSP)
    if minutes >= 2 * 60 and minutes % 60 == 0:
        return f"{integer(minutes // 60)}{NBSP}h"
    return f"{integer(minutes)}{NBSP}min"


def left_out_text(payload: Payload) -> str:
    """Say which minutes the burn-in takes; nothing where there is none."""
    burn_in = payload.get("burn_in_min")
    if not burn_in:
        return ""
    whose = "stretch that one coin decided" if payload.get("assignment") == "minimax" else "slot, changed or not,"
    return f"The first {length_text(burn_in)} of every {whose} are not analysed."


def arm_names(payload: Payload) -> tuple[str, str]:
    """Name control and treatment on one line each."""
    arms = {arm["index"]: one_line(arm.get("label") or arm["id"]) for arm in payload.get("arms") or ()}
    return arms.get(0, "control"), next((name for index, name in arms.items() if index), "treatment")


def treatment_colour(payload: Payload) -> str:
    """Name the colour of the treatment."""
    return arm_colour(next((arm["index"] for arm in payload.get("arms") or () if arm["index"]), 1))


def counts_of(served: str) -> str:
    """Count the slots of each arm, for a reader who does not see the boxes."""
    gaps = served.count(NOTHING)
    missing = f", {integer(gaps)} without data" if gaps else ""
    return f"{integer(served.count('1'))} treatment and {integer(served.count('0'))} control slots{missing}"


def lane_cells(served: str, hatched: Sequence[bool], colour: str, off: Sequence[bool] = ()) -> str:
    """Draw one box per slot: filled under treatment, hatched where the burn-in follows a change of arms."""
    off = off or [False] * len(served)
    return "".join(
        f'<i class="{cell_class(arm, at_change, wrong, colour)}"></i>'
        for arm, at_change, wrong in zip(served, hatched, off, strict=True)
    )


def cell_class(arm: str, at_change: bool, wrong: bool, colour: str) -> str:
    """Name the classes of a box."""
    kind = {"1": f"on {colour}", "0": "", NOTHING: "gap"}[arm]
    return " ".join(filter(None, (kind, "b" if at_change else "", "off" if wrong else "")))


def thin_lane(region: str, served: str, colour: str) -> str:
    """Draw a whole region as one line: a shape for all its treated slots, another for those without data."""
    shapes = "".join(
        f'<path class="{css}" d="{_runs(served, arm)}"/>'
        for arm, css in (("1", "on"), (NOTHING, "gap"))
        if arm in served
    )
    label = f"{one_line(region)}: {counts_of(served)}"
    return (
        f'<span class="name">{escape(one_line(region))}{plain(": " + counts_of(served) + ". ")}</span>'
        f'<div class="dw-lane thin {colour}" role="img" aria-label="{escape(label)}">'
        f'<svg viewBox="0 0 {len(served)} 1" preserveAspectRatio="none" aria-hidden="true">{shapes}</svg></div>'
    )


def ticks_html(ticks: Sequence[tuple[float, str, bool]]) -> str:
    """Write the labels under a lane."""
    spans = "".join(
        f'<span{" class=day" if day else ""} style="left:{left:.2f}%" data-label="{escape(text)}"></span>'
        for left, text, day in ticks
    )
    return f'<div class="dw-ticks" aria-hidden="true">{spans}</div>'


def legend_html(payload: Payload, *, changes: bool, off: bool = False, gaps: bool = False) -> str:
    """Explain the boxes: the two arms, and what is hatched, outlined or empty where there is such."""
    control, treatment = (escape(name) for name in arm_names(payload))
    entries = [
        f'<i class="dw-sw lane"></i>{plain("○ ")}{control}',
        f'<i class="dw-sw lane on {treatment_colour(payload)}"></i>{plain("● ")}{treatment}',
    ]
    if changes and payload.get("burn_in_min"):
        entries.append(f'<i class="dw-sw hat"></i>burn-in after a change, {length_text(payload["burn_in_min"])}')
    if off:
        entries.append('<i class="dw-sw lane off"></i>not the planned arm')
    if gaps:
        entries.append(f'<i class="dw-sw lane gap"></i>{plain("– ")}no data')
    keys = plain("; ").join(f"<span>{entry}</span>" for entry in entries)
    return f'<p class="dw-key">{keys}</p>'


def _runs(served: str, arm: str) -> str:
    found, at = [], 0
    for each, run in groupby(served):
        length = len(list(run))
        if each == arm:
            found.append(f"M{at} 0h{length}v1h-{length}z")
        at += length
    return "".join(found)
