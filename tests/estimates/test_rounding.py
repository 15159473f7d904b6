"""Deviations that are only rounding are no variation: a refusal, never a p-value near 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import (
    PanelCells,
    ancova,
    balance_p,
    causal_cluster_variance,
    covariate_balance,
    dunnett,
    interaction_regression,
    panel_regression,
    ratio_difference,
    student_t,
    surrogate_index,
    tost_welch,
    two_stage_cluster_bootstrap,
    two_way_clustered_ols,
    welch_t,
)
from decision_widgets.moments import Moments

D = np.tile([0.0, 1.0], 20)
CLUSTER = np.arange(40) // 4
# 0.1 + 0.2 and 0.3 differ in their last digit, as values that were computed in two ways do.
NEARLY = np.where(D == 0, 0.1, np.where(CLUSTER % 2 == 0, 0.3, 0.1 + 0.2))


def column(*y: float) -> Moments:
    return Moments.of({"y": y})


def panel(y: np.ndarray, cluster: np.ndarray, treatment: np.ndarray = D) -> PanelCells:
    n = len(y)
    return PanelCells(
        weight=np.ones(n), mean=y, within=np.zeros(n), treatment=treatment, fixed_effects={}, cluster=cluster
    )


TENTHS, THREE = column(*[0.1] * 10), column(*[0.3] * 10)

CONSTANT: dict[str, Callable[[], Any]] = {
    "welch_t": lambda: welch_t(TENTHS, THREE),
    "student_t": lambda: student_t(TENTHS, THREE),
    "tost_welch": lambda: tost_welch(TENTHS, THREE, margin_lower=-1, margin_upper=1),
    "dunnett": lambda: dunnett(column(0.1, 0.1, 0.1), [column(0.1, 0.1, 0.1), column(0.3, 0.3, 0.3)]),
    "causal_cluster_variance": lambda: causal_cluster_variance(NEARLY, D, CLUSTER, cluster_share=0.5),
    "two_stage_cluster_bootstrap": lambda: two_stage_cluster_bootstrap(0.1 + 0.2 * D, D, CLUSTER, cluster_share=1),
}


@pytest.mark.parametrize("name", CONSTANT)
def test_arms_of_one_value_each_have_no_variation(name: str) -> None:
    with pytest.raises(CannotEstimate) as refusal:
        CONSTANT[name]()
    assert refusal.value.code == "E_NO_VARIATION"


ROWS = np.random.default_rng(3).normal(size=40)

NO_ERROR: dict[str, Callable[[], Any]] = {
    "panel, one cluster for each arm": lambda: panel_regression(panel(ROWS, D)),
    "panel, perfect fit": lambda: panel_regression(panel(0.1 + 0.3 * D, CLUSTER)),
    "panel, nothing but rounding": lambda: panel_regression(panel(NEARLY, CLUSTER)),
    "interaction": lambda: interaction_regression(0.1 * D + 0.3, D, CLUSTER % 2),
    "causal clusters, nothing between": lambda: causal_cluster_variance(
        np.tile([0.1, 0.2, 0.3, 0.5], 10), D, CLUSTER, cluster_share=0.1, splits=1
    ),
    "two ways": lambda: two_way_clustered_ols(ROWS, np.column_stack([1 - D, D]), D, D),
    "ancova": lambda: ancova(NEARLY, D, {"x": ROWS}),
    "surrogate": lambda: surrogate_index(ROWS + np.arange(40), np.arange(40), [0.1] * 10, [0.3] * 10),
}


@pytest.mark.parametrize("name", NO_ERROR)
def test_an_error_that_is_only_rounding_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"is 0|var(y|ies)|not positive"):
        NO_ERROR[name]()


@pytest.mark.parametrize("seed", range(40))
def test_a_ratio_that_is_the_same_in_every_unit_has_no_variation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(1, 9, (2, 50))
    arms = [Moments.of({"n": ratio * den, "d": den}) for ratio, den in ((0.3, a), (0.4, b))]
    with pytest.raises(CannotEstimate, match="same ratio in every unit"):
        ratio_difference(*arms)


def test_a_ratio_that_hardly_varies_keeps_its_variance() -> None:
    den = np.array([1.0, 2.0, 3.0, 5.0])
    off = np.array([1.0, -1.0, 1.0, -1.0]) * 1e-5
    arms = [Moments.of({"n": 0.5 * den + off, "d": den}), Moments.of({"n": 0.5 * den - off, "d": den})]
    u = (off - off.sum() / den.sum() * den) / den.mean()
    assert ratio_difference(*arms).control_variance == pytest.approx((u**2).sum() / 3 / 4, rel=1e-3)


@pytest.mark.parametrize("level", [1e6, 1e9, 1e12])
def test_variation_above_rounding_is_kept_whatever_the_level(level: float) -> None:
    step = 2.0 ** np.ceil(np.log2(level * 1e-12))
    near, far = (
        (column(*(shift + step * np.arange(9.0))), column(*(shift + step * np.arange(3.0, 12.0))))
        for shift in (0, level)
    )
    assert welch_t(*far).p_value == pytest.approx(welch_t(*near).p_value, rel=1e-6)
    y = step * np.round(8 * ROWS)
    one, other = panel_regression(panel(y, CLUSTER)), panel_regression(panel(y + level, CLUSTER))
    assert other.p_value == pytest.approx(one.p_value, rel=1e-6)


def test_a_covariate_that_is_the_same_but_for_rounding_is_balanced() -> None:
    assert balance_p([column(*[0.1] * 3), column(*[0.1] * 10)]) == 1.0
    assert 0 < balance_p([column(*[0.1] * 3), column(*[0.2] * 10)]) < 0.001
    same = covariate_balance({"x": np.where(np.arange(13) < 3, 0.3, 0.1 + 0.2)}, np.arange(13) < 3)
    assert same.covariates[0].p_value is None
