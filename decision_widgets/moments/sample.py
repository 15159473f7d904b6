"""The values of one arm's units, where a statistic needs more than moments: ranks, quantiles, plots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError
from decision_widgets.moments.floats import floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """Distinct values of independent units in one arm, each with how many units hold it.

    Attributes
    ----------
    values : ndarray of float, shape (k,)
        Ascending, different from each other, finite.
    counts : ndarray of int, shape (k,)
        Units that hold each value, at least 1.
    n_units : int
        Units of the arm. More than ``counts.sum()`` when the values are a random sample of them.
    seed : int or None
        Of the random sample; ``None`` when every unit is there.
    """

    values: NDArray[np.float64]
    counts: NDArray[np.int64]
    n_units: int
    seed: int | None = None

    def __post_init__(self) -> None:
        self.values.flags.writeable = False
        self.counts.flags.writeable = False

    @classmethod
    def of(cls, values: ArrayLike) -> Sample:
        """Gather one value per unit.

        >>> sample = Sample.of([2.0, 1.0, 2.0])
        >>> sample.values.tolist(), sample.counts.tolist(), sample.n
        ([1.0, 2.0], [1, 2], 3)
        """
        array = floats("A sample", values).copy()
        if array.ndim != 1 or not len(array) or not np.isfinite(array).all():
            raise InputError(f"A sample needs finite values, one per unit; got {values!r}.")
        array.sort()
        differs = array[1:] != array[:-1]
        if differs.all():  # one unit each: a single number stands for all counts
            return cls(values=array, counts=np.broadcast_to(np.int64(1), len(array)), n_units=len(array))
        starts = np.concatenate([[0], np.flatnonzero(differs) + 1])
        counts = np.diff(starts, append=len(array)).astype(np.int64)
        return cls(values=array[starts], counts=counts, n_units=len(array))

    @property
    def n(self) -> int:
        """Units whose values are here."""
        return int(self.counts.sum())

    @property
    def untied(self) -> bool:
        """Tell whether no two units here hold the same value."""
        return self.n == len(self.values)

    @property
    def every(self) -> NDArray[np.float64]:
        """One value per unit, ascending, shape (n,)."""
        return np.repeat(self.values, self.counts)
