"""Clustered OLS: what it refuses, and what does not matter to it."""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import PanelCells, clustered_ols, newey_west, panel_regression, robust_ols


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


FIELDS = ("std_error_cr0", "std_error_cr1", "std_error_cr2", "df_cr2", "std_error_cv3")


def of_slopes(y: np.ndarray, x: np.ndarray, cluster: np.ndarray) -> list[np.ndarray]:
    fit = clustered_ols(y, x, cluster)
    return [fit.coefficients[1:], *(getattr(fit, field)[1:] for field in FIELDS)]


@pytest.mark.parametrize("offset", [20_000.0, 5e6, 20_260_501.0, 1.7e9])
@pytest.mark.parametrize("constant", ["a column of ones", "a column for each arm"])
def test_neither_origin_nor_unit_of_a_column_matters(offset: float, constant: str) -> None:
    rng = np.random.default_rng(5)
    cluster = rng.integers(0, 30, 300)
    d, step = (cluster % 2) * 1.0, rng.integers(-64, 64, 300) / 4.0
    y = rng.normal(size=300) + d
    first = np.ones(300) if constant == "a column of ones" else 1 - d
    near = of_slopes(y, np.column_stack([first, d, step]), cluster)
    far = of_slopes(y, np.column_stack([first, d, step + offset]), cluster)
    scaled = of_slopes(y, np.column_stack([first, d, 1e-7 * step]), cluster)
    shown = slice(None) if constant == "a column of ones" else slice(1, None)
    for one, other in zip(near, far, strict=True):
        np.testing.assert_allclose(other[shown], one[shown], rtol=1e-9)
    for one, other, power in zip(near, scaled, (1, 1, 1, 1, 0, 1), strict=True):
        np.testing.assert_allclose(other * [1, 1e-7**power], one, rtol=1e-9)


def test_the_origin_of_a_column_does_not_matter_to_errors_of_independent_rows_or_over_time() -> None:
    rng = np.random.default_rng(6)
    step, d = rng.integers(-64, 64, 200) / 4.0, np.arange(200) % 2
    y = rng.normal(size=200) + d
    near, far = (np.column_stack([np.ones(200), d, step + offset]) for offset in (0.0, 20_260_501.0))
    for field in ("coefficients", "std_error_hc0", "std_error_hc3"):
        one, other = (getattr(robust_ols(y, x), field)[1:] for x in (near, far))
        np.testing.assert_allclose(other, one, rtol=1e-9)
    one, other = (newey_west(y, x, lags=3).std_error[1:] for x in (near, far))
    np.testing.assert_allclose(other, one, rtol=1e-9)


def test_the_level_of_the_outcome_does_not_matter() -> None:
    y, x, cluster = rows()
    y = np.round(64 * y) / 64
    for one, other in zip(of_slopes(y, x, cluster), of_slopes(y + 2.0**30, x, cluster), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-9)


@pytest.mark.parametrize("offset", [0.0, 1e6, 1e9])
def test_columns_that_depend_on_each_other_are_refused_wherever_they_lie(offset: float) -> None:
    y, x, cluster = rows()
    step = np.round(64 * x[:, 1]) + offset
    arms = np.column_stack([cluster % 2, 1 - cluster % 2])
    for design in (
        np.column_stack([np.ones(len(y)), step, 2 * step + 3]),
        np.column_stack([step, step]),
        np.column_stack([np.ones(len(y)), arms, step]),
        np.column_stack([step, np.zeros(len(y))]),
    ):
        with pytest.raises(InputError, match="depend on each other"):
            clustered_ols(y, design, cluster)


def test_a_fit_without_a_constant_is_that_of_least_squares() -> None:
    y, x, cluster = rows()
    design = np.column_stack([x[:, 1], x[:, 1] ** 2])
    expected = np.linalg.lstsq(design, y, rcond=None)[0]
    np.testing.assert_allclose(clustered_ols(y, design, cluster).coefficients, expected, rtol=1e-11)


def test_a_jackknife_that_loses_a_coefficient_with_one_cluster_is_infinite() -> None:
    y, x, cluster = rows()
    design = np.column_stack([x, cluster == 3])
    fit = clustered_ols(y, design, cluster)
    assert np.isinf(fit.std_error_cv3).tolist() == [False, False, True]
    left = [
        np.linalg.lstsq(design[cluster != g][:, : 2 + (g != 3)], y[cluster != g], rcond=None)[0][:2] for g in range(10)
    ]
    expected = np.sqrt(9 / 10 * ((np.array(left) - fit.coefficients[:2]) ** 2).sum(axis=0))
    np.testing.assert_allclose(fit.std_error_cv3[:2], expected, rtol=1e-9)


def test_errors_that_are_only_rounding_are_refused() -> None:
    y, x, cluster = rows()
    d = np.repeat([0.0, 1.0], 20)
    for outcome, design, labels in (
        (y, np.column_stack([np.ones(40), d]), d),
        (0.1 + 0.3 * x[:, 1], x, cluster),
        (np.full(40, 0.1), x, cluster),
    ):
        with pytest.raises(InputError, match="error of a coefficient is 0"):
            clustered_ols(outcome, design, labels)


@pytest.mark.parametrize("missing", [np.nan, None])
def test_missing_labels_are_refused_and_are_no_cluster(missing: float | None) -> None:
    y, x, cluster = rows()
    with pytest.raises(InputError, match="missing"):
        clustered_ols(y, x, [missing, *cluster[1:].tolist()])
    with pytest.raises(InputError, match="missing"):
        clustered_ols(y, x, [missing, *(f"c{g}" for g in cluster[1:])])


@pytest.mark.parametrize("elsewhere", [1e-3, 1e-5, 3e-5])
def test_degrees_of_freedom_keep_their_digits_where_a_cluster_is_nearly_alone(elsewhere: float) -> None:
    y, x, cluster = rows()
    column = np.where(cluster == 3, 1.0, elsewhere * x[:, 1])[:, None]
    fit = clustered_ols(y, column, cluster)
    with localcontext(prec=60):
        parts = [[Decimal(float(each)) for each in column[cluster == g, 0]] for g in range(10)]
        lengths = [sum(each**2 for each in part) for part in parts]
        share = [length / sum(lengths) for length in lengths]
        z = [one / (1 - one).sqrt() for one in share]
        across = sum(z[g] ** 2 * z[h] ** 2 for g in range(10) for h in range(10) if g != h)
        exact = 1 / (sum(one**2 for one in share) + across)
    assert fit.df_cr2[0] == pytest.approx(float(exact), rel=1e-4)
