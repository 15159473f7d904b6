"""Two one-sided tests against statsmodels, and their laws."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.weightstats import ttost_ind

from decision_widgets.errors import InputError
from decision_widgets.estimates import Equivalence, tost_welch, welch_t
from decision_widgets.moments import Moments

RNG = np.random.default_rng(8)
CONTROL, TREATMENT = RNG.normal(10, 2, 61), RNG.normal(10.2, 3, 143)


def of(y: np.ndarray) -> Moments:
    return Moments.of({"y": y})


@pytest.mark.parametrize(("lower", "upper"), [(-1.0, 1.0), (-0.3, 2.0), (-0.01, 0.01), (0.5, 4.0)])
def test_the_test_is_statsmodels(lower: float, upper: float) -> None:
    p, (t_lower, p_lower, df), (t_upper, p_upper, _) = ttost_ind(TREATMENT, CONTROL, lower, upper, usevar="unequal")
    ours = tost_welch(of(CONTROL), of(TREATMENT), margin_lower=lower, margin_upper=upper)
    assert (ours.statistic_lower, ours.statistic_upper) == pytest.approx((t_lower, t_upper), rel=1e-9)
    assert (ours.p_value_lower, ours.p_value_upper, ours.p_value) == pytest.approx((p_lower, p_upper, p), rel=1e-9)
    assert ours.df == pytest.approx(df, rel=1e-10)


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.1])
def test_the_interval_lies_within_the_margins_exactly_when_p_is_below_alpha(alpha: float) -> None:
    welch = welch_t(of(CONTROL), of(TREATMENT), alpha=2 * alpha)
    edge = max(-welch.effect_lower, welch.effect_upper)
    for margin, equivalent in ((1.001 * edge, True), (0.999 * edge, False)):
        ours = tost_welch(of(CONTROL), of(TREATMENT), margin_lower=-margin, margin_upper=margin, alpha=alpha)
        assert (ours.p_value < alpha) is equivalent
        assert (-margin < ours.effect_lower and ours.effect_upper < margin) is equivalent


def test_swapping_arms_mirrors_the_margins() -> None:
    there = tost_welch(of(CONTROL), of(TREATMENT), margin_lower=-0.5, margin_upper=1.5)
    back = tost_welch(of(TREATMENT), of(CONTROL), margin_lower=-1.5, margin_upper=0.5)
    assert back.effect == -there.effect
    assert back.p_value == pytest.approx(there.p_value, rel=1e-12)
    assert back.p_value_lower == pytest.approx(there.p_value_upper, rel=1e-12)


@pytest.mark.parametrize(
    ("lower", "upper", "alpha", "reason"),
    [
        (1.0, -1.0, 0.05, "margin_lower must be below margin_upper"),
        (1.0, 1.0, 0.05, "margin_lower must be below margin_upper"),
        (float("-inf"), 1.0, 0.05, "margin_lower must be a number"),
        (float("nan"), 1.0, 0.05, "margin_lower must be a number"),
        (-1.0, 1.0, 0.5, "alpha must be a number between 0 and 0.5"),
        (-1.0, 1.0, 5, "alpha must be a number between 0 and 0.5"),
    ],
)
def test_margins_that_make_no_sense_are_refused(lower: float, upper: float, alpha: float, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        tost_welch(of(CONTROL), of(TREATMENT), margin_lower=lower, margin_upper=upper, alpha=alpha)


def test_arms_that_do_not_vary_or_hold_one_value_are_refused() -> None:
    with pytest.raises(InputError, match="values that vary"):
        tost_welch(of(np.ones(5)), of(np.ones(5)), margin_lower=-1, margin_upper=1)
    with pytest.raises(InputError, match="at least 2 rows"):
        tost_welch(of(np.ones(1)), of(TREATMENT), margin_lower=-1, margin_upper=1)


def test_the_record_survives_its_plain_form() -> None:
    answer = tost_welch(of(CONTROL), of(TREATMENT), margin_lower=-1, margin_upper=1)
    assert Equivalence.from_json(answer.to_json()) == answer


def test_arms_that_differ_by_the_margin_are_called_equivalent_no_more_often_than_alpha() -> None:
    rng = np.random.default_rng(2)
    p_values = [
        tost_welch(of(rng.normal(0, 1, 40)), of(rng.normal(1, 2, 60)), margin_lower=-1, margin_upper=1).p_value
        for _ in range(2_000)
    ]
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 2_000))
