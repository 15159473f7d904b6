"""Adjusted p-values from joint draws: closed testing over the draws, and the promise under dependence."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from decision_widgets.errors import InputError
from decision_widgets.estimates import max_t_quantile, resampled_p_values


def related_draws(n: int, m: int, rho: float, rng: np.random.Generator) -> np.ndarray:
    return np.sqrt(rho) * rng.normal(size=(n, 1)) + np.sqrt(1 - rho) * rng.normal(size=(n, m))


def by_closure(extremes: np.ndarray, drawn: np.ndarray) -> list[float]:
    """Adjust by testing every intersection with the largest of its own columns."""
    m = len(extremes)
    adjusted = np.zeros(m)
    for size in range(1, m + 1):
        for members in itertools.combinations(range(m), size):
            inside = list(members)
            p = (1 + (drawn[:, inside].max(axis=1) >= extremes[inside].max()).sum()) / (1 + len(drawn))
            adjusted[inside] = np.maximum(adjusted[inside], p)
    return list(adjusted)


@pytest.mark.parametrize("rho", [0.0, 0.7])
def test_max_t_is_closed_testing_by_brute_force(rho: float) -> None:
    rng = np.random.default_rng(2)
    for m in (1, 2, 5):
        drawn, observed = related_draws(499, m, rho, rng), rng.normal(0.5, 1.5, m)
        assert resampled_p_values(observed, drawn) == pytest.approx(by_closure(np.abs(observed), np.abs(drawn)))


def test_min_p_is_max_t_on_ranks() -> None:
    rng = np.random.default_rng(3)
    drawn = related_draws(499, 4, 0.5, rng) * [1.0, 10.0, 1.0, 0.1]
    observed = np.array([2.5, 22.0, 0.3, 0.15])
    every = np.abs(np.vstack([observed, drawn]))
    p = (every[None] >= every[:, None]).mean(axis=1)
    assert resampled_p_values(observed, drawn, method="min-p") == pytest.approx(by_closure(-p[0], -p[1:]))


def test_scales_that_differ_matter_for_max_t_only() -> None:
    rng = np.random.default_rng(4)
    drawn, observed = related_draws(999, 3, 0.3, rng), np.array([3.0, 0.4, 1.0])
    stretch = np.array([1.0, 50.0, 1.0])
    one, other = (resampled_p_values(observed * s, drawn * s, method="min-p") for s in (1.0, stretch))
    assert one == pytest.approx(other)
    assert resampled_p_values(observed * stretch, drawn * stretch)[0] > resampled_p_values(observed, drawn)[0] + 0.5


def test_one_hypothesis_has_the_plain_p_value() -> None:
    drawn = np.random.default_rng(5).normal(size=(999, 1))
    want = (1 + (np.abs(drawn[:, 0]) >= 1.7).sum()) / 1000
    assert resampled_p_values([-1.7], drawn) == resampled_p_values([1.7], drawn, method="min-p") == (want,)


def test_a_copy_of_a_hypothesis_costs_nothing_where_bonferroni_would_double() -> None:
    drawn = np.random.default_rng(6).normal(size=(999, 1))
    alone = resampled_p_values([2.2], drawn)
    assert resampled_p_values([2.2, 2.2], np.hstack([drawn, -drawn])) == alone * 2


@pytest.mark.parametrize("method", ["max-t", "min-p"])
def test_order_and_sign_do_not_matter_and_p_values_follow_the_statistics(method: str) -> None:
    rng = np.random.default_rng(7)
    drawn, observed = related_draws(499, 6, 0.2, rng), rng.normal(0, 2, 6)
    p = np.array(resampled_p_values(observed, drawn, method=method))
    back = resampled_p_values(-observed[::-1], drawn[:, ::-1], method=method)
    assert list(back[::-1]) == list(p)
    if method == "max-t":
        assert (np.diff(p[np.argsort(-np.abs(observed))]) >= 0).all()
    assert (p >= 1 / 500).all()


def test_ties_but_for_rounding_count() -> None:
    drawn = np.full((99, 1), 0.3)
    assert resampled_p_values([0.1 * 3], drawn) == (1.0,)
    assert resampled_p_values([0.1 * 3], drawn, method="min-p") == (1.0,)


def test_infinite_draws_are_at_least_as_extreme() -> None:
    drawn = np.zeros((99, 2))
    drawn[:10, 0] = np.inf
    assert resampled_p_values([9.0, 8.0], drawn) == pytest.approx((0.11, 0.11))
    assert resampled_p_values([9.0, 8.0], drawn, method="min-p")[0] == pytest.approx(0.11)


def test_the_quantile_agrees_with_the_p_value_at_the_edge() -> None:
    drawn = related_draws(999, 3, 0.4, np.random.default_rng(8))
    q = max_t_quantile(drawn, alpha=0.05)
    assert resampled_p_values([q * 1.001, 0, 0], drawn)[0] <= 0.05 < resampled_p_values([q * 0.999, 0, 0], drawn)[0]


def test_a_quantile_beyond_the_draws_is_refused() -> None:
    with pytest.raises(InputError, match=r"99 draws do not reach the 0\.999 quantile"):
        max_t_quantile(np.zeros((99, 2)), alpha=0.001)
    drawn = np.zeros((99, 2))
    drawn[:20] = np.inf
    with pytest.raises(InputError, match="do not reach"):
        max_t_quantile(drawn)
    with pytest.raises(InputError, match="alpha must be a number between 0 and 1"):
        max_t_quantile(drawn, alpha=1.0)


@pytest.mark.parametrize(
    ("statistics", "draws", "words"),
    [
        ([1.0], np.zeros((98, 1)), "at least 99 draws; got 98"),
        ([1.0, 2.0], np.zeros((99, 3)), "one column for each statistic"),
        ([], np.zeros((99, 0)), "one column for each statistic"),
        ([[1.0]], np.zeros((99, 1)), "one column for each statistic"),
        ([1.0], np.zeros(99), "one column for each statistic"),
        ([np.inf], np.zeros((99, 1)), "Statistics must be finite"),
        ([1.0], np.full((99, 1), np.nan), "draws must be numbers"),
    ],
)
def test_what_cannot_be_adjusted_is_refused(statistics: object, draws: np.ndarray, words: str) -> None:
    with pytest.raises(InputError, match=words):
        resampled_p_values(statistics, draws)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(InputError, match="'max-t' or 'min-p'; got 'max'"):
        resampled_p_values([1.0], np.zeros((99, 1)), method="max")


@pytest.mark.parametrize("method", ["max-t", "min-p"])
def test_dependent_families_keep_the_level_exactly(method: str) -> None:
    rng, n, rho = np.random.default_rng(9), 1_000, 0.8
    claims = 0
    for _ in range(n):
        every = related_draws(200, 5, rho, rng)
        claims += min(resampled_p_values(every[0], every[1:], method=method)) <= 0.05
    # Without ties the p-value of max-t is uniform on 1/200, 2/200, …; min-p has ties and may be lower.
    assert claims / n <= 0.05 + 3 * (0.05 * 0.95 / n) ** 0.5
    assert claims / n >= (0.05 - 3 * (0.05 * 0.95 / n) ** 0.5 if method == "max-t" else 0.005)
