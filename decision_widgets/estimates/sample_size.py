"""How many participants a test needs, and the smallest effect that a given number can show."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import Array, finite, number, together
from decision_widgets.estimates.increasing_root import increasing_root
from decision_widgets.estimates.power import (
    Alternative,
    DfRule,
    checked,
    critical_value,
    degrees_of_freedom,
    rejection,
)
from decision_widgets.moments import floats

# Where the normal score of a power is cut: 1 − 6e-16.
SURE = 8.0
# Standard deviations in an effect; below, the participants are not whole numbers in a float, nor on earth.
SMALLEST = 1e-7


def control_sizes(
    effect: ArrayLike,
    control_variance: ArrayLike,
    treatment_variance: ArrayLike,
    *,
    allocation: ArrayLike = 1.0,
    alpha: float = 0.05,
    power: float = 0.8,
    alternative: Alternative = "two-sided",
    df_rule: DfRule = "pooled",
) -> Array:
    """Tell how many control participants a test needs; the treatment needs `allocation` times as many.

    Starts from ``n_c = (z_{1−α/s} + z_{power})²·(V_c + V_t/k)/δ²`` (List, Sadoff & Wagner 2011) and solves the power
    of `difference_power` for n_c, so that it holds for small samples too. Not rounded: round both arms up.

    Parameters
    ----------
    effect : array_like
        Treatment minus control, not 0, on the side that `alternative` looks at.
    control_variance, treatment_variance : array_like
        Of one participant.
    allocation : array_like
        ``k = n_t/n_c``.
    power : float
        Above `alpha`, below 1.

    Returns
    -------
    ndarray
        Of the shape to which the arguments broadcast; at least 2 participants in the smaller arm.

    Raises
    ------
    InputError
        An effect of 0 or on the wrong side, variances of 0, or more participants than can be counted.

    Examples
    --------
    >>> round(float(control_sizes(0.5, 1, 1)), 4)
    63.7656
    """
    checked(alpha, alternative, df_rule)
    number("power", power, alpha, 1)
    delta, v_c, v_t, k = together(
        finite("effect", effect),
        finite("control_variance", control_variance, 0, closed=True),
        finite("treatment_variance", treatment_variance, 0, closed=True),
        finite("allocation", allocation, 0),
    )
    shape, (delta, v_c, v_t, k) = delta.shape, (each.ravel() for each in (delta, v_c, v_t, k))
    _on_its_side(delta, alternative)
    per_root = _noncentrality_per_root(delta, v_c + v_t / k)
    z = float(critical_value(np.array(np.inf), alpha, alternative) + scipy.special.ndtri(power))

    def score(root: Array, at: np.ndarray) -> Array:
        df = degrees_of_freedom(v_c[at], v_t[at], root**2, k[at] * root**2, df_rule)
        return normal_score(rejection(per_root[at] * root, df, alpha, alternative))

    root = increasing_root(
        score,
        np.full_like(delta, scipy.special.ndtri(power)),
        low=np.sqrt(2 * np.maximum(1, 1 / k)),
        start=np.sqrt((z / per_root) ** 2 + 1),
        slope=np.abs(per_root),
    )
    return (root**2).reshape(shape)


def detectable_noncentrality(
    df: ArrayLike, *, alpha: float = 0.05, power: float = 0.8, alternative: Alternative = "two-sided"
) -> Array:
    """Tell how many standard errors a true effect must measure to be found with this power, always positive.

    Exact where ``t_{1−α/s} + t_{power}`` approximates. `df` may be infinite: the normal.

    >>> round(float(detectable_noncentrality(float("inf"))), 3), round(float(detectable_noncentrality(4)), 3)
    (2.802, 3.761)
    """
    checked(alpha, alternative)
    number("power", power, alpha, 1)
    degrees = floats("df", df)
    if not np.all(degrees > 0):
        raise InputError(f"df must be above 0; got {degrees[~(degrees > 0)][0]:g}.")
    flat = degrees.ravel()
    side: Alternative = "two-sided" if alternative == "two-sided" else "greater"
    start = critical_value(flat, alpha, side) + scipy.special.ndtri(power)
    nc = increasing_root(
        lambda nc, at: normal_score(rejection(nc, flat[at], alpha, side)),
        np.full_like(flat, scipy.special.ndtri(power)),
        low=np.full_like(flat, 1e-6),
        start=start,
        slope=np.ones_like(flat),
    )
    return nc.reshape(degrees.shape)


def normal_score(power: Array) -> Array:
    """Return ``Φ⁻¹(power)``, which is nearly a straight line in the number of standard errors."""
    return np.clip(scipy.special.ndtri(power), -SURE, SURE)


def whole(n: float) -> int:
    """Round participants up, but not for what is only the rounding of a float.

    >>> whole(100.0000000001), whole(100.01)
    (100, 101)
    """
    nearest = round(n)
    return nearest if abs(n - nearest) <= 1e-9 * max(1.0, abs(n)) else int(np.ceil(n))


def _noncentrality_per_root(delta: Array, w: Array) -> Array:
    """Return ``δ/√(V_c + V_t/k)``, which times ``√n_c`` is the noncentrality."""
    if np.any(w <= 0):
        raise InputError("A sample size needs a positive variance; got 0 in both arms.")
    per_root = delta / np.sqrt(w)
    if np.any(np.abs(per_root) < SMALLEST):
        raise InputError(f"An effect of {delta[np.argmin(np.abs(per_root))]:g} is too small for any countable sample.")
    return np.asarray(per_root)


def _on_its_side(delta: Array, alternative: Alternative) -> None:
    if np.any(delta == 0):
        raise InputError("A sample size needs an effect that is not 0; state the smallest one worth finding.")
    wrong = delta < 0 if alternative == "greater" else delta > 0 if alternative == "less" else np.zeros(0, bool)
    if np.any(wrong):
        raise InputError(f"alternative={alternative!r} never finds an effect of {delta[wrong][0]:g}; turn one around.")
