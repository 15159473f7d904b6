"""Errors where treatment varies within clusters and many of all clusters are in the sample.

The usual clustered error takes the sampled clusters for a few of very many and the differences between their effects
for chance. Where treatment was not dealt to whole clusters, that is too wide (Abadie, Athey, Imbens & Wooldridge 2023).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.labels import Codes, label_codes
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.estimates.robust import sums_by_label
from decision_widgets.moments import ROUNDING, floats
from decision_widgets.records import Record

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CausalClusterEffect(Record):
    """The difference in means with an error for treatment that varies within clusters.

    Attributes
    ----------
    effect : float
    std_error : float
        For the share of all clusters that was sampled.
    std_error_cluster : float
        The usual clustered one (CR1), beside it.
    df, statistic, p_value, effect_lower, effect_upper
        From t with ``G − 1``, two-sided, of `std_error`.
    cluster_share : float
        Share of all clusters that is in the sample.
    n_draws : int
        Splits, or bootstrap samples, that the error averages over.
    """

    effect: float
    std_error: float
    std_error_cluster: float
    df: int
    statistic: float
    p_value: float
    effect_lower: float
    effect_upper: float
    cluster_share: float
    n_observations: int
    n_clusters: int
    n_draws: int
    seed: int
    alpha: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rows:
    """Checked rows: outcome less its mean, treatment, codes of clusters."""

    y: Matrix
    treated: NDArray[np.bool_]
    cluster: Codes

    @property
    def n_clusters(self) -> int:
        return int(self.cluster.max()) + 1

    def effects(self, chosen: NDArray[np.bool_]) -> tuple[float, float, Matrix]:
        """Return the control mean, the effect, and the effect in each cluster (NaN without both arms), of some rows."""
        g, sums, counts = self.n_clusters, [], []
        for arm in (~self.treated & chosen, self.treated & chosen):
            sums.append(np.bincount(self.cluster[arm], self.y[arm], g))
            counts.append(np.bincount(self.cluster[arm], minlength=g))
        both = (counts[0] > 0) & (counts[1] > 0)
        c, t = (np.divide(s, n, out=np.full(g, np.nan), where=both) for s, n in zip(sums, counts, strict=True))
        control = float(sums[0].sum() / counts[0].sum())
        return control, float(sums[1].sum() / counts[1].sum()) - control, t - c


def causal_cluster_variance(
    y: ArrayLike,
    treatment: ArrayLike,
    cluster: ArrayLike,
    *,
    cluster_share: float,
    row_share: float = 1.0,
    splits: int = 20,
    alpha: float = 0.05,
    seed: int = 0,
) -> CausalClusterEffect:
    """Compare two arms where treatment varies within clusters, with the causal cluster variance (CCV).

    ``q·V_CCV + (1−q)·V_cluster``, ``V_CCV = Σ_m{[Σ_{i∈m} Z_i d_i]² − (1−z)Σ_{i∈m} Z_i d_i²}/(z·N·w(1−w))² +
    (1−p)Σ_m N_m(τ_m−τ)²/N²``, ``d_i = (W_i−w)U_i − (τ_m−τ)w(1−w)``; w the share treated, Z a random half of the rows
    with mean z, U and the effects τ, τ_m of clusters from the other half; averaged over splits (Abadie, Athey, Imbens &
    Wooldridge 2023). No covariates, no fixed effects. Good with many rows of both arms in each cluster.

    Parameters
    ----------
    y, treatment, cluster : array_like, shape (N,)
        Outcome; 0 or 1; labels.
    cluster_share : float
        q, share of all clusters that was sampled; near 0 the error is the usual clustered one.
    row_share : float
        p, share of each cluster's members that was sampled.
    splits : int

    Raises
    ------
    CannotEstimate
        ``E_NO_VARIATION`` when neither arm varies.
    InputError
        Shapes, values that are not finite, one arm, shares out of range, fewer than 2 clusters, treatment constant in
        every cluster (then the usual clustered error is right), or a variance that is not positive.
    """
    checked_alpha(alpha)
    rows = _checked(y, treatment, cluster, cluster_share)
    if not 0 < row_share <= 1 or splits < 1:
        raise InputError(f"row_share must be above 0 and at most 1, splits at least 1; got {row_share} and {splits}.")
    everyone = np.ones(len(rows.y), dtype=bool)
    _, effect, of_clusters = rows.effects(everyone)
    if np.isnan(of_clusters).all():
        raise InputError("Treatment does not vary within any cluster; use the usual clustered error.")
    rng = np.random.default_rng(seed)
    own = np.mean([_split_variance(rows, rng.random(len(rows.y)) < 0.5) for _ in range(splits)])
    size = np.bincount(rows.cluster)
    spread = float(np.nansum(size * (of_clusters - effect) ** 2)) / len(rows.y) ** 2
    usual = _usual_variance(rows)
    variance = cluster_share * (float(own) + (1 - row_share) * spread) + (1 - cluster_share) * usual
    return _effect(rows, effect, variance, usual, cluster_share, splits, seed, alpha)


def two_stage_cluster_bootstrap(
    y: ArrayLike,
    treatment: ArrayLike,
    cluster: ArrayLike,
    *,
    cluster_share: float,
    draws: int = 500,
    alpha: float = 0.05,
    seed: int = 0,
) -> CausalClusterEffect:
    """Compare two arms where treatment varies within clusters, with the two-stage cluster bootstrap (TSCB).

    Each sample takes clusters with chance q from a population in which each stands 1/q times, deals each the share
    treated of a random cluster, and draws so many treated and control rows from its own, with replacement (Abadie,
    Athey, Imbens & Wooldridge 2023). Cost grows with N·draws.

    Parameters
    ----------
    y, treatment, cluster : array_like, shape (N,)
        Outcome; 0 or 1; labels. Both arms must be in every cluster.
    cluster_share : float
        q, as in `causal_cluster_variance`.
    draws : int
        At least 50.

    Raises
    ------
    InputError
        As `causal_cluster_variance`, a cluster without one of the arms, or too few draws.
    """
    checked_alpha(alpha)
    rows = _checked(y, treatment, cluster, cluster_share)
    if draws < 50:
        raise InputError(f"A bootstrap error needs at least 50 draws; got {draws}.")
    _, effect, of_clusters = rows.effects(np.ones(len(rows.y), dtype=bool))
    if np.isnan(of_clusters).any():
        raise InputError("The two-stage bootstrap needs both arms in every cluster; use causal_cluster_variance.")
    drawn = np.fromiter(_resampled(rows, cluster_share, draws, np.random.default_rng(seed)), dtype=np.float64)
    usual = _usual_variance(rows)
    return _effect(rows, effect, float(drawn.var(ddof=1)), usual, cluster_share, len(drawn), seed, alpha)


def _checked(y: ArrayLike, treatment: ArrayLike, cluster: ArrayLike, cluster_share: float) -> _Rows:
    outcome, arm = floats("y", y), floats("treatment", treatment)
    if outcome.ndim != 1 or arm.shape != outcome.shape or len(outcome) < 4:
        raise InputError(f"y and treatment need one value per row, at least 4; got {outcome.shape} and {arm.shape}.")
    if not np.isfinite(outcome).all():
        raise InputError("y must be finite; drop or fill missing values first.")
    if not np.isin(arm, (0, 1)).all() or arm.min() == arm.max():
        raise InputError("treatment must be 0 or 1, both present, and never missing.")
    if not 0 < cluster_share <= 1:
        raise InputError(f"cluster_share must be above 0 and at most 1; got {cluster_share!r}.")
    if max(np.ptp(outcome[arm == each]) for each in (0, 1)) <= ROUNDING * np.abs(outcome).max():
        value = float(outcome[0])
        raise CannotEstimate("E_NO_VARIATION", "Neither arm varies, so it has no error.", n=len(outcome), value=value)
    codes = label_codes(cluster, len(outcome), "cluster")
    if codes.max() < 1:
        raise InputError("Clustered errors need at least 2 clusters; got 1.")
    return _Rows(y=outcome - outcome.mean(), treated=arm == 1, cluster=codes)


def _split_variance(rows: _Rows, judged: NDArray[np.bool_]) -> float:
    """Return ``V_CCV`` without its last term: effects learned on one half of the rows, spread seen on the other."""
    learned = ~judged
    if not (judged.any() and rows.treated[learned].any() and (~rows.treated[learned]).any()):
        raise InputError("There are too few rows to split them in halves with both arms.")
    control, effect, of_clusters = rows.effects(learned)
    w = rows.treated.mean()
    shift = np.nan_to_num(of_clusters - effect)[rows.cluster] * w * (1 - w)
    d = np.where(judged, (rows.treated - w) * (rows.y - control - effect * rows.treated) - shift, 0.0)
    z = judged.mean()
    squares = (np.bincount(rows.cluster, d) ** 2).sum() - (1 - z) * (d**2).sum()
    return float(squares / (z * len(d) * w * (1 - w)) ** 2)


def _usual_variance(rows: _Rows) -> float:
    control, effect, _ = rows.effects(np.ones(len(rows.y), dtype=bool))
    n, g, w = len(rows.y), rows.n_clusters, rows.treated.mean()
    scores = (rows.treated - w) * (rows.y - control - effect * rows.treated) / (n * w * (1 - w))
    sums = sums_by_label(scores[:, None], rows.cluster)
    return float((sums**2).sum()) * g / (g - 1) * (n - 1) / (n - 2)


def _resampled(rows: _Rows, share: float, draws: int, rng: np.random.Generator) -> Iterator[float]:
    """Yield the effect in each bootstrap sample that has both arms."""
    stratum = 2 * rows.cluster + rows.treated
    y, count = rows.y[np.argsort(stratum, kind="stable")], np.bincount(stratum)
    start, size = np.cumsum(count) - count, count[::2] + count[1::2]
    treated_share, copies = count[1::2] / size, 1 / share
    for _ in range(draws):
        whole = math.floor(copies) + (rng.random(len(size)) < copies % 1)
        taken = np.repeat(np.arange(len(size)), rng.binomial(whole, share))
        target = size[taken] * rng.choice(treated_share, len(taken))
        n_treated = np.floor(target + rng.random(len(taken))).astype(np.intp)
        control, treated = np.repeat(2 * taken, size[taken] - n_treated), np.repeat(2 * taken + 1, n_treated)
        if len(control) and len(treated):
            c, t = (y[start[s] + (rng.random(len(s)) * count[s]).astype(np.intp)].mean() for s in (control, treated))
            yield float(t - c)


def _effect(
    rows: _Rows, effect: float, variance: float, usual: float, share: float, draws: int, seed: int, alpha: float
) -> CausalClusterEffect:
    if not (variance > 0 and usual > 0):
        raise InputError("The variance is not positive: too few rows, or clusters between which nothing varies.")
    df, std_error = rows.n_clusters - 1, math.sqrt(variance)
    half = upper_quantile(alpha / 2, df) * std_error
    return CausalClusterEffect(
        effect=effect,
        std_error=std_error,
        std_error_cluster=math.sqrt(usual),
        df=df,
        statistic=effect / std_error,
        p_value=two_sided_p(effect / std_error, df),
        effect_lower=effect - half,
        effect_upper=effect + half,
        cluster_share=share,
        n_observations=len(rows.y),
        n_clusters=rows.n_clusters,
        n_draws=draws,
        seed=seed,
        alpha=alpha,
    )
