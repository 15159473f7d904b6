"""How often the largest of several statistics that share one control exceeds a value: exact, without drawing.

With independent levels ``T_i = (λ_i·Z + √(1−λ_i²)·E_i)/S``, ``λ_i² = v_0/(v_0+v_i)``: given the control's error Z and
the scale S the statistics are independent, so that the k-fold integral is one over Z (normal), or two (t).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.increasing_root import increasing_root
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.moments import floats

Vector = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
# Beyond so many standard deviations the normal density is below 1e-18 of its height.
_FAR: Final = 9.2
_PANEL: Final = 1.25
# The normal tail is 0 in double precision from here on.
_NEVER: Final = 39.0
# A treatment much more exact than control turns |T_i| ≥ q into a step in Z; panels end where it starts, is, and ends.
_STEEP: Final = 0.6
_STEPS: Final = np.array([-9.0, -4.0, -1.5, 0.0, 1.5, 4.0, 9.0])


def any_exceeds(critical: float, control_variance: float, variances: ArrayLike, df: float | None) -> float:
    """Return ``P(max_i |T_i| ≥ critical)`` when no treatment has an effect, to a relative error below 1e-9.

    Parameters
    ----------
    control_variance : float
        Sampling variance of control's level.
    variances : array_like, shape (k,)
        Of the treatments' levels, in the same unit.
    df : float or None
        Degrees of freedom of the common scale S; ``None`` means the normal (S = 1).

    Notes
    -----
    Dunnett (1955), with ``ρ_ij = λ_i·λ_j`` for unequal arms. One treatment is the t test.
    """
    given = _checked(control_variance, variances, df)
    if math.isnan(critical):
        raise InputError("A tail is that of a number; got NaN.")
    if critical <= 0 or math.isinf(critical):
        return 1.0 if critical <= 0 else 0.0
    if len(given) == 1:
        return two_sided_p(critical, df)
    distinct, counts = np.unique(given, return_counts=True)
    root = np.sqrt(control_variance + distinct)
    shared, own = math.sqrt(control_variance) / root, np.sqrt(distinct) / root
    if df is None:
        return min(1.0, float(_normal(np.array([critical]), shared, own, counts)[0]))
    scale, share = _scales(df, critical)
    return min(1.0, float(share @ _normal(critical * scale, shared, own, counts)))


def simultaneous_quantile(alpha: float, control_variance: float, variances: ArrayLike, df: float | None) -> float:
    """Return the value that ``max_i |T_i|`` exceeds with probability `alpha`; arguments as in `any_exceeds`.

    >>> round(simultaneous_quantile(0.05, 1.0, np.ones(3), 24.0), 2)  # in print: Dunnett (1964)
    2.51
    """
    checked_alpha(alpha)
    k = len(_checked(control_variance, variances, df))
    if k == 1:
        return upper_quantile(alpha / 2, df)

    def rarity(critical: Vector, _: NDArray[np.intp]) -> Vector:
        return np.array([-math.log(any_exceeds(float(critical[0]), control_variance, variances, df))])

    # Bonferroni is near it and above, perfect dependence below (a little more, for rounding).
    bonferroni, lowest = upper_quantile(alpha / (2 * k), df), 0.999 * upper_quantile(alpha / 2, df)
    slope = bonferroni / (1 + (0.0 if df is None else bonferroni**2 / df))  # of the logarithm of one tail, far out
    target, low, start = np.array([-math.log(alpha)]), np.array([lowest]), np.array([bonferroni])
    return float(increasing_root(rarity, target, low=low, start=start, slope=np.array([slope]))[0])


def _checked(control_variance: float, variances: ArrayLike, df: float | None) -> Vector:
    given = floats("variances", variances)
    both = np.append(given, control_variance)
    if given.ndim != 1 or len(given) == 0 or not (np.isfinite(both).all() and (both >= 0).all()):
        raise InputError(f"Every level has a variance, not negative; got {variances!r} and {control_variance}.")
    if not (given + control_variance > 0).all():
        raise InputError("A comparison needs a positive variance; control and a treatment have none.")
    if df is not None and not 0 < df < math.inf:
        raise InputError(f"Degrees of freedom are positive, or None for the normal; got {df}.")
    return given


def _normal(critical: Vector, shared: Vector, own: Vector, counts: NDArray[np.intp]) -> Vector:
    """Return ``P(max_i |λ_i·Z + √(1−λ_i²)·E_i| ≥ q)`` for each q of `critical`, shape (s,)."""
    critical = np.minimum(critical, _NEVER)
    z, weight = _control_errors(critical, shared, own)
    all_below = np.zeros_like(z)
    for of_control, of_treatment, count in zip(shared, np.maximum(own, 1e-12), counts, strict=True):
        above = scipy.special.ndtr((of_control * z - critical[:, None]) / of_treatment)
        below = scipy.special.ndtr((-of_control * z - critical[:, None]) / of_treatment)
        all_below += count * np.log1p(-np.minimum(above + below, 1 - 2**-53))
    density = np.exp(-(z**2) / 2) * math.sqrt(2 / math.pi)  # twice, for the integrand is even in Z
    return np.asarray((weight * density * -np.expm1(all_below)).sum(axis=1))


def _control_errors(critical: Vector, shared: Vector, own: Vector) -> tuple[Vector, Vector]:
    """Return nodes Z ≥ 0 and their weights, shape (s, nodes): Gauss–Legendre on panels that end at every step."""
    end = _FAR + shared.max() * critical
    ends = [np.linspace(0, 1, math.ceil(float(end.max()) / _PANEL) + 1) * end[:, None]]
    for of_control, of_treatment in zip(shared, own, strict=True):
        if of_treatment < _STEEP * of_control:
            ends.append((critical[:, None] + of_treatment * _STEPS) / of_control)
    edges = np.sort(np.clip(np.concatenate(ends, axis=1), 0, end[:, None]), axis=1)
    half, middle = np.diff(edges, axis=1)[..., None] / 2, (edges[:, 1:] + edges[:, :-1])[..., None] / 2
    return (middle + half * _NODES).reshape(len(critical), -1), (half * _WEIGHTS).reshape(len(critical), -1)


def _scales(df: float, critical: float) -> tuple[Vector, Vector]:
    """Return nodes of ``S = √(χ²/df)`` and their probabilities, both shape (s,).

    The trapezoid rule in ``u = log S``: the density ``∝ exp(df·(u − S²/2))`` falls on both sides, so that it converges
    exponentially. The range reaches down to where S makes `critical` likely.
    """
    down = 8.5 / math.sqrt(df) if df >= 72 else 36 / df + 0.5
    up = 6 / math.sqrt(df) if df >= 9 else 0.5 * math.log(80 / df + 10)
    lowest = -math.log(math.hypot(1.0, critical / math.sqrt(df))) - down
    step = min(0.35 / math.sqrt(df), 0.12)
    u = np.linspace(lowest, up, math.ceil((up - lowest) / step) + 1)
    density = np.exp(df * (u - np.expm1(2 * u) / 2))
    return np.exp(u), density / density.sum()
