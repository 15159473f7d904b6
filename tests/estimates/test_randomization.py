"""Randomisation tests of units and of pairs: every assignment by brute force, and draws near it."""

from __future__ import annotations

import itertools
import math
from importlib import import_module

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates.randomization import RandomizationTest, randomization_test, sign_flip_test

module = import_module("decision_widgets.estimates.randomization")


def brute_force(control: np.ndarray, treatment: np.ndarray) -> tuple[float, float, float]:
    pooled = np.concatenate([control, treatment])
    observed, scale = treatment.mean() - control.mean(), np.abs(pooled).max()
    drawn = []
    for chosen in itertools.combinations(range(len(pooled)), len(treatment)):
        inside = np.isin(np.arange(len(pooled)), chosen)
        drawn.append(pooled[inside].mean() - pooled[~inside].mean())
    d, e = np.array(drawn), 1e-10 * scale
    return (
        float((np.abs(d) >= abs(observed) - e).mean()),
        float((d >= observed - e).mean()),
        float((d <= observed + e).mean()),
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("n_control", "n_treatment"), [(5, 5), (7, 3), (2, 8), (1, 9), (9, 1), (6, 5)])
def test_enumerated_assignments_give_what_brute_force_gives(n_control: int, n_treatment: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 4, 11) / 10 if seed % 2 else rng.normal(size=11)  # the first with many ties
    control, treatment = values[:n_control], values[n_control : n_control + n_treatment]
    test = randomization_test(control, treatment)
    assert test.enumerated
    assert test.n_draws == math.comb(n_control + n_treatment, n_treatment)
    assert test.effect == pytest.approx(treatment.mean() - control.mean(), rel=1e-12)
    got = test.p_value, test.p_value_greater, test.p_value_less
    assert got == pytest.approx(brute_force(control, treatment), rel=1e-12)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("n", [1, 2, 5, 10])
def test_enumerated_signs_give_what_brute_force_gives(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.integers(-3, 4, n) / 10 if seed % 2 else rng.normal(size=n)
    values[0] = 0.3
    sums = np.array([np.dot(signs, values) for signs in itertools.product([1, -1], repeat=n)])
    test, e = sign_flip_test(values), 1e-10
    assert test.n_draws == 2**n
    assert test.p_value == pytest.approx((np.abs(sums) >= abs(values.sum()) - e).mean(), rel=1e-12)
    assert test.p_value_greater == pytest.approx((sums >= values.sum() - e).mean(), rel=1e-12)
    assert test.p_value_less == pytest.approx((sums <= values.sum() + e).mean(), rel=1e-12)


def test_level_and_unit_do_not_matter_and_swapping_arms_flips_the_sign() -> None:
    rng = np.random.default_rng(1)
    control, treatment = rng.integers(0, 5, 6), rng.integers(1, 6, 5)
    test = randomization_test(control, treatment)
    for move in (lambda v: 1e9 + v, lambda v: 1e-12 * v, lambda v: 1e12 * v):
        moved = randomization_test(move(control), move(treatment))
        assert moved.p_value == test.p_value
        assert moved.p_value_greater == test.p_value_greater
    swapped = randomization_test(treatment, control)
    assert (swapped.effect, swapped.p_value) == (-test.effect, test.p_value)
    assert (swapped.p_value_greater, swapped.p_value_less) == (test.p_value_less, test.p_value_greater)
    flips = sign_flip_test([0.1, 0.2, -0.3, 0.4])
    assert sign_flip_test([1e-12, 2e-12, -3e-12, 4e-12]).p_value == flips.p_value


def test_random_draws_come_near_the_enumerated_p() -> None:
    rng = np.random.default_rng(2)
    control, treatment = rng.normal(size=9), rng.normal(0.8, 1, 8)
    exact, drawn = randomization_test(control, treatment, draws=10**6), randomization_test(control, treatment)
    assert exact.enumerated
    assert not drawn.enumerated
    assert drawn.n_draws == 9_999
    values = rng.normal(0.4, 1, 16)
    flips = sign_flip_test(values, draws=10**6), sign_flip_test(values)
    for whole, some in ((exact, drawn), flips):
        for name in ("p_value", "p_value_greater", "p_value_less"):
            p = getattr(whole, name)
            assert getattr(some, name) == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / 9_999) + 1e-4)


