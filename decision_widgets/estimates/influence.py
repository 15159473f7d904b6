"""What each independent unit adds to the error of an adjusted difference: HC2 for units, CR2 for clusters of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from decision_widgets.errors import InputError

Matrix = NDArray[np.float64]
Codes = NDArray[np.intp]

# A unit with this share of a direction to itself leaves no residual by which its variance could be judged.
ALONE = 1 - 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Influence:
    """Contributions to the error of a sum ``Σ c_i y_i`` that least squares formed.

    Attributes
    ----------
    values : ndarray, shape (G,)
        One per unit or cluster; their squares sum to the HC2 or CR2 variance.
    trace, square : float
        ``tr P`` and ``tr P²``, the mean and half the variance of that variance when errors are independent with
        variance 1, so that ``(tr P)²/tr P²`` are the Bell–McCaffrey degrees of freedom.
    """

    values: Matrix
    trace: float
    square: float

    @property
    def variance(self) -> float:
        """The HC2 or CR2 variance."""
        return float(self.values @ self.values)


def influence(basis: Matrix, coordinates: Matrix, residual: Matrix, cluster: Codes | None = None) -> Influence:
    """Return what each unit adds to the error of ``coordinatesᵀ Qᵀy``.

    With orthonormal columns Q of the design, cluster g adds ``cᵀ(I − Q_gᵀQ_g)^{-1/2} Q_gᵀe_g`` (Bell & McCaffrey 2002;
    for single rows this is ``c_i e_i/√(1 − h_i)``, HC2 of MacKinnon & White 1985).

    Parameters
    ----------
    basis : ndarray, shape (N, k)
    coordinates : ndarray, shape (k,)
    residual : ndarray, shape (N,)
    cluster : ndarray of int, shape (N,), optional
        Codes 0 … G − 1, each of which occurs; without them every row is a unit.
    """
    if cluster is None:
        leverage = (basis**2).sum(axis=1)
        free = np.sqrt(1 - np.minimum(leverage, ALONE))
        along = basis @ coordinates
        share = along / free
        return _gathered(share * residual, along**2, basis * share[:, None])
    spans = own_products(basis, cluster)
    scores = np.column_stack([np.bincount(cluster, column * residual) for column in basis.T])
    own_share, turn = np.linalg.eigh(spans)
    if own_share.max() > ALONE:
        raise InputError("One participant alone determines the level or a slope of an arm; more are needed.")
    turned = np.einsum("gji,j->gi", turn, coordinates) / np.sqrt(1 - own_share)
    adjusted = np.einsum("gij,gj->gi", turn, turned)
    z = np.einsum("gij,gj->gi", spans, adjusted)
    return _gathered((adjusted * scores).sum(axis=1), np.einsum("i,gij,j->g", coordinates, spans, coordinates), z)


def degrees_of_freedom(*parts: Influence) -> float:
    """Return the Bell–McCaffrey degrees of freedom of a sum of independent parts."""
    return sum(part.trace for part in parts) ** 2 / sum(part.square for part in parts)


def sum_of_squares(diagonal: Matrix, z: Matrix) -> float:
    """Return ``tr P²``, P with this diagonal, shape (G,), and ``−z_g·z_h`` beside it, z of shape (G, k).

    The unit with the largest z stands apart, for its own square would drown the others' products.
    """
    largest = int((z**2).sum(axis=1).argmax())
    rest = z.copy()
    rest[largest] = 0.0
    among_rest = ((rest.T @ rest) ** 2).sum() - ((rest**2).sum(axis=1) ** 2).sum()
    return float((diagonal**2).sum() + 2 * ((rest @ z[largest]) ** 2).sum() + max(among_rest, 0.0))


def _gathered(values: Matrix, diagonal: Matrix, z: Matrix) -> Influence:
    """Gather P, of which `diagonal` is what is left of each unit's own after its leverage, without forming it."""
    return Influence(values=values, trace=float(diagonal.sum()), square=sum_of_squares(diagonal, z))


def own_products(basis: Matrix, cluster: Codes) -> Matrix:
    """Return ``Q_gᵀQ_g`` of each cluster, shape (G, k, k)."""
    k = basis.shape[1]
    spans = np.empty((int(cluster.max()) + 1, k, k))
    for i in range(k):
        for j in range(i, k):
            spans[:, i, j] = spans[:, j, i] = np.bincount(cluster, basis[:, i] * basis[:, j])
    return spans
