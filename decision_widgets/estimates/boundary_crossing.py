"""How probable it is that a path of looks crosses its boundaries: recursive integration of the paths not stopped."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy
from numpy.typing import NDArray

Vector = NDArray[np.float64]

# Standard deviations beyond which a normal density underflows: the first boundaries of a plan can lie 20 out.
REACH = 38.0
# Where there is no boundary, paths so far out come back with a probability below rounding error.
OPEN_REACH = 9.0
# A panel of 16 Gauss-Legendre nodes integrates a normal density over 3 standard deviations to 1e-13.
NODES = 16
PANEL = 3.0
# Densities are computed at so many nodes at once, from the nodes within reach.
CHUNK = 256
# Two looks nearer than this share of their information could not be told apart by the integration.
LEAST_GAIN = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class RunningPaths:
    """The paths that no boundary has stopped: ``B = Z·√t`` at information `t` lies at `at` with probability `mass`.

    B is Brownian motion with slope `drift`, the mean of Z at information 1.
    """

    information: float
    at: Vector
    mass: Vector
    drift: float

    def above(self, information: float, z: float) -> float:
        """Return the probability of running until now and exceeding `z` at the next look."""
        return self._beyond(information, z, 1.0)

    def below(self, information: float, z: float) -> float:
        """Return the probability of running until now and falling below `z` at the next look."""
        return self._beyond(information, z, -1.0)

    def _beyond(self, information: float, z: float, side: float) -> float:
        gain = information - self.information
        score = (self.at + self.drift * gain - z * math.sqrt(information)) / math.sqrt(gain)
        return float(self.mass @ scipy.special.ndtr(side * score))

    def between(self, information: float, low: float, high: float, next_information: float | None) -> RunningPaths:
        """Return the paths that lie between two values of Z at the next look; the look after it sets the mesh."""
        gain, root = information - self.information, math.sqrt(information)
        middle, below = self.drift * information, REACH if math.isfinite(low) else OPEN_REACH
        finest = min(gain, (next_information - information) if next_information else gain)
        at, weight = mesh(
            max(low * root, middle - below * root), min(high * root, middle + REACH * root), math.sqrt(finest)
        )
        density = np.concatenate(
            [self._density(at[i : i + CHUNK], gain) for i in range(0, len(at), CHUNK)] or [np.empty(0)]
        )
        return RunningPaths(information, at, weight * density, self.drift)

    def _density(self, at: Vector, gain: float) -> Vector:
        spread, source = math.sqrt(gain), self.at + self.drift * gain
        first, last = np.searchsorted(source, [at[0] - REACH * spread, at[-1] + REACH * spread])
        score = (at[:, None] - source[first:last]) / spread
        density: Vector = np.exp(-0.5 * score**2) @ self.mass[first:last] / (spread * math.sqrt(2 * math.pi))
        return density


def start(drift: float) -> RunningPaths:
    """Return the one path before the first look."""
    return RunningPaths(0.0, np.zeros(1), np.ones(1), drift)


def mesh(low: float, high: float, spread: float) -> tuple[Vector, Vector]:
    """Return ascending nodes and weights that integrate functions as smooth as a normal density of that spread.

    >>> at, weight = mesh(-9.0, 9.0, 1.0)
    >>> round(float(weight @ np.exp(-at**2 / 2)) / math.sqrt(2 * math.pi), 12)
    1.0
    """
    if high <= low:
        return np.empty(0), np.empty(0)
    edges = np.linspace(low, high, math.ceil((high - low) / (PANEL * spread)) + 1)
    node, weight = _panel()
    half = (edges[1] - edges[0]) / 2
    return (edges[:-1, None] + half * (1 + node)).ravel(), np.tile(half * weight, len(edges) - 1)


@cache
def _panel() -> tuple[Vector, Vector]:
    return np.polynomial.legendre.leggauss(NODES)


def crossings(
    information: Sequence[float], upper: Sequence[float], lower: Sequence[float], drift: float
) -> tuple[list[float], list[float]]:
    """Return for each look the probabilities of first crossing there, up and down."""
    paths, up, down = start(drift), [], []
    for k, t in enumerate(information):
        up.append(paths.above(t, upper[k]))
        down.append(paths.below(t, lower[k]))
        paths = paths.between(t, lower[k], upper[k], information[k + 1] if k + 1 < len(information) else None)
    return up, down


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a monotone function is 0, between a value below and one above (Brent 1973)."""
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-12, rtol=1e-13))
