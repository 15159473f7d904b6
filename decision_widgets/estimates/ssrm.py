"""Does the split of participants match the planned shares, looked at every day?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy
from numpy.typing import NDArray

from decision_widgets.checks import Between, Optional, Positive, problems
from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_shares
from decision_widgets.moments import floats
from decision_widgets.records import Record

LEAST_CONCENTRATION: Final = 100.0
LARGEST_CONCENTRATION: Final = 1e4


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SequentialSampleRatio(Record):
    """The sample ratio at every look.

    Attributes
    ----------
    p_value : float
        Of the last look: below `alarm` with probability at most `alarm` over all looks, when the split is as planned.
    p_values : tuple of float
        The same after each look; they never rise.
    log_evidence : tuple of float
        Log of the Bayes factor of another split against the planned one, at each look.
    first_alarm : int or None
        Index of the first look whose p-value is below `alarm`.
    observed : tuple of int
    expected : tuple of float
        Participants per arm at the last look.
    concentration : float
        Of the Dirichlet prior around the planned shares.
    """

    p_value: float
    p_values: tuple[float, ...]
    log_evidence: tuple[float, ...]
    first_alarm: int | None
    observed: tuple[int, ...]
    expected: tuple[float, ...]
    concentration: float
    alarm: float


def sequential_sample_ratio(
    counts: Sequence[Sequence[int]],
    shares: Sequence[float],
    *,
    planned_participants: float | None = None,
    alarm: float = 0.001,
) -> SequentialSampleRatio:
    """Test participants per arm against the planned shares at every look, without paying for looking often.

    Sequential multinomial test (Lindon & Malek 2022): with shares π, counts n of N and prior Dirichlet(cπ),
    ``ln E = lnΓ(c) − lnΓ(c + N) + Σ[lnΓ(cπ_k + n_k) − lnΓ(cπ_k)] − Σ n_k·ln π_k`` and ``p_t = min(p_{t−1}, 1/E)``;
    ``c = clip(planned/2, 100, 10⁴)``.

    Parameters
    ----------
    counts : sequence of sequences of int, shape (looks, arms)
        Participants so far (cumulative), never rows, in time order.
    shares : sequence of float, shape (arms,)
        The planned shares, which sum to 1 or are whole numbers in proportion.
    planned_participants : float, optional
        Of all arms together, fixed before launch; c is 10⁴ without it.
    alarm : float
        The test fails below this p-value.

    Raises
    ------
    InputError
        Counts that fall from look to look or do not fit the arms, shares that are not positive.

    >>> test = sequential_sample_ratio([[480, 520], [940, 1060], [1800, 2200]], [0.5, 0.5], planned_participants=8000)
    >>> [round(p, 5) for p in test.p_values], test.first_alarm
    ([0.95271, 0.36879, 6e-05], 2)
    """
    observed, planned = _checked(counts, shares)
    wrong = problems(
        {"planned_participants": Optional(Positive()), "alarm": Between(0, 1)},
        {"planned_participants": planned_participants, "alarm": alarm},
    )
    if wrong:
        raise InputError.together("sequential_sample_ratio", wrong)
    half = LARGEST_CONCENTRATION if planned_participants is None else planned_participants / 2
    concentration = min(max(half, LEAST_CONCENTRATION), LARGEST_CONCENTRATION)
    log_evidence = _log_evidence(observed, planned, concentration)
    p_values = np.exp(np.minimum(0.0, -np.maximum.accumulate(log_evidence)))
    alarms = np.flatnonzero(p_values < alarm)
    return SequentialSampleRatio(
        p_value=float(p_values[-1]),
        p_values=tuple(float(p) for p in p_values),
        log_evidence=tuple(float(each) for each in log_evidence),
        first_alarm=int(alarms[0]) if len(alarms) else None,
        observed=tuple(int(n) for n in observed[-1]),
        expected=tuple(float(e) for e in observed[-1].sum() * planned),
        concentration=concentration,
        alarm=alarm,
    )


def _log_evidence(
    observed: NDArray[np.float64], planned: NDArray[np.float64], concentration: float
) -> NDArray[np.float64]:
    prior, total = concentration * planned, observed.sum(axis=1)
    log_e: NDArray[np.float64] = (
        math.lgamma(concentration)
        - scipy.special.gammaln(concentration + total)
        + (scipy.special.gammaln(prior + observed) - scipy.special.gammaln(prior)).sum(axis=1)
        - observed @ np.log(planned)
    )
    return log_e


def _checked(
    counts: Sequence[Sequence[int]], shares: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    planned = checked_shares(shares)
    if not len(counts) or any(len(look) != len(planned) for look in counts):
        raise InputError(f"Each look needs one count for each of the {len(planned)} arms, and there must be a look.")
    observed = floats("counts", counts)
    if not (np.isfinite(observed).all() and (observed >= 0).all() and (observed == np.floor(observed)).all()):
        raise InputError("Counts must be whole numbers, not negative.")
    if (np.diff(observed, axis=0) < 0).any():
        raise InputError("Counts must be cumulative, so they cannot fall from look to look; add up the days first.")
    return observed, planned
