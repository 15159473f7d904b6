"""How much of a panel's variation the clock and the calendar explain."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.fixed_effects import absorb
from decision_widgets.estimates.labels import label_codes
from decision_widgets.moments import floats


def explained_share(values: ArrayLike, labels: ArrayLike, *, weight: ArrayLike, within: ArrayLike) -> float:
    """Return the share of the weighted variation within groups that labels explain: R² beyond the groups.

    ``1 − RSS(groups + labels)/RSS(groups)``, least squares with both as fixed effects.

    Parameters
    ----------
    values, weight : array_like, shape (C,)
    labels, within : array_like, shape (C,)
        Such as the hour of the day, and the region whose level is not to count.

    Raises
    ------
    InputError
        Weights that are not positive, or values that do not vary within groups.

    Examples
    --------
    >>> round(explained_share([1, 2, 1, 2.2], [0, 1, 0, 1], weight=[1] * 4, within=[0] * 4), 4)
    0.9837
    """
    y, n = floats("values", values), floats("weight", weight)
    if y.ndim != 1 or n.shape != y.shape or (n <= 0).any() or not np.isfinite(y).all():
        raise InputError("values and weight need one number per cell, weights above 0.")
    groups = label_codes(within, len(y), "within", "cell")
    codes = label_codes(labels, len(y), "labels", "cell")
    scaled = (np.sqrt(n) * (y - np.average(y, weights=n)))[:, None]
    base = float((absorb([groups], n).residual(scaled) ** 2).sum())
    if base <= 1e-20 * float((n * y**2).sum()):
        raise InputError("The values do not vary within groups.")
    return 1 - float((absorb([groups, codes], n).residual(scaled) ** 2).sum()) / base
