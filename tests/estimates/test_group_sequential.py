"""Plans of looks: boundaries against published values, multivariate normal integrals and simulated paths."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    GroupSequentialBounds,
    Spending,
    crossing_probabilities,
    detectable_drift,
    spending_bounds,
    wang_tsiatis_bounds,
)

# The quasi-random integral of four looks is good to this much; known values hold ours to 2e-6.
INTEGRAL = 1e-5


def stays_inside(bounds: GroupSequentialBounds, drift: float = 0.0) -> float:
    """Integrate the joint normal density of all looks between their boundaries, with scipy."""
    t = np.array(bounds.information)
    covariance = np.sqrt(np.minimum.outer(t, t) / np.maximum.outer(t, t))
    return float(
        stats.multivariate_normal.cdf(
            bounds.upper(),
            mean=drift * np.sqrt(t),
            cov=covariance,
            lower_limit=np.array(bounds.lower()),
            abseps=1e-6,
            releps=1e-6,
            maxpts=200_000,
            rng=np.random.default_rng(0),
        )
    )


# Lan & DeMets's boundaries as gsDesign and rpact print them; alpha and not alpha/2 in them would give 3.92 at first.
@pytest.mark.parametrize(
    ("spending", "expected"),
    [("obf", (4.3326, 2.9631, 2.3590, 2.0141)), ("pocock", (2.3683, 2.3675, 2.3582, 2.3500))],
)
def test_four_equal_looks_have_the_published_boundaries(spending: Spending, expected: tuple[float, ...]) -> None:
    bounds = spending_bounds([0.25, 0.5, 0.75, 1], spending=spending)
    assert bounds.critical_values == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("delta_and_last", [(0.0, 2.0041), (0.5, 2.2895), (0.25, 2.083)])
def test_one_constant_for_three_looks_is_the_published_one(delta_and_last: tuple[float, float]) -> None:
    # Jennison & Turnbull 2000, tables 2.1, 2.3 and 2.9, two-sided 5%.
    delta, last = delta_and_last
    assert wang_tsiatis_bounds([1, 2, 3], delta=delta).critical_values[-1] == pytest.approx(last, abs=6e-4)


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("alpha", [0.01, 0.3])
@pytest.mark.parametrize(
    "rule",
    [
        {"spending": "obf"},
        {"spending": "pocock"},
        {"spending": "kim-demets", "gamma": 1.5},
        {"spending": "hwang-shih-decani", "gamma": -4},
        {"spending": "hwang-shih-decani", "gamma": 0},
    ],
    ids=lambda rule: f"{rule['spending']} {rule.get('gamma', '')}",
)
def test_unequal_looks_spend_what_a_multivariate_integral_says(rule: dict[str, Any], alpha: float, sides: Any) -> None:
    bounds = spending_bounds([0.15, 0.5, 0.62, 1], alpha=alpha, sides=sides, **rule)
    assert bounds.cumulative_alpha[-1] == pytest.approx(alpha, rel=1e-12)
    assert 1 - stays_inside(bounds) == pytest.approx(alpha, abs=INTEGRAL)


@pytest.mark.parametrize("drift", [0.0, 1.0, -2.0, 3.3])
@pytest.mark.parametrize("sides", [1, 2])
def test_crossing_under_a_drift_is_the_multivariate_integral(drift: float, sides: Any) -> None:
    bounds = spending_bounds([0.3, 0.4, 0.9], sides=sides)
    crossed = crossing_probabilities(bounds, drift)
    assert sum(crossed.upper) + sum(crossed.lower) == pytest.approx(1 - stays_inside(bounds, drift), abs=INTEGRAL)
    assert crossed.power == pytest.approx(sum(crossed.upper))
    if sides == 1:
        assert sum(crossed.lower) == 0


def test_swapping_arms_swaps_the_boundaries() -> None:
    bounds = spending_bounds([0.2, 0.5, 1])
    there, back = crossing_probabilities(bounds, 1.7), crossing_probabilities(bounds, -1.7)
    assert there.upper == pytest.approx(back.lower, rel=1e-10)
    assert there.expected_information == pytest.approx(back.expected_information, rel=1e-12)


def test_without_an_effect_the_looks_spend_what_they_say() -> None:
    bounds = spending_bounds(np.arange(1, 29) / 28)
    crossed = crossing_probabilities(bounds, 0.0)
    assert np.cumsum(np.add(crossed.upper, crossed.lower)) == pytest.approx(bounds.cumulative_alpha, abs=1e-10)


def test_one_look_is_the_ordinary_test() -> None:
    for bounds in (spending_bounds([1.0]), wang_tsiatis_bounds([7.0], delta=0.3), spending_bounds([0.4], final=True)):
        assert bounds.critical_values == pytest.approx((1.959963985,))
        assert bounds.cumulative_alpha == pytest.approx((0.05,))
    assert spending_bounds([1.0], sides=1).critical_values == pytest.approx((1.644853627,))
    assert detectable_drift(spending_bounds([1.0]), power=0.8) == pytest.approx(1.959964 + 0.841621, abs=1e-4)


def test_boundaries_do_not_depend_on_looks_to_come() -> None:
    three, five = spending_bounds([0.1, 0.5, 0.6]), spending_bounds([0.1, 0.5, 0.6, 0.61, 1])
    assert three.critical_values == pytest.approx(five.critical_values[:3], rel=1e-8)


def test_a_skipped_look_leaves_its_share_to_the_next() -> None:
    every, skipped = spending_bounds([0.25, 0.5, 0.75, 1]), spending_bounds([0.25, 0.75, 1])
    assert skipped.cumulative_alpha == pytest.approx((every.cumulative_alpha[0], *every.cumulative_alpha[2:]))
    assert skipped.critical_values[1] < every.critical_values[2]


def test_a_run_beyond_the_plan_spends_everything_and_no_more() -> None:
    over = spending_bounds([0.5, 1.2])
    assert over.cumulative_alpha[-1] == pytest.approx(0.05)
    assert 1 - stays_inside(over) == pytest.approx(0.05, abs=INTEGRAL)
    beyond = spending_bounds([0.5, 1.0, 1.2])
    assert beyond.critical_values[2] is None
    assert beyond.cumulative_alpha[2] == beyond.cumulative_alpha[1]
    assert crossing_probabilities(beyond, 1.0).upper[2] == 0


def test_an_end_before_the_plan_spends_what_is_left() -> None:
    early, final = spending_bounds([0.5, 0.9]), spending_bounds([0.5, 0.9], final=True)
    assert early.cumulative_alpha[-1] < 0.05
    assert final.cumulative_alpha[-1] == pytest.approx(0.05)
    assert 1 - stays_inside(final) == pytest.approx(0.05, abs=INTEGRAL)


@pytest.mark.parametrize("near", [1e-5, 2e-6])
def test_looks_near_each_other_are_still_integrated(near: float) -> None:
    bounds = spending_bounds([0.5, 0.5 * (1 + near), 1])
    without = spending_bounds([0.5, 1])
    crossed = crossing_probabilities(bounds, 0.0)
    assert sum(crossed.upper) + sum(crossed.lower) == pytest.approx(0.05, abs=1e-9)
    # Two looks at the same data are one look.
    assert bounds.critical_values[2] == pytest.approx(without.critical_values[1], abs=1e-3)


@pytest.mark.parametrize("first", [0.01, 0.05, 0.2])
def test_first_boundaries_far_out_are_as_exact_as_the_others(first: float) -> None:
    looks = (first, 1.1 * first)
    bounds = spending_bounds(looks, sides=1)
    (low, high), gain = bounds.upper(), math.sqrt(0.1 * first)

    def stays_then_crosses(z: float) -> float:
        return float(stats.norm.pdf(z) * stats.norm.sf((high * math.sqrt(looks[1]) - z * math.sqrt(first)) / gain))

    crossed, _ = integrate.quad(stays_then_crosses, low - 8, low, epsabs=0, epsrel=1e-10)
    second = bounds.cumulative_alpha[1] - bounds.cumulative_alpha[0]
    assert low > (19 if first == 0.01 else 4)
    assert crossed == pytest.approx(second, rel=1e-7)


def test_only_ratios_of_information_matter_for_one_constant() -> None:
    one, other = wang_tsiatis_bounds([1, 3, 4], delta=0.1), wang_tsiatis_bounds([0.25, 0.75, 1], delta=0.1)
    assert one.critical_values == pytest.approx(other.critical_values, rel=1e-9)


def test_the_detectable_drift_has_the_stated_power() -> None:
    for bounds in (spending_bounds([0.3, 1]), wang_tsiatis_bounds([1 / 3, 2 / 3, 1], delta=0, alpha=0.025, sides=1)):
        for power in (0.3, 0.8, 0.99):
            drift = detectable_drift(bounds, power=power)
            assert crossing_probabilities(bounds, drift).power == pytest.approx(power, abs=1e-9)


def test_simulated_paths_stop_where_the_recursion_says() -> None:
    information, drift, draws = np.array([0.2, 0.5, 0.6, 1.0]), 2.0, 200_000
    bounds = spending_bounds(information)
    steps = np.diff(information, prepend=0)
    noise = np.random.default_rng(11).normal(size=(draws, 4))
    z = np.cumsum(steps * drift + np.sqrt(steps) * noise, axis=1) / np.sqrt(information)
    up = z >= bounds.upper()
    first = np.where((up | (z <= bounds.lower())).any(axis=1), (up | (z <= bounds.lower())).argmax(axis=1), -1)
    shares = [np.mean((first == k) & up[:, k]) for k in range(4)]
    # 5 standard errors of a share.
    assert crossing_probabilities(bounds, drift).upper == pytest.approx(shares, abs=5 * math.sqrt(0.25 / draws))


def test_a_plan_survives_its_plain_form() -> None:
    for bounds in (spending_bounds([0.5, 1, 1.5]), wang_tsiatis_bounds([1, 2], delta=0.5, sides=1)):
        assert GroupSequentialBounds.from_json(bounds.to_json()) == bounds
    crossed = crossing_probabilities(spending_bounds([0.5, 1]), 1.0)
    assert type(crossed).from_dict(crossed.to_dict()) == crossed


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"information": []}, "positive numbers"),
        ({"information": [0.0, 1.0]}, "positive numbers"),
        ({"information": [0.5, math.nan]}, "positive numbers"),
        ({"information": [0.5, 0.5]}, "grow from look to look"),
        ({"information": [0.6, 0.5]}, "grow from look to look"),
        ({"alpha": 0.5}, "alpha must be"),
        ({"alpha": math.nan}, "alpha must be"),
        ({"sides": 3}, "sides must be 1 or 2"),
        ({"spending": "obrien"}, "no spending rule"),
        ({"spending": "kim-demets"}, "needs gamma"),
        ({"spending": "obf", "gamma": 2.0}, "takes no gamma"),
        ({"spending": "kim-demets", "gamma": 0.0}, "between 0 and 100"),
        ({"spending": "hwang-shih-decani", "gamma": -800.0}, "between -100 and 100"),
        ({"spending": "hwang-shih-decani", "gamma": math.nan}, "between -100 and 100"),
    ],
)
def test_plans_that_make_no_sense_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        spending_bounds(**({"information": [0.5, 1.0]} | change))


def test_powers_that_make_no_sense_are_refused() -> None:
    bounds = spending_bounds([0.5, 1])
    with pytest.raises(InputError, match="power must be"):
        detectable_drift(bounds, power=0.01)
    with pytest.raises(InputError, match="drift must be"):
        crossing_probabilities(bounds, math.inf)
    with pytest.raises(InputError, match="delta must be"):
        wang_tsiatis_bounds([0.5, 1], delta=math.nan)
    with pytest.raises(InputError, match="no power"):
        detectable_drift(spending_bounds([1e-4]))


@pytest.mark.slow
@pytest.mark.parametrize("spending", ["obf", "pocock"])
def test_28_daily_looks_keep_the_error(spending: Spending) -> None:
    draws, looks = 100_000, 28
    bounds = spending_bounds(np.arange(1, looks + 1) / looks, spending=spending)
    rng = np.random.default_rng(5)
    z = np.cumsum(rng.normal(size=(draws, looks)), axis=1) / np.sqrt(np.arange(1, looks + 1))
    share = (np.abs(z) >= bounds.upper()).any(axis=1).mean()
    assert share == pytest.approx(0.05, abs=3 * math.sqrt(0.05 * 0.95 / draws))
