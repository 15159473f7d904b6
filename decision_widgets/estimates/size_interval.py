"""How far the history could be wrong about the participants needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import Array, number, together
from decision_widgets.estimates.planning_variance import HistorySums, variance_from_history
from decision_widgets.estimates.sample_size import control_sizes
from decision_widgets.estimates.sizing_goal import SizingGoal, can_serve, sizing_difference
from decision_widgets.moments import floats
from decision_widgets.records import Record

# Participants drawn one by one; more are first gathered at random into as many groups, whose sums are as independent.
MOST_UNITS = 5_000
# Weights in one batch of draws: 32 MB.
BATCH = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SizeInterval(Record):
    """Participants needed in all, and the interval that another history of the same length would give.

    `upper_ratio` is ``n_upper/n_total``; above 1.2 the history is thin. `n_refused` counts draws in which no number
    would do (a level that is not positive, a share outside 0 to 1); they count as infinite.
    """

    n_total: float
    n_lower: float | None
    n_upper: float | None
    upper_ratio: float | None
    confidence: float
    draws: int
    n_refused: int
    seed: int


def size_interval(
    goal: SizingGoal,
    m: ArrayLike,
    s: ArrayLike,
    *,
    shift: float = 0.0,
    binary: bool = False,
    allocation: float = 1.0,
    confidence: float = 0.9,
    draws: int = 1_000,
    seed: int = 0,
) -> SizeInterval:
    """Tell within which bounds the required participants lie, as far as the history can say.

    Percentile bootstrap: participants are drawn again with replacement (multinomial weights), ``R`` and ``V`` follow
    from the weighted sums, and the size from them as in `required_size`.

    Parameters
    ----------
    m : array_like, shape (n,)
        Observations of each participant, or the denominator of a ratio.
    s : array_like, shape (n,)
        Total of each participant, less ``shift·m``.
    confidence : float
        Of the two-sided interval.
    draws : int
        At least 99.

    Raises
    ------
    InputError
        Fewer than 3 participants, a history that does not vary, or a goal that it cannot serve.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> found = size_interval(SizingGoal(effect=0.1), np.ones(400), rng.normal(size=400))
    >>> bool(found.n_lower < found.n_total < found.n_upper)
    True
    """
    if draws < 99:
        raise InputError(f"A bootstrap interval needs at least 99 draws; got {draws}.")
    trust = number("confidence", confidence, 0, 1)
    learnt = variance_from_history(HistorySums.of(m, s, shift=shift), binary=binary)
    total = float(_totals(goal, np.array([learnt.level]), np.array([learnt.variance]), allocation, binary=binary)[0])
    if np.isinf(total):
        sizing_difference(goal, learnt.level, learnt.variance, binary=binary)
    rng = np.random.default_rng(seed)
    weights, totals = together(floats("m", m), floats("s", s))
    ratio, variance = _redrawn(weights, totals, draws, rng)
    sizes = _totals(goal, shift + ratio, variance, allocation, binary=binary)
    tail = (1 - trust) / 2
    # Order statistics, so that infinite draws need no arithmetic.
    lower, upper = np.quantile(sizes, [tail, 1 - tail], method="inverted_cdf")
    known = bool(np.isfinite(upper))
    return SizeInterval(
        n_total=total,
        n_lower=float(lower) if np.isfinite(lower) else None,
        n_upper=float(upper) if known else None,
        upper_ratio=float(upper) / total if known else None,
        confidence=trust,
        draws=draws,
        n_refused=int(np.isinf(sizes).sum()),
        seed=seed,
    )


def _redrawn(m: Array, s: Array, draws: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return R (less the shift) and V of every draw."""
    n = len(m)
    columns = np.column_stack([np.ones(n), m, s, m**2, m * s, s**2])
    if n > MOST_UNITS:
        group = rng.integers(MOST_UNITS, size=n)
        columns = np.column_stack([np.bincount(group, column, minlength=MOST_UNITS) for column in columns.T])
    units = len(columns)
    batch = max(1, BATCH // units)
    sums = np.concatenate(
        [_weights(units, min(batch, draws - first), rng) @ columns for first in range(0, draws, batch)]
    )
    count, sum_m, sum_s, sum_m2, sum_ms, sum_s2 = sums.T
    some = sum_m > 0
    ratio = np.where(some, sum_s / np.where(some, sum_m, 1.0), np.nan)
    squares = sum_s2 - 2 * ratio * sum_ms + ratio**2 * sum_m2
    return ratio, squares / (count - 1) * (count / np.where(some, sum_m, 1.0)) ** 2


def _weights(units: int, draws: int, rng: np.random.Generator) -> Array:
    """Return how often each unit is drawn, shape (draws, units): multinomial with equal chances."""
    drawn = rng.integers(units, size=(draws, units)) + units * np.arange(draws)[:, None]
    return np.bincount(drawn.ravel(), minlength=draws * units).reshape(draws, units).astype(np.float64)


def _totals(goal: SizingGoal, level: Array, variance: Array, allocation: float, *, binary: bool) -> Array:
    """Return participants in all for each level and variance, infinite where no number would do."""
    possible = can_serve(goal, level, variance, binary=binary)
    totals = np.full(len(level), np.inf)
    if possible.any():
        distance, v_c, v_t = sizing_difference(goal, level[possible], variance[possible], binary=binary)
        n_c = control_sizes(
            distance, v_c, v_t, allocation=allocation, alpha=goal.alpha, power=goal.power, alternative=goal.side
        )
        totals[possible] = n_c * (1 + allocation)
    return totals
