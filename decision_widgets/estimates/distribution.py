"""How the values of several arms are spread: shares in common bins, quantiles, zeros and extremes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.errors import InputError
from decision_widgets.estimates.sample_quantiles import sample_quantiles
from decision_widgets.moments import Sample
from decision_widgets.records import Record

QUANTILES: Final = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
BINS: Final = 24
MANY_ZEROS: Final = 0.05
# The bins reach from the 1st percentile to the 99th, and on to the extremes where those are not far.
TAIL: Final = 0.01
NEAR: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ArmDistribution(Record):
    """One arm's values.

    Attributes
    ----------
    n, n_units : int
        Values here, and units of the arm; fewer here when they are a random sample.
    zero_share : float
        Of the n values, those that are 0.
    n_drawn : int
        Values in the bins and quantiles: without the zeros where the distribution leaves them out.
    shares : tuple of float
        Of the n_drawn, one per bin; `below` the first edge and from the last edge on `above`. Empty for nobody.
    quantiles : tuple of float
        Of the n_drawn, one per probability. Empty for nobody.
    smallest, largest : float or None
        Of the n_drawn.
    """

    n: int
    n_units: int
    zero_share: float
    n_drawn: int
    shares: tuple[float, ...]
    below: float
    above: float
    quantiles: tuple[float, ...]
    smallest: float | None
    largest: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Distribution(Record):
    """The values of several arms in common bins.

    Attributes
    ----------
    edges : tuple of float
        A bin holds its left edge; equally wide; of whole numbers halfway between them.
    whole : bool
        Every value is a whole number.
    without_zeros : bool
        The bins and quantiles are of the values other than 0, which more than 5 % are.
    probabilities : tuple of float
    arms : tuple of ArmDistribution
        In the order given.
    """

    edges: tuple[float, ...]
    whole: bool
    without_zeros: bool
    probabilities: tuple[float, ...]
    arms: tuple[ArmDistribution, ...]


def distribution(samples: Sequence[Sample], *, probabilities: Sequence[float] = QUANTILES) -> Distribution:
    """Describe how the values of each arm are spread; it tests nothing.

    About 24 bins of a width 1, 2, 2.5 or 5 times a power of ten, the same for all arms, over the middle 98 % of all
    values and what lies near; the rest is `below` and `above`. Zeros of amounts are left out and counted when they are
    more than 5 %, because one bar would flatten all others. Quantiles are of type 7 (Hyndman & Fan 1996).

    Raises
    ------
    InputError
        No sample, or values so close beside their size (or so far apart) that no bins divide them.

    >>> found = distribution([Sample.of([1, 2, 2, 3]), Sample.of([2, 3, 3, 9])])
    >>> found.edges[:3], found.arms[0].shares[:3]
    ((-0.5, 0.5, 1.5), (0.0, 0.25, 0.5))
    """
    if not samples:
        raise InputError("A distribution needs the sample of at least one arm.")
    values = np.concatenate([sample.values for sample in samples])
    counts = np.concatenate([sample.counts for sample in samples])
    whole = bool((values == np.floor(values)).all())
    zeros = counts[values == 0].sum() / counts.sum()
    without = not whole and bool(zeros > MANY_ZEROS)
    drawn = [_nonzero(sample) if without else sample for sample in samples]
    kept = values != 0 if without else np.ones(len(values), dtype=bool)
    edges = _edges(values[kept], counts[kept], whole=whole)
    return Distribution(
        edges=tuple(edges.tolist()),
        whole=whole,
        without_zeros=without,
        probabilities=tuple(float(p) for p in probabilities),
        arms=tuple(_arm(sample, own, edges, probabilities) for sample, own in zip(samples, drawn, strict=True)),
    )


def _nonzero(sample: Sample) -> Sample | None:
    kept = sample.values != 0
    if not kept.any():
        return None
    return Sample(values=sample.values[kept], counts=sample.counts[kept], n_units=sample.n_units, seed=sample.seed)


def _arm(
    sample: Sample, drawn: Sample | None, edges: NDArray[np.float64], probabilities: Sequence[float]
) -> ArmDistribution:
    shares = np.zeros(len(edges) + 1)
    if drawn is not None:
        place = np.searchsorted(edges, drawn.values, side="right")
        shares = np.bincount(place, weights=drawn.counts, minlength=len(edges) + 1) / drawn.n
    return ArmDistribution(
        n=sample.n,
        n_units=sample.n_units,
        zero_share=float(sample.counts[sample.values == 0].sum() / sample.n),
        n_drawn=0 if drawn is None else drawn.n,
        shares=() if drawn is None else tuple(shares[1:-1].tolist()),
        below=float(shares[0]),
        above=float(shares[-1]),
        quantiles=() if drawn is None else sample_quantiles(drawn, probabilities),
        smallest=None if drawn is None else float(drawn.values[0]),
        largest=None if drawn is None else float(drawn.values[-1]),
    )


def _edges(values: NDArray[np.float64], counts: NDArray[np.int64], *, whole: bool) -> NDArray[np.float64]:
    order = np.argsort(values, kind="stable")
    values, units = values[order], np.cumsum(counts[order])
    last = int(units[-1]) - 1
    ranks = math.floor(last * TAIL), math.ceil(last * (1 - TAIL))
    low, high = (float(values[np.searchsorted(units, rank, side="right")]) for rank in ranks)
    span = high - low
    low = float(values[0]) if values[0] >= low - NEAR * span else low
    high = float(values[-1]) if values[-1] <= high + NEAR * span else high
    if 0 < low <= NEAR * span:
        low = 0.0
    step = _step(low, high, whole=whole)
    first, last = math.floor(low / step), math.floor(high / step) + 1
    return np.arange(first, last + 1, dtype=np.float64) * step - (0.5 if whole else 0.0)


def _step(low: float, high: float, *, whole: bool) -> float:
    size = max(abs(low), abs(high))
    least = (high - low) / BINS or size / BINS or 1.0
    if not math.isfinite(least) or least < 1e-9 * size or size > 1e300 or (0 < size < 1e-290):
        raise InputError(f"No bins divide values from {low!r} to {high!r}; give the metric another unit.")
    if whole and least <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    factors = (1, 2, 5, 10) if whole else (1, 2, 2.5, 5, 10)
    return next(factor * power for factor in factors if factor * power >= least * (1 - 1e-9))
