"""Clustered OLS: what it refuses, and what does not matter to it."""

from __future__ import annotations

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import PanelCells, clustered_ols, panel_regression, robust_ols


def rows(n: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(n), rng.normal(size=n)])
    return x @ [1.0, 2.0] + rng.normal(size=n), x, np.repeat(np.arange(n // 4), 4)


def test_labels_of_clusters_may_be_of_any_type() -> None:
    y, x, cluster = rows()
    numbers, texts = clustered_ols(y, x, cluster), clustered_ols(y, x, np.char.add("c", cluster.astype(str)))
    np.testing.assert_allclose(numbers.std_error_cr2, texts.std_error_cr2, rtol=1e-12)


def test_the_order_of_rows_does_not_matter() -> None:
    y, x, cluster = rows()
    mixed = np.random.default_rng(2).permutation(len(y))
    np.testing.assert_allclose(
        clustered_ols(y, x, cluster).df_cr2, clustered_ols(y[mixed], x[mixed], cluster[mixed]).df_cr2, rtol=1e-10
    )


def test_the_jackknife_is_the_one_that_leaves_out_each_cluster() -> None:
    y, x, cluster = rows()
    fit = clustered_ols(y, x, cluster)
    left = [np.linalg.lstsq(x[cluster != g], y[cluster != g], rcond=None)[0] for g in np.unique(cluster)]
    g = len(left)
    expected = np.sqrt((g - 1) / g * ((np.array(left) - fit.coefficients) ** 2).sum(axis=0))
    np.testing.assert_allclose(fit.std_error_cv3, expected, rtol=1e-9)


def test_labels_for_only_some_rows_are_refused() -> None:
    y, x, cluster = rows()
    with pytest.raises(InputError, match=r"one label per row of y, shape \(40,\); got \(20,\)"):
        clustered_ols(y, x, cluster[:20])


def test_one_cluster_is_refused() -> None:
    y, x, _ = rows()
    with pytest.raises(InputError, match="at least 2 clusters"):
        clustered_ols(y, x, np.zeros(len(y)))


def test_columns_that_depend_on_each_other_are_refused() -> None:
    y, x, cluster = rows()
    with pytest.raises(InputError, match="depend on each other"):
        clustered_ols(y, np.column_stack([x, x[:, 1]]), cluster)


def test_as_many_rows_as_columns_are_refused() -> None:
    with pytest.raises(InputError, match="more rows than columns"):
        clustered_ols([1.0, 2.0], [[1.0, 0.0], [1.0, 1.0]], [0, 1])


def test_missing_values_are_refused() -> None:
    y, x, cluster = rows()
    y[3] = np.nan
    with pytest.raises(InputError, match="finite"):
        clustered_ols(y, x, cluster)


def test_shapes_that_do_not_fit_are_refused() -> None:
    y, x, cluster = rows()
    with pytest.raises(InputError, match="shape"):
        clustered_ols(y[:-1], x, cluster)


def clustered_and_dummies(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    region, treatment = np.repeat(np.arange(7), 12), rng.integers(0, 2, 84)
    y = rng.normal(size=84) + rng.normal(size=7)[region] + 0.5 * treatment
    return y, treatment, region, rng.integers(0, 30, 84)


def test_clusters_of_one_row_give_hc1_and_the_jackknife() -> None:
    y, treatment, *_ = clustered_and_dummies()
    x = np.column_stack([np.ones(84), treatment, np.arange(84) % 5])
    clustered, robust = clustered_ols(y, x, np.arange(84)), robust_ols(y, x)
    assert clustered.std_error_cr1 == pytest.approx(robust.std_error_hc1, rel=1e-12)
    assert clustered.std_error_cr2 == pytest.approx(robust.std_error_hc2, rel=1e-12)
    assert clustered.std_error_cv3 == pytest.approx(robust.std_error_hc3 * np.sqrt(83 / 84), rel=1e-10)


def test_absorbed_effects_are_dummies() -> None:
    y, treatment, region, cluster = clustered_and_dummies(1)
    x = np.column_stack([treatment, region[:, None] == np.arange(7)])
    dummies = clustered_ols(y, x, cluster)
    absorbed = panel_regression(
        PanelCells(
            weight=np.ones(84), mean=y, within=np.zeros(84), treatment=treatment, fixed_effects={"region": region},
            cluster=cluster,
        )
    )  # fmt: skip
    assert absorbed.effect == pytest.approx(dummies.coefficients[0], rel=1e-10)
    assert absorbed.std_error_cr0 == pytest.approx(dummies.std_error_cr0[0], rel=1e-10)
    assert absorbed.std_error_cr1 == pytest.approx(dummies.std_error_cr1[0], rel=1e-10)
    assert absorbed.std_error == pytest.approx(dummies.std_error_cr2[0], rel=1e-9)
    assert absorbed.df == pytest.approx(dummies.df_cr2[0], rel=1e-9)
    assert absorbed.std_error_cv3 == pytest.approx(dummies.std_error_cv3[0], rel=1e-9)
