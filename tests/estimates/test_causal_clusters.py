"""Treatment that varies within clusters: other software, a simulation of the design, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates.causal_clusters import (
    CausalClusterEffect,
    causal_cluster_variance,
    two_stage_cluster_bootstrap,
)
from decision_widgets.estimates.regression import clustered_ols

Rows = tuple[np.ndarray, np.ndarray, np.ndarray]


def rows(seed: int = 0) -> Rows:
    rng = np.random.default_rng(seed)
    size = rng.integers(60, 150, 30)
    cluster = np.repeat(np.arange(30), size)
    chance = np.clip(0.5 + 0.2 * rng.choice([-1, 1], 30), 0, 1)
    treatment = (rng.random(len(cluster)) < chance[cluster]).astype(int)
    y = rng.normal(size=30)[cluster] + rng.normal(size=len(cluster)) + treatment * rng.normal(0.5, 1, 30)[cluster]
    return y, treatment, cluster


@pytest.mark.parametrize(("share", "theirs"), [(1.0, 0.193827), (0.3, 0.190204)])
def test_the_causal_variance_is_that_of_pyfixest(share: float, theirs: float) -> None:
    # pyfixest 0.60.0, feols("Y~D", vcov={"CRV1": …}).ccv(pk=1, qk=share, n_splits=1000, seed=1); splits are random, and
    # it centres treatment by the mean of each half.
    fit = causal_cluster_variance(*rows(), cluster_share=share, splits=400)
    assert fit.std_error == pytest.approx(theirs, rel=0.005)
    assert fit.effect == pytest.approx(0.6497956659309977, rel=1e-12)
    assert fit.std_error_cluster == pytest.approx(0.188630, rel=1e-5)


def test_the_usual_error_is_beside_it_and_is_the_limit_of_few_clusters_sampled() -> None:
    y, treatment, cluster = rows(1)
    usual = clustered_ols(y, np.column_stack([np.ones(len(y)), treatment]), cluster)
    fit = causal_cluster_variance(y, treatment, cluster, cluster_share=1e-9)
    assert fit.effect == pytest.approx(usual.coefficients[1], rel=1e-10)
    assert fit.std_error_cluster == pytest.approx(usual.std_error_cr1[1], rel=1e-10)
    assert fit.std_error == pytest.approx(fit.std_error_cluster, rel=1e-6)
    assert fit.p_value == pytest.approx(usual.p_value_cr1[1], rel=1e-5)


def test_members_that_were_not_sampled_add_the_spread_of_effects_once() -> None:
    y, treatment, cluster = rows(2)
    all_members, half = (causal_cluster_variance(y, treatment, cluster, cluster_share=1, row_share=p) for p in (1, 0.5))
    size = np.bincount(cluster)
    effects = np.array([
        y[(cluster == g) & (treatment == 1)].mean() - y[(cluster == g) & (treatment == 0)].mean() for g in range(30)
    ])  # fmt: skip
    spread = (size * (effects - all_members.effect) ** 2).sum() / size.sum() ** 2
    assert half.std_error**2 - all_members.std_error**2 == pytest.approx(0.5 * spread, rel=1e-9)


@pytest.mark.parametrize("method", [causal_cluster_variance, two_stage_cluster_bootstrap])
def test_level_unit_and_arms(method: Callable[..., CausalClusterEffect]) -> None:
    y, treatment, cluster = rows(3)
    fit = method(y, treatment, cluster, cluster_share=0.5)
    moved = method(1e6 + 10 * y, treatment, cluster.astype(str), cluster_share=0.5)
    assert moved.effect == pytest.approx(10 * fit.effect, rel=1e-8)
    assert moved.std_error == pytest.approx(10 * fit.std_error, rel=0.2)  # other order of clusters, other draws
    assert method(y, treatment, cluster, cluster_share=0.5) == fit
    swapped = method(y, 1 - treatment, cluster, cluster_share=0.5)
    assert swapped.effect == pytest.approx(-fit.effect, rel=1e-10)
    assert CausalClusterEffect.from_dict(fit.to_dict()) == fit


@pytest.mark.parametrize(("share", "spread"), [(1.0, 0.0), (1.0, 0.2), (0.5, 0.2)])
def test_errors_are_those_of_repeated_sampling_and_assignment(share: float, spread: float) -> None:
    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(60), rng.integers(100, 300, 60))
    y0 = rng.normal(size=60)[cluster] + rng.normal(size=len(cluster))
    y1 = y0 + rng.normal(0.5, 1, 60)[cluster]
    effects, causal, bootstrap, usual = [], [], [], []
    for draw in range(300):
        chance = 0.5 + spread * rng.choice([-1, 1], 60)
        treatment = rng.random(len(cluster)) < chance[cluster]
        taken = (rng.random(60) < share)[cluster]
        sample = np.where(treatment, y1, y0)[taken], treatment[taken], cluster[taken]
        effects.append(sample[0][sample[1]].mean() - sample[0][~sample[1]].mean())
        if draw < 40:
            fit = causal_cluster_variance(*sample, cluster_share=share, splits=4, seed=draw)
            causal.append(fit.std_error**2)
            usual.append(fit.std_error_cluster**2)
            bootstrap.append(
                two_stage_cluster_bootstrap(*sample, cluster_share=share, draws=100, seed=draw).std_error ** 2
            )
    truth = float(np.mean((np.array(effects) - (y1 - y0).mean()) ** 2))
    assert np.mean(bootstrap) == pytest.approx(truth, rel=0.3)  # a variance from 300 draws, times few clusters
    assert (
        truth * 0.75 < np.mean(causal) < truth * (2 if spread == 0 else 1.3)
    )  # noise of effects adds when they matter
    assert np.mean(usual) > 1.2 * truth


GOOD: dict[str, Any] = {
    "y": [1, 2, 3, 4, 2, 3, 5, 4], "treatment": [0, 1, 0, 1, 0, 1, 0, 1], "cluster": [1, 1, 1, 1, 2, 2, 2, 2],
    "cluster_share": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"y": [1, math.nan, 3, 4, 2, 3, 5, 4]}, "y must be finite"),
        ({"y": [1, 2, 3]}, "one value per row"),
        ({"treatment": [0] * 8}, "both present"),
        ({"treatment": [1, 2] * 4}, "treatment must be 0 or 1"),
        ({"cluster": [1] * 8}, "at least 2 clusters"),
        ({"cluster_share": 0.0}, "cluster_share must be above 0"),
        ({"cluster_share": 1.1}, "cluster_share must be above 0"),
        ({"treatment": [0, 0, 0, 0, 1, 1, 1, 1]}, "does not vary within any cluster|both arms in every cluster"),
    ],
)
def test_bad_input_is_refused(changed: dict[str, Any], message: str) -> None:
    for method in (causal_cluster_variance, two_stage_cluster_bootstrap):
        with pytest.raises(InputError, match=message):
            method(**(GOOD | changed))


def test_what_only_one_method_refuses() -> None:
    with pytest.raises(InputError, match="both arms in every cluster"):
        two_stage_cluster_bootstrap(**(GOOD | {"treatment": [0, 1, 0, 1, 0, 0, 0, 0]}))
    with pytest.raises(InputError, match="at least 50 draws"):
        two_stage_cluster_bootstrap(**GOOD, draws=10)
    with pytest.raises(InputError, match="row_share must be above 0"):
        causal_cluster_variance(**GOOD, row_share=0.0)
    with pytest.raises(InputError, match=r"too few rows to split|not positive"):
        causal_cluster_variance([1, 2, 3, 4], [0, 1, 0, 0], [1, 1, 2, 2], cluster_share=1.0)
