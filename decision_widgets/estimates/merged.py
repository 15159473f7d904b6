"""Two samples on one scale: what lies below each value of one among the values of the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decision_widgets.moments import Sample

Integers = NDArray[np.int64]


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
        with_treatment = self.treatment.counts + (self.to_treatment - self.below_treatment)
        alone = (self.to_control == self.below_control) & (self.control.counts > 1)
        return np.concatenate([with_treatment[with_treatment > 1], self.control.counts[alone]])


def merge(control: Sample, treatment: Sample) -> Merged:
    """Place two samples on one scale, in one search of one's values among the other's."""
    at = np.searchsorted(control.values, treatment.values)
    k = len(control.values)
    tied = control.values.take(at, mode="clip") == treatment.values
    reached = np.cumsum(np.bincount(at, minlength=k + 1)[:k])
    tied_control = np.zeros(k, dtype=np.bool_)
    tied_control[at[tied]] = True
    below_treatment, below_control = _units(control, at), _units(treatment, reached - tied_control)
    return Merged(
        control=control,
        treatment=treatment,
        below_treatment=below_treatment,
        to_treatment=_units(control, at + tied) if tied.any() else below_treatment,
        below_control=below_control,
        to_control=_units(treatment, reached) if tied.any() else below_control,
    )


def _units(sample: Sample, n_values: Integers) -> Integers:
    """Return how many units hold the lowest so many distinct values."""
    if len(sample.values) == sample.n:
        return n_values
    return np.concatenate([[0], np.cumsum(sample.counts)])[n_values]
