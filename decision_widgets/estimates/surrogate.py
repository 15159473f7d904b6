"""The effect on an outcome that takes long to show, through quicker ones that foretell it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.estimates.robust import least_squares
from decision_widgets.moments import Moments, floats
from decision_widgets.records import Record

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SurrogateIndex(Record):
    """The effect on the surrogate index: the long-term outcome as history foretells it.

    Attributes
    ----------
    control_mean, treatment_mean, effect : float
        Of the index, in the long-term outcome's unit.
    std_error : float
        With the uncertainty of history's regression; `std_error_index` takes the index as known.
    statistic, p_value, effect_lower, effect_upper : float
        Normal, two-sided, ``1 − alpha``.
    coefficients : tuple of float
        Constant first.
    r_squared : float
        Share of the long-term outcome's variation in history that the surrogates explain.
    outside_support : float
        Share of the experiment's participants with a surrogate outside its range in history.
    """

    control_mean: float
    treatment_mean: float
    effect: float
    std_error: float
    std_error_index: float
    statistic: float
    p_value: float
    effect_lower: float
    effect_upper: float
    coefficients: tuple[float, ...]
    r_squared: float
    outside_support: float
    n_history: int
    n_control: int
    n_treatment: int
    alpha: float


def surrogate_index(
    history_outcome: ArrayLike,
    history_surrogates: ArrayLike,
    control_surrogates: ArrayLike,
    treatment_surrogates: ArrayLike,
    *,
    alpha: float = 0.05,
) -> SurrogateIndex:
    """Estimate the effect on a long-term outcome from surrogates, by a regression fitted on history.

    ``h(S) = b'S`` by OLS on history; effect = difference of its mean between arms (Athey, Chetty, Imbens & Kang 2019).
    ``SE² = Var_t(h)/n_t + Var_c(h)/n_c + Δ'V_bΔ``, Δ the difference of mean surrogates and V_b the HC1 covariance of
    b, history being other participants. It is an effect on the long-term outcome only if treatment acts through the
    surrogates alone and history's relation holds in the experiment; neither can be seen in these data.

    Parameters
    ----------
    history_outcome : array_like, shape (N,)
    history_surrogates : array_like, shape (N,) or (N, k)
        The constant is added.
    control_surrogates, treatment_surrogates : array_like, shape (n,) or (n, k)
        Of the experiment's participants, at least 2 per arm.

    Raises
    ------
    InputError
        Shapes that differ, values that are not finite, surrogates that depend on each other or fit history without a
        residual, or an index that does not vary in the experiment.

    Examples
    --------
    >>> index = surrogate_index([1, 2, 2, 4, 5], [0, 1, 1, 2, 3], [0, 1, 2], [1, 3, 3])
    >>> round(index.effect, 6), round(index.std_error_index, 6), round(index.std_error, 6)
    (1.897436, 1.255036, 1.261472)
    """
    checked_alpha(alpha)
    outcome = floats("history_outcome", history_outcome)
    history, control, treated = _tables(history_surrogates, control_surrogates, treatment_surrogates)
    beta, residual, influence, _ = least_squares(outcome, np.column_stack([np.ones(len(history)), history]))
    indices = [Moments.of({"index": arm @ beta[1:]}) for arm in (control, treated)]
    variance_c, variance_t = (index.variance("index") / index.n for index in indices)
    if variance_c + variance_t == 0:
        raise InputError("The index does not vary among the experiment's participants; no test is possible.")
    shift = treated.mean(axis=0) - control.mean(axis=0)
    n, k = influence.shape
    learned = n / (n - k) * float(np.square((influence[:, 1:] @ shift) * residual).sum())
    effect, std_error = float(shift @ beta[1:]), math.sqrt(variance_c + variance_t + learned)
    half, everyone = upper_quantile(alpha / 2) * std_error, np.vstack([control, treated])
    outside = ((everyone < history.min(axis=0)) | (everyone > history.max(axis=0))).any(axis=1)
    return SurrogateIndex(
        control_mean=float(beta[0] + control.mean(axis=0) @ beta[1:]),
        treatment_mean=float(beta[0] + treated.mean(axis=0) @ beta[1:]),
        effect=effect,
        std_error=std_error,
        std_error_index=math.sqrt(variance_c + variance_t),
        statistic=effect / std_error,
        p_value=two_sided_p(effect / std_error),
        effect_lower=effect - half,
        effect_upper=effect + half,
        coefficients=tuple(beta.tolist()),
        r_squared=1 - float(residual @ residual) / float(np.square(outcome - outcome.mean()).sum()),
        outside_support=float(outside.mean()),
        n_history=n,
        n_control=len(control),
        n_treatment=len(treated),
        alpha=alpha,
    )


def _tables(history: ArrayLike, control: ArrayLike, treatment: ArrayLike) -> list[Matrix]:
    given = {"history_surrogates": history, "control_surrogates": control, "treatment_surrogates": treatment}
    tables = [_columns(values, name) for name, values in given.items()]
    widths = [table.shape[1] for table in tables]
    if len(set(widths)) > 1:
        raise InputError("History, control and treatment need the same surrogates; got {}, {} and {}.".format(*widths))
    if min(map(len, tables[1:])) < 2:
        raise InputError(f"An arm needs at least 2 participants; got {len(tables[1])} v {len(tables[2])}.")
    return tables


def _columns(values: ArrayLike, name: str) -> Matrix:
    table = floats(name, values)
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or not table.size:
        raise InputError(f"{name} needs one row per participant, shape (n, k); got shape {table.shape}.")
    if not np.isfinite(table).all():
        raise InputError(f"{name} must be finite; drop or fill missing values first.")
    return table
