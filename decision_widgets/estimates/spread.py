"""Do arms differ in spread?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates.sample_quantiles import sample_quantiles
from decision_widgets.moments import ROUNDING, Sample
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SpreadComparison(Record):
    """Levene's test, centred at medians (Brown–Forsythe).

    Attributes
    ----------
    statistic, df, df_within, p_value : float
        F on K − 1 and N − K degrees of freedom.
    mean_deviations : tuple of float
        Each arm's mean ``|y − median|``, in the metric's own unit.
    """

    statistic: float
    df: int
    df_within: int
    p_value: float
    mean_deviations: tuple[float, ...]


def levene(arms: Sequence[Sample]) -> SpreadComparison:
    """Tell whether two or more arms differ in spread (Brown & Forsythe 1974).

    The F test of a one-way analysis of variance of ``|y − median of its arm|``. It never chooses between tests of
    means: Welch's allows unequal spreads.

    Raises
    ------
    InputError
        Fewer than 2 arms, or units that are all equally far from their arm's median.
    CannotEstimate
        ``E_SMALL_N`` for an arm with fewer than 3 units, ``E_NO_VARIATION`` when no arm varies.

    Examples
    --------
    >>> spread = levene([Sample.of([1, 2, 3, 4]), Sample.of([0, 2, 4, 9])])
    >>> round(spread.statistic, 6), spread.df, spread.df_within
    (2.070423, 1, 6)
    """
    if len(arms) < 2:
        raise InputError(f"A comparison of spreads needs at least 2 arms; got {len(arms)}.")
    sizes = np.array([arm.n for arm in arms])
    if sizes.min() < 3:
        raise CannotEstimate("E_SMALL_N", f"An arm has {sizes.min()} units; a spread needs 3.", n=int(sizes.min()))
    # Scaled by a power of 2, which loses no digit, so that no sum overflows.
    power = math.frexp(max(float(np.abs(arm.values).max()) for arm in arms))[1]
    deviations = [np.abs(np.ldexp(arm.values, -power) - math.ldexp(_median(arm), -power)) for arm in arms]
    if max(float(z.max()) for z in deviations) <= ROUNDING:
        raise CannotEstimate("E_NO_VARIATION", "No arm varies.", n=int(sizes.sum()), value=float(arms[0].values[0]))
    means = np.array([float(arm.counts @ z) / n for arm, z, n in zip(arms, deviations, sizes, strict=True)])
    within = [z - mean for z, mean in zip(deviations, means, strict=True)]
    unit = max(float(np.abs(r).max()) for r in within)
    if unit <= ROUNDING:
        raise InputError("Every unit is equally far from its arm's median, so spreads cannot be compared.")
    df, df_within = len(arms) - 1, int(sizes.sum()) - len(arms)
    between = float(sizes @ ((means - sizes @ means / sizes.sum()) / unit) ** 2)
    residual = sum(float(arm.counts @ (r / unit) ** 2) for arm, r in zip(arms, within, strict=True))
    statistic = (between / df) / (residual / df_within)
    return SpreadComparison(
        statistic=statistic,
        df=df,
        df_within=df_within,
        p_value=float(scipy.special.fdtrc(df, df_within, statistic)),
        mean_deviations=tuple(math.ldexp(float(mean), power) for mean in means),
    )


def _median(arm: Sample) -> float:
    return sample_quantiles(arm, [0.5])[0]
