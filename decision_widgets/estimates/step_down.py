"""Adjusted p-values from statistics drawn together, so that their dependence is used instead of feared."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.moments import floats

Matrix = NDArray[np.float64]

# Draws that equal the observed statistic but for rounding count as ties.
TIE: Final = 1e-9
FEWEST_DRAWS: Final = 99


def resampled_p_values(
    statistics: ArrayLike, draws: ArrayLike, *, method: Literal["max-t", "min-p"] = "max-t"
) -> tuple[float, ...]:
    """Adjust two-sided p-values for a family by draws of all its statistics under the null.

    From the clearest hypothesis on, ``p_(j) = (1 + #{max over those left |t*| ≥ |t_(j)|})/(1 + B)``, never below an
    earlier one: the step-down of Westfall & Young (1993, permutation draws) and of Romano & Wolf (2005, 2016,
    bootstrap draws). ``"min-p"`` replaces every statistic by its p-value among the draws of its own column, for
    statistics whose distributions differ; it needs many draws, for no p-value is below ``1/(1+B)``.

    Parameters
    ----------
    statistics : array_like, shape (m,)
        Observed, studentised.
    draws : array_like, shape (B, m)
        A row is drawn as one, under the null (permuted, or bootstrapped and centred). An infinite entry is at least
        as extreme as any.

    Raises
    ------
    InputError
        Shapes that do not fit, statistics that are not finite, a draw that is no number, or fewer than 99 draws.

    Examples
    --------
    >>> draws = np.random.default_rng(0).normal(size=(999, 2))
    >>> resampled_p_values([3.0, 0.5], draws)
    (0.007, 0.602)
    """
    observed, drawn = _absolute(statistics, draws)
    if method == "max-t":
        return _step_down(observed, drawn, slack=TIE)
    if method != "min-p":
        raise InputError(f"method must be 'max-t' or 'min-p'; got {method!r}.")
    # Of a p-value the smallest is the most extreme; ranks are whole numbers, so that nothing needs slack.
    rare, drawn_rare = _rarity(observed, drawn)
    return _step_down(rare, drawn_rare, slack=0.0)


def max_t_quantile(draws: ArrayLike, *, alpha: float = 0.05) -> float:
    """Return how many standard errors simultaneous intervals reach to each side, by draws of all statistics.

    The ``⌈(1−alpha)(B+1)⌉``-th smallest of ``max_j |t*_j|``; refuses where too many draws are infinite, or too few
    were made for `alpha`.

    >>> round(max_t_quantile(np.random.default_rng(0).normal(size=(9_999, 1))), 1)
    2.0
    """
    checked_alpha(alpha)
    given = floats("draws", draws)
    _, drawn = _absolute(np.zeros(given.shape[1:]), given)
    largest = np.sort(drawn.max(axis=1))
    rank = int(np.ceil((1 - alpha) * (len(largest) + 1) - TIE))
    if rank > len(largest) or not np.isfinite(largest[rank - 1]):
        raise InputError(
            f"{len(largest)} draws do not reach the {1 - alpha:g} quantile; make more, or use larger arms."
        )
    return float(largest[rank - 1])


def _absolute(statistics: ArrayLike, draws: ArrayLike) -> tuple[Matrix, Matrix]:
    observed, drawn = np.abs(floats("statistics", statistics)), np.abs(floats("draws", draws))
    if observed.ndim != 1 or len(observed) == 0 or drawn.ndim != 2 or drawn.shape[1] != len(observed):
        raise InputError(
            f"Draws have one column for each statistic; got shapes {drawn.shape} for {observed.shape} statistics."
        )
    if not np.isfinite(observed).all() or np.isnan(drawn).any():
        raise InputError("Statistics must be finite and draws must be numbers.")
    if len(drawn) < FEWEST_DRAWS:
        raise InputError(f"Adjusted p-values need at least {FEWEST_DRAWS} draws; got {len(drawn)}.")
    return observed, drawn


def _step_down(observed: Matrix, drawn: Matrix, *, slack: float) -> tuple[float, ...]:
    order = np.argsort(-observed, kind="stable")
    # Column j: the most extreme of hypothesis j and all that are less clear.
    largest = np.maximum.accumulate(drawn[:, order[::-1]], axis=1)[:, ::-1]
    exceeding = (largest >= observed[order] - slack * np.abs(observed[order])).sum(axis=0)
    adjusted = np.empty(len(observed))
    adjusted[order] = np.maximum.accumulate((1 + exceeding) / (1 + len(drawn)))
    return tuple(float(p) for p in adjusted)


def _rarity(observed: Matrix, drawn: Matrix) -> tuple[Matrix, Matrix]:
    """Return minus the number of values of its own column, the observed included, that are as extreme as each."""
    every = np.vstack([observed, drawn])
    counts = np.empty_like(every)
    for j, column in enumerate(every.T):
        counts[:, j] = np.searchsorted(np.sort(column), column * (1 - TIE)) - len(every)
    return counts[0], counts[1:]
