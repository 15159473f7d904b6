"""The parts of a switchback's result that other results do not have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from decision_widgets.records import Record
from decision_widgets.vocabulary import Assignment, TimeEffects

CarryoverStatus = Literal["settled", "leaks", "cannot-tell"]
ScheduleStatus = Literal["as-planned", "mismatch", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Timeline(Record):
    """When each region had which arm, and what it gave.

    Attributes
    ----------
    start : str
        The local moment of the first slot.
    slot, burn_in : int
        Minutes.
    served, planned : tuple of str
        One sign per slot, one text per region: 0 control, 1 treatment, a point for none. ``None`` without a plan.
    values : mapping of metric to tuple of tuple of float
        Level of each slot after its burn-in, region by region; ``None`` where nothing is analysed. Empty when invalid.
    n_control, n_treatment : int
        Slots analysed, of all regions.
    burn_in_share : float
        Of the minutes of analysed slots, left out.
    balance : str or None
        How arms share every day, where they do alike.
    """

    start: str
    slot: int
    burn_in: int
    assignment: Assignment
    together: bool
    regions: tuple[str, ...]
    served: tuple[str, ...]
    planned: tuple[str, ...] | None
    values: Mapping[str, tuple[tuple[float | None, ...], ...]]
    n_control: int
    n_treatment: int
    burn_in_share: float
    balance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RegressionFacts(Record):
    """What the recommended regression of one metric rests on.

    Attributes
    ----------
    time_fe : str
        What the effects of time became; `fixed_effects` names all of them.
    cluster, clusters : str
        What errors are clustered by, one of them and many.
    df, std_error : float or None
        CR2 with Bell–McCaffrey degrees of freedom; ``None`` where too few clusters forbid an error.
    effect : float
        In the metric's own unit; stands here too where no interval may be shown.
    raw_difference : float
        Treatment less control without any fixed effect.
    randomization_p : float or None
        Of randomisation inference, from so many draws, every one there is if `randomization_enumerated`;
        `randomization_note` says why there is none.
    weights : str
        How regions and hours count.
    """

    metric: str
    method: str
    time_fe: TimeEffects
    fixed_effects: tuple[str, ...]
    cluster: str
    clusters: str
    n_clusters: int
    df: float | None
    std_error: float | None
    effect: float
    raw_difference: float
    retained_variation: float
    weights: str
    randomization_p: float | None = None
    randomization_draws: int | None = None
    randomization_enumerated: bool = False
    randomization_note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BurnInEffect(Record):
    """The effect with another burn-in (minutes); without an interval `reason` says why."""

    burn_in: int
    planned: bool
    effect: float | None = None
    effect_lower: float | None = None
    effect_upper: float | None = None
    relative_effect: float | None = None
    relative_effect_lower: float | None = None
    relative_effect_upper: float | None = None
    n_clusters: int | None = None
    df: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OrderTest(Record):
    """Whether slots from more than `order` minutes ago still act: joint F, and the sum of their effects."""

    order: int
    statistic: float | None = None
    df: int | None = None
    df_denominator: float | None = None
    p_value: float | None = None
    effect: float | None = None
    effect_lower: float | None = None
    effect_upper: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CarryoverCheck(Record):
    """Carry-over of one metric: its effect by burn-in, and the test of the order.

    "leaks" when the test rejects at 0.05; "settled" when it does not and what it could have missed is less than the
    smallest effect of interest; else it cannot tell.
    """

    metric: str
    status: CarryoverStatus
    burn_ins: tuple[BurnInEffect, ...]
    order_test: OrderTest


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ResidualCorrelation(Record):
    """Correlation of the residuals of slots by how many slots they are apart, within regions."""

    metric: str
    correlations: tuple[float, ...]
    limit: float
    gone_at: int | None
    lag: int
    cluster: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class UnitCount(Record):
    """Slots by arm, under one label."""

    label: str
    control: int
    treatment: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class VolumeShift(Record):
    """How much more rows a slot has under treatment, a share, by the regression on the logarithm of rows."""

    effect_share: float
    effect_lower: float
    effect_upper: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ScheduleCheck(Record):
    """Whether slots were served as planned.

    Attributes
    ----------
    status : {"as-planned", "mismatch", "unknown"}
        Unknown without a plan.
    n_slots, n_mismatched : int
        Slots that served anything, of all regions; those that served another arm than planned, or both.
    lost : UnitCount
        Planned slots without rows.
    broken_blocks : int
        Pairs, days or stretches that the declared assignment cannot have drawn.
    balance_p, balance_method
        Whether hours of the day went to the arms in the same proportion; ``None`` where there is nothing to compare.
    examples : tuple of str
        The first mismatches in words.
    """

    status: ScheduleStatus
    n_slots: int
    n_mismatched: int
    mismatch_share: float
    lost: UnitCount
    broken_blocks: int
    balance_p: float | None
    balance_method: str | None
    volume: VolumeShift | None
    units: tuple[UnitCount, ...]
    examples: tuple[str, ...] = ()
