"""Which arms are planned, which pairs of them are compared, and at what level each pair is tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from decision_widgets.design import BetweenSubject, Metric
from decision_widgets.estimates import control_pairs, every_pair, simultaneous_quantile
from decision_widgets.estimates.quantiles import two_sided_p
from decision_widgets.vocabulary import Compare

SECOND_ARM = "treatment"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedArms:
    """Arms, control first, with their shares of the participants, and the pairs (places of control and treatment)."""

    names: tuple[str, ...]
    shares: tuple[float, ...]
    pairs: tuple[tuple[int, int], ...]
    versus_control: bool


def planned_arms(design: BetweenSubject, compare: Compare) -> PlannedArms:
    """Return the arms of a design; one that names none plans two equal ones."""
    if design.arms is None:
        second = SECOND_ARM if design.control != SECOND_ARM else f"{SECOND_ARM} 2"
        names: tuple[str, ...] = (design.control, second)
        shares: tuple[float, ...] = (0.5, 0.5)
    else:
        names, shares = (tuple(part) for part in zip(*((arm.name, arm.share) for arm in design.arms), strict=True))
    versus = compare == "control"
    pairs = control_pairs(len(names)) if versus else every_pair(len(names))
    return PlannedArms(names=names, shares=shares, pairs=pairs, versus_control=versus)


def pair_alpha(design: BetweenSubject, metric: Metric, arms: PlannedArms, *, margin: bool) -> tuple[float, str]:
    """Return the level of one comparison, as the analysis will judge it, and how it was found in words.

    A guardrail's margin must hold by itself: one-sided, at half the level. One primary metric against control is
    Dunnett's, several primary metrics and pairs share the level (Bonferroni); others share it among their pairs.
    """
    if margin:
        return design.alpha / 2, f"one-sided at {design.alpha / 2:g}"
    primaries = sum(each.role == "primary" for each in design.metrics) if metric.role == "primary" else 1
    comparisons = len(arms.pairs) * primaries
    if comparisons == 1:
        return design.alpha, f"two-sided at {design.alpha:g}"
    asked = design.dependent is not None or design.negatively_related is not None
    if metric.role == "primary" and primaries == 1 and arms.versus_control and not asked:
        alpha = dunnett_alpha(design.alpha, arms.shares)
        return alpha, f"two-sided, Dunnett for {len(arms.pairs)} treatments ({alpha:.4g} each)"
    alpha = design.alpha / comparisons
    return alpha, f"two-sided, Bonferroni for {comparisons} comparisons ({alpha:.4g} each)"


def dunnett_alpha(alpha: float, shares: Sequence[float]) -> float:
    """Return the level of one of several comparisons with one control, which together reject with probability alpha.

    >>> round(dunnett_alpha(0.05, [1 / 3, 1 / 3, 1 / 3]), 5)
    0.02696
    """
    quantile = simultaneous_quantile(alpha, 1 / shares[0], [1 / share for share in shares[1:]], None)
    return two_sided_p(quantile)
