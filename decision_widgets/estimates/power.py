"""How often a test finds an effect of a given size."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import scipy
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError, did_you_mean
from decision_widgets.estimates.arguments import Array, finite, number, together
from decision_widgets.estimates.noncentral import noncentral_t_tails

Alternative = Literal["two-sided", "greater", "less"]
DfRule = Literal["pooled", "welch", "normal"]


def difference_power(
    effect: ArrayLike,
    control_variance: ArrayLike,
    treatment_variance: ArrayLike,
    n_control: ArrayLike,
    n_treatment: ArrayLike,
    *,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
    df_rule: DfRule = "pooled",
) -> Array:
    """Tell with what probability a t test of two arms rejects "no difference" when the true one is `effect`.

    ``P(T > t_q) + P(T < −t_q)`` of the noncentral t with ``nc = effect/√(V_c/n_c + V_t/n_t)``; both tails count in a
    two-sided test (R's ``strict = TRUE``). With clusters as the units it is the power of a cluster-randomised test,
    ``2(k − 1)`` degrees of freedom.

    Parameters
    ----------
    effect : array_like
        Treatment minus control, in the metric's own unit.
    control_variance, treatment_variance : array_like
        Of one participant, not of an arm's mean.
    n_control, n_treatment : array_like
        Participants, at least 2; need not be whole.
    alternative : {"two-sided", "greater", "less"}
    df_rule : {"pooled", "welch", "normal"}
        ``n_c + n_t − 2``; Welch–Satterthwaite; or normal quantiles.

    Returns
    -------
    ndarray
        Of the shape to which the arguments broadcast.

    Raises
    ------
    InputError
        Values that are not finite, a negative variance, two variances of 0, fewer than 2 participants.

    Examples
    --------
    >>> round(float(difference_power(1, 1, 1, 20, 20)), 6)
    0.868953
    """
    delta, v_c, v_t, n_c, n_t = together(
        finite("effect", effect),
        *_variances(control_variance, treatment_variance),
        finite("n_control", n_control, 2, closed=True),
        finite("n_treatment", n_treatment, 2, closed=True),
    )
    checked(alpha, alternative, df_rule)
    df = degrees_of_freedom(v_c, v_t, n_c, n_t, df_rule)
    return rejection(delta / np.sqrt(v_c / n_c + v_t / n_t), df, alpha, alternative)


def cluster_power(
    effect: ArrayLike,
    std_dev: ArrayLike,
    design_effect: ArrayLike,
    *,
    cluster_size: ArrayLike,
    clusters_per_arm: ArrayLike,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
) -> Array:
    """Tell the power of an experiment that assigns whole clusters, from the number of clusters per arm.

    Noncentral t with ``2(k − 1)`` degrees of freedom and ``SE² = 2·sd²·DEFF/(k·m̄)`` (Donner & Klar 2000). Counting
    effective observations as degrees of freedom instead doubles the claimed power when clusters are few.

    Parameters
    ----------
    std_dev : array_like
        Of single observations, the same in both arms.
    design_effect : array_like
        See `design_effect`.
    cluster_size : array_like
        Mean observations per cluster.
    clusters_per_arm : array_like
        At least 2.

    >>> round(float(cluster_power(0.5, 1, 1.153, cluster_size=10, clusters_per_arm=2)), 6)
    0.145292
    """
    sd, deff = finite("std_dev", std_dev, 0), finite("design_effect", design_effect, 0)
    variance = sd**2 * deff / finite("cluster_size", cluster_size, 0)
    k = finite("clusters_per_arm", clusters_per_arm, 2, closed=True)
    return difference_power(effect, variance, variance, k, k, alpha=alpha, alternative=alternative)


def checked(alpha: float, alternative: Alternative, df_rule: DfRule = "pooled") -> None:
    """Refuse what is no level, no alternative or no rule."""
    number("alpha", alpha, 0, 0.5)
    for name, value, words in (
        ("alternative", alternative, get_args(Alternative)),
        ("df_rule", df_rule, get_args(DfRule)),
    ):
        if value not in words:
            raise InputError(
                f"{name} must be one of {', '.join(map(repr, words))}; got {value!r}.{did_you_mean(str(value), words)}"
            )


def degrees_of_freedom(v_c: Array, v_t: Array, n_c: Array, n_t: Array, rule: DfRule) -> Array:
    """Return the degrees of freedom of the difference, infinite for the normal rule."""
    if rule == "normal":
        return np.full_like(n_c, np.inf)
    if rule == "pooled":
        return n_c + n_t - 2
    share = (v_c / n_c) / (v_c / n_c + v_t / n_t)
    return np.asarray(1 / (share**2 / (n_c - 1) + (1 - share) ** 2 / (n_t - 1)))


def critical_value(df: Array, alpha: float, alternative: Alternative) -> Array:
    """Return what the statistic must exceed to reject."""
    tail = alpha / 2 if alternative == "two-sided" else alpha
    finite_df = np.where(np.isinf(df), 1.0, df)
    return np.where(np.isinf(df), -scipy.special.ndtri(tail), -scipy.special.stdtrit(finite_df, tail))


def rejection(noncentrality: Array, df: Array, alpha: float, alternative: Alternative) -> Array:
    """Return the probability to reject when the statistic has this noncentrality."""
    signed = -noncentrality if alternative == "less" else noncentrality
    upper, lower = noncentral_t_tails(critical_value(df, alpha, alternative), df, signed)
    return np.minimum(upper + lower, 1.0) if alternative == "two-sided" else upper


def _variances(control: ArrayLike, treatment: ArrayLike) -> tuple[Array, Array]:
    v_c = finite("control_variance", control, 0, closed=True)
    v_t = finite("treatment_variance", treatment, 0, closed=True)
    if np.any((v_c + v_t) <= 0):
        raise InputError("Power needs a positive variance; got 0 in both arms.")
    return v_c, v_t
