"""What an adjustment gained, and which estimate is kept."""

from __future__ import annotations

import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates.difference import MeanDifference, difference
from decision_widgets.estimates.variance_reduction import VarianceReduction, variance_reduction


def estimate(effect: float, std_error: float) -> MeanDifference:
    return difference(1.0, 1.0 + effect, std_error**2 / 2, std_error**2 / 2, df=None, alpha=0.05)


def test_half_the_variance_is_worth_as_many_units_again() -> None:
    gained = variance_reduction(estimate(1, 1), estimate(1.5, 2**0.5), std_error_shift=0.4, n_units=1_000)
    assert gained.variance_reduction == pytest.approx(0.5)
    assert gained.equivalent_extra_share == pytest.approx(1)
    assert gained.equivalent_extra_units == pytest.approx(1_000)
    assert gained.shift == pytest.approx(-0.5)
    assert (gained.kept, gained.shifted) == ("adjusted", False)
    assert VarianceReduction.from_json(gained.to_json()) == gained


def test_an_adjustment_that_costs_precision_is_not_kept() -> None:
    worse = estimate(1, 1.1), estimate(1, 1)
    lost = variance_reduction(*worse, std_error_shift=0.1, n_units=10)
    assert lost.variance_reduction == pytest.approx(1 - 1.21)
    assert lost.equivalent_extra_units < 0
    assert lost.kept == "unadjusted"
    assert variance_reduction(*worse, std_error_shift=0.1, n_units=10, same_effect=False).kept == "adjusted"


def test_more_than_three_errors_is_a_shift() -> None:
    moved = estimate(1, 1), estimate(1.31, 1)
    assert variance_reduction(*moved, std_error_shift=0.1, n_units=10).shifted
    assert not variance_reduction(*moved, std_error_shift=0.11, n_units=10).shifted
    assert not variance_reduction(estimate(1, 1), estimate(1 + 1e-12, 1), std_error_shift=0, n_units=10).shifted


def test_an_exact_fit_is_refused() -> None:
    with pytest.raises(InputError, match="reproduce the outcome exactly"):
        variance_reduction(estimate(1, 1e-9), estimate(1, 1), std_error_shift=1, n_units=10)
