"""Ordinary least squares with clustered standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusteredRegression:
    """OLS coefficients and their clustered standard errors; every array has shape (k,).

    Attributes
    ----------
    std_error_cr0, std_error_cr1, std_error_cr2, std_error_cv3 : ndarray
        Sandwich without correction; with ``G/(G−1)·(N−1)/(N−K)`` (Stata's); bias-reduced (Bell & McCaffrey 2002,
        identity working model); cluster jackknife with ``(G−1)/G`` (MacKinnon, Nielsen & Webb 2023).
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
        Values that are not finite, fewer than 2 clusters, or columns of `x` that depend on each other.
    """
    outcome, design, groups = _checked(y, x, cluster)
    n, k = design.shape
    bread: Matrix = np.linalg.inv(design.T @ design).astype(np.float64)
    beta = bread @ (design.T @ outcome)
    residual = outcome - design @ beta
    parts = [(design[rows], residual[rows]) for rows in groups]
    g = len(parts)
    scores = np.array([x_g.T @ e_g for x_g, e_g in parts])
    cr0 = _diagonal_root(scores @ bread)
    cr1 = cr0 * np.sqrt(g / (g - 1) * (n - 1) / (n - k))
    cr2, df_cr2 = _cr2(parts, bread)
    return ClusteredRegression(
        coefficients=beta,
        std_error_cr0=cr0,
        std_error_cr1=cr1,
        df_cr1=g - 1,
        p_value_cr1=2 * scipy.special.stdtr(g - 1, -np.abs(beta / cr1)),
        std_error_cr2=cr2,
        df_cr2=df_cr2,
        p_value_cr2=2 * scipy.special.stdtr(df_cr2, -np.abs(beta / cr2)),
        std_error_cv3=_jackknife(parts, bread),
        n_observations=n,
        n_clusters=g,
    )


def _checked(y: ArrayLike, x: ArrayLike, cluster: ArrayLike) -> tuple[Matrix, Matrix, list[NDArray[np.intp]]]:
    outcome, design = np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64)
    if design.ndim != 2 or outcome.shape != design.shape[:1]:
        raise InputError(f"y must have shape (N,) and x (N, k); got {outcome.shape} and {design.shape}.")
    if not (np.isfinite(outcome).all() and np.isfinite(design).all()):
        raise InputError("y and x must be finite; drop or fill missing values first.")
    labels = np.asarray(cluster)
    if labels.shape != outcome.shape:
        raise InputError(f"cluster needs one label per row of y, shape {outcome.shape}; got {labels.shape}.")
    _, codes = np.unique(labels, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
    if len(groups) < 2:
        raise InputError("Clustered errors need at least 2 clusters; got 1.")
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise InputError("The columns of x depend on each other; drop the redundant ones.")
    if len(design) == design.shape[1]:
        raise InputError(f"A regression needs more rows than columns; got {len(design)} of each.")
    return outcome, design, groups


def _diagonal_root(influence: Matrix) -> Matrix:
    return np.asarray(np.sqrt((influence**2).sum(axis=0)))


def _cr2(parts: list[tuple[Matrix, Matrix]], bread: Matrix) -> tuple[Matrix, Matrix]:
    """Return CR2 standard errors and Satterthwaite df.

    For a coefficient, cluster g contributes ``w_g = A_g X_g B c`` with ``A_g = (I − X_g B X_gᵀ)^{-1/2}``; under the
    identity working model ``cov(w_g'e, w_h'e) ∝ 1[g=h]·w_g'w_g − (X_g'w_g)' B (X_h'w_h)``.
    """
    root: Matrix = np.linalg.cholesky(bread).astype(np.float64)
    weights = [_adjusted(x_g, root) @ bread for x_g, _ in parts]
    influence = np.array([w.T @ e_g for w, (_, e_g) in zip(weights, parts, strict=True)])
    k = bread.shape[0]
    df = np.empty(k)
    for j in range(k):
        own = np.array([w[:, j] @ w[:, j] for w in weights])
        z = np.array([x_g.T @ w[:, j] for w, (x_g, _) in zip(weights, parts, strict=True)])
        p = np.diag(own) - z @ bread @ z.T
        df[j] = np.trace(p) ** 2 / (p**2).sum()
    return _diagonal_root(influence), df


def _adjusted(x_g: Matrix, root: Matrix) -> Matrix:
    """Return ``(I − X_g B X_gᵀ)^{-1/2} X_g`` through the thin SVD of ``X_g·B^{1/2}`` (pseudo-inverse where 1)."""
    u, s, _ = np.linalg.svd(x_g @ root, full_matrices=False)
    free = 1 - s**2
    # A direction the cluster determines alone has no residual to correct: the pseudo-inverse drops it.
    stretch = np.where(free > 1e-10, 1 / np.sqrt(np.where(free > 1e-10, free, 1.0)), 0.0)
    return x_g + u @ ((stretch - 1)[:, None] * (u.T @ x_g))


def _jackknife(parts: list[tuple[Matrix, Matrix]], bread: Matrix) -> Matrix:
    g = len(parts)
    information = np.linalg.inv(bread)
    shifts = np.array([np.linalg.pinv(information - x_g.T @ x_g) @ (x_g.T @ e_g) for x_g, e_g in parts])
    return np.asarray(np.sqrt((g - 1) / g * (shifts**2).sum(axis=0)))
