"""What an experiment of this precision could have seen."""

from __future__ import annotations

from decision_widgets.estimates.quantiles import upper_quantile


def detectable_effect(std_error: float, *, df: float | None, alpha: float, power: float) -> float:
    """Return the smallest true effect that this standard error detects with the given power.

    ``(t_{1−α/2} + t_{power})·SE``, in the unit of `std_error` (two-sided test).

    >>> round(detectable_effect(1.0, df=None, alpha=0.05, power=0.8), 4)
    2.8016
    """
    return (upper_quantile(alpha / 2, df) + upper_quantile(1 - power, df)) * std_error
