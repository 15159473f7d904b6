"""Brown–Forsythe against scipy, and its laws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import SpreadComparison, levene
from decision_widgets.moments import Sample

RNG = np.random.default_rng(21)
ARMS = {
    "two": (RNG.normal(0, 1, 40), RNG.normal(5, 2, 71)),
    "three": (RNG.lognormal(0, 1, 30), RNG.lognormal(0, 1.2, 31), RNG.lognormal(1, 1, 90)),
    "counts": (RNG.poisson(2, 300), RNG.poisson(5, 200)),
    "one constant": (np.full(20, 3.0), RNG.normal(3, 1, 25)),
}
EVERY = pytest.mark.parametrize("arms", ARMS.values(), ids=list(ARMS))


def spread(arms: tuple[np.ndarray, ...]) -> SpreadComparison:
    return levene([Sample.of(arm) for arm in arms])


@EVERY
def test_the_test_is_scipys(arms: tuple[np.ndarray, ...]) -> None:
    ours, scipys = spread(arms), stats.levene(*arms, center="median")
    assert (ours.statistic, ours.p_value) == pytest.approx((scipys.statistic, scipys.pvalue), rel=1e-9)
    assert (ours.df, ours.df_within) == (len(arms) - 1, sum(map(len, arms)) - len(arms))
    assert ours.mean_deviations == pytest.approx([np.abs(arm - np.median(arm)).mean() for arm in arms], rel=1e-12)


@EVERY
@pytest.mark.parametrize("scale", [1e-150, 1e300])
def test_unit_order_and_shifts_of_arms_do_not_matter(arms: tuple[np.ndarray, ...], scale: float) -> None:
    one = spread(arms)
    assert spread(arms[::-1]).statistic == pytest.approx(one.statistic, rel=1e-10)
    assert spread(tuple(scale * arm for arm in arms)).statistic == pytest.approx(one.statistic, rel=1e-10)
    assert spread(tuple(arm + 8 * i for i, arm in enumerate(arms))).statistic == pytest.approx(one.statistic, rel=1e-9)


def test_arms_that_do_not_vary_cannot_be_compared() -> None:
    with pytest.raises(CannotEstimate) as refusal:
        spread((np.ones(5), np.full(6, 2.0)))
    assert refusal.value.code == "E_NO_VARIATION"


@pytest.mark.parametrize("low", [0.0, 0.1])
def test_units_that_are_all_equally_far_from_the_median_cannot_be_compared(low: float) -> None:
    two_values = np.array([low, low + 0.2, low, low + 0.2])
    with pytest.raises(InputError, match="equally far"):
        spread((two_values, two_values + 0.3))


def test_an_arm_needs_3_units() -> None:
    with pytest.raises(CannotEstimate, match="An arm has 2 units") as refusal:
        spread((np.array([1.0, 2.0]), np.arange(5.0)))
    assert (refusal.value.code, refusal.value.facts) == ("E_SMALL_N", {"n": 2})


@pytest.mark.parametrize("arms", [(), (np.arange(9.0),)])
def test_a_comparison_needs_two_arms(arms: tuple[np.ndarray, ...]) -> None:
    with pytest.raises(InputError, match="at least 2 arms"):
        spread(arms)


def test_the_record_survives_its_plain_form() -> None:
    answer = spread(ARMS["three"])
    assert SpreadComparison.from_json(answer.to_json()) == answer


def test_equal_spreads_are_rejected_as_often_as_alpha() -> None:
    rng = np.random.default_rng(13)
    p_values = np.array([spread((rng.normal(0, 2, 60), rng.normal(3, 2, 80))).p_value for _ in range(1_500)])
    assert (p_values < 0.05).mean() == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 1_500))
