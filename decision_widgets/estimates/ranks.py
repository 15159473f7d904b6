"""Mann–Whitney: how often does a treated unit exceed a control unit?"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from decision_widgets.errors import CannotEstimate
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.merged import Integers, Stretch, merge, stretches
from decision_widgets.estimates.quantiles import upper_quantile
from decision_widgets.estimates.rank_counts import EXACT_BELOW, corrected_normal, exact_p, mann_whitney_counts
from decision_widgets.moments import Sample
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MannWhitney(Record):
    """The chance that a treated unit exceeds a control unit, and the test that it is one half.

    Attributes
    ----------
    n_control, n_treatment : int
        Units whose values were compared.
    superiority : float
        ``P(T > C) + ½·P(T = C)``, from 0 to 1.
    std_error, df : float or None
        Brunner–Munzel, of `superiority`; ``None`` where the two arms do not overlap or one has a single unit.
    superiority_lower, superiority_upper : float or None
        The ``1 − alpha`` interval by them, within 0 and 1; ``None`` with them.
    statistic : float
        U of the treatment: pairs of a treated and a control unit where the treated one exceeds, ties half.
    z, p_value_normal : float
        Normal approximation with tie and continuity correction.
    p_value : float
        Two-sided, by `method`: exact when nothing is tied and both arms have fewer than 50 units.
    tie_share : float
        Share of all units whose value another unit holds too.
    """

    n_control: int
    n_treatment: int
    superiority: float
    std_error: float | None
    df: float | None
    superiority_lower: float | None
    superiority_upper: float | None
    statistic: float
    z: float
    p_value_normal: float
    p_value: float
    method: Literal["exact", "normal approximation"]
    tie_share: float
    alpha: float


def mann_whitney(control: Sample, treatment: Sample, *, alpha: float = 0.05) -> MannWhitney:
    """Tell whether treated units tend to exceed control units; this is not a test of means.

    ``z = (U − n_t·n_c/2 ∓ ½)/σ`` with ``σ² = n_t·n_c/12·(N + 1 − Σ(g³ − g)/(N(N − 1)))``, g the sizes of groups of
    equal values (Mann & Whitney 1947). The test's null is equal distributions; the interval of Brunner & Munzel
    (2000) holds for unequal ones too: ``SE² = Var(F_c(T))/n_t + Var(F_t(C))/n_c`` of the placements, t with
    Welch–Satterthwaite degrees of freedom. Units must be independent.

    Raises
    ------
    CannotEstimate
        ``E_NO_VARIATION`` when all units of both arms hold one value.

    Examples
    --------
    >>> ranks = mann_whitney(Sample.of([1, 2, 3]), Sample.of([2.5, 4, 5]))
    >>> ranks.statistic, round(ranks.superiority, 6), ranks.p_value
    (8.0, 0.888889, 0.2)
    """
    checked_alpha(alpha)
    n_c, n_t = control.n, treatment.n
    total = n_c + n_t
    if len(control.values) == len(treatment.values) == 1 and control.values[0] == treatment.values[0]:
        value = float(control.values[0])
        raise CannotEstimate("E_NO_VARIATION", f"All {total} units hold {value:g}.", n=total, value=value)
    parts = _compared(stretches(control, treatment), n_c, n_t)
    twice_u, tied = sum(part.twice_u for part in parts), sum(part.tied for part in parts)
    tie_cubes = math.fsum(part.tie_cubes for part in parts)
    variance = n_t * n_c / 12 * (total + 1 - tie_cubes / (total * (total - 1)))
    z, p_normal = corrected_normal((twice_u - n_t * n_c) / 2, math.sqrt(variance))
    exact = not tied and max(n_c, n_t) < EXACT_BELOW
    superiority = twice_u / (2 * n_t * n_c)
    squares = (_squares([part.shares_t for part in parts]), _squares([part.shares_c for part in parts]))
    std_error, df, lower, upper = _brunner_munzel(superiority, squares, (n_t, n_c), alpha)
    return MannWhitney(
        n_control=n_c,
        n_treatment=n_t,
        superiority=superiority,
        std_error=std_error,
        df=df,
        superiority_lower=lower,
        superiority_upper=upper,
        statistic=twice_u / 2,
        z=z,
        p_value_normal=p_normal,
        p_value=exact_p(mann_whitney_counts(n_t, n_c), twice_u // 2) if exact else p_normal,
        method="exact" if exact else "normal approximation",
        tie_share=tied / total,
        alpha=alpha,
    )


Shares = tuple[int, float, float]
"""Units of a stretch, the mean of their placements, the sum of squares about it.

A placement is the share of the other arm's units below a unit's value, ties half.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What a stretch adds: 2U, units in groups of equal values, ``Σ(g³ − g)`` of these, and both arms' shares."""

    twice_u: int
    tied: int
    tie_cubes: float
    shares_t: Shares
    shares_c: Shares


def _compared(parts: list[Stretch], n_c: int, n_t: int) -> list[_Part]:
    """Compare stretch by stretch, several at once where there are many."""
    if len(parts) == 1:
        return [_compare(parts[0], n_c, n_t)]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(lambda part: _compare(part, n_c, n_t), parts))


def _compare(part: Stretch, n_c: int, n_t: int) -> _Part:
    merged = merge(part.control, part.treatment)
    twice_t = merged.below_treatment + merged.to_treatment + 2 * part.below_control
    twice_c = merged.below_control + merged.to_control + 2 * part.below_treatment
    ties = merged.tied_units.astype(np.float64)
    return _Part(
        twice_u=int(_total(part.treatment, twice_t)),
        tied=int(ties.sum()),
        tie_cubes=float((ties**3 - ties).sum()),
        shares_t=_shares(part.treatment, twice_t / (2 * n_c)),
        shares_c=_shares(part.control, twice_c / (2 * n_t)),
    )


def _shares(sample: Sample, placements: NDArray[np.float64]) -> Shares:
    if sample.n_units == 0:
        return 0, 0.0, 0.0
    mean = float(_total(sample, placements)) / sample.n_units
    deviation = placements - mean
    return sample.n_units, mean, float(_total(sample, deviation * deviation))


def _total(sample: Sample, values: Integers | NDArray[np.float64]) -> np.number[Any]:
    """Add up what each unit has, given for each distinct value.

    By sums and not as a product of vectors: BLAS would start threads of its own, which wait for those that are here.
    """
    alone = sample.n_units == len(sample.values)
    total: np.number[Any] = values.sum() if alone else (sample.counts * values).sum()
    return total


def _squares(parts: list[Shares]) -> float:
    """Return ``Σ(F − F̄)²`` over an arm's units, F their placements: within the stretches and between them."""
    n, means, within = np.array(parts).T
    between = means - float(n @ means) / n.sum()
    return float(within.sum() + n @ (between * between))


def _brunner_munzel(
    superiority: float, squares: tuple[float, float], sizes: tuple[int, int], alpha: float
) -> tuple[float, float, float, float] | tuple[None, None, None, None]:
    """Return standard error, degrees of freedom and interval; nothing where the error is 0 or has no estimate."""
    if min(sizes) < 2 or not any(squares):
        return None, None, None, None
    parts = [square / (n - 1) / n for square, n in zip(squares, sizes, strict=True)]
    std_error = math.sqrt(sum(parts))
    df = sum(parts) ** 2 / sum(part**2 / (n - 1) for part, n in zip(parts, sizes, strict=True))
    half = upper_quantile(alpha / 2, df) * std_error
    return std_error, df, max(0.0, superiority - half), min(1.0, superiority + half)
