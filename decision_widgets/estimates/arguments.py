"""What the statistics ask of their arguments, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.checks import Between, problems
from decision_widgets.errors import InputError
from decision_widgets.moments import floats

Array = NDArray[np.float64]


# Squares of larger numbers, or of numbers that are all smaller, leave the range of a float.
LARGEST, SMALLEST = 1e100, 1e-100
SHARES_MAY_MISS = 1e-6


def checked_alpha(alpha: float) -> float:
    """Return `alpha` if it lies between 0 and 1; refuse it otherwise."""
    wrong = problems({"alpha": Between(0, 1)}, {"alpha": alpha})
    if wrong:
        raise InputError(wrong[0])
    return alpha


def checked_shares(shares: Sequence[float]) -> Array:
    """Return shares that sum to 1, from such shares or from whole numbers in proportion; refuse others.

    Fractions with another sum are a slip of the pen, and to scale them would hide which one is wrong.

    >>> checked_shares([1, 3]).tolist()
    [0.25, 0.75]
    """
    planned = floats("shares", shares)
    if planned.ndim != 1 or len(planned) < 2 or not (np.isfinite(planned) & (planned > 0)).all():
        raise InputError(f"A split has a positive share for each of at least 2 arms; got {shares!r}.")
    total = float(planned.sum())
    if abs(total - 1) > SHARES_MAY_MISS and (planned != np.floor(planned)).any():
        raise InputError(f"Shares sum to 1, or are whole numbers in proportion; these sum to {total:g}: {shares!r}.")
    return planned / total


def squarable(name: str, values: Array) -> Array:
    """Return numbers whose squares neither overflow nor vanish; refuse others, which have no variance that is a float.

    >>> squarable("y", np.array([3e200]))
    Traceback (most recent call last):
    ...
    decision_widgets.errors.InputError: y holds numbers near 3e+200, too far from 1 to square; use another unit.
    """
    largest = float(np.abs(values).max(initial=0.0, where=np.isfinite(values)))
    if largest and not SMALLEST < largest < LARGEST:
        raise InputError(f"{name} holds numbers near {largest:g}, too far from 1 to square; use another unit.")
    return values


def as_numbers(given: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return a list as a float array of one dimension; refuse what is none."""
    numbers = floats(name, given)
    if numbers.ndim != 1:
        raise InputError(f"{name} must be a list of numbers; got an array of shape {numbers.shape}.")
    return numbers


def finite(
    name: str, values: ArrayLike, low: float = -math.inf, high: float = math.inf, *, closed: bool = False
) -> Array:
    """Return finite numbers between two bounds (inside them, unless `closed`) as an array, or say which is not.

    >>> float(finite("power", 0.8, 0, 1))
    0.8
    """
    array = floats(name, values)
    inside = (low <= array) & (array <= high) if closed else (low < array) & (array < high)
    wrong = array[~(inside & np.isfinite(array))]
    if wrong.size:
        raise InputError(f"{name} must be {_wants(low, high, closed)}; got {wrong.flat[0]:g}.")
    return array


def number(name: str, value: float, low: float = -math.inf, high: float = math.inf, *, closed: bool = False) -> float:
    """Return one finite number between two bounds, or say that it is not."""
    array = finite(name, value, low, high, closed=closed)
    if array.ndim:
        raise InputError(f"{name} must be one number; got {array.size} of them.")
    return float(array)


def together(*arrays: Array) -> list[Array]:
    """Return copies of one shape, or say that the shapes do not fit."""
    try:
        return [each.copy() for each in np.broadcast_arrays(*arrays)]
    except ValueError:
        raise InputError(f"Arrays must fit each other; got shapes {', '.join(str(a.shape) for a in arrays)}.") from None


def _wants(low: float, high: float, closed: bool) -> str:
    if math.isinf(low) and math.isinf(high):
        return "finite"
    if math.isinf(high):
        return f"finite and {'at least' if closed else 'above'} {low:g}"
    return f"{'from' if closed else 'between'} {low:g} {'to' if closed else 'and'} {high:g}"
