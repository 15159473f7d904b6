"""Ordinary least squares with errors that may be correlated over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.column_space import Matrix
from decision_widgets.estimates.labels import label_codes
from decision_widgets.estimates.robust import least_squares, sums_by_label


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SerialRegression:
    """OLS coefficients and standard errors that allow for correlation over time; every array has shape (k,).

    Attributes
    ----------
    std_error : ndarray
        Without small-sample factor.
    std_error_small : ndarray
        Times ``√(N/(N−k))`` (Stata's ``newey``).
    df, p_value : int, ndarray
        Two-sided, from t, of `std_error_small`.
    lags : int
        Periods over which errors may be correlated.
    n_observations, n_periods : int
    """

    coefficients: Matrix
    std_error: Matrix
    std_error_small: Matrix
    df: int
    p_value: Matrix
    lags: int
    n_observations: int
    n_periods: int


def newey_west(y: ArrayLike, x: ArrayLike, *, lags: int) -> SerialRegression:
    """Fit ``y = Xβ + e`` on one series, rows in order of time, with errors correlated over some periods.

    ``V = B[Γ_0 + Σ_l (1 − l/(L+1))(Γ_l + Γ_lᵀ)]B``, ``Γ_l = Σ_t x_t e_t e_{t−l} x_{t−l}ᵀ``, ``B = (XᵀX)^{-1}`` (Newey &
    West 1987), not prewhitened; ``N − k`` degrees of freedom. Optimistic in short series: in a switchback with a few
    dozen slots it rejects far too often, so it accompanies the error clustered by draw and does not replace it.

    Parameters
    ----------
    y : array_like, shape (N,)
    x : array_like, shape (N, k)
        Full column rank; a column of ones if an intercept is wanted.
    lags : int
        0 (then HC0) to ``N − 1``.

    Raises
    ------
    InputError
        Values that are not finite, columns of `x` that depend on each other, too few rows, `lags` out of range, or a
        coefficient whose error is 0.
    """
    beta, residual, influence, _ = least_squares(y, x)
    n, k = influence.shape
    return serial_regression(beta, influence * residual[:, None], lags, n_observations=n, df=n - k, n_coefficients=k)


def driscoll_kraay(y: ArrayLike, x: ArrayLike, time: ArrayLike, *, lags: int) -> SerialRegression:
    """Fit ``y = Xβ + e`` on a panel, with errors correlated across units and over some periods.

    `newey_west` of the scores summed over each period (Driscoll & Kraay 1998); ``T − 1`` degrees of freedom. The
    different values of `time`, sorted, count as successive periods, so give a panel without missing periods.

    Parameters
    ----------
    time : array_like, shape (N,)
        Period of each row, at least 2 different; `y`, `x`, `lags` (at most ``T − 1``) as in `newey_west`.

    Raises
    ------
    InputError
        As `newey_west`, or fewer than 2 periods.
    """
    beta, residual, influence, _ = least_squares(y, x)
    n = len(influence)
    codes = label_codes(time, n, "time")
    if codes.max() < 1:
        raise InputError("Driscoll–Kraay errors need at least 2 periods; got 1.")
    scores = sums_by_label(influence * residual[:, None], codes)
    return serial_regression(beta, scores, lags, n_observations=n, df=len(scores) - 1, n_coefficients=len(beta))


def serial_regression(
    beta: Matrix, scores: Matrix, lags: int, *, n_observations: int, df: int, n_coefficients: int
) -> SerialRegression:
    """Return the regression from its coefficients, shape (k,), and scores, shape (T, k), of successive periods."""
    periods = len(scores)
    if lags not in range(periods):
        raise InputError(f"lags must be a whole number from 0 to {periods - 1}, less than the periods; got {lags!r}.")
    lags = int(lags)
    variance: Matrix = (scores**2).sum(axis=0)
    floor = 1e-20 * variance
    for lag in range(1, lags + 1):
        variance = variance + 2 * (1 - lag / (lags + 1)) * (scores[lag:] * scores[:-lag]).sum(axis=0)
    if (variance <= floor).any():
        raise InputError("The error of a coefficient is 0: the residuals leave nothing to estimate it from.")
    std_error = np.sqrt(variance)
    small = std_error * np.sqrt(n_observations / (n_observations - n_coefficients))
    return SerialRegression(
        coefficients=beta,
        std_error=std_error,
        std_error_small=small,
        df=df,
        p_value=2 * scipy.special.stdtr(df, -np.abs(beta / small)),
        lags=lags,
        n_observations=n_observations,
        n_periods=periods,
    )
