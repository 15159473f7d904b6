"""How much of the plan is there, and how long until the rest is."""

from __future__ import annotations

import math

from decision_widgets.data import Reading
from decision_widgets.design import BetweenSubject


def share_of_plan(design: BetweenSubject, reading: Reading) -> float | None:
    """Return the least of participants and days as a share of the plan; ``None`` when no plan was stated."""
    shares = []
    if design.planned_participants is not None:
        shares.append(sum(reading.participants.values()) / design.planned_participants)
    if design.planned_days is not None and reading.days is not None:
        shares.append(reading.days / design.planned_days)
    return min(shares) if shares else None


def days_more(design: BetweenSubject, reading: Reading) -> int | None:
    """Return the days until the plan is reached at today's rate; ``None`` when days are not known or none is needed."""
    if reading.days is None:
        return None
    days = [0]
    if design.planned_days is not None:
        days.append(design.planned_days - reading.days)
    if design.planned_participants is not None:
        n = sum(reading.participants.values())
        # Whole numbers: 7.000000001 days would round up to 8.
        days.append(math.ceil(round((design.planned_participants - n) * reading.days / n, 9)))
    return max(days) or None
