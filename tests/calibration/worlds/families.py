"""Families of ten comparisons whose statistics depend on each other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

FAMILY = 10
SHIFT = 3.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Families:
    """p-values, shape (n, 10), and which comparisons have no effect, shape (10,)."""

    p_values: NDArray[np.float64]
    null: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Normal statistics, equally correlated by `correlation` from 0 on; below 0, in pairs.

    p-values are two-sided, below 0 one-sided, where the sign of the dependence matters. With `half` every other
    comparison has an effect of 3 standard errors.
    """

    correlation: float
    half: bool

    def draw(self, rng: np.random.Generator, n: int, effect: float) -> Families:
        null = np.arange(FAMILY) % 2 == 1 if self.half else np.ones(FAMILY, dtype=bool)
        z = rng.standard_normal((n, FAMILY))
        if self.correlation < 0:
            z[:, 1::2] = self.correlation * z[:, ::2] + math.sqrt(1 - self.correlation**2) * z[:, 1::2]
        else:
            common = rng.standard_normal((n, 1))
            z = math.sqrt(self.correlation) * common + math.sqrt(1 - self.correlation) * z
        z = z + SHIFT * ~null
        p_values = special.ndtr(-z) if self.correlation < 0 else 2 * special.ndtr(-np.abs(z))
        return Families(p_values=p_values, null=null)