def test_the_smaller_arm_is_drawn_on_either_side() -> None:
    rng = np.random.default_rng(3)
    few, many = rng.normal(1, 1, 4), rng.normal(size=40)
    one, other = randomization_test(many, few), randomization_test(few, many)
    exact = randomization_test(many, few, draws=10**6)
    assert exact.p_value_greater < 0.2 < exact.p_value_less
    for drawn in (one.p_value_greater, other.p_value_less):
        assert drawn == pytest.approx(exact.p_value_greater, abs=0.02)  # 5 Monte-Carlo errors


def test_the_seed_decides_and_batches_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=40)
    one, same, other = (randomization_test(values[:20], values[20:], seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one.p_value != other.p_value
    monkeypatch.setattr(module, "BATCH", 4_000)
    assert randomization_test(values[:20], values[20:], seed=1) == one


def test_huge_enumerations_are_counted_without_being_formed() -> None:
    rng = np.random.default_rng(5)
    test = randomization_test(rng.normal(size=16), rng.normal(size=16), draws=10**9)
    assert test.n_draws == math.comb(32, 16)
    assert sign_flip_test(rng.normal(size=30), draws=2**30).n_draws == 2**30


def test_the_false_positive_rate_is_exact_with_six_units() -> None:
    values = np.array([0.0, 1.0, 3.0, 7.0, 15.0, 31.0])
    p = [
        randomization_test(np.delete(values, chosen), values[list(chosen)]).p_value
        for chosen in itertools.combinations(range(6), 3)
    ]
    for level in (0.1, 0.2, 0.5):
        assert np.mean(np.array(p) <= level + 1e-12) == pytest.approx(level)


def test_a_result_survives_its_plain_form() -> None:
    test = randomization_test([1, 2, 3], [4, 5, 9])
    assert RandomizationTest.from_dict(test.to_dict()) == test


def test_bad_input_is_refused() -> None:
    with pytest.raises(InputError, match="treatment must hold one number per unit"):
        randomization_test([1, 2], [])
    with pytest.raises(InputError, match="control must be finite"):
        randomization_test([1, math.nan], [1, 2])
    with pytest.raises(InputError, match="same outcome"):
        randomization_test([1, 1], [1, 1])
    with pytest.raises(InputError, match="at least 99 draws; got 98"):
        randomization_test([1, 2], [3, 4], draws=98)
    with pytest.raises(InputError, match="at least 99 draws; got 0"):
        sign_flip_test([1, 2], draws=0)
    with pytest.raises(InputError, match="Every difference is 0"):
        sign_flip_test([0, 0])
    with pytest.raises(InputError, match="differences must hold"):
        sign_flip_test([[1, 2]])


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("draws", [999, 99])
def test_ties_are_ties_whatever_the_level_of_the_outcomes(seed: int, draws: int) -> None:
    rng = np.random.default_rng(seed)
    control, treatment = rng.integers(0, 6, 6) / 10, rng.integers(0, 8, 6) / 10
    near, far = (randomization_test(control + a, treatment + a, draws=draws) for a in (0.0, 1e9))
    assert (near.p_value, near.p_value_greater, near.p_value_less) == (
        far.p_value, far.p_value_greater, far.p_value_less,
    )  # fmt: skip
    near, far = (sign_flip_test((treatment + a) - (control + a), draws=draws) for a in (0.0, 1e9))
    assert (near.p_value, near.p_value_greater, near.p_value_less) == (
        far.p_value, far.p_value_greater, far.p_value_less,
    )  # fmt: skip
