"""Assignment: the balance that each method promises, exactly; seeded; ids that cannot be assigned."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates.assignment import (
    Assignment,
    complete_assignment,
    simple_assignment,
    stratified_assignment,
    tertile_strata,
)

HALVES = {"control": 0.5, "treatment": 0.5}
UNEQUAL = {"control": 0.5, "first": 0.3, "second": 0.2}
THIRDS = {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}
METHODS = [
    simple_assignment,
    complete_assignment,
    lambda ids, shares, **k: stratified_assignment(ids, shares, ids, **k),
]


def deviation(assigned: Assignment) -> float:
    """Return by how many ids a stratum's arm is off its share at most."""
    sizes = assigned.counts.sum(axis=1)
    return float(np.abs(assigned.counts - np.outer(sizes, assigned.shares)).max())


@pytest.mark.parametrize("shares", [HALVES, UNEQUAL, THIRDS, {"a": 0.999, "b": 0.001}])
@pytest.mark.parametrize("n", [1, 2, 7, 100, 1_001])
def test_no_arm_is_a_whole_id_off_its_share(shares: dict[str, float], n: int) -> None:
    for seed in range(20):
        assert deviation(complete_assignment(range(n), shares, seed=seed)) < 1
        assert deviation(stratified_assignment(range(n), shares, np.arange(n) % 3, seed=seed)) < 1


def test_counts_are_exact_where_shares_fill_whole_ids() -> None:
    for seed in range(200):
        assert complete_assignment(range(10), UNEQUAL, seed=seed).counts.tolist() == [[5, 3, 2]]
        assert complete_assignment(range(9), THIRDS, seed=seed).counts.tolist() == [[3, 3, 3]]


