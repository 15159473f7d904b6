"""The sample ratio against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import sample_ratio


@pytest.mark.parametrize(
    ("counts", "shares"),
    [((821588, 815482), (0.5, 0.5)), ((21307, 21387, 21306), (1 / 3, 1 / 3, 1 / 3)), ((900, 80, 120), (8, 1, 1))],
)
def test_pearsons_statistic_is_scipys(counts: tuple[int, ...], shares: tuple[float, ...]) -> None:
    scipys = stats.chisquare(counts, sum(counts) * np.array(shares) / sum(shares))
    ours = sample_ratio(counts, shares)
    assert (ours.statistic, ours.p_value) == pytest.approx((scipys.statistic, scipys.pvalue), rel=1e-10)
    assert ours.method == "chi-square"


@pytest.mark.parametrize(("a", "b"), [(0, 7), (3, 5), (1, 8)])
def test_few_participants_get_the_exact_binomial(a: int, b: int) -> None:
    ours = sample_ratio([a, b], [0.5, 0.5])
    assert ours.method == "exact multinomial"
    assert ours.p_value == pytest.approx(stats.binomtest(a, a + b, 0.5).pvalue, rel=1e-9)


def test_the_exact_p_value_of_unequal_shares_is_the_binomials() -> None:
    ours = sample_ratio([2, 38], [0.02, 0.98])
    assert ours.p_value == pytest.approx(stats.binomtest(2, 40, 0.02).pvalue, rel=1e-9)


def test_too_many_outcomes_are_drawn_and_the_same_each_time() -> None:
    counts, shares = [2, 500, 498, 2], [0.002, 0.499, 0.497, 0.002]
    one, again = sample_ratio(counts, shares), sample_ratio(counts, shares)
    assert one.method == "simulated multinomial"
    assert one == again
    assert 0.5 < one.p_value <= 1


def test_the_order_of_arms_does_not_matter() -> None:
    there, back = sample_ratio([30, 50, 60], [0.2, 0.4, 0.4]), sample_ratio([60, 50, 30], [0.4, 0.4, 0.2])
    assert there.p_value == pytest.approx(back.p_value, rel=1e-12)


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ([1], [1.0]),
        ([1, 2], [0.5, 0.3, 0.2]),
        ([0, 0], [0.5, 0.5]),
        ([-1, 5], [0.5, 0.5]),
        ([5, 5], [0.5, 0.0]),
        ([5, 5], [0.5, float("nan")]),
        ([5.5, 5], [0.5, 0.5]),
        ([5, 5], [0.5, 0.6]),
        ([5, 5], [0.5, 0.49]),
        ([5, 5], [1.5, 1.5]),
    ],
)
def test_counts_and_shares_that_make_no_sense_are_refused(counts: list[int], shares: list[float]) -> None:
    with pytest.raises(InputError):
        sample_ratio(counts, shares)


def test_whole_numbers_are_shares_in_proportion_and_rounded_shares_are_taken() -> None:
    assert sample_ratio([30, 50, 60], [1, 2, 2]) == sample_ratio([30, 50, 60], [20, 40, 40])
    assert sample_ratio([30, 50, 60], [1, 2, 2]).p_value == sample_ratio([30, 50, 60], [0.2, 0.4, 0.4]).p_value
    third = sample_ratio([30, 50, 60], [0.3333333, 0.3333333, 0.3333333])
    assert third.expected == pytest.approx([140 / 3] * 3)
