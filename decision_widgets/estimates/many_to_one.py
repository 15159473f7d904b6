"""Several treatments against one control: Dunnett's p-values and simultaneous intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from decision_widgets.errors import InputError
from decision_widgets.estimates.difference import MeanDifference, difference, pooled_variance
from decision_widgets.estimates.many_to_one_tail import any_exceeds, simultaneous_quantile
from decision_widgets.estimates.simultaneous import interval_disagrees
from decision_widgets.moments import Moments


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SimultaneousDifference(MeanDifference):
    """A difference between two arms, alone and as one of a family.

    Attributes
    ----------
    p_value_single_step : float
        Adjusted p-value that agrees with the simultaneous interval.
    p_value_adjusted : float
        Adjusted stepwise: never larger, and what the family is decided by.
    effect_lower_simultaneous, effect_upper_simultaneous : float
        All intervals of the family hold together with probability ``1 − alpha_simultaneous``.
    family : int
        Comparisons that were adjusted for.
    """

    p_value_single_step: float
    p_value_adjusted: float
    effect_lower_simultaneous: float
    effect_upper_simultaneous: float
    alpha_simultaneous: float
    family: int

    @property
    def p_and_interval_disagree(self) -> bool:
        """Whether the stepwise p-value and the simultaneous interval say different things about 0."""
        return interval_disagrees(
            self.p_value_adjusted,
            self.effect_lower_simultaneous,
            self.effect_upper_simultaneous,
            alpha=self.alpha_simultaneous,
        )


def adjusted_difference(
    alone: MeanDifference, *, p_single_step: float, p_adjusted: float, quantile: float, alpha: float, family: int
) -> SimultaneousDifference:
    """Add to a difference what its family says; the simultaneous interval reaches `quantile` standard errors."""
    lower, upper = alone.interval(quantile)
    return SimultaneousDifference(
        **{field.name: getattr(alone, field.name) for field in fields(MeanDifference)},
        p_value_single_step=p_single_step,
        p_value_adjusted=p_adjusted,
        effect_lower_simultaneous=lower,
        effect_upper_simultaneous=upper,
        alpha_simultaneous=alpha,
        family=family,
    )


def many_to_one(differences: Sequence[MeanDifference], *, alpha: float = 0.05) -> tuple[SimultaneousDifference, ...]:
    """Tell which treatments differ from the control they share, knowing that the comparisons share it.

    ``p_i = P(max_j |T_j| ≥ |t_i|)`` over all treatments (single step; Dunnett 1955) and over those not yet decided
    (step down; Dunnett & Tamhane 1991), with ``corr(T_i, T_j) = λ_iλ_j``, ``λ_i² = v_0/(v_0+v_i)`` from the sampling
    variances of the levels, so that arms may differ in size and spread. Where degrees of freedom differ, each
    comparison is read from the distribution with its own (Hasler & Hothorn 2008). One treatment is adjusted for
    nothing.

    Parameters
    ----------
    differences : sequence of MeanDifference
        Each treatment minus the same control, in one metric; levels of arms are independent.
    alpha : float
        Of the simultaneous intervals; those alone keep their own.

    Raises
    ------
    InputError
        Without a comparison, or when the controls are not the same.

    Examples
    --------
    >>> alone = [difference(10.0, level, 1.0, 1.0, df=None, alpha=0.05) for level in (14.0, 13.0)]
    >>> [(round(each.p_value, 4), round(each.p_value_adjusted, 4)) for each in many_to_one(alone)]
    [(0.0047, 0.009), (0.0339, 0.0339)]
    """
    if not differences:
        raise InputError("There is no comparison to adjust; give one difference for each treatment.")
    control = differences[0]
    for other in differences[1:]:
        same_level = math.isclose(other.control_mean, control.control_mean, rel_tol=1e-9, abs_tol=1e-300)
        if not (same_level and math.isclose(other.control_variance, control.control_variance, rel_tol=1e-9)):
            raise InputError("Dunnett's comparisons share one control; these differ in its level or its variance.")
    v0, variances = control.control_variance, np.array([each.treatment_variance for each in differences])
    quantiles = {df: simultaneous_quantile(alpha, v0, variances, df) for df in {each.df for each in differences}}
    stepwise = _step_down(differences, v0, variances)
    return tuple(
        adjusted_difference(
            each,
            p_single_step=any_exceeds(abs(each.statistic), v0, variances, each.df),
            p_adjusted=p,
            quantile=quantiles[each.df],
            alpha=alpha,
            family=len(differences),
        )
        for each, p in zip(differences, stepwise, strict=True)
    )


def dunnett(
    control: Moments, treatments: Sequence[Moments], *, alpha: float = 0.05
) -> tuple[SimultaneousDifference, ...]:
    """Tell which means differ from the control's, assuming equal variances: Dunnett's own test (1955).

    ``s² = Σ(y−ȳ)²/(N−K)`` pooled over all K arms, ``N − K`` degrees of freedom. Each argument holds the moments of one
    column of independent values.

    >>> control, one, two = (Moments.of({"y": y}) for y in ([1, 2, 3], [2, 4, 6], [1, 3, 5]))
    >>> [round(each.p_value_single_step, 4) for each in dunnett(control, [one, two])]
    [0.3322, 0.7162]
    """
    arms = [control, *treatments]
    df = sum(arm.n for arm in arms) - len(arms)
    if df < 1:
        raise InputError(f"A pooled variance needs more values than arms; got {df + len(arms)} for {len(arms)} arms.")
    pooled = pooled_variance(arms, df)
    return many_to_one(
        [
            difference(
                float(control.mean[0]),
                float(arm.mean[0]),
                pooled / control.n,
                pooled / arm.n,
                df=float(df),
                alpha=alpha,
            )
            for arm in treatments
        ],
        alpha=alpha,
    )


def _step_down(differences: Sequence[MeanDifference], control_variance: float, variances: np.ndarray) -> list[float]:
    """Decide the clearest of those left, again and again; an adjusted p-value is never below an earlier one."""
    left, adjusted, largest = list(range(len(differences))), [1.0] * len(differences), 0.0
    while left:
        # Among equal degrees of freedom the largest statistic has the smallest p-value.
        clearest = {differences[i].df: i for i in sorted(left, key=lambda i: abs(differences[i].statistic))}
        p = {
            i: any_exceeds(abs(differences[i].statistic), control_variance, variances[left], df)
            for df, i in clearest.items()
        }
        first = min(p, key=lambda i: p[i])
        largest = max(largest, p[first])
        adjusted[first] = largest
        left.remove(first)
    return adjusted
