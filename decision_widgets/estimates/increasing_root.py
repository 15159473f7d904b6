"""Where many increasing functions of one number reach their targets, all at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import Array

MOST_STEPS = 200
CLOSE = 1e-12


def increasing_root(
    function: Callable[[Array, np.ndarray], Array], target: Array, *, low: Array, start: Array, slope: Array
) -> Array:
    """Return x ≥ low with ``function(x) = target``, or `low` where the function is there already.

    Secant steps from `start` with a first `slope`, held inside a bracket; made for functions that are nearly straight
    lines, which takes three or four evaluations. All arrays have shape (n,).

    Parameters
    ----------
    function : callable
        Takes values and the indices they belong to; increasing in the value, without bound or flat at its ends.

    Raises
    ------
    InputError
        When the steps do not settle, so that an approximate answer never passes for a root.
    """
    x, before, y_before = np.maximum(start, low), np.full_like(low, np.nan), np.full_like(low, np.nan)
    floor, ceiling, slope = low.copy(), np.full_like(low, np.inf), slope.copy()
    active = np.arange(len(x))
    for _ in range(MOST_STEPS):
        y = function(x[active], active) - target[active]
        here = x[active]
        under = y < 0
        floor[active[under]], ceiling[active[~under]] = here[under], here[~under]
        secant = (
            (y - y_before[active]) / (here - before[active]) if np.isfinite(before[active]).all() else slope[active]
        )
        slope[active] = np.where(np.isfinite(secant) & (secant > 0), secant, slope[active])
        before[active], y_before[active] = here, y
        step = here - y / slope[active]
        x[active] = _inside(step, floor[active], ceiling[active], low[active])
        settled = np.abs(x[active] - here) <= CLOSE * np.abs(here)
        active = active[~settled]
        if not len(active):
            return x
    raise InputError(
        f"{len(active)} of {len(x)} equations have no solution that can be computed; the first target is "
        f"{target[active[0]]:g}."
    )


def _inside(step: Array, floor: Array, ceiling: Array, low: Array) -> Array:
    """Return the step where it lies inside the bracket, else the middle of the bracket (or twice its floor)."""
    middle = np.where(np.isfinite(ceiling), (floor + np.where(np.isfinite(ceiling), ceiling, floor)) / 2, 2 * floor)
    at_least = np.maximum(step, low)
    return np.where((at_least >= floor) & (at_least <= ceiling), at_least, middle)
