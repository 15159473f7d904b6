"""Mann–Whitney and Brunner–Munzel against scipy, counting by hand, and their laws."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import MannWhitney, mann_whitney, merged
from decision_widgets.estimates.rank_counts import mann_whitney_counts
from decision_widgets.moments import Sample

RNG = np.random.default_rng(4)
ARMS = {
    "continuous": (RNG.normal(0, 1, 70), RNG.normal(0.3, 2, 110)),
    "counts": (RNG.poisson(2, 300), RNG.poisson(2.4, 180)),
    "mostly zeros": (RNG.binomial(3, 0.1, 90), RNG.binomial(3, 0.15, 120)),
    "ties across arms only": (np.arange(60.0), np.arange(60.0) + 7),
    "binary": (RNG.binomial(1, 0.3, 90), RNG.binomial(1, 0.4, 120)),
    "small": (np.array([3.0, 1.0, 2.0, 9.0]), np.array([4.0, 1.5, 8.0])),
    "small with ties": (np.array([3.0, 1.0, 2.0, 2.0]), np.array([4.0, 2.0, 8.0])),
    "one constant arm": (np.full(12, 2.0), RNG.poisson(2, 30)),
}
EVERY = pytest.mark.parametrize("arms", ARMS.values(), ids=list(ARMS))


def ranks(arms: tuple[np.ndarray, np.ndarray], alpha: float = 0.05) -> MannWhitney:
    return mann_whitney(Sample.of(arms[0]), Sample.of(arms[1]), alpha=alpha)


@EVERY
def test_statistic_and_normal_p_value_are_scipys(arms: tuple[np.ndarray, np.ndarray]) -> None:
    scipys = stats.mannwhitneyu(arms[1], arms[0], method="asymptotic", use_continuity=True)
    ours = ranks(arms)
    assert ours.statistic == scipys.statistic
    assert ours.p_value_normal == pytest.approx(scipys.pvalue, rel=1e-10)


@EVERY
def test_the_probability_is_what_counting_all_pairs_gives(arms: tuple[np.ndarray, np.ndarray]) -> None:
    control, treatment = arms
    pairs = np.sign(treatment[:, None] - control[None, :])
    assert ranks(arms).superiority == pytest.approx((1 + pairs.mean()) / 2, rel=1e-13)


@EVERY
def test_the_standard_error_is_brunner_and_munzels(arms: tuple[np.ndarray, np.ndarray]) -> None:
    ours, scipys = ranks(arms), stats.brunnermunzel(arms[0], arms[1])
    assert ours.std_error is not None
    statistic = (ours.superiority - 0.5) / ours.std_error
    assert statistic == pytest.approx(scipys.statistic, rel=1e-9)
    assert 2 * stats.t.sf(abs(statistic), ours.df) == pytest.approx(scipys.pvalue, rel=1e-9)


def test_the_interval_is_the_t_interval_at_its_level_and_stays_within_0_and_1() -> None:
    ours = ranks(ARMS["counts"], alpha=0.1)
    half = stats.t.isf(0.05, ours.df) * ours.std_error
    expected = (ours.superiority - half, ours.superiority + half)
    assert (ours.superiority_lower, ours.superiority_upper) == pytest.approx(expected, rel=1e-12)
    nearly_apart = ranks((np.array([1.0, 2.0, 3.0, 9.0]), np.array([8.0, 9.5, 10.0, 11.0])))
    assert nearly_apart.superiority_upper == 1.0


@EVERY
def test_swapping_arms_mirrors_the_answer(arms: tuple[np.ndarray, np.ndarray]) -> None:
    there, back = ranks(arms), ranks(arms[::-1])
    assert back.superiority == pytest.approx(1 - there.superiority, abs=1e-15)
    assert (back.z, back.p_value, back.tie_share) == (-there.z, there.p_value, there.tie_share)
    assert back.superiority_lower == pytest.approx(1 - there.superiority_upper, abs=1e-13)


@EVERY
def test_only_the_order_of_values_matters(arms: tuple[np.ndarray, np.ndarray]) -> None:
    assert ranks((np.exp(arms[0] / 9), np.exp(arms[1] / 9))) == ranks(arms)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 5), (4, 6), (13, 8), (49, 49)])
def test_small_untied_arms_get_scipys_exact_p_value(n: int, m: int) -> None:
    rng = np.random.default_rng(n + m)
    control, treatment = rng.normal(0, 1, m), rng.normal(0.4, 1, n)
    ours = ranks((control, treatment))
    assert ours.method == "exact"
    scipys = stats.mannwhitneyu(treatment, control, method="exact").pvalue
    assert ours.p_value == pytest.approx(scipys, rel=1e-10)


def test_the_exact_counts_are_those_of_all_rankings() -> None:
    found = np.zeros(13)
    for chosen in itertools.combinations(range(7), 3):
        found[sum(chosen) - 3] += 1
    assert mann_whitney_counts(3, 4).tolist() == found.tolist()


def test_ties_and_50_units_take_the_normal_approximation() -> None:
    assert ranks(ARMS["small with ties"]).method == "normal approximation"
    untied = np.random.default_rng(0).normal(size=100)
    assert ranks((untied[:50], untied[50:])).method == "normal approximation"
    assert ranks((untied[:49], untied[51:])).method == "exact"


def test_the_tie_share_counts_units_that_share_their_value() -> None:
    assert ranks((np.array([1.0, 2.0, 2.0]), np.array([1.0, 3.0]))).tie_share == pytest.approx(4 / 5)
    assert ranks(ARMS["continuous"]).tie_share == 0
    assert ranks(ARMS["binary"]).tie_share == 1


def test_arms_that_do_not_overlap_have_a_p_value_but_no_interval() -> None:
    apart = ranks((np.arange(8.0), np.arange(10.0, 18.0)))
    assert apart.superiority == 1
    assert apart.p_value == pytest.approx(2 / 12870, rel=1e-12)
    assert (apart.std_error, apart.df, apart.superiority_lower, apart.superiority_upper) == (None,) * 4


def test_a_single_unit_has_no_interval() -> None:
    single = ranks((np.array([1.0, 2.0, 3.0]), np.array([2.5])))
    assert (single.superiority, single.p_value) == (pytest.approx(2 / 3), 1.0)
    assert single.std_error is None


def test_one_value_everywhere_cannot_be_tested() -> None:
    with pytest.raises(CannotEstimate, match="All 7 units hold 0") as refusal:
        ranks((np.zeros(3), np.zeros(4)))
    assert (refusal.value.code, refusal.value.facts) == ("E_NO_VARIATION", {"n": 7, "value": 0.0})


def test_alpha_is_a_share() -> None:
    with pytest.raises(InputError, match="alpha must be a number between 0 and 1; got 95"):
        ranks(ARMS["small"], alpha=95)


@EVERY
def test_the_record_survives_its_plain_form(arms: tuple[np.ndarray, np.ndarray]) -> None:
    assert MannWhitney.from_json(ranks(arms).to_json()) == ranks(arms)


@EVERY
@pytest.mark.parametrize("length", [1, 2, 7, 50])
def test_stretches_of_the_scale_add_up_to_the_whole(
    arms: tuple[np.ndarray, np.ndarray], length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ranks(arms)
    monkeypatch.setattr(merged, "STRETCH", length)
    parted = ranks(arms)
    assert (parted.statistic, parted.superiority, parted.tie_share) == (
        whole.statistic, whole.superiority, whole.tie_share
    )  # fmt: skip
    assert parted.p_value == pytest.approx(whole.p_value, rel=1e-12)
    assert [parted.std_error, parted.df] == pytest.approx([whole.std_error, whole.df], rel=1e-12)


def test_stretches_with_one_arm_only_leave_arms_apart_without_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merged, "STRETCH", 3)
    for control, treatment in itertools.permutations((np.arange(80.0), np.arange(100.0, 170.0))):
        apart = ranks((control, treatment))
        assert (apart.superiority, apart.std_error) == (float(treatment[0] > control[0]), None)


def test_many_values_compared_in_threads_are_scipys() -> None:
    rng = np.random.default_rng(9)
    control, treatment = rng.normal(0, 1, 250_000), np.round(rng.normal(0.01, 2, 180_000), 4)
    test_statistic_and_normal_p_value_are_scipys((control, treatment))
    test_the_standard_error_is_brunner_and_munzels((control, treatment))


def test_counts_of_a_billion_units_stay_exact() -> None:
    few = [Sample(values=np.array([0.0, 1.0]), counts=np.array(counts), n_units=10) for counts in ([7, 3], [6, 4])]
    many = [Sample(values=arm.values.copy(), counts=arm.counts * 10**8, n_units=10**9) for arm in few]
    one, other = mann_whitney(*few), mann_whitney(*many)
    assert other.superiority == one.superiority == pytest.approx(0.55, rel=1e-15)
    assert other.statistic == 0.55e18
    assert other.std_error == pytest.approx(np.sqrt(0.25 * (0.21 + 0.24) / 1e9), rel=1e-7)


def test_level_and_coverage_hold_with_unequal_spreads_and_ties() -> None:
    rng = np.random.default_rng(6)
    pairs = [(rng.poisson(2, 60), rng.poisson(2, 40)) for _ in range(1_000)]
    rejected = np.mean([ranks(arms).p_value < 0.05 for arms in pairs])
    assert rejected == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 1_000))
    unequal = [ranks((rng.normal(0, 1, 60), rng.normal(0, 4, 30))) for _ in range(1_000)]
    covered = np.mean([each.superiority_lower <= 0.5 <= each.superiority_upper for each in unequal])
    assert covered == pytest.approx(0.95, abs=3 * np.sqrt(0.05 * 0.95 / 1_000))
