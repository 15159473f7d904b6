"""Ordinary least squares with errors robust to unequal variances, or clustered two ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.column_space import ColumnSpace, Matrix, regression_rows
from decision_widgets.estimates.labels import Codes, label_codes
from decision_widgets.moments import ROUNDING


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RobustRegression:
    """OLS coefficients and their standard errors for independent rows; every array has shape (k,).

    Attributes
    ----------
    std_error_equal : ndarray
        Of errors with one variance, divisor N − k.
    std_error_hc0, std_error_hc1, std_error_hc2, std_error_hc3 : ndarray
        Squared residuals as they are (White 1980), times ``N/(N−k)``, over ``1−h_i``, over ``(1−h_i)²`` (MacKinnon &
        White 1985), h the leverage of a row.
    df : int
        ``N − k``.
    p_value_hc2 : ndarray
        Two-sided, from t.
    """

    coefficients: Matrix
    std_error_equal: Matrix
    std_error_hc0: Matrix
    std_error_hc1: Matrix
    std_error_hc2: Matrix
    std_error_hc3: Matrix
    df: int
    p_value_hc2: Matrix
    n_observations: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoWayRegression:
    """OLS coefficients with errors clustered two ways; every array has shape (k,).

    Attributes
    ----------
    std_error : ndarray
        Of ``V = V_1 + V_2 − V_12``, each part times ``G/(G−1)·(N−1)/(N−k)`` with G the smaller number of clusters.
    df : int
        ``G − 1``.
    n_clusters : tuple of int
        Of each way.
    """

    coefficients: Matrix
    std_error: Matrix
    df: int
    p_value: Matrix
    n_clusters: tuple[int, int]
    n_observations: int


def robust_ols(y: ArrayLike, x: ArrayLike) -> RobustRegression:
    """Fit ``y = Xβ + e`` with independent errors of any variance: ``V = B·Σ x_i x_iᵀω_i·B``, ``B = (XᵀX)^{-1}``.

    Parameters
    ----------
    y : array_like, shape (N,)
    x : array_like, shape (N, k)
        Full column rank; a column of ones if an intercept is wanted.

    Raises
    ------
    InputError
        Values that are not finite, columns of `x` that depend on each other, too few rows, or a row that alone
        determines a coefficient (leverage 1, where HC2 and HC3 do not exist).
    """
    beta, residual, influence, leverage = least_squares(y, x)
    n, k = influence.shape
    if (leverage > 1 - 1e-10).any():
        raise InputError("A single row determines a coefficient; leave it and its column out.")
    hc0, hc2, hc3 = (_root(influence * (residual / (1 - leverage) ** power)[:, None]) for power in (0, 0.5, 1))
    return RobustRegression(
        coefficients=beta,
        std_error_equal=_root(influence) * np.sqrt(residual @ residual / (n - k)),
        std_error_hc0=hc0,
        std_error_hc1=hc0 * np.sqrt(n / (n - k)),
        std_error_hc2=hc2,
        std_error_hc3=hc3,
        df=n - k,
        p_value_hc2=2 * scipy.special.stdtr(n - k, -np.abs(beta / hc2)),
        n_observations=n,
    )


def two_way_clustered_ols(y: ArrayLike, x: ArrayLike, first: ArrayLike, second: ArrayLike) -> TwoWayRegression:
    """Fit ``y = Xβ + e`` with errors that may be correlated within either of two clusterings.

    ``V = V_1 + V_2 − V_12`` (Cameron, Gelbach & Miller 2011) with one factor for all parts, that of the way with fewer
    clusters, and t with its ``G − 1`` (Stata's reghdfe, pyfixest).

    Parameters
    ----------
    y : array_like, shape (N,)
    x : array_like, shape (N, k)
    first, second : array_like, shape (N,)
        Labels; at least 2 different of each.

    Raises
    ------
    InputError
        As `robust_ols`; fewer than 2 clusters; or a difference of variances that is not positive.
    """
    beta, residual, influence, _ = least_squares(y, x)
    n, k = influence.shape
    codes = [label_codes(labels, n, "A clustering") for labels in (first, second)]
    sizes = int(codes[0].max()) + 1, int(codes[1].max()) + 1
    if min(sizes) < 2:
        raise InputError("Clustered errors need at least 2 clusters of each kind; got 1.")
    both = label_codes(codes[0] * sizes[1] + codes[1], n, "A clustering")
    scores = influence * residual[:, None]
    one, two, joint = (_root(sums_by_label(scores, code)) ** 2 for code in (*codes, both))
    variance = one + two - joint
    if (variance <= 0).any():
        raise InputError("The two-way variance is not positive; cluster one way, by what was randomised.")
    g = min(sizes)
    std_error = np.sqrt(variance * g / (g - 1) * (n - 1) / (n - k))
    return TwoWayRegression(
        coefficients=beta,
        std_error=std_error,
        df=g - 1,
        p_value=2 * scipy.special.stdtr(g - 1, -np.abs(beta / std_error)),
        n_clusters=sizes,
        n_observations=n,
    )


def least_squares(y: ArrayLike, x: ArrayLike) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Return the coefficients, the residuals, ``XB``, shape (N, k), and the leverages; refuses what has no error."""
    outcome, design = regression_rows(y, x)
    space = ColumnSpace.of(design)
    beta, residual = space.fit(outcome)
    if np.abs(residual).max() <= ROUNDING * np.abs(outcome).max():
        raise InputError("The columns of x fit y without a residual; no error can be estimated.")
    return beta, residual, space.basis @ space.position, (space.basis**2).sum(axis=1)


def sums_by_label(scores: Matrix, codes: Codes) -> Matrix:
    """Return the sums of each column over rows of one code, shape (G, k); 0 where only rounding is left."""
    sums, sizes = (
        np.column_stack([np.bincount(codes, column) for column in table.T]) for table in (scores, np.abs(scores))
    )
    return np.where(np.abs(sums) <= ROUNDING * sizes, 0.0, sums)


def _root(influence: Matrix) -> Matrix:
    return np.asarray(np.sqrt((influence**2).sum(axis=0)))
