"""How a metric's values are spread over the participants of each arm."""

from __future__ import annotations

from dataclasses import dataclass

from decision_widgets.estimates import Distribution
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MetricDistribution(Record):
    """One metric: `distribution.arms` are the participants' levels under each of `arms`, control first.

    A participant's level is the mean of its observations; `seed` is of the random sample of participants, ``None``
    when everybody is there.
    """

    metric: str
    arms: tuple[str, ...]
    distribution: Distribution
    seed: int | None
