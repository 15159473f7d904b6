"""Is a covariate the same in every arm, as what was measured before exposure must be?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import Final

import scipy

from decision_widgets.errors import InputError
from decision_widgets.moments import Moments

# What varies by less than this share of its size is one value, but for rounding.
ROUNDING: Final = 1e-9
# A gamma with less skewness is the normal to four digits of any tail that matters, and loses digits itself.
NORMAL_BELOW: Final = 1e-4


def balance_p(arms: Sequence[Moments], *, skewness: float = 0.0) -> float:
    """Return the p-value of the hypothesis that arms are random parts of all units: is a covariate the same in each?

    What was there before the split has no arm, so under the hypothesis the mean of an arm is that of n units drawn
    from all N without putting back: ``E = x̄``, ``V = M2(N − n)/(n(N − 1))`` and the third moment
    ``M3(N − n)(N − 2n)/(n²(N − 1)(N − 2))``, M2 and M3 the central moments of all N values. Each tail is that of the
    normal or of the gamma with these three moments (Pearson type III; Mielke, Berry & Johnson 1976), whichever is
    larger; the p-value is twice the smaller tail, for more than two arms the smallest of all K arms times K. Unlike
    Welch's test it keeps its level for skewed covariates in unequal arms.

    Parameters
    ----------
    arms : sequence of Moments
        One column each, over independent units, at least 1 in each arm.
    skewness : float
        ``M3/M2^1.5`` of the values of all arms together.

    Raises
    ------
    InputError
        Fewer than two arms, or a skewness that is not a number.

    Examples
    --------
    >>> round(balance_p([Moments.of({"x": [1, 2, 3]}), Moments.of({"x": [2, 4, 6]})]), 6)
    0.170904
    """
    if len(arms) < 2 or not math.isfinite(skewness):
        raise InputError(f"A comparison needs two arms and a finite skewness; got {len(arms)} and {skewness}.")
    together = reduce(Moments.merge, arms)
    n, spread = together.n, float(together.cross[0, 0])
    size = max(abs(float(arm.mean[0])) for arm in arms)
    if spread <= n * (ROUNDING * size) ** 2:
        return 1.0
    tails = [_tail(arm, together, math.sqrt(spread / n), skewness) for arm in arms]
    return min(1.0, 2 * (tails[0] if len(arms) == 2 else len(arms) * min(tails)))


def _tail(arm: Moments, together: Moments, std_dev: float, skewness: float) -> float:
    """Return the smaller tail of one arm's mean among random parts of that size."""
    n, N = arm.n, together.n  # noqa: N806 (the names of the sampling literature)
    z = (float(arm.mean[0]) - float(together.mean[0])) / std_dev * math.sqrt(n * (N - 1) / (N - n))
    own = skewness * (N - 2 * n) / (N - 2) * math.sqrt((N - 1) / (n * (N - n))) if N > 2 else 0.0
    if own < 0:
        z, own = -z, -own
    above, below = _gamma_tails(z, own)
    return min(max(float(scipy.special.ndtr(-z)), above), max(float(scipy.special.ndtr(z)), below))


def _gamma_tails(z: float, skewness: float) -> tuple[float, float]:
    """Return the upper and the lower tail of the standardised gamma with that skewness, 0 where it is the normal."""
    if skewness < NORMAL_BELOW:
        return 0.0, 0.0
    shape = 4 / skewness**2
    at = max(0.0, shape + z * math.sqrt(shape))
    return float(scipy.special.gammaincc(shape, at)), float(scipy.special.gammainc(shape, at))
