"""Kolmogorov–Smirnov of two arms against scipy, enumeration, and its laws."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import special, stats

from decision_widgets.estimates import KolmogorovSmirnov, ks_two_sample
from decision_widgets.moments import Sample

RNG = np.random.default_rng(12)


def ks(control: np.ndarray, treatment: np.ndarray) -> KolmogorovSmirnov:
    return ks_two_sample(Sample.of(control), Sample.of(treatment))


@pytest.mark.parametrize(("n_control", "n_treatment"), [(1, 1), (5, 9), (40, 33), (99, 100), (2, 900), (700, 3)])
def test_untied_arms_get_scipys_exact_p_value(n_control: int, n_treatment: int) -> None:
    control, treatment = RNG.normal(size=n_control), RNG.normal(0.5, 2, n_treatment)
    ours, scipys = ks(control, treatment), stats.ks_2samp(treatment, control, method="exact")
    assert ours.method == "exact"
    assert ours.statistic == pytest.approx(scipys.statistic, rel=1e-13)
    assert ours.p_value == pytest.approx(scipys.pvalue, rel=1e-9)


@pytest.mark.parametrize(
    ("control", "treatment"),
    [([0, 0, 1, 2], [1, 2, 2, 3, 3]), ([0, 0, 0, 1, 5], [0, 1, 1, 1]), ([1, 1, 2], [3, 3, 3, 3])],
)
def test_with_ties_the_exact_p_value_is_the_share_of_all_assignments(control: list[int], treatment: list[int]) -> None:
    pooled, n = np.array(control + treatment), len(control)
    observed = ks(np.array(control), np.array(treatment))
    reached = [
        ks(pooled[list(chosen)], np.delete(pooled, chosen)).statistic >= observed.statistic - 1e-12
        for chosen in itertools.combinations(range(len(pooled)), n)
    ]
    assert observed.p_value == pytest.approx(np.mean(reached), rel=1e-12)


def test_large_arms_get_kolmogorovs_limit() -> None:
    control, treatment = RNG.normal(size=400), RNG.normal(0.1, 1, 300)
    ours = ks(control, treatment)
    assert ours.method == "Kolmogorov's limit"
    assert ours.statistic == pytest.approx(stats.ks_2samp(control, treatment).statistic, rel=1e-13)
    limit = special.kolmogorov(ours.statistic * np.sqrt(400 * 300 / 700))
    assert ours.p_value == ours.p_value_limit == pytest.approx(limit, rel=1e-12)
    exact = stats.ks_2samp(control, treatment, method="exact").pvalue
    assert ours.p_value == pytest.approx(exact, rel=0.15)  # the limit is slow


def test_the_gap_is_found_with_ties_within_and_across_arms() -> None:
    control, treatment = RNG.poisson(3, 700), RNG.poisson(3.3, 900)
    assert ks(control, treatment).statistic == pytest.approx(stats.ks_2samp(control, treatment).statistic, rel=1e-13)


def test_the_order_of_arms_and_the_scale_do_not_matter() -> None:
    control, treatment = RNG.poisson(3, 50), RNG.poisson(4, 60)
    one, other, third = ks(control, treatment), ks(treatment, control), ks(np.exp(control), np.exp(treatment))
    assert (other.statistic, other.p_value) == (one.statistic, pytest.approx(one.p_value, rel=1e-12))
    assert third == one


def test_equal_arms_have_no_gap_and_p_value_1() -> None:
    same = ks(np.array([1.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0]))
    assert (same.statistic, same.p_value) == (0.0, 1.0)


def test_the_record_survives_its_plain_form() -> None:
    answer = ks(RNG.normal(size=5), RNG.normal(size=6))
    assert KolmogorovSmirnov.from_json(answer.to_json()) == answer


def test_equal_distributions_are_rejected_no_more_often_than_alpha() -> None:
    rng = np.random.default_rng(7)
    p_values = np.array([ks(rng.poisson(2, 30), rng.poisson(2, 40)).p_value for _ in range(500)])
    assert (p_values < 0.05).mean() <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 500)
