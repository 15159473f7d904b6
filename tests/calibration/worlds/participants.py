"""Participants with several observations each, in two arms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Outcome = Literal["continuous", "binary", "count", "revenue"]
Arm = tuple[Array, Array]

SHARE = 0.2
COUNT = 2.0
REVENUE = math.exp(0.5)
# Mean and standard deviation that log sizes are set to, roughly; any fixed numbers would do.
LOG_SIZE = (1.5, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Participants:
    """Participants i with m_i observations (mean, CV) that are alike by the intraclass correlation.

    Sizes are 1 + negative binomial. Outcomes: continuous, normal with variance 1; binary, beta-binomial; count,
    Poisson with gamma means; revenue, log-normal with skewness 6. The effect is the change of an observation's mean: it
    differs between participants by `effect_spread` of itself (continuous), or multiplies (revenue). `informative`
    correlates the participant's level with the log of its size (continuous).
    """

    control: int
    treatment: int
    outcome: Outcome
    mean: float = 5.0
    cv: float = 0.0
    icc: float = 0.0
    informative: float = 0.0
    effect_spread: float = 1.0

    def draw(self, rng: np.random.Generator, n: int, effect: float) -> tuple[Arm, Arm]:
        """Return of each arm the sizes m and the totals S, shape (n, participants)."""
        return self.arm(rng, (n, self.control), 0.0), self.arm(rng, (n, self.treatment), effect)

    def arm(self, rng: np.random.Generator, shape: tuple[int, int], effect: float) -> Arm:
        """Return m and S of one arm."""
        m = self._sizes(rng, shape)
        totals = {
            "continuous": self._continuous,
            "binary": self._binary,
            "count": self._count,
            "revenue": self._revenue,
        }
        return m, totals[self.outcome](rng, m, effect)

    def _sizes(self, rng: np.random.Generator, shape: tuple[int, int]) -> Array:
        if self.cv == 0:
            return np.full(shape, float(self.mean))
        mu = self.mean - 1
        r = mu**2 / ((self.cv * self.mean) ** 2 - mu)
        return 1.0 + rng.negative_binomial(r, r / (r + mu), shape)

    def _continuous(self, rng: np.random.Generator, m: Array, effect: float) -> Array:
        own = rng.standard_normal(m.shape)
        if self.informative:
            level, spread = LOG_SIZE
            own = self.informative * (np.log(m) - level) / spread + math.sqrt(1 - self.informative**2) * own
        if effect:
            effect = effect * (1 + self.effect_spread * rng.standard_normal(m.shape))
        noise = np.sqrt(m * (1 - self.icc)) * rng.standard_normal(m.shape)
        return m * (10 + effect + math.sqrt(self.icc) * own) + noise

    def _binary(self, rng: np.random.Generator, m: Array, effect: float) -> Array:
        p = np.full(m.shape, SHARE + effect)
        if self.icc:
            both = 1 / self.icc - 1
            p = rng.beta((SHARE + effect) * both, (1 - SHARE - effect) * both, m.shape)
        return rng.binomial(m.astype(int), p).astype(float)

    def _count(self, rng: np.random.Generator, m: Array, effect: float) -> Array:
        level = np.full(m.shape, COUNT + effect)
        if self.icc:
            shape = (COUNT + effect) * (1 - self.icc) / self.icc
            level = rng.gamma(shape, (COUNT + effect) / shape, m.shape)
        return rng.poisson(m * level).astype(float)

    def _revenue(self, rng: np.random.Generator, m: Array, effect: float) -> Array:
        between = math.log1p(self.icc * math.expm1(1))
        sizes = m.ravel().astype(int)
        single = np.exp(math.sqrt(1 - between) * rng.standard_normal(sizes.sum()))
        totals = np.add.reduceat(single, np.cumsum(sizes) - sizes).reshape(m.shape)
        return (1 + effect / REVENUE) * np.exp(math.sqrt(between) * rng.standard_normal(m.shape)) * totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Units with equally many rows, alike by the intraclass correlation; the last units are treated."""

    control: int
    treatment: int
    rows: int
    icc: float

    def draw(self, rng: np.random.Generator, n: int, effect: float) -> Array:
        """Return outcomes, shape (n, units, rows)."""
        units = self.control + self.treatment
        own = math.sqrt(self.icc) * rng.standard_normal((n, units, 1))
        own[:, self.control :] += effect
        return own + math.sqrt(1 - self.icc) * rng.standard_normal((n, units, self.rows))
