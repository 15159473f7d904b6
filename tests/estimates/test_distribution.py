"""How values are spread: against NumPy's histogram and quantiles, and where nothing can be drawn."""

from __future__ import annotations

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import distribution
from decision_widgets.moments import Sample


def amounts(seed: int, n: int = 4000) -> np.ndarray:
    return np.random.default_rng(seed).lognormal(2, 0.6, n)


def test_shares_are_those_of_numpys_histogram_and_quantiles_those_of_numpy() -> None:
    arms = [amounts(1), amounts(2) * 1.1]
    found = distribution([Sample.of(arm) for arm in arms])
    for arm, described in zip(arms, found.arms, strict=True):
        inside = arm[arm < found.edges[-1]]
        np.testing.assert_allclose(
            np.multiply(described.shares, len(arm)), np.histogram(inside, bins=found.edges)[0], atol=1e-9
        )
        assert described.above == pytest.approx((arm >= found.edges[-1]).mean())
        np.testing.assert_allclose(described.quantiles, np.quantile(arm, found.probabilities), rtol=1e-12)
        assert (described.smallest, described.largest) == (arm.min(), arm.max())


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e9])
@pytest.mark.parametrize("shift", [0.0, -3.0])
def test_every_value_is_in_one_bin(scale: float, shift: float) -> None:
    values = np.random.default_rng(3).standard_t(2, 3000) * scale + shift * scale
    found = distribution([Sample.of(values), Sample.of(values + scale)])
    assert 10 <= len(found.edges) <= 60
    for arm in found.arms:
        assert sum(arm.shares) + arm.below + arm.above == pytest.approx(1, abs=1e-12)
    assert np.ptp(np.diff(found.edges)) == pytest.approx(0, abs=1e-9 * scale)


def test_a_long_tail_is_gathered_in_the_last_bar_and_a_short_one_is_drawn() -> None:
    short = distribution([Sample.of(np.linspace(0.5, 10, 500))])
    assert (short.arms[0].above, short.edges[0]) == (0.0, 0.0)
    assert short.edges[-1] > 10
    long = distribution([Sample.of(np.append(np.linspace(0.5, 9.7, 500), 10_000.0))])
    assert long.edges[-1] < 20
    assert long.arms[0].above == pytest.approx(1 / 501)
    assert long.arms[0].largest == 10_000


def test_whole_numbers_have_a_bin_each_and_keep_their_zeros() -> None:
    found = distribution([Sample.of([0, 0, 1, 2]), Sample.of([1, 1, 3, 3])])
    assert found.edges == (-0.5, 0.5, 1.5, 2.5, 3.5)
    assert (found.whole, found.without_zeros) == (True, False)
    assert found.arms[0].shares == (0.5, 0.25, 0.25, 0.0)
    assert [arm.zero_share for arm in found.arms] == [0.5, 0.0]


def test_many_zeros_of_an_amount_are_counted_and_not_drawn() -> None:
    found = distribution([Sample.of([0, 0, 1.5, 2.5]), Sample.of([0.0, 0.0])])
    some, nobody = found.arms
    assert found.without_zeros
    assert (some.zero_share, some.n_drawn, some.smallest) == (0.5, 2, 1.5)
    assert (nobody.zero_share, nobody.shares, nobody.quantiles, nobody.largest) == (1.0, (), (), None)


@pytest.mark.parametrize("values", [[5.0], [0.0, 0.0], [7.25, 7.25], [-2.5]])
def test_a_single_value_has_a_bin_around_it(values: list[float]) -> None:
    found = distribution([Sample.of(values)])
    assert sum(found.arms[0].shares) == 1.0


@pytest.mark.parametrize("values", [[1e15, 1e15 + 1], [-1e308, 1e308], [1e-310, 3e-310]])
def test_values_that_no_bins_divide_are_refused(values: list[float]) -> None:
    with pytest.raises(InputError, match="another unit"):
        distribution([Sample.of(values)])


def test_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="at least one arm"):
        distribution([])
