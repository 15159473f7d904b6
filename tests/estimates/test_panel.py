"""Panel regression from cells: equal to the same regression on rows, by whatever route the clusters need."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from decision_widgets.errors import InputError
from decision_widgets.estimates import cluster_leverage, fixed_effects
from decision_widgets.estimates.panel import PanelRegression, panel_regression
from decision_widgets.estimates.panel_cells import PanelCells

REGIONS, DAYS, HOURS = 6, 5, 6


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows behind some cells, with a dense design of independent columns: treatment, control, dummies."""

    y: np.ndarray
    x: np.ndarray
    cluster: np.ndarray


def independent(columns: np.ndarray) -> np.ndarray:
    kept, basis = [], np.empty((len(columns), 0))
    for j, column in enumerate(columns.T):
        left = column - basis @ (basis.T @ column)
        left = left - basis @ (basis.T @ left)
        if np.linalg.norm(left) > 1e-7:
            basis = np.column_stack([basis, left / np.linalg.norm(left)])
            kept.append(j)
    return columns[:, kept]


@cache
def switchback(units: str, effects: tuple[str, ...], seed: int = 0) -> tuple[PanelCells, Rows]:
    """Make cells of region × hour, some missing, of 1 to 4 rows each."""
    rng = np.random.default_rng(seed)
    region, hour = (each.ravel() for each in np.indices((REGIONS, DAYS * HOURS)))
    present = rng.random(len(region)) > 0.05
    region, hour = region[present], hour[present]
    slot = hour // 2
    labels = {
        "region x slot": region * 1000 + slot,
        "slot": slot,
        "day": hour // HOURS,
        "region": region,
        "two regions": region // 2,
    }
    together = units in ("slot", "day")
    coin = rng.integers(0, 2, (REGIONS, DAYS * HOURS)).astype(float)
    treatment = coin[0 if together else region, slot]
    known = {
        "hour": hour,
        "hour of day": hour % HOURS,
        "date": hour // HOURS,
        "region": region,
        "region x date": region * 100 + hour // HOURS,
        "region x hour of day": region * 100 + hour % HOURS,
        "part": hour // HOURS >= 3,
    }
    weight, control = rng.integers(1, 5, len(region)), rng.normal(size=len(region))
    cell = np.repeat(np.arange(len(region)), weight)
    y = rng.normal(size=len(cell)) + (0.3 * treatment + 0.1 * hour + region)[cell]
    mean = np.bincount(cell, y) / weight
    dummies = [(known[name][:, None] == np.unique(known[name])).astype(float) for name in effects]
    x = np.column_stack([treatment, control, *dummies, *([] if effects else [np.ones(len(region))])])
    cells = PanelCells(
        weight=weight,
        mean=mean,
        within=np.bincount(cell, (y - mean[cell]) ** 2),
        treatment=treatment,
        fixed_effects={name: known[name] for name in effects},
        cluster=labels[units],
        controls={"control": control},
    )
    return cells, Rows(y, independent(x[cell]), labels[units][cell])


@cache
def dense(rows: Rows, j: int) -> dict[str, float]:
    """Compute every figure of coefficient j with the N × N hat matrix, and the jackknife by leaving clusters out."""
    y, x = rows.y, rows.x
    bread = np.linalg.inv(x.T @ x)
    beta, hat = bread @ x.T @ y, x @ bread @ x.T
    labels, shifts = np.unique(rows.cluster), []
    plain, adjusted = np.zeros((len(y), len(labels))), np.zeros((len(y), len(labels)))
    for g, label in enumerate(labels):
        inside = rows.cluster == label
        value, vector = np.linalg.eigh(np.eye(inside.sum()) - hat[np.ix_(inside, inside)])
        root = np.where(value > 1e-10, 1 / np.sqrt(np.where(value > 1e-10, value, 1)), 0)
        plain[inside, g] = x[inside] @ bread[:, j]
        adjusted[inside, g] = vector @ (root * (vector.T @ plain[inside, g]))
        shifts.append(np.linalg.lstsq(x[~inside], y[~inside], rcond=1e-10)[0][j] - beta[j])
    e, n_clusters = y - x @ beta, len(labels)
    p = adjusted.T @ (np.eye(len(y)) - hat) @ adjusted
    return {
        "effect": beta[j],
        "std_error_cr0": math.sqrt(((plain.T @ e) ** 2).sum()),
        "std_error": math.sqrt(((adjusted.T @ e) ** 2).sum()),
        "df": np.trace(p) ** 2 / (p**2).sum(),
        "std_error_cv3": math.sqrt((n_clusters - 1) / n_clusters * np.square(shifts).sum()),
        "std_error_independent": math.sqrt(e @ e / (len(y) - x.shape[1]) * bread[j, j]),
    }


