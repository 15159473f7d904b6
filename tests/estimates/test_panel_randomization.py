"""Randomisation inference for a panel: equal to refitting the regression for every dealt treatment."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates.mechanisms import Blocks, Complete, Deal, IndependentUnits, Mechanism, Pairs, deal
from decision_widgets.estimates.panel import panel_regression
from decision_widgets.estimates.panel_cells import PanelCells
from decision_widgets.estimates.panel_randomization import RandomizationInference, randomization_inference

module = import_module("decision_widgets.estimates.panel_randomization")
REGIONS, SLOTS, HOURS = 2, 4, 3


def panel(treated: list[int], *, cluster: str = "unit", seed: int = 1) -> tuple[PanelCells, np.ndarray, np.ndarray]:
    """Make 2 regions × 4 slots × 3 hours, each region's slot a unit, two of them a pair, one cell missing."""
    rng = np.random.default_rng(seed)
    region, hour = (each.ravel()[:-1] for each in np.indices((REGIONS, SLOTS * HOURS)))
    unit = region * SLOTS + hour // HOURS
    treatment = np.array(treated)[unit]
    noise = rng.normal(size=len(unit)) + rng.normal(size=8)[unit] + 0.7 * treatment
    cells = PanelCells(
        weight=rng.integers(1, 6, len(unit)),
        mean=noise,
        within=np.zeros(len(unit)),
        treatment=treatment,
        fixed_effects={"region": region, "hour of slot": hour % HOURS},
        cluster=unit if cluster == "unit" else unit // 2,
        controls={"size": rng.normal(size=len(unit))},
    )
    return cells, unit, unit // 2


def statistic(cells: PanelCells, null_effect: float = 0.0) -> float | None:
    try:
        fit = panel_regression(cells)
    except InputError as refused:
        assert "determine the treatment" in str(refused)  # noqa: PT017 (two outcomes are right)
        return None
    return (fit.effect - null_effect) / fit.std_error_cr1


def refitted(
    cells: PanelCells, unit: np.ndarray, dealt: list[tuple[int, ...]], chances: list[float], null: float
) -> float:
    observed, p, possible = statistic(cells, null), 0.0, 0.0
    assert observed is not None
    for units, chance in zip(dealt, chances, strict=True):
        treatment = np.array(units)[unit]
        outcome = cells.mean + null * (treatment - cells.treatment)
        t = statistic(replace(cells, treatment=treatment, mean=outcome), null)
        if t is not None:
            possible += chance
            p += chance * (abs(t) >= abs(observed) * (1 - 1e-8))
    return p / possible


ALL = list(itertools.product([0, 1], repeat=8))
PAIRED = [units for units in ALL if all(units[i] + units[i + 1] == 1 for i in range(0, 8, 2))]
HALVES = [units for units in ALL if sum(units[:4]) == 1 and sum(units[4:]) == 2]
THREE = [units for units in ALL if sum(units) == 3]


@pytest.mark.parametrize("null_effect", [0.0, 0.4])
@pytest.mark.parametrize(
    ("mechanism", "treated", "cluster", "dealt"),
    [
        (Pairs(), [0, 1, 1, 0, 1, 0, 0, 1], "pair", PAIRED),
        (Pairs(), [0, 1, 1, 0, 1, 0, 1, 0], "unit", PAIRED),
        (Complete(n_treated=3), [0, 1, 0, 0, 1, 0, 0, 1], "unit", THREE),
        (Blocks(), [0, 1, 0, 0, 1, 0, 0, 1], "unit", HALVES),
        (IndependentUnits(), [0, 1, 1, 0, 1, 0, 1, 1], "unit", ALL),
        (IndependentUnits(share=0.3), [0, 1, 0, 0, 1, 0, 0, 1], "unit", ALL),
    ],
)
def test_enumerated_treatments_give_what_refitting_gives(
    monkeypatch: pytest.MonkeyPatch,
    mechanism: Mechanism,
    treated: list[int],
    cluster: str,
    dealt: list[tuple[int, ...]],
    null_effect: float,
) -> None:
    monkeypatch.setattr(module, "BATCH", 200)
    cells, unit, pair = panel(treated, cluster=cluster)
    share = mechanism.share if isinstance(mechanism, IndependentUnits) else 0.5
    chances = [share ** sum(units) * (1 - share) ** (8 - sum(units)) for units in dealt]
    block = unit // 4 if isinstance(mechanism, Blocks) else pair
    expected = refitted(cells, unit, dealt, chances, null_effect)
    test = randomization_inference(cells, unit, mechanism, block=block, null_effect=null_effect)
    assert test.enumerated
    assert test.n_draws + test.n_without_estimate == len(dealt)
    assert test.n_without_estimate == (0 if len(dealt) < 256 else 4)
    assert test.p_value == pytest.approx(expected, rel=1e-10)


