"""Does a yes-or-no property of participants occur equally often in every arm?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from decision_widgets.errors import InputError


def homogeneity_p(having: Sequence[int], lacking: Sequence[int]) -> float:
    """Return the p-value of Pearson's χ² test that the share having a property is the same in every arm.

    `having` and `lacking` count independent units by arm, K arms each; K − 1 degrees of freedom over arms that hold
    anybody, no continuity correction. 1 when nobody or everybody has it.

    >>> round(homogeneity_p([20, 30], [80, 70]), 6)
    0.10247
    """
    table = np.array([having, lacking], dtype=np.float64).T
    if (table < 0).any():
        raise InputError("Counts must not be negative.")
    table = table[table.sum(axis=1) > 0]
    if len(table) < 2 or (table.sum(axis=0) == 0).any():
        return 1.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return float(scipy.special.chdtrc(len(table) - 1, ((table - expected) ** 2 / expected).sum()))
