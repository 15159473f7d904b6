"""Slots of a switchback: as planned, in whole blocks, over the hours of the day."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from decision_widgets.errors import InputError
from decision_widgets.estimates import (
    LabelBalance,
    ServedSlots,
    WholeBlocks,
    hour_balance,
    lost_slots,
    sample_ratio,
    served_slots,
    whole_blocks,
)


def test_slots_served_as_planned_raise_nothing() -> None:
    planned = ["A", "B"] * 100
    slots = served_slots(planned, planned)
    assert (slots.n_mismatched, slots.mismatch_share, slots.is_mismatched) == (0, 0.0, False)
    assert (slots.arms, slots.planned, slots.lost) == (("A", "B"), (100, 100), (0, 0))


def test_more_than_half_a_percent_is_a_mismatch() -> None:
    planned = ["A", "B"] * 100
    one, two = planned.copy(), planned.copy()
    one[7] = "A"
    two[7], two[8] = "A", "B"
    assert not served_slots(planned, one).is_mismatched  # 0.5% does not exceed 0.5%
    assert served_slots(planned, two).is_mismatched
    assert served_slots(planned, two).mismatched == (7, 8)


def test_lost_slots_are_no_mismatch_and_integers_that_became_floats_are_equal() -> None:
    frame = pd.DataFrame({"planned": [0, 1, 1, 0], "served": [0, None, 1, 1]})
    slots = served_slots(frame["planned"], frame["served"])
    assert slots.mismatched == (3,)
    assert slots.mismatch_share == pytest.approx(1 / 3)
    assert slots.lost == (0, 1)


def test_missing_values_of_every_kind_are_lost() -> None:
    assert served_slots(["A"] * 5, ["A", None, float("nan"), pd.NA, pd.NaT]).lost == (4,)


def test_lost_slots_by_arm_are_fishers_test() -> None:
    planned, served = ["A"] * 20 + ["B"] * 20, ["A"] * 20 + ["B"] * 14 + [None] * 6
    test = lost_slots(planned, served)
    assert test.p_value == pytest.approx(stats.fisher_exact([[0, 20], [6, 14]]).pvalue)
    assert (test.levels, test.counts) == (("lost", "served"), ((0, 6), (20, 14)))


def test_many_lost_slots_by_arm_are_pearsons_test() -> None:
    test = lost_slots(["A"] * 500 + ["B"] * 500, [None] * 30 + ["A"] * 470 + [None] * 60 + ["B"] * 440)
    theirs = stats.chi2_contingency([[30, 60], [470, 440]], correction=False)
    assert (test.method, test.df) == ("chi-square", 1)
    assert (test.statistic, test.p_value) == pytest.approx((theirs.statistic, theirs.pvalue))


def test_hours_are_pearsons_test_where_cells_are_full() -> None:
    rng = np.random.default_rng(1)
    hour, arm = rng.integers(0, 6, 400), rng.choice(["A", "B", "C"], 400)
    test = hour_balance(hour, arm)
    theirs = stats.chi2_contingency(pd.crosstab(hour, arm), correction=False)
    assert test.method == "chi-square"
    assert (test.statistic, test.df, test.p_value) == pytest.approx((theirs.statistic, theirs.dof, theirs.pvalue))


def test_thin_hours_are_shuffled_near_the_exact_answer() -> None:
    hour, arm = [0] * 4 + [1] * 4 + [2] * 4, list("AAAABBBABBBA")
    test = hour_balance(hour, arm)
    assert test.method == "simulated"
    # Every way to give 6 of 12 slots to A, counted by the χ² of its table.
    ways = [np.bincount(np.array(hour)[list(a)], minlength=3) for a in itertools.combinations(range(12), 6)]
    exact = np.mean([2 * ((n - 2) ** 2).sum() / 2 >= test.statistic - 1e-9 for n in ways])
    assert test.p_value == pytest.approx(exact, abs=4 * (exact * (1 - exact) / 4_999) ** 0.5)
    assert hour_balance(hour, arm) == test


def test_levels_of_numbers_come_in_their_order() -> None:
    assert hour_balance([10, 9, 2] * 20, ["B", "A", "A", "B"] * 15).levels == ("2", "9", "10")


def test_strict_alternation_is_found() -> None:
    hour = list(range(24)) * 14
    assert hour_balance(hour, ["A", "B"] * 168).p_value < 0.001


def test_pairs_are_judged_by_their_own_draw() -> None:
    rng = np.random.default_rng(7)
    hour, day = list(range(24)) * 14, np.repeat(np.arange(14), 24)
    pair = [f"{d} {h // 2}" for d, h in zip(day, hour, strict=True)]
    as_pairs, as_independent = [], []
    for _ in range(30):
        first = rng.integers(0, 2, 168)
        arm = np.column_stack([first, 1 - first]).ravel().tolist()
        as_pairs.append(hour_balance(hour, arm, block=pair).p_value)
        as_independent.append(hour_balance(hour, arm).p_value)
    # Uniform p-values have mean 1/2 and standard deviation 0.29; χ² that ignores the pairs is too wide.
    assert np.mean(as_pairs) == pytest.approx(0.5, abs=4 * 0.29 / 30**0.5)
    assert np.std(as_independent) > 1.15 * np.std(as_pairs)


def test_independent_slots_have_the_binomials_p() -> None:
    test = sample_ratio([61, 107], [0.5, 0.5], exact=True)
    assert test.method == "exact multinomial"
    assert test.p_value == pytest.approx(stats.binomtest(61, 168, 0.5).pvalue, rel=1e-9)


def test_blocks_are_whole_or_named() -> None:
    assert whole_blocks(["x", "x", "y", "y"], ["A", "B", "B", "A"]) == WholeBlocks(n_blocks=2, n_broken=0, broken=())
    assert whole_blocks([1, 1, 2, 2, 10], ["A", "A", "B", "A", "A"]).broken == ("1",)
    four = whole_blocks([1] * 4 + [2] * 4 + [3] * 3, list("AABB") + list("AAAB") + list("ABB"))
    assert four.broken == ("2",)
    three = whole_blocks([1] * 3 + [2] * 3, list("ABC") + list("AAB"))
    assert three.broken == ("2",)


def test_answers_survive_their_plain_form() -> None:
    planned, served = ["A", "B"] * 10, ["A", "B"] * 9 + ["A", None]
    for answer, kind in (
        (served_slots(planned, served), ServedSlots),
        (lost_slots(planned, served), LabelBalance),
        (whole_blocks(range(20), planned), WholeBlocks),
    ):
        assert kind.from_json(answer.to_json()) == answer


def test_slots_that_cannot_be_judged_are_refused() -> None:
    with pytest.raises(InputError, match="No slot served anything"):
        served_slots(["A", "B"], [None, None])
    with pytest.raises(InputError, match="planned needs one label for each of the 1 slots; got 2"):
        served_slots(["A", "B"], ["A"])
    with pytest.raises(InputError, match="planned has 1 missing"):
        served_slots(["A", None], ["A", "B"])
    with pytest.raises(InputError, match="got 0"):
        served_slots([], [])
    for served in (["A", "B"], [None, None]):
        with pytest.raises(InputError, match="some lost and some served"):
            lost_slots(["A", "B"], served)
    with pytest.raises(InputError, match="at least 2 levels of hour and 2 arms; got 1 and 2"):
        hour_balance([9, 9], ["A", "B"])
    with pytest.raises(InputError, match="got 2 and 1"):
        hour_balance([9, 10], ["A", "A"])
    with pytest.raises(InputError, match="leave block out"):
        hour_balance([9, 10], ["A", "B"], block=[1, 2])
    with pytest.raises(InputError, match="at least two arms"):
        whole_blocks([1, 1], ["A", "A"])


@pytest.mark.parametrize("seed", range(3))
def test_pairs_are_shuffled_as_every_order_of_them_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    hours = rng.integers(0, 3, (10, 2))
    first = rng.integers(0, 2, 10)
    seen = hour_balance(
        hours.ravel().tolist(), np.stack([first, 1 - first], axis=1).ravel().tolist(), block=np.repeat(range(10), 2)
    )

    def statistic(order: NDArray[np.intp]) -> float:
        arm = np.stack([order, 1 - order], axis=1).ravel()
        table = np.array([[np.sum((hours.ravel() == h) & (arm == a)) for a in (0, 1)] for h in range(3)], dtype=float)
        expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
        return float(((table - expected) ** 2 / expected).sum())

    every = np.array([statistic(np.array(order)) for order in itertools.product((0, 1), repeat=10)])
    exact = np.mean(every >= seen.statistic - 1e-9)
    assert abs(seen.p_value - exact) < 4 * np.sqrt(exact * (1 - exact) / 4999) + 1 / 5000
