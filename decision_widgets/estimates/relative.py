"""The relative effect: how much of the control's level was gained."""

from __future__ import annotations

import math
from dataclasses import dataclass

from decision_widgets.estimates.difference import MeanDifference
from decision_widgets.estimates.quantiles import upper_quantile
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RelativeEffect(Record):
    """``treatment_mean / control_mean − 1`` with Fieller's interval; `delta_std_error` is the delta method's."""

    relative_effect: float
    relative_effect_lower: float
    relative_effect_upper: float
    delta_std_error: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NoRelativeEffect(Record):
    """Why there is no relative effect: ``E_BASELINE_SIGN`` or ``E_RATIO_UNBOUNDED``."""

    code: str


def relative_effect(
    comparison: MeanDifference, *, quantile: float | None = None, normal: bool = False
) -> RelativeEffect | NoRelativeEffect:
    """Divide an effect by the control's level, with Fieller's interval (Fieller 1954).

    All r with ``(effect − r·R_c)² ≤ q²·Var(effect − r·R_c)``, where ``Var = V_t + (1 + r)²·V_c − 2(1 + r)·C``. The
    quantile q is the one of `comparison` (t with its df), so this interval excludes 0 exactly when the absolute one
    does; `quantile` gives another one, and ``normal=True`` takes the normal's. Refused when the control's level is not
    above 0, or is itself within q standard errors of 0.
    """
    base = comparison.control_mean
    if base <= 0:
        return NoRelativeEffect(code="E_BASELINE_SIGN")
    q = quantile or (upper_quantile(comparison.alpha / 2) if normal else comparison.quantile(comparison.alpha))
    v_t, v_c = comparison.treatment_variance / base**2, comparison.control_variance / base**2
    shared = comparison.covariance / base**2
    g = q**2 * v_c
    if g >= 1:
        return NoRelativeEffect(code="E_RATIO_UNBOUNDED")
    ratio = comparison.treatment_mean / base
    half = q * math.sqrt(v_t * (1 - g) + ratio**2 * v_c - 2 * ratio * shared + (q * shared) ** 2) / (1 - g)
    centre = (ratio - q**2 * shared) / (1 - g)
    return RelativeEffect(
        relative_effect=comparison.effect / base,
        relative_effect_lower=centre - half - 1,
        relative_effect_upper=centre + half - 1,
        delta_std_error=math.sqrt(v_t + ratio**2 * v_c - 2 * ratio * shared),
    )
