"""Wilcoxon's signed-rank test of pairs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates.paired import pairs
from decision_widgets.estimates.rank_counts import EXACT_BELOW, corrected_normal, exact_p, signed_rank_counts
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SignedRank(Record):
    """Wilcoxon's test that the differences of pairs are symmetric about 0.

    Attributes
    ----------
    n_pairs, n_nonzero : int
        All pairs, and those that differ: the others were dropped.
    statistic : float
        V+, the sum of the ranks of |difference| where treatment exceeds control; equal ones share their mean rank.
    z, p_value_normal : float
        Normal approximation with tie and continuity correction.
    p_value : float
        Two-sided, by `method`: exact when no |difference| repeats and fewer than 50 differ.
    """

    n_pairs: int
    n_nonzero: int
    statistic: float
    z: float
    p_value_normal: float
    p_value: float
    method: Literal["exact", "normal approximation"]


def wilcoxon_signed_rank(control: ArrayLike, treatment: ArrayLike) -> SignedRank:
    """Tell whether pairs differ, when their differences may be far from normal.

    ``z = (V+ − n(n+1)/4 ∓ ½)/σ`` with ``σ² = n(n+1)(2n+1)/24 − Σ(g³ − g)/48`` over the n pairs that differ, g the
    sizes of groups of equal |difference| (Wilcoxon 1945). Only for pairs, independent of each other: one switchback
    pair, or one participant before and after. Differences are ranked to their last digit: round values first whose
    last digits mean nothing, or 0.3 − 0.1 and 0.2 − 0 are no tie.

    Parameters
    ----------
    control, treatment : array_like, shape (n,)
        One value per pair, in the same order.

    Raises
    ------
    InputError
        No pairs, different lengths, values that are missing or not finite.
    CannotEstimate
        ``E_NO_VARIATION`` when no pair differs.

    Examples
    --------
    >>> signed = wilcoxon_signed_rank([1, 2, 3, 4], [3, 2, 4, 9])
    >>> signed.statistic, signed.n_nonzero, signed.p_value
    (6.0, 3, 0.25)
    """
    c, t = pairs(control, treatment)
    if not len(c):
        raise InputError("A signed-rank test needs at least 1 pair; got none.")
    d = t - c
    differing = d[d != 0]
    n = len(differing)
    if n == 0:
        raise CannotEstimate("E_NO_VARIATION", f"None of {len(d)} pairs differs.", n=len(d), value=0.0)
    _, group, sizes = np.unique(np.abs(differing), return_inverse=True, return_counts=True)
    twice_ranks = (2 * np.cumsum(sizes) - sizes + 1)[group]
    twice_v = int(twice_ranks[differing > 0].sum())
    g = sizes[sizes > 1].astype(np.float64)
    variance = n * (n + 1) * (2 * n + 1) / 24 - float((g**3 - g).sum()) / 48
    z, p_normal = corrected_normal(twice_v / 2 - n * (n + 1) / 4, math.sqrt(variance))
    exact = not len(g) and n < EXACT_BELOW
    return SignedRank(
        n_pairs=len(d),
        n_nonzero=n,
        statistic=twice_v / 2,
        z=z,
        p_value_normal=p_normal,
        p_value=exact_p(signed_rank_counts(n), twice_v // 2) if exact else p_normal,
        method="exact" if exact else "normal approximation",
    )
