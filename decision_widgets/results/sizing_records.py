"""The parts of an advice on size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from decision_widgets.estimates import WeekOutlook
from decision_widgets.records import Record, register_union
from decision_widgets.results.records import Message
from decision_widgets.vocabulary import Compare, Confidence, Estimand, Kind, Role


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SizingQuestion(Record):
    """What was asked: the effects to find by metric, or what the experiment will hold.

    `effects` are sizes in the direction that is better (below 0: in the other one), fractions of the control if
    `relative`. `traffic` is the share of the traffic in the experiment by day; its last value goes on.
    """

    effects: Mapping[str, float]
    relative: bool = True
    participants: int | None = None
    days: int | None = None
    traffic: tuple[float, ...] = (1.0,)
    compare: Compare = "control"
    estimand: Estimand = "observation"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PairAdvice(Record):
    """One metric in one pair of arms.

    Attributes
    ----------
    solved : {"participants", "effect", "power"}
        What was asked for: participants that find a stated effect, the smallest effect that given participants find, or
        the power with which they find a stated one.
    n_control, n_treatment : int
        Participants of the two arms, when traffic keeps its shares and every pair of this metric has its power.
    n_participants, n_observations : int
        Of all arms together.
    days : int or None
        Whole weeks; ``None`` when not reached, or when the history has no days.
    mde, relative_mde : float or None
        The effect planned for, or the smallest that would be found: its size, in the metric's unit and as a fraction of
        the control; of a guardrail the loss that can be ruled out.
    power : float
        With which `mde` is found.
    alpha : float
        Of this comparison: two-sided, one-sided for a guardrail.
    icc, design_effect : float or None
        ``None`` where observations of one participant cannot be told apart from participants.
    """

    result: Literal["sized"] = "sized"
    metric: str
    arm: str
    control: str
    role: Role
    solved: Literal["participants", "effect", "power"]
    n_control: int
    n_treatment: int
    n_participants: int
    n_observations: int
    days: int | None
    mde: float
    relative_mde: float | None
    power: float
    alpha: float
    icc: float | None
    design_effect: float | None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NotSized(Record):
    """Why there is no size; the same place in the table as a `PairAdvice`."""

    result: Literal["not_sized"] = "not_sized"
    metric: str
    arm: str
    control: str
    role: Role
    message: Message
    codes: tuple[str, ...] = ()


register_union(PairAdvice | NotSized, "result", {"sized": PairAdvice, "not_sized": NotSized})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DailyOutlook(Record):
    """What is known of the first d = 1…D days, one value per day: all that sizes by day are computed from.

    `variance` is of one participant, before covariates remove the share `variance_reduction` of it; `participants` are
    all distinct ones at full traffic, and `traffic` the mean share of it so far.
    """

    level: tuple[float, ...]
    variance: tuple[float, ...]
    variance_reduction: tuple[float, ...]
    participants: tuple[float, ...]
    observations_per_participant: tuple[float, ...]
    traffic: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MetricAdvice(Record):
    """One metric: what is known of it, and what that means for the plan.

    Attributes
    ----------
    source : {"history", "typed"}
        Sums over participants, whatever their sizes; or typed numbers, for exchangeable observations.
    method_text : str
        The calculation in one line.
    level, variance : float
        Expected under control, and variance of one participant at the plan's length, covariates not counted.
    std_dev, icc, observations_per_participant, cv_observations, design_effect
        The explanation: ``variance = std_dev²·design_effect/observations_per_participant`` where observations of a
        participant are exchangeable; ``None`` for a ratio.
    effective_observations : float or None
        Of the history: ``n_observations/design_effect``.
    variance_reduction : float or None
        Share of the variance that the same metric in the window before would remove, out of sample; ``None`` when the
        history does not say.
    adjusted : bool
        Whether the plan counts on it, because the design gives the metric covariates.
    total_exact : float or None
        Participants of all arms before rounding; ``None`` for a metric without an effect to find.
    n_lower, n_upper : int or None
        90 % interval of `total_exact`, as far as the history can say.
    n_other_estimand : int or None
        Participants of all arms for the other average: of participants, when the plan is for that of observations.
    weeks : tuple of WeekOutlook
        What the neediest pair holds after whole weeks, and the smallest effect that it would find, a fraction of the
        control if `relative`.
    daily : DailyOutlook or None
        ``None`` when the history has no days.
    sizes : tuple of int
        Participants of the history with 1, 2, … 10, and 11 or more observations.
    """

    metric: str
    role: Role
    kind: Kind
    evidence: str
    confidence: Confidence | None
    source: Literal["history", "typed"]
    method_text: str
    level: float
    variance: float
    std_dev: float | None
    icc: float | None
    observations_per_participant: float
    cv_observations: float
    design_effect: float | None
    effective_observations: float | None = None
    variance_reduction: float | None = None
    adjusted: bool = False
    total_exact: float | None = None
    n_lower: int | None = None
    n_upper: int | None = None
    n_other_estimand: int | None = None
    relative: bool = True
    weeks: tuple[WeekOutlook, ...] = ()
    daily: DailyOutlook | None = None
    sizes: tuple[int, ...] = ()
    n_history: int | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SizingPlan(Record):
    """The experiment: large enough for the neediest metric.

    Attributes
    ----------
    n_participants, n_observations : int
        Of all arms; observations of the metric that decides.
    n_arms : mapping of arm to int
    days : int or None
        Whole weeks; ``None`` when not reached, or when the history has no days.
    first_day : int or None
        The first day with enough participants.
    horizon : int or None
        The last day that the history can speak of.
    metric : str
        The one that decides.
    best_control_share : float
        Of the traffic, when variances are equal.
    """

    n_participants: int
    n_observations: int
    n_arms: Mapping[str, int]
    days: int | None
    first_day: int | None
    horizon: int | None
    metric: str
    best_control_share: float
