"""Participants of one arm, reduced."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.moments import ArmMoments, arm_moments


def arm(m: np.ndarray, total: np.ndarray, shift: float = 0.0) -> ArmMoments:
    return arm_moments(m, total - shift * m, shift=shift, n_observations=int(m.sum()))


def a_gathering(seed: int = 1, n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    m = 1.0 + rng.poisson(4, n)
    return m, m * rng.normal(5, 1, n) + rng.normal(0, 3, n)


def test_the_level_is_total_over_weight() -> None:
    m, total = a_gathering()
    assert arm(m, total).level == pytest.approx(total.sum() / m.sum(), rel=1e-14)


def test_the_linearised_variance_is_its_formula() -> None:
    m, total = a_gathering()
    u = (total - total.sum() / m.sum() * m) / m.mean()
    assert arm(m, total).linearised_variance == pytest.approx((u**2).sum() / (len(m) - 1), rel=1e-12)


def test_the_shift_changes_nothing_but_digits() -> None:
    m, total = a_gathering()
    plain, shifted = arm(m, total), arm(m, total, shift=4.7)
    assert shifted.level == pytest.approx(plain.level, rel=1e-13)
    assert shifted.sums.adjusted_residual == pytest.approx(plain.sums.adjusted_residual, rel=1e-11)
    assert shifted.sums.q2 == plain.sums.q2
    assert shifted.skewness == pytest.approx(plain.skewness, rel=1e-9)


def test_a_variance_is_never_negative_when_the_shift_is_far_from_the_level() -> None:
    m = 1.0 + np.random.default_rng(2).poisson(400, 300)
    noise = 1e-9 * np.random.default_rng(3).normal(0, 1, 300)
    far = arm(m, 3.0 * m + noise, shift=-7.0)
    assert far.linearised_variance >= 0
    assert far.sums.residual >= 0


def test_participants_that_never_differ_have_variance_zero_exactly() -> None:
    m, _ = a_gathering()
    assert arm(m, 0.1 * m, shift=0.0317).sums.residual == 0


def test_one_participant_with_all_the_weight_is_said_to_be_incomplete() -> None:
    assert not arm(np.array([5.0, 0.0, 0.0]), np.array([3.0, 1.0, 2.0])).sums.complete


def test_participants_count_for_as_many_as_they_weigh_like() -> None:
    m, s = a_gathering()
    h = m / m.sum()
    assert arm(m, s).effective_participants == pytest.approx(1 / (h**2).sum(), rel=1e-12)
    assert arm(np.ones(30), np.arange(30.0)).effective_participants == pytest.approx(30)
    assert arm(np.array([5.0, 0.0, 0.0]), np.array([3.0, 1.0, 2.0])).effective_participants == pytest.approx(1)


def test_the_share_of_the_largest_is_of_squares() -> None:
    m = np.ones(200)
    total = np.zeros(200)
    total[0] = 1000.0
    assert arm(m, total).top_share > 0.99


def test_the_largest_are_one_percent() -> None:
    total = np.r_[np.full(20, 10.0), np.full(20, -10.0), np.zeros(360)]
    assert arm(np.ones(400), total).top_share == pytest.approx(4 / 40, rel=1e-12)


def test_skewness_is_of_participants() -> None:
    m = np.ones(5)
    total = np.array([0.0, 0.0, 0.0, 0.0, 5.0])
    u = total - 1.0
    assert arm(m, total).skewness == pytest.approx(np.mean(u**3) / np.mean(u**2) ** 1.5, rel=1e-12)


@pytest.mark.parametrize("m", [[0.0, 0.0], [1.0, -1.0, 3.0], [], [1.0, np.nan]])
def test_weights_that_make_no_level_are_refused(m: list[float]) -> None:
    with pytest.raises(InputError, match="finite, not negative, and not all 0"):
        arm_moments(np.array(m), np.ones(len(m)), shift=0.0, n_observations=3)


@pytest.mark.parametrize("small", [1.0, 1e-2, 1e-4])
def test_the_spread_of_the_variance_is_that_of_its_own_definition(small: float) -> None:
    m = np.array([1.0, small, small, small / 2])
    h = m / m.sum()
    q = np.array([Fraction(a) / (Fraction(m.sum()) * (1 - Fraction(a))) for a in h])
    v = [Fraction(a) * b for a, b in zip(h, q, strict=True)]
    exact = float(sum((a - b) ** 2 for a, b in zip(q, v, strict=True)) + sum(v) ** 2 - sum(b**2 for b in v))
    sums = arm_moments(m, np.arange(4.0), shift=0.0, n_observations=4).sums
    assert sums.estimable
    assert sums.spread == pytest.approx(exact, rel=1e-6)


def test_a_participant_who_is_nearly_alone_leaves_no_spread() -> None:
    sums = arm_moments(np.array([1, 1e-12, 1e-12]), np.array([1, 0.3, 0.4]), shift=0.0, n_observations=3).sums
    assert sums.complete
    assert not sums.estimable
