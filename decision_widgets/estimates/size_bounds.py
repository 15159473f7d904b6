"""How far the history could be wrong about the participants needed, from its sums alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import number
from decision_widgets.estimates.sample_size import control_sizes
from decision_widgets.estimates.sizing_goal import SizingGoal, can_serve, sizing_difference
from decision_widgets.moments import WindowSums
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SizeBounds(Record):
    """Participants needed in all, and the interval that another history of the same length would give.

    `n_upper` and `upper_ratio` (``n_upper/n_total``) are ``None`` when no number is known to be enough. Above a ratio
    of 1.2 the history is thin.
    """

    n_total: float
    n_lower: float
    n_upper: float | None
    upper_ratio: float | None
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Learnt:
    """Level R and variance V of a history, with the variances and the covariance of both estimates."""

    level: float
    variance: float
    level_variance: float
    variance_variance: float
    covariance: float


def size_bounds(
    goal: SizingGoal,
    window: WindowSums,
    *,
    shift: float = 0.0,
    binary: bool = False,
    allocation: float = 1.0,
    confidence: float = 0.9,
) -> SizeBounds:
    """Tell within which bounds the required participants lie, as far as the history can say.

    The analytic form of the bootstrap of `size_interval`, for summaries that hold no participants: with
    ``e_i = s_i − R·m_i`` the errors of R and of ``V = Σe²/(n m̄²)`` are means of ``e/m̄`` and of
    ``(e² − ē²)/m̄² − 2·mean(m·e)·e/m̄³ − 2·V·(m − m̄)/m̄``, whose variances need the fourth powers of the history. The
    interval is symmetric in the logarithm of the size.

    Raises
    ------
    InputError
        Fewer than 3 participants, a history that does not vary, or a goal that it cannot serve.
    """
    trust = number("confidence", confidence, 0, 1)
    learnt = _learnt(window, shift)
    total = _total(goal, learnt.level, learnt.variance, allocation, binary=binary)
    if math.isinf(total):
        sizing_difference(goal, learnt.level, learnt.variance, binary=binary)
    z = float(special.ndtri((1 + trust) / 2))
    step = z * math.sqrt(learnt.level_variance)
    ends = [_total(goal, learnt.level + side * step, learnt.variance, allocation, binary=binary) for side in (-1, 1)]
    if math.isinf(max(ends)):
        return SizeBounds(n_total=total, n_lower=min(total, *ends), n_upper=None, upper_ratio=None, confidence=trust)
    by_level = math.log(ends[1] / ends[0]) / (2 * step) if step else 0.0
    by_variance = 1 / learnt.variance
    squared = (
        by_level**2 * learnt.level_variance
        + by_variance**2 * learnt.variance_variance
        + 2 * by_level * by_variance * learnt.covariance
    )
    factor = math.exp(z * math.sqrt(max(0.0, squared)))
    return SizeBounds(
        n_total=total, n_lower=total / factor, n_upper=total * factor, upper_ratio=factor, confidence=trust
    )


def _learnt(window: WindowSums, shift: float) -> _Learnt:
    # Who has no value weighs 0, and is assigned all the same.
    n = window.n_people
    if window.n_participants < 3 or not window.sum_m > 0:
        raise InputError(f"A variance needs at least 3 participants of history; got {window.n_participants}.")
    r, mean = window.sum_s / window.sum_m, window.sum_m / n
    e2 = (window.sum_s2 - 2 * r * window.sum_sm + r**2 * window.sum_m2) / n
    me = (window.sum_sm - r * window.sum_m2) / n
    me2 = (window.sum_s2m - 2 * r * window.sum_sm2 + r**2 * window.sum_m3) / n
    e3 = (window.sum_s3 - 3 * r * window.sum_s2m + 3 * r**2 * window.sum_sm2 - r**3 * window.sum_m3) / n
    fourth = [window.sum_s4, window.sum_s3m, window.sum_s2m2, window.sum_sm3, window.sum_m4]
    e4 = float(np.dot(fourth, [1, -4 * r, 6 * r**2, -4 * r**3, r**4])) / n
    if not e2 > 0:
        raise InputError("The history does not vary, so no size follows from it.")
    a, b, c = 1 / mean**2, -2 * me / mean**3, -2 * e2 / mean**3
    spread = (
        a**2 * (e4 - e2**2)
        + b**2 * e2
        + c**2 * (window.sum_m2 / n - mean**2)
        + 2 * (a * b * e3 + a * c * (me2 - e2 * mean) + b * c * me)
    )
    variance = e2 / mean**2 * n / (n - 1)
    return _Learnt(
        level=shift + r,
        variance=variance,
        level_variance=variance / n,
        variance_variance=max(0.0, spread) / n,
        covariance=(a * e3 + b * e2 + c * me) / mean / n,
    )


def _total(goal: SizingGoal, level: float, variance: float, allocation: float, *, binary: bool) -> float:
    if not can_serve(goal, np.array([level]), np.array([variance]), binary=binary)[0]:
        return math.inf
    distance, v_c, v_t = sizing_difference(goal, level, variance, binary=binary)
    found = control_sizes(
        distance, v_c, v_t, allocation=allocation, alpha=goal.alpha, power=goal.power, alternative=goal.side
    )
    return float(found) * (1 + allocation)
