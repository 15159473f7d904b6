"""Whether levels are spread over the arms alike."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import homogeneity_p, independence_p


def expected(table: np.ndarray) -> np.ndarray:
    return np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()


def test_two_by_two_is_fisher_where_few_are_expected_and_pearson_else() -> None:
    rng = np.random.default_rng(1)
    kinds = set()
    for _ in range(200):
        table = rng.integers(0, 9, (2, 2))
        table[1] += rng.integers(0, 90, 2)
        if min(table.sum(axis=0).min(), table.sum(axis=1).min()) == 0:
            continue
        few = expected(table).min() < 5
        kinds.add(few)
        known = stats.fisher_exact(table)[1] if few else stats.chi2_contingency(table, correction=False)[1]
        assert independence_p(table.tolist()) == pytest.approx(known, rel=1e-9, abs=1e-14)
    assert kinds == {True, False}


def test_one_missing_value_in_a_small_arm_is_no_evidence() -> None:
    assert homogeneity_p([0, 1], [380, 19]) == pytest.approx(0.05)
    assert homogeneity_p([1, 0], [5, 500]) == pytest.approx(6 / 506)
    assert homogeneity_p([10, 40], [390, 360]) < 1e-4


def test_the_exact_test_of_large_arms_keeps_its_ties() -> None:
    assert homogeneity_p([0, 4], [10**7, 10**7 - 4]) == pytest.approx(0.125, rel=1e-5)
    assert homogeneity_p([3, 0, 0], [10**9] * 3) == pytest.approx(1 / 9, abs=0.004)


def test_three_arms_with_few_are_drawn() -> None:
    having, lacking = [1, 0, 4], [300, 100, 20]
    arms = np.array(having) + lacking
    seen = stats.multivariate_hypergeom.pmf(having, arms, 5)
    exact = sum(
        p
        for a in range(6)
        for b in range(6 - a)
        if (p := stats.multivariate_hypergeom.pmf([a, b, 5 - a - b], arms, 5)) <= seen * (1 + 1e-9)
    )
    assert homogeneity_p(having, lacking) == pytest.approx(exact, abs=5e-5)
    assert homogeneity_p(having, lacking) == homogeneity_p(having, lacking)


def test_more_levels_are_pearsons_test() -> None:
    table = np.array([[50, 40, 30], [20, 25, 30], [30, 35, 40]])
    known = stats.chi2_contingency(table, correction=False)
    assert independence_p(table.tolist()) == pytest.approx(known[1], rel=1e-12)
    assert independence_p(table[::-1].tolist()) == pytest.approx(known[1], rel=1e-12)


def test_thin_levels_are_put_together() -> None:
    thin = [[2, 3], [4, 3], [3, 2], [3, 4]]
    united = np.sum(thin, axis=0).tolist()
    thick = [[60, 70], [80, 75]]
    assert independence_p([*thin, *thick]) == pytest.approx(independence_p([united, *thick]), rel=1e-12)
    assert independence_p([[0, 0], *thick]) == pytest.approx(independence_p(thick), rel=1e-12)


def test_many_thin_levels_keep_the_level() -> None:
    rng = np.random.default_rng(2)
    rejected = 0
    for _ in range(500):
        levels = np.minimum(rng.geometric(0.05, 400), 60)
        arm = rng.random(400) < 0.3
        counts = [[int(((levels == k) & ~arm).sum()), int(((levels == k) & arm).sum())] for k in range(61)]
        rejected += independence_p(counts) < 0.05
    assert rejected <= 500 * 0.05 + 4 * np.sqrt(500 * 0.05)


def test_nothing_to_compare_is_no_difference() -> None:
    assert homogeneity_p([0, 0], [5, 8]) == 1
    assert homogeneity_p([5, 8], [0, 0]) == 1
    assert independence_p([[4], [6]]) == 1
    assert independence_p([[4, 0], [6, 0]]) == 1


@pytest.mark.parametrize("counts", [[[1, -1], [2, 3]], [[np.nan, 1], [2, 3]], [1, 2]])
def test_counts_that_cannot_be_are_refused(counts: list[list[int]]) -> None:
    with pytest.raises(InputError, match="one number per level and arm"):
        independence_p(counts)
