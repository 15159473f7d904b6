"""Labels: of any type, none missing; a missing one is never one more cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    PanelCells,
    calibration_slope,
    compare_panel_subgroups,
    individual_effects,
    mlrate_given_predictions,
    panel_regression,
    predicted_group_effects,
    targeting_gain,
    wild_bootstrap,
)
from decision_widgets.estimates.labels import label_codes

N = 200
RNG = np.random.default_rng(8)
D, Y = np.arange(N) % 2, RNG.normal(size=N)
UNIT = (np.arange(N) // 4).tolist()


def cells(cluster: Any, day: Any = None) -> PanelCells:
    effects = {} if day is None else {"day": day}
    return PanelCells(
        weight=np.ones(N), mean=Y, within=np.zeros(N), treatment=D, fixed_effects=effects, cluster=cluster
    )


TAKES_LABELS: dict[str, Callable[[Sequence[Any]], Any]] = {
    "panel_regression": lambda labels: panel_regression(cells(labels)),
    "a fixed effect": lambda labels: panel_regression(cells(UNIT, labels)),
    "wild_bootstrap": lambda labels: wild_bootstrap(cells(labels), draws=99),
    "compare_panel_subgroups": lambda labels: compare_panel_subgroups(cells(labels), np.arange(N) % 4 // 2),
    "an effect of time": lambda labels: compare_panel_subgroups(
        cells(UNIT, labels), np.arange(N) % 4 // 2, time=["day"]
    ),
    "targeting_gain": lambda labels: targeting_gain(RNG.normal(size=N), Y, D, 0.5, labels, n_draws=20),
    "calibration_slope": lambda labels: calibration_slope(RNG.normal(size=N), Y, D, 0.5, labels),
    "predicted_group_effects": lambda labels: predicted_group_effects(RNG.normal(size=N), Y, D, 0.5, labels),
    "mlrate_given_predictions": lambda labels: mlrate_given_predictions(Y, D, RNG.normal(size=N), participant=labels),
}


@pytest.mark.parametrize("missing", [np.nan, None])
@pytest.mark.parametrize("of", [int, "u{}".format])
@pytest.mark.parametrize("name", TAKES_LABELS)
def test_missing_labels_are_refused(name: str, of: Callable[[int], Any], missing: float | None) -> None:
    labels = [of(unit) for unit in UNIT]
    with pytest.raises(InputError, match="missing"):
        TAKES_LABELS[name]([missing, missing, *labels[2:]])


def test_a_forest_refuses_missing_participants() -> None:
    pytest.importorskip("econml", reason="econml is not installed: pip install -e '.[forest]'")
    with pytest.raises(InputError, match="participant has missing labels"):
        individual_effects(Y, D, {"x": Y}, [np.nan, *range(1, N)], share=0.5)


@pytest.mark.parametrize("name", TAKES_LABELS)
def test_labels_for_only_some_rows_are_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"one label per .*shape \(200,\); got \(199,\)"):
        TAKES_LABELS[name](UNIT[1:])


def test_dates_without_a_day_are_missing() -> None:
    with pytest.raises(InputError, match="day has missing labels"):
        label_codes(np.array(["2026-05-01", "NaT"], dtype="datetime64[D]"), 2, "day")


def test_lists_are_no_labels() -> None:
    with pytest.raises(InputError, match="one label per row of y"):
        label_codes([[1], [1, 2]], 2, "cluster")
