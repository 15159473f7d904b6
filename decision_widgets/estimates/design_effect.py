"""How alike the observations of one participant are, and what that costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import Array, finite, together
from decision_widgets.records import Record


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IntraclassCorrelation(Record):
    """The share of an observation's variance that lies between clusters (participants, regions, …).

    Attributes
    ----------
    n_clusters, n_observations : int
    mean_cluster_size, cv_cluster_size : float
        Observations per cluster: mean, and standard deviation (divisor n − 1) over mean.
    m0 : float
        ``(M − Σm²/M)/(n − 1)``, the size that takes the place of a common one.
    mean_square_between, mean_square_within : float
    icc_anova : float
        ``(MSB − MSW)/(MSB + (m0 − 1)·MSW)`` as it is; may be negative.
    icc_means : float
        ``σ_a²/(σ_a² + MSW)`` with ``σ_a² = Var(ȳ_i) − MSW·mean(1/m_i)``; every cluster counts the same.
    icc : float
        `icc_anova`, or 0 where that is negative (`negative` says so).
    design_effect : float
        Of `icc`, see the function of that name.
    effective_observations : float
        ``n_observations/design_effect``.
    """

    n_clusters: int
    n_observations: int
    mean_cluster_size: float
    cv_cluster_size: float
    m0: float
    mean_square_between: float
    mean_square_within: float
    icc_anova: float
    icc_means: float
    icc: float
    negative: bool
    design_effect: float
    effective_observations: float


def intraclass_correlation(sizes: ArrayLike, means: ArrayLike, within: ArrayLike) -> IntraclassCorrelation:
    """Tell how alike the observations of one cluster are (one-way analysis of variance, Donner & Koval 1980).

    Parameters
    ----------
    sizes : array_like, shape (n,)
        Observations of each cluster, whole and at least 1.
    means : array_like, shape (n,)
        Mean of each cluster.
    within : array_like, shape (n,)
        Sum of squares of each cluster around its mean.

    Raises
    ------
    InputError
        Fewer than 2 clusters, no cluster with 2 observations, values that are not finite or do not vary.

    Examples
    --------
    >>> found = intraclass_correlation([2, 2, 2], [1.0, 3.0, 5.0], [0.5, 0.5, 0.5])
    >>> round(found.icc_anova, 4), found.m0
    (0.8824, 2.0)
    """
    m, mean, squares = together(
        finite("sizes", sizes, 1, closed=True), finite("means", means), finite("within", within, 0, closed=True)
    )
    if m.ndim != 1 or len(m) < 2:
        raise InputError(f"An intraclass correlation needs at least 2 clusters; got {m.size}.")
    if (m != np.round(m)).any():
        raise InputError(f"sizes must be whole numbers; got {m[m != np.round(m)][0]:g}.")
    total = float(m.sum())
    centre = float(m @ mean) / total
    between = float(m @ (mean - centre) ** 2)
    return correlation_from_sums(
        n_clusters=len(m),
        n_observations=int(total),
        sum_squared_sizes=float(m @ m),
        sum_inverse_sizes=float((1 / m).sum()),
        between=between,
        within=float(squares.sum()),
        variance_of_means=float(mean.var(ddof=1)),
    )


def correlation_from_sums(
    *,
    n_clusters: int,
    n_observations: int,
    sum_squared_sizes: float,
    sum_inverse_sizes: float,
    between: float,
    within: float,
    variance_of_means: float,
) -> IntraclassCorrelation:
    """Return the same from sums alone: ``Σm²``, ``Σ1/m``, ``Σm(ȳ_i − ȳ)²``, the squares within, ``Var(ȳ_i)``."""
    n, total = n_clusters, n_observations
    if n < 2 or total <= n:
        raise InputError(
            f"An intraclass correlation needs 2 clusters, one with 2 observations; got {n} with {total} in all."
        )
    m0 = (total - sum_squared_sizes / total) / (n - 1)
    msb, msw = between / (n - 1), within / (total - n)
    spread = msb + (m0 - 1) * msw
    if not spread > 0:
        raise InputError("An intraclass correlation needs values that vary; all are the same.")
    anova = (msb - msw) / spread
    shared = variance_of_means - msw * sum_inverse_sizes / n
    mean_size, cv = total / n, cv_of_sizes(n, total, sum_squared_sizes)
    inflation = float(design_effect(mean_size, max(0.0, anova), cv=cv))
    return IntraclassCorrelation(
        n_clusters=n,
        n_observations=total,
        mean_cluster_size=mean_size,
        cv_cluster_size=cv,
        m0=m0,
        mean_square_between=msb,
        mean_square_within=msw,
        icc_anova=anova,
        icc_means=shared / (shared + msw),
        icc=max(0.0, anova),
        negative=anova < 0,
        design_effect=inflation,
        effective_observations=total / inflation,
    )


def cv_of_sizes(n: int, total: float, sum_squares: float) -> float:
    """Return the standard deviation (divisor n − 1) of n sizes over their mean, from ``Σm`` and ``Σm²``."""
    mean = total / n
    return math.sqrt(max(0.0, sum_squares - total * mean) / (n - 1)) / mean


def design_effect(cluster_size: ArrayLike, icc: ArrayLike, *, cv: ArrayLike = 0.0) -> Array:
    """Tell how many times the variance of a mean grows because observations come in clusters.

    ``1 + ((1 + CV²)·m̄ − 1)·ρ`` (Eldridge, Ashby & Kerry 2006), for cluster sizes that say nothing about the outcome;
    equal sizes give the familiar ``1 + (m − 1)·ρ``.

    Parameters
    ----------
    cluster_size : array_like
        Mean observations per cluster, at least 1.
    icc : array_like
        Intraclass correlation, from 0 to 1.
    cv : array_like
        Standard deviation of the cluster sizes over their mean.

    >>> round(float(design_effect(30, 0.05, cv=0.65)), 5)
    3.08375
    """
    size, rho, spread = together(
        finite("cluster_size", cluster_size, 1, closed=True),
        finite("icc", icc, 0, 1, closed=True),
        finite("cv", cv, 0, closed=True),
    )
    return np.asarray(1 + ((1 + spread**2) * size - 1) * rho)