DESIGNS = [
    ("region x slot", ("hour", "region")),
    ("region x slot", ("region x date", "hour")),
    ("region x slot", ()),
    ("slot", ("hour of day", "date")),
    ("slot", ("hour of day", "date", "region")),
    ("slot", ("region",)),
    ("day", ("hour of day", "region")),
    ("region", ("hour", "region")),
    ("region", ("region x date", "hour of day", "region")),
    ("region x slot", ("region x hour of day", "date", "part")),
    ("two regions", ("hour", "region")),
    ("two regions", ("hour of day", "date")),
]


@pytest.mark.parametrize("small", [16, 0], ids=["dense", "steps"])
@pytest.mark.parametrize(("units", "effects"), DESIGNS)
def test_cells_give_what_the_hat_matrix_of_the_rows_gives(
    monkeypatch: pytest.MonkeyPatch, units: str, effects: tuple[str, ...], small: int
) -> None:
    monkeypatch.setattr(cluster_leverage, "SMALL", small)
    cells, rows = switchback(units, effects)
    fit = panel_regression(cells)
    assert fit.fixed_effects_rank == rows.x.shape[1] - 2
    for j, coefficient in enumerate((fit, *fit.controls)):
        for name, expected in dense(rows, j).items():
            assert getattr(coefficient, name) == pytest.approx(expected, rel=1e-10), name


def test_steps_that_do_not_settle_are_solved_densely(monkeypatch: pytest.MonkeyPatch) -> None:
    cells, rows = switchback("region", ("hour", "region"))
    monkeypatch.setattr(cluster_leverage, "STEPS", (2,))
    assert panel_regression(cells).std_error == pytest.approx(dense(rows, 0)["std_error"], rel=1e-10)


@pytest.mark.parametrize(("units", "effects"), DESIGNS)
def test_gathering_rows_to_cells_changes_nothing(units: str, effects: tuple[str, ...]) -> None:
    cells, rows = switchback(units, effects)
    cell = np.repeat(np.arange(len(cells.weight)), cells.weight)
    by_row = replace(
        cells,
        weight=np.ones(len(cell)),
        mean=rows.y,
        within=np.zeros(len(cell)),
        treatment=cells.treatment[cell],
        cluster=rows.cluster,
        fixed_effects={name: codes[cell] for name, codes in cells.fixed_effects.items()},
        controls={"control": cells.controls["control"][cell]},
    )
    one, other = panel_regression(cells), panel_regression(by_row)
    names = "effect", "std_error", "df", "std_error_cr1", "std_error_cv3", "residual_variance", "retained_variation"
    for name in names:
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9), name
    assert one.n_observations == other.n_observations == len(rows.y)


@pytest.mark.parametrize(("units", "effects"), [DESIGNS[0], DESIGNS[4]])
def test_cr1_is_that_of_statsmodels_with_dummies_where_nothing_is_nested(units: str, effects: tuple[str, ...]) -> None:
    cells, rows = switchback(units, effects)
    fit, options = panel_regression(cells), {"groups": rows.cluster}
    expected = sm.OLS(rows.y, rows.x).fit(cov_type="cluster", cov_kwds=options, use_t=True)
    assert fit.std_error_cr1 == pytest.approx(expected.bse[0], rel=1e-9)
    assert fit.p_value_cr1 == pytest.approx(expected.pvalues[0], rel=1e-8)


def test_effects_nested_in_clusters_do_not_count_in_cr1() -> None:
    cells, rows = switchback("region", ("hour", "region"))
    fit, n, g = panel_regression(cells), len(rows.y), REGIONS
    counted = DAYS * HOURS + 2
    factor = g / (g - 1) * (n - 1) / (n - counted)
    assert fit.std_error_cr1 == pytest.approx(fit.std_error_cr0 * math.sqrt(factor), rel=1e-12)


