"""Looking whenever one likes: intervals and p-values that hold at every look at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

import scipy

from decision_widgets.checks import Between, Positive, Rule, problems
from decision_widgets.errors import InputError
from decision_widgets.records import Record

Sides = Literal[1, 2]

# Squares of larger numbers of standard errors overflow.
FURTHEST: Final = 1e100


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AlwaysValid(Record):
    """What one look says, however many others there are.

    Attributes
    ----------
    log_lambda : float
        Log of the mixture likelihood ratio Λ of an effect against none.
    p_value : float
        ``min(1, 1/Λ)`` at this look; `confidence_sequence` gives its running minimum.
    effect_lower : float
    effect_upper : float or None
        The interval that holds at every look; ``None`` above, when `sides` is 1.
    """

    effect: float
    std_error: float
    log_lambda: float
    p_value: float
    effect_lower: float
    effect_upper: float | None
    mixing_variance: float
    alpha: float
    sides: Sides


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ConfidenceSequence(Record):
    """The looks of an experiment, each judged as if any number of others were taken.

    Attributes
    ----------
    looks : tuple of AlwaysValid
        Each look by itself.
    p_values : tuple of float
        Smallest p-value up to each look: the always-valid p.
    running_lower, running_upper : tuple of float
        Limits of what all looks so far allow (the intersection of their intervals; `running_upper` is empty when
        `sides` is 1). A lower limit above the upper says that the effect has changed, or that an interval has missed.
    """

    looks: tuple[AlwaysValid, ...]
    p_values: tuple[float, ...]
    running_lower: tuple[float, ...]
    running_upper: tuple[float, ...]


def mixture_boundary(intrinsic_time: float, *, rho: float, alpha: float = 0.05, sides: Sides = 2) -> float:
    """Return the boundary that a sum of variance `intrinsic_time` leaves with probability at most `alpha`, ever.

    Normal mixture (Robbins 1970; Howard, Ramdas, McAuliffe & Sekhon 2021): ``√((v + ρ)·ln((v + ρ)/(ρα²)))``. With one
    side x·√(v + ρ), where ``2Φ(x)·exp(x²/2) = √((v + ρ)/ρ)/α`` (half-normal mixture). Narrowest near the v for which
    ρ was chosen.

    >>> round(mixture_boundary(200, rho=100), 4)
    46.1197
    """
    _refuse("mixture_boundary", {"intrinsic_time": Positive(), "rho": Positive()}, alpha, sides, intrinsic_time, rho)
    return math.sqrt(intrinsic_time + rho) * _boundary_score(intrinsic_time / rho, alpha, sides)


def mixture_half_width(std_error: float, *, mixing_variance: float, alpha: float = 0.05, sides: Sides = 2) -> float:
    """Return how far an interval that holds at every look reaches from an estimate.

    ``√(V(V + φ²)/φ² · ln((V + φ²)/(Vα²)))`` with V = SE² and the mixing variance φ² (`mixing_variance`), both in the
    square of the effect's unit; V is the clustered one where observations repeat. For one side see `mixture_boundary`.

    >>> round(mixture_half_width(0.1414213562, mixing_variance=0.04), 4)
    0.4612
    """
    rules: dict[str, Rule] = {"std_error": Positive(), "mixing_variance": Positive()}
    _refuse("mixture_half_width", rules, alpha, sides, std_error, mixing_variance)
    ratio = _ratio(std_error, mixing_variance)
    return std_error * math.sqrt((1 + ratio) / ratio) * _boundary_score(ratio, alpha, sides)


def asymptotic_half_width(
    n: int, variance: float, *, rho_squared: float, alpha: float = 0.05, sides: Sides = 2
) -> float:
    """Return the half-width of the asymptotic confidence sequence of a mean of `n` values.

    Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024, theorem 2.2):
    ``σ·√(2(nρ² + 1)/(n²ρ²)·ln(√(nρ² + 1)/α))``, which is `mixture_half_width` with SE² = σ²/n and φ² = σ²ρ².

    >>> round(asymptotic_half_width(100, 4.0, rho_squared=0.01), 4)
    0.7313
    """
    rules: dict[str, Rule] = {"n": Positive(whole=True), "variance": Positive(), "rho_squared": Positive()}
    _refuse("asymptotic_half_width", rules, alpha, sides, n, variance, rho_squared)
    return mixture_half_width(math.sqrt(variance / n), mixing_variance=variance * rho_squared, alpha=alpha, sides=sides)


def mixing_variance(planned_variance: float, *, alpha: float = 0.05, sides: Sides = 2) -> float:
    """Return the mixing variance φ² under which the sequence is narrowest half way through the plan.

    ``φ² = V*(−2·ln α + ln(1 − 2·ln α))`` with V* the squared standard error planned for half the horizon, 7.94·V* at
    5%; 2α in place of α for one side (Howard et al. 2021, section 3.5). Fix it before launch: tuned to what was seen,
    the sequence promises nothing.

    >>> round(mixing_variance(1.0), 3)
    7.936
    """
    _refuse("mixing_variance", {"planned_variance": Positive()}, alpha, sides, planned_variance)
    return planned_variance * _tuning(alpha, sides)


def mixture_test(
    effect: float, std_error: float, *, mixing_variance: float, alpha: float = 0.05, sides: Sides = 2
) -> AlwaysValid:
    """Tell what a look says about an effect, valid however often one looks (mixture sequential probability ratio test).

    ``Λ = √(V/(V + φ²))·exp(φ²τ²/(2V(V + φ²)))`` (Robbins 1970; Johari, Koomen, Pekelis & Walsh 2022); with one side
    times ``2Φ(φτ/√(V(V + φ²)))``. p ≤ α exactly when the interval leaves 0 out.

    Raises
    ------
    InputError
        A standard error or mixing variance that is not positive, an effect that is not finite.

    >>> look = mixture_test(0.31, 0.1414213562, mixing_variance=0.04)
    >>> round(look.log_lambda, 4), round(look.p_value, 4)
    (1.0524, 0.3491)
    """
    half = mixture_half_width(std_error, mixing_variance=mixing_variance, alpha=alpha, sides=sides)
    if not math.isfinite(effect) or abs(effect) > FURTHEST * std_error:
        raise InputError(f"effect must be a finite number of standard errors; got {effect!r} with {std_error!r}.")
    ratio = _ratio(std_error, mixing_variance)
    score = effect / std_error * math.sqrt(ratio / (1 + ratio))
    log_lambda = 0.5 * (score**2 - math.log1p(ratio))
    if sides == 1:
        log_lambda += math.log(2) + float(scipy.special.log_ndtr(score))
    return AlwaysValid(
        effect=effect,
        std_error=std_error,
        log_lambda=log_lambda,
        p_value=math.exp(min(0.0, -log_lambda)),
        effect_lower=effect - half,
        effect_upper=effect + half if sides == 2 else None,
        mixing_variance=mixing_variance,
        alpha=alpha,
        sides=sides,
    )


def confidence_sequence(
    effects: Sequence[float],
    std_errors: Sequence[float],
    *,
    mixing_variance: float,
    alpha: float = 0.05,
    sides: Sides = 2,
) -> ConfidenceSequence:
    """Tell at every look what may be claimed if one looks as often as one likes.

    Each look by `mixture_test`, all with one mixing variance; then the running minimum of p and the intersection of
    the intervals. Holds when the covariance of two looks is the variance of the later (a mean or ratio of all data so
    far), asymptotically: begin at 100 participants per arm, or 20 units of a switchback.

    Parameters
    ----------
    effects, std_errors : sequence of float
        One per look, in the order they were taken.

    Raises
    ------
    InputError
        As `mixture_test`; no look, or lists that differ in length.

    >>> [round(p, 3) for p in confidence_sequence([1.2, 0.2], [0.5, 0.3], mixing_variance=1.0).p_values]
    [0.223, 0.223]
    """
    if not len(effects) or len(effects) != len(std_errors):
        raise InputError(
            f"A sequence needs one effect and one standard error per look; got {len(effects)} and {len(std_errors)}."
        )
    looks = tuple(
        mixture_test(effect, std_error, mixing_variance=mixing_variance, alpha=alpha, sides=sides)
        for effect, std_error in zip(effects, std_errors, strict=True)
    )
    return ConfidenceSequence(
        looks=looks,
        p_values=tuple(accumulate((look.p_value for look in looks), min)),
        running_lower=tuple(accumulate((look.effect_lower for look in looks), max)),
        running_upper=tuple(accumulate((look.effect_upper for look in looks if look.effect_upper is not None), min)),
    )


def always_valid_quantile(*, alpha: float, share_of_plan: float) -> float:
    """Return how many standard errors an interval needs on each side to hold at every look at once.

    `mixture_half_width` in standard errors, its mixture tuned to half the plan, where the variance is expected to be
    ``V·share_of_plan/0.5``.

    Parameters
    ----------
    alpha : float
        Two-sided error over all looks together.
    share_of_plan : float
        What is collected of what was planned, above 0.

    >>> round(always_valid_quantile(alpha=0.05, share_of_plan=0.5), 3)
    3.035
    """
    _refuse("always_valid_quantile", {"share_of_plan": Positive()}, alpha, 2, share_of_plan)
    ratio = share_of_plan / 0.5 * _tuning(alpha, 2)
    return math.sqrt((1 + ratio) / ratio) * _boundary_score(ratio, alpha, 2)


def _ratio(std_error: float, mixing_variance: float) -> float:
    root = math.sqrt(mixing_variance) / std_error
    if not 1 / FURTHEST < root < FURTHEST:
        raise InputError(
            f"std_error² and mixing_variance must be in one unit; got {std_error!r} and {mixing_variance!r}."
        )
    return root**2


def _tuning(alpha: float, sides: int) -> float:
    log = -2 * math.log(alpha * (2 if sides == 1 else 1))
    return log + math.log1p(log)


def _boundary_score(ratio: float, alpha: float, sides: int) -> float:
    """Return the x where Λ, ``exp(x²/2)/√(1 + ratio)`` and with one side times ``2Φ(x)``, is 1/α."""
    log_level = 0.5 * math.log1p(ratio) - math.log(alpha)
    if sides == 2:
        return math.sqrt(2 * log_level)
    # Convex and increasing, and begun above the root: Newton's steps only descend.
    x = math.sqrt(2 * (log_level + math.log(0.5 + 0.5 * math.exp(-log_level))))
    for _ in range(20):
        log_phi = float(scipy.special.log_ndtr(x))
        excess = math.log(2) + log_phi + x**2 / 2 - log_level
        x -= excess / (x + math.exp(-(x**2) / 2 - log_phi) / math.sqrt(2 * math.pi))
    return x


def _refuse(doing: str, rules: dict[str, Rule], alpha: float, sides: int, *values: float) -> None:
    wrong = problems({**rules, "alpha": Between(0, 0.5)}, {**dict(zip(rules, values, strict=True)), "alpha": alpha})
    if sides not in (1, 2):
        wrong.append(f"sides must be 1 or 2; got {sides!r}.")
    if wrong:
        raise InputError.together(doing, wrong)
