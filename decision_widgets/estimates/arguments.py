"""What several tests ask of their arguments."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.checks import Between, problems
from decision_widgets.errors import InputError

# Deviations below this share of the largest value are rounding, not variation.
ROUNDING = 64 * float(np.finfo(np.float64).eps)


def checked_alpha(alpha: float) -> float:
    """Return `alpha` if it lies between 0 and 1; refuse it otherwise."""
    wrong = problems({"alpha": Between(0, 1)}, {"alpha": alpha})
    if wrong:
        raise InputError(wrong[0])
    return alpha


def as_numbers(given: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return a list as a float array of one dimension; refuse what is none."""
    try:
        numbers = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise InputError(f"{name} must be a list of numbers; got {given!r}.") from problem
    if numbers.ndim != 1:
        raise InputError(f"{name} must be a list of numbers; got an array of shape {numbers.shape}.")
    return numbers
