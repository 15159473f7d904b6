"""Confidence sequences: laws between interval, Λ and p, and the promise that they hold at every look."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    AlwaysValid,
    ConfidenceSequence,
    always_valid_quantile,
    asymptotic_half_width,
    confidence_sequence,
    mixing_variance,
    mixture_boundary,
    mixture_half_width,
    mixture_test,
)


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize(("effect", "std_error", "phi"), [(0.31, 0.14, 0.04), (-0.5, 0.2, 0.5), (0.0, 1.0, 0.1)])
def test_lambda_is_the_mean_likelihood_ratio(effect: float, std_error: float, phi: float, sides: Any) -> None:
    low = 0.0 if sides == 1 else -np.inf

    def weighted(true_effect: float) -> float:
        likelihood = stats.norm.pdf(effect, true_effect, std_error) / stats.norm.pdf(effect, 0, std_error)
        return float(likelihood * stats.norm.pdf(true_effect, 0, math.sqrt(phi)) * (2 if sides == 1 else 1))

    mean, _ = integrate.quad(weighted, low, np.inf)
    look = mixture_test(effect, std_error, mixing_variance=phi, sides=sides)
    assert look.log_lambda == pytest.approx(math.log(mean), abs=1e-7)
    assert look.p_value == pytest.approx(min(1.0, 1 / mean), rel=1e-6)


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("alpha", [1e-8, 0.05, 0.4999])
@pytest.mark.parametrize("phi", [1e-9, 1.0, 1e9])
def test_an_effect_at_the_limit_has_a_p_of_alpha(phi: float, alpha: float, sides: Any) -> None:
    half = mixture_half_width(1.0, mixing_variance=phi, alpha=alpha, sides=sides)
    assert mixture_test(half, 1.0, mixing_variance=phi, alpha=alpha, sides=sides).p_value == pytest.approx(alpha)


def test_one_sum_in_three_forms() -> None:
    n, variance, rho_squared = 400, 2.5, 0.02
    half = asymptotic_half_width(n, variance, rho_squared=rho_squared)
    assert half == pytest.approx(mixture_half_width(math.sqrt(variance / n), mixing_variance=variance * rho_squared))
    # A sum of n values of variance σ² leaves n·half exactly where their mean leaves half.
    assert mixture_boundary(n * variance, rho=variance / rho_squared) == pytest.approx(n * half)


def test_the_tuned_sequence_is_narrowest_where_it_was_tuned() -> None:
    for sides in (1, 2):
        best = mixing_variance(4.0, alpha=0.05, sides=sides)
        half, wider, narrower = (
            mixture_half_width(2.0, mixing_variance=phi, sides=sides) for phi in (best, 1.5 * best, best / 1.5)
        )
        assert half < min(wider, narrower)
    assert mixing_variance(1.0) == pytest.approx(7.936, abs=5e-4)


def test_the_quantile_is_the_half_width_in_standard_errors() -> None:
    for share in (0.01, 0.5, 3.0):
        planned = 0.3**2 * share / 0.5
        half = mixture_half_width(0.3, mixing_variance=mixing_variance(planned, alpha=0.1), alpha=0.1)
        assert always_valid_quantile(alpha=0.1, share_of_plan=share) == pytest.approx(half / 0.3)


def test_an_interval_for_every_look_is_wider_than_for_one_and_one_side_is_shorter() -> None:
    for share in (0.05, 0.3, 1.0, 4.0):
        assert always_valid_quantile(alpha=0.05, share_of_plan=share) > 1.96
    assert mixture_half_width(1.0, mixing_variance=8.0, sides=1) < mixture_half_width(1.0, mixing_variance=8.0)


def test_swapping_arms_and_changing_the_unit() -> None:
    one, swapped, cents = (
        mixture_test(effect, error, mixing_variance=phi)
        for effect, error, phi in ((0.3, 0.1, 0.04), (-0.3, 0.1, 0.04), (30.0, 10.0, 400.0))
    )
    assert swapped.p_value == one.p_value == pytest.approx(cents.p_value)
    assert swapped.effect_upper == -one.effect_lower
    assert cents.effect_lower == pytest.approx(100 * one.effect_lower)


def test_a_sequence_keeps_its_smallest_p_and_what_all_looks_allow() -> None:
    sequence = confidence_sequence([1.2, 0.2, 0.1], [0.3, 0.2, 0.1], mixing_variance=1.0)
    alone = [mixture_test(e, s, mixing_variance=1.0) for e, s in ((1.2, 0.3), (0.2, 0.2), (0.1, 0.1))]
    assert sequence.looks == tuple(alone)
    assert sequence.p_values == (alone[0].p_value,) * 3
    assert sequence.running_lower == (alone[0].effect_lower,) * 3
    assert sequence.running_upper[-1] == min(each.effect_upper or math.inf for each in alone)
    one_sided = confidence_sequence([1.2], [0.3], mixing_variance=1.0, sides=1)
    assert one_sided.running_upper == ()
    assert one_sided.looks[0].effect_upper is None


def test_answers_survive_their_plain_form() -> None:
    sequence = confidence_sequence([1.2, 0.2], [0.3, 0.2], mixing_variance=1.0, sides=1)
    assert ConfidenceSequence.from_json(sequence.to_json()) == sequence
    assert AlwaysValid.from_dict(sequence.looks[0].to_dict()) == sequence.looks[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"std_error": 0.0}, "std_error must be"),
        ({"std_error": math.nan}, "std_error must be"),
        ({"mixing_variance": -1.0}, "mixing_variance must be"),
        ({"effect": math.nan}, "effect must be a finite number"),
        ({"effect": 1e300, "std_error": 1e-3}, "effect must be a finite number"),
        ({"std_error": 1e-200}, "must be in one unit"),
        ({"alpha": 0.5}, "alpha must be"),
        ({"sides": 0}, "sides must be 1 or 2"),
    ],
)
def test_what_cannot_be_judged_is_refused(change: dict[str, Any], message: str) -> None:
    given = {"effect": 1.0, "std_error": 1.0, "mixing_variance": 1.0} | change
    effect, std_error = given.pop("effect"), given.pop("std_error")
    with pytest.raises(InputError, match=message):
        mixture_test(effect, std_error, **given)


def test_other_bad_input_is_refused() -> None:
    with pytest.raises(InputError, match="one effect and one standard error per look; got 2 and 1"):
        confidence_sequence([1.0, 2.0], [1.0], mixing_variance=1.0)
    with pytest.raises(InputError, match="got 0 and 0"):
        confidence_sequence([], [], mixing_variance=1.0)
    with pytest.raises(InputError, match="n must be a positive whole number"):
        asymptotic_half_width(1.5, 1.0, rho_squared=1.0)
    with pytest.raises(InputError, match="rho must be"):
        mixture_boundary(1.0, rho=0.0)
    with pytest.raises(InputError, match="planned_variance must be"):
        mixing_variance(math.inf)
    with pytest.raises(InputError, match="share_of_plan must be"):
        always_valid_quantile(alpha=0.05, share_of_plan=0.0)


@pytest.mark.parametrize("sides", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_28_daily_looks_rarely_leave_the_sequence(sides: Any) -> None:
    draws, looks = 20_000, np.arange(1, 29) / 28
    noise = np.random.default_rng(4).normal(size=(draws, 28))
    effects = np.cumsum(noise / math.sqrt(28), axis=1) / looks
    phi = mixing_variance(2.0, sides=sides)
    halves = [mixture_half_width(1 / math.sqrt(t), mixing_variance=phi, sides=sides) for t in looks]
    left = (effects if sides == 1 else np.abs(effects)) >= halves
    assert 0.005 < left.any(axis=1).mean() <= 0.05


@pytest.mark.slow
def test_looks_at_every_hundred_participants_with_estimated_errors() -> None:
    draws, days, per_day = 2_000, 28, 100
    y = np.random.default_rng(6).exponential(size=(draws, 2, days, per_day))
    n = per_day * np.arange(1, days + 1)
    total, squares = y.sum(axis=3).cumsum(axis=2), (y**2).sum(axis=3).cumsum(axis=2)
    variance = (squares - total**2 / n) / (n - 1) / n
    effect, std_error = (total[:, 1] - total[:, 0]) / n, np.sqrt(variance.sum(axis=1))
    phi = mixing_variance(2 / (per_day * days / 2))
    left = sum(
        confidence_sequence(effect[i], std_error[i], mixing_variance=phi).p_values[-1] <= 0.05 for i in range(draws)
    )
    assert left / draws <= 0.05
