"""One promise of inference: a world, the analysis that is to hold in it, and where its error rate must lie."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

ALPHA = 0.05
FULL = 10_000
REDUCED = 2_000
CONTROL_BEYOND = 0.10
"""A wrong method must reject a true null more often than this, or the harness cannot see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Where a rate must lie.

    Without `at`, `low` and `high` are true rates and 3 Monte-Carlo standard errors are allowed around them. With it
    they are the limits of what is observed in so many replications; fewer are allowed the error that they add.
    """

    low: float
    high: float
    at: int | None = None

    def limits(self, n: int) -> tuple[float, float]:
        """Return the lowest and the highest rate that n replications may show."""
        return max(0.0, self.low - self._slack(self.low, n)), min(1.0, self.high + self._slack(self.high, n))

    def mirrored(self) -> Band:
        """Return the band of the complement: of coverage, where this is of rejections."""
        return Band(low=1 - self.high, high=1 - self.low, at=self.at)

    def _slack(self, rate: float, n: int) -> float:
        known = 0.0 if self.at is None else monte_carlo_error(rate, self.at)
        return 3 * max(0.0, monte_carlo_error(rate, n) - known)


def around(rate: float) -> Band:
    """Allow the rate itself."""
    return Band(low=rate, high=rate)


def at_most(rate: float) -> Band:
    """Allow the rate and less."""
    return Band(low=0.0, high=rate)


def observed(low: float, high: float) -> Band:
    """Allow what a full run may show from `low` to `high`."""
    return Band(low=low, high=high, at=FULL)


def monte_carlo_error(rate: float, n: int) -> float:
    """Return the standard error of a rate in n replications."""
    return math.sqrt(rate * (1 - rate) / n)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """What the analysis said, one number per replication.

    Attributes
    ----------
    claims : ndarray, shape (n,)
        1 where an effect was claimed, else 0; or the share of claims that were false.
    lower, upper : ndarray or None
        The interval.
    refused, warned : ndarray of bool or None
        Replications whose p-value and interval are not shown, or shown under a warning.
    facts : mapping of str to ndarray
        Further numbers, of which the table gives the mean.
    """

    claims: Array
    lower: Array | None = None
    upper: Array | None = None
    refused: Flags | None = None
    warned: Flags | None = None
    facts: Mapping[str, Array] = field(default_factory=dict)

    @classmethod
    def of_estimates(cls, estimates: Iterable[Any], **more: Any) -> Answers:
        """Gather records with a p-value and an interval."""
        numbers = np.array([(e.p_value, e.effect_lower, e.effect_upper) for e in estimates], dtype=float)
        if not np.isfinite(numbers).all():
            raise ValueError("An estimator returned what is not a number; it must refuse instead.")
        p, lower, upper = numbers.T
        return cls(claims=claimed(p), lower=lower, upper=upper, **more)

    @classmethod
    def joined(cls, parts: Sequence[Answers]) -> Answers:
        """Put batches one after the other."""
        whole = {
            name: None if getattr(parts[0], name) is None else np.concatenate([getattr(part, name) for part in parts])
            for name in ("claims", "lower", "upper", "refused", "warned")
        }
        facts = {name: np.concatenate([part.facts[name] for part in parts]) for name in parts[0].facts}
        return cls(**whole, facts=facts)


def claimed(p_values: ArrayLike) -> Array:
    """Return 1 where an effect is claimed at 5%."""
    return (np.asarray(p_values) <= ALPHA).astype(float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """An entry of the catalogue.

    Attributes
    ----------
    draw : callable
        ``draw(rng, n, effect)`` makes the data of n replications in which the true effect is `effect`.
    analyse : callable
        The product's estimators on those data.
    band : Band
        Of the rate of claims when the effect is `effect`: of type I errors where that is 0, else of power.
    warned_band : Band, optional
        Of the replications that are shown under a warning; they have a line of their own.
    cover, truth : float, optional
        A true effect other than 0 in a second set of replications, and what the interval must cover then (the effect
        itself unless stated); coverage has the mirrored band.
    theory : mapping of str to (float, float)
        What the mean of a fact must be, and how far it may be off.
    share : float
        Replications as a share of the others', where an analysis is slow.
    refuses : bool
        Every replication must be refused.
    must_fail : bool
        A wrong method: it must claim more often than 10%.
    """

    section: str
    name: str
    seed: int
    draw: Callable[[np.random.Generator, int, float], Any]
    analyse: Callable[[Any], Answers]
    band: Band
    warned_band: Band | None = None
    effect: float = 0.0
    cover: float | None = None
    truth: float | None = None
    theory: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    share: float = 1.0
    batch: int = 250
    refuses: bool = False
    must_fail: bool = False
