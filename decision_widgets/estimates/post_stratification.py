"""Effects inside strata, weighted to the whole: post-stratification of means and of clustered levels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TypeVar

from decision_widgets.errors import InputError
from decision_widgets.estimates.clustered import clustered_difference
from decision_widgets.estimates.difference import MeanDifference, difference, welch_t
from decision_widgets.estimates.strata import (
    Cell,
    Stratum,
    Weights,
    cluster_cell,
    degrees_of_freedom,
    known_shares,
    mean_cell,
    merged_members,
    sample_shares,
    share_variance,
    shift_variance,
)
from decision_widgets.estimates.variance_reduction import VarianceReduction, variance_reduction
from decision_widgets.moments import ArmMoments, Moments
from decision_widgets.records import Record

Arm = TypeVar("Arm", Moments, ArmMoments)
Strata = Mapping[str, tuple[Arm | None, Arm | None]]

MERGE_BELOW = 10


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StratumEffect(Record):
    """Treatment minus control in one stratum; `members` are the strata that were merged into it, or itself."""

    members: tuple[str, ...]
    share: float
    effect: float
    std_error: float
    n_control: int
    n_treatment: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PostStratification(Record):
    """A post-stratified difference between arms, beside the plain one.

    Attributes
    ----------
    adjusted, unadjusted : MeanDifference
    std_error_population : float
        Standard error of the adjusted effect as an estimate for the population that the units were drawn from: more
        than ``adjusted.std_error`` when shares come from the sample and effects differ between strata.
    strata : tuple of StratumEffect
    n_strata, n_strata_merged : int
        Strata that came, and how many of them were merged because they were too thin.
    """

    adjusted: MeanDifference
    unadjusted: MeanDifference
    std_error_population: float
    strata: tuple[StratumEffect, ...]
    n_strata: int
    n_strata_merged: int
    reduction: VarianceReduction

    @property
    def kept(self) -> MeanDifference:
        """The estimate to report: the adjusted one, unless the plain one estimates the same more precisely."""
        return self.adjusted if self.reduction.kept == "adjusted" else self.unadjusted


def post_stratified(
    strata: Strata[Moments],
    *,
    shares: Mapping[str, float] | None = None,
    merge_below: int = MERGE_BELOW,
    alpha: float = 0.05,
) -> PostStratification:
    """Tell whether two means differ once both arms are given the same mix of strata.

    ``τ = Σ w_s τ_s``, ``SE² = Σ w_s²(s²_ts/n_ts + s²_cs/n_cs)`` (Miratrix, Sekhon & Yu 2013), t with Satterthwaite
    degrees of freedom. Strata must be fixed before the outcome is seen.

    Parameters
    ----------
    strata : mapping of str to (control, treatment)
        Moments of one column of independent units; ``None`` where an arm has none.
    shares : mapping of str to float, optional
        Known share of each stratum in the population; without it that of the units in both arms. With them the
        adjusted estimate is kept even if it is the less precise.
    merge_below : int
        Strata in which the smaller arm's share of units is below this become one; while that one is too thin itself,
        the smallest of the others joins it. The share is the expected ``n_s·min(n_c, n_t)/n``: merging where an arm
        happens to be short would bias the effect. An arm with fewer than 2 units in a stratum is always too thin.

    Raises
    ------
    InputError
        Arms with fewer than 2 units, shares that do not fit the strata, or nothing that varies inside them.

    Examples
    --------
    >>> old, new = Moments.of({"y": [1, 2, 3] * 5}), Moments.of({"y": [2, 3, 4] * 5})
    >>> answer = post_stratified({"a": (old, new), "b": (new, old)}, shares={"a": 0.75, "b": 0.25})
    >>> answer.adjusted.effect, answer.n_strata_merged
    (0.5, 0)
    """
    groups = _groups(_counts(strata, lambda moments: moments.n), merge_below)
    control, treatment = (reduce(Moments.merge, arm) for arm in _by_arm(strata, strata))
    offset = float(control.mean[0])
    cells = {group: _cells(strata, group, lambda parts: mean_cell(parts, offset)) for group in groups}
    return _weighted(cells, "participants", shares, welch_t(control, treatment, alpha=alpha), offset, len(strata))


def post_stratified_clusters(
    strata: Strata[ArmMoments],
    control: ArmMoments,
    treatment: ArmMoments,
    *,
    weights: Weights = "observations",
    shares: Mapping[str, float] | None = None,
    merge_below: int = MERGE_BELOW,
    alpha: float = 0.05,
) -> PostStratification:
    """Tell whether two levels differ once both arms are given the same mix of strata, errors clustered by participant.

    ``τ = Σ w_s(R_ts − R_cs)`` with ``R = ΣS/Σm`` and ``SE² = Σ w_s²(V_ts + V_cs)``, V the CR2 variance of one arm in
    one stratum; t with Bell–McCaffrey degrees of freedom. With one stratum it is `clustered_difference`.

    Parameters
    ----------
    strata : mapping of str to (control, treatment)
        Participants of each stratum, each of whom belongs to one; ``None`` where an arm has none.
    control, treatment : ArmMoments
        All participants of each arm, for the unadjusted difference.
    weights : {"observations", "participants"}
        Shares from Σm, as the effect on an average observation asks, or from the number of participants.
    shares, merge_below, alpha
        As `post_stratified`.

    Raises
    ------
    InputError
        As `post_stratified`; participants who are in no stratum or in several; a stratum in which one participant
        holds an arm's whole weight.
    """
    if weights not in ("observations", "participants"):
        raise InputError(f"weights must be 'observations' or 'participants'; got {weights!r}.")
    counts = _counts(strata, lambda arm: arm.n_participants)
    groups = _groups(counts, merge_below)
    for i, arm in enumerate((control, treatment)):
        held = sum(pair[i] for pair in counts.values())
        if held != arm.n_participants:
            raise InputError(f"Strata must hold each of an arm's {arm.n_participants} participants once; got {held}.")
    offset = control.shift
    cells = {group: _cells(strata, group, lambda parts: cluster_cell(parts, offset)) for group in groups}
    return _weighted(cells, weights, shares, clustered_difference(control, treatment, alpha=alpha), offset, len(strata))


def _counts(strata: Strata[Arm], count: Callable[[Arm], int]) -> dict[str, tuple[int, int]]:
    if not strata:
        raise InputError("Post-stratification needs at least one stratum; got none.")
    sizes = {name: [0 if arm is None else count(arm) for arm in pair] for name, pair in strata.items()}
    return {name: (control, treatment) for name, (control, treatment) in sizes.items()}


def _groups(counts: Mapping[str, tuple[int, int]], merge_below: int) -> list[tuple[str, ...]]:
    if not merge_below >= 0:
        raise InputError(f"merge_below must be a number of units, 0 or more; got {merge_below}.")
    fewest = min(sum(pair[arm] for pair in counts.values()) for arm in (0, 1))
    if fewest < 2:
        raise InputError(f"Post-stratification needs at least 2 units in each arm; got {fewest}.")
    return merged_members(counts, merge_below)


def _by_arm(strata: Strata[Arm], members: Iterable[str]) -> tuple[list[Arm], list[Arm]]:
    pairs = [strata[name] for name in members]
    return [arm for arm, _ in pairs if arm is not None], [arm for _, arm in pairs if arm is not None]


def _cells(strata: Strata[Arm], members: tuple[str, ...], make: Callable[[list[Arm]], Cell]) -> tuple[Cell, Cell]:
    control, treatment = _by_arm(strata, members)
    return make(control), make(treatment)


def _weighted(
    cells: Mapping[tuple[str, ...], tuple[Cell, Cell]],
    weights: Weights,
    shares: Mapping[str, float] | None,
    unadjusted: MeanDifference,
    offset: float,
    n_strata: int,
) -> PostStratification:
    strata = _shared(cells, weights, shares)
    levels = [sum(s.share * s.cells[arm].level for s in strata) for arm in (0, 1)]
    variances = [sum(s.share**2 * s.cells[arm].variance for s in strata) for arm in (0, 1)]
    if sum(variances) == 0:
        raise InputError("A test needs values that vary inside strata; each stratum has one value only in each arm.")
    adjusted = difference(
        *levels,
        *variances,
        df=degrees_of_freedom(strata),
        alpha=unadjusted.alpha,
        control_offset=offset,
        treatment_offset=offset,
    )
    from_sample = share_variance(strata, weights) if shares is None else 0.0
    shift = shift_variance(strata, weights, shares_known=shares is not None)
    return PostStratification(
        adjusted=adjusted,
        unadjusted=unadjusted,
        std_error_population=math.sqrt(sum(variances) + from_sample),
        strata=tuple(_effect(s) for s in strata),
        n_strata=n_strata,
        n_strata_merged=sum(len(s.members) for s in strata if len(s.members) > 1),
        reduction=variance_reduction(
            adjusted,
            unadjusted,
            std_error_shift=math.sqrt(shift),
            n_units=sum(cell.n for s in strata for cell in s.cells),
            same_effect=shares is None,
        ),
    )


def _shared(
    cells: Mapping[tuple[str, ...], tuple[Cell, Cell]], weights: Weights, shares: Mapping[str, float] | None
) -> list[Stratum]:
    share = sample_shares(cells, weights)
    if shares is not None:
        known = known_shares(shares, [name for members in cells for name in members])
        share = {members: sum(known[name] for name in members) for members in cells}
    return [
        Stratum(members=members, share=share[members], control=control, treatment=treatment)
        for members, (control, treatment) in cells.items()
    ]


def _effect(stratum: Stratum) -> StratumEffect:
    return StratumEffect(
        members=stratum.members,
        share=stratum.share,
        effect=stratum.effect,
        std_error=math.sqrt(stratum.control.variance + stratum.treatment.variance),
        n_control=stratum.control.n,
        n_treatment=stratum.treatment.n,
    )
