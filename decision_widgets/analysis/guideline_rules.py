"""What the guideline asks of a switchback, and what it recommends instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from decision_widgets.analysis.past_windows import onset_minutes
from decision_widgets.design import Switchback
from decision_widgets.results.guideline_records import PlanOption

LEAST_DAYS: Final = 14
ADVISED_DAYS: Final = 28
GAPS: Final = 0.02
LEAST_SLOT: Final = 2
ADVISED_SLOT: Final = 3
FEW_UNITS: Final = 10
LEAST_UNITS: Final = 3
CANDIDATES: Final = (30, 60, 90, 120, 180, 240, 360, 480, 720, 1440, 2880, 4320, 5760, 7200, 8640, 10080)


def advised_slot(design: Switchback) -> int:
    """Return the slot if it is 3 burn-ins long, else the next that is and fits into days."""
    need = ADVISED_SLOT * advised_burn_in(design)
    return design.slot if design.slot >= need else next((m for m in CANDIDATES if m >= need), design.slot)


def advised_burn_in(design: Switchback) -> int:
    """Return the minutes in which the effect sets in, or the burn-in if nobody says, or if it is longer."""
    return max(design.burn_in, onset_minutes(design) or 0)


def best_mechanism(options: Sequence[PlanOption]) -> PlanOption | None:
    """Return the way to draw with the smallest error: the design's own unless another is better by 5 %."""
    own = next((each for each in options if each.chosen and each.std_dev is not None), None)
    told = drawn_alike(options)
    best = min(told, key=lambda each: each.std_dev or 0.0, default=None)
    if own is None or best is None or (best.std_dev or 0.0) > 0.95 * (own.std_dev or 0.0):
        return own
    return best


def drawn_alike(options: Sequence[PlanOption]) -> list[PlanOption]:
    """Return the plans that differ from the design in nothing but how slots are drawn, as far as they were told."""
    own = next((each for each in options if each.chosen), None)
    shared = ("slot_min", "burn_in_min", "regions", "time_fe")
    return [
        each
        for each in options
        if own is not None
        and each.std_dev is not None
        and all(getattr(each, name) == getattr(own, name) for name in shared)
    ]