@pytest.mark.parametrize("block", [None, 20, 30])
def test_every_whole_block_holds_the_shares(block: int | None) -> None:
    stratum = np.random.default_rng(0).integers(0, 3, 500)
    assigned = stratified_assignment(np.arange(500), UNEQUAL, stratum, block=block, seed=4)
    length = block or 10
    assert assigned.block == length
    for k in range(3):
        codes = assigned.arm_codes[stratum == k]
        whole = codes[: len(codes) // length * length].reshape(-1, length)
        counts = np.array([np.bincount(row, minlength=3) for row in whole])
        assert (counts == np.array([5, 3, 2]) * length // 10).all()
        assert len(np.unique(whole, axis=0)) > len(whole) // 2  # the order inside blocks is random


@pytest.mark.parametrize("method", METHODS)
def test_the_same_ids_and_seed_give_the_same_arms(method: Any) -> None:
    ids = [f"u{i}" for i in range(300)]
    first, again, other = method(ids, UNEQUAL, seed=1), method(ids, UNEQUAL, seed=1), method(ids, UNEQUAL, seed=2)
    assert first.arm.tolist() == again.arm.tolist()
    assert first.arm.tolist() != other.arm.tolist()
    assert first.ids.tolist() == ids
    assert set(first.arm) == set(UNEQUAL)


@pytest.mark.parametrize("method", METHODS)
def test_every_id_gets_each_arm_with_its_share(method: Any) -> None:
    draws = 3_000
    codes = np.array([method(range(4), UNEQUAL, seed=seed).arm_codes for seed in range(draws)])
    for arm, share in enumerate(UNEQUAL.values()):
        found = (codes == arm).mean(axis=0)
        assert np.abs(found - share).max() < 4 * math.sqrt(share * (1 - share) / draws)


def test_pairs_of_ids_are_as_likely_together_as_fixed_sizes_make_them() -> None:
    codes = np.array([complete_assignment(range(4), HALVES, seed=seed).arm_codes for seed in range(3_000)])
    together = (codes[:, 0] == codes[:, 3]).mean()
    assert abs(together - 1 / 3) < 4 * math.sqrt(2 / 9 / 3_000)


def test_counts_of_simple_assignment_vary_as_a_multinomial_does() -> None:
    counts = np.array([simple_assignment(range(100), UNEQUAL, seed=seed).counts[0] for seed in range(2_000)])
    np.testing.assert_allclose(counts.mean(axis=0), [50, 30, 20], rtol=0.02)
    np.testing.assert_allclose(counts.var(axis=0), [25, 21, 16], rtol=0.15)


def test_labels_of_strata_are_read_alike() -> None:
    strata = pd.Series([1.0, 1, "north", None, math.nan, pd.NA], dtype=object)
    assigned = stratified_assignment(pd.Series(range(6)), HALVES, strata)
    assert assigned.strata == ("1", "missing", "north")
    assert assigned.counts.sum(axis=1).tolist() == [2, 3, 1]


def test_many_ids_are_balanced_and_cannot_be_changed() -> None:
    assigned = stratified_assignment(np.arange(200_000), HALVES, np.arange(200_000) % 60)
    assert deviation(assigned) < 1
    with pytest.raises(ValueError, match="read-only"):
        assigned.arm_codes[0] = 1


def test_thirds_hold_equal_numbers_and_never_part_equal_values() -> None:
    values = np.random.default_rng(0).normal(size=999)
    assert np.unique(tertile_strata(values), return_counts=True)[1].tolist() == [333, 333, 333]
    tied = tertile_strata([0] * 70 + list(range(1, 31)))
    assert set(tied[:70]) == {"1"}
    assert len({*tied[70:]}) <= 2
    assert not {"1"} & set(tied[70:])
    assert set(tertile_strata(np.arange(100.0), groups=4)) == {"1", "2", "3", "4"}


def test_thirds_are_crossed_with_regions() -> None:
    strata = tertile_strata([1, 2, 3, math.nan], ["north", "south", None, "south"])
    assert strata.tolist() == ["north / 1", "south / 2", "missing / 3", "south / missing"]


@pytest.mark.parametrize(
    ("ids", "shares", "said"),
    [
        ([], HALVES, "at least one id"),
        ([1, 1], HALVES, "occur twice"),
        ([1, None], HALVES, "some are missing"),
        ([1, math.nan], HALVES, "some are missing"),
        ([[1], [2]], HALVES, "a number or a text"),
        ("ab", HALVES, "must be a list"),
        (5, HALVES, "must be a list"),
        ([1, 2], {"a": 1.0}, "at least 2 arms"),
        ([1, 2], {"a": 0.5, "b": 0.4}, "sum to 1"),
        ([1, 2], {"a": 1.0, "b": 0.0}, "positive"),
        ([1, 2], {"a": math.nan, "b": 0.5}, "positive"),
    ],
)
@pytest.mark.parametrize("method", [simple_assignment, complete_assignment])
def test_what_cannot_be_assigned_is_refused(method: Any, ids: Any, shares: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        method(ids, shares)


def test_blocks_and_strata_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="one label per id, 3; got 2"):
        stratified_assignment([1, 2, 3], HALVES, ["a", "b"])
    with pytest.raises(InputError, match="multiple of 10"):
        stratified_assignment([1, 2, 3], UNEQUAL, ["a", "b", "c"], block=15)
    with pytest.raises(InputError, match="whole parts of 1/1000"):
        stratified_assignment([1, 2, 3], {"a": 0.3141592, "b": 0.6858408}, ["a", "b", "c"])
    with pytest.raises(InputError, match="whole parts of 1/1000"):
        stratified_assignment([1, 2, 3], {"a": 1 / 30, "b": 1 / 49, "c": 1 - 1 / 30 - 1 / 49}, ["a", "b", "c"])
    for values, said in (
        ([], "finite or missing"),
        (["x"], "numbers"),
        ([math.nan], "not missing"),
        ([math.inf], "finite or missing"),
    ):
        with pytest.raises(InputError, match=said):
            tertile_strata(values)
    with pytest.raises(InputError, match="groups must be at least 2"):
        tertile_strata([1, 2], groups=1)
    with pytest.raises(InputError, match="region must hold one label"):
        tertile_strata([1, 2], ["a"])
