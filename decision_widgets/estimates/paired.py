"""The mean difference of pairs: the same unit, or two matched units, once under each arm."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates.arguments import as_numbers, checked_alpha
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.moments import ROUNDING
from decision_widgets.records import Record

# Sums of larger values overflow.
LARGEST = 1e300


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PairedDifference(Record):
    """Treatment minus control within pairs.

    Attributes
    ----------
    control_mean, treatment_mean, effect : float
        In the metric's own unit; `effect` is the mean of the pairs' differences.
    std_error, df, statistic, p_value : float
        t on ``n_pairs − 1`` degrees of freedom, two-sided.
    effect_lower, effect_upper : float
        The ``1 − alpha`` interval.
    """

    n_pairs: int
    control_mean: float
    treatment_mean: float
    effect: float
    std_error: float
    df: float
    statistic: float
    p_value: float
    effect_lower: float
    effect_upper: float
    alpha: float


def paired_t(control: ArrayLike, treatment: ArrayLike, *, alpha: float = 0.05) -> PairedDifference:
    """Tell whether the mean difference of pairs is 0.

    ``SE² = Σ(d − d̄)²/(n − 1)/n`` of ``d = treatment − control``, t on n − 1 degrees of freedom (Student 1908). Pairs
    must be independent of each other; their differences nearly normal, or many.

    Parameters
    ----------
    control, treatment : array_like, shape (n,)
        One value per pair, in the same order.

    Raises
    ------
    InputError
        Fewer than 2 pairs, different lengths, values that are missing or not finite.
    CannotEstimate
        ``E_NO_VARIATION`` when every pair differs by the same amount.

    Examples
    --------
    >>> paired = paired_t([1, 2, 3, 4], [2, 4, 3, 7])
    >>> paired.effect, round(paired.std_error, 6), paired.df
    (1.5, 0.645497, 3.0)
    """
    quantile_tail = checked_alpha(alpha) / 2
    c, t = pairs(control, treatment)
    n = len(c)
    if n < 2:
        raise InputError(f"A paired t-test needs at least 2 pairs; got {n}.")
    d = t - c
    effect = float(d.mean())
    deviation = d - effect
    size = float(np.abs(deviation).max())
    if size <= ROUNDING * max(np.abs(c).max(), np.abs(t).max()):
        raise CannotEstimate("E_NO_VARIATION", f"All {n} pairs differ by {effect:g}.", n=n, value=effect)
    std_error = size * math.sqrt(float(((deviation / size) ** 2).sum()) / (n - 1) / n)
    half = upper_quantile(quantile_tail, n - 1) * std_error
    return PairedDifference(
        n_pairs=n,
        control_mean=float(c.mean()),
        treatment_mean=float(t.mean()),
        effect=effect,
        std_error=std_error,
        df=float(n - 1),
        statistic=effect / std_error,
        p_value=two_sided_p(effect / std_error, n - 1),
        effect_lower=effect - half,
        effect_upper=effect + half,
        alpha=alpha,
    )


def pairs(control: ArrayLike, treatment: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both sides of the pairs as arrays of equal length; refuse what is not paired or not finite."""
    c, t = as_numbers(control, "control"), as_numbers(treatment, "treatment")
    if len(c) != len(t):
        raise InputError(f"Pairs need two lists of equal length; got {len(c)} and {len(t)}.")
    usable = (np.abs(c) < LARGEST) & (np.abs(t) < LARGEST)
    if not usable.all():
        raise InputError(f"Pairs need finite values on both sides; {int((~usable).sum())} of {len(c)} lack one.")
    return c, t
