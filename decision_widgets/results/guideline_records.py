"""The parts of an advice on a switchback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from decision_widgets.estimates.switchback_power import AaStatus
from decision_widgets.records import Record
from decision_widgets.vocabulary import Assignment, Kind, Regions, TimeEffects

StepStatus = Literal["done", "open", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GuidelineFact(Record):
    """One number of the evidence, in words."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GuidelineStep(Record):
    """One question of the guideline.

    `evidence` is what the history says, `recommendation` what follows, `answer` what the design says (``None`` while it
    is open), `code` why it is a warning or an error.
    """

    id: str
    n: int
    title: str
    question: str
    evidence: str
    facts: tuple[GuidelineFact, ...]
    recommendation: str
    answer: str | None
    status: StepStatus
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanCheck(Record):
    """An effect put into the history: how often it was found, and by how much it was off; units of the metric."""

    effect: float
    relative: float | None
    power: float
    power_lower: float
    power_upper: float
    bias: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanDays(Record):
    """The smallest effect that a run of so many days finds with the power."""

    days: int
    detectable: float
    relative: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanOption(Record):
    """One way to run it, side by side with others.

    `std_dev` and `detectable` are in the metric's unit, for the days asked about; `days` are the whole weeks that the
    effect asked for needs, ``None`` without one or beyond a year. `reason` says why there are no numbers.
    """

    name: str
    assignment: Assignment
    slot_min: int
    burn_in_min: int
    regions: Regions
    time_fe: TimeEffects
    std_dev: float | None = None
    detectable: float | None = None
    relative: float | None = None
    aa_rate: float | None = None
    days: int | None = None
    chosen: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MetricSimulation(Record):
    """The given design simulated on the history of one metric.

    Attributes
    ----------
    draws, done, cancelled
        Schedules asked for, and told.
    window_days, n_windows : int
        The stretches of history that were played; another length of run is scaled from them.
    level : float
        Of the metric in the history.
    std_dev : float
        Of the estimate for `days`; `df` its degrees of freedom.
    detectable, relative : float
        The effect that `days` find with the power; ``None`` where the level is not positive.
    aa_rate, aa_lower, aa_upper, aa_status
        How often schedules without an effect showed one, its 95 % interval, and whether that is what alpha allows.
    share : float
        Of an effect that is seen on average; below 1 when it sets in after the burn-in.
    curve : tuple of PlanDays
        By whole weeks.
    effect : float or None
        Asked for, in the metric's unit; `days_needed` are whole weeks, ``None`` without one or beyond a year, and
        `power_at_effect` that of `days`.
    """

    metric: str
    kind: Kind
    draws: int
    done: int
    cancelled: bool
    alpha: float
    power: float
    days: int
    window_days: int
    n_windows: int
    level: float
    std_dev: float
    df: float
    n_clusters: int
    detectable: float
    relative: float | None
    aa_rate: float
    aa_lower: float
    aa_upper: float
    aa_status: AaStatus
    share: float
    checks: tuple[PlanCheck, ...]
    curve: tuple[PlanDays, ...]
    effect: float | None = None
    days_needed: int | None = None
    power_at_effect: float | None = None
