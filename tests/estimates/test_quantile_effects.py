"""Quantiles against numpy, their bootstrap against resampling, and their laws."""

from __future__ import annotations

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import NoQuantileEffect, QuantileEffect, quantile_effects, sample_quantiles
from decision_widgets.moments import Sample

RNG = np.random.default_rng(41)
CONTROL, TREATMENT = RNG.lognormal(0, 1, 500), RNG.lognormal(0.3, 1, 800)


def effect(
    control: np.ndarray, treatment: np.ndarray, p: float, alpha: float = 0.05, seed: int = 0, draws: int = 2_000
) -> QuantileEffect:
    (answer,) = quantile_effects(
        Sample.of(control), Sample.of(treatment), probabilities=[p], alpha=alpha, seed=seed, draws=draws
    )
    assert isinstance(answer, QuantileEffect)
    return answer


@pytest.mark.parametrize("values", [CONTROL, RNG.poisson(3, 401), np.array([5.0]), np.array([-2.0, 7.0])])
def test_quantiles_are_numpys(values: np.ndarray) -> None:
    probabilities = [0, 0.001, 0.1, 1 / 3, 0.5, 0.75, 0.99, 1]
    ours = sample_quantiles(Sample.of(values), probabilities)
    assert ours == pytest.approx(np.quantile(values, probabilities), rel=1e-13)


def test_a_quantile_among_equal_values_is_that_value() -> None:
    assert sample_quantiles(Sample.of([0.1] * 7 + [0.3] * 3), [0.2, 0.61, 0.9]) == (0.1, 0.1, 0.3)


@pytest.mark.parametrize("probabilities", [[-0.1], [1.1], [float("nan")], 0.5, ["a"], [[0.5]]])
def test_probabilities_that_are_none_are_refused(probabilities: list[float]) -> None:
    with pytest.raises(InputError, match=r"(?i)probabilities must"):
        sample_quantiles(Sample.of(CONTROL), probabilities)
    with pytest.raises(InputError, match=r"(?i)probabilities must"):
        quantile_effects(Sample.of(CONTROL), Sample.of(TREATMENT), probabilities=probabilities)


@pytest.mark.parametrize("kind", ["continuous", "counts"])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_drawn_ranks_give_what_resampling_units_gives(p: float, kind: str) -> None:
    control, treatment = (CONTROL[:60], TREATMENT[:80])
    if kind == "counts":
        control, treatment = np.round(control), np.round(treatment)
    rng = np.random.default_rng(0)
    resampled = (rng.choice(arm, (20_000, len(arm))) for arm in (control, treatment))
    drawn_control, drawn_treatment = (np.quantile(each, p, axis=1) for each in resampled)
    draws = drawn_treatment - drawn_control
    for alpha in (0.05, 0.2, 0.5):
        ours = effect(control, treatment, p, alpha=alpha, draws=20_000)
        for bound, level in ((ours.effect_lower, alpha / 2), (ours.effect_upper, 1 - alpha / 2)):
            # Monte-Carlo error of two quantiles of 20,000 draws, as a band of levels.
            band = 5 * np.sqrt(level * (1 - level) / 20_000)
            low, high = np.quantile(draws, [max(0.0, level - band), min(1.0, level + band)])
            assert low - 1e-12 <= bound <= high + 1e-12


def test_the_effect_is_the_difference_of_quantiles_and_lies_in_its_interval() -> None:
    for answer in quantile_effects(Sample.of(CONTROL), Sample.of(TREATMENT)):
        assert isinstance(answer, QuantileEffect)
        assert answer.control_quantile == pytest.approx(np.quantile(CONTROL, answer.probability), rel=1e-13)
        assert answer.treatment_quantile == pytest.approx(np.quantile(TREATMENT, answer.probability), rel=1e-13)
        assert answer.effect == answer.treatment_quantile - answer.control_quantile
        assert answer.effect_lower < answer.effect < answer.effect_upper


def test_scale_scales_and_a_shift_of_the_treatment_adds() -> None:
    one = effect(CONTROL, TREATMENT, 0.9)
    scaled, shifted = effect(4 * CONTROL, 4 * TREATMENT, 0.9), effect(CONTROL, TREATMENT + 2, 0.9)
    assert (scaled.effect_lower, scaled.effect_upper) == pytest.approx(
        (4 * one.effect_lower, 4 * one.effect_upper), rel=1e-12
    )
    assert (shifted.effect, shifted.effect_lower) == pytest.approx((one.effect + 2, one.effect_lower + 2), rel=1e-12)


