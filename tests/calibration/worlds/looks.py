"""Experiments that are looked at every day."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyLooks:
    """Participants who enter over the days, half of them on the first, and return: Poisson with gamma activity.

    Observations of one participant are correlated by .3. The first half of the participants is control.
    """

    participants: int = 800
    days: int = 28
    icc: float = 0.3

    def draw(self, rng: np.random.Generator, n: int, effect: float) -> tuple[Array, Array]:
        """Return the observations and totals of every participant up to each day, shape (n, days, participants)."""
        people = n, self.participants
        entry = rng.integers(0, self.days, people) * (rng.random(people) > 0.5)
        here = np.arange(self.days)[None, :, None] >= entry[:, None, :]
        count = rng.poisson(rng.gamma(1.0, 0.6, people)[:, None, :] * here).astype(float)
        noise = np.sqrt((1 - self.icc) * count) * rng.standard_normal(count.shape)
        own = math.sqrt(self.icc) * rng.standard_normal(people)
        own[:, self.participants // 2 :] += effect
        m = count.cumsum(axis=1)
        return m, own[:, None, :] * m + noise.cumsum(axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyCounts:
    """Participants who arrive every day, split by the planned shares."""

    shares: tuple[float, ...]
    per_day: int = 1_000
    days: int = 28

    def draw(self, rng: np.random.Generator, n: int, effect: float) -> NDArray[np.int64]:
        """Return the counts of each arm up to each day, shape (n, days, arms)."""
        return rng.multinomial(self.per_day, self.shares, size=(n, self.days)).cumsum(axis=1)
