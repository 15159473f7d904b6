"""The space of a regression's columns, in coordinates that neither their units nor their origin can spoil."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import squarable
from decision_widgets.moments import ROUNDING, floats

Matrix = NDArray[np.float64]

# Below this share of its length for its own, a column counts as a combination of the others: few digits would be left.
DEPENDENT = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColumnSpace:
    """An orthonormal basis of the columns of X, shape (N, k).

    Attributes
    ----------
    basis : ndarray, shape (N, k)
        ``Q``; its first column is constant if the columns of X can be added up to a constant.
    position : ndarray, shape (k, k)
        ``β̂ = positionᵀQᵀy``, so that ``X(XᵀX)^{-1} = Q·position``.
    """

    basis: Matrix
    position: Matrix

    @classmethod
    def of(cls, x: Matrix) -> ColumnSpace:
        """Find the basis, of columns less their means where the constant is among them; refuse dependent columns."""
        n, k = x.shape
        mean = x.mean(axis=0)
        centred, rounding = x - mean, ROUNDING * np.sqrt(n) * np.abs(x).max(axis=0)
        centred -= centred.mean(axis=0)  # a large mean has an error of its own
        own = _own_parts(centred, rounding)
        if own.all():
            if not _own_parts(x, rounding).all():
                raise _dependent()
            basis, position = _orthonormal(x)
            return cls(basis=basis, position=position)
        if own.sum() < k - 1:
            raise _dependent()
        q, of_own = _orthonormal(centred[:, own])
        last = _last(q, of_own, centred[:, ~own][:, 0])
        step = float(mean[~own][0] - last @ mean[own])
        if abs(step) <= DEPENDENT * (np.abs(mean[~own][0]) + np.abs(last) @ np.abs(mean[own])):
            raise _dependent()
        position = np.zeros((k, k))
        of_last = np.concatenate([[1 / np.sqrt(n)], -of_own @ mean[own]]) / step
        position[1:, own] = of_own
        position[:, own] -= np.outer(of_last, last)
        position[:, ~own] = of_last[:, None]
        return cls(basis=np.column_stack([np.full(n, 1 / np.sqrt(n)), q]), position=position)

    @property
    def with_constant(self) -> bool:
        """Whether the columns can be added up to a constant."""
        return bool(np.ptp(self.basis[:, 0]) == 0)

    def fit(self, y: Matrix) -> tuple[Matrix, Matrix]:
        """Return the coefficients, shape (k,), and the residuals, shape (N,)."""
        level = float(y.mean()) if self.with_constant else 0.0
        residual = y - level
        along = np.zeros(len(self.position))
        for _ in range(2):  # the second time for the digits that the first one loses
            step = self.basis.T @ residual
            along, residual = along + step, residual - self.basis @ step
        if self.with_constant:
            along[0] += np.sqrt(len(y)) * level
        return self.position.T @ along, residual


def regression_rows(y: ArrayLike, x: ArrayLike) -> tuple[Matrix, Matrix]:
    """Return the outcome, shape (N,), and the columns, shape (N, k), of a regression; refuse what cannot be fitted."""
    outcome, design = squarable("y", floats("y", y)), squarable("x", floats("x", x))
    if design.ndim != 2 or outcome.shape != design.shape[:1]:
        raise InputError(f"y must have shape (N,) and x (N, k); got {outcome.shape} and {design.shape}.")
    if not (np.isfinite(outcome).all() and np.isfinite(design).all()):
        raise InputError("y and x must be finite; drop or fill missing values first.")
    if len(design) <= design.shape[1] or not design.shape[1]:
        raise InputError(f"A regression needs more rows than columns; got {len(design)} and {design.shape[1]}.")
    return outcome, design


def _own_parts(columns: Matrix, rounding: Matrix) -> NDArray[np.bool_]:
    """Tell which columns have a part that neither the ones before them nor rounding explain, shape (k,)."""
    length = np.linalg.norm(columns, axis=0)
    varies = length > rounding
    own = np.zeros(len(length), dtype=bool)
    triangle = np.linalg.qr(columns[:, varies] / length[varies], mode="r")
    least = np.maximum(DEPENDENT, rounding[varies] / length[varies])
    own[varies] = np.abs(np.diag(triangle)) > least
    return own


def _orthonormal(columns: Matrix) -> tuple[Matrix, Matrix]:
    """Return an orthonormal basis of independent columns, and the coefficients' positions in it."""
    length = np.linalg.norm(columns, axis=0)
    q, r = np.linalg.qr(columns / length)
    return np.asarray(q), np.asarray((np.linalg.inv(r) / length[:, None]).T)


def _last(q: Matrix, position: Matrix, column: Matrix) -> Matrix:
    """Return the coefficients of a column that is a combination of others, exactly 0 for those it does not need."""
    share = position.T @ (q.T @ column)
    reach = np.abs(share) / np.linalg.norm(position, axis=0)
    return np.where(reach <= ROUNDING * np.linalg.norm(column), 0.0, share)


def _dependent() -> InputError:
    return InputError("The columns of x depend on each other; drop the redundant ones.")
