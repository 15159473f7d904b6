"""How alike observations of one participant are, and the variance that planning needs."""

from __future__ import annotations

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    HistorySums,
    IntraclassCorrelation,
    ObservationSums,
    PlanningVariance,
    correlation_from_history,
    design_effect,
    intraclass_correlation,
    participant_mean_variance,
    typed_variance,
    variance_from_history,
)
from decision_widgets.moments import arm_moments


class History:
    """Rows of participants with unequal numbers of observations, and a share ρ of variance between them."""

    def __init__(self, n: int, rho: float, seed: int = 0, level: float = 10.0) -> None:
        rng = np.random.default_rng(seed)
        self.m = 1 + rng.negative_binomial(0.9, 0.11, n)
        self.who = np.repeat(np.arange(n), self.m)
        noise = np.sqrt(1 - rho) * rng.normal(size=len(self.who))
        self.y = level + np.sqrt(rho) * rng.normal(size=n)[self.who] + noise
        self.means = np.bincount(self.who, self.y) / self.m
        self.within = np.bincount(self.who, (self.y - self.means[self.who]) ** 2)

    def sums(self, shift: float = 0.0) -> tuple[HistorySums, ObservationSums]:
        values, means = self.y - shift, self.means - shift
        return HistorySums.of(self.m, means * self.m, shift=shift), ObservationSums(
            sum_y2=float((values**2).sum()),
            sum_inverse_m=float((1 / self.m).sum()),
            sum_mean=float(means.sum()),
            sum_mean2=float((means**2).sum()),
            within=float(self.within.sum()),
        )


def test_the_correlation_is_that_of_the_analysis_of_variance_by_hand() -> None:
    found = intraclass_correlation([1, 2, 3], [4.0, 1.0, 2.0], [0.0, 2.0, 6.0])
    # Σm = 6, mean = 2, SSB = 4 + 2 + 0 = 6, SSW = 8
    msb, msw, m0 = 6 / 2, 8 / 3, (6 - 14 / 6) / 2
    assert (found.mean_square_between, found.mean_square_within, found.m0) == pytest.approx((msb, msw, m0))
    assert found.icc_anova == pytest.approx((msb - msw) / (msb + (m0 - 1) * msw))
    shared = np.var([4, 1, 2], ddof=1) - msw * (1 + 1 / 2 + 1 / 3) / 3
    assert found.icc_means == pytest.approx(shared / (shared + msw))
    assert found.cv_cluster_size == pytest.approx(0.5)
    assert IntraclassCorrelation.from_dict(found.to_dict()) == found


@pytest.mark.parametrize("rho", [0.05, 0.2, 0.5])
def test_both_estimators_find_the_true_correlation_when_sizes_differ(rho: float) -> None:
    history = History(8_000, rho)
    found = intraclass_correlation(history.m, history.means, history.within)
    assert found.cv_cluster_size > 0.9
    assert (found.icc_anova, found.icc_means) == pytest.approx((rho, rho), abs=0.03)


def test_a_negative_correlation_is_shown_as_0_and_said() -> None:
    found = intraclass_correlation([2, 2, 2], [1.0, 1.0, 1.1], [2.0, 2.0, 2.0])
    assert found.icc_anova < 0
    assert (found.icc, found.negative, found.design_effect) == (0.0, True, 1.0)
    assert found.effective_observations == 6


def test_shifting_and_scaling_values_leaves_the_correlation_alone() -> None:
    history = History(200, 0.3)
    one = intraclass_correlation(history.m, history.means, history.within)
    other = intraclass_correlation(history.m, 1e6 + 3 * history.means, 9 * history.within)
    assert other.icc_anova == pytest.approx(one.icc_anova, rel=1e-8)


def test_arrays_and_sums_say_the_same() -> None:
    history = History(500, 0.3)
    arrays = intraclass_correlation(history.m, history.means, history.within)
    sums = correlation_from_history(*history.sums(shift=9.0))
    for name in ("icc_anova", "icc_means", "design_effect", "cv_cluster_size", "m0"):
        assert getattr(sums, name) == pytest.approx(getattr(arrays, name), rel=1e-9)


