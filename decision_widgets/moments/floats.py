"""What was given, as numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError

# Deviations below this share of the largest value are rounding, not variation.
ROUNDING = 64 * float(np.finfo(np.float64).eps)


def floats(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return an array of any shape as floats; refuse text, dates and ragged lists, naming the argument.

    >>> floats("y", [1, 2]).tolist()
    [1.0, 2.0]
    """
    try:
        array = np.asarray(values)
        if array.dtype.kind in "biuf" or (array.dtype.kind == "O" and not _holds_text(array)):
            return array.astype(np.float64, copy=False)
    except (TypeError, ValueError):
        pass
    raise InputError(f"{name} must hold numbers; got {_sample(values)}. Encode words as numbers first.")


def _holds_text(array: NDArray[np.object_]) -> bool:
    return any(isinstance(each, str | bytes) for each in array.flat)


def _sample(values: object) -> str:
    text = repr(values)
    return text if len(text) <= 60 else f"{text[:57]}..."
