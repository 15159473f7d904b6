"""Looking before the end: intervals that hold at every look."""

from __future__ import annotations

import math

from decision_widgets.checks import Between, problems
from decision_widgets.errors import InputError


def always_valid_quantile(*, alpha: float, share_of_plan: float) -> float:
    """Return how many standard errors an interval needs on each side to hold at every look at once.

    Normal-mixture asymptotic confidence sequence (Robbins 1970; Howard et al. 2021; Waudby-Smith et al. 2024):
    ``half-width = √(V(V+φ²)/φ² · ln((V+φ²)/(V·α²)))``, here divided by SE = √V. The mixture is tuned to half the
    plan, ``φ² = V*·(−2·ln α + ln(1 − 2·ln α))`` with V* the variance expected there, ``V·share/0.5``.

    Parameters
    ----------
    alpha : float
        Two-sided error over all looks together.
    share_of_plan : float
        What is collected of what was planned, above 0.

    >>> round(always_valid_quantile(alpha=0.05, share_of_plan=0.5), 3)
    3.035
    """
    wrong = problems(
        {"alpha": Between(0, 0.5), "share_of_plan": Between(0, math.inf)},
        {"alpha": alpha, "share_of_plan": share_of_plan},
    )
    if wrong:
        raise InputError.together("always_valid_quantile", wrong)
    ratio = (share_of_plan / 0.5) * (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha)))
    return math.sqrt((1 + ratio) / ratio * math.log((1 + ratio) / alpha**2))