def test_the_statistic_is_that_of_the_panel_regression() -> None:
    cells, unit, _ = panel([0, 1, 0, 0, 1, 0, 0, 1])
    fit = panel_regression(cells)
    test = randomization_inference(cells, unit, IndependentUnits(), null_effect=0.1, draws=99)
    assert test.effect == pytest.approx(fit.effect, rel=1e-12)
    assert test.statistic == pytest.approx((fit.effect - 0.1) / fit.std_error_cr1, rel=1e-9)
    assert (test.n_units, test.n_clusters) == (8, 8)


def test_random_treatments_come_near_the_enumerated_p(monkeypatch: pytest.MonkeyPatch) -> None:
    cells, unit, pair = panel([0, 1, 1, 0, 1, 0, 0, 1], seed=2)
    for mechanism in (IndependentUnits(), Pairs(), Complete(n_treated=4), Blocks()):
        exact = randomization_inference(cells, unit, mechanism, block=pair).p_value
        monkeypatch.setattr(Deal, "n_assignments", 10**9)
        drawn = randomization_inference(cells, unit, mechanism, block=pair, draws=20_000)
        monkeypatch.undo()
        assert not drawn.enumerated
        assert drawn.p_value == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 20_000) + 1e-4)


def test_the_seed_decides() -> None:
    cells, unit, _ = panel([0, 1, 0, 0, 1, 0, 0, 1])
    one, same, other = (
        randomization_inference(cells, unit, IndependentUnits(), draws=99, seed=seed) for seed in (1, 1, 2)
    )
    assert one == same
    assert one.p_value != other.p_value


def test_swapping_arms_changes_nothing_but_the_sign() -> None:
    cells, unit, pair = panel([0, 1, 1, 0, 1, 0, 0, 1])
    one = randomization_inference(cells, unit, Pairs(), block=pair)
    other = randomization_inference(replace(cells, treatment=1 - cells.treatment), unit, Pairs(), block=pair)
    assert other.p_value == one.p_value
    assert other.statistic == pytest.approx(-one.statistic, rel=1e-9)


def test_eight_units_four_of_them_treated_cannot_reach_less_than_2_of_70() -> None:
    cells, unit, _ = panel([0, 1, 1, 0, 1, 0, 0, 1])
    strong = replace(cells, mean=cells.mean + 1e3 * cells.treatment, fixed_effects={}, controls={})
    assert randomization_inference(strong, unit, Complete(n_treated=4)).p_value == pytest.approx(2 / 70)


@pytest.mark.parametrize(
    "mechanism", [IndependentUnits(share=0.3), Pairs(), Complete(n_treated=3), Blocks()], ids=lambda m: type(m).__name__
)
def test_dealing_at_random_is_dealing_every_assignment_with_its_probability(mechanism: Mechanism) -> None:
    treated, block = np.array([1, 0, 0, 1, 1, 0, 0], dtype=bool), np.array([2, 2, 0, 0, 1, 3, 3])
    if isinstance(mechanism, Pairs):
        treated = np.array([1, 0, 0, 1, 1, 0, 1], dtype=bool)  # unit 4 lost its partner
    dealt = deal(mechanism, treated, block)
    every, probability = dealt.every()
    assert every.shape[1] == len(np.unique(every, axis=1).T) == dealt.n_assignments
    assert probability.sum() == pytest.approx(1)
    drawn = dealt.draw(40_000, np.random.default_rng(0))
    powers = 2 ** np.arange(7)
    count = np.bincount(powers @ drawn, minlength=128)
    expected = np.bincount(powers @ every, probability * 40_000, minlength=128)
    assert ((count > 0) == (expected > 0)).all()
    some = expected > 0
    assert ((count - expected)[some] ** 2 / expected[some]).sum() < 2 * some.sum() + 20  # far in the tail of χ²


