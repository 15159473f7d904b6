"""Two samples on one scale: what lies below each value of one among the values of the other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from decision_widgets.moments import Sample

Integers = NDArray[np.int64]
STRETCH: Final = 100_000
"""Values of the longer sample whose places a processor's cache holds."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Merged:
    """Where the distinct values of two samples stand among each other's units.

    Attributes
    ----------
    below_treatment, to_treatment : ndarray of int, shape (k_t,)
        Control units below each distinct treatment value, and below or at it.
    below_control, to_control : ndarray of int, shape (k_c,)
        Treatment units below each distinct control value, and below or at it.
    """

    control: Sample
    treatment: Sample
    below_treatment: Integers
    to_treatment: Integers
    below_control: Integers
    to_control: Integers

    @property
    def tied_units(self) -> Integers:
        """Return the sizes of the groups of equal values in both arms together, of 2 and more."""
        if self.to_treatment is self.below_treatment and self.control.untied and self.treatment.untied:
            return np.zeros(0, dtype=np.int64)
        with_treatment = self.treatment.counts + (self.to_treatment - self.below_treatment)
        alone = (self.to_control == self.below_control) & (self.control.counts > 1)
        return np.concatenate([with_treatment[with_treatment > 1], self.control.counts[alone]])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretch:
    """The values of two samples in one stretch of their scale, and how many units of each lie below all of it."""

    control: Sample
    treatment: Sample
    below_control: int
    below_treatment: int


def merge(control: Sample, treatment: Sample) -> Merged:
    """Place two samples on one scale: a stable sort of two ascending runs merges them, a control before its tie."""
    k_c, k_t = len(control.values), len(treatment.values)
    order = np.argsort(np.concatenate([control.values, treatment.values]), kind="stable")
    treated = order >= k_c
    to_treatment, below_control = np.flatnonzero(treated), np.flatnonzero(~treated)
    to_treatment -= np.arange(k_t)
    below_control -= np.arange(k_c)
    tied = np.zeros(k_t, dtype=np.bool_)
    if k_c:
        tied = treatment.values == control.values.take(to_treatment - 1, mode="clip")
    if not tied.any():
        to_treatment, below_control = _units(control, to_treatment), _units(treatment, below_control)
        return Merged(
            control=control,
            treatment=treatment,
            below_treatment=to_treatment,
            to_treatment=to_treatment,
            below_control=below_control,
            to_control=below_control,
        )
    tied_control = np.zeros(k_c, dtype=np.bool_)
    tied_control[to_treatment[tied] - 1] = True
    return Merged(
        control=control,
        treatment=treatment,
        below_treatment=_units(control, to_treatment - tied),
        to_treatment=_units(control, to_treatment),
        below_control=_units(treatment, below_control),
        to_control=_units(treatment, below_control + tied_control),
    )


def stretches(control: Sample, treatment: Sample) -> list[Stretch]:
    """Divide two samples at the same values."""
    longer = max((control.values, treatment.values), key=len)
    edges = longer[STRETCH::STRETCH]
    cuts = (pairwise([0, *np.searchsorted(each.values, edges), len(each.values)]) for each in (control, treatment))
    found, below_control, below_treatment = [], 0, 0
    for of_control, of_treatment in zip(*cuts, strict=True):
        own = Stretch(
            control=_part(control, *of_control),
            treatment=_part(treatment, *of_treatment),
            below_control=below_control,
            below_treatment=below_treatment,
        )
        found.append(own)
        below_control, below_treatment = below_control + own.control.n_units, below_treatment + own.treatment.n_units
    return found


def _part(sample: Sample, start: int, stop: int) -> Sample:
    counts = sample.counts[start:stop]
    return Sample(values=sample.values[start:stop], counts=counts, n_units=int(counts.sum()))


def _units(sample: Sample, n_values: Integers) -> Integers:
    """Return how many units hold the lowest so many distinct values."""
    if sample.untied:
        return n_values
    return np.concatenate([[0], np.cumsum(sample.counts)])[n_values]
