"""What a split costs against the best one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from decision_widgets.errors import InputError
from decision_widgets.estimates import Allocation, allocation


@pytest.mark.parametrize("p", [0.5, 0.1, 0.9, 0.99])
def test_two_arms_have_the_efficiency_4p1p(p: float) -> None:
    answer = allocation([p, 1 - p])
    assert answer.efficiency == pytest.approx(4 * p * (1 - p), rel=1e-12)
    assert answer.efficiency * answer.sample_factor == pytest.approx(1.0)
    assert answer.best_control_share == 0.5


@pytest.mark.parametrize("k", [1, 2, 3, 7])
def test_the_best_split_cannot_be_improved(k: int) -> None:
    best = allocation([1.0] * (k + 1)).best_control_share
    assert best / ((1 - best) / k) == pytest.approx(k**0.5, rel=1e-12)
    assert allocation([best, *[(1 - best) / k] * k]).efficiency == pytest.approx(1.0, rel=1e-12)
    rng = np.random.default_rng(k)
    for shares in rng.dirichlet(np.ones(k + 1), 50):
        assert allocation(shares).efficiency <= 1.0
    found = optimize.minimize_scalar(lambda s: 1 / s + k / (1 - s), bounds=(0.01, 0.99), method="bounded")
    assert found.x == pytest.approx(best, abs=1e-4)


def test_all_pairs_want_equal_arms_and_the_two_smallest_decide() -> None:
    assert allocation([1, 1, 1], compare="all").efficiency == pytest.approx(1.0)
    answer = allocation([0.9, 0.05, 0.05], compare="all")
    assert answer.sample_factor == pytest.approx((1 / 0.05 + 1 / 0.05) / 6, rel=1e-12)
    assert answer.best_control_share == pytest.approx(1 / 3)
    assert Allocation.from_dict(answer.to_dict()) == answer


def test_shares_count_in_proportion() -> None:
    assert allocation([90, 5, 5]).efficiency == pytest.approx(allocation([0.9, 0.05, 0.05]).efficiency, rel=1e-12)


@pytest.mark.parametrize("shares", [[1.0], [0.5, 0.0], [0.5, -0.5], [0.5, float("nan")], [], [[0.5, 0.5]]])
def test_what_is_no_split_is_refused(shares: list[float]) -> None:
    with pytest.raises(InputError, match="positive share for each of at least 2 arms"):
        allocation(shares)


@pytest.mark.parametrize("shares", [[0.5, 0.6], [0.5, 0.25], [0.5, 1.5]])
def test_fractions_that_do_not_sum_to_1_are_refused(shares: list[float]) -> None:
    with pytest.raises(InputError, match="Shares sum to 1, or are whole numbers in proportion; these sum to"):
        allocation(shares)


def test_an_unknown_comparison_is_refused() -> None:
    with pytest.raises(InputError, match="'control' or 'all'; got 'best'"):
        allocation([1, 1], compare="best")