def test_units_of_unequal_blocks_are_treated_as_often_as_observed() -> None:
    treated = np.random.default_rng(1).random(60) < 0.4
    block = np.random.default_rng(2).integers(0, 9, 60)
    drawn = deal(Blocks(), treated, block).draw(50, np.random.default_rng(3))
    for b in range(9):
        assert (drawn[block == b].sum(axis=0) == treated[block == b].sum()).all()


def test_a_result_survives_its_plain_form() -> None:
    cells, unit, _ = panel([0, 1, 0, 0, 1, 0, 0, 1])
    test = randomization_inference(cells, unit, Complete(n_treated=3))
    assert RandomizationInference.from_dict(test.to_dict()) == test
    for mechanism in (IndependentUnits(share=0.3), Pairs(), Complete(n_treated=3), Blocks()):
        assert type(mechanism).from_dict(mechanism.to_dict()) == mechanism


def test_what_cannot_be_dealt_is_refused() -> None:
    cells, unit, pair = panel([0, 1, 0, 0, 1, 0, 0, 1])
    with pytest.raises(InputError, match="mechanism must be IndependentUnits, Pairs, Complete or Blocks; got 'pairs'"):
        randomization_inference(cells, unit, "pairs", block=pair)
    with pytest.raises(InputError, match="treats 4 units; 3 are treated"):
        randomization_inference(cells, unit, Complete(n_treated=4))
    with pytest.raises(InputError, match="A pair has at most 2 units, one treated and one not"):
        randomization_inference(cells, unit, Pairs(), block=pair)
    with pytest.raises(InputError, match="A pair has at most 2 units"):
        randomization_inference(cells, unit, Pairs(), block=unit // 4)
    with pytest.raises(InputError, match="Pairs need the block of each unit"):
        randomization_inference(cells, unit, Pairs())
    with pytest.raises(InputError, match="Treatment varies within a unit"):
        randomization_inference(cells, pair, IndependentUnits())
    with pytest.raises(InputError, match="The block varies within a unit"):
        randomization_inference(cells, unit, Blocks(), block=np.arange(23))
    with pytest.raises(InputError, match="unit needs one label per row"):
        randomization_inference(cells, unit[:3], IndependentUnits())
    with pytest.raises(InputError, match="treatment of 0 or 1"):
        randomization_inference(replace(cells, treatment=cells.treatment * 0.5), unit, IndependentUnits())
    with pytest.raises(InputError, match="at least 99 draws; got 9"):
        randomization_inference(cells, unit, IndependentUnits(), draws=9)
    with pytest.raises(InputError, match="share must be a number between 0 and 1"):
        IndependentUnits(share=1.0)
    with pytest.raises(InputError, match="clustered error of the treatment is 0"):
        randomization_inference(replace(cells, mean=cells.treatment), unit, IndependentUnits())


@pytest.mark.slow
@pytest.mark.parametrize("mechanism", ["independent", "pairs"])
def test_the_false_positive_rate_with_autocorrelated_slots(mechanism: str) -> None:
    rng, rejected, draws = np.random.default_rng(30), 0, 1_000
    hour = np.arange(24 * 4)
    unit, pair = hour // 4, hour // 8
    for _ in range(draws):
        y = np.convolve(rng.standard_exponential(len(hour) + 11), np.linspace(1, 0.1, 12), mode="valid")
        coin = rng.integers(0, 2, 24)
        if mechanism == "pairs":
            coin[1::2] = 1 - coin[::2]
        cells = PanelCells(
            weight=rng.integers(1, 9, len(hour)), mean=y, within=np.zeros(len(hour)), treatment=coin[unit],
            fixed_effects={"half of day": hour % 24 // 12}, cluster=pair if mechanism == "pairs" else unit,
        )  # fmt: skip
        dealt = Pairs() if mechanism == "pairs" else IndependentUnits()
        rejected += randomization_inference(cells, unit, dealt, block=pair, draws=199, seed=rejected).p_value <= 0.05
    assert rejected / draws == pytest.approx(0.05, abs=3.5 * math.sqrt(0.05 * 0.95 / draws))
