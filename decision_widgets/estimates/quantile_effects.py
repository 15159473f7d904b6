"""What a treatment does to the quantiles of a metric."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import as_numbers, checked_alpha
from decision_widgets.estimates.sample_quantiles import at_rank, part_way, sample_quantiles
from decision_widgets.moments import Sample
from decision_widgets.records import Record

PROBABILITIES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
FEWEST_DRAWS = 200
EXTREME = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class QuantileEffect(Record):
    """Treatment minus control at one quantile.

    Attributes
    ----------
    probability : float
        Share of units below the quantile.
    control_quantile, treatment_quantile, effect : float
        In the metric's own unit.
    effect_lower, effect_upper : float
        Percentiles ``alpha/2`` and ``1 − alpha/2`` of the bootstrap draws of `effect`.
    """

    probability: float
    control_quantile: float
    treatment_quantile: float
    effect: float
    effect_lower: float
    effect_upper: float
    alpha: float
    n_draws: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NoQuantileEffect(Record):
    """Why there is no effect at a quantile: an arm has fewer units than its interval needs."""

    probability: float
    n_control: int
    n_treatment: int
    n_needed: int


def quantile_effects(
    control: Sample,
    treatment: Sample,
    *,
    probabilities: Sequence[float] = PROBABILITIES,
    alpha: float = 0.05,
    draws: int = 2_000,
    seed: int = 0,
) -> tuple[QuantileEffect | NoQuantileEffect, ...]:
    """Tell by how much the treatment moves low, middle and high values.

    Difference of type-7 quantiles, percentile bootstrap of whole units within arms (Efron 1979). Ranks of bootstrap
    samples are drawn, not samples: the r-th of n resampled units is the ``⌊n·B⌋``-th original one, B from
    Beta(r, n − r + 1), and its neighbour follows by the spacing. That is the bootstrap exactly, and costs the same
    for 100 units as for 10⁸. Each quantile's draws depend on `seed` alone, not on which others are asked for.

    A quantile whose interval no sample of that size can give is returned as `NoQuantileEffect`: with ``pⁿ`` or
    ``(1 − p)ⁿ`` above ``alpha/2`` the quantile may lie beyond all units.

    Raises
    ------
    InputError
        `probabilities` or `alpha` not between 0 and 1, or fewer than 200 draws.

    Examples
    --------
    >>> arms = Sample.of(range(100)), Sample.of(range(10, 110))
    >>> median, highest = quantile_effects(*arms, probabilities=[0.5, 0.99])
    >>> median.effect, highest.n_needed
    (10.0, 368)
    """
    checked_alpha(alpha)
    if draws < FEWEST_DRAWS:
        raise InputError(f"A bootstrap interval needs at least {FEWEST_DRAWS} draws; got {draws}.")
    asked = as_numbers(probabilities, "probabilities")
    if not ((asked >= EXTREME) & (asked <= 1 - EXTREME)).all():
        raise InputError(
            f"Probabilities must lie between 0 and 1, at least {EXTREME:g} from both; got {probabilities!r}."
        )
    return tuple(_effect(control, treatment, float(p), alpha, draws, seed) for p in asked)


def _effect(
    control: Sample, treatment: Sample, p: float, alpha: float, draws: int, seed: int
) -> QuantileEffect | NoQuantileEffect:
    needed = math.ceil(math.log(alpha / 2) / math.log1p(-min(p, 1 - p)))
    if min(control.n, treatment.n) < needed:
        return NoQuantileEffect(probability=p, n_control=control.n, n_treatment=treatment.n, n_needed=needed)
    (at_control,), (at_treatment,) = (sample_quantiles(sample, [p]) for sample in (control, treatment))
    rng = np.random.default_rng(seed)
    drawn_control, drawn_treatment = (_drawn(sample, p, draws, rng) for sample in (control, treatment))
    lower, upper = np.quantile(drawn_treatment - drawn_control, [alpha / 2, 1 - alpha / 2])
    return QuantileEffect(
        probability=p,
        control_quantile=at_control,
        treatment_quantile=at_treatment,
        effect=at_treatment - at_control,
        effect_lower=float(lower),
        effect_upper=float(upper),
        alpha=alpha,
        n_draws=draws,
        seed=seed,
    )


def _drawn(sample: Sample, p: float, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the quantile of so many bootstrap samples."""
    n = sample.n
    position = (n - 1) * p
    rank = math.floor(position) + 1
    units = np.cumsum(sample.counts)
    low = rng.beta(rank, n - rank + 1, draws)
    high = low + (1 - low) * rng.beta(1, n - rank, draws)
    at_low, at_high = (at_rank(sample, units, np.minimum((n * u).astype(np.int64), n - 1)) for u in (low, high))
    return part_way(at_low, at_high, position - math.floor(position))
