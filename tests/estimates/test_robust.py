"""OLS for independent rows and for two clusterings: what statsmodels says, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm

from decision_widgets.errors import InputError
from decision_widgets.estimates.regression import clustered_ols
from decision_widgets.estimates.robust import robust_ols, two_way_clustered_ols


def rows(n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    x = np.column_stack([np.ones(n), rng.normal(size=n), rng.exponential(size=n)])
    return x @ [1.0, 2.0, 0.5] + rng.normal(size=n) * (1 + x[:, 2]), x


@pytest.mark.parametrize("kind", ["nonrobust", "HC0", "HC1", "HC2", "HC3"])
def test_standard_errors_are_those_of_statsmodels(kind: str) -> None:
    y, x = rows()
    fit, name = robust_ols(y, x), "equal" if kind == "nonrobust" else kind.lower()
    expected = sm.OLS(y, x).fit(cov_type=kind)
    np.testing.assert_allclose(getattr(fit, f"std_error_{name}"), expected.bse, rtol=1e-11)


def test_clusters_of_one_row_crossed_with_a_clustering_leave_that_clustering() -> None:
    y, x = rows()
    cluster = np.arange(60) // 6
    two, one = two_way_clustered_ols(y, x, np.arange(60), cluster), clustered_ols(y, x, cluster)
    np.testing.assert_allclose(two.std_error, one.std_error_cr1, rtol=1e-11)
    assert two.df == 9
    assert two.n_clusters == (60, 10)


def test_the_order_of_the_two_clusterings_does_not_matter() -> None:
    y, x = rows()
    first, second = np.arange(60) // 6, np.arange(60) % 7
    one, other = two_way_clustered_ols(y, x, first, second), two_way_clustered_ols(y, x, second, first)
    np.testing.assert_allclose(one.std_error, other.std_error, rtol=1e-12)


def test_a_row_that_determines_a_coefficient_is_refused() -> None:
    y, x = rows()
    with pytest.raises(InputError, match="single row determines"):
        robust_ols(y, np.column_stack([x, np.arange(60) == 0]))


def test_what_cannot_be_fitted_is_refused() -> None:
    y, x = rows()
    with pytest.raises(InputError, match="depend on each other"):
        robust_ols(y, np.column_stack([x, x[:, 1]]))
    with pytest.raises(InputError, match="more rows than columns; got 3 and 3"):
        robust_ols(y[:3], x[:3])
    with pytest.raises(InputError, match="finite"):
        robust_ols(np.where(y == y[0], math.nan, y), x)
    with pytest.raises(InputError, match="shape"):
        robust_ols(y[:5], x)
    with pytest.raises(InputError, match="2 clusters of each kind"):
        two_way_clustered_ols(y, x, np.zeros(60), np.arange(60))
    with pytest.raises(InputError, match=r"one label per row of y, shape \(60,\); got \(5,\)"):
        two_way_clustered_ols(y, x, np.zeros(5), np.arange(60))
