"""Counts, means and centred cross-products."""

from __future__ import annotations

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.moments import Moments


def random_moments(seed: int, n: int, centre: float = 0.0) -> Moments:
    rng = np.random.default_rng(seed)
    return Moments.of({"y": centre + rng.normal(0, 1, n), "x": rng.gamma(2, 3, n)})


def assert_same(left: Moments, right: Moments) -> None:
    assert (left.columns, left.n) == (right.columns, right.n)
    np.testing.assert_allclose(left.mean, right.mean, rtol=1e-13)
    np.testing.assert_allclose(left.cross, right.cross, rtol=1e-11, atol=1e-12)


def test_merging_is_associative() -> None:
    a, b, c = (random_moments(seed, n) for seed, n in ((1, 3), (2, 50), (3, 7)))
    assert_same(a.merge(b).merge(c), a.merge(b.merge(c)))


def test_merging_is_commutative() -> None:
    a, b = random_moments(1, 12), random_moments(2, 30)
    assert_same(a.merge(b), b.merge(a))


def test_parts_merged_equal_the_whole() -> None:
    y = np.random.default_rng(5).lognormal(0, 1, 1000)
    parts = [Moments.of({"y": part}) for part in np.split(y, [1, 300, 999])]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.merge(part)
    assert_same(whole, Moments.of({"y": y}))


def test_a_large_offset_costs_no_digits() -> None:
    y = np.random.default_rng(6).normal(0, 1, 10_000)
    near_billion = 1e9 + y
    exact = np.var(near_billion - 1e9, ddof=1)
    assert Moments.of({"y": near_billion}).variance("y") == pytest.approx(exact, rel=1e-9)
    halves = Moments.of({"y": near_billion[:5000]}).merge(Moments.of({"y": near_billion[5000:]}))
    assert halves.variance("y") == pytest.approx(exact, rel=1e-9)


def test_covariance_is_numpys() -> None:
    rng = np.random.default_rng(7)
    y, x = rng.normal(size=40), rng.normal(size=40)
    assert Moments.of({"y": y, "x": x}).covariance("y", "x") == pytest.approx(np.cov(y, x)[0, 1], rel=1e-12)


def test_a_combination_is_the_moments_of_the_weighted_sum() -> None:
    rng = np.random.default_rng(8)
    y, x = rng.normal(size=40), rng.normal(size=40)
    made = Moments.of({"y": y, "x": x}).combination((2.0, -3.0))
    assert made.variance("combination") == pytest.approx(np.var(2 * y - 3 * x, ddof=1), rel=1e-12)
    assert made.average("combination") == pytest.approx(np.mean(2 * y - 3 * x), rel=1e-12)


def test_other_columns_are_not_merged() -> None:
    with pytest.raises(InputError, match="cannot be merged"):
        Moments.of({"y": [1.0, 2.0]}).merge(Moments.of({"x": [1.0, 2.0]}))


def test_no_rows_have_no_moments() -> None:
    with pytest.raises(InputError, match="at least one row"):
        Moments.of({"y": []})


def test_one_row_has_no_variance() -> None:
    with pytest.raises(InputError, match="at least 2 rows; got 1"):
        Moments.of({"y": [3.0]}).variance("y")


def test_arrays_are_read_only() -> None:
    moments = random_moments(1, 5)
    with pytest.raises(ValueError, match="read-only"):
        moments.mean[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        moments.cross[0, 0] = 1.0
