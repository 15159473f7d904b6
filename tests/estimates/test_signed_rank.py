"""Wilcoxon's signed-rank test against scipy, and its laws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from decision_widgets.errors import CannotEstimate, InputError
from decision_widgets.estimates import SignedRank, wilcoxon_signed_rank
from decision_widgets.estimates.rank_counts import signed_rank_counts

RNG = np.random.default_rng(9)
PAIRS = {
    "continuous": (RNG.normal(size=80), RNG.normal(0.2, 1, 80)),
    "ties and zeros": (RNG.poisson(3, 90), RNG.poisson(3.6, 90)),
    "small": (np.array([1.0, 5.0, 3.0, 8.0]), np.array([2.5, 4.0, 7.0, 16.0])),
}
EVERY = pytest.mark.parametrize("pairs", PAIRS.values(), ids=list(PAIRS))


@EVERY
def test_the_normal_p_value_is_scipys(pairs: tuple[np.ndarray, np.ndarray]) -> None:
    d = pairs[1] - pairs[0]
    scipys = stats.wilcoxon(d[d != 0], zero_method="wilcox", correction=True, method="asymptotic")
    ours = wilcoxon_signed_rank(*pairs)
    n = ours.n_nonzero
    assert min(ours.statistic, n * (n + 1) / 2 - ours.statistic) == scipys.statistic
    assert ours.p_value_normal == pytest.approx(scipys.pvalue, rel=1e-10)
    assert (ours.n_pairs, n) == (len(d), np.count_nonzero(d))


@pytest.mark.parametrize("n", [1, 2, 7, 30, 49])
def test_few_untied_pairs_get_scipys_exact_p_value(n: int) -> None:
    d = np.random.default_rng(n).normal(0.3, 1, n)
    ours = wilcoxon_signed_rank(np.zeros(n), d)
    assert ours.method == "exact"
    assert ours.p_value == pytest.approx(stats.wilcoxon(d, method="exact").pvalue, rel=1e-10)


def test_ties_and_50_pairs_take_the_normal_approximation() -> None:
    assert wilcoxon_signed_rank([0, 0, 0], [1, -1, 2]).method == "normal approximation"
    assert wilcoxon_signed_rank(np.zeros(50), np.arange(1, 51)).method == "normal approximation"
    assert wilcoxon_signed_rank(np.zeros(50), np.arange(50)).method == "exact"


def test_all_sets_of_signs_are_counted() -> None:
    assert signed_rank_counts(49).sum() == 2**49


@EVERY
def test_swapping_the_sides_mirrors_the_answer(pairs: tuple[np.ndarray, np.ndarray]) -> None:
    there, back = wilcoxon_signed_rank(*pairs), wilcoxon_signed_rank(*pairs[::-1])
    assert (back.z, back.p_value) == (-there.z, there.p_value)
    assert back.statistic + there.statistic == there.n_nonzero * (there.n_nonzero + 1) / 2


def test_pairs_that_do_not_differ_change_only_their_count() -> None:
    control, treatment = PAIRS["continuous"]
    one = wilcoxon_signed_rank(control, treatment)
    other = wilcoxon_signed_rank([*control, 4, 5], [*treatment, 4, 5])
    assert other.n_pairs == one.n_pairs + 2
    assert (other.statistic, other.p_value, other.n_nonzero) == (one.statistic, one.p_value, one.n_nonzero)


def test_no_difference_at_all_cannot_be_tested() -> None:
    with pytest.raises(CannotEstimate, match="None of 3 pairs differs") as refusal:
        wilcoxon_signed_rank([1, 2, 3], [1, 2, 3])
    assert refusal.value.code == "E_NO_VARIATION"


@pytest.mark.parametrize(
    ("control", "treatment", "reason"),
    [([], [], "at least 1 pair"), ([1.0, 2.0], [1.0], "equal length"), ([np.nan], [1.0], "1 of 1 lack one")],
)
def test_what_is_not_paired_is_refused(control: list[float], treatment: list[float], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        wilcoxon_signed_rank(control, treatment)


@EVERY
def test_the_record_survives_its_plain_form(pairs: tuple[np.ndarray, np.ndarray]) -> None:
    answer = wilcoxon_signed_rank(*pairs)
    assert SignedRank.from_json(answer.to_json()) == answer


def test_symmetric_differences_are_rejected_as_often_as_alpha() -> None:
    differences = np.random.default_rng(3).standard_t(2, (2_000, 60)).round(1)
    rejected = np.mean([wilcoxon_signed_rank(np.zeros(60), d).p_value < 0.05 for d in differences])
    assert rejected == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 2_000))