def test_retained_variation_is_that_of_a_regression_on_dummies() -> None:
    cells, rows = switchback("region x slot", ("hour", "region"))
    treatment, dummies = rows.x[:, 0], rows.x[:, 2:]
    left = treatment - dummies @ np.linalg.lstsq(dummies, treatment, rcond=None)[0]
    expected = (left @ left) / (len(left) * treatment.var())
    assert panel_regression(cells).retained_variation == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("effects", "share"), [(("hour of day", "date"), 25 / 168), (("hour of week",), 84 / 168)])
def test_the_share_of_units_that_the_effects_use(effects: tuple[str, ...], share: float) -> None:
    hour = np.arange(14 * 24)
    known = {"hour of day": hour % 24, "date": hour // 24, "hour of week": hour % 168}
    codes = tuple(known[name] for name in effects)
    assert fixed_effects.unit_rank(codes, hour // 2) / 168 == pytest.approx(share)


def test_the_share_counts_partly_overlapping_effects_by_their_rank() -> None:
    cells, _ = switchback("slot", ("hour of day", "date", "region"))
    codes = [np.unique(values, return_inverse=True)[1] for values in cells.fixed_effects.values()]
    cluster = np.unique(cells.cluster, return_inverse=True)[1]
    means = np.hstack([(cluster == np.arange(15)[:, None]) @ np.eye(c.max() + 1)[c] for c in codes])
    assert fixed_effects.unit_rank(codes, cluster) == np.linalg.matrix_rank(means)


def test_parts_of_a_panel_that_share_no_level_are_told_apart() -> None:
    rng = np.random.default_rng(3)
    unit, time = (each.ravel() for each in np.indices((8, 6)))
    time = time + 6 * (unit >= 4)
    y, treatment = rng.normal(size=48), rng.integers(0, 2, 48)
    cells = PanelCells(
        weight=np.full(48, 1e6), mean=y, within=np.zeros(48), treatment=treatment, cluster=unit,
        fixed_effects={"unit": unit, "time": time},
    )  # fmt: skip
    fit = panel_regression(cells)
    dummies = np.column_stack([np.eye(8)[unit], np.eye(12)[time]])
    expected = np.linalg.lstsq(np.column_stack([treatment, dummies]), y, rcond=1e-10)[0][0]
    assert fit.effect == pytest.approx(expected, rel=1e-10)
    assert fit.fixed_effects_rank == 8 + 12 - 2


def test_a_weak_link_between_parts_is_not_taken_for_none() -> None:
    rng = np.random.default_rng(4)
    unit, time = (each.ravel() for each in np.indices((4, 4)))
    time = time + 4 * (unit >= 2)
    unit, time = np.append(unit, 0), np.append(time, 7)
    weight = np.append(np.full(16, 1e7), 1.0)
    y, treatment = rng.normal(size=17), np.append(np.tile([0, 1, 1, 0, 1, 0, 0, 1], 2), 1)
    cells = PanelCells(
        weight=weight, mean=y, within=np.zeros(17), treatment=treatment, cluster=unit,
        fixed_effects={"unit": unit, "time": time},
    )  # fmt: skip
    assert panel_regression(cells).fixed_effects_rank == 4 + 8 - 1


def test_the_level_and_the_unit_of_the_outcome_do_not_matter() -> None:
    cells, _ = switchback("region x slot", ("hour", "region"))
    fit = panel_regression(cells)
    moved = panel_regression(replace(cells, mean=1e6 + 10 * cells.mean, within=100 * cells.within))
    for name in ("effect", "std_error", "std_error_cr1", "std_error_cv3"):
        assert getattr(moved, name) == pytest.approx(10 * getattr(fit, name), rel=1e-8)
    assert moved.df == pytest.approx(fit.df, rel=1e-12)


def test_swapping_arms_flips_the_sign() -> None:
    cells, _ = switchback("slot", ("hour of day", "date"))
    fit, other = panel_regression(cells), panel_regression(replace(cells, treatment=1 - cells.treatment))
    assert other.effect == pytest.approx(-fit.effect, rel=1e-10)
    assert other.effect_upper == pytest.approx(-fit.effect_lower, rel=1e-10)


def test_the_interval_follows_alpha() -> None:
    cells, _ = switchback("slot", ("hour of day", "date"))
    fit = panel_regression(cells)
    at_p = panel_regression(cells, alpha=fit.p_value)
    assert min(abs(at_p.effect_lower), abs(at_p.effect_upper)) == pytest.approx(0, abs=1e-9)


def test_labels_may_be_texts() -> None:
    cells, _ = switchback("region", ("hour", "region"))
    texts = replace(
        cells,
        cluster=cells.cluster.astype(str),
        fixed_effects={name: codes.astype(str) for name, codes in cells.fixed_effects.items()},
    )
    assert panel_regression(texts).std_error == pytest.approx(panel_regression(cells).std_error, rel=1e-10)


def test_a_result_survives_its_plain_form() -> None:
    cells, _ = switchback("slot", ("hour of day", "date"))
    fit = panel_regression(cells)
    assert PanelRegression.from_dict(fit.to_dict()) == fit


@pytest.mark.parametrize("small", [16, 0], ids=["dense", "steps"])
def test_no_jackknife_where_one_cluster_holds_all_the_treatment(monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    monkeypatch.setattr(cluster_leverage, "SMALL", small)
    cells, _ = switchback("region", ("hour",))
    fit = panel_regression(replace(cells, treatment=(cells.cluster == 2) * 1.0, controls={}))
    assert fit.std_error_cv3 is None
    assert fit.to_dict()["std_error_cv3"] is None


def plain(**changed: Any) -> PanelCells:
    base = {
        "weight": [2, 2, 2, 2], "mean": [1.0, 3.0, 2.0, 5.0], "within": [1.0, 1.0, 1.0, 1.0],
        "treatment": [0, 1, 0, 1], "fixed_effects": {}, "cluster": [0, 1, 2, 3],
    }  # fmt: skip
    return PanelCells(**(base | changed))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"fixed_effects": {"parity": [0, 1, 0, 1]}}, "fixed effects determine the treatment"),
        ({"treatment": [1, 1, 1, 1]}, "fixed effects determine the treatment"),
        ({"controls": {"c": [2, 2, 2, 2]}}, "fixed effects determine the control 'c'"),
        ({"controls": {"c": [5, 7, 5, 7]}}, "control 'c' is a combination"),
        ({"cluster": [0, 0, 0, 0]}, "at least 2 clusters"),
        ({"cluster": [0, 1]}, r"cluster needs one label per cell"),
        ({"fixed_effects": {"f": [0, 1]}}, "fixed effect 'f' needs one label"),
        ({"mean": [1.0, math.nan, 2.0, 5.0]}, "'mean' must be finite"),
        ({"weight": [2, 0, 2, 2]}, "positive weight"),
        ({"within": [1, -1, 1, 1]}, "not negative"),
        ({"treatment": [0, 1]}, "'treatment' needs one value"),
        ({"mean": []}, "at least one cell"),
        ({"weight": [1, 1, 1, 1], "controls": {"a": [1, 0, 0, 0], "b": [0, 1, 0, 0]}}, "more rows than coefficients"),
        ({"mean": [1, 2, 1, 2]}, "clustered error of 'treatment' is 0"),
    ],
)
def test_what_cannot_be_estimated_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        panel_regression(plain(**changed))


@pytest.mark.slow
def test_the_false_positive_rate_with_few_unequal_clusters() -> None:
    rng, rejected, draws = np.random.default_rng(20), 0, 2_000
    region, hour = (each.ravel() for each in np.indices((2, 24)))
    cluster = region * 100 + hour // 2
    weight = rng.integers(1, 60, len(hour))
    for _ in range(draws):
        noise = rng.normal(size=2400)[cluster] + rng.normal(size=len(hour))
        treatment = rng.integers(0, 2, 2400)[cluster]
        cells = PanelCells(
            weight=weight, mean=noise, within=np.zeros(len(hour)), treatment=treatment, cluster=cluster,
            fixed_effects={"hour of day": hour % 6, "region": region},
        )  # fmt: skip
        rejected += panel_regression(cells).p_value < 0.05
    assert 0.03 < rejected / draws < 0.065
