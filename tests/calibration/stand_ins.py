"""What `decision_widgets.estimates` does not offer yet; an import of the same name takes each one's place."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

LEAST, ENOUGH = 3, 10
TIE = 1e-9


def few_clusters(n_control: int, n_treatment: int, df: float) -> Literal["refuse", "warn"] | None:
    """Say whether a result is refused, below 3 units in an arm or 3 degrees of freedom, or warned about, below 10."""
    fewest = min(n_control, n_treatment, df)
    return "refuse" if fewest < LEAST else "warn" if fewest < ENOUGH else None


def randomization_p(control: NDArray[np.float64], treatment: NDArray[np.float64]) -> float:
    """Return the share of all assignments whose difference in means is at least as far from 0 as the observed one."""
    units = np.concatenate([control, treatment])
    totals = units[_choices(len(units), len(treatment))].sum(axis=1)
    n_c, n_t = len(control), len(treatment)
    differences = np.abs(totals / n_t - (units.sum() - totals) / n_c)
    return float(np.mean(differences >= abs(treatment.mean() - control.mean()) - TIE * np.abs(units).max()))


@cache
def _choices(n: int, chosen: int) -> NDArray[np.intp]:
    return np.array(list(combinations(range(n), chosen)))
