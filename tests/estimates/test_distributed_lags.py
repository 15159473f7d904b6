"""Present and earlier treatment: the sum with its covariances, on a series and on a panel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from decision_widgets.errors import InputError
from decision_widgets.estimates.distributed_lags import DistributedLags, distributed_lags, lagged_panel
from decision_widgets.estimates.panel_cells import PanelCells


def series(n: int = 80) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    treatment = rng.integers(0, 2, n)
    return rng.normal(size=n) + np.convolve(treatment, [1, 0.5, 0.25])[:n], treatment


def test_lags_and_sums_are_those_of_statsmodels() -> None:
    y, treatment = series()
    fit = distributed_lags(y, treatment, lags=3)
    x = sm.add_constant(np.column_stack([treatment[3 - j : 80 - j] for j in range(4)]))
    theirs = sm.OLS(y[3:], x).fit()
    assert fit.lag_effects == pytest.approx(theirs.params[1:], rel=1e-10)
    assert fit.lag_std_errors == pytest.approx(theirs.bse[1:], rel=1e-10)
    for last in range(4):
        total = theirs.t_test([0] + [1] * (last + 1) + [0] * (3 - last))
        assert fit.cumulative_effects[last] == pytest.approx(float(total.effect[0]), rel=1e-10)
        assert fit.cumulative_std_errors[last] == pytest.approx(float(total.sd[0, 0]), rel=1e-10)
    assert fit.p_value == pytest.approx(float(total.pvalue), rel=1e-9)
    assert (fit.effect_lower, fit.effect_upper) == pytest.approx(tuple(total.conf_int()[0]), rel=1e-9)


def test_the_level_of_the_outcome_does_not_matter_and_its_unit_does() -> None:
    y, treatment = series()
    fit, moved = distributed_lags(y, treatment, lags=2), distributed_lags(100 - 5 * y, treatment, lags=2)
    assert moved.effect == pytest.approx(-5 * fit.effect, rel=1e-9)
    assert moved.std_error == pytest.approx(5 * fit.std_error, rel=1e-9)


def panel() -> tuple[PanelCells, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    day, hour = (each.ravel() for each in np.indices((14, 12)))
    treatment = rng.integers(0, 2, (14, 14))
    now, earlier = treatment[:, 2:].ravel(), np.column_stack([treatment[:, 1:-1].ravel(), treatment[:, :-2].ravel()])
    y = rng.normal(size=len(day)) + now + 0.5 * earlier[:, 0] + rng.normal(size=14)[day]
    cells = PanelCells(
        weight=np.ones(len(day)), mean=y, within=np.zeros(len(day)), treatment=now, fixed_effects={"hour": hour},
        cluster=day,
    )  # fmt: skip
    return cells, earlier, hour


def test_on_a_panel_the_treatment_is_the_sum_and_the_controls_are_the_lags() -> None:
    cells, earlier, hour = panel()
    fit = lagged_panel(cells, earlier)
    x = np.column_stack([cells.treatment, earlier, hour[:, None] == np.arange(12)]).astype(float)
    options = {"groups": cells.cluster}
    theirs = sm.OLS(cells.mean, x).fit(cov_type="cluster", cov_kwds=options, use_t=True)
    total = theirs.t_test([1, 1, 1] + [0] * 12)
    assert fit.effect == pytest.approx(float(total.effect[0]), rel=1e-10)
    assert fit.std_error_cr1 == pytest.approx(float(total.sd[0, 0]), rel=1e-9)
    assert [control.effect for control in fit.controls] == pytest.approx(theirs.params[1:3], rel=1e-9)
    assert fit.df < 13


def test_a_result_survives_its_plain_form() -> None:
    fit = distributed_lags(*series(), lags=1)
    assert DistributedLags.from_dict(fit.to_dict()) == fit


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"lags": -1}, "lags must be a whole number"),
        ({"lags": 1.5}, "got 1.5"),
        ({"lags": 3}, "leaves more periods than coefficients; got 3"),
        ({"y": [], "treatment": []}, "leaves more periods"),
        ({"y": [1, 2]}, "one value per period"),
        ({"y": [1, math.nan, 2, 3, 4, 5, 6, 7]}, "finite"),
        ({"treatment": [0] * 8}, "depend on each other"),
        ({"y": [3] * 8}, "without a residual"),
    ],
)
def test_bad_input_is_refused(changed: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {"y": [1, 2, 4, 5, 2, 1, 3, 6], "treatment": [0, 0, 1, 1, 0, 0, 1, 1], "lags": 1}
    with pytest.raises(InputError, match=message):
        distributed_lags(**(good | changed))


def test_lags_of_a_panel_must_fit_its_cells() -> None:
    cells, earlier, _ = panel()
    with pytest.raises(InputError, match="one row for each of the 168 cells"):
        lagged_panel(cells, earlier[:5])
