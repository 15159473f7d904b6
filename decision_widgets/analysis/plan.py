"""How much of the plan is there, and how long until the rest is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from decision_widgets.data import Reading
from decision_widgets.design import BetweenSubject
from decision_widgets.views import numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an experiment stands.

    Attributes
    ----------
    share : float or None
        Of the plan, ``None`` when none was stated.
    days_more : int or None
        Days until the plan is reached at today's rate; ``None`` when not known or none is needed.
    said : str
        What is there of what was planned, in words.
    planned_size : str or None
        What its precision was planned by, such as "sample"; ``None`` when the plan does not tell what it could detect.
    """

    share: float | None
    days_more: int | None = None
    said: str = ""
    planned_size: str | None = None


def standing_of(design: BetweenSubject, reading: Reading) -> Standing:
    """Say how far a between-subject experiment is."""
    return Standing(
        share=share_of_plan(design, reading),
        days_more=days_more(design, reading),
        said=_said(design, reading),
        planned_size=None if design.planned_participants is None else "sample",
    )


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


def _said(design: BetweenSubject, reading: Reading) -> str:
    n, planned = sum(reading.participants.values()), design.planned_participants
    if planned is not None and n < planned:
        return f"{numbers.integer(n)} of {numbers.integer(planned)} participants"
    return f"{reading.days} of {design.planned_days} days"
