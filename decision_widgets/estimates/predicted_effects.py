"""Do predicted individual effects rank and size what happened to participants who took no part in the prediction?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from decision_widgets.errors import InputError
from decision_widgets.estimates.arguments import checked_alpha
from decision_widgets.estimates.contrasts import contrasted
from decision_widgets.estimates.held_out import HeldOut, Ranking
from decision_widgets.estimates.panel import panel_coefficients, panel_regression
from decision_widgets.estimates.panel_cells import solve_panel
from decision_widgets.estimates.quantiles import two_sided_p, upper_quantile
from decision_widgets.records import Record

CheckName = Literal["targeting", "calibration", "groups"]

DRAWS: Final = 200
LEAST_DRAWS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TargetingGain(Record):
    """What it gains to treat first whom the prediction ranks first.

    Attributes
    ----------
    effect : float
        AUTOC: the effect among the share u with the largest predictions less the average effect, averaged over u from
        0 to 1; in the metric's unit. 0 when the ranking says nothing.
    std_error, statistic, p_value, effect_lower, effect_upper : float
        By half-sample bootstrap of clusters, normal.
    passed : bool
        Whether `effect_lower` is above 0.
    """

    effect: float
    std_error: float
    statistic: float
    p_value: float
    effect_lower: float
    effect_upper: float
    passed: bool
    n_draws: int
    seed: int
    alpha: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Calibration(Record):
    """How much larger the effect is where it is predicted one unit larger.

    Attributes
    ----------
    slope : float
        1 when predictions differ as much as effects do; 0 when they are noise.
    std_error, df, slope_lower, slope_upper : float
        CR2 with Bell–McCaffrey degrees of freedom.
    passed : bool
        Whether the interval lies above 0 and covers 1.
    """

    slope: float
    std_error: float
    df: float
    slope_lower: float
    slope_upper: float
    passed: bool
    alpha: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GroupEffect(Record):
    """The effect in one group of rows with similar predictions; group 1 has the smallest.

    Attributes
    ----------
    predicted_effect : float
        Mean prediction.
    effect, std_error, df, effect_lower, effect_upper : float
        Estimated from outcomes; CR2 with Bell–McCaffrey degrees of freedom.
    """

    group: int
    n_participants: int
    predicted_effect: float
    effect: float
    std_error: float
    df: float
    effect_lower: float
    effect_upper: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GroupEffects(Record):
    """Effects in groups of equal size by prediction.

    Attributes
    ----------
    difference, difference_lower, difference_upper : float
        The effect in the last group minus the effect in the first.
    in_order : bool
        Whether every estimate is at least as large as the one before.
    passed : bool
        Whether `difference_lower` is above 0 and no group's effect falls below the one before by more than chance
        (``1 − alpha`` over all neighbours, Bonferroni).
    """

    groups: tuple[GroupEffect, ...]
    difference: float
    difference_lower: float
    difference_upper: float
    in_order: bool
    passed: bool
    alpha: float


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PredictedEffectChecks(Record):
    """Whether predicted effects may be shown.

    Attributes
    ----------
    passed : bool
        Whether all three passed. If not, only the average effect should be shown (``W_CATE_NOISE``).
    failed : tuple of str
        Which did not.
    n_participants : int
        Clusters that the checks rest on.
    """

    targeting: TargetingGain
    calibration: Calibration
    groups: GroupEffects
    passed: bool
    failed: tuple[CheckName, ...]
    n_participants: int


def check_predicted_effects(
    predicted: ArrayLike,
    outcome: ArrayLike,
    treatment: ArrayLike,
    propensity: ArrayLike,
    cluster: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    seed: int = 0,
    alpha: float = 0.05,
) -> PredictedEffectChecks:
    """Check predicted individual effects on participants whom the prediction has not seen.

    All of `targeting_gain`, `calibration_slope` and `predicted_group_effects` must pass, whose arguments these are.
    """
    given = (predicted, outcome, treatment, propensity, cluster)
    targeting = targeting_gain(*given, baseline=baseline, seed=seed, alpha=alpha)
    calibration = calibration_slope(*given, baseline=baseline, alpha=alpha)
    groups = predicted_group_effects(*given, baseline=baseline, alpha=alpha)
    answers: dict[CheckName, bool] = {
        "targeting": targeting.passed,
        "calibration": calibration.passed,
        "groups": groups.passed,
    }
    return PredictedEffectChecks(
        targeting=targeting,
        calibration=calibration,
        groups=groups,
        passed=all(answers.values()),
        failed=tuple(name for name, passed in answers.items() if not passed),
        n_participants=len(np.unique(np.asarray(cluster))),
    )


def targeting_gain(
    predicted: ArrayLike,
    outcome: ArrayLike,
    treatment: ArrayLike,
    propensity: ArrayLike,
    cluster: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    n_draws: int = DRAWS,
    seed: int = 0,
    alpha: float = 0.05,
) -> TargetingGain:
    """Estimate the rank-weighted average effect AUTOC (Yadlowsky, Fleming, Shah, Brunskill & Wager 2025).

    ``AUTOC = (1/n)Σ_k (mean of the k best-ranked Γ) − mean Γ``, ties sharing their ranks, with
    ``Γ_i = (D−e)/(e(1−e))·(Y − b)``, whose mean at any prediction is the effect there, e being known, whatever b is.
    b is `baseline` shifted by ``(1−2e)`` times the average effect, or the constant that makes Γ least variable. Half of
    the clusters drawn without replacement, `n_draws` times, give the standard error.

    Parameters
    ----------
    predicted : array_like, shape (N,)
        Predicted effect of each row, from a model that has not seen the row's participant.
    outcome : array_like, shape (N,)
        In the metric's unit.
    treatment : array_like, shape (N,)
        0 or 1.
    propensity : float or array_like, shape (N,)
        Known chance of treatment, strictly between 0 and 1.
    cluster : array_like, shape (N,)
        Participants; at least 20.
    baseline : array_like, shape (N,), optional
        Predicted outcome given covariates but not treatment; takes noise away.
    n_draws, seed, alpha
        Of the bootstrap and the interval.

    Raises
    ------
    InputError
        Shapes that differ, values that are not finite or not as described, predictions or outcomes that do not vary,
        fewer than 20 clusters, or fewer than 20 draws.
    """
    checked_alpha(alpha)
    held = HeldOut.of(predicted, outcome, treatment, propensity, cluster, baseline)
    if n_draws < LEAST_DRAWS:
        raise InputError(f"A bootstrap needs at least {LEAST_DRAWS} draws; got {n_draws}.")
    ranking, rng, g = Ranking.of(held), np.random.default_rng(seed), held.n_clusters
    effect, half, draws = ranking.autoc(), g // 2, np.empty(n_draws)
    for draw in range(n_draws):
        chosen = np.zeros(g, dtype=bool)
        chosen[rng.permutation(g)[:half]] = True
        draws[draw] = ranking.autoc(chosen)
    # A half drawn without replacement varies by 1/half − 1/G, the whole sample by 1/G.
    std_error = float(draws.std(ddof=1)) * math.sqrt(half / (g - half))
    if std_error <= 1e-12 * float(np.abs(held.scores()).max()):
        raise InputError("The gain from targeting needs outcomes that vary; these do not.")
    reach = upper_quantile(alpha / 2) * std_error
    return TargetingGain(
        effect=effect,
        std_error=std_error,
        statistic=effect / std_error,
        p_value=two_sided_p(effect / std_error),
        effect_lower=effect - reach,
        effect_upper=effect + reach,
        passed=effect - reach > 0,
        n_draws=n_draws,
        seed=seed,
        alpha=alpha,
    )


def calibration_slope(
    predicted: ArrayLike,
    outcome: ArrayLike,
    treatment: ArrayLike,
    propensity: ArrayLike,
    cluster: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    alpha: float = 0.05,
) -> Calibration:
    """Estimate the slope of the best linear predictor of effects (Chernozhukov, Demirer, Duflo & Fernández-Val 2025).

    β₂ of ``y = a + β₁(D−e) + β₂(D−e)(S−S̄) + cS (+ d·baseline) + error``, weighted by ``1/(e(1−e))``, S the
    prediction. Arguments as `targeting_gain`.
    """
    held = HeldOut.of(predicted, outcome, treatment, propensity, cluster, baseline)
    centred = held.predicted - held.predicted.mean()
    cells = held.cells(
        held.step * centred,
        {"treatment less its share": held.step, "prediction": centred, **held.control(centred[:, None])},
    )
    fit = panel_regression(cells, alpha=alpha)
    return Calibration(
        slope=fit.effect,
        std_error=fit.std_error,
        df=fit.df,
        slope_lower=fit.effect_lower,
        slope_upper=fit.effect_upper,
        passed=0 < fit.effect_lower <= 1 <= fit.effect_upper,
        alpha=alpha,
    )


def predicted_group_effects(
    predicted: ArrayLike,
    outcome: ArrayLike,
    treatment: ArrayLike,
    propensity: ArrayLike,
    cluster: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    n_groups: int = 5,
    alpha: float = 0.05,
) -> GroupEffects:
    """Estimate the effect in groups of rows by size of prediction (GATES, Chernozhukov et al. 2025).

    γ_k of ``y = a_k + γ_k(D−e) (+ d·baseline) + error`` for rows of group k, weighted by ``1/(e(1−e))``. Equal
    predictions stay together, so there may be fewer than `n_groups`. Arguments as `targeting_gain`.
    """
    held = HeldOut.of(predicted, outcome, treatment, propensity, cluster, baseline)
    group = held.groups(n_groups)
    k = int(group.max()) + 1
    dummies = (group[:, None] == np.arange(k)).astype(np.float64)
    first, *others = (held.step[:, None] * dummies).T
    named = {f"group {j}": column for j, column in enumerate(others, 2)}
    solution = solve_panel(held.cells(first, named | held.control(dummies), {"group": group}))
    own = np.eye(k, len(solution.names))
    rows = np.vstack([own, own[1:] - own[:-1], own[-1] - own[0]])
    found = panel_coefficients(contrasted(solution, {f"{i}": list(row) for i, row in enumerate(rows)}), alpha=alpha)
    effects, steps, ends = found[:k], found[k:-1], found[-1]
    falls = [one.effect + upper_quantile(alpha / 2 / len(steps), one.df) * one.std_error < 0 for one in steps]
    return GroupEffects(
        groups=tuple(
            GroupEffect(
                group=j + 1,
                n_participants=len(np.unique(held.cluster[group == j])),
                predicted_effect=float(held.predicted[group == j].mean()),
                **{name: getattr(one, name) for name in ("effect", "std_error", "df", "effect_lower", "effect_upper")},
            )
            for j, one in enumerate(effects)
        ),
        difference=ends.effect,
        difference_lower=ends.effect_lower,
        difference_upper=ends.effect_upper,
        in_order=all(one.effect >= 0 for one in steps),
        passed=ends.effect_lower > 0 and not any(falls),
        alpha=alpha,
    )
