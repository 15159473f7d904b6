"""Tails of the noncentral t: right and finite where libraries are not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import special, stats

from decision_widgets.errors import InputError
from decision_widgets.estimates.noncentral import noncentral_t_tails
from decision_widgets.estimates.sample_size import detectable_noncentrality

DFS = (0.7, 1, 2, 3.3, 10, 38, 300, 9_000, 99_000, 101_000, 1e7)
ALPHAS = (0.4, 0.05, 1e-3, 1e-6)
CENTRES = (0, 0.01, 2.8, 3.9, 4.1, 8, 11.9, 12.1, 20)


def by_quadrature(q: float, df: float, nc: float) -> tuple[float, float]:
    """Average the normal tails over log(χ/√df) on a fine grid: slow, and another road."""
    width = 1 / np.sqrt(2 * df)
    low, high = (-14 * width, 14 * width) if df > 20 else (-45 / df - 3, 3.0)
    x = np.linspace(low, high, 12_001)
    log_density = df * (x - np.expm1(2 * x) / 2)
    weight = np.exp(log_density - log_density.max())
    weight /= weight.sum()
    s = np.exp(x)
    return float((weight * special.ndtr(nc - q * s)).sum()), float((weight * special.ndtr(-nc - q * s)).sum())


def test_both_tails_are_those_of_a_fine_quadrature() -> None:
    grid = np.array(list(itertools.product(DFS, ALPHAS, CENTRES)))
    q = -special.stdtrit(grid[:, 0], grid[:, 1] / 2)
    upper, lower = noncentral_t_tails(q, grid[:, 0], grid[:, 2])
    expected = np.array([by_quadrature(*row) for row in zip(q, grid[:, 0], grid[:, 2], strict=True)])
    # 1e-9 is what the docstring states; the normal takes over at 100,000 df.
    assert upper == pytest.approx(expected[:, 0], abs=1e-9, rel=0)
    assert lower == pytest.approx(expected[:, 1], abs=1e-9, rel=0)


def test_an_effect_far_beyond_reach_of_the_series_is_found_for_certain() -> None:
    upper, lower = noncentral_t_tails(2.0, [5.0, 50.0, 1e9, np.inf], [40.0, 300.0, 1e5, 1e5])
    assert upper.tolist() == [1.0] * 4
    assert lower.tolist() == [0.0] * 4


def test_a_large_critical_value_meets_a_large_noncentrality() -> None:
    # With 1 df and alpha = 1e-4 the critical value is 6,366; nc = 6,366 is then no certainty.
    q = -special.stdtrit(1.0, 5e-5)
    upper, _ = noncentral_t_tails(q, 1.0, q)
    assert float(upper) == pytest.approx(stats.chi2.cdf(1, 1), abs=1e-6)


def test_without_an_effect_the_tails_are_those_of_t() -> None:
    df = np.array([1.0, 4.5, 200.0, 5e6])
    upper, lower = noncentral_t_tails(2.0, df, 0.0)
    assert upper == pytest.approx(stats.t.sf(2.0, df), rel=1e-9)
    assert lower == pytest.approx(upper, rel=1e-12)


def test_turning_the_effect_around_swaps_the_tails() -> None:
    up = noncentral_t_tails([2.0, 3.0], 7.0, [1.5, 15.0])
    down = noncentral_t_tails([2.0, 3.0], 7.0, [-1.5, -15.0])
    assert np.array_equal(up[0], down[1])
    assert np.array_equal(up[1], down[0])


def test_the_detectable_noncentrality_is_found_with_the_stated_power() -> None:
    for df, alpha, power in itertools.product((0.7, 2, 30, 5e5), (0.4, 0.05, 1e-6), (0.5, 0.8, 0.999)):
        nc = detectable_noncentrality(df, alpha=alpha, power=power)
        upper, lower = noncentral_t_tails(-special.stdtrit(df, alpha / 2), df, nc)
        assert float(upper + lower) == pytest.approx(power, abs=1e-9)
    assert float(detectable_noncentrality(np.inf, alpha=1e-3)) == pytest.approx(
        -stats.norm.ppf(5e-4) + stats.norm.ppf(0.8), abs=1e-9
    )


@pytest.mark.parametrize("arguments", [(0.0, 5.0, 1.0), (np.nan, 5.0, 1.0), (2.0, 5.0, np.inf), ([1, 2], [1, 2, 3], 1)])
def test_what_is_no_statistic_is_refused(arguments: tuple[float, float, float]) -> None:
    with pytest.raises(InputError):
        noncentral_t_tails(*arguments)
    with pytest.raises(InputError, match="df must be above 0"):
        noncentral_t_tails(2.0, -1.0, 1.0)
