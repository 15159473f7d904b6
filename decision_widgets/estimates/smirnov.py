"""Kolmogorov–Smirnov: do two arms have the same distribution?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from decision_widgets.estimates.merged import Integers, Merged, merge
from decision_widgets.moments import Sample
from decision_widgets.records import Record

# Products of the two sizes below this get the exact p-value, as in R.
EXACT_BELOW = 10_000


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KolmogorovSmirnov(Record):
    """The largest gap between two distribution functions.

    Attributes
    ----------
    statistic : float
        ``D = max |F_t − F_c|``, from 0 to 1.
    p_value_limit : float
        By Kolmogorov's limit ``P(K ≥ D·√(n_t·n_c/(n_t + n_c)))``; too large in small samples or with ties.
    p_value : float
        Two-sided, by `method`: exact, given the ties, when ``n_t·n_c`` is below 10,000.
    """

    n_control: int
    n_treatment: int
    statistic: float
    p_value_limit: float
    p_value: float
    method: Literal["exact", "Kolmogorov's limit"]


def ks_two_sample(control: Sample, treatment: Sample) -> KolmogorovSmirnov:
    """Tell whether two arms differ anywhere in their distribution.

    ``D = max |F_t − F_c|`` (Smirnov 1939). The exact p-value counts the orders of the pooled units that reach D, at
    the ends of groups of equal values only (Schröer & Trenkler 1995). Units must be independent.

    >>> ks = ks_two_sample(Sample.of([1, 2, 3]), Sample.of([4, 5, 6]))
    >>> ks.statistic, ks.p_value, ks.method
    (1.0, 0.1, 'exact')
    """
    merged = merge(control, treatment)
    n_c, n_t = control.n, treatment.n
    at_treatment = np.cumsum(treatment.counts) * n_c - merged.to_treatment * n_t
    at_control = merged.to_control * n_c - np.cumsum(control.counts) * n_t
    gap = int(max(np.abs(at_treatment).max(), np.abs(at_control).max()))  # n_t·n_c·D, a whole number
    statistic = gap / (n_t * n_c)
    limit = float(scipy.special.kolmogorov(statistic * math.sqrt(n_t * n_c / (n_t + n_c))))
    exact = n_t * n_c < EXACT_BELOW
    return KolmogorovSmirnov(
        n_control=n_c,
        n_treatment=n_t,
        statistic=statistic,
        p_value_limit=limit,
        p_value=_exact_p(min(n_t, n_c), max(n_t, n_c), gap, _ends(merged)) if exact else limit,
        method="exact" if exact else "Kolmogorov's limit",
    )


def _ends(merged: Merged) -> Integers:
    """Return how many pooled units lie at or below each distinct value."""
    to_treatment = np.cumsum(merged.treatment.counts) + merged.to_treatment
    to_control = np.cumsum(merged.control.counts) + merged.to_control
    return np.union1d(to_treatment, to_control)


def _exact_p(n: int, m: int, gap: int, ends: Integers) -> float:
    """Return the share of orders of n and m units in which ``|i·m − j·n|`` reaches `gap` at one of the `ends`.

    Step by step over the i + j lowest units: `paths` counts all orders with i of the n among them, `reached` those
    that have reached the gap.
    """
    i = np.arange(n + 1)
    paths = np.zeros(n + 1)
    paths[0] = 1
    reached = np.zeros(n + 1)
    is_end = np.isin(np.arange(n + m + 1), ends)
    for step in range(1, n + m + 1):
        j = step - i
        inside = (j >= 0) & (j <= m)
        for counts in (paths, reached):
            counts[1:] = counts[1:] + counts[:-1]
            counts[~inside] = 0
        if is_end[step]:
            far = np.abs(i * m - j * n) >= gap
            reached[far] = paths[far]
    return float(min(1.0, reached[n] / paths[n]))
