"""How long a treatment acts: the effects of present and earlier treatment side by side, and their sum."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.panel import PanelRegression, panel_regression
from decision_widgets.estimates.panel_cells import PanelCells
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.estimates.robust import least_squares
from decision_widgets.moments import floats
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DistributedLags(Record):
    """Effects of treatment now and up to L periods ago, and of lasting treatment.

    Attributes
    ----------
    lag_effects, lag_std_errors : tuple of float
        Of treatment 0, 1, …, L periods ago.
    cumulative_effects, cumulative_std_errors : tuple of float
        Sums of the first 1, 2, …, L+1 of them; errors from the full covariance.
    effect, std_error, statistic, p_value, effect_lower, effect_upper : float
        Of the sum of all: the effect of treatment that lasts. From t with `df`.
    n_observations : int
        Periods with L before them.
    """

    lag_effects: tuple[float, ...]
    lag_std_errors: tuple[float, ...]
    cumulative_effects: tuple[float, ...]
    cumulative_std_errors: tuple[float, ...]
    effect: float
    std_error: float
    df: int
    statistic: float
    p_value: float
    effect_lower: float
    effect_upper: float
    n_observations: int
    alpha: float


def distributed_lags(y: ArrayLike, treatment: ArrayLike, *, lags: int, alpha: float = 0.05) -> DistributedLags:
    """Tell how long a treatment acts, from one series of periods in order of time.

    OLS of ``y_t = a + Σ_{j=0}^{L} τ_j D_{t−j} + e``; the sum has variance ``1ᵀV1`` with the covariances between lags,
    which overlap in time. Errors are those of independent rows; where they are not, use `lagged_panel` with clusters.

    Parameters
    ----------
    y, treatment : array_like, shape (T,)
        Outcome, and treatment 0 or 1 (or a share).
    lags : int
        L, 0 or more; ``T − L`` must exceed ``L + 2``.

    Raises
    ------
    InputError
        Shapes that differ, values that are not finite, too few periods, or lags that depend on each other.

    Examples
    --------
    >>> fit = distributed_lags([1, 2, 4, 5, 2, 1, 3, 6], [0, 0, 1, 1, 0, 0, 1, 1], lags=1)
    >>> [round(each, 6) for each in fit.lag_effects], round(fit.effect, 6)
    ([2.6, 1.4], 4.0)
    """
    checked_alpha(alpha)
    outcome, dose = floats("y", y), floats("treatment", treatment)
    if outcome.ndim != 1 or dose.shape != outcome.shape:
        raise InputError(f"y and treatment need one value per period; got shapes {outcome.shape} and {dose.shape}.")
    if lags not in range((len(outcome) - 1) // 2):
        raise InputError(f"lags must be a whole number that leaves more periods than coefficients; got {lags!r}.")
    lags = int(lags)
    n = len(outcome) - lags
    lagged = [dose[lags - j : len(dose) - j] for j in range(lags + 1)]
    beta, residual, influence, _ = least_squares(outcome[lags:], np.column_stack([np.ones(n), *lagged]))
    df = n - len(beta)
    covariance = (influence.T @ influence)[1:, 1:] * (residual @ residual) / df
    cumulative = np.tri(lags + 1)
    sums = cumulative @ beta[1:]
    errors = np.sqrt(np.einsum("ij,jk,ik->i", cumulative, covariance, cumulative))
    effect, std_error = float(sums[-1]), float(errors[-1])
    half = upper_quantile(alpha / 2, df) * std_error
    return DistributedLags(
        lag_effects=tuple(beta[1:].tolist()),
        lag_std_errors=tuple(np.sqrt(covariance.diagonal()).tolist()),
        cumulative_effects=tuple(sums.tolist()),
        cumulative_std_errors=tuple(errors.tolist()),
        effect=effect,
        std_error=std_error,
        df=df,
        statistic=effect / std_error,
        p_value=two_sided_p(effect / std_error, df),
        effect_lower=effect - half,
        effect_upper=effect + half,
        n_observations=n,
        alpha=alpha,
    )


def lagged_panel(cells: PanelCells, earlier: ArrayLike, *, alpha: float = 0.05) -> PanelRegression:
    """Estimate the effect of lasting treatment from a panel, with fixed effects and clustered errors.

    `panel_regression` of ``y = Σ_{j=0}^{L} τ_j D_j + …``, written as ``(Στ_j)D_0 + Σ_{j≥1} τ_j(D_j − D_0)``: the
    treatment's coefficient is the sum of lags, CR2 takes account of all covariances, and the controls
    "lag 1", … are the single τ_j. Cluster by day or longer: lags reach across slots.

    Parameters
    ----------
    cells : PanelCells
        With the present treatment.
    earlier : array_like, shape (C, L)
        Treatment 1, …, L periods before each cell.

    Raises
    ------
    InputError
        As `panel_regression`, or values that do not fit the cells.
    """
    now, before = floats("treatment", cells.treatment), floats("earlier", earlier)
    if before.ndim != 2 or before.shape[:1] != now.shape:
        raise InputError(f"earlier needs one row for each of the {len(now)} cells; got shape {before.shape}.")
    lags = {f"lag {j}": column - now for j, column in enumerate(before.T, start=1)}
    return panel_regression(replace(cells, controls=dict(cells.controls) | lags), alpha=alpha)
