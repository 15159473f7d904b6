"""Does the split of participants match the planned shares?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_shares
from decision_widgets.moments import floats
from decision_widgets.records import Record

EXACT_BELOW = 5.0
ENUMERATE_UP_TO = 200_000
DRAWS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SampleRatio(Record):
    """The test of the sample ratio.

    `expected` are counts; `method` says whether the p-value is Pearson's, exact, or simulated (`statistic` and `df`
    are Pearson's in every case).
    """

    statistic: float
    df: int
    p_value: float
    observed: tuple[int, ...]
    expected: tuple[float, ...]
    method: Literal["chi-square", "exact multinomial", "simulated multinomial"]


def sample_ratio(counts: Sequence[int], shares: Sequence[float], *, exact: bool = False) -> SampleRatio:
    """Test participants per arm against the planned shares, which sum to 1 or are whole numbers in proportion.

    Pearson's ``Σ(n_k − Nπ_k)²/(Nπ_k)`` on K − 1 degrees of freedom, without correction (alarm at p < 0.001, Fabijan
    et al. 2019). When an arm expects fewer than 5, or always with `exact`, the multinomial: enumerated up to 200,000
    outcomes, else 100,000 seeded draws. Counts are of participants, never of rows; or, with `exact`, of the slots of a
    switchback whose arms were drawn independently (two arms: the exact binomial).

    >>> round(sample_ratio([44700, 45489], [0.5, 0.5]).p_value, 6)
    0.008608
    """
    given, planned = floats("counts", counts), checked_shares(shares)
    if given.shape != planned.shape:
        raise InputError(f"Counts and shares must be two lists of equal length; got {len(counts)} and {len(shares)}.")
    if not (np.isfinite(given).all() and (given == np.floor(given)).all()):
        raise InputError(f"Counts must be whole numbers; got {list(counts)}.")
    observed = given.astype(np.int64)
    if (observed < 0).any() or observed.sum() == 0:
        raise InputError("Counts are not negative, and somebody must have taken part.")
    expected = observed.sum() * planned
    statistic = float(((observed - expected) ** 2 / expected).sum())
    df = len(observed) - 1
    method: Literal["chi-square", "exact multinomial", "simulated multinomial"] = "chi-square"
    p_value = float(scipy.special.chdtrc(df, statistic))
    if exact or expected.min() < EXACT_BELOW:
        outcomes = math.comb(int(observed.sum()) + df, df)
        method = "exact multinomial" if outcomes <= ENUMERATE_UP_TO else "simulated multinomial"
        p_value = (_enumerated if method == "exact multinomial" else _simulated)(observed, planned)
    return SampleRatio(
        statistic=statistic,
        df=df,
        p_value=p_value,
        observed=tuple(int(n) for n in observed),
        expected=tuple(float(e) for e in expected),
        method=method,
    )


def _log_probability(counts: np.ndarray, shares: np.ndarray) -> np.ndarray:
    n = counts.sum(axis=-1)
    return np.asarray(
        scipy.special.gammaln(n + 1)
        - scipy.special.gammaln(counts + 1).sum(axis=-1)
        + scipy.special.xlogy(counts, shares).sum(axis=-1)
    )


def _enumerated(observed: np.ndarray, shares: np.ndarray) -> float:
    every = np.array(list(_compositions(int(observed.sum()), len(observed))))
    log_p = _log_probability(every, shares)
    at_most = log_p <= _log_probability(observed, shares) + 1e-9
    return float(min(1.0, np.exp(log_p[at_most]).sum()))


def _compositions(total: int, parts: int) -> list[tuple[int, ...]]:
    if parts == 1:
        return [(total,)]
    return [(first, *rest) for first in range(total + 1) for rest in _compositions(total - first, parts - 1)]


def _simulated(observed: np.ndarray, shares: np.ndarray) -> float:
    draws = np.random.default_rng(0).multinomial(int(observed.sum()), shares, size=DRAWS)
    at_most = _log_probability(draws, shares) <= _log_probability(observed, shares) + 1e-9
    return float((1 + at_most.sum()) / (1 + DRAWS))
