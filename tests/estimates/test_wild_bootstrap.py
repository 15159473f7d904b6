"""The wild cluster bootstrap: equal to refitting every drawn outcome."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates.panel import panel_regression
from decision_widgets.estimates.panel_cells import PanelCells
from decision_widgets.estimates.wild_bootstrap import WEBB, WildBootstrap, wild_bootstrap

module = import_module("decision_widgets.estimates.wild_bootstrap")  # its function hides it in the package


def panel(n_regions: int = 6, hours: int = 8, seed: int = 1) -> PanelCells:
    rng = np.random.default_rng(seed)
    region, hour = (each.ravel() for each in np.indices((n_regions, hours)))
    treatment = rng.integers(0, 2, len(region))
    return PanelCells(
        weight=rng.integers(1, 9, len(region)),
        mean=rng.normal(size=len(region)) + rng.normal(size=n_regions)[region] * treatment + 0.8 * treatment,
        within=np.zeros(len(region)),
        treatment=treatment,
        fixed_effects={"region": region, "hour": hour},
        cluster=region,
        controls={"size": rng.normal(size=len(region))},
    )


def refitted(cells: PanelCells, null_effect: float) -> float:
    """Refit every outcome that signs of whole clusters give, on the dense design, and count."""
    root = np.sqrt(cells.weight)
    dummies = [(codes[:, None] == np.unique(codes))[:, i:] for i, codes in enumerate(cells.fixed_effects.values())]
    x = root[:, None] * np.column_stack([cells.treatment, cells.controls["size"], *dummies])
    y, bread = root * cells.mean, np.linalg.inv(x.T @ x)
    clusters = [cells.cluster == label for label in np.unique(cells.cluster)]

    def statistic(outcome: np.ndarray) -> float:
        beta = bread @ x.T @ outcome
        e = outcome - x @ beta
        return (beta[0] - null_effect) / math.sqrt(sum((bread[0] @ x[c].T @ e[c]) ** 2 for c in clusters))

    fitted = null_effect * x[:, 0]
    fitted = fitted + x[:, 1:] @ np.linalg.lstsq(x[:, 1:], y - fitted, rcond=1e-10)[0]
    draws = [
        statistic(fitted + (y - fitted) * np.select(clusters, signs))
        for signs in itertools.product([-1.0, 1.0], repeat=len(clusters))
    ]
    return float(np.mean(np.abs(draws) >= abs(statistic(y)) * (1 - 1e-9)))


@pytest.mark.parametrize("dense", [1_000, 0], ids=["one matrix", "factors"])
@pytest.mark.parametrize("null_effect", [0.0, 0.2])
def test_enumerated_signs_give_what_refitting_gives(
    monkeypatch: pytest.MonkeyPatch, null_effect: float, dense: int
) -> None:
    monkeypatch.setattr(module, "DENSE", dense)
    cells = panel()
    wild = wild_bootstrap(cells, null_effect=null_effect)
    assert wild.enumerated
    assert wild.n_draws == 64
    assert 2 / 64 < wild.p_value < 1
    assert wild.p_value == refitted(cells, null_effect)


def test_the_statistic_is_that_of_cr1() -> None:
    cells = panel()
    fit, wild = panel_regression(cells), wild_bootstrap(cells, null_effect=0.1)
    assert wild.effect == pytest.approx(fit.effect, rel=1e-12)
    assert wild.statistic == pytest.approx((fit.effect - 0.1) / fit.std_error_cr1, rel=1e-10)


@pytest.mark.parametrize("weights", ["rademacher", "webb"])
def test_random_draws_come_near_the_enumerated_p(weights: str) -> None:
    cells = panel(n_regions=12)
    exact = wild_bootstrap(cells, draws=2**12).p_value
    drawn = wild_bootstrap(cells, draws=4_000, weights=weights)
    assert not drawn.enumerated
    assert drawn.n_draws == 4_000
    assert drawn.p_value == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 4_000) + 0.01)


def test_batches_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = panel()
    whole = wild_bootstrap(cells)
    monkeypatch.setattr(module, "BATCH", 60)
    assert wild_bootstrap(cells) == whole


def test_the_weights_of_webb_have_mean_0_and_variance_1() -> None:
    points = np.concatenate([-WEBB, WEBB])
    assert points.mean() == pytest.approx(0)
    assert (points**2).mean() == pytest.approx(1)


def test_the_estimate_itself_is_never_refused() -> None:
    cells = panel()
    assert wild_bootstrap(cells, null_effect=panel_regression(cells).effect).p_value > 0.99


def test_the_seed_decides_random_draws() -> None:
    cells = replace(panel(n_regions=16), mean=np.random.default_rng(3).normal(size=128))
    one, same, other = (wild_bootstrap(cells, draws=999, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one.p_value != other.p_value


def test_a_result_survives_its_plain_form() -> None:
    wild = wild_bootstrap(panel())
    assert WildBootstrap.from_dict(wild.to_dict()) == wild


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(InputError, match="at least 99 draws; got 10"):
        wild_bootstrap(panel(), draws=10)
    with pytest.raises(InputError, match="'rademacher' or 'webb'"):
        wild_bootstrap(panel(), weights="mammen")
    with pytest.raises(InputError, match="error of the treatment is 0"):
        wild_bootstrap(replace(panel(), mean=np.zeros(48)))
    with pytest.raises(InputError, match="at least 2 clusters"):
        wild_bootstrap(replace(panel(), cluster=np.zeros(48)))
