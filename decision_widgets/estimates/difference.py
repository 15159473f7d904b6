"""The difference between two arms, with its standard error, interval and p-value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.moments import Moments
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MeanDifference(Record):
    """Treatment minus control.

    Attributes
    ----------
    control_mean, treatment_mean, effect : float
        In the metric's own unit; ``effect = treatment_mean − control_mean``.
    std_error : float
        Standard error of `effect`: the root of ``control_variance + treatment_variance − 2·covariance``.
    control_variance, treatment_variance, covariance : float
        Of the two levels; arms are independent unless something was estimated from both, such as covariates' means.
    df : float or None
        Degrees of freedom of the t distribution; ``None`` means the normal.
    statistic, p_value : float
        ``effect / std_error`` and its two-sided p-value.
    effect_lower, effect_upper : float
        The ``1 − alpha`` interval.
    """

    control_mean: float
    treatment_mean: float
    effect: float
    std_error: float
    control_variance: float
    treatment_variance: float
    df: float | None
    statistic: float
    p_value: float
    effect_lower: float
    effect_upper: float
    alpha: float
    covariance: float = 0.0

    def quantile(self, alpha: float) -> float:
        """Return how many standard errors the two-sided ``1 − alpha`` interval reaches to each side."""
        return upper_quantile(checked_alpha(alpha) / 2, self.df)

    def interval(self, quantile: float) -> tuple[float, float]:
        """Return the interval that reaches so many standard errors to each side."""
        half = quantile * self.std_error
        return self.effect - half, self.effect + half


def difference(
    control_mean: float,
    treatment_mean: float,
    control_variance: float,
    treatment_variance: float,
    *,
    df: float | None,
    alpha: float,
    control_offset: float = 0.0,
    treatment_offset: float = 0.0,
    covariance: float = 0.0,
) -> MeanDifference:
    """Compare two levels whose sampling variances are known; refuses a variance of 0.

    The offsets were subtracted from the levels, so that the effect keeps the digits a large level would cost.

    Raises
    ------
    InputError
        A variance of either level below 0, or none of their difference above 0; degrees of freedom that are not
        positive; `alpha` outside 0 to 1.
    """
    checked_alpha(alpha)
    if df is not None and not 0 < df < math.inf:
        raise InputError(f"Degrees of freedom are positive, or None for the normal; got {df}.")
    if min(control_variance, treatment_variance) < 0:
        raise InputError(f"A variance is not negative; got {control_variance:g} and {treatment_variance:g}.")
    variance = control_variance + treatment_variance - 2 * covariance
    if not (math.isfinite(variance) and variance > 0):
        raise InputError(f"A test needs a positive variance; got {variance:g}.")
    effect = (treatment_mean - control_mean) + (treatment_offset - control_offset)
    std_error = math.sqrt(variance)
    half = upper_quantile(alpha / 2, df) * std_error
    return MeanDifference(
        control_mean=control_mean + control_offset,
        treatment_mean=treatment_mean + treatment_offset,
        effect=effect,
        std_error=std_error,
        control_variance=control_variance,
        treatment_variance=treatment_variance,
        df=df,
        statistic=effect / std_error,
        p_value=two_sided_p(effect / std_error, df),
        effect_lower=effect - half,
        effect_upper=effect + half,
        alpha=alpha,
        covariance=covariance,
    )


def welch_t(control: Moments, treatment: Moments, *, alpha: float = 0.05) -> MeanDifference:
    """Tell whether two means differ, without assuming equal variances.

    ``SE² = s_t²/n_t + s_c²/n_c`` with Welch–Satterthwaite degrees of freedom (Welch 1947). Each argument holds
    the moments of one column of independent values, at least 2 rows each. Arms that vary by no more than rounding are
    refused (``E_NO_VARIATION``), here and in the tests below.

    >>> welch = welch_t(Moments.of({"y": [1, 2, 3]}), Moments.of({"y": [2, 4, 6]}))
    >>> round(welch.effect, 6), round(welch.std_error, 6), round(welch.df, 6)
    (2.0, 1.290994, 2.941176)
    """
    v_c, v_t = _variance_of_mean(control), _variance_of_mean(treatment)
    if v_c + v_t == 0:
        raise no_variation(control, treatment)
    share_c, share_t = v_c / (v_c + v_t), v_t / (v_c + v_t)  # shares, for the squares of tiny variances are 0
    df = 1 / (share_c**2 / (control.n - 1) + share_t**2 / (treatment.n - 1))
    return difference(float(control.mean[0]), float(treatment.mean[0]), v_c, v_t, df=df, alpha=alpha)


def student_t(control: Moments, treatment: Moments, *, alpha: float = 0.05) -> MeanDifference:
    """Tell whether two means differ, assuming equal variances: the same as plain OLS on a treatment dummy.

    ``SE² = s²(1/n_t + 1/n_c)`` with the pooled variance s² and ``n_t + n_c − 2`` degrees of freedom (Student 1908).
    """
    df = control.n + treatment.n - 2
    if df < 1:
        raise InputError(f"A pooled variance needs at least 3 values; got {df + 2}.")
    pooled = pooled_variance([control, treatment], df)
    return difference(
        float(control.mean[0]),
        float(treatment.mean[0]),
        pooled / control.n,
        pooled / treatment.n,
        df=float(df),
        alpha=alpha,
    )


def ratio_difference(control: Moments, treatment: Moments, *, alpha: float = 0.05) -> MeanDifference:
    """Tell whether a ratio of totals ``Σnum/Σden`` differs between two arms (delta method).

    Each argument holds the moments of two columns over independent units, numerator first. With
    ``u_i = (num_i − R·den_i)/mean(den)`` the variance of an arm's ratio is ``Σu²/(n−1)/n`` (Deng, Knoblich & Lu 2018);
    the quantiles are normal.
    """
    (r_c, v_c), (r_t, v_t) = _ratio_and_variance(control), _ratio_and_variance(treatment)
    if v_c + v_t == 0:
        n = control.n + treatment.n
        raise CannotEstimate("E_NO_VARIATION", "Each arm has the same ratio in every unit.", n=n, value=r_c)
    return difference(r_c, r_t, v_c, v_t, df=None, alpha=alpha)


def pooled_variance(arms: Sequence[Moments], df: float) -> float:
    """Return the variance within arms of the first column; refuses arms that do not vary."""
    squares = sum(arm.variance(arm.columns[0]) * (arm.n - 1) for arm in arms if arm.n > 1)
    if squares == 0:
        raise no_variation(*arms)
    return squares / df


def no_variation(*arms: Moments) -> CannotEstimate:
    """Return the refusal of arms each of which has one value only, but for rounding."""
    n, value = sum(arm.n for arm in arms), float(arms[0].mean[0])
    return CannotEstimate(
        "E_NO_VARIATION", "A test needs values that vary; each arm has one value only.", n=n, value=value
    )


def _variance_of_mean(moments: Moments) -> float:
    return moments.variance(moments.columns[0]) / moments.n


def _ratio_and_variance(moments: Moments) -> tuple[float, float]:
    numerator, denominator = (float(mean) for mean in moments.mean)
    if denominator == 0:
        raise InputError("A ratio needs a denominator whose total is not 0.")
    ratio = numerator / denominator
    u = moments.combination((1 / denominator, -ratio / denominator))
    return ratio, _variance_of_mean(u)