def test_the_variance_of_one_participant_is_that_of_the_analysis() -> None:
    history = History(300, 0.3)
    arm = arm_moments(history.m.astype(float), (history.means - 9) * history.m, shift=9.0, observations=history.y - 9)
    learnt = variance_from_history(history.sums(shift=9.0)[0])
    assert learnt.level == pytest.approx(history.y.mean(), rel=1e-12)
    assert learnt.variance == pytest.approx(arm.linearised_variance, rel=1e-9)
    assert variance_from_history(history.sums()[0]).variance == pytest.approx(arm.linearised_variance, rel=1e-9)
    assert PlanningVariance.from_dict(learnt.to_dict()) == learnt


def test_typed_numbers_come_near_what_exchangeable_history_says() -> None:
    history = History(40_000, 0.2)
    learnt = variance_from_history(history.sums(shift=10.0)[0])
    typed = typed_variance(
        10,
        1.0,
        observations_per_participant=learnt.observations_per_participant,
        cv_observations=learnt.cv_observations,
        icc=0.2,
    )
    assert typed.variance == pytest.approx(learnt.variance, rel=0.05)


def test_one_observation_each_needs_no_design_effect() -> None:
    y = np.array([1.0, 4.0, 5.0, 9.0])
    learnt = variance_from_history(HistorySums.of(np.ones(4), y))
    assert learnt.variance == pytest.approx(y.var(ddof=1))
    assert typed_variance(5, y.std(ddof=1), icc=0.7).variance == pytest.approx(y.var(ddof=1))
    assert typed_variance(0.3).variance == pytest.approx(0.21)
    assert typed_variance(0.3).binary


def test_the_participants_average_counts_everybody_once() -> None:
    history = History(300, 0.3)
    learnt = participant_mean_variance(*history.sums(shift=9.0))
    assert learnt.level == pytest.approx(history.means.mean(), rel=1e-12)
    assert learnt.variance == pytest.approx(history.means.var(ddof=1), rel=1e-9)


def test_a_ratio_is_linearised() -> None:
    rng = np.random.default_rng(2)
    m, s = rng.gamma(2, 3, 200), rng.gamma(3, 2, 200)
    u = (s - s.sum() / m.sum() * m) / m.mean()
    assert variance_from_history(HistorySums.of(m, s)).variance == pytest.approx(u.var(ddof=1), rel=1e-9)


@pytest.mark.parametrize("shift", [0.0, 1e9])
def test_what_does_not_vary_or_has_lost_its_digits_is_refused(shift: float) -> None:
    m = np.ones(100)
    same = HistorySums.of(m, np.full(100, 7.0))
    lost = HistorySums.of(m, 1e9 + np.random.default_rng(0).normal(size=100))
    for sums in (same, lost):
        with pytest.raises(InputError, match="does not vary, or its sums lost"):
            variance_from_history(sums)
    with pytest.raises(InputError, match="at least 3"):
        variance_from_history(HistorySums.of([1, 1], [1, 2], shift=shift))
    with pytest.raises(InputError, match="sum_m must be finite and above 0"):
        variance_from_history(HistorySums.of([0, 0, 0], [1, 2, 3]))
    with pytest.raises(InputError, match="binary"):
        variance_from_history(HistorySums.of([1, 1, 1], [1, 2, 3]), binary=True)


@pytest.mark.parametrize(
    ("sizes", "means", "within", "said"),
    [
        ([2], [1.0], [1.0], "at least 2 clusters"),
        ([1, 1], [1.0, 2.0], [0.0, 0.0], "one with 2 observations"),
        ([2, 2], [1.0, 1.0], [0.0, 0.0], "vary"),
        ([2, 1.5], [1.0, 2.0], [1.0, 1.0], "whole"),
        ([2, 0], [1.0, 2.0], [1.0, 1.0], "sizes"),
        ([2, 2], [1.0, np.nan], [1.0, 1.0], "means must be finite"),
        ([2, 2], [1.0, 2.0], [-1.0, 1.0], "within"),
        ([], [], [], "at least 2 clusters"),
    ],
)
def test_clusters_that_say_nothing_are_refused(sizes: list, means: list, within: list, said: str) -> None:
    with pytest.raises(InputError, match=said):
        intraclass_correlation(sizes, means, within)


def test_numbers_typed_wrong_are_refused() -> None:
    for call in (
        lambda: typed_variance(1.2),
        lambda: typed_variance(1, 0.0),
        lambda: typed_variance(1, 1.0, icc=1.2),
        lambda: typed_variance(1, 1.0, observations_per_participant=0.5),
        lambda: design_effect(5, -0.1),
    ):
        with pytest.raises(InputError, match="must be"):
            call()
