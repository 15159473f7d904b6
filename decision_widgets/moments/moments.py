"""Count, means and centred cross-products of a few named columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError
from decision_widgets.moments.floats import ROUNDING, floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """Count, means and centred cross-products.

    Attributes
    ----------
    columns : tuple of str
        The k columns, in the order of the arrays.
    n : int
        Rows that entered the matrix, exactly.
    mean : ndarray, shape (k,)
        Column means.
    cross : ndarray, shape (k, k)
        ``Σ (v − v̄)(v − v̄)ᵀ``. Centred, not raw: sums of squares lose every digit near 1e9.
    """

    columns: tuple[str, ...]
    n: int
    mean: NDArray[np.float64]
    cross: NDArray[np.float64]

    def __post_init__(self) -> None:
        self.mean.flags.writeable = False
        self.cross.flags.writeable = False

    @classmethod
    def of(cls, table: Mapping[str, ArrayLike]) -> Moments:
        """Take the moments of columns of equal length.

        >>> m = Moments.of({"y": [1.0, 2.0, 6.0]})
        >>> m.n, float(m.mean[0]), m.variance("y")
        (3, 3.0, 7.0)
        """
        values = np.column_stack([floats(name, column) for name, column in table.items()])
        if len(values) == 0:
            raise InputError("Moments need at least one row; got none.")
        mean = values.mean(axis=0)
        centred = values - mean
        return cls(columns=tuple(table), n=len(values), mean=mean, cross=centred.T @ centred)

    def merge(self, other: Moments) -> Moments:
        """Unite the moments of two disjoint sets of rows (pairwise update, Chan, Golub & LeVeque 1983)."""
        if self.columns != other.columns:
            raise InputError(f"Moments of {self.columns} cannot be merged with moments of {other.columns}.")
        n = self.n + other.n
        step = other.mean - self.mean
        return Moments(
            columns=self.columns,
            n=n,
            mean=self.mean + step * (other.n / n),
            cross=self.cross + other.cross + np.outer(step, step) * (self.n * other.n / n),
        )

    def average(self, column: str) -> float:
        """Return the mean of one column."""
        return float(self.mean[self.columns.index(column)])

    def variance(self, column: str) -> float:
        """Return the sample variance (divisor n − 1) of one column, 0 if it is only rounding; needs n ≥ 2."""
        variance = self.covariance(column, column)
        rounding = (ROUNDING * self.average(column)) ** 2 * self.n
        return 0.0 if variance * (self.n - 1) <= rounding else variance

    def covariance(self, first: str, second: str) -> float:
        """Return the sample covariance (divisor n − 1) of two columns; needs n ≥ 2."""
        if self.n < 2:
            raise InputError(f"A variance needs at least 2 rows; got {self.n}.")
        return float(self.cross[self.columns.index(first), self.columns.index(second)]) / (self.n - 1)

    def of_columns(self, *columns: str) -> Moments:
        """Return the moments of some of the columns, in the order asked for."""
        at = [self.columns.index(column) for column in columns]
        return Moments(columns=columns, n=self.n, mean=self.mean[at], cross=self.cross[np.ix_(at, at)])

    def combination(self, weights: Sequence[float]) -> Moments:
        """Return the moments of one new column, the weighted sum of these (named ``"combination"``).

        What is left where the parts cancel but for rounding counts as a constant.
        """
        w = floats("weights", weights)
        cross, size = float(w @ self.cross @ w), np.abs(w)
        rounding = ROUNDING * (size @ np.abs(self.cross) @ size) + self.n * (ROUNDING * (size @ np.abs(self.mean))) ** 2
        return Moments(
            columns=("combination",),
            n=self.n,
            mean=np.array([w @ self.mean]),
            cross=np.array([[0.0 if cross <= rounding else cross]]),
        )
