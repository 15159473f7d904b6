"""The paired t-test against scipy, and its laws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import PairedDifference, paired_t

RNG = np.random.default_rng(5)
BEFORE = RNG.lognormal(0, 1, 41)
AFTER = BEFORE + RNG.normal(0.2, 0.5, 41)


@pytest.mark.parametrize("alpha", [0.05, 0.2, 0.001])
def test_the_test_is_scipys(alpha: float) -> None:
    ours, scipys = paired_t(BEFORE, AFTER, alpha=alpha), stats.ttest_rel(AFTER, BEFORE)
    interval = scipys.confidence_interval(1 - alpha)
    assert (ours.statistic, ours.p_value) == pytest.approx((scipys.statistic, scipys.pvalue), rel=1e-10)
    assert (ours.effect_lower, ours.effect_upper) == pytest.approx((interval.low, interval.high), rel=1e-10)
    assert (ours.df, ours.n_pairs) == (40, 41)


def test_swapping_the_sides_flips_the_sign() -> None:
    there, back = paired_t(BEFORE, AFTER), paired_t(AFTER, BEFORE)
    assert (back.effect, back.statistic) == (-there.effect, -there.statistic)
    assert (back.effect_lower, back.effect_upper) == (-there.effect_upper, -there.effect_lower)
    assert back.p_value == there.p_value


@pytest.mark.parametrize("scale", [1e-160, 1e-3, 1e200])
def test_the_unit_does_not_change_the_test(scale: float) -> None:
    one, other = paired_t(BEFORE, AFTER), paired_t(scale * BEFORE, scale * AFTER)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-10)
    assert other.std_error == pytest.approx(scale * one.std_error, rel=1e-10, abs=0)


def test_what_a_pair_shares_does_not_matter() -> None:
    shared = RNG.integers(0, 50, 41)  # whole numbers, so that differences keep their digits
    one, other = paired_t(BEFORE, AFTER), paired_t(BEFORE + shared, AFTER + shared)
    assert other.statistic == pytest.approx(one.statistic, rel=1e-10)


@pytest.mark.parametrize("control", [[1.0, 2.0, 3.0], [0.1, 0.2, 0.3], [1e9, 2e9 + 0.1, 3e9]])
def test_pairs_that_all_differ_by_the_same_amount_cannot_be_tested(control: list[float]) -> None:
    with pytest.raises(CannotEstimate, match=r"All 3 pairs differ by 0\.(1|0999)") as refusal:
        paired_t(control, np.add(control, 0.1))
    assert (refusal.value.code, refusal.value.facts["n"]) == ("E_NO_VARIATION", 3)


@pytest.mark.parametrize(
    ("control", "treatment", "reason"),
    [
        ([1.0], [2.0], "at least 2 pairs; got 1"),
        ([], [], "at least 2 pairs; got 0"),
        ([1.0, 2.0], [1.0], "equal length; got 2 and 1"),
        ([1.0, np.nan], [1.0, 2.0], "1 of 2 lack one"),
        ([1.0, 2.0], [np.inf, 2.0], "1 of 2 lack one"),
        ([[1.0, 2.0]], [[2.0, 3.0]], r"array of shape \(1, 2\)"),
        (["a", "b"], [1.0, 2.0], "control must hold numbers"),
    ],
)
def test_what_is_not_paired_is_refused(control: list[float], treatment: list[float], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        paired_t(control, treatment)


@pytest.mark.parametrize("alpha", [0, 1, 5, -0.1, float("nan"), "5%"])
def test_alpha_is_a_share(alpha: float) -> None:
    with pytest.raises(InputError, match="alpha must be a number between 0 and 1"):
        paired_t(BEFORE, AFTER, alpha=alpha)


def test_the_record_survives_its_plain_form() -> None:
    answer = paired_t(BEFORE, AFTER)
    assert PairedDifference.from_json(answer.to_json()) == answer


def test_the_interval_covers_as_often_as_it_says() -> None:
    differences = np.random.default_rng(1).normal(0.3, 2, (2_000, 12))
    answers = [paired_t(np.zeros(12), row, alpha=0.1) for row in differences]
    covered = np.mean([answer.effect_lower <= 0.3 <= answer.effect_upper for answer in answers])
    assert covered == pytest.approx(0.9, abs=3 * np.sqrt(0.9 * 0.1 / 2_000))
