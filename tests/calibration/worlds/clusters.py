"""A few randomised units, each observed over the same hours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Array = NDArray[np.float64]
Sizes = Literal["equal", "unequal"]

HOURS = 12
OF_UNIT, OF_HOUR, OF_ROW = 0.25, 0.25, 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panels:
    """Cells of units by hours: rows, means and squares within, shape (n, G, H); who is treated, shape (n, G)."""

    rows: Array
    mean: Array
    within: Array
    treated: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """G units with rows in 12 hours, a fixed number of them treated at random.

    Units differ (variance .25), their hours are an AR(1) (.25), rows add noise (.5). Unequal units have log-normal
    numbers of rows, CV about .9. `rough` units follow each other in an AR(1) and are log-normal.
    """

    units: int
    treated_share: float = 0.5
    sizes: Sizes = "equal"
    rough: bool = False

    @property
    def n_treated(self) -> int:
        return max(1, round(self.units * self.treated_share))

    def draw(self, rng: np.random.Generator, n: int, effect: float) -> Panels:
        shape = n, self.units
        rows = np.full(shape, 2.0)
        if self.sizes == "unequal":
            rows = np.maximum(1.0, np.round(2 * np.exp(0.8 * rng.standard_normal(shape) - 0.32)))
        treated = rng.permuted(np.broadcast_to(np.arange(self.units) < self.n_treated, shape), axis=1).astype(float)
        own = math.sqrt(OF_UNIT) * self._units(rng, shape) + treated * effect
        cells = (*shape, HOURS)
        hourly = math.sqrt(OF_HOUR) * _autoregression(rng, cells, 0.7)
        repeated = np.broadcast_to(rows[:, :, None], cells)
        season = np.sin(2 * np.pi * np.arange(HOURS) / HOURS)
        noise = np.sqrt(OF_ROW / repeated) * rng.standard_normal(cells)
        within = np.zeros(cells)
        several = repeated > 1
        within[several] = OF_ROW * rng.chisquare(repeated[several] - 1)
        return Panels(rows=repeated, mean=season + own[:, :, None] + hourly + noise, within=within, treated=treated)

    def _units(self, rng: np.random.Generator, shape: tuple[int, int]) -> Array:
        if not self.rough:
            return rng.standard_normal(shape)
        skewed = np.exp(_autoregression(rng, shape, 0.7))
        return np.asarray((skewed - math.exp(0.5)) / math.sqrt(math.e * math.expm1(1)))


def _autoregression(rng: np.random.Generator, shape: tuple[int, ...], persistence: float) -> Array:
    shocks = rng.standard_normal(shape)
    shocks[..., 1:] *= math.sqrt(1 - persistence**2)
    return np.asarray(lfilter([1.0], [1.0, -persistence], shocks, axis=-1))
