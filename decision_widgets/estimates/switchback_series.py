"""A switchback on one series of periods: the effect from the periods whose whole recent past had one treatment."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.moments import floats
from decision_widgets.records import Record

Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_BLOCKS = 4


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HorvitzThompson(Record):
    """The effect of lasting treatment, each period weighted by how likely its exposure was.

    Attributes
    ----------
    effect : float
        In the outcome's unit, per period.
    n_periods, n_used : int
        All periods, and those with a past of `carryover` periods.
    n_control, n_treatment : int
        Used periods exposed to one arm alone.
    carryover : int
        Earlier periods that still act on an outcome.
    """

    effect: float
    n_periods: int
    n_used: int
    n_control: int
    n_treatment: int
    carryover: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MinimaxSwitchback(HorvitzThompson):
    """The effect under the minimax schedule, with the standard error that this schedule allows.

    Attributes
    ----------
    std_error : float
        Conservative: its square is not too small on average.
    statistic, p_value, effect_lower, effect_upper : float
        Normal, two-sided, ``1 − alpha``.
    n_blocks : int
        Blocks of `carryover` periods.
    """

    std_error: float
    statistic: float
    p_value: float
    effect_lower: float
    effect_upper: float
    n_blocks: int
    alpha: float


def horvitz_thompson(
    y: ArrayLike,
    treatment: ArrayLike,
    *,
    carryover: int,
    drawn: ArrayLike | None = None,
    share: float = 0.5,
    expected: ArrayLike | None = None,
) -> HorvitzThompson:
    """Estimate the effect of lasting treatment on one series in which treatment was drawn again and again.

    ``(T−m)^{-1} Σ_{t>m} Y_t[1{W_{t−m..t}=1}/P_1 − 1{W_{t−m..t}=0}/P_0]`` with ``P_1 = p^d``, ``P_0 = (1−p)^d``, d the
    draws that periods t−m..t rest on (Bojinov, Simchi-Levi & Zhao 2023). Unbiased if what happened more than m periods
    ago no longer acts; noisy unless `y` is centred.

    Parameters
    ----------
    y : array_like, shape (T,)
        One outcome per period, in order of time.
    treatment : array_like, shape (T,)
        0 or 1.
    carryover : int
        m, from 0 to ``T − 1``.
    drawn : array_like of bool, shape (T,), optional
        True where treatment was drawn anew; the first period always is. Every period by default.
    share : float
        p, the chance of treatment at each draw.
    expected : array_like, shape (T,), optional
        What was to be expected of each period from the time before the experiment; it is subtracted from `y`.

    Raises
    ------
    InputError
        Shapes that differ, values that are not finite, a treatment that changes where it was not drawn, or an arm to
        which no period is exposed throughout.

    Examples
    --------
    >>> horvitz_thompson([1, 2, 4, 5, 2, 1], [0, 0, 1, 1, 0, 0], carryover=1).effect
    1.6
    """
    if not 0 < share < 1:
        raise InputError(f"share must be a number between 0 and 1; got {share!r}.")
    outcome, arm = _series(y, treatment, carryover, expected)
    carryover, starts = int(carryover), _draws(drawn, arm)
    weights, n_control, n_treatment = _weights(arm, starts, carryover, share)
    return HorvitzThompson(
        effect=float(np.mean(outcome[carryover:] * weights)),
        n_periods=len(arm),
        n_used=len(weights),
        n_control=n_control,
        n_treatment=n_treatment,
        carryover=carryover,
    )


def minimax_draws(n_periods: int, carryover: int) -> Flags:
    """Tell in which periods the minimax schedule draws: the 1st, then 2m+1, 3m+1, …, (n−2)m+1; ``T = n·m``, ``n ≥ 4``.

    Between draws treatment stays. Minimises the largest variance of `horvitz_thompson` with fair coins (Bojinov,
    Simchi-Levi & Zhao 2023).

    >>> (1 + minimax_draws(12, 2).nonzero()[0]).tolist()
    [1, 5, 7, 9]
    """
    if carryover not in range(1, n_periods // LEAST_BLOCKS + 1) or n_periods % carryover:
        raise InputError(
            f"The minimax schedule needs a carry-over of 1 period or more and at least {LEAST_BLOCKS} whole blocks "
            f"of it; got {n_periods} periods and a carry-over of {carryover}."
        )
    carryover = int(carryover)
    starts = np.zeros(n_periods, dtype=bool)
    starts[2 * carryover : n_periods - carryover : carryover] = True
    starts[0] = True
    return starts


def minimax_switchback(
    y: ArrayLike, treatment: ArrayLike, *, carryover: int, expected: ArrayLike | None = None, alpha: float = 0.05
) -> MinimaxSwitchback:
    """Estimate the effect of lasting treatment, with its error, from a series that followed `minimax_draws`.

    `horvitz_thompson` with the variance ``(T−m)^{-2}[8Ȳ_2² + 32 Σ_{b=3}^{n−1} Ȳ_b²·1{W_{b−1}=W_b} + 8Ȳ_n²]``, Ȳ_b the
    outcome's sum and W_b the treatment of the b-th block of m periods (Bojinov, Simchi-Levi & Zhao 2023, whose Ȳ_k is
    that of block k+2). Fair coins; the larger the outcome's level, the larger the error, so give `expected`.

    Parameters
    ----------
    y, treatment, carryover, expected
        As in `horvitz_thompson`; the periods must be whole blocks of the carry-over, 4 at least.
    alpha : float
        1 minus the level of the interval.

    Raises
    ------
    InputError
        As `horvitz_thompson`; periods that are no whole blocks; or a variance of 0.
    """
    checked_alpha(alpha)
    outcome, arm = _series(y, treatment, carryover, expected)
    starts, carryover = minimax_draws(len(arm), carryover), int(carryover)
    plain = horvitz_thompson(outcome, arm, carryover=carryover, drawn=starts)
    sums, arms = outcome.reshape(-1, carryover).sum(axis=1), arm[::carryover]
    inner = sums[2:-1] ** 2 @ (arms[1:-2] == arms[2:-1])
    std_error = math.sqrt(8 * sums[1] ** 2 + 32 * inner + 8 * sums[-1] ** 2) / plain.n_used
    if std_error == 0:
        raise InputError("The outcome is 0 wherever it tells about the error; no error can be estimated.")
    half = upper_quantile(alpha / 2) * std_error
    return MinimaxSwitchback(
        **{name: getattr(plain, name) for name in HorvitzThompson.__dataclass_fields__},
        std_error=std_error,
        statistic=plain.effect / std_error,
        p_value=two_sided_p(plain.effect / std_error),
        effect_lower=plain.effect - half,
        effect_upper=plain.effect + half,
        n_blocks=len(sums),
        alpha=alpha,
    )


def _series(
    y: ArrayLike, treatment: ArrayLike, carryover: int, expected: ArrayLike | None
) -> tuple[Matrix, NDArray[np.int8]]:
    outcome, arm = floats("y", y), floats("treatment", treatment)
    centre = np.zeros_like(outcome) if expected is None else floats("expected", expected)
    if outcome.ndim != 1 or arm.shape != outcome.shape or centre.shape != outcome.shape:
        raise InputError(
            "y, treatment and expected need one value per period, shape (T,); "
            f"got {outcome.shape}, {arm.shape} and {centre.shape}."
        )
    if not (np.isfinite(outcome).all() and np.isfinite(centre).all()):
        raise InputError("y and expected must be finite in every period.")
    if not np.isin(arm, (0, 1)).all():
        raise InputError("treatment must be 0 or 1 in every period.")
    if carryover not in range(len(arm)):
        raise InputError(f"carryover must be a whole number from 0 to {len(arm) - 1} periods; got {carryover!r}.")
    return outcome - centre, arm.astype(np.int8)


def _draws(drawn: ArrayLike | None, arm: NDArray[np.int8]) -> Flags:
    starts = np.ones(len(arm), dtype=bool) if drawn is None else np.asarray(drawn)
    if starts.shape != arm.shape or starts.dtype != np.bool_:
        raise InputError(f"drawn must be True or False for each of the {len(arm)} periods.")
    changed = np.flatnonzero((arm[1:] != arm[:-1]) & ~starts[1:])
    if len(changed):
        raise InputError(
            f"Treatment changes in period {changed[0] + 2}, where the schedule has no draw; give the schedule that was "
            "served."
        )
    return starts


def _weights(arm: NDArray[np.int8], starts: Flags, carryover: int, share: float) -> tuple[Matrix, int, int]:
    """Return the weight of each used period, and how many of them are exposed to control and to treatment alone."""
    count = np.cumsum(starts)
    n_draws = np.asarray(count[carryover:] - count[: len(count) - carryover] + 1)
    treated = np.concatenate([[0], np.cumsum(arm)])
    treated = treated[carryover + 1 :] - treated[: len(arm) - carryover]
    always, never = treated == carryover + 1, treated == 0
    if not (always.any() and never.any()):
        which = "control" if always.any() else "treatment"
        raise InputError(f"No period and its {carryover} before were all {which}; the series says nothing about it.")
    exponent = -n_draws.astype(np.float64)
    weights = always * share**exponent - never * (1 - share) ** exponent
    return weights, int(never.sum()), int(always.sum())
