"""Tails and quantiles of the normal and t distributions, from scipy.special (scipy.stats costs 0.7 s to import)."""

from __future__ import annotations

import scipy


def two_sided_p(statistic: float, df: float | None = None) -> float:
    """Return ``P(|T| ≥ |statistic|)`` for t with `df` degrees of freedom, or the normal when `df` is ``None``.

    >>> round(two_sided_p(1.959964), 6), round(two_sided_p(2.0, 10.0), 6)
    (0.05, 0.073388)
    """
    tail = scipy.special.ndtr(-abs(statistic)) if df is None else scipy.special.stdtr(df, -abs(statistic))
    return float(min(1.0, 2 * tail))


def upper_quantile(tail: float, df: float | None = None) -> float:
    """Return the value that t (or the normal) exceeds with probability `tail`.

    >>> round(upper_quantile(0.025), 6), round(upper_quantile(0.025, 10.0), 6)
    (1.959964, 2.228139)
    """
    return float(-scipy.special.ndtri(tail) if df is None else -scipy.special.stdtrit(df, tail))
