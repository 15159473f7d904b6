"""What was given, as numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError

# Deviations below this share of the largest value are rounding, not variation.
ROUNDING = 64 * float(np.finfo(np.float64).eps)


def floats(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return an array of any shape as floats; refuse text and ragged lists, naming the argument.

    >>> floats("y", [1, 2]).tolist()
    [1.0, 2.0]
    """
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{name} must hold numbers; got {_sample(values)}. Encode words as numbers first.") from None


def _sample(values: object) -> str:
    text = repr(values)
    return text if len(text) <= 60 else f"{text[:57]}..."
