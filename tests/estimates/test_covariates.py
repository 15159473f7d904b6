"""Covariates with gaps, and covariates that differ between arms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import balance_p
from decision_widgets.estimates.ancova import lin_regression
from decision_widgets.estimates.covariates import CovariateBalance, complete_covariates, covariate_balance
from decision_widgets.moments import Moments


def gappy(n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    return np.where(rng.random(n) < 0.3, math.nan, rng.normal(10, 2, n)), np.arange(n) % 2


def test_balance_is_the_test_of_each_covariates_moments() -> None:
    rng = np.random.default_rng(1)
    treated = rng.permutation(np.arange(300) % 3 == 0)
    columns = {"age": rng.normal(size=300), "past": rng.exponential(size=300) + 2 * treated}
    balance = covariate_balance(columns, treated)
    for row in balance.covariates:
        x = columns[row.covariate]
        arms = [Moments.of({"x": x[arm]}) for arm in (~treated, treated)]
        assert row.p_value == pytest.approx(balance_p(arms, skewness=float(stats.skew(x))), rel=1e-9)
        assert (row.control_mean, row.treatment_mean) == pytest.approx((x[~treated].mean(), x[treated].mean()))
    assert balance.threshold == 0.0005
    assert balance.differing == ("past",)
    assert CovariateBalance.from_json(balance.to_json()) == balance


def test_constants_are_equal_or_they_differ_as_surely_as_their_number_allows() -> None:
    treated = np.arange(20) % 2
    balance = covariate_balance({"same": [0.1] * 20, "apart": treated, "half": treated * (np.arange(20) < 10)}, treated)
    same, apart, half = (row.p_value for row in balance.covariates)
    assert same is None
    assert apart == pytest.approx(2 / math.comb(20, 10), rel=0.5)
    assert half is not None
    assert half > 0.01
    assert balance.differing == ("apart",)


@pytest.mark.parametrize("size", [1e-200, 1e150])
def test_covariates_of_any_size_are_compared(size: float) -> None:
    x = np.random.default_rng(6).normal(size=100)
    small, plain = (covariate_balance({"x": x * unit}, np.arange(100) % 2).covariates[0].p_value for unit in (size, 1))
    assert small == pytest.approx(plain, rel=1e-9)


def test_chance_imbalance_is_seldom_called_a_difference() -> None:
    rng = np.random.default_rng(2)
    found = [
        bool(covariate_balance({"a": rng.normal(size=60), "b": rng.normal(size=60)}, np.arange(60) % 2).differing)
        for _ in range(1_000)
    ]
    assert sum(found) <= 6  # 0.1 % of 1000, and five standard errors


def test_gaps_are_filled_with_the_mean_and_an_indicator() -> None:
    past, treated = gappy()
    completed = complete_covariates({"past": past}, treated)
    known = np.isfinite(past)
    assert list(completed.columns) == ["past", "past is missing"]
    np.testing.assert_allclose(completed.columns["past"][~known], past[known].mean())
    np.testing.assert_array_equal(completed.columns["past"][known], past[known])
    np.testing.assert_array_equal(completed.columns["past is missing"], ~known)
    assert completed.share_missing == {"past": (~known).mean()}


def test_the_completed_covariates_can_be_adjusted_for() -> None:
    past, treated = gappy()
    y = np.where(np.isnan(past), 3.0, past) + np.random.default_rng(0).normal(size=200)
    completed = complete_covariates({"past": past, "twice": 2 * np.abs(past)}, treated)
    assert list(completed.columns) == ["past", "twice", "past is missing"]  # one indicator for one pattern
    del completed.columns["twice"]
    assert lin_regression(y, treated, completed.columns).reduction.variance_reduction > 0.8


def test_an_indicator_that_would_rest_on_few_units_is_left_out() -> None:
    full, treated = np.random.default_rng(0).normal(size=200), np.arange(200) % 2
    for rows in (np.arange(18), np.arange(0, 100, 2), np.arange(182)):  # 9 in an arm; none; all but 9
        past = full.copy()
        past[rows] = math.nan
        assert list(complete_covariates({"past": past}, treated).columns) == ["past"]
    past[18:] = math.nan
    past[:20] = 1.0
    assert list(complete_covariates({"past": past}, treated).columns) == ["past", "past is missing"]


def test_a_covariate_without_gaps_stays_as_it_is() -> None:
    completed = complete_covariates({"age": [1, 2, 3, 4]}, [0, 0, 1, 1])
    assert list(completed.columns) == ["age"]
    assert completed.share_missing == {"age": 0.0}


def test_what_cannot_be_completed_or_compared_is_refused() -> None:
    with pytest.raises(InputError, match="'past' is missing for everybody"):
        complete_covariates({"past": [math.nan] * 4}, [0, 0, 1, 1])
    with pytest.raises(InputError, match="'past' holds values that are not finite"):
        complete_covariates({"past": [math.inf, 1, 2, 3]}, [0, 0, 1, 1])
    past, treated = gappy()
    with pytest.raises(InputError, match="rename that covariate"):
        complete_covariates({"past": past, "past is missing": np.isnan(past)}, treated)
    with pytest.raises(InputError, match="covariate 'city' must hold numbers"):
        complete_covariates({"city": ["a", "b", "c", "d"]}, [0, 0, 1, 1])
    with pytest.raises(InputError, match="complete_covariates"):
        covariate_balance({"past": [math.nan, 1, 2, 3]}, [0, 0, 1, 1])
    with pytest.raises(InputError, match="at least 2 units in each arm"):
        covariate_balance({"past": [1, 2, 3]}, [0, 0, 1])
    with pytest.raises(InputError, match="at least one covariate"):
        covariate_balance({}, [0, 0, 1, 1])
    with pytest.raises(InputError, match="one value per unit"):
        covariate_balance({"past": []}, [])
