"""The parts of a monitoring result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from decision_widgets.estimates import JudgedLook, StoppingPlan, StoppingReport
from decision_widgets.records import Record, register_union
from decision_widgets.vocabulary import MonitoringVerdict, Role


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MonitoringDecision(Record):
    """Whether the experiment may stop, on which metric and arm that rests, and what holds for every treatment."""

    verdict: MonitoringVerdict
    metric: str | None
    arm: str | None
    by_arm: Mapping[str, MonitoringVerdict]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TakenLook(Record):
    """One look: its day, how many days the experiment had run, whether it was planned, participants so far by arm."""

    date: str
    day: int
    is_planned: bool
    participants: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LookLevels(Record):
    """Levels and relative effect of a metric at one look, with the limits of the rule that judges the look.

    The limits ``_always_valid`` hold at every look, by whatever rule it is judged. What is relative is a fraction of
    the control, ``None`` where that means nothing, before the start or at a look that the rule does not judge.
    """

    date: str
    method: str
    control_mean: float
    treatment_mean: float
    relative_effect: float | None
    relative_effect_lower: float | None
    relative_effect_upper: float | None
    relative_effect_lower_always_valid: float | None = None
    relative_effect_upper_always_valid: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MonitoredEffect(Record):
    """One metric of one treatment over all looks.

    Attributes
    ----------
    plan : StoppingPlan
        Its alpha is the share of this metric and treatment; guardrails are in no family and always by "mixture".
    planned_by : str
        How the standard error planned for the end was told from the first look.
    report : StoppingReport
    levels : tuple of LookLevels
        Of the looks of `report`, in their order.
    skipped : mapping of day to str
        Looks without an estimate, each with its reason: "too-early" or a code.
    is_past_limit : bool or None
        Of a guardrail: at some look, the first of which is `past_limit_at`, the always-valid interval lay wholly beyond
        the limit; ``None`` when that cannot be judged.
    """

    result: Literal["monitored"] = "monitored"
    metric: str
    arm: str
    role: Role
    plan: StoppingPlan
    planned_by: str
    report: StoppingReport
    levels: tuple[LookLevels, ...]
    skipped: Mapping[str, str] = field(default_factory=dict)
    is_past_limit: bool | None = None
    past_limit_at: str | None = None

    def deciding(self) -> tuple[JudgedLook, LookLevels]:
        """Return the look that the decision rests on, the last when none has begun to count."""
        looks = [look.date for look in self.report.looks]
        at = len(looks) - 1 if self.report.decided_at is None else looks.index(self.report.decided_at)
        return self.report.looks[at], self.levels[at]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NotMonitored(Record):
    """Why a metric of a treatment has no estimate at any look: `code` is "too-early" or one of the vocabulary's."""

    result: Literal["not_monitored"] = "not_monitored"
    metric: str
    arm: str
    role: Role
    code: str
    reason: str
    skipped: Mapping[str, str] = field(default_factory=dict)


register_union(MonitoredEffect | NotMonitored, "result", {"monitored": MonitoredEffect, "not_monitored": NotMonitored})
