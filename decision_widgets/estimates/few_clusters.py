"""Whether there are enough randomised units to judge an effect by its clustered error."""

from __future__ import annotations

import math
from typing import Final, Literal

from decision_widgets.errors import InputError

FewClusters = Literal["refuse", "warn"]

LEAST: Final = 3
ENOUGH: Final = 10


def few_clusters(n_control: int, n_treatment: int, df: float, *, effective: float = math.inf) -> FewClusters | None:
    """Say whether a p-value and an interval may be shown, or only with a warning, or without one (``None``).

    Refused with fewer than 3 units in an arm, fewer than 3 Bell–McCaffrey degrees of freedom or an arm that weighs
    like fewer than 3 units, where even the bias-reduced error is too small (16% false positives with 1 treated unit
    of 4; 28% of 200 where one holds three quarters of an arm's weight, which leaves 39 degrees of freedom); warned
    below 10 of any.

    Parameters
    ----------
    n_control, n_treatment : int
        Units that were randomised, in each arm.
    df : float
        Degrees of freedom of the treatment's coefficient, as in `PanelRegression`.
    effective : float
        The fewer of both arms' ``1/Σh²``, h a unit's share of its arm's weight: how many units of equal weight the arm
        is like (Carter, Schnepel & Steigerwald 2017), as in ``ArmMoments.effective_participants``. Left out where
        units weigh alike.

    Examples
    --------
    >>> few_clusters(2, 9, 7.5), few_clusters(6, 6, 9.8), few_clusters(40, 40, 77.2)
    ('refuse', 'warn', None)
    >>> few_clusters(200, 200, 39.0, effective=1.8)
    'refuse'
    """
    if not (df >= 0 and effective >= 0 and min(n_control, n_treatment) >= 0):
        raise InputError(
            f"Units and df cannot be negative or missing; got {n_control}, {n_treatment}, {df} and {effective}."
        )
    fewest = min(n_control, n_treatment, df, effective)
    return "refuse" if fewest < LEAST else "warn" if fewest < ENOUGH else None
