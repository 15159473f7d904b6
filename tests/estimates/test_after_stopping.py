"""After a stop: the corrected effect, interval and p-value keep their promises."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import StoppedEstimate, after_stopping, crossing_probabilities, spending_bounds


def test_without_earlier_looks_it_is_the_ordinary_answer() -> None:
    for looks in ([1.0], [0.3]):
        stopped = after_stopping(spending_bounds(looks, final=True), effect=2.0, std_error=0.8)
        assert stopped.effect == pytest.approx(2.0)
        assert (stopped.effect_lower, stopped.effect_upper) == pytest.approx((2 - 1.959964 * 0.8, 2 + 1.959964 * 0.8))
        assert stopped.p_value == pytest.approx(2 * stats.norm.sf(2.5))


def test_a_stop_at_the_first_look_is_the_ordinary_answer() -> None:
    stopped = after_stopping(spending_bounds([0.25]), effect=9.0, std_error=2.0)
    assert stopped.effect == pytest.approx(9.0)
    assert stopped.p_value == pytest.approx(2 * stats.norm.sf(4.5))


def test_the_p_value_of_a_boundary_is_the_error_spent() -> None:
    looks = [0.25, 0.5, 0.75, 1.0]
    for k in range(1, 5):
        bounds = spending_bounds(looks[:k])
        value = bounds.critical_values[-1]
        assert value is not None
        stopped = after_stopping(bounds, effect=value, std_error=1.0)
        assert stopped.p_value == pytest.approx(bounds.cumulative_alpha[-1], rel=1e-8)


def test_limits_and_estimate_solve_their_equations() -> None:
    bounds = spending_bounds([0.4, 0.7, 1.1])
    effect, std_error = 3.1, 1.2
    stopped = after_stopping(bounds, effect=effect, std_error=std_error)
    t = bounds.information[-1]
    for value, share in ((stopped.effect_lower, 0.025), (stopped.effect, 0.5), (stopped.effect_upper, 0.975)):
        drift = value / (std_error * math.sqrt(t))
        earlier = crossing_probabilities(bounds, drift).upper[:-1]
        steps = stats.multivariate_normal(
            mean=drift * np.sqrt([0.4, 0.7, 1.1]),
            cov=[[math.sqrt(min(a, b) / max(a, b)) for a in (0.4, 0.7, 1.1)] for b in (0.4, 0.7, 1.1)],
        )
        last = steps.cdf(
            [*bounds.upper()[:2], math.inf],
            lower_limit=[*bounds.lower()[:2], effect / std_error],
            rng=np.random.default_rng(1),
        )
        assert sum(earlier) + last == pytest.approx(share, abs=5e-5)


@pytest.mark.parametrize("sides", [1, 2])
def test_p_value_interval_and_boundary_agree(sides: int) -> None:
    bounds = spending_bounds([0.3, 0.6, 1.0], sides=sides)
    value = bounds.critical_values[-1]
    assert value is not None
    for z in (value - 0.01, value + 0.01):
        stopped = after_stopping(bounds, effect=z, std_error=1.0)
        assert (stopped.p_value < 0.05) == (stopped.effect_lower > 0) == (z > value)


def test_a_stop_for_size_is_shrunk() -> None:
    bounds = spending_bounds([0.5, 0.75, 1.0])
    stopped = after_stopping(bounds, effect=2.1, std_error=1.0)
    assert 0 < stopped.effect < stopped.naive_effect


def test_swapping_arms_flips_the_signs() -> None:
    bounds = spending_bounds([0.5, 0.8])
    there = after_stopping(bounds, effect=2.6, std_error=0.9)
    back = after_stopping(bounds, effect=-2.6, std_error=0.9)
    assert back.effect == pytest.approx(-there.effect)
    assert (back.effect_lower, back.effect_upper) == pytest.approx((-there.effect_upper, -there.effect_lower))
    assert back.p_value == pytest.approx(there.p_value)


def test_another_unit_scales_the_answer() -> None:
    bounds = spending_bounds([0.5, 0.8])
    one = after_stopping(bounds, effect=2.6, std_error=0.9)
    other = after_stopping(bounds, effect=2600.0, std_error=900.0)
    assert other.effect_lower == pytest.approx(1000 * one.effect_lower)
    assert other.p_value == pytest.approx(one.p_value)


@pytest.mark.parametrize("z", [0.0, 25.0, -25.0])
def test_no_effect_and_a_huge_one_have_answers(z: float) -> None:
    stopped = after_stopping(spending_bounds([0.1, 0.9, 1.0]), effect=z, std_error=1.0)
    assert stopped.effect_lower < stopped.effect < stopped.effect_upper
    assert 0 < stopped.p_value <= 1


def test_an_answer_survives_its_plain_form() -> None:
    stopped = after_stopping(spending_bounds([0.5, 1]), effect=1.0, std_error=1.0)
    assert StoppedEstimate.from_dict(stopped.to_dict()) == stopped


@pytest.mark.parametrize(("effect", "std_error"), [(math.nan, 1.0), (1.0, 0.0), (1.0, -1.0), (math.inf, 1.0)])
def test_what_cannot_be_judged_is_refused(effect: float, std_error: float) -> None:
    with pytest.raises(InputError, match="finite effect and a positive standard error"):
        after_stopping(spending_bounds([0.5, 1]), effect=effect, std_error=std_error)


@pytest.mark.slow
@pytest.mark.parametrize("drift", [0.0, 1.5, 3.0])
def test_the_interval_covers_and_the_estimate_is_in_the_middle(drift: float) -> None:
    looks, draws = np.array([0.3, 0.6, 1.0]), 2_000
    steps = np.diff(looks, prepend=0)
    noise = np.random.default_rng(8).normal(size=(draws, 3))
    z = np.cumsum(steps * drift + np.sqrt(steps) * noise, axis=1) / np.sqrt(looks)
    bounds = [spending_bounds(looks[: k + 1]) for k in range(3)]
    stop = np.where((np.abs(z) >= bounds[2].upper()).any(axis=1), (np.abs(z) >= bounds[2].upper()).argmax(axis=1), 2)
    answers = [
        after_stopping(bounds[k], effect=z[i, k] / math.sqrt(looks[k]), std_error=1 / math.sqrt(looks[k]))
        for i, k in enumerate(stop)
    ]
    covered = np.mean([each.effect_lower <= drift <= each.effect_upper for each in answers])
    above = np.mean([each.effect > drift for each in answers])
    naive_above = np.mean([each.naive_effect > drift for each in answers])
    assert covered == pytest.approx(0.95, abs=3 * math.sqrt(0.05 * 0.95 / draws))
    assert above == pytest.approx(0.5, abs=3 * math.sqrt(0.25 / draws))
    if drift:
        assert naive_above > above
