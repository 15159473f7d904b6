"""Two-sample tests against scipy, and their laws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import MeanDifference, ratio_difference, student_t, welch_t
from decision_widgets.moments import Moments

RNG = np.random.default_rng(3)
CONTROL, TREATMENT = RNG.lognormal(0, 1, 57), RNG.lognormal(0.2, 1.2, 203)


def of(y: np.ndarray) -> Moments:
    return Moments.of({"y": y})


@pytest.mark.parametrize(("ours", "equal_var"), [(welch_t, False), (student_t, True)])
def test_the_tests_are_scipys(ours: object, equal_var: bool) -> None:
    answer: MeanDifference = ours(of(CONTROL), of(TREATMENT))
    scipys = stats.ttest_ind(TREATMENT, CONTROL, equal_var=equal_var)
    interval = scipys.confidence_interval(0.95)
    assert answer.statistic == pytest.approx(scipys.statistic, rel=1e-11)
    assert answer.df == pytest.approx(scipys.df, rel=1e-11)
    assert answer.p_value == pytest.approx(scipys.pvalue, rel=1e-9)
    assert (answer.effect_lower, answer.effect_upper) == pytest.approx((interval.low, interval.high), rel=1e-10)


def test_an_interval_at_another_level_is_the_test_at_that_level() -> None:
    one, other = welch_t(of(CONTROL), of(TREATMENT)), welch_t(of(CONTROL), of(TREATMENT), alpha=0.01)
    assert one.interval(one.quantile(0.01)) == pytest.approx((other.effect_lower, other.effect_upper), rel=1e-12)


@pytest.mark.parametrize("scale", [1e-120, 1e-3, 1e90])
def test_the_unit_does_not_change_the_test(scale: float) -> None:
    one, other = welch_t(of(CONTROL), of(TREATMENT)), welch_t(of(scale * CONTROL), of(scale * TREATMENT))
    assert (other.statistic, other.df) == pytest.approx((one.statistic, one.df), rel=1e-9)
    assert other.effect == pytest.approx(scale * one.effect, rel=1e-9, abs=0)


def test_constant_values_cannot_be_tested() -> None:
    with pytest.raises(InputError, match="values that vary"):
        welch_t(of(np.ones(5)), of(np.full(5, 2.0)))


def test_one_constant_arm_leaves_the_degrees_of_freedom_of_the_other() -> None:
    assert welch_t(of(np.ones(5)), of(TREATMENT)).df == pytest.approx(len(TREATMENT) - 1, rel=1e-12)


def test_one_value_has_no_test() -> None:
    with pytest.raises(InputError, match="at least 2 rows"):
        welch_t(of(np.ones(1)), of(TREATMENT))
    with pytest.raises(InputError, match="at least 3 values"):
        student_t(of(np.ones(1)), of(np.ones(1)))


def test_a_ratio_with_denominator_one_is_welch_with_normal_quantiles() -> None:
    arms = [Moments.of({"n": y, "d": np.ones(len(y))}) for y in (CONTROL, TREATMENT)]
    ratio, welch = ratio_difference(*arms), welch_t(of(CONTROL), of(TREATMENT))
    assert (ratio.effect, ratio.std_error) == pytest.approx((welch.effect, welch.std_error), rel=1e-11)
    assert ratio.df is None
    assert ratio.p_value == pytest.approx(2 * stats.norm.sf(abs(ratio.statistic)), rel=1e-11)


def test_a_ratio_over_nothing_is_refused() -> None:
    nothing = Moments.of({"n": [1.0, 2.0], "d": [0.0, 0.0]})
    with pytest.raises(InputError, match="denominator"):
        ratio_difference(nothing, nothing)
