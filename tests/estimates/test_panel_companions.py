"""What stands beside a panel's effect: levels, adjustment, carry-over, residual correlation, other errors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.tsa.stattools import acf

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import (
    PanelCells,
    RelativeEffect,
    adjusted_panel,
    autocorrelation,
    carryover_order,
    driscoll_kraay,
    lagged_panel,
    newey_west,
    panel_difference,
    panel_regression,
    panel_serial_errors,
    relative_effect,
    residual_autocorrelation,
    robust_ols,
    row_errors,
)

HOURS = 24


def panel(
    *, days: int = 10, regions: int = 2, seed: int = 0, effect: float = 0.5, lag: float = 0.0, noise: float = 1.0
) -> tuple[PanelCells, dict[str, np.ndarray]]:
    """Make a switchback of 2-hour slots drawn by region, one cell per hour, clusters of one slot."""
    rng = np.random.default_rng(seed)
    region, hour = (each.ravel() for each in np.indices((regions, days * HOURS)))
    slot = hour // 2
    coin = rng.integers(0, 2, (regions, days * HOURS // 2 + 3)).astype(float)
    d, before = coin[region, slot + 2], np.column_stack([coin[region, slot + 1], coin[region, slot]])
    level = 10 + np.sin(2 * np.pi * hour / HOURS) + region
    y = level + effect * d + lag * before[:, 0] + noise * rng.normal(size=len(hour))
    weight = rng.integers(1, 6, len(hour)).astype(float)
    cells = PanelCells(
        weight=weight,
        mean=y,
        within=(weight - 1) * 0.3,
        treatment=d,
        fixed_effects={"hour of day": hour % HOURS, "date": hour // HOURS, "region": region},
        cluster=region * 10_000 + slot,
    )
    return cells, {"region": region, "hour": hour, "slot": slot, "before": before, "day": hour // HOURS, "level": level}


def dense(cells: PanelCells, *more: Any) -> np.ndarray:
    """Return treatment, further columns and dummies with one level dropped after the first effect."""
    columns = [np.asarray(cells.treatment), *more, np.ones(len(np.asarray(cells.mean)))]
    for labels in cells.fixed_effects.values():
        columns += [(np.asarray(labels) == level).astype(float) for level in np.unique(np.asarray(labels))[1:]]
    return np.column_stack(columns)


def test_levels_lie_an_effect_apart_and_their_difference_has_the_regressions_error() -> None:
    cells, _ = panel()
    levels, fit = panel_difference(cells), panel_regression(cells)
    assert levels.effect == pytest.approx(fit.effect, rel=1e-12)
    assert levels.treatment_mean - levels.control_mean == pytest.approx(fit.effect, rel=1e-9)
    assert (levels.std_error, levels.p_value) == pytest.approx((fit.std_error, fit.p_value), rel=1e-9)
    assert (levels.effect_lower, levels.effect_upper) == pytest.approx((fit.effect_lower, fit.effect_upper), rel=1e-9)


def test_without_fixed_effects_the_control_level_is_the_controls_mean() -> None:
    cells, _ = panel()
    cells = replace(cells, fixed_effects={})
    treated, weight = np.asarray(cells.treatment) == 1, np.asarray(cells.weight)
    mean = np.average(np.asarray(cells.mean)[~treated], weights=weight[~treated])
    assert panel_difference(cells).control_mean == pytest.approx(mean, rel=1e-12)


def test_without_fixed_effects_the_levels_errors_are_those_of_separate_arms() -> None:
    # statsmodels' clustered error of each arm's mean, less its factor G/(G−1)·(N−1)/(N−K); CR2 differs by O(1/G).
    cells, _ = panel(days=100)
    cells = replace(cells, fixed_effects={}, weight=np.ones(len(np.asarray(cells.mean))))
    treated = np.asarray(cells.treatment)
    for arm, variance in ((0.0, "control_variance"), (1.0, "treatment_variance")):
        own = treated == arm
        _, groups = np.unique(np.asarray(cells.cluster)[own], return_inverse=True)
        fit = sm.OLS(np.asarray(cells.mean)[own], np.ones(own.sum())).fit(
            cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
        )
        assert getattr(panel_difference(cells), variance) == pytest.approx(fit.bse[0] ** 2, rel=0.01)


def test_scaling_the_outcome_keeps_the_relative_effect_and_swapping_arms_turns_the_levels() -> None:
    cells, _ = panel()
    here, there = (relative_effect(panel_difference(each)) for each in (cells, replace(cells, mean=7 * cells.mean)))
    assert isinstance(here, RelativeEffect)
    assert isinstance(there, RelativeEffect)
    assert there.relative_effect_lower == pytest.approx(here.relative_effect_lower, rel=1e-9)
    swapped = panel_difference(replace(cells, treatment=1 - np.asarray(cells.treatment)))
    plain = panel_difference(cells)
    assert (swapped.control_mean, swapped.treatment_mean) == pytest.approx((plain.treatment_mean, plain.control_mean))
    assert swapped.control_variance == pytest.approx(plain.treatment_variance, rel=1e-9)


def test_the_relative_interval_covers_what_is_true() -> None:
    # 400 draws: three Monte-Carlo errors around 95% are 3.3 points.
    inside = 0
    for seed in range(400):
        cells, facts = panel(days=7, seed=seed, effect=1.0)
        found = relative_effect(panel_difference(cells))
        truth = 1.0 / np.average(facts["level"], weights=np.asarray(cells.weight))
        assert isinstance(found, RelativeEffect)
        inside += found.relative_effect_lower <= truth <= found.relative_effect_upper
    assert 0.917 <= inside / 400 <= 0.983


def test_a_covariate_that_explains_the_noise_takes_it_off_the_error() -> None:
    cells, _ = panel(effect=0.0)
    noise = np.random.default_rng(5).normal(size=len(np.asarray(cells.mean)))
    cells = replace(cells, mean=np.asarray(cells.mean) + 3 * noise)
    found = adjusted_panel(cells, {"before": noise})
    assert found.slopes[0] == pytest.approx(3, abs=0.2)
    assert found.reduction.variance_reduction == pytest.approx(0.9, abs=0.04)  # 9/(9 + 1) of the variance
    assert found.reduction.kept == "adjusted"
    assert found.unadjusted == panel_difference(cells)
    full = panel_regression(replace(cells, controls={"before": noise}))
    assert found.adjusted.std_error == pytest.approx(full.std_error, rel=1e-9)
    assert not found.reduction.shifted


def test_a_covariate_that_treatment_moved_shifts_the_effect() -> None:
    cells, facts = panel(effect=2.0, days=30)
    noise = np.asarray(cells.mean) - facts["level"] - 2 * np.asarray(cells.treatment)
    moved = np.asarray(cells.treatment) + noise + np.random.default_rng(5).normal(size=len(noise))
    assert adjusted_panel(cells, {"moved": moved}).reduction.shifted


@pytest.mark.parametrize("covariates", [{}, {"x": np.zeros(480)}, {"x": np.full(480, np.nan)}, {"x": np.ones(3)}])
def test_an_adjustment_needs_a_covariate_that_varies(covariates: dict[str, np.ndarray]) -> None:
    with pytest.raises(InputError):
        adjusted_panel(panel()[0], covariates)


def by_day(facts: dict[str, np.ndarray]) -> np.ndarray:
    return np.asarray(facts["region"] * 1000 + facts["day"])


def test_one_late_lag_is_the_t_test_of_its_coefficient() -> None:
    cells, facts = panel(lag=0.4)
    cells = replace(cells, cluster=by_day(facts))
    found = carryover_order(cells, facts["before"], late=[2])
    controls = {"lag 1": facts["before"][:, 0], "lag 2": facts["before"][:, 1]}
    beside = panel_regression(replace(cells, controls=controls)).controls[1]
    assert found.late.effect == pytest.approx(beside.effect, rel=1e-9)
    assert found.joint.p_value == pytest.approx(beside.p_value, rel=1e-6)
    assert found.lag_effects[2] == pytest.approx(beside.effect, rel=1e-9)


def test_present_and_late_lags_add_up_to_the_effect_of_lasting_treatment() -> None:
    cells, facts = panel(lag=0.4)
    found = carryover_order(cells, facts["before"], late=[1, 2])
    lasting = lagged_panel(cells, facts["before"])
    assert sum(found.lag_effects) == pytest.approx(lasting.effect, rel=1e-9)
    assert found.late.effect == pytest.approx(sum(found.lag_effects[1:]), rel=1e-9)


@pytest.mark.parametrize(("lag", "lower", "upper"), [(0.0, 0.01, 0.096), (0.6, 0.9, 1.0)])
def test_the_test_of_the_order_keeps_its_level_and_sees_what_is_there(lag: float, lower: float, upper: float) -> None:
    # 200 draws: three Monte-Carlo errors of 5% are 4.6 points.
    rejected = 0
    for seed in range(200):
        cells, facts = panel(days=14, seed=seed, lag=lag)
        found = carryover_order(replace(cells, cluster=by_day(facts)), facts["before"], late=[1, 2])
        rejected += found.joint.p_value < 0.05
    assert lower <= rejected / 200 <= upper


@pytest.mark.parametrize(
    ("late", "columns", "words"),
    [([3], slice(None), "late must name"), ([], slice(None), "late must name"), ([0], slice(None), "late must name")],
)
def test_a_carryover_test_needs_lags_that_are_there(late: list[int], columns: slice, words: str) -> None:
    cells, facts = panel()
    with pytest.raises(InputError, match=words):
        carryover_order(cells, facts["before"][:, columns], late=late)
    with pytest.raises(InputError, match="earlier needs one row"):
        carryover_order(cells, facts["before"][:5], late=[1])


def test_a_lag_that_is_the_treatment_again_is_refused() -> None:
    cells, _ = panel()
    with pytest.raises(InputError, match="combination"):
        carryover_order(cells, np.asarray(cells.treatment)[:, None], late=[1])


def test_too_few_days_are_too_few_for_several_lags() -> None:
    cells, facts = panel(days=2, regions=1)
    cells = replace(cells, fixed_effects={"hour of day": facts["hour"] % HOURS}, cluster=facts["day"])
    with pytest.raises(CannotEstimate):
        carryover_order(cells, facts["before"], late=[1, 2])


def test_autocorrelations_of_one_series_are_statsmodels() -> None:
    values = np.cumsum(np.random.default_rng(1).normal(size=60))
    found = autocorrelation(values, np.arange(60), lags=10)
    assert found.correlations == pytest.approx(acf(values, nlags=10, fft=False), rel=1e-12)
    assert found.limit == pytest.approx(1.959964 / np.sqrt(60), rel=1e-6)
    below = [k for k, r in enumerate(found.correlations) if abs(r) < found.limit]
    assert found.gone_at == (below[0] if below else None)


def test_a_missing_period_costs_its_own_pairs_only() -> None:
    values = np.random.default_rng(1).normal(size=40)
    holes = values.copy()
    holes[[7, 20]] = np.nan
    known = np.isfinite(holes)
    found = autocorrelation(values[known], np.arange(40)[known], lags=5)
    assert found.correlations == pytest.approx(acf(holes, nlags=5, fft=False, missing="conservative"), rel=1e-12)


def test_no_pair_reaches_from_one_series_into_another() -> None:
    values, series = np.array([1.0, 2, 3, 9, 8, 7]), np.repeat(["a", "b"], 3)
    deviation = values - values.mean()
    wanted = sum(deviation[i] * deviation[i + 1] for i in (0, 1, 3, 4)) / (deviation**2).sum()
    found = autocorrelation(values, np.tile([0, 1, 2], 2), series=series, lags=1)
    assert found.correlations[1] == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(
    ("values", "period", "lags"),
    [
        ([1.0, 2, np.nan], [0, 1, 2], 1),
        ([1.0, 2, 3], [0, 1], 1),
        ([1.0, 2, 3], [0, 1, 1], 1),
        ([1.0, 2, 3], [0, 1, 2], 3),
        ([1.0, 2, 3], [0, 1, 2], 0),
        ([1.0, 2, 3], [0.5, 1, 2], 1),
        ([5.0, 5, 5], [0, 1, 2], 1),
        ([5.0], [0], 1),
    ],
)
def test_what_cannot_be_correlated_is_refused(values: list[float], period: list[float], lags: int) -> None:
    with pytest.raises(InputError):
        autocorrelation(values, period, lags=lags)


def test_residuals_of_slots_are_those_of_the_dense_regression() -> None:
    cells, facts = panel(regions=1)
    root = np.sqrt(np.asarray(cells.weight))
    x = dense(cells)
    residual = np.asarray(cells.mean) - x @ np.linalg.lstsq(x * root[:, None], np.asarray(cells.mean) * root)[0]
    sums = np.bincount(facts["slot"], residual * root**2) / np.bincount(facts["slot"], root**2)
    found = residual_autocorrelation(cells, facts["slot"], series=facts["region"], lags=8)
    assert found.correlations == pytest.approx(acf(sums, nlags=8, fft=False), rel=1e-8, abs=1e-12)


def test_errors_of_rows_are_those_of_least_squares_on_the_rows() -> None:
    cells, _ = panel(days=3)
    n = np.asarray(cells.weight).astype(int)
    rng = np.random.default_rng(2)
    at = np.repeat(np.arange(len(n)), n)
    noise = rng.normal(size=len(at))
    noise -= (np.bincount(at, noise) / n)[at]
    cells = replace(cells, within=np.bincount(at, noise**2))
    y, x = np.asarray(cells.mean)[at] + noise, dense(cells)[at]
    found, rows = row_errors(cells), sm.OLS(y, x).fit()
    assert found.effect == pytest.approx(rows.params[0], rel=1e-9)
    assert (found.std_error_ols, found.df) == pytest.approx((rows.bse[0], rows.df_resid), rel=1e-9)
    assert found.std_error_hc1 == pytest.approx(sm.OLS(y, x).fit(cov_type="HC1").bse[0], rel=1e-9)
    assert robust_ols(y, x).coefficients[0] == pytest.approx(found.effect, rel=1e-9)


@pytest.mark.parametrize("regions", [1, 3])
def test_serial_errors_are_those_of_the_dense_regression(regions: int) -> None:
    cells, facts = panel(regions=regions, days=4)
    cells = replace(cells, weight=np.ones(len(facts["hour"])))
    if regions == 1:
        cells = replace(cells, fixed_effects={k: v for k, v in cells.fixed_effects.items() if k != "region"})
    found = panel_serial_errors(cells, facts["hour"], lags=3)
    x = dense(cells)
    known = driscoll_kraay(np.asarray(cells.mean), x, facts["hour"], lags=3)
    assert found.coefficients[0] == pytest.approx(known.coefficients[0], rel=1e-9)
    assert found.std_error[0] == pytest.approx(known.std_error[0], rel=1e-9)
    assert found.std_error_small[0] == pytest.approx(known.std_error_small[0], rel=1e-9)
    assert found.p_value[0] == pytest.approx(known.p_value[0], rel=1e-6)
    if regions == 1:
        series = newey_west(np.asarray(cells.mean), x, lags=3)
        assert found.std_error[0] == pytest.approx(series.std_error[0], rel=1e-9)


def test_serial_errors_need_two_periods_and_rows_need_more_than_coefficients() -> None:
    cells, facts = panel(days=2)
    with pytest.raises(InputError, match="at least 2 periods"):
        panel_serial_errors(cells, np.zeros(len(facts["hour"])), lags=0)
    with pytest.raises(InputError, match="more rows than coefficients"):
        row_errors(replace(cells, weight=np.full(len(facts["hour"]), 0.1), within=np.zeros(len(facts["hour"]))))
