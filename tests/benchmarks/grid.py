"""The points of W7: effects in standard deviations, participants of the control, allocations."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

POINTS, SHOWN = 10_000, 200
POWER = 0.8


def grid() -> tuple[Any, Any, Any]:
    """Return three arrays of shape (POINTS,), from a seed."""
    import numpy as np

    rng = np.random.default_rng(20260105)
    effect, n_control = (np.exp(rng.uniform(np.log(a), np.log(b), POINTS)) for a, b in ((0.02, 1), (10, 20_000)))
    return effect, n_control, np.exp(rng.uniform(-1, 1, POINTS))


def chosen(what: str, values: Sequence[float]) -> dict[str, float]:
    """Name the first points, which are those compared; what is no number is left out."""
    return {f"point_{i}.{what}": value for i, value in enumerate(values[:SHOWN]) if isfinite(value)}
