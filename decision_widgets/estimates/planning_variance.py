"""What the past says about a metric, in the numbers that sample sizes need."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import finite, number, together
from decision_widgets.estimates.design_effect import (
    IntraclassCorrelation,
    correlation_from_sums,
    cv_of_sizes,
    design_effect,
)
from decision_widgets.records import Record

# Below this share of the squares it is made of, a difference of sums has fewer than 6 digits left.
DIGITS_LEFT = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanningVariance(Record):
    """What one participant adds to the error of a mean, whatever it was learnt from.

    Attributes
    ----------
    level : float
        ``R = ΣS/Σm``, the control's expected level.
    variance : float
        ``V``: an arm of n participants estimates its level with variance ``V/n``.
    observations_per_participant, cv_observations : float
        Mean, and standard deviation (divisor n − 1) over mean, of ``m_i``; the denominator of a ratio.
    binary : bool
        The variance then follows the level: ``p(1 − p)``.
    """

    level: float
    variance: float
    observations_per_participant: float = 1.0
    cv_observations: float = 0.0
    binary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HistorySums(Record):
    """Sums over participants of a weight ``m`` and a total ``s = S − shift·m``; those of two groups add up.

    ``m`` counts observations, or is the denominator of a ratio. A `shift` near the level keeps the digits that
    differences of large sums lose.
    """

    n_participants: int
    sum_m: float
    sum_m2: float
    sum_s: float
    sum_s2: float
    sum_sm: float
    shift: float = 0.0

    @classmethod
    def of(cls, m: ArrayLike, s: ArrayLike, *, shift: float = 0.0) -> HistorySums:
        """Sum one row per participant; `s` is already shifted.

        >>> HistorySums.of([1, 3], [2.0, 4.0]).sum_sm
        14.0
        """
        weight, total = together(finite("m", m, 0, closed=True), finite("s", s))
        return cls(
            n_participants=weight.size,
            sum_m=float(weight.sum()),
            sum_m2=float((weight**2).sum()),
            sum_s=float(total.sum()),
            sum_s2=float((total**2).sum()),
            sum_sm=float((total * weight).sum()),
            shift=number("shift", shift),
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ObservationSums(Record):
    """Sums that need single observations, of the same shifted values ``y − shift``: not for ratios.

    `sum_y2` over observations; `sum_inverse_m` = Σ1/m, `sum_mean` = Σȳ_i and `sum_mean2` = Σȳ_i² over participants;
    `within` = the squares of observations around their participant's mean.
    """

    sum_y2: float
    sum_inverse_m: float
    sum_mean: float
    sum_mean2: float
    within: float


def variance_from_history(sums: HistorySums, *, binary: bool = False) -> PlanningVariance:
    """Learn the variance of one participant from past data, for sizes informative or not.

    ``u_i = (S_i − R·m_i)/m̄``, ``V = Σu_i²/(n − 1)`` (Deng, Knoblich & Lu 2018), which needs no model of how
    observations of one participant go together.

    Raises
    ------
    InputError
        Fewer than 3 participants, no weight, a metric that does not vary, a binary one outside 0 to 1.

    Examples
    --------
    >>> learnt = variance_from_history(HistorySums.of([1, 1, 1, 1], [1.0, 2.0, 3.0, 4.0]))
    >>> learnt.level, round(learnt.variance, 6)
    (2.5, 1.666667)
    """
    n, total = sums.n_participants, number("sum_m", sums.sum_m, 0)
    if n < 3:
        raise InputError(f"A variance needs at least 3 participants of history; got {n}.")
    ratio = sums.sum_s / total
    squares = sums.sum_s2 - 2 * ratio * sums.sum_sm + ratio**2 * sums.sum_m2
    made_of = sums.sum_s2 + ratio**2 * sums.sum_m2
    if not squares > DIGITS_LEFT * made_of:
        raise InputError(
            "The history does not vary, or its sums lost their digits; sum values less a shift near the mean."
        )
    mean_m = total / n
    level = sums.shift + ratio
    if binary:
        number("the level of a binary metric", level, 0, 1)
    return PlanningVariance(
        level=level,
        variance=squares / (n - 1) / mean_m**2,
        observations_per_participant=mean_m,
        cv_observations=cv_of_sizes(n, total, sums.sum_m2),
        binary=binary,
    )


def participant_mean_variance(
    sums: HistorySums, observations: ObservationSums, *, binary: bool = False
) -> PlanningVariance:
    """Learn the same for the other average, in which every participant counts once: ``u_i = ȳ_i``, ``V = Var(ȳ_i)``.

    The level is the mean of the participants' means. It answers another question than `variance_from_history` when
    participants with many observations differ from the rest.
    """
    n = sums.n_participants
    if n < 3:
        raise InputError(f"A variance needs at least 3 participants of history; got {n}.")
    squares = observations.sum_mean2 - observations.sum_mean**2 / n
    if not squares > DIGITS_LEFT * observations.sum_mean2:
        raise InputError(
            "The history does not vary, or its sums lost their digits; sum values less a shift near the mean."
        )
    level = sums.shift + observations.sum_mean / n
    if binary:
        number("the level of a binary metric", level, 0, 1)
    return PlanningVariance(
        level=level,
        variance=squares / (n - 1),
        binary=binary,
    )


def correlation_from_history(sums: HistorySums, observations: ObservationSums) -> IntraclassCorrelation:
    """Explain the variance: how alike the observations of one participant are, from the same sums."""
    n, total = sums.n_participants, sums.sum_m
    if total != round(total):
        raise InputError(f"An intraclass correlation needs counts of observations; sum_m is {total:g}.")
    # Σ m·ȳ² is what is left of Σy² without the squares within.
    between = observations.sum_y2 - observations.within - sums.sum_s**2 / total
    return correlation_from_sums(
        n_clusters=n,
        n_observations=round(total),
        sum_squared_sizes=sums.sum_m2,
        sum_inverse_sizes=observations.sum_inverse_m,
        between=max(0.0, between),
        within=observations.within,
        variance_of_means=max(0.0, observations.sum_mean2 - observations.sum_mean**2 / n) / max(1, n - 1),
    )


def typed_variance(
    level: float,
    std_dev: float | None = None,
    *,
    observations_per_participant: float = 1.0,
    cv_observations: float = 0.0,
    icc: float = 0.0,
) -> PlanningVariance:
    """Take the variance of one participant from typed numbers: ``V = sd²·DEFF/m̄`` (see `design_effect`).

    Holds when observations of one participant are exchangeable and their number says nothing about the outcome;
    history (`variance_from_history`) needs neither.

    Parameters
    ----------
    level : float
        Mean of an observation; the share of a binary metric.
    std_dev : float, optional
        Of an observation; leave out for a binary metric, whose variance is ``p(1 − p)``.
    cv_observations : float
        Standard deviation of the observations per participant over their mean.
    icc : float
        Correlation of two observations of one participant, 0 to 1.

    >>> round(typed_variance(0.2, observations_per_participant=8, cv_observations=1, icc=0.2).variance, 6)
    0.08
    """
    binary = std_dev is None
    mean = number("level", level, 0, 1) if binary else number("level", level)
    square = mean * (1 - mean) if std_dev is None else number("std_dev", std_dev, 0) ** 2
    inflation = design_effect(observations_per_participant, icc, cv=cv_observations)
    return PlanningVariance(
        level=mean,
        variance=square * float(inflation) / observations_per_participant,
        observations_per_participant=float(observations_per_participant),
        cv_observations=float(cv_observations),
        binary=binary,
    )
