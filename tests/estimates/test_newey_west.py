"""Errors correlated over time: other software, laws, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm

from decision_widgets.errors import InputError
from decision_widgets.estimates.newey_west import driscoll_kraay, newey_west
from decision_widgets.estimates.robust import robust_ols


def series(seed: int = 0, n: int = 90) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    e = np.convolve(rng.normal(size=n + 3), [1, 0.7, 0.4, 0.2], mode="valid")
    x = np.column_stack([np.ones(n), rng.integers(0, 2, n // 3).repeat(3), rng.normal(size=n)])
    return x @ [1, 0.5, 2] + e, x


@pytest.mark.parametrize("lags", [0, 1, 5, 89])
def test_newey_west_is_that_of_statsmodels(lags: int) -> None:
    y, x = series()
    fit = newey_west(y, x, lags=lags)
    plain, small = (
        sm.OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": use}, use_t=True)
        for use in (False, True)
    )
    assert fit.coefficients == pytest.approx(plain.params, rel=1e-10)
    assert fit.std_error == pytest.approx(plain.bse, rel=1e-10)
    assert fit.std_error_small == pytest.approx(small.bse, rel=1e-10)
    assert fit.p_value == pytest.approx(small.pvalues, rel=1e-8)
    assert fit.df == 87


@pytest.mark.parametrize("lags", [0, 2, 7])
def test_driscoll_kraay_is_that_of_statsmodels(lags: int) -> None:
    y, x = series(1, 120)
    time = np.repeat(np.arange(30), 4)
    order = np.random.default_rng(1).permutation(120)
    fit = driscoll_kraay(y[order], x[order], time[order], lags=lags)
    options = {"time": time, "maxlags": lags, "use_correction": False}
    theirs = sm.OLS(y, x).fit(cov_type="hac-groupsum", cov_kwds=options)
    assert fit.std_error == pytest.approx(theirs.bse, rel=1e-10)
    assert fit.df == 29
    assert fit.n_periods == 30


def test_without_lags_it_is_hc0_and_hc1() -> None:
    y, x = series(2)
    fit, robust = newey_west(y, x, lags=0), robust_ols(y, x)
    assert fit.std_error == pytest.approx(robust.std_error_hc0, rel=1e-12)
    assert fit.std_error_small == pytest.approx(robust.std_error_hc1, rel=1e-12)


def test_a_panel_of_one_unit_is_a_series() -> None:
    y, x = series(3)
    one, other = driscoll_kraay(y, x, np.arange(90), lags=4), newey_west(y, x, lags=4)
    assert one.std_error == pytest.approx(other.std_error, rel=1e-12)


def test_time_backwards_and_the_unit_of_the_outcome() -> None:
    y, x = series(4)
    fit = newey_west(y, x, lags=3)
    assert newey_west(y[::-1], x[::-1], lags=3).std_error == pytest.approx(fit.std_error, rel=1e-10)
    assert newey_west(1e-9 * y, x, lags=3).std_error == pytest.approx(1e-9 * fit.std_error, rel=1e-9)


def test_what_cannot_be_computed_is_refused() -> None:
    y, x = series(5)
    for lags in (-1, 90, 1.5):
        with pytest.raises(InputError, match=f"from 0 to 89, less than the periods; got {lags}"):
            newey_west(y, x, lags=lags)
    with pytest.raises(InputError, match="at least 2 periods"):
        driscoll_kraay(y, x, np.zeros(90), lags=0)
    with pytest.raises(InputError, match="time needs one label per row"):
        driscoll_kraay(y, x, np.arange(5), lags=0)
    with pytest.raises(InputError, match="time has missing labels"):
        driscoll_kraay(y, x, np.where(np.arange(90) == 4, math.nan, np.arange(90)), lags=0)
    with pytest.raises(InputError, match="without a residual"):
        newey_west(x @ [1, 2, 3], x, lags=2)
    with pytest.raises(InputError, match="without a residual"):
        newey_west(np.zeros(90), x, lags=2)
    with pytest.raises(InputError, match="finite"):
        newey_west(np.full(90, math.nan), x, lags=2)
