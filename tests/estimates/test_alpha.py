"""Every statistic that takes an alpha refuses one that is no level."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from decision_widgets import estimates as e
from decision_widgets.errors import InputError
from decision_widgets.moments import Moments, Sample, arm_moments

N = 80
RNG = np.random.default_rng(4)
Y, X = RNG.normal(size=N), RNG.normal(size=N)
D, UNIT = np.arange(N) % 2, np.arange(N) // 4
SHARE = (RNG.random(N) < 0.5) * 1.0
CELLS = e.PanelCells(weight=np.ones(N), mean=Y, within=np.zeros(N), treatment=D, fixed_effects={}, cluster=UNIT)
PREDICTED = (X, Y, D, 0.5, np.arange(N) // 2)
OLD, NEW = Sample.of(Y), Sample.of(X)
ALONE = e.difference(10.0, 14.0, 1.0, 1.0, df=None, alpha=0.05)


def moments(step: float = 0.0) -> Moments:
    return Moments.of({"y": Y + step})


def ratio() -> Moments:
    return Moments.of({"n": Y, "d": 2 + X**2})


def arm(step: float = 0.0) -> Any:
    return arm_moments(np.ones(N), Y + step, shift=0.0, observations=Y + step)


# Each call gives everything but alpha.
CALLS: dict[str, tuple[Any, ...] | dict[str, Any]] = {
    "adjust_p_values": ([0.01, 0.04], "bky"),
    "all_pairs": ({"a": arm(), "b": arm(1)},),
    "ancova": (Y, D, {"x": X}),
    "arm_contrast": ([arm(), arm(1)], [-1, 1]),
    "arm_sizes": (1.0, 1.0, [0.5, 0.5]),
    "calibration_slope": PREDICTED,
    "check_predicted_effects": PREDICTED,
    "clustered_difference": (arm(), arm(1)),
    "clustered_logit": (SHARE, D, UNIT),
    "compare_panel_subgroups": (CELLS, np.arange(N) % 4 // 2),
    "compare_subgroups": ({"a": (arm(), arm(1)), "b": (arm(1), arm())},),
    "control_sizes": (1.0, 1.0, 1.0),
    "detectable_noncentrality": (10,),
    "difference_power": (1, 1, 1, 20, 20),
    "dunnett": (moments(), [moments(1)]),
    "interaction_regression": (Y, D, np.arange(N) % 4 // 2),
    "interval_alpha": (3,),
    "interval_disagrees": (0.04, -0.1, 2.0),
    "lagged_panel": (CELLS, SHARE[:, None]),
    "lin_regression": (Y, D, {"x": X}),
    "mann_whitney": (OLD, NEW),
    "many_to_one": ([ALONE],),
    "max_t_quantile": (RNG.normal(size=(999, 1)),),
    "mixing_variance": (1.0,),
    "mlrate": (Y, D, {"x": X}),
    "mlrate_given_predictions": (Y, D, X),
    "paired_t": (Y, X),
    "adjusted_panel": (CELLS, {"before": np.arange(N) % 7}),
    "panel_difference": (CELLS,),
    "panel_interaction": (CELLS, np.arange(N) % 4 // 2),
    "panel_regression": (CELLS,),
    "post_stratified": ({"a": (moments(), moments(1)), "b": (moments(1), moments())},),
    "post_stratified_clusters": ({"a": (arm(), arm(1))}, arm(), arm(1)),
    "predicted_group_effects": PREDICTED,
    "proportion_power": (0.1, 0.2, 50, 50),
    "quantile_effects": (OLD, NEW),
    "ratio_difference": (ratio(), ratio()),
    "spending_bounds": ([0.5, 1],),
    "student_t": (moments(), moments(1)),
    "surrogate_index": (Y, X, X[:40], X[40:]),
    "targeting_gain": PREDICTED,
    "two_proportions": (20, 100, 30, 100),
    "versus_control": (arm(), {"b": arm(1)}),
    "welch_t": (moments(), moments(1)),
    "always_valid_quantile": {"share_of_plan": 0.5},
    "asymptotic_half_width": {"n": 100, "variance": 1.0, "rho_squared": 1.0},
    "causal_cluster_variance": {"y": Y, "treatment": D, "cluster": UNIT, "cluster_share": 0.5},
    "cluster_power": {"effect": 1, "std_dev": 1, "design_effect": 1, "cluster_size": 9, "clusters_per_arm": 9},
    "confidence_sequence": {"effects": [1.0], "std_errors": [1.0], "mixing_variance": 1.0},
    "detectable_effect": {"std_error": 1.0, "df": 9, "power": 0.8},
    "difference": {
        "control_mean": 0.0, "treatment_mean": 1.0, "control_variance": 1.0, "treatment_variance": 1.0, "df": 9,
    },
    "carryover_order": {"cells": CELLS, "earlier": SHARE[:, None], "late": [1]},
    "distributed_lags": {"y": Y, "treatment": SHARE, "lags": 1},
    "individual_effects": {
        "outcome": Y, "treatment": D, "covariates": {"x": X}, "participant": np.arange(N), "share": 0.5,
    },
    "minimax_switchback": {"y": Y, "treatment": np.repeat(SHARE[:20], 4), "carryover": 2},
    "mixture_boundary": {"intrinsic_time": 1.0, "rho": 1.0},
    "mixture_half_width": {"std_error": 1.0, "mixing_variance": 1.0},
    "mixture_test": {"effect": 1.0, "std_error": 1.0, "mixing_variance": 1.0},
    "simultaneous_quantile": {"control_variance": 1.0, "variances": [1.0, 1.0], "df": None},
    "tost_welch": {"control": moments(), "treatment": moments(1), "margin_lower": -1, "margin_upper": 1},
    "two_stage_cluster_bootstrap": {"y": Y, "treatment": D, "cluster": UNIT, "cluster_share": 0.5, "draws": 50},
    "wang_tsiatis_bounds": {"information": [0.5, 1], "delta": 0.2},
}  # fmt: skip
# Takes moments that only an engine makes; it hands its alpha to `difference`.
ELSEWHERE = {"adjusted_difference", "simulate_switchback"}


def call(name: str, alpha: Any) -> Any:
    statistic: Callable[..., Any] = getattr(e, name)
    given = CALLS[name]
    return statistic(**given, alpha=alpha) if isinstance(given, dict) else statistic(*given, alpha=alpha)


def test_every_statistic_with_an_alpha_is_called() -> None:
    with_alpha = {
        name
        for name in e.__all__
        if inspect.isfunction(getattr(e, name)) and "alpha" in inspect.signature(getattr(e, name)).parameters
    }
    assert with_alpha == set(CALLS) | ELSEWHERE


@pytest.mark.parametrize("alpha", [0.0, -0.1, 1.0, 1.5, math.nan, math.inf, "0.05"])
@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_level_is_refused(name: str, alpha: Any) -> None:
    if name == "individual_effects":
        pytest.importorskip("econml", reason="econml is not installed: pip install -e '.[forest]'")
    with pytest.raises(InputError, match="alpha"):
        call(name, alpha)


SLOW = {"individual_effects", "mlrate"}


@pytest.mark.parametrize("name", sorted(set(CALLS) - SLOW))
def test_a_level_is_taken(name: str) -> None:
    assert call(name, 0.1) is not None


@pytest.mark.parametrize("alpha", [0.0, 1.5, math.nan])
def test_a_difference_has_no_quantile_at_what_is_no_level(alpha: float) -> None:
    with pytest.raises(InputError, match="alpha must be a number between 0 and 1"):
        ALONE.quantile(alpha)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"df": 0}, "Degrees of freedom are positive"),
        ({"df": -1}, "Degrees of freedom are positive"),
        ({"df": math.nan}, "Degrees of freedom are positive"),
        ({"control_variance": -1.0, "treatment_variance": 3.0}, "not negative; got -1 and 3"),
        ({"control_variance": math.nan}, "positive variance; got nan"),
    ],
)
def test_a_difference_of_levels_without_variance_or_freedom_is_refused(changes: dict[str, float], said: str) -> None:
    given = {"control_variance": 1.0, "treatment_variance": 1.0, "df": 5, "alpha": 0.05, **changes}
    with pytest.raises(InputError, match=said):
        e.difference(0.0, 1.0, **given)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"power": 1.2}, "power must be between 0.05 and 1; got 1.2"),
        ({"power": 0.01}, "power must be between"),
        ({"df": 0}, "df must be finite and above 0"),
        ({"df": -3}, "df must be finite and above 0"),
        ({"std_error": 0}, "std_error must be finite and above 0"),
        ({"std_error": math.nan}, "std_error must be finite and above 0"),
    ],
)
def test_a_detectable_effect_of_what_has_no_precision_is_refused(changes: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        e.detectable_effect(**{"std_error": 1.0, "df": 10, "alpha": 0.05, "power": 0.8, **changes})
