"""Many arms at once: the dense regression's algebra, Welch's analysis of variance, and their laws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.oneway import anova_oneway

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    ArmContrast,
    JointArmTest,
    SimultaneousDifference,
    adjust_p_values,
    all_pairs,
    arm_contrast,
    clustered_difference,
    clustered_ols,
    joint_arm_test,
    versus_control,
)
from decision_widgets.moments import ArmMoments, arm_moments


def one_row_each(values: np.ndarray, shift: float = 0.0) -> ArmMoments:
    return arm_moments(np.ones(len(values)), values - shift, shift=shift, observations=values - shift)


class Rows:
    """Unbalanced rows of participants in several arms."""

    def __init__(self, seed: int, sizes: Sequence[int], level: float = 10.0) -> None:
        rng = np.random.default_rng(seed)
        arm = np.repeat(np.arange(len(sizes)), sizes)
        count = 1 + rng.poisson(np.exp(rng.normal(0.5, 0.8, len(arm))))
        self.cluster = np.repeat(np.arange(len(arm)), count)
        self.arm = arm[self.cluster]
        self.y = level + 0.3 * self.arm + rng.normal(size=len(arm))[self.cluster] + rng.normal(size=len(self.arm))

    def of(self, arm: int) -> ArmMoments:
        rows = self.arm == arm
        _, codes = np.unique(self.cluster[rows], return_inverse=True)
        shift = float(self.y.mean())
        single = self.y[rows] - shift
        return arm_moments(
            np.bincount(codes).astype(float), np.bincount(codes, single), shift=shift, observations=single
        )

    def all(self) -> list[ArmMoments]:
        return [self.of(arm) for arm in range(int(self.arm.max()) + 1)]


ROWS = [pytest.param(Rows(1, (30, 40, 25)), id="three"), pytest.param(Rows(2, (4, 60, 9, 20)), id="few in control")]


@pytest.mark.parametrize("rows", ROWS)
def test_a_contrast_is_that_of_the_dense_cr2_regression(rows: Rows) -> None:
    arms = rows.all()
    k = len(arms)
    contrasts = [np.eye(k)[1] - np.eye(k)[0], np.eye(k)[2] - np.eye(k)[1], np.r_[-1.0, np.full(k - 1, 1 / (k - 1))]]
    for c in contrasts:
        # A design in which the contrast itself is the first coefficient: levels = c·β₁/|c|² + the rest.
        rest = np.linalg.svd(c[None])[2][1:].T
        design = np.column_stack([c / (c @ c), rest])[rows.arm]
        dense = clustered_ols(rows.y, design, rows.cluster)
        ours = arm_contrast(arms, c)
        assert ours.effect == pytest.approx(dense.coefficients[0], rel=1e-9)
        assert ours.std_error == pytest.approx(dense.std_error_cr2[0], rel=1e-9)
        assert ours.df == pytest.approx(dense.df_cr2[0], rel=1e-9)
        assert ours.p_value == pytest.approx(dense.p_value_cr2[0], rel=1e-8)


def test_two_arms_are_the_clustered_difference() -> None:
    control, treatment, _ = Rows(1, (30, 40, 25)).all()
    ours, pair = arm_contrast([control, treatment], (-1, 1)), clustered_difference(control, treatment)
    for name in ("effect", "std_error", "df", "statistic", "p_value", "effect_lower", "effect_upper"):
        assert getattr(ours, name) == pytest.approx(getattr(pair, name), rel=1e-10)
    assert ArmContrast.from_dict(ours.to_dict()) == ours


@pytest.mark.parametrize("rows", ROWS)
def test_the_wald_statistic_is_that_of_the_effects_and_their_covariance(rows: Rows) -> None:
    arms = rows.all()
    v = [arm.sums.adjusted_residual for arm in arms]
    beta = np.array([arm.level - arms[0].level for arm in arms[1:]])
    covariance = np.diag(v[1:]) + v[0]
    assert joint_arm_test(arms).wald == pytest.approx(beta @ np.linalg.solve(covariance, beta), rel=1e-9)


def test_one_row_each_is_welchs_analysis_of_variance() -> None:
    rng = np.random.default_rng(3)
    values = [rng.normal(0.3 * i, 1 + i, n) for i, n in enumerate((12, 30, 7, 20))]
    ours = joint_arm_test([one_row_each(each) for each in values])
    theirs = anova_oneway(values, use_var="unequal", welch_correction=True)
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.pvalue), rel=1e-9)
    assert (ours.df, ours.df_denominator) == pytest.approx(tuple(theirs.df), rel=1e-9)
    assert JointArmTest.from_dict(ours.to_dict()) == ours


def test_two_arms_are_a_squared_t() -> None:
    rng = np.random.default_rng(4)
    one, other = rng.normal(0, 1, 9), rng.normal(1, 3, 14)
    ours = joint_arm_test([one_row_each(one), one_row_each(other)])
    welch = stats.ttest_ind(other, one, equal_var=False)
    assert (ours.statistic, ours.df_denominator) == pytest.approx((welch.statistic**2, welch.df), rel=1e-9)
    assert ours.p_value == pytest.approx(welch.pvalue, rel=1e-9)


def test_the_joint_test_does_not_see_order_shift_or_unit() -> None:
    rows = Rows(5, (20, 30, 9, 15))
    want = joint_arm_test(rows.all())
    assert joint_arm_test(rows.all()[::-1]).statistic == pytest.approx(want.statistic, rel=1e-10)
    far = Rows(5, (20, 30, 9, 15), level=1e9)
    assert joint_arm_test(far.all()).statistic == pytest.approx(want.statistic, rel=1e-5)
    rows.y *= 1e-9
    assert joint_arm_test(rows.all()).p_value == pytest.approx(want.p_value, rel=1e-8)
    assert arm_contrast(rows.all(), (0, -1, 0, 1)).p_value == pytest.approx(
        arm_contrast(Rows(5, (20, 30, 9, 15)).all(), (0, -2, 0, 2)).p_value, rel=1e-8
    )


def test_arms_may_have_shifts_of_their_own() -> None:
    rng = np.random.default_rng(6)
    values = [rng.normal(1e6, 1, n) for n in (12, 30, 7)]
    same = [one_row_each(each, 1e6) for each in values]
    own = [one_row_each(each, 1e6 + 3.0 * i) for i, each in enumerate(values)]
    assert joint_arm_test(own).statistic == pytest.approx(joint_arm_test(same).statistic, rel=1e-8)
    assert arm_contrast(own, (1, -0.5, -0.5)).effect == pytest.approx(
        arm_contrast(same, (1, -0.5, -0.5)).effect, rel=1e-8
    )


def test_versus_control_is_dunnett_on_the_clustered_differences() -> None:
    control, *treated = Rows(7, (40, 30, 25, 20)).all()
    family = versus_control(control, dict(zip("BCD", treated, strict=True)), alpha=0.1)
    for name, arm in zip("BCD", treated, strict=True):
        alone = clustered_difference(control, arm, alpha=0.1)
        assert family[name].p_value == alone.p_value
        assert family[name].effect_lower_simultaneous < alone.effect_lower < family[name].effect_lower + 1e-12
    holm = adjust_p_values([each.p_value for each in family.values()], "holm")
    assert all(each.p_value_adjusted <= p for each, p in zip(family.values(), holm, strict=True))
    assert {each.alpha_simultaneous for each in family.values()} == {0.1}


def test_all_pairs_are_the_clustered_differences_of_every_pair() -> None:
    arms = dict(zip("ABC", Rows(8, (40, 30, 25)).all(), strict=True))
    family = all_pairs(arms)
    assert list(family) == [("A", "B"), ("A", "C"), ("B", "C")]
    assert family["B", "C"].effect == pytest.approx(arms["C"].level - arms["B"].level, rel=1e-9)
    p = [each.p_value for each in family.values()]
    assert [each.p_value_adjusted for each in family.values()] == list(adjust_p_values(p, "holm"))
    for each in family.values():
        assert isinstance(each, SimultaneousDifference)
        single = arm_contrast([arms["A"], arms["B"]], (-1, 1), alpha=0.05 / 3)
        assert each.p_value_single_step == pytest.approx(min(1.0, 3 * each.p_value))
        assert (each.effect_lower_simultaneous > 0 or each.effect_upper_simultaneous < 0) == (
            each.p_value_single_step < 0.05
        )
    assert family["A", "B"].effect_lower_simultaneous == pytest.approx(single.effect_lower, rel=1e-9)


def test_what_cannot_be_compared_is_refused() -> None:
    good, constant = one_row_each(np.array([1.0, 2.0, 4.0])), one_row_each(np.array([3.0, 3.0, 3.0]))
    alone = one_row_each(np.array([1.0]))
    with pytest.raises(InputError, match="at least one arm is constant"):
        joint_arm_test([good, constant])
    with pytest.raises(InputError, match="at least 2 arms; got 1"):
        joint_arm_test([good])
    with pytest.raises(InputError, match="at least 2 participants"):
        joint_arm_test([good, alone])
    with pytest.raises(InputError, match="at least 2 participants"):
        arm_contrast([good, alone], (-1, 1))
    with pytest.raises(InputError, match="vary in some arm"):
        arm_contrast([constant, constant], (-1, 1))
    with pytest.raises(InputError, match="at least 2 arms; got 1"):
        all_pairs({"A": good})
    with pytest.raises(InputError, match="no comparison"):
        versus_control(good, {})


@pytest.mark.parametrize(
    ("coefficients", "words"),
    [
        ((1, -1, 0), "one coefficient for each of the 2 arms"),
        ((np.nan, 1), "one coefficient for each"),
        ((1, 1), "add up to 0"),
        ((0, 0), "not all 0"),
    ],
)
def test_coefficients_that_are_no_contrast_are_refused(coefficients: tuple[float, ...], words: str) -> None:
    good = one_row_each(np.array([1.0, 2.0, 4.0]))
    with pytest.raises(InputError, match=words):
        arm_contrast([good, good], coefficients)


def joint_claims(sizes: Sequence[int], n: int) -> float:
    claims = 0
    for i in range(n):
        rows = Rows(1_000 + i, sizes)
        rows.y -= 0.3 * rows.arm  # no arm has an effect
        claims += joint_arm_test(rows.all()).p_value <= 0.05
    return claims / n


def test_the_joint_test_keeps_its_level_with_few_participants() -> None:
    n = 600
    assert 0.02 < joint_claims((12, 15, 20, 30), n) <= 0.06 + 3 * (0.05 * 0.95 / n) ** 0.5


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(12, 15, 20, 30), (100, 50, 20), (200, 200, 200, 200, 200)])
def test_the_joint_test_keeps_its_level(sizes: Sequence[int]) -> None:
    n = 4_000
    assert joint_claims(sizes, n) <= 0.06 + 3 * (0.05 * 0.95 / n) ** 0.5
