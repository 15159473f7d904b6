"""Which fixed effects of time a switchback has, and their labels: of a history as of a run."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.design import Switchback
from decision_widgets.design.clock import DAY
from decision_widgets.vocabulary import TimeEffects

HOURS: Final = 24
WEEK: Final = 168
# Hour 0 of 1970 was in a Thursday: 72 hours earlier a week began.
MONDAY: Final = 72
REGIONS_FOR_CALENDAR: Final = 3
DAYS_FOR_WEEKDAYS: Final = 28
TIME_NAMES: Final[dict[TimeEffects, tuple[str, ...]]] = {
    "calendar-hour": ("calendar hour",),
    "hour-of-day": ("hour of day",),
    "hour-of-day+date": ("hour of day", "date"),
    "hour-of-day+weekday": ("hour of day", "weekday"),
    "hour-of-week": ("hour of week",),
}

Codes = NDArray[np.intp]


def time_effects_of(design: Switchback, n_regions: int, days: float) -> TimeEffects:
    """Say which fixed effects of time ``time_fe="hour"`` becomes: calendar hours need regions of their own."""
    if design.time_fe != "hour":
        return design.time_fe
    if design.regions == "separate" and n_regions >= REGIONS_FOR_CALENDAR:
        return "calendar-hour"
    if design.slot < DAY:
        return "hour-of-day+date"
    return "hour-of-day+weekday" if days >= DAYS_FOR_WEEKDAYS else "hour-of-day"


def time_labels(effects: TimeEffects, hour: Codes) -> dict[str, Codes]:
    """Return the labels of every fixed effect of time, by name; `hour` counts from 1970."""
    every: dict[str, Codes] = {
        "calendar hour": hour,
        "hour of day": hour % HOURS,
        "date": hour // HOURS,
        "weekday": week_hour(hour) // HOURS,
        "hour of week": week_hour(hour),
    }
    return {name: every[name] for name in TIME_NAMES[effects]}


def week_hour(hour: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return hours since Monday 0:00, 0 to 167."""
    return np.asarray((hour + MONDAY) % WEEK)
