"""What an experiment of this precision could have seen."""

from __future__ import annotations

from decision_widgets.estimates.arguments import checked_alpha, number
from decision_widgets.estimates.quantiles import upper_quantile


def detectable_effect(std_error: float, *, df: float | None, alpha: float, power: float) -> float:
    """Return the smallest true effect that this standard error detects with the given power.

    ``(t_{1−α/2} + t_{power})·SE``, in the unit of `std_error` (two-sided test). `std_error` and `df` are positive, the
    power lies between `alpha` and 1.

    >>> round(detectable_effect(1.0, df=None, alpha=0.05, power=0.8), 4)
    2.8016
    """
    number("std_error", std_error, 0)
    number("power", power, checked_alpha(alpha), 1)
    if df is not None:
        number("df", df, 0)
    return (upper_quantile(alpha / 2, df) + upper_quantile(1 - power, df)) * std_error
