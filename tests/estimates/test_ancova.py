"""ANCOVA and Lin's regression: what statsmodels says, laws, what is refused, and what is promised."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from decision_widgets.errors import InputError
from decision_widgets.estimates.ancova import ancova, lin_regression
from decision_widgets.estimates.difference import welch_t
from decision_widgets.estimates.regression import clustered_ols
from decision_widgets.estimates.relative import RelativeEffect, relative_effect
from decision_widgets.estimates.variance_reduction import AdjustedDifference
from decision_widgets.moments import Moments

BOTH = pytest.mark.parametrize("adjust", [ancova, lin_regression])


def units(n: int = 90, *, seed: int = 3, covariates: int = 2) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    treated = np.arange(n) % 3 == 0
    x = {f"x{j}": rng.exponential(size=n) * (j + 1) for j in range(covariates)}
    y = 5 + sum(x.values()) * (1 + treated) + rng.normal(size=n) * (1 + x["x0"])
    return y, treated, x


def dense(treated: np.ndarray, x: dict[str, np.ndarray], *, interacted: bool) -> np.ndarray:
    centred = [column - column.mean() for column in x.values()]
    own = [treated * column for column in centred] if interacted else []
    return np.column_stack([np.ones(len(treated)), treated, *centred, *own])


def plain(answer: AdjustedDifference) -> np.ndarray:
    each = answer.adjusted
    return np.array([each.effect, each.std_error, each.effect_lower, each.effect_upper, answer.std_error_population])


@pytest.mark.parametrize("covariates", [1, 2, 4])
@BOTH
def test_effects_and_errors_are_those_of_statsmodels(adjust: Any, covariates: int) -> None:
    y, treated, x = units(covariates=covariates)
    fit = sm.OLS(y, dense(treated, x, interacted=adjust is lin_regression)).fit(cov_type="HC2")
    answer = adjust(y, treated, x)
    assert answer.adjusted.effect == pytest.approx(fit.params[1], rel=1e-10)
    assert answer.adjusted.std_error == pytest.approx(fit.bse[1], rel=1e-10)
    assert answer.adjusted.control_mean == pytest.approx(fit.params[0], rel=1e-10)
    assert answer.control_slopes == pytest.approx(fit.params[2 : 2 + covariates], rel=1e-8)


@BOTH
def test_degrees_of_freedom_are_bell_mccaffreys_with_a_cluster_for_each_unit(adjust: Any) -> None:
    y, treated, x = units()
    fit = clustered_ols(y, dense(treated, x, interacted=adjust is lin_regression), np.arange(len(y)))
    answer = adjust(y, treated, x).adjusted
    assert answer.df == pytest.approx(fit.df_cr2[1], rel=1e-9)
    assert answer.p_value == pytest.approx(fit.p_value_cr2[1], rel=1e-8)


def test_one_covariate_with_a_common_slope_is_cuped_with_theta_from_within_arms() -> None:
    y, treated, x = units(covariates=1)
    within_x, within_y = x["x0"].copy(), y.copy()
    for arm in (treated, ~treated):
        within_x[arm] -= within_x[arm].mean()
        within_y[arm] -= within_y[arm].mean()
    theta = within_x @ within_y / (within_x @ within_x)
    cuped = y - theta * (x["x0"] - x["x0"].mean())
    answer = ancova(y, treated, x)
    assert answer.control_slopes == pytest.approx((theta,), rel=1e-12)
    assert answer.adjusted.effect == pytest.approx(cuped[treated].mean() - cuped[~treated].mean(), rel=1e-12)


def test_the_unadjusted_estimate_is_welchs() -> None:
    y, treated, x = units()
    welch = welch_t(Moments.of({"y": y[~treated]}), Moments.of({"y": y[treated]}), alpha=0.1)
    assert ancova(y, treated, x, alpha=0.1).unadjusted == welch
    assert lin_regression(y, treated, x, alpha=0.1).unadjusted == welch


@BOTH
def test_units_of_outcome_and_covariates_do_not_matter(adjust: Any) -> None:
    y, treated, x = units()
    here, moved = adjust(y, treated, x), adjust(10 * y + 1e6, treated, {k: -3 * v + 1e5 for k, v in x.items()})
    np.testing.assert_allclose(plain(moved), 10 * plain(here), rtol=1e-8)
    assert moved.adjusted.df == pytest.approx(here.adjusted.df, rel=1e-8)
    assert moved.reduction.variance_reduction == pytest.approx(here.reduction.variance_reduction, rel=1e-8)
    assert moved.reduction.std_error_shift == pytest.approx(10 * here.reduction.std_error_shift, rel=1e-8)


@BOTH
def test_swapping_the_arms_flips_the_sign(adjust: Any) -> None:
    y, treated, x = units()
    here, other = adjust(y, treated, x), adjust(y, ~treated, x)
    assert other.adjusted.effect == pytest.approx(-here.adjusted.effect, rel=1e-12)
    assert other.adjusted.std_error == pytest.approx(here.adjusted.std_error, rel=1e-12)
    assert other.reduction.std_error_shift == pytest.approx(here.reduction.std_error_shift, rel=1e-12)
    assert (other.n_control, other.n_treatment) == (here.n_treatment, here.n_control) == (30, 60)


@BOTH
def test_the_order_of_units_and_covariates_does_not_matter(adjust: Any) -> None:
    y, treated, x = units()
    order = np.random.default_rng(0).permutation(len(y))
    moved = adjust(y[order], treated[order].astype(int), {k: x[k][order] for k in reversed(list(x))})
    np.testing.assert_allclose(plain(moved), plain(adjust(y, treated, x)), rtol=1e-10)


def test_a_large_level_costs_no_digits() -> None:
    y, treated, x = units()
    y = np.round(y * 2**20) / 2**20  # so that adding 2^30 is exact
    here, high = lin_regression(y, treated, x), lin_regression(y + 2.0**30, treated, x)
    np.testing.assert_allclose(plain(high), plain(here), rtol=1e-9)


def test_the_two_parts_of_the_variance_serve_the_relative_effect() -> None:
    y, treated, x = units(600)
    answer = lin_regression(y, treated, x).adjusted
    assert answer.control_variance + answer.treatment_variance == pytest.approx(answer.std_error**2, rel=1e-12)
    relative = relative_effect(answer)
    assert isinstance(relative, RelativeEffect)
    assert relative.relative_effect == pytest.approx(answer.effect / answer.control_mean, rel=1e-12)


def test_equal_slopes_leave_nothing_to_add_for_the_population() -> None:
    _, treated, x = units(covariates=1)
    noise = np.where(np.arange(90) % 2 == 0, 1.0, -1.0)
    answer = ancova(x["x0"] + noise, treated, x)
    assert answer.std_error_population == pytest.approx(answer.adjusted.std_error, rel=1e-12)
    apart = lin_regression(x["x0"] * (1 + 9 * treated) + noise, treated, x)
    assert apart.std_error_population > 2 * apart.adjusted.std_error


@BOTH
def test_a_covariate_that_cannot_adjust_is_refused_by_its_name(adjust: Any) -> None:
    y, treated, x = units()
    same, single = np.full(90, 0.1), (np.arange(90) == 0) * 1.0
    with pytest.raises(InputError, match="'same' is constant"):
        adjust(y, treated, x | {"same": same})
    with pytest.raises(InputError, match="'copy' is a linear combination"):
        adjust(y, treated, x | {"copy": 2 * x["x0"] - 0.1 * x["x1"] + 1e3})
    with pytest.raises(InputError, match="'arm' is constant"):
        adjust(y, treated, x | {"arm": treated * 2.0 + 0.3})
    with pytest.raises(InputError, match=r"'single' (rests on a single unit|is constant in control)"):
        adjust(y, treated, x | {"single": single})
    with pytest.raises(InputError, match="'gaps' holds values that are not finite"):
        adjust(y, treated, x | {"gaps": np.where(treated, math.nan, 1.0)})
    with pytest.raises(InputError, match="at least one covariate"):
        adjust(y, treated, {})


def test_lin_needs_covariates_that_vary_in_each_arm() -> None:
    y, treated, x = units()
    with pytest.raises(InputError, match="'pilot' is constant in control"):
        lin_regression(y, treated, x | {"pilot": treated * (np.arange(90) % 2)})
    with pytest.raises(InputError, match="'few' rests on a single unit in treatment"):
        lin_regression(y, treated, x | {"few": (np.arange(90) % 2) * 1.0 * ~treated + (np.arange(90) == 3)})


@BOTH
def test_what_cannot_be_compared_is_refused(adjust: Any) -> None:
    y, treated, x = units()
    with pytest.raises(InputError, match="at least 2 units in each arm; one has 0"):
        adjust(y, np.ones(90), x)
    with pytest.raises(InputError, match=r"0 \(control\) and 1 \(treatment\)"):
        adjust(y, np.arange(90), x)
    with pytest.raises(InputError, match="treatment must hold numbers"):
        adjust(y, ["a"] * 90, x)
    with pytest.raises(InputError, match=r"outcome must hold one value per unit, shape \(90,\)"):
        adjust(y[:5], treated, x)
    with pytest.raises(InputError, match="outcome must be finite"):
        adjust(np.where(treated, math.inf, y), treated, x)
    with pytest.raises(InputError, match="one value only"):
        adjust(np.full(90, 0.1), treated, x)
    with pytest.raises(InputError, match="shape"):
        adjust(y, treated, {"x": x["x0"][:7]})
    with pytest.raises(InputError, match="reproduce the outcome exactly"):
        adjust(3 * x["x0"] - x["x1"] + 2, treated, x)
    with pytest.raises(InputError, match="units"):
        adjust(y[:4], [0, 1, 0, 1], {k: v[:4] for k, v in x.items()})
    with pytest.raises(InputError, match="at least 2 units in each arm; one has 1"):
        adjust(y[:6], [0, 0, 0, 0, 0, 1], {"x0": x["x0"][:6]})


@BOTH
def test_the_record_survives_its_plain_form(adjust: Any) -> None:
    answer = adjust(*units())
    assert AdjustedDifference.from_json(answer.to_json()) == answer
    assert answer.kept == answer.adjusted
    assert answer.most_covariates == 1


def repeated(adjust: Any, reps: int, n: int, *, slope_gap: float = 0.0, effect: float = 0.0) -> dict[str, np.ndarray]:
    """Draw experiments with R² = 0.5 inside arms, one treated in three, and t-distributed noise."""
    rng = np.random.default_rng(11)
    rows = []
    for _ in range(reps):
        treated = rng.permutation(np.arange(n) % 3 == 0)
        x = rng.normal(size=n)
        y = effect * treated + x * (1 + slope_gap * treated) + rng.standard_t(6, size=n) / math.sqrt(1.5)
        answer = adjust(y, treated, {"x": x})
        sample_effect = effect + slope_gap * x.mean()
        a, r = answer.adjusted, answer.reduction
        rows.append(
            (
                a.effect_lower <= effect <= a.effect_upper,
                abs(a.effect - effect) <= 1.96 * answer.std_error_population,
                abs(a.effect - sample_effect) <= 1.96 * a.std_error,
                r.variance_reduction,
                r.shifted,
                r.shift / r.std_error_shift,
            )
        )
    return dict(zip(("covers", "population", "sample", "vr", "shifted", "z"), np.array(rows, float).T, strict=True))


@BOTH
def test_intervals_cover_and_the_reduction_is_r_squared(adjust: Any) -> None:
    drawn = repeated(adjust, 600, 150, effect=0.7)
    assert abs(drawn["covers"].mean() - 0.95) < 3 * math.sqrt(0.95 * 0.05 / 600)
    assert drawn["vr"].mean() == pytest.approx(0.5, abs=0.02)  # methods: within 2 points of theory
    assert drawn["z"].std() == pytest.approx(1, abs=0.1)
    assert drawn["shifted"].mean() < 0.015


def test_with_slopes_that_differ_the_population_needs_its_own_error() -> None:
    drawn = repeated(lin_regression, 500, 150, slope_gap=3.0)
    assert abs(drawn["population"].mean() - 0.95) < 0.03
    assert abs(drawn["sample"].mean() - 0.95) < 0.03
    assert drawn["covers"].mean() < 0.9  # the HC2 error is that of the effect on these units


@pytest.mark.slow
@BOTH
def test_false_positives_stay_within_the_calibration_band(adjust: Any) -> None:
    drawn = repeated(adjust, 10_000, 300)
    assert 0.0435 <= 1 - drawn["covers"].mean() <= 0.0565
    assert drawn["vr"].mean() == pytest.approx(0.5, abs=0.01)
    assert drawn["shifted"].mean() == pytest.approx(0.0027, abs=0.0025)
