"""Quantiles of a sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import as_numbers
from decision_widgets.moments import Sample


def sample_quantiles(sample: Sample, probabilities: Sequence[float]) -> tuple[float, ...]:
    """Tell below which values these shares of the units lie.

    Linear between the units at either side of ``(n − 1)·p``, counted from 0 (type 7 of Hyndman & Fan 1996, the
    default of R and NumPy). 0 gives the smallest value, 1 the largest.

    >>> sample_quantiles(Sample.of([1, 2, 4, 8]), [0, 0.5, 0.75])
    (1.0, 3.0, 5.0)
    """
    p = as_numbers(probabilities, "probabilities")
    if not ((p >= 0) & (p <= 1)).all():
        raise InputError(f"Probabilities must lie between 0 and 1; got {probabilities!r}.")
    position = (sample.n - 1) * p
    below = np.floor(position).astype(np.int64)
    above = np.minimum(below + 1, sample.n - 1)
    units = np.cumsum(sample.counts)
    low, high = at_rank(sample, units, below), at_rank(sample, units, above)
    return tuple(float(quantile) for quantile in part_way(low, high, position - below))


def at_rank(sample: Sample, units: NDArray[np.int64], rank: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the values of the units with these ranks, the smallest 0; `units` are the cumulative counts."""
    return sample.values[np.searchsorted(units, rank, side="right")]


def part_way(
    low: NDArray[np.float64], high: NDArray[np.float64], share: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the values at a share of the way; exactly `low` where both are equal."""
    return np.where(low == high, low, low * (1 - share) + high * share)
