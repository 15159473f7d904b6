"""The closed form of the recommended regression is the regression."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from decision_widgets.errors import InputError
from decision_widgets.estimates import arm_contrast, clustered_difference, clustered_ols, compare_subgroups
from decision_widgets.moments import ArmMoments, arm_moments


class Rows:
    """Random unbalanced rows of participants in two arms."""

    def __init__(
        self, seed: int, n_control: int, n_treatment: int, *, binary: bool = False, spread: float = 1.0
    ) -> None:
        rng = np.random.default_rng(seed)
        n = n_control + n_treatment
        sizes = 1 + rng.poisson(np.exp(rng.normal(0.8, spread, n)))
        self.cluster = np.repeat(np.arange(n), sizes)
        self.treated = (self.cluster >= n_control).astype(float)
        level = rng.normal(0, 1, n)[self.cluster] + rng.normal(0, 1, len(self.cluster)) + 0.4 * self.treated
        self.y = (level > 0).astype(float) if binary else 10 + level

    def arm(self, treated: int) -> ArmMoments:
        rows = self.treated == treated
        _, codes = np.unique(self.cluster[rows], return_inverse=True)
        shift = float(self.y.mean())
        single = self.y[rows] - shift
        return arm_moments(
            np.bincount(codes).astype(float), np.bincount(codes, weights=single), shift=shift, observations=single
        )

    @property
    def x(self) -> np.ndarray:
        return np.column_stack([np.ones(len(self.y)), self.treated])


TABLES = [
    pytest.param(Rows(1, 30, 40), id="unbalanced"),
    pytest.param(Rows(2, 4, 90), id="few in control"),
    pytest.param(Rows(3, 25, 6, spread=1.8), id="very unequal sizes"),
    pytest.param(Rows(4, 50, 50, binary=True), id="binary"),
    pytest.param(Rows(5, 3, 3), id="three against three"),
]


@pytest.mark.parametrize("rows", TABLES)
def test_the_closed_form_equals_the_dense_cr2_regression(rows: Rows) -> None:
    ours = clustered_difference(rows.arm(0), rows.arm(1))
    dense = clustered_ols(rows.y, rows.x, rows.cluster)
    assert ours.effect == pytest.approx(dense.coefficients[1], rel=1e-10)
    assert ours.std_error == pytest.approx(dense.std_error_cr2[1], rel=1e-10)
    assert ours.df == pytest.approx(dense.df_cr2[1], rel=1e-10)
    assert ours.p_value == pytest.approx(dense.p_value_cr2[1], rel=1e-9)
    assert ours.control_mean == pytest.approx(dense.coefficients[0], rel=1e-10)


@pytest.mark.parametrize("rows", TABLES)
def test_the_dense_form_equals_statsmodels(rows: Rows) -> None:
    ours = clustered_ols(rows.y, rows.x, rows.cluster)
    model = sm.OLS(rows.y, rows.x)
    cr0 = model.fit(cov_type="cluster", cov_kwds={"groups": rows.cluster, "use_correction": False})
    cr1 = model.fit(cov_type="cluster", cov_kwds={"groups": rows.cluster}, use_t=True)
    np.testing.assert_allclose(ours.coefficients, cr0.params, rtol=1e-10)
    np.testing.assert_allclose(ours.std_error_cr0, cr0.bse, rtol=1e-9)
    np.testing.assert_allclose(ours.std_error_cr1, cr1.bse, rtol=1e-9)
    np.testing.assert_allclose(ours.p_value_cr1, cr1.pvalues, rtol=1e-7)


@pytest.mark.parametrize("rows", TABLES)
def test_the_uncorrected_sandwich_is_the_linearised_variance_with_divisor_n(rows: Rows) -> None:
    arms = rows.arm(0), rows.arm(1)
    # V = Σu²/(n−1) of method book (0.1); with divisor n its standard error is that of CR0, exactly.
    with_divisor_n = sum(a.linearised_variance * (a.n_participants - 1) / a.n_participants**2 for a in arms)
    dense = clustered_ols(rows.y, rows.x, rows.cluster)
    assert with_divisor_n**0.5 == pytest.approx(dense.std_error_cr0[1], rel=1e-10)


def test_one_row_each_is_the_regression_with_hc2_errors_that_is_welch() -> None:
    rng = np.random.default_rng(9)
    y = [rng.normal(3, 1, 14), rng.normal(4, 2, 31)]
    arms = [arm_moments(np.ones(len(v)), v, shift=0.0, observations=v) for v in y]
    ours = clustered_difference(*arms)
    welch_error = (np.var(y[0], ddof=1) / 14 + np.var(y[1], ddof=1) / 31) ** 0.5
    assert ours.std_error == pytest.approx(welch_error, rel=1e-12)


def test_a_ratio_of_counts_equals_the_regression_on_the_rows_it_counts() -> None:
    rng = np.random.default_rng(11)
    n = 80
    trials = 1 + rng.poisson(3, n)
    hits = rng.binomial(trials, 0.4)
    treated = (np.arange(n) < 30).astype(float)
    arms = [
        arm_moments(trials[treated == a].astype(float), hits[treated == a].astype(float), shift=0.0, n_observations=n)
        for a in (0, 1)
    ]
    ours = clustered_difference(*arms)
    who = np.repeat(np.arange(n), trials)
    each = np.concatenate([np.r_[np.ones(h), np.zeros(t - h)] for h, t in zip(hits, trials, strict=True)])
    dense = clustered_ols(each, np.column_stack([np.ones(len(who)), treated[who]]), who)
    assert ours.effect == pytest.approx(dense.coefficients[1], rel=1e-10)
    assert ours.std_error == pytest.approx(dense.std_error_cr2[1], rel=1e-10)
    assert ours.df == pytest.approx(dense.df_cr2[1], rel=1e-10)


def test_swapping_the_arms_flips_the_signs_exactly_and_mirrors_the_interval() -> None:
    rows = Rows(12, 20, 33)
    there, back = clustered_difference(rows.arm(0), rows.arm(1)), clustered_difference(rows.arm(1), rows.arm(0))
    assert (there.effect, there.statistic) == (-back.effect, -back.statistic)
    assert (there.effect_lower, there.effect_upper) == (-back.effect_upper, -back.effect_lower)
    assert (there.std_error, there.df, there.p_value) == (back.std_error, back.df, back.p_value)


def test_an_effect_near_a_billion_keeps_its_digits() -> None:
    rng = np.random.default_rng(13)
    y = np.round(rng.normal(0, 1, 4000) * 2**10) / 2**10  # exact after the addition of 1e9
    arms = {}
    for offset in (0.0, 1e9):
        shift = float((offset + y).mean())
        halves = (offset + y[:1900] - shift, offset + y[1900:] - shift)
        arms[offset] = [arm_moments(np.ones(len(h)), h, shift=shift, observations=h) for h in halves]
    plain, lifted = (clustered_difference(*arms[offset]) for offset in (0.0, 1e9))
    assert lifted.effect == pytest.approx(plain.effect, rel=1e-9)
    assert lifted.std_error == pytest.approx(plain.std_error, rel=1e-9)
    assert lifted.p_value == pytest.approx(plain.p_value, rel=1e-9)
    assert lifted.control_mean == pytest.approx(1e9 + plain.control_mean, rel=1e-15)


def test_arms_read_with_different_shifts_can_be_compared() -> None:
    v = np.array([1.0, 2.0, 4.0, 7.0])
    one, other = arm_moments(np.ones(4), v - 3, shift=3.0), arm_moments(np.ones(4), v + 1 + 5, shift=-5.0)
    assert clustered_difference(one, other).effect == pytest.approx(1.0, rel=1e-14)


def test_one_participant_cannot_be_compared() -> None:
    alone = arm_moments(np.ones(1), np.ones(1), shift=0.0)
    with pytest.raises(InputError, match="at least 2 participants"):
        clustered_difference(alone, alone)


def test_a_participant_who_is_nearly_alone_is_refused() -> None:
    alone = arm_moments(np.array([1, 1e-12, 1e-12]), np.array([1, 0.3, 0.4]), shift=0.0, n_observations=3)
    other = arm_moments(np.ones(5), np.arange(5.0), shift=0.0, n_observations=5)
    with pytest.raises(InputError, match="at least 2 participants with weight in each arm"):
        clustered_difference(alone, other)
    with pytest.raises(InputError, match="at least 2 participants with weight in each arm"):
        arm_contrast([alone, other], [-1, 1])
    levels = {"a": (alone, other), "b": (other, other), "c": (other, other)}
    assert [one.code for one in compare_subgroups(levels).refused] == ["E_FEW_CLUSTERS"]
