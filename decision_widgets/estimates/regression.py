"""Ordinary least squares with clustered standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.column_space import ColumnSpace, Matrix, regression_rows
from decision_widgets.estimates.influence import ALONE, own_products, sum_of_squares
from decision_widgets.estimates.labels import Codes, label_codes
from decision_widgets.estimates.robust import sums_by_label
from decision_widgets.moments import ROUNDING


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusteredRegression:
    """OLS coefficients and their clustered standard errors; every array has shape (k,).

    Attributes
    ----------
    std_error_cr0, std_error_cr1, std_error_cr2, std_error_cv3 : ndarray
        Sandwich without correction; with ``G/(G−1)·(N−1)/(N−K)`` (Stata's); bias-reduced (Bell & McCaffrey 2002,
        identity working model); cluster jackknife with ``(G−1)/G`` (MacKinnon, Nielsen & Webb 2023), infinite where
        one cluster's absence leaves nothing to estimate a coefficient from.
    df_cr1 : int
        ``G − 1``.
    df_cr2 : ndarray
        Satterthwaite degrees of freedom of each coefficient (Pustejovsky & Tipton 2018).
    p_value_cr1, p_value_cr2 : ndarray
        Two-sided, from t.
    """

    coefficients: Matrix
    std_error_cr0: Matrix
    std_error_cr1: Matrix
    df_cr1: int
    p_value_cr1: Matrix
    std_error_cr2: Matrix
    df_cr2: Matrix
    p_value_cr2: Matrix
    std_error_cv3: Matrix
    n_observations: int
    n_clusters: int


def clustered_ols(y: ArrayLike, x: ArrayLike, cluster: ArrayLike) -> ClusteredRegression:
    """Fit ``y = Xβ + e`` with errors that may be correlated within clusters.

    Parameters
    ----------
    y : array_like, shape (N,)
    x : array_like, shape (N, k)
        Full column rank; a column of ones if an intercept is wanted.
    cluster : array_like, shape (N,)
        Labels; at least 2 different.

    Raises
    ------
    InputError
        Values that are not finite, fewer than 2 clusters, missing labels, columns of `x` that depend on each other, or
        a coefficient whose clustered error is 0.
    """
    outcome, design = regression_rows(y, x)
    n, k = design.shape
    codes = label_codes(cluster, n, "cluster")
    g = int(codes.max()) + 1
    if g < 2:
        raise InputError("Clustered errors need at least 2 clusters; got 1.")
    space = ColumnSpace.of(design)
    beta, residual = space.fit(outcome)
    clusters = _Clusters.of(space, residual, codes)
    cr0, cr2 = clusters.errors(0.0), clusters.errors(0.5)
    if (np.minimum(cr0, cr2) <= clusters.rounding(float(np.abs(outcome).max()))).any():
        raise InputError("The clustered error of a coefficient is 0: nothing varies between clusters.")
    cr1 = cr0 * np.sqrt(g / (g - 1) * (n - 1) / (n - k))
    df_cr2 = clusters.degrees_of_freedom()
    return ClusteredRegression(
        coefficients=beta,
        std_error_cr0=cr0,
        std_error_cr1=cr1,
        df_cr1=g - 1,
        p_value_cr1=2 * scipy.special.stdtr(g - 1, -np.abs(beta / cr1)),
        std_error_cr2=cr2,
        df_cr2=df_cr2,
        p_value_cr2=2 * scipy.special.stdtr(df_cr2, -np.abs(beta / cr2)),
        std_error_cv3=clusters.jackknife(),
        n_observations=n,
        n_clusters=g,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Clusters:
    """What the clusters' rows hold, in the coordinates of an orthonormal basis Q of the columns.

    Attributes
    ----------
    position : ndarray, shape (k, k)
        ``β̂ = positionᵀQᵀy``.
    scores : ndarray, shape (G, k)
        ``Q_gᵀe_g``; `squares`, shape (G,), holds ``e_gᵀe_g``.
    own : ndarray, shape (G, k, k)
        ``Q_gᵀQ_g``, with the eigenvalues `share`, shape (G, k), and the eigenvectors `turn`.
    """

    position: Matrix
    scores: Matrix
    squares: Matrix
    own: Matrix
    share: Matrix
    turn: Matrix

    @classmethod
    def of(cls, space: ColumnSpace, residual: Matrix, codes: Codes) -> _Clusters:
        own = own_products(space.basis, codes)
        share, turn = np.linalg.eigh(own)
        return cls(
            position=space.position,
            scores=sums_by_label(space.basis * residual[:, None], codes),
            squares=np.bincount(codes, residual**2).astype(np.float64),
            own=own,
            share=share,
            turn=turn,
        )

    def errors(self, power: float) -> Matrix:
        """Return ``√Σ_g(w_gᵀe_g)²``, ``w_g = (I − Q_gQ_gᵀ)^{-power}Q_g p``: 0 for CR0, ½ for CR2."""
        return np.asarray(np.sqrt((np.einsum("gi,gic->gc", self.scores, self._adjusted(power)) ** 2).sum(axis=0)))

    def degrees_of_freedom(self) -> Matrix:
        """Return those of CR2 by Satterthwaite, as ``cov(w_gᵀe, w_hᵀe) ∝ 1[g=h]·w_gᵀw_g − (Q_gᵀw_g)ᵀ(Q_hᵀw_h)``."""
        along = np.einsum("gji,jc->gic", self.turn, self.position)
        kept = np.where(self.share < ALONE, self.share, 0.0)
        diagonal = np.einsum("gic,gi->cg", along**2, kept)
        z = np.einsum("gij,gjc->cgi", self.own, self._adjusted(0.5))
        square = [sum_of_squares(own, of_clusters) for own, of_clusters in zip(diagonal, z, strict=True)]
        return np.asarray(diagonal.sum(axis=1) ** 2 / square)

    def jackknife(self) -> Matrix:
        """Return CV3 standard errors."""
        g = len(self.scores)
        lost = np.einsum("gji,jc->gic", self.turn, self.position)[self.share >= ALONE]
        alone = (np.abs(lost) > 1e-6 * np.linalg.norm(self.position, axis=0)).any(axis=0)
        return np.where(alone, np.inf, self.errors(1.0) * np.sqrt((g - 1) / g))

    def rounding(self, largest: float) -> Matrix:
        """Return what a standard error holds by rounding alone, for outcomes up to `largest`."""
        both = (self._adjusted(0.0), self._adjusted(0.5))
        length = np.maximum(*(np.einsum("gic,gij,gjc->gc", w, self.own, w) for w in both))
        return np.asarray(ROUNDING * np.sqrt(self.squares @ length + largest**2 * length.sum(axis=0)))

    def _adjusted(self, power: float) -> Matrix:
        """Return ``(I − Q_gᵀQ_g)^{-power}·position``, shape (G, k, k), the generalised inverse where it is 0."""
        # A direction the cluster determines alone has no residual to correct.
        free = self.share < ALONE
        stretch = np.where(free, np.where(free, 1 - self.share, 1.0) ** -power, 0.0 if power else 1.0)
        along = np.einsum("gji,jc->gic", self.turn, self.position)
        return np.asarray(np.einsum("gij,gjc->gic", self.turn, stretch[:, :, None] * along))
