"""Effects within segments: whether they differ, and what each is."""

from __future__ import annotations

from dataclasses import dataclass

from decision_widgets.estimates import SubgroupComparison
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SegmentComparison(Record):
    """One metric and treatment, divided by one column; read ``comparison.joint`` first.

    Attributes
    ----------
    comparison : SubgroupComparison or None
        ``None`` where fewer than two levels have an effect; `reason` says why.
    p_value_adjusted : float or None
        Of ``comparison.joint``, for the `family` of all columns and treatments compared for this metric (Holm).
    n_without, n_several : int
        Participants who have no level, or several: they are in none. Of a switchback, rows without a level.
    """

    metric: str
    arm: str
    segment: str
    comparison: SubgroupComparison | None
    reason: str | None = None
    p_value_adjusted: float | None = None
    family: int | None = None
    n_without: int = 0
    n_several: int = 0
