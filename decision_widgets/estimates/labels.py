"""Labels of rows, of any type, as codes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError

Codes = NDArray[np.intp]


def label_codes(labels: ArrayLike, n: int, what: str, per: str = "row of y") -> Codes:
    """Return codes 0, 1, … in the labels' order, shape (n,); refuses another shape, missing or incomparable labels.

    What is labelled, and what each label belongs to, are for the message.

    >>> label_codes(["b", "a", "b"], 3, "cluster").tolist()
    [1, 0, 1]
    """
    try:
        values = np.asarray(labels)
    except ValueError:
        raise InputError(f"{what} needs one label per {per}, shape ({n},); got lists of several lengths.") from None
    if values.dtype.kind == "U" and not isinstance(labels, np.ndarray):
        values = np.asarray(labels, dtype=object)  # as text, a missing label would be one more label
    if values.shape != (n,):
        raise InputError(f"{what} needs one label per {per}, shape ({n},); got {values.shape}.")
    try:
        missing = bool((values != values).any())
        codes = np.unique(values, return_inverse=True)[1].astype(np.intp)
    except TypeError:
        raise InputError(f"{what} has labels that cannot be put in order (of several types, or missing).") from None
    if missing:
        raise InputError(f"{what} has missing labels; drop those rows or name them.")
    return codes
