"""More than two arms: do they differ at all, which from control, which from each other, and how a contrast reads.

Arms are independent, so that the covariance of all effects follows from one variance per arm: the regression on arm
dummies with clustered errors in closed form.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.clustered import clustered_difference
from decision_widgets.estimates.many_to_one import SimultaneousDifference, adjusted_difference, many_to_one
from decision_widgets.estimates.multiple import adjust_p_values
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.estimates.simultaneous import interval_alpha
from decision_widgets.moments import ArmMoments, floats
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class JointArmTest(Record):
    """The test that no treatment has an effect.

    Attributes
    ----------
    wald : float
        ``β'V⁻¹β`` of all effects against control; about χ² in large samples.
    statistic, df, df_denominator, p_value : float
        F, with its number of treatments and its approximate denominator.
    """

    wald: float
    statistic: float
    df: int
    df_denominator: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ArmContrast(Record):
    """A weighted sum of the arms' levels; `coefficients` in the order of the arms."""

    coefficients: tuple[float, ...]
    effect: float
    std_error: float
    df: float
    statistic: float
    p_value: float
    effect_lower: float
    effect_upper: float
    alpha: float


def joint_arm_test(arms: Sequence[ArmMoments]) -> JointArmTest:
    """Tell whether any arm differs from the others, with errors clustered by participant.

    ``W = Σ w_a(R_a − R̄)²``, ``w_a = 1/V_a`` (CR2), which is ``β'V⁻¹β`` of the regression on arm dummies. With K arms,
    ``F = W/(K−1) / (1 + 2(K−2)/(K²−1)·Λ)`` on ``K−1`` and ``(K²−1)/(3Λ)`` degrees of freedom,
    ``Λ = Σ(1−w_a/Σw)²/ν_a`` (Welch 1951), ν_a the Bell–McCaffrey degrees of freedom of an arm's level: n − 1, and so
    Welch's analysis of variance, when participants weigh the same.

    Raises
    ------
    InputError
        Fewer than 2 arms, or an arm whose level has no clustered error or does not vary.
    """
    _check(arms)
    variances = np.array([arm.sums.adjusted_residual for arm in arms])
    if not (variances > 0).all():
        raise InputError("A joint test needs values that vary in every arm; at least one arm is constant.")
    k = len(arms)
    unit = float(variances.min())
    weight = unit / variances
    levels = _levels(arms) / math.sqrt(unit)
    wald = float(weight @ (levels - weight @ levels / weight.sum()) ** 2)
    spread = float(((1 - weight / weight.sum()) ** 2 * [arm.sums.spread * arm.weight**2 for arm in arms]).sum())
    statistic = wald / (k - 1) / (1 + 2 * (k - 2) / (k**2 - 1) * spread)
    df_denominator = (k**2 - 1) / (3 * spread)
    return JointArmTest(
        wald=wald,
        statistic=statistic,
        df=k - 1,
        df_denominator=df_denominator,
        p_value=float(scipy.special.fdtrc(k - 1, df_denominator, statistic)),
    )


def arm_contrast(arms: Sequence[ArmMoments], coefficients: Sequence[float], *, alpha: float = 0.05) -> ArmContrast:
    """Estimate a weighted sum of the arms' levels, such as one treatment against the mean of two others.

    ``effect = Σ c_aR_a``, ``V = Σ c_a²V_a`` (CR2), ``df = (Σ c_a²/M_a)² / Σ c_a⁴(Σq² − 2Σq·v² + (Σv²)²)`` (Bell &
    McCaffrey 2002); ``c = (−1, 1)`` is `clustered_difference`. Coefficients add up to 0.
    """
    _check(arms)
    checked_alpha(alpha)
    c = floats("coefficients", coefficients)
    if c.shape != (len(arms),) or not np.isfinite(c).all():
        raise InputError(f"A contrast has one coefficient for each of the {len(arms)} arms; got {coefficients!r}.")
    if not c.any() or abs(c.sum()) > 1e-9 * np.abs(c).sum():
        raise InputError(f"The coefficients of a contrast add up to 0 and are not all 0; got {coefficients!r}.")
    variance = float(c**2 @ [arm.sums.adjusted_residual for arm in arms])
    if not variance > 0:
        raise InputError("A contrast needs values that vary in some arm it compares.")
    scale = float(c**2 @ [1 / arm.weight for arm in arms])
    df = scale**2 / float(c**4 @ [arm.sums.spread for arm in arms])
    effect, std_error = float(c @ _levels(arms)), math.sqrt(variance)
    half = upper_quantile(alpha / 2, df) * std_error
    return ArmContrast(
        coefficients=tuple(float(each) for each in c),
        effect=effect,
        std_error=std_error,
        df=df,
        statistic=effect / std_error,
        p_value=two_sided_p(effect / std_error, df),
        effect_lower=effect - half,
        effect_upper=effect + half,
        alpha=alpha,
    )


def versus_control(
    control: ArmMoments, treatments: Mapping[str, ArmMoments], *, alpha: float = 0.05
) -> dict[str, SimultaneousDifference]:
    """Compare every treatment with control, errors clustered by participant, adjusted by `many_to_one` (Dunnett)."""
    alone = [clustered_difference(control, arm, alpha=alpha) for arm in treatments.values()]
    return dict(zip(treatments, many_to_one(alone, alpha=alpha), strict=True))


def all_pairs(arms: Mapping[str, ArmMoments], *, alpha: float = 0.05) -> dict[tuple[str, str], SimultaneousDifference]:
    """Compare every pair of arms, the second minus the first, errors clustered by participant.

    p-values are adjusted by Holm, and by Bonferroni for the single step and the intervals.
    """
    pairs = {
        (one, other): clustered_difference(arms[one], arms[other], alpha=alpha)
        for one, other in itertools.combinations(arms, 2)
    }
    if not pairs:
        raise InputError(f"Pairs need at least 2 arms; got {len(arms)}.")
    p_values = [each.p_value for each in pairs.values()]
    stepwise, single = adjust_p_values(p_values, "holm"), adjust_p_values(p_values, "bonferroni")
    one_alpha = interval_alpha(len(pairs), alpha=alpha)
    return {
        pair: adjusted_difference(
            each,
            p_single_step=p_single,
            p_adjusted=p_stepwise,
            quantile=each.quantile(one_alpha),
            alpha=alpha,
            family=len(pairs),
        )
        for (pair, each), p_single, p_stepwise in zip(pairs.items(), single, stepwise, strict=True)
    }


def _check(arms: Sequence[ArmMoments]) -> None:
    if len(arms) < 2:
        raise InputError(f"A comparison needs at least 2 arms; got {len(arms)}.")
    if any(arm.n_participants < 2 or not arm.sums.estimable for arm in arms):
        raise InputError("Clustered errors need at least 2 participants with weight in each arm.")


def _levels(arms: Sequence[ArmMoments]) -> np.ndarray:
    """Return the levels above the first arm's shift, with the digits that large levels lose."""
    return np.array([arm.level_above_shift + (arm.shift - arms[0].shift) for arm in arms])