def test_swapping_arms_flips_the_interval_within_simulation_error() -> None:
    there, back = effect(CONTROL, TREATMENT, 0.5), effect(TREATMENT, CONTROL, 0.5)
    width = there.effect_upper - there.effect_lower
    assert back.effect == -there.effect
    assert (-back.effect_upper, -back.effect_lower) == pytest.approx(
        (there.effect_lower, there.effect_upper), abs=0.1 * width
    )


def test_the_seed_decides_and_other_quantiles_do_not() -> None:
    arms = Sample.of(CONTROL), Sample.of(TREATMENT)
    alone, together = quantile_effects(*arms, probabilities=[0.5]), quantile_effects(*arms, probabilities=[0.25, 0.5])
    assert alone[0] == together[1]
    assert alone[0] != quantile_effects(*arms, probabilities=[0.5], seed=1)[0]


@pytest.mark.parametrize(
    ("p", "alpha", "needed"), [(0.5, 0.05, 6), (0.99, 0.05, 368), (0.01, 0.05, 368), (0.9, 0.1, 29)]
)
def test_a_quantile_that_may_lie_beyond_all_units_has_no_interval(p: float, alpha: float, needed: int) -> None:
    # The chance that all n units lie on one side of the quantile is at most alpha/2 from n_needed units on.
    assert max(p, 1 - p) ** needed <= alpha / 2 < max(p, 1 - p) ** (needed - 1)
    few, enough = Sample.of(np.arange(needed - 1)), Sample.of(np.arange(needed))
    (refused,) = quantile_effects(few, enough, probabilities=[p], alpha=alpha)
    assert refused == NoQuantileEffect(probability=p, n_control=needed - 1, n_treatment=needed, n_needed=needed)
    (answer,) = quantile_effects(enough, enough, probabilities=[p], alpha=alpha)
    assert isinstance(answer, QuantileEffect)


def test_a_quantile_deep_inside_equal_values_does_not_move() -> None:
    answer = effect(np.repeat([0, 5], [900, 100]), np.repeat([0, 5], [880, 120]), 0.5)
    assert (answer.effect, answer.effect_lower, answer.effect_upper) == (0, 0, 0)


def test_a_hundred_million_units_cost_what_a_hundred_do() -> None:
    arms = [
        Sample(values=np.array([0.0, 1.0, 2.0]), counts=np.array(counts) * 10**7, n_units=10**8)
        for counts in ([6, 3, 1], [4, 3, 3])
    ]
    (median,) = quantile_effects(*arms, probabilities=[0.5])
    assert isinstance(median, QuantileEffect)
    assert (median.effect, median.effect_lower, median.effect_upper) == (1, 1, 1)


@pytest.mark.parametrize(("wrong", "reason"), [({"alpha": 2}, "alpha must"), ({"draws": 20}, "at least 200 draws")])
def test_arguments_that_make_no_sense_are_refused(wrong: dict[str, int], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        quantile_effects(Sample.of(CONTROL), Sample.of(TREATMENT), **wrong)
    with pytest.raises(InputError, match="between 0 and 1"):
        quantile_effects(Sample.of(CONTROL), Sample.of(TREATMENT), probabilities=[0.5, 1])


def test_the_records_survive_their_plain_form() -> None:
    for answer in quantile_effects(Sample.of(CONTROL[:100]), Sample.of(TREATMENT)):
        assert type(answer).from_json(answer.to_json()) == answer


@pytest.mark.parametrize(("p", "n"), [(0.5, 30), (0.9, 60), (0.99, 400)])
def test_the_interval_covers_the_difference_of_quantiles(p: float, n: int) -> None:
    rng = np.random.default_rng(17)
    truth = -np.log(1 - p)  # of exponentials with means 2 and 1
    answers = [effect(rng.exponential(1, n), rng.exponential(2, n), p, draws=400) for _ in range(600)]
    covered = np.mean([a.effect_lower <= truth <= a.effect_upper for a in answers])
    assert 0.95 - 3 * np.sqrt(0.05 * 0.95 / 600) <= covered <= 0.99
