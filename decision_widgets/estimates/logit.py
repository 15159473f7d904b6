"""Logit with clustered errors: the effect on a share, and the odds ratio."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.column_space import Matrix
from decision_widgets.estimates.labels import Codes, label_codes
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.moments import floats
from decision_widgets.records import Record

# A coefficient beyond this, per standard deviation of a covariate, is one that has no finite value.
LARGEST = 15.0
# Newton's method settles in a dozen steps; where log odds still grow after so many, rounding would soon stop them.
STEPS = 25
# The last step may move no row's log odds by more.
SETTLED = 1e-9
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LogitEffect(Record):
    """The effect of treatment on a share of successes, from a logit.

    Attributes
    ----------
    control_mean, treatment_mean, effect : float
        Shares of successes predicted with everybody in control, everybody in treatment, and their difference: the
        average marginal effect. Fractions.
    std_error, statistic, p_value, effect_lower, effect_upper : float
        Of `effect`, by the delta method on the clustered errors; normal, two-sided.
    log_odds_ratio, log_odds_ratio_std_error : float
        The treatment's coefficient.
    odds_ratio, odds_ratio_lower, odds_ratio_upper, odds_ratio_p_value : float
        Its exponential with the ``1 − alpha`` interval, and the test of an odds ratio of 1.
    n_observations : float
        Trials; `n_clusters` is the number of clusters.
    """

    control_mean: float
    treatment_mean: float
    effect: float
    std_error: float
    statistic: float
    p_value: float
    effect_lower: float
    effect_upper: float
    log_odds_ratio: float
    log_odds_ratio_std_error: float
    odds_ratio: float
    odds_ratio_lower: float
    odds_ratio_upper: float
    odds_ratio_p_value: float
    n_observations: float
    n_clusters: int
    alpha: float


def clustered_logit(
    y: ArrayLike,
    treatment: ArrayLike,
    cluster: ArrayLike,
    *,
    covariates: ArrayLike | None = None,
    trials: ArrayLike | None = None,
    alpha: float = 0.05,
) -> LogitEffect:
    """Tell by how much treatment moves a share, with errors that may be correlated within clusters.

    ``P(success) = Λ(a + τD + x'γ)``; effect ``mean[Λ(η|D=1) − Λ(η|D=0)]`` over trials, without covariates the
    difference in proportions exactly. ``V = G/(G−1)·B(Σ_g s_g s_gᵀ)B``, s the scores of a cluster and B the inverse
    information (Stata's ``vce(cluster)``), quantiles normal. The covariates count as fixed.

    Parameters
    ----------
    y : array_like, shape (N,)
        0 or 1, or successes out of `trials`: the total of a participant.
    treatment : array_like, shape (N,)
        0 or 1.
    cluster : array_like, shape (N,)
        Labels; at least 2 different.
    covariates : array_like, shape (N,) or (N, k), optional
        Numbers measured before treatment; the constant is added.
    trials : array_like, shape (N,), optional
        Positive; 1 each by default.

    Raises
    ------
    CannotEstimate
        W_SEPARATION: an arm without successes or failures, or covariates that tell them apart, so that no finite
        coefficient exists; or one above 15 per standard deviation (Albert & Anderson 1984). Use the linear model.
    InputError
        Shapes that differ, values that are not finite or not in range, one arm, fewer than 2 clusters, columns that
        depend on each other, or clusters between which nothing varies.

    Examples
    --------
    >>> fit = clustered_logit([1, 0, 0, 0, 1, 1, 1, 0], [0, 0, 0, 0, 1, 1, 1, 1], range(8))
    >>> round(fit.effect, 6), round(fit.odds_ratio, 6), round(fit.std_error, 6)
    (0.5, 9.0, 0.327327)
    """
    checked_alpha(alpha)
    successes, arm, n, codes = _checked(y, treatment, cluster, trials)
    x = _columns(arm, covariates, n)
    beta = _proportions(successes, arm, n) if x.shape[1] == 2 else _maximum_likelihood(successes, x, n)
    if np.abs(beta[1:]).max() > LARGEST:
        raise _separation()
    return _effect(beta, x, successes, n, codes, alpha)


def _checked(
    y: ArrayLike, treatment: ArrayLike, cluster: ArrayLike, trials: ArrayLike | None
) -> tuple[Matrix, Matrix, Matrix, Codes]:
    successes, arm = floats("y", y), floats("treatment", treatment)
    n = np.ones_like(successes) if trials is None else floats("trials", trials)
    if successes.ndim != 1 or not len(successes):
        raise InputError(f"y must hold one number per row, shape (N,); got shape {successes.shape}.")
    for name, values in (("treatment", arm), ("trials", n)):
        if values.shape != successes.shape:
            raise InputError(f"{name} needs one value per row of y, shape {successes.shape}; got {values.shape}.")
    if not (np.isfinite(successes).all() and np.isfinite(n).all()):
        raise InputError("y and trials must be finite; drop or fill missing values first.")
    if (n <= 0).any() or (successes < 0).any() or (successes > n).any():
        what = "0 or 1 in every row" if trials is None else "between 0 and trials in every row, and trials positive"
        raise InputError(f"y must be {what}; for other outcomes use a linear model.")
    if trials is None and ((successes > 0) & (successes < 1)).any():
        raise InputError("y must be 0 or 1 in every row; give totals with trials=.")
    if not np.isin(arm, (0, 1)).all() or arm.min() == arm.max():
        raise InputError("treatment must be 0 or 1, both present, and never missing.")
    codes = label_codes(cluster, len(successes), "cluster")
    if codes.max() < 1:
        raise InputError("Clustered errors need at least 2 clusters; got 1.")
    return successes, arm, n, codes


def _columns(arm: Matrix, covariates: ArrayLike | None, n: Matrix) -> Matrix:
    """Return constant, treatment and covariates, the latter centred and of standard deviation 1."""
    if covariates is None:
        return np.column_stack([np.ones_like(arm), arm])
    z = floats("covariates", covariates)
    z = z[:, None] if z.ndim == 1 else z
    if z.ndim != 2 or len(z) != len(arm):
        raise InputError(f"covariates need one row per row of y, {len(arm)}; got shape {z.shape}.")
    if not np.isfinite(z).all():
        raise InputError("covariates must be finite; drop or fill missing values first.")
    z = z - np.average(z, axis=0, weights=n)
    spread = np.sqrt(np.average(z**2, axis=0, weights=n))
    x = np.column_stack([np.ones_like(arm), arm, z / np.where(spread > 0, spread, 1.0)])
    if np.linalg.matrix_rank(_gram(x, n), tol=1e-10 * n.sum(), hermitian=True) < x.shape[1]:
        raise InputError("The covariates depend on each other, on the treatment, or are constant; drop some.")
    return x


def _proportions(successes: Matrix, arm: Matrix, n: Matrix) -> Matrix:
    """Return the coefficients in closed form: log odds of control, and their difference."""
    total = np.array([n[arm == a].sum() for a in (0, 1)])
    share = np.array([successes[arm == a].sum() for a in (0, 1)]) / total
    if (share == 0).any() or (share == 1).any():
        raise _separation()
    odds = scipy.special.logit(share)
    return np.array([odds[0], odds[1] - odds[0]])


def _maximum_likelihood(successes: Matrix, x: Matrix, n: Matrix) -> Matrix:
    """Return the coefficients by Newton's method (iteratively reweighted least squares), steps halved as needed.

    Where no finite maximum exists some row's log odds grow by about 1 at every step, for ever: it never settles.
    """
    beta = np.zeros(x.shape[1])
    average = successes.sum() / n.sum()
    if average in (0, 1):
        raise _separation()
    beta[0] = scipy.special.logit(average)
    eta = x @ beta
    likelihood = _log_likelihood(successes, eta, n)
    for _ in range(STEPS):
        share = scipy.special.expit(eta)
        try:
            step = np.linalg.solve(_gram(x, n * share * (1 - share)), x.T @ (successes - n * share))
        except np.linalg.LinAlgError:
            break
        move = x @ step
        if np.abs(move).max() < SETTLED * max(1.0, np.abs(eta).max()):
            return beta + step
        factor = 1.0
        worse = likelihood - ROUNDING * abs(likelihood)
        while (new := _log_likelihood(successes, eta + factor * move, n)) < worse and factor > ROUNDING:
            factor /= 2
        beta, eta, likelihood = beta + factor * step, eta + factor * move, new
    raise _separation()


def _log_likelihood(successes: Matrix, eta: Matrix, n: Matrix) -> float:
    return float(successes @ eta - n @ (np.maximum(eta, 0) + np.log1p(np.exp(-np.abs(eta)))))


def _gram(x: Matrix, weight: Matrix) -> Matrix:
    return np.asarray((x * weight[:, None]).T @ x)


def _separation() -> CannotEstimate:
    return CannotEstimate(
        "W_SEPARATION",
        "The logit has no finite coefficient: successes and failures are told apart without error. Use the linear "
        "model.",
    )


def _clustered_error(influence: Matrix, codes: Codes, model_variance: float) -> float:
    """Return the error of a contrast to which each row adds its `influence`, shape (N,)."""
    of_clusters = np.bincount(codes, influence)
    g, error = len(of_clusters), float(np.linalg.norm(of_clusters))
    if error <= ROUNDING * math.sqrt(model_variance):
        raise InputError("The clustered error is 0: nothing varies between clusters. Cluster by what was randomised.")
    return error * math.sqrt(g / (g - 1))


def _effect(beta: Matrix, x: Matrix, successes: Matrix, n: Matrix, codes: Codes, alpha: float) -> LogitEffect:
    eta = x @ beta
    share = scipy.special.expit(eta)
    bread: Matrix = np.linalg.inv(_gram(x, n * share * (1 - share))).astype(np.float64)
    residual = successes - n * share

    rest = eta - beta[1] * x[:, 1]
    control, treated = scipy.special.expit(rest), scipy.special.expit(rest + beta[1])
    slope_c, slope_t = n * control * (1 - control), n * treated * (1 - treated)
    gradient = (slope_t - slope_c) @ x
    gradient[1] = slope_t.sum()
    std_error, coefficient_error = (
        _clustered_error((x @ (bread @ contrast)) * residual, codes, contrast @ bread @ contrast)
        for contrast in (gradient / n.sum(), np.eye(len(beta))[1])
    )
    coefficient = float(beta[1])
    means = float(np.average(control, weights=n)), float(np.average(treated, weights=n))
    effect, z = means[1] - means[0], upper_quantile(alpha / 2)
    return LogitEffect(
        control_mean=means[0],
        treatment_mean=means[1],
        effect=effect,
        std_error=std_error,
        statistic=effect / std_error,
        p_value=two_sided_p(effect / std_error),
        effect_lower=effect - z * std_error,
        effect_upper=effect + z * std_error,
        log_odds_ratio=coefficient,
        log_odds_ratio_std_error=coefficient_error,
        odds_ratio=math.exp(coefficient),
        odds_ratio_lower=math.exp(coefficient - z * coefficient_error),
        odds_ratio_upper=math.exp(coefficient + z * coefficient_error),
        odds_ratio_p_value=two_sided_p(coefficient / coefficient_error),
        n_observations=float(n.sum()),
        n_clusters=int(codes.max()) + 1,
        alpha=alpha,
    )
