"""How many rankings give each value of a rank statistic: the exact null distributions, and two-sided p-values."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

Counts = NDArray[np.float64]

# Below this many units (per arm, or pairs) an untied sample gets the exact p-value, as in R.
EXACT_BELOW = 50


def mann_whitney_counts(n: int, m: int) -> Counts:
    """Return how many of the ``C(n+m, n)`` rankings have ``U = 0 … n·m`` (Mann & Whitney 1947), shape (nm + 1,).

    By whether the largest value is among the n (it beats all m) or among the m.

    >>> mann_whitney_counts(2, 2).tolist()
    [1.0, 1.0, 2.0, 1.0, 1.0]
    """
    below: list[Counts] = [np.ones(1)] * (m + 1)
    for i in range(1, n + 1):
        row = [np.ones(1)]
        for j in range(1, m + 1):
            counts = np.zeros(i * j + 1)
            counts[j:] += below[j]
            counts[: i * (j - 1) + 1] += row[j - 1]
            row.append(counts)
        below = row
    return below[m]


def signed_rank_counts(n: int) -> Counts:
    """Return how many of the ``2ⁿ`` sets of signs have positive ranks that add to ``0 … n(n+1)/2``.

    >>> signed_rank_counts(3).tolist()
    [1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]
    """
    counts = np.zeros(n * (n + 1) // 2 + 1)
    counts[0] = 1
    for rank in range(1, n + 1):
        counts[rank:] = counts[rank:] + counts[:-rank]
    return counts


def exact_p(counts: Counts, statistic: int) -> float:
    """Return twice the smaller tail of a symmetric distribution, at most 1."""
    tail = counts[: min(statistic, len(counts) - 1 - statistic) + 1]
    return float(min(1.0, 2 * tail.sum() / counts.sum()))


def corrected_normal(difference: float, std_deviation: float) -> tuple[float, float]:
    """Return z and the two-sided p-value with the continuity correction of ½ towards 0.

    >>> z, p = corrected_normal(20.0, 10.0)
    >>> z, round(p, 6)
    (1.95, 0.051176)
    """
    z = (difference - 0.5 * float(np.sign(difference))) / std_deviation
    return z, float(min(1.0, 2 * scipy.special.ndtr(-abs(z))))
