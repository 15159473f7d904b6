"""Whether a covariate is the same in every arm."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import balance_p
from decision_widgets.moments import Moments

NOMINAL = 0.001


def p_of(*arms: np.ndarray) -> float:
    together = np.concatenate(arms)
    return balance_p(
        [Moments.of({"x": x}) for x in arms], skewness=float(stats.skew(together)) if np.ptp(together) else 0.0
    )


def test_it_is_near_the_test_that_goes_through_every_split() -> None:
    rng = np.random.default_rng(3)
    for _ in range(5):
        x = rng.exponential(size=14)
        means = [x[list(part)].mean() for part in combinations(range(14), 6)]
        above = np.mean(np.array(means) >= x[:6].mean() - 1e-12)
        exact = 2 * min(above, 1 - above + 1 / len(means))
        assert p_of(x[:6], x[6:]) == pytest.approx(min(1, exact), abs=0.06)


def test_many_normal_values_give_the_t_test() -> None:
    rng = np.random.default_rng(4)
    one, other = rng.normal(0, 1, 4000), rng.normal(0.08, 1, 4000)
    assert p_of(one, other) == pytest.approx(stats.ttest_ind(one, other).pvalue, rel=0.03)


def test_order_level_and_unit_do_not_matter() -> None:
    rng = np.random.default_rng(5)
    one, other = rng.exponential(size=30), rng.exponential(size=90)
    p = p_of(one, other)
    assert p_of(other, one) == pytest.approx(p, rel=1e-9)
    assert p_of(1e4 + 100 * one, 1e4 + 100 * other) == pytest.approx(p, rel=1e-6)
    assert p_of(-one, -other) == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize(("small", "large"), [(100, 900), (900, 100), (500, 4500)])
@pytest.mark.parametrize("sigma", [1.5, 2.0])
def test_skewed_values_in_unequal_arms_keep_the_level(small: int, large: int, sigma: float) -> None:
    """Welch rejects 0.9% to 2.2% of these at 0.1%."""
    rng = np.random.default_rng(int(small + 10 * sigma))
    runs = 1_000 if small + large > 2_000 else 3_000
    x = np.exp(sigma * rng.standard_normal((runs, small + large)))
    rejected = sum(p_of(row[:small], row[small:]) < NOMINAL for row in x)
    assert rejected <= runs * NOMINAL + 4 * math.sqrt(runs * NOMINAL)


def test_rare_events_keep_the_level_where_welch_rejects_a_tenth() -> None:
    rng = np.random.default_rng(8)
    x = (rng.random((2_000, 1_000)) < 0.01).astype(float)
    assert sum(p_of(row[:100], row[100:]) < NOMINAL for row in x) <= 6


@pytest.mark.parametrize(("n", "shift"), [((200, 200), 0.6), ((100, 900), 0.6), ((900, 100), 0.6)])
def test_a_covariate_that_the_treatment_moves_is_found(n: tuple[int, int], shift: float) -> None:
    rng = np.random.default_rng(9)
    found = [p_of(rng.normal(0, 1, n[0]), rng.normal(shift, 1, n[1])) < NOMINAL for _ in range(100)]
    assert np.mean(found) > 0.95


def test_three_arms_are_compared_each_with_the_others() -> None:
    rng = np.random.default_rng(10)
    a, b, c = (rng.normal(0, 1, 80) for _ in range(3))
    assert p_of(a, b, c) > 0.01
    assert p_of(a, b, c + 1) < 1e-6
    runs = rng.exponential(size=(2_000, 3, 60))
    assert sum(p_of(*row) < 0.05 for row in runs) <= 0.065 * 2_000


def test_constants_are_equal_or_differ_as_surely_as_their_number_allows() -> None:
    zero, one = np.zeros(50), np.ones(50)
    assert p_of(zero + 0.1, zero + 0.1) == 1
    assert p_of(zero, one) < 1e-20
    assert p_of(zero, np.random.default_rng(1).normal(5, 1, 50)) < 1e-15
    assert p_of(zero, np.append(zero[1:], 1.0)) > 0.3
    assert p_of(zero[:2], one[:2]) > NOMINAL


def test_what_cannot_be_compared_is_refused() -> None:
    arm = Moments.of({"x": [1.0, 2.0]})
    for arms, skewness in (([arm], 0.0), ([arm, arm], math.nan)):
        with pytest.raises(InputError, match="two arms and a finite skewness"):
            balance_p(arms, skewness=skewness)
